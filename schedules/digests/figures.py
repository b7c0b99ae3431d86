"""The figures of a digest: one dictionary that the page, the mail, the files and the command all show.

It holds ids and counts, and of people no name: whoever looks at it later is asked for their rights then.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils import timezone

from contacts.models import Officer, Unit
from schedules import coverage, periods
from schedules.digests import opinions, people
from schedules.digests.scope import Scope
from schedules.models import Digest, PolicyVersion
from schedules.workdays import Workdays

TREND = 12  # periods, the one itself included
SHOWN = people.SHOWN

Counts = dict[str, int]


def figures(scope: Scope, key: str, now: dt.datetime) -> dict[str, Any]:
    """What `scope` owed, did and heard in the period, as seen from the instant `now`; JSON all through."""
    period, day = periods.parse(key), timezone.localdate(now)
    ref = min(day, period.end)
    kinds = _covered_kinds()
    covered = _coverage(scope, period, now)
    before = earlier(scope, period, now)
    heard = opinions.opinions(scope.feedback(), period.start, period.end, day)
    return {
        **scope.key,
        "period": {"key": period.key, "start": period.start.isoformat(), "end": period.end.isoformat()},
        "as_of": timezone.localtime(now).isoformat(timespec="seconds"),
        "running": day <= period.end,
        "coverage": covered,
        "feedback": heard,
        **people.reached(scope.pairings(), kinds, period.start, ref),
        "unpaired": people.unpaired(scope.people(), kinds, ref),
        "before": before[-1] if before else None,
        "trend": [*before, {"key": period.key, **covered["total"], **_heard(heard)}],
    }


def empty() -> Counts:
    return dict.fromkeys((*coverage.FIGURES, "due_soon"), 0)


def _covered_kinds() -> set[str]:
    """The kinds of seats that any policy is about."""
    return {kind for kinds in PolicyVersion.objects.values_list("seat_kinds", flat=True) for kind in kinds}


def _heard(heard: dict[str, Any]) -> Counts:
    return {name: heard[name] for name in ("received", "answered", "overdue")}


# --- coverage ------------------------------------------------------------------------------------------------


def _coverage(scope: Scope, period: periods.Period, now: dt.datetime) -> dict[str, Any]:
    """Total, by kind, by unit below or by officer, and what was missed, from one run over the obligations."""
    limit = coverage.due_soon_limit(timezone.localdate(now), Workdays.load())
    total, by_kind = empty(), defaultdict(empty)
    by_unit, by_officer = defaultdict(empty), defaultdict(empty)
    missed = []
    for row in coverage.standing(coverage.of_period(period), now=now, **scope.standing):
        for tally in (total, by_kind[row.kind], by_unit[row.unit], by_officer[row.officer]):
            coverage.count(tally, row)
            tally["due_soon"] += row.state == coverage.State.OPEN and row.due_on <= limit
        if row.state == coverage.State.MISSED:
            missed.append(row)
    missed.sort(key=lambda row: (row.due_on, row.obligation))
    return {
        "total": total,
        "by_kind": [{"kind": kind, **by_kind[kind]} for kind in sorted(by_kind)],
        "groups": list(_groups(scope, by_unit, by_officer)),
        "missed": {"count": len(missed), "first": [_late(row) for row in missed[:SHOWN]]},
    }


def _late(row: coverage.Standing) -> dict[str, Any]:
    return {
        "obligation": row.obligation,
        "stakeholder": row.stakeholder,
        "officer": row.officer,
        "kind": row.kind,
        "due_on": row.due_on.isoformat(),
    }


def _groups(
    scope: Scope, by_unit: dict[int, Counts], by_officer: dict[int, Counts]
) -> Iterator[dict[str, Any]]:
    """The units right below, each with all below it, after what the unit itself holds; of a unit with none below,
    its officers, in the order of their names: this is no ranking."""
    if scope.officer is not None or scope.unit is None:
        return
    units = list(Unit.objects.subtree(scope.unit).order_by("path"))
    if len(units) == 1:
        names = Officer.objects.filter(pk__in=by_officer).order_by("pinyin", "police_number")
        for officer in names:
            yield {"officer": officer.police_number, "name": officer.name, **by_officer[officer.pk]}
        return
    for unit in units:
        if unit.pk == scope.unit.pk:
            if unit.pk in by_unit:
                yield {"unit": unit.code, "name": unit.name, "itself": True, **by_unit[unit.pk]}
        elif unit.parent_id == scope.unit.pk:
            below = (by_unit[one.pk] for one in units if one.pk in by_unit and unit.contains(one))
            yield {"unit": unit.code, "name": unit.name, "itself": False, **_sum(below)}


def _sum(tallies: Iterable[Counts]) -> Counts:
    total = empty()
    for tally in tallies:
        for name, number in tally.items():
            total[name] += number
    return total


# --- the periods before --------------------------------------------------------------------------------------


def earlier(scope: Scope, period: periods.Period, now: dt.datetime) -> list[dict[str, Any]]:
    """The totals of the eleven periods before, oldest first, without those before anything was owed. What was frozen
    counts as it was frozen; the rest is reckoned now."""
    wanted = []
    for _number in range(TREND - 1):
        period = period.preceding()
        wanted.append(period)
    wanted.reverse()
    known = _frozen(scope, wanted)
    missing = [one for one in wanted if one.key not in known]
    if missing:
        known |= _reckoned(scope, missing, now)
    rows = [{"key": one.key, **known[one.key]} for one in wanted]
    first = next((number for number, row in enumerate(rows) if row["owed"] or row["received"]), len(rows))
    return rows[first:]


def _frozen(scope: Scope, wanted: list[periods.Period]) -> dict[str, Counts]:
    if scope.officer is not None:
        return {}
    rows = Digest.objects.filter(unit=scope.unit, period_key__in=[period.key for period in wanted])
    found = rows.values_list("period_key", "figures__coverage__total", "figures__feedback")
    return {key: {**total, **_heard(heard)} for key, total, heard in found}


def _reckoned(scope: Scope, wanted: list[periods.Period], now: dt.datetime) -> dict[str, Counts]:
    """Two queries, however many periods."""
    tallies = {period.key: {**empty(), "received": 0, "answered": 0, "overdue": 0} for period in wanted}
    span = periods.Period(wanted[0].start, wanted[-1].end, wanted[0].cadence, "")
    for row in coverage.standing(coverage.of_period(span), now=now, **scope.standing):
        for period in wanted:
            if _belongs(row, period):
                coverage.count(tallies[period.key], row)
    said = scope.feedback().filter(
        Q(answered_on=None) | Q(answered_on__gte=span.start), received_on__lte=span.end
    )
    for received_on, answered_on, due_on in said.values_list("received_on", "answered_on", "due_on"):
        for period in wanted:
            tally = tallies[period.key]
            tally["received"] += received_on in period
            tally["answered"] += answered_on is not None and answered_on in period
            ref = min(period.end, timezone.localdate(now))
            waiting = received_on <= ref and due_on < ref and (answered_on is None or answered_on > ref)
            tally["overdue"] += waiting
    return tallies


def _belongs(row: coverage.Standing, period: periods.Period) -> bool:
    """As `coverage.of_period` has it."""
    if period.cadence == "week":
        return row.planned_on in period
    return row.period_start in period and row.period_end in period
