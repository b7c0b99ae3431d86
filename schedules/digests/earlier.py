"""The totals of the periods before, for the trend and for "before": as frozen where they were, else reckoned now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from schedules import coverage
from schedules.digests.scope import Scope
from schedules.models import Digest, PassState
from schedules.periods import Period

SHOWN = 11  # periods; the one itself makes twelve
HEARD = ("received", "answered", "overdue")
FIGURES = (*coverage.FIGURES, *HEARD)

Totals = dict[str, dict[str, int]]  # by the key of the period


def earlier(scopes: Sequence[Scope], period: Period, now: dt.datetime) -> dict[Scope, list[dict[str, Any]]]:
    """For each scope the eleven periods before `period`, oldest first, without those before anything was owed."""
    wanted = [period.preceding()]
    while len(wanted) < SHOWN:
        wanted.append(wanted[-1].preceding())
    wanted.reverse()
    frozen = _frozen(scopes, wanted)
    if any(len(known) < SHOWN for known in frozen.values()):
        wanted = _planned_ones(wanted)
    return {scope: _rows(scope, wanted, frozen[scope], now) for scope in scopes}


def _rows(scope: Scope, wanted: list[Period], known: Totals, now: dt.datetime) -> list[dict[str, Any]]:
    missing = [one for one in wanted if one.key not in known]
    if missing:
        known |= _reckoned(scope, missing, now)
    rows = [{"key": one.key, **known[one.key]} for one in wanted]
    began = (number for number, row in enumerate(rows) if row["owed"] or row["received"])
    return rows[next(began, len(rows)) :]


def _planned_ones(wanted: list[Period]) -> list[Period]:
    """Those that did not end before the first pass: nothing was ever owed in the others (R4)."""
    first_day = PassState.objects.values_list("first_day", flat=True).first()
    return [period for period in wanted if first_day and period.end >= first_day]


def _frozen(scopes: Sequence[Scope], wanted: list[Period]) -> dict[Scope, Totals]:
    by_unit = {scope.unit.pk: scope for scope in scopes if scope.unit}
    found: dict[Scope, Totals] = {scope: {} for scope in scopes}
    rows = Digest.objects.filter(unit__in=by_unit, period_key__in=[period.key for period in wanted])
    for unit, key, trend in rows.values_list("unit", "period_key", "figures__trend"):
        found[by_unit[unit]][key] = {name: trend[-1][name] for name in FIGURES}
    return found


def _reckoned(scope: Scope, wanted: list[Period], now: dt.datetime) -> Totals:
    """A few queries, however many periods."""
    tallies: Totals = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    span = Period(wanted[0].start, wanted[-1].end, wanted[0].cadence, "")
    for row in coverage.standing(coverage.of_period(span), now=now, **scope.standing):
        for period in wanted:
            if _belongs(row, period):
                coverage.count(tallies[period.key], row)
    said = scope.feedback().filter(
        Q(answered_on=None) | Q(answered_on__gte=span.start), received_on__lte=span.end
    )
    for received_on, answered_on, due_on in said.values_list("received_on", "answered_on", "due_on"):
        for period in wanted:
            tally, ref = tallies[period.key], min(period.end, timezone.localdate(now))
            tally["received"] += received_on in period
            tally["answered"] += answered_on is not None and answered_on in period
            tally["overdue"] += (
                received_on <= ref and due_on < ref and (answered_on is None or answered_on > ref)
            )
    return {period.key: tallies[period.key] for period in wanted}


def _belongs(row: coverage.Standing, period: Period) -> bool:
    """As `coverage.of_period` has it."""
    if period.cadence == "week":
        return row.planned_on in period
    return row.period_start in period and row.period_end in period
