"""Who is behind, in figures: what is past its planned day, due soon or was missed lately, by the one status function.

They hold no name of anybody who is owed a contact. Officers stand in the order of their names: this is no ranking.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contacts.models import Officer, Unit
from schedules import coverage, periods
from schedules.coverage import Standing, State
from schedules.models import BehindReport, Explanation, Obligation
from schedules.workdays import Workdays

FARTHEST = dt.timedelta(days=31)  # how far back a miss is still told after weeks without a report

Counts = dict[str, Any]


def since(day: dt.date) -> dt.date:
    """A miss counts if its period ended on or after this day: that of the report of an earlier week, which could not yet
    tell it, or the Monday of the week before."""
    week = periods.containing(day, "week")
    reports = BehindReport.objects.filter(week_key__lt=week.key).order_by("-week_key")
    made_at = reports.values_list("made_at", flat=True).first()
    first = timezone.localdate(made_at) if made_at else week.preceding().start
    return max(first, day - FARTHEST)


def asked_about(day: dt.date, first: dt.date) -> QuerySet[Obligation]:
    """What is running, and what ended on or after the day `first`."""
    return Obligation.objects.live().filter(period_start__lte=day, period_end__gte=first)


@dataclass(frozen=True)
class Material:
    day: dt.date
    since: dt.date
    counts: dict[int, dict[int, Counts]]  # by unit and officer
    officers: list[tuple[int, str, str]]  # key, police number and name of all of them, in the order of names


def gather(units: Collection[int] | None, now: dt.datetime, workdays: Workdays) -> Material:
    """Of the `units`, or of all: read once, whether for one page or for the reports of the whole bureau."""
    day = timezone.localdate(now)
    first, limit = since(day), coverage.due_soon_limit(day, workdays)
    wanted = asked_about(day, first)
    given = Explanation.objects.filter(obligation__in=wanted.values("pk"), given_at__lte=now)
    reasons = dict(given.values_list("obligation", "reason"))  # in order: the latest stays
    counts: dict[int, dict[int, Counts]] = defaultdict(lambda: defaultdict(empty))
    for row in coverage.standing(wanted, now=now, units=units):
        _count(counts[row.unit][row.officer], row, reasons.get(row.obligation, ""), day, limit)
    found = {officer for officers in counts.values() for officer in officers}
    named = Officer.objects.filter(pk__in=found).values_list("pk", "police_number", "name")
    return Material(day, first, counts, list(named))


def add_up(units: list[Unit], found: Material) -> Counts:
    """The figures of the first of `units`, which the others hang below: a row for each unit right below it, with all
    below that, and for each officer of its own; JSON all through. Without a row: of whom nothing is to be said."""
    top = units[0]
    own = found.counts.get(top.pk, {})
    below = [(unit, _of_subtree(unit, units, found)) for unit in units if unit.parent_id == top.pk]
    return {
        "unit": top.code,
        "name": str(top),
        "day": found.day.isoformat(),
        "since": found.since.isoformat(),
        "total": total([*(counts for _unit, counts in below), *own.values()]),
        "units": [
            {"unit": unit.code, "name": str(unit), **counts} for unit, counts in below if _tells(counts)
        ],
        "officers": [
            {"officer": number, "name": name, **own[pk]}
            for pk, number, name in found.officers
            if pk in own and _tells(own[pk])
        ],
    }


def empty() -> Counts:
    names = ("owed", "late", "due_soon", "missed", "behind", "attempts", "unexplained")
    return {**dict.fromkeys(names, 0), "reasons": {}}


def total(rows: Iterable[Counts]) -> Counts:
    tally = empty()
    for row in rows:
        for reason, number in row["reasons"].items():
            tally["reasons"][reason] = tally["reasons"].get(reason, 0) + number
        for name in tally.keys() - {"reasons"}:
            tally[name] += row[name]
    return tally


def _count(tally: Counts, row: Standing, reason: str, day: dt.date, limit: dt.date) -> None:
    """Behind is what is past its planned day or missed; what is due soon may be on its plan."""
    is_open, missed = row.state == State.OPEN, row.state == State.MISSED
    late = is_open and row.planned_on < day
    tally["owed"] += 1
    tally["late"] += late
    tally["due_soon"] += is_open and row.due_on <= limit
    tally["missed"] += missed
    if late or missed:
        tally["behind"] += 1
        tally["attempts"] += row.attempts
        tally["unexplained"] += not reason
        if reason:
            tally["reasons"][reason] = tally["reasons"].get(reason, 0) + 1


def _of_subtree(top: Unit, units: Iterable[Unit], found: Material) -> Counts:
    within = (unit.pk for unit in units if unit.pk in found.counts and top.contains(unit))
    return total(counts for unit in within for counts in found.counts[unit].values())


def _tells(counts: Counts) -> bool:
    return bool(counts["behind"] or counts["due_soon"])
