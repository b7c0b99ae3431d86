"""The one status function: what an obligation's state is, who is responsible for it, and how they add up (R5–R7).

Nothing of this is stored. It is derived in SQL from contact records and pairings, so that a correction, a back-dated
entry or a voided record counts at once on every page, in every digest, export, calendar and command.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import ContactRecord, Officer, Pairing, Seat, Unit
from schedules import periods
from schedules.models import Obligation, PolicyVersion
from schedules.workdays import Workdays

DUE_SOON_WORKING_DAYS = 5  # R7


class State(TextChoices):
    """R7; the first that fits."""

    MET = "met", _("met")
    WAIVED = "waived", _("waived")
    MISSED = "missed", _("missed")
    OPEN = "open", _("open")


FIGURES = ("owed", "met", "open", "missed", "waived", "attempts")


def with_status(obligations: QuerySet[Obligation], now: dt.datetime) -> QuerySet[Obligation]:
    """Annotate how each obligation stands as seen from the instant `now`:

    `met_record_id`, `met_on` – the earliest contact that meets it (R6), or null;
    `state` – a `State` value (R7);
    `reference_day` – the day that decides who is responsible (R5);
    `responsible_pairing_id`, `responsible_officer_id`, `responsible_unit_id` – whose it is; null if nobody ever held it.
    """
    day = timezone.localtime(now).date()
    pairings = Pairing.objects.filter(stakeholder=OuterRef("stakeholder"))
    holder = Pairing.objects.filter(pk=OuterRef("responsible_pairing_id"))
    return (
        obligations.annotate(met_record_id=_first_meeting(now, "pk"), met_on=_first_meeting(now, "occurred_on"))
        .annotate(
            state=Case(
                When(met_on__isnull=False, then=Value(State.MET)),
                When(waived_at__lte=now, then=Value(State.WAIVED)),
                When(period_end__lt=day, then=Value(State.MISSED)),
                default=Value(State.OPEN),
                output_field=CharField(),
            ),
            reference_day=Coalesce(
                F("met_on"), Least(F("period_end"), Value(day, output_field=DateField())), output_field=DateField()
            ),
        )
        .annotate(
            responsible_pairing_id=Coalesce(
                Subquery(
                    pairings.filter(started_on__lte=OuterRef("reference_day")).order_by("-started_on").values("pk")[:1]
                ),
                Subquery(pairings.order_by("started_on").values("pk")[:1]),
            )
        )
        .annotate(
            responsible_officer_id=Subquery(holder.values("officer")[:1]),
            responsible_unit_id=Subquery(holder.values("unit")[:1]),
        )
    )


def with_attempts(obligations: QuerySet[Obligation], now: dt.datetime) -> QuerySet[Obligation]:
    """Annotate `attempts`: contacts of the kind, within the period and by `now`, that did not reach the person."""
    tried = (
        _contacts_within(now)
        .exclude(outcome=ContactRecord.Outcome.REACHED)
        .order_by()
        .values("stakeholder")
        .annotate(number=Count("pk"))
    )
    return obligations.annotate(attempts=Coalesce(_by_kinds(tried, "number"), Value(0)))


def due_soon_limit(day: dt.date, workdays: Workdays) -> dt.date:
    """What is open and due by this day is due soon (R7): five working days before a due day is on or before `day`."""
    return workdays.shift(workdays.previous(day), DUE_SOON_WORKING_DAYS)


def due_soon(day: dt.date, workdays: Workdays) -> Q:
    """For a query with status: open, and due soon or today."""
    return Q(state=State.OPEN, due_on__lte=due_soon_limit(day, workdays))


def of_period(period: periods.Period) -> QuerySet[Obligation]:
    """What is owed within a period: of a quarter, its months' calls and its own visits."""
    return Obligation.objects.live().filter(period_start__gte=period.start, period_end__lte=period.end)


def figures(
    period_key: str,
    *,
    now: dt.datetime,
    kind: str | None = None,
    unit: Unit | None = None,
    by: str = "unit",
    visible: QuerySet[Obligation] | None = None,
) -> dict[str, Any]:
    """The figures of a period, in total and by "unit", "officer" or "level".

    An obligation counts in the unit of its responsible officer's pairing; a group by unit is that unit alone, the
    total all below `unit`; a person with seats at two levels stands in both groups (R7). Each group has `key` (unit
    code, police number or level), `name`, and FIGURES.
    """
    wanted = of_period(periods.parse(period_key))
    if visible is not None:
        wanted = wanted.filter(pk__in=visible.values("pk"))
    if kind:
        wanted = wanted.filter(version__kind=kind)
    wanted = with_attempts(with_status(wanted.order_by(), now), now)
    if unit is not None:
        below = Unit.objects.subtree(unit)
        wanted = wanted.filter(responsible_unit_id__in=below.values("pk"))
    rows = wanted.values_list(
        "state", "attempts", "responsible_unit_id", "responsible_officer_id", "stakeholder", "version", "period_start", "period_end"
    )
    total = dict.fromkeys(FIGURES, 0)
    groups: dict[Any, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    keys_of = _KEYS[by]()
    for row in rows.iterator(chunk_size=5000):
        for tally in [total, *(groups[key] for key in keys_of(row))]:
            tally["owed"] += 1
            tally[row[0]] += 1
            tally["attempts"] += row[1]
    return {"total": total, "groups": _named(by, groups)}


# --- how it is derived ---------------------------------------------------------------------------------------


def _contacts_within(now: dt.datetime) -> QuerySet[ContactRecord]:
    """Live contacts with the person of the outer obligation, on a day of its period, that had happened by `now`."""
    return ContactRecord.objects.live().filter(
        stakeholder=OuterRef("stakeholder"),
        occurred_on__gte=OuterRef("period_start"),
        occurred_on__lte=OuterRef("period_end"),
        occurred_at__lte=now,
    )


def _first_meeting(now: dt.datetime, field: str) -> Case:
    """A field of the earliest contact that reached the person (R6)."""
    reached = _contacts_within(now).filter(outcome=ContactRecord.Outcome.REACHED).order_by("occurred_at", "pk")
    return _by_kinds(reached, field)


def _by_kinds(contacts: QuerySet, field: str) -> Case:
    """The same subquery for each set of kinds that policies count, so that every one can use the index."""
    versions_of: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for version in PolicyVersion.objects.all():
        versions_of[tuple(version.kinds)].append(version.pk)
    return Case(
        *(
            When(version__in=versions, then=Subquery(contacts.filter(kind__in=kinds).values(field)[:1]))
            for kinds, versions in versions_of.items()
        )
    )


def _by_unit():
    return lambda row: (row[2],)


def _by_officer():
    return lambda row: (row[3],)


def _by_level():
    kinds_of = {version.pk: set(version.seat_kinds) for version in PolicyVersion.objects.all()}
    seats: dict[int, list[tuple]] = defaultdict(list)
    for person, *seat in Seat.objects.values_list("stakeholder", "kind", "level", "started_on", "ended_on"):
        seats[person].append(tuple(seat))

    def levels(row: tuple) -> Iterable[str]:
        _state, _attempts, _unit, _officer, person, version, start, end = row
        return {
            level
            for kind, level, since, until in seats[person]
            if kind in kinds_of[version] and (since is None or since <= end) and (until is None or until >= start)
        }

    return levels


_KEYS = {"unit": _by_unit, "officer": _by_officer, "level": _by_level}


def _named(by: str, groups: dict[Any, dict[str, int]]) -> list[dict[str, Any]]:
    if by == "level":
        labels = [(level.value, level.value, str(level.label)) for level in Seat.Level]
    elif by == "officer":
        labels = list(Officer.objects.filter(pk__in=groups).values_list("pk", "police_number", "name"))
    else:
        labels = list(Unit.objects.filter(pk__in=groups).values_list("pk", "code", "name"))
    return [{"key": key, "name": name, **groups[group]} for group, key, name in labels if group in groups]
