"""Taking a merge back: both people as they were, under their own numbers; what came since stays with the survivor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import followers, journal
from contacts.access import Deed
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Feedback,
    Journal,
    JournalLine,
    Merge,
    Officer,
    Pairing,
    ReportDelivery,
    Stakeholder,
    Telling,
    Unit,
)


@dataclass
class Unmerged:
    """How it goes: `lines` of the journal that stay, or of which fields stay, each with its `obstacle`; how many
    contacts and opinions came since and stay with the survivor."""

    lines: list[JournalLine] = field(default_factory=list)
    contacts: int = 0
    feedback: int = 0


def may_unmerge(officer: Officer, merge: Merge) -> bool:
    """Only who reaches both: the survivor, and the unit to which the absorbed returns."""
    reach = officer.rights.reach(Deed.EDIT_ROSTER)
    if reach.everything:
        return True
    line = merge.journal.lines.get(model="contacts.stakeholder", object_id=merge.absorbed_number)
    path = Unit.objects.values_list("path", flat=True).get(pk=(line.before or {})["unit_id"])
    return reach.covers(path, own=False)


def foresee(merge: Merge) -> Unmerged:
    """How it would go now; ValidationError where it would be refused. Nothing is written."""
    return _foresee(merge, _survivor(merge))


@transaction.atomic
def unmerge(merge: Merge, *, actor: Actor, reason: str) -> Unmerged:
    """Put both people back. A field that was edited since stays as it is, and so do pairings if anything of them was
    changed, or an officer or unit is not there any more, an opinion that was answered in a contact since, and a contact in
    which the survivor's own opinion was answered; so do work reports and the contacts in which they were handed over since. Corrections follow the record they correct, and what was said in it. Merges of one person are taken back
    in the reverse order of their making; otherwise ValidationError."""
    followers.take_turns()
    merge = Merge.objects.select_for_update().select_related("journal").get(pk=merge.pk)
    survivor = Stakeholder.objects.select_for_update().get(pk=_survivor(merge).pk)
    found, now = _foresee(merge, survivor), timezone.now()
    _take_back(merge, survivor, now)
    Journal.objects.filter(pk=merge.journal_id).update(taken_back_by=actor.officer)
    _let_follow(survivor, merge.absorbed_number)
    for pk in (survivor.pk, merge.absorbed_number):  # both are there, or nothing is done
        _put_in_charge(Stakeholder.objects.select_related("unit").get(pk=pk))
    merge.unmerged_at = now
    merge.save(update_fields=["unmerged_at"])
    numbers = {"survivor": survivor.number, "absorbed": f"L{merge.absorbed_number:06d}"}
    AuditEntry.objects.record(actor, "unmerge people", survivor, after=numbers, reason=reason)
    return found


def _survivor(merge: Merge) -> Stakeholder:
    """Whom it was merged into; ValidationError where it can not be taken back, or not yet."""
    if merge.unmerged_at:
        raise ValidationError(_("This merge has been taken back already."))
    here = merge.survivor_number
    later = Merge.objects.standing().filter(
        Q(survivor_number=here) | Q(absorbed_number=here), pk__gt=merge.pk
    )
    if last := later.first():
        raise ValidationError(
            _("This person was merged again since (%(merge)s). Take that back first."),
            params={"merge": str(last)},
        )
    if (survivor := Stakeholder.objects.filter(pk=here).first()) is None:
        raise ValidationError(_("The person is not on the roster any more."))
    return survivor


def _take_back(
    merge: Merge, survivor: Stakeholder, now: dt.datetime, dry_run: bool = False
) -> journal.TakenBack:
    """On nobody's behalf: of an absorbed person, who is not there, nobody coordinates anything. `may_unmerge` asks."""
    return journal.take_back(
        merge.journal, actor=Actor(), now=now, dry_run=dry_run, hold=_held(merge, survivor)
    )


def _foresee(merge: Merge, survivor: Stakeholder) -> Unmerged:
    new = Feedback.objects.filter(steps__at__gte=merge.at).exclude(steps__at__lt=merge.at).distinct()
    return Unmerged(
        _take_back(merge, survivor, timezone.now(), dry_run=True).lines,
        survivor.records.filter(recorded_at__gte=merge.at, supersedes=None).count(),
        new.filter(stakeholder=survivor).count(),
    )


def _moved(merge: Merge, label: str) -> dict[int, JournalLine]:
    lines = merge.journal.lines.standing().filter(model=label)
    return {line.object_id: line for line in lines}


def _held(merge: Merge, survivor: Stakeholder) -> set[int]:
    """The lines that must stay although their rows were not touched."""
    answers, reports = _held_answers(merge, survivor), _held_reports(merge, survivor)
    return _held_pairings(merge, survivor) | answers | reports


# --- pairings: all as they were, or all as they are -----------------------------------------------------------


def _held_pairings(merge: Merge, survivor: Stakeholder) -> set[int]:
    """All of them, unless putting back what the merge did gives two histories without overlaps, with officers and units
    that are still there."""
    lines = list(merge.journal.lines.standing().filter(model="contacts.pairing"))
    rows = _as_they_would_be(lines, survivor)
    return set() if rows is not None and _may_stand(rows) else {line.pk for line in lines}


def _as_they_would_be(lines: list[JournalLine], survivor: Stakeholder) -> list[dict[str, Any]] | None:
    """The pairings of both people, as values; None if one of those that the merge touched was touched since."""
    rows: dict[int, dict[str, Any]] = {p.pk: journal.values(p) for p in survivor.pairings.all()}
    for line in lines:
        row = rows.get(line.object_id)
        if line.after is not None and (
            row is None or any(row[name] != line.after[name] for name in line.after)
        ):
            return None
        if line.before is None:
            del rows[line.object_id]
        else:
            rows[line.object_id] = (row or {}) | line.before
    return list(rows.values())


def _may_stand(rows: list[dict[str, Any]]) -> bool:
    for person in {row["stakeholder_id"] for row in rows}:
        spans = sorted(_days(row) for row in rows if row["stakeholder_id"] == person)
        if any(later[0] <= earlier[1] for earlier, later in zip(spans, spans[1:], strict=False)):
            return False
    today = timezone.localdate().isoformat()
    current = [row for row in rows if _days(row)[1] >= today]
    gone = Officer.objects.filter(pk__in=[row["officer_id"] for row in current], is_active=False).exists()
    closed = Unit.objects.exclude(closed_on=None).filter(pk__in=[row["unit_id"] for row in current])
    return not gone and not closed.exists()


def _days(row: dict[str, Any]) -> tuple[str, str]:
    return row["started_on"], row["ended_on"] or dt.date.max.isoformat()


def _put_in_charge(person: Stakeholder) -> None:
    """The unit in charge is that of the open pairing, wherever that is now; without one it is a unit that is open."""
    held = Pairing.objects.filter(stakeholder=person, ended_on=None).select_related("unit").first()
    unit = held.unit if held else person.unit.current()
    while unit.closed_on and unit.parent and not held:
        unit = unit.parent
    if unit != person.unit:
        Stakeholder.objects.filter(pk=person.pk).update(unit=unit)


# --- answers: an opinion and the contact in which it was answered stay together --------------------------------


def _held_answers(merge: Merge, survivor: Stakeholder) -> set[int]:
    records, feedback = _moved(merge, "contacts.contactrecord"), _moved(merge, "contacts.feedback")
    origin = _origins(survivor, records)
    answered = Feedback.objects.filter(
        stakeholder=survivor, state__in=[Feedback.State.ANSWERED, Feedback.State.CLOSED]
    )
    tellings = Telling.objects.filter(answer__feedback__in=answered, record__stakeholder=survivor)
    told = list(tellings.values_list("answer__feedback", "answer__feedback__record", "record"))
    staying = {
        origin[told_in]
        for pk, said_in, told_in in told
        if pk not in feedback and told_in in origin and said_in not in origin
    }
    held = {line.pk for pk, line in records.items() if origin[pk] in staying}
    for pk, _said_in, told_in in told:
        if pk in feedback and (told_in not in origin or origin[told_in] in staying):
            held.add(feedback[pk].pk)
    return held


def _origins(survivor: Stakeholder, moved: Iterable[int]) -> dict[int, int]:
    """Record → the first of the moved records which it is, or which it corrects."""
    corrections = ContactRecord.objects.filter(stakeholder=survivor, supersedes__isnull=False)
    corrected_by = dict(corrections.values_list("supersedes", "pk"))
    origin: dict[int, int] = {}
    for first in sorted(moved):
        pk: int | None = first
        while pk is not None and pk not in origin:
            origin[pk] = first
            pk = corrected_by.get(pk)
    return origin


def _let_follow(survivor: Stakeholder, absorbed: int) -> None:
    """What was corrected since belongs to whom the record was about, and so does what was said in it."""
    stray = ContactRecord.objects.filter(stakeholder=survivor, supersedes__stakeholder=absorbed)
    while stray.update(stakeholder=absorbed):
        pass
    said = Feedback.objects.filter(stakeholder=survivor, record__stakeholder=absorbed)
    told_survivor = Telling.objects.filter(answer__feedback=OuterRef("pk"), record__stakeholder=survivor)
    said.filter(~Exists(told_survivor)).update(stakeholder=absorbed)


# --- work reports: a copy and the contact in which it was handed over stay together ----------------------------


def _held_reports(merge: Merge, survivor: Stakeholder) -> set[int]:
    records, copies = _moved(merge, "contacts.contactrecord"), _moved(merge, "contacts.reportcopy")
    moved, origin = _moved(merge, "contacts.reportdelivery"), _origins(survivor, records)
    held = set()
    deliveries = ReportDelivery.objects.filter(copy__stakeholder=survivor)
    for pk, copy, record in deliveries.values_list("pk", "copy", "record"):
        line = moved.get(pk) or copies.get(copy)
        if line and record not in origin:
            held.add(line.pk)
        elif line is None and record in origin:
            held |= {found.pk for one, found in records.items() if origin[one] == origin[record]}
    return held
