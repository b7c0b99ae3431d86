"""Re-hanging the unit tree: a unit is renamed, moved or closed; `contacts.unit_merging` makes several one.

Every deed is for today: what held through yesterday is kept as the unit's past, and no day that is over is written anew.
Each is one transaction with its audit entry and a journal by which it can be taken back as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import journal
from contacts.locks import one_at_a_time
from contacts.models import Actor, AuditEntry, Journal, Unit, UnitPast
from contacts.unit_contents import Contents

ONE_DAY = dt.timedelta(days=1)
KEPT = ("name", "short_name", "kind", "parent_id")  # what a past keeps
DEEPEST = Unit._meta.get_field("path").max_length


# --- the one place where the tree changes --------------------------------------------------------------------


def lock() -> None:
    """One at a time, and no import beside."""
    one_at_a_time()


def change(
    unit: Unit, said: dict[str, Any], *, day: dt.date, pen: journal.Pen | None = None, group: int = 0
) -> None:
    """Give a unit other values from `day` on and keep what held until then. `said` has fields of the unit; `unit` is
    read anew. Whoever calls it holds the lock, and calls `mend_paths` once all is changed. Raises ValidationError with a
    code where the tree would not be one."""
    unit.refresh_from_db()
    before = _values(unit)
    if unit.pasts.filter(until__gte=day).exists():
        raise ValidationError(
            _("%(unit)s has changed after %(day)s already; what is past is not written anew."),
            "changed_since",
            {"unit": unit, "day": day},
        )
    if "parent" in said and said["parent"] != unit.parent:
        _check_place(unit, said["parent"])
    past = {name: getattr(unit, name) for name in KEPT}
    for name, value in said.items():
        setattr(unit, name, value)
    if past != {name: getattr(unit, name) for name in KEPT}:
        _remember(unit, past, day, pen, group)
    unit.save()
    if pen:
        pen.changed(group, unit, before)


def _values(unit: Unit) -> journal.Values:
    """Paths follow from where units hang; a journal that kept them would call every move above a change."""
    return {name: value for name, value in journal.values(unit).items() if name != "path"}


def _check_place(unit: Unit, parent: Unit | None) -> None:
    if unit.parent_id is None or parent is None:
        raise ValidationError(
            _("%(unit)s stands above all others and stays there."), "root_stays", {"unit": unit}
        )
    if parent.closed_on:
        raise ValidationError(
            _("%(unit)s is closed; choose a unit that is open."), "parent_closed", {"unit": parent}
        )
    if unit.pk in chain(parent):
        raise ValidationError(
            _("%(parent)s is %(unit)s itself or hangs below it; choose a unit outside."),
            "parent_below",
            {"parent": parent, "unit": unit},
        )


def chain(unit: Unit | None) -> set[int]:
    """The keys of the unit and of all above it, whatever paths say."""
    found: set[int] = set()
    pk = unit.pk if unit else None
    while pk and pk not in found:
        found.add(pk)
        pk = Unit.objects.values_list("parent", flat=True).get(pk=pk)
    return found


def _remember(unit: Unit, past: dict[str, Any], day: dt.date, pen: journal.Pen | None, group: int) -> None:
    """Of a unit that began today there is no yesterday; of one that changes twice, the morning is kept."""
    until = day - ONE_DAY
    if unit.opened_on and unit.opened_on > until:
        return
    made, new = UnitPast.objects.get_or_create(unit=unit, until=until, defaults=past)
    if new and pen:
        pen.created(group, made)


def mend_paths() -> None:
    """Every path from where its unit hangs; roles reach along paths, so access follows at once."""
    units = {unit.pk: unit for unit in Unit.objects.only("code", "parent", "path")}
    paths: dict[int, str] = {}

    def path(unit: Unit) -> str:
        if unit.pk not in paths:
            paths[unit.pk] = f"{path(units[unit.parent_id]) if unit.parent_id else ''}{unit.code}/"
        return paths[unit.pk]

    moved = [unit for unit in units.values() if unit.path != path(unit)]
    for unit in moved:
        unit.path = paths[unit.pk]
    if any(len(unit.path) > (DEEPEST or 0) for unit in moved):
        raise ValidationError(
            _("The tree would be too deep: at most ten levels. Choose a unit further up."), "too_deep"
        )
    Unit.objects.bulk_update(moved, ["path"], batch_size=500)


# --- deeds ---------------------------------------------------------------------------------------------------


@transaction.atomic
def rename(unit: Unit, *, name: str, short_name: str, actor: Actor, now: dt.datetime, reason: str) -> Journal:
    """From today on it is called otherwise; what happened before stays under the old name."""
    pen, (unit,) = begin([unit], actor, now)
    before = {"name": unit.name, "short_name": unit.short_name}
    if before == {"name": name, "short_name": short_name}:
        raise ValidationError(_("This is what the unit is called already."))
    day = timezone.localdate(now)
    change(unit, {"name": name, "short_name": short_name}, day=day, pen=pen, group=unit.pk)
    pen.close()
    after = {"name": name, "short_name": short_name, "from": day}
    AuditEntry.objects.record(actor, "rename unit", unit, before=before, after=after, reason=reason)
    return pen.journal


@transaction.atomic
def move(unit: Unit, below: Unit, *, actor: Actor, now: dt.datetime, reason: str) -> Journal:
    """From today on it hangs below another unit, with all that hangs below it."""
    pen, (unit, below) = begin([unit, below], actor, now)
    if unit.parent_id == below.pk:
        raise ValidationError(
            _("%(unit)s hangs below %(below)s already."), params={"unit": unit, "below": below}
        )
    day, before = timezone.localdate(now), {"parent": unit.parent.code if unit.parent else None}
    change(unit, {"parent": below}, day=day, pen=pen, group=unit.pk)
    mend_paths()
    pen.close()
    after = {"parent": below.code, "from": day}
    AuditEntry.objects.record(actor, "move unit", unit, before=before, after=after, reason=reason)
    return pen.journal


@transaction.atomic
def close(unit: Unit, *, actor: Actor, now: dt.datetime, reason: str) -> Journal:
    """Yesterday was the last day of a unit in which nothing is left."""
    pen, (unit,) = begin([unit], actor, now)
    day = timezone.localdate(now)
    check_can_close(unit, day)
    if left := Contents.of([unit.pk], day):
        raise ValidationError(
            _("%(unit)s still has %(what)s. Move all of it to another unit: merge this one into that."),
            params={"unit": unit, "what": ", ".join(left.words)},
        )
    change(unit, {"closed_on": day - ONE_DAY}, day=day, pen=pen, group=unit.pk)
    pen.close()
    AuditEntry.objects.record(actor, "close unit", unit, after={"closed_on": unit.closed_on}, reason=reason)
    return pen.journal


@transaction.atomic
def take_back(made: Journal, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Put all of a change of the tree back, or, where something of it was touched since, nothing."""
    lock()
    made = Journal.objects.select_for_update().get(pk=made.pk)
    if made.taken_back_at:
        raise ValidationError(_("This change has been taken back already."))
    try:
        with transaction.atomic():
            kept = journal.take_back(made, actor=actor, now=now).kept
    except (ProtectedError, IntegrityError) as error:
        raise ValidationError(_touched()) from error
    if kept:
        raise ValidationError(_touched())
    mend_paths()
    unit = Unit.objects.filter(pk=made.lines.values_list("group", flat=True)[:1]).first()
    AuditEntry.objects.record(
        actor, "take back change of units", unit or made, after={"journal": made.pk}, reason=reason
    )


def _touched() -> str:
    return _(
        "Something of it was changed since, or something new hangs on it, so it can not be taken back. Make another change."
    )


def begin(units: Iterable[Unit], actor: Actor, now: dt.datetime) -> tuple[journal.Pen, list[Unit]]:
    """The units as they are now that nobody else changes the tree: somebody may have been quicker."""
    lock()
    wanted = [unit.pk for unit in units]
    stored = Unit.objects.select_related("parent").in_bulk(wanted)
    for unit in stored.values():
        if unit.closed_on:
            raise ValidationError(
                _("%(unit)s was closed meanwhile; its last day was %(day)s."),
                params={"unit": unit, "day": unit.closed_on},
            )
    return journal.begin(Journal.Kind.UNITS, made_by=actor.officer, now=now), [stored[pk] for pk in wanted]


def check_can_close(unit: Unit, day: dt.date) -> None:
    if unit.parent_id is None:
        raise ValidationError(_("%(unit)s stands above all others and stays there."), params={"unit": unit})
    if unit.opened_on and unit.opened_on >= day:
        raise ValidationError(
            _("%(unit)s begins only today; take back what made it instead."), params={"unit": unit}
        )
