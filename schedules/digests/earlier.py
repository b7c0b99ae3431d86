"""The totals of the periods before, for the trend and for "before": as frozen where they were, else reckoned now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.utils import timezone

from schedules import coverage
from schedules.digests.material import items
from schedules.digests.scope import Scope
from schedules.models import Digest, PassState, PolicyVersion
from schedules.periods import Period

SHOWN = 11  # periods; the one itself makes twelve
HEARD = ("received", "answered", "overdue")
FIGURES = (*coverage.FIGURES, *HEARD)
FROZEN = ("not_reached", "quiet", "unpaired", "promised", "broken", "asked")  # known of what was frozen alone

Totals = dict[str, dict[str, int]]  # by the key of the period


def was_frozen(row: dict[str, Any]) -> bool:
    """Is a row of a trend what a digest of its own says, and not reckoned?"""
    return FROZEN[-1] in row


def before(period: Period) -> list[Period]:
    """The eleven periods before, oldest first."""
    found = [period.preceding()]
    while len(found) < SHOWN:
        found.append(found[-1].preceding())
    return found[::-1]


def frozen(scopes: Collection[Scope], period: Period) -> dict[Scope, dict[str, dict[str, int]]]:
    """What was frozen of these periods: of each scope the totals, by key."""
    by_unit = {scope.unit.pk: scope for scope in scopes if scope.unit}
    found: dict[Scope, Totals] = {scope: {} for scope in scopes}
    rows = Digest.objects.final().filter(unit__in=by_unit, period_key__in=[one.key for one in before(period)])
    for unit, key, trend in rows.values_list("unit", "period_key", "figures__trend"):
        found[by_unit[unit]][key] = trend[-1]
    return found


def rows(
    scope: Scope, period: Period, now: dt.datetime, known: Totals, versions: list[PolicyVersion]
) -> list[dict[str, Any]]:
    """The totals of the eleven periods before, without those before anything was owed."""
    wanted = before(period)
    missing = [one for one in wanted if one.key not in known]
    if missing and (planned := _planned_ones(missing)):
        known = known | _reckoned(scope, planned, now, versions)
    found = [
        {
            "key": one.key,
            **{name: known[one.key][name] for name in FIGURES},
            **{name: known[one.key][name] for name in FROZEN if name in known[one.key]},
        }
        for one in wanted
        if one.key in known
    ]
    began = (number for number, row in enumerate(found) if row["owed"] or row["received"])
    return found[next(began, len(found)) :]


def _planned_ones(wanted: list[Period]) -> list[Period]:
    """Those that did not end before the first pass: nothing was ever owed in the others (R4)."""
    first_day = PassState.objects.values_list("first_day", flat=True).first()
    return [period for period in wanted if first_day and period.end >= first_day]


def _reckoned(scope: Scope, wanted: list[Period], now: dt.datetime, versions: list[PolicyVersion]) -> Totals:
    """Two queries, however many periods."""
    today = timezone.localdate(now)
    tallies: Totals = {period.key: dict.fromkeys(FIGURES, 0) for period in wanted}
    span = Period(wanted[0].start, wanted[-1].end, wanted[0].cadence, "")
    ends = [min(period.end, today) for period in wanted]
    scopes = [scope.on(day) for day in ends]  # each period counts what hung there then
    wide = scope.on(*ends)
    owed = coverage.of_period(span)
    for row in coverage.standing(owed, now=now, versions=versions, **wide.standing):
        for period, then in zip(wanted, scopes, strict=True):
            if _belongs(row, period) and then.holds(row.unit):
                coverage.count(tallies[period.key], row)
    for item in items(wide, span.start, min(today, span.end), span.end):
        for period, then in zip(wanted, scopes, strict=True):
            if not then.holds(item.unit):
                continue
            tally = tallies[period.key]
            tally["received"] += item.received_on in period
            tally["answered"] += item.answered_on is not None and item.answered_on in period
            tally["overdue"] += item.is_late(min(period.end, today))
    return tallies


def _belongs(row: coverage.Standing, period: Period) -> bool:
    """As `coverage.of_period` has it."""
    if period.cadence == "week":
        return row.planned_on in period
    return row.period_start in period and row.period_end in period
