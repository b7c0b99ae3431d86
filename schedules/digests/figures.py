"""The figures of a digest: one dictionary that the page, the mail, the files and the command all show.

It holds ids and counts, and of people no name: whoever looks at it later is asked for their rights then.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from django.utils import timezone

from contacts.models import Fate, Officer, Rating, Unit
from schedules import coverage, periods
from schedules.digests import earlier
from schedules.digests.lists import Lists, behind
from schedules.digests.material import STATES, Material, Person, due_soon_limit, gather
from schedules.digests.scope import Scope
from schedules.models import PolicyVersion
from schedules.periods import Period
from schedules.workdays import Workdays

SHOWN = 30  # of a list; its count is of all
LONGEST = 5  # of the items that wait

Counts = dict[str, int]


class Reckoned(NamedTuple):
    """Figures, and what makes the lists behind them when somebody asks."""

    figures: dict[str, Any]
    lists: Callable[[], Lists]


def figures(scope: Scope, key: str, now: dt.datetime) -> dict[str, Any]:
    """What `scope` owed, did and heard in the period, as seen from the instant `now`; JSON all through."""
    return reckon(scope, key, now).figures


def reckon(
    scope: Scope, key: str, now: dt.datetime, frozen: dict[str, dict[str, Any]] | None = None
) -> Reckoned:
    """The same, with the lists behind. Whoever has the figures of the periods before that are `frozen` at hand, by their
    keys, spares a query."""
    period, versions = periods.parse(key), list(PolicyVersion.objects.all())
    scope = scope.on(min(period.end, timezone.localdate(now)))
    if frozen is None:
        frozen = earlier.frozen([scope], period)[scope]
    before = earlier.rows(scope, period, now, frozen, versions)
    found, limit = gather(scope, period, now, versions), due_soon_limit(now, Workdays.load())
    made = add_up(scope, found, before, limit)
    return Reckoned(made, partial(behind, scope, found, made, limit))


def add_up(scope: Scope, found: Material, before: list[dict[str, Any]], limit: dt.date) -> dict[str, Any]:
    """The figures of `scope` from material that holds at least what is in it; `before` are the totals of the periods
    before, and open obligations due by `limit` are due soon."""
    period = found.period
    owed = _coverage(scope, found, limit)
    heard = _feedback(scope, found)
    people = sorted(scope.within(found.people), key=lambda one: one.order)
    promises, satisfaction = _promises(scope, found), _satisfaction(scope, found)
    lists = {
        "not_reached": _listed(one for one in people if not one.reached_since(period.start)),
        "quiet": _listed(one for one in people if not one.reached_since(found.quiet_since)),
        "unpaired": _listed(sorted(scope.within(found.unpaired), key=lambda one: one.order)),
    }
    return {
        **scope.key,
        "period": {"key": period.key, "start": period.start.isoformat(), "end": period.end.isoformat()},
        "as_of": timezone.localtime(found.now).isoformat(timespec="seconds"),
        "running": found.day <= period.end,
        "coverage": owed,
        "feedback": heard,
        "promises": promises,
        "satisfaction": satisfaction,
        "people": len(people),
        **lists,
        "trend": [
            *before,
            {
                "key": period.key,
                **{name: owed["total"][name] for name in coverage.FIGURES},
                **{name: heard[name] for name in ("received", "answered", "overdue")},
                **{name: lists[name]["count"] for name in lists},
                "promised": promises["promised"],
                "broken": promises[Fate.BROKEN],
                "asked": satisfaction["asked"],
            },
        ],
    }


def _listed(rows: Iterable[Person]) -> dict[str, Any]:
    """The count of all, and the first of them with the day of their last contact."""
    found = list(rows)
    first = [{"stakeholder": one.pk, "last": one.last and one.last.isoformat()} for one in found[:SHOWN]]
    return {"count": len(found), "first": first}


# --- coverage ------------------------------------------------------------------------------------------------


def empty() -> Counts:
    return dict.fromkeys((*coverage.FIGURES, "due_soon"), 0)


def _coverage(scope: Scope, found: Material, limit: dt.date) -> dict[str, Any]:
    """Total, by kind, by unit below or by officer, and what was missed."""
    total = empty()
    by_kind: dict[str, Counts] = defaultdict(empty)
    by_unit: dict[int, Counts] = defaultdict(empty)
    by_officer: dict[int, Counts] = defaultdict(empty)
    load = _load(scope, found)
    missed = []
    for row in scope.within(found.owed):
        for tally in (total, by_kind[row.kind], by_unit[row.unit], by_officer[row.officer]):
            coverage.count(tally, row)
            tally["due_soon"] += row.state == coverage.State.OPEN and row.due_on <= limit
        if row.state == coverage.State.MISSED:
            missed.append(row)
    missed.sort(key=lambda row: (row.due_on, row.obligation))
    return {
        "total": total,
        "by_kind": [{"kind": kind, **by_kind[kind]} for kind in sorted(by_kind)],
        "groups": list(_groups(scope, found.period, by_unit, by_officer, load)),
        "officers": len(load.by_officer),
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
    scope: Scope, period: Period, by_unit: dict[int, Counts], by_officer: dict[int, Counts], load: Load
) -> Iterator[dict[str, Any]]:
    """The units right below, each with all below it, after what the unit itself holds; of a unit with none below,
    its officers, in the order of their names: this is no ranking. What was closed before, or came later, has no line
    unless something counts in it."""
    below = [
        (unit, _sum(unit, scope.units, by_unit))
        for unit in scope.units[1:]
        if scope.unit and unit.parent_id == scope.unit.pk
    ]
    below = [
        (unit, counts)
        for unit, counts in below
        if counts["owed"] or unit.exists_within(period.start, period.end)
    ]
    if not below:
        for officer in Officer.objects.filter(pk__in={*by_officer, *load.by_officer}).order_by(
            "pinyin", "police_number"
        ):
            yield {
                "officer": officer.police_number,
                "name": officer.name,
                "people": load.by_officer[officer.pk],
                **by_officer[officer.pk],
            }
        return
    itself = scope.units[0]
    held = load.of([itself])
    if itself.pk in by_unit or held["people"]:
        yield {
            "unit": itself.code,
            "name": str(itself),
            "itself": True,
            **held,
            **by_unit[itself.pk],
        }
    for unit, counts in below:
        within = [one for one in scope.units if unit.contains(one)]
        yield {"unit": unit.code, "name": str(unit), "itself": False, **load.of(within), **counts}


@dataclass
class Load:
    """How many people each officer holds at the end, in each unit."""

    by_unit: dict[int, list[Person]]
    by_officer: Counter[int]

    def of(self, units: Iterable[Unit]) -> dict[str, int]:
        people = [one for unit in units for one in self.by_unit.get(unit.pk, ())]
        return {"people": len(people), "officers": len({one.officer for one in people})}


def _load(scope: Scope, found: Material) -> Load:
    return Load(found.people, Counter(one.officer for one in scope.within(found.people) if one.officer))


def _sum(top: Unit, units: Iterable[Unit], by_unit: dict[int, Counts]) -> Counts:
    total = empty()
    for unit in units:
        if unit.pk in by_unit and top.contains(unit):
            for name, number in by_unit[unit.pk].items():
                total[name] += number
    return total


# --- promises, and how satisfied people are ------------------------------------------------------------------


def _promises(scope: Scope, found: Material) -> dict[str, Any]:
    """What was promised for a day of the period, by what had become of it at its end; and the first that were broken."""
    promised = sorted(scope.within(found.promises), key=lambda one: (one.review_on, one.feedback))
    fates = Counter(one.fate(found.ref) for one in promised)
    broken = [one for one in promised if one.fate(found.ref) == Fate.BROKEN]
    return {
        "promised": len(promised),
        **{fate: fates[fate] for fate in Fate.values},
        "first": [
            {"feedback": one.feedback, "stakeholder": one.stakeholder, "due_on": one.review_on.isoformat()}
            for one in broken[:SHOWN]
        ],
    }


def _satisfaction(scope: Scope, found: Material) -> dict[str, Any]:
    """What people said who were asked in the period, of the handling and of the result."""
    rated = list(scope.within(found.rated))
    process, result = (
        Counter(one) for one in ((one.process for one in rated), (one.result for one in rated))
    )
    return {
        "asked": len(rated),
        "process": {verdict: process[verdict] for verdict in Rating.Verdict.values},
        "result": {verdict: result[verdict] for verdict in Rating.Verdict.values},
    }


# --- feedback ------------------------------------------------------------------------------------------------


def _feedback(scope: Scope, found: Material) -> dict[str, Any]:
    """Received and answered in the period, overdue at its end; and by topic what was received, by its state."""
    topics: dict[int | None, dict[str, Any]] = {}
    known = set(scope.within(found.spoken_of))
    items = sorted(scope.within(found.said), key=lambda item: (item.due_on, item.pk))
    overdue = [item for item in items if item.is_late(found.ref)]
    waiting = sorted(
        (item for item in items if item.is_waiting(found.ref)), key=lambda item: (item.received_on, item.pk)
    )
    received = [item for item in items if item.received_on in found.period]
    for item in received + overdue:
        blank = {
            "topic": item.topic,
            "name": item.topic_name,
            "new": item.topic is not None and item.topic not in known,
            "total": 0,
            **dict.fromkeys(STATES, 0),
            "overdue": 0,
        }
        topics.setdefault(item.topic, blank)
    for item in received:
        topics[item.topic]["total"] += 1
        topics[item.topic][item.state] += 1
    for item in overdue:
        topics[item.topic]["overdue"] += 1
    return {
        "received": len(received),
        "answered": sum(item.answered_on is not None and item.answered_on in found.period for item in items),
        "overdue": len(overdue),
        "waiting": len(waiting),
        "longest": [
            {
                "feedback": item.pk,
                "stakeholder": item.stakeholder,
                "unit": item.unit_name,
                "received_on": item.received_on.isoformat(),
                "due_on": item.due_on.isoformat(),
            }
            for item in waiting[:LONGEST]
        ],
        "by_topic": sorted(topics.values(), key=lambda topic: (-topic["total"], topic["name"] or "")),
        "first": [
            {
                "feedback": item.pk,
                "stakeholder": item.stakeholder,
                "unit": item.unit_name,
                "due_on": item.due_on.isoformat(),
            }
            for item in overdue[:SHOWN]
        ],
    }
