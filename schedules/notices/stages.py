"""Which stage of which obligation has fallen due and was not told yet (R10).

Each obligation says from which day on a pass has to look at it (`remind_on`); what is told or settled moves that day on,
to its next stage or to never, and whatever may change the answer moves it back (`look_again`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from django.db.models import QuerySet

from liaison.batches import batches
from schedules.coverage import State, due_soon_day, with_status
from schedules.models import LOOK_NO_MORE, NoticeLine, Obligation, PolicyVersion, Stage
from schedules.notices.hours import Moment
from schedules.workdays import Workdays

# For how long after a period's end its missed stage is still told, should no pass have run meanwhile.
CATCH_UP = dt.timedelta(days=31)
URGENCY = {stage: place for place, stage in enumerate(Stage.values)}  # of two on one day the later counts


class Owed(NamedTuple):
    """An obligation as far as its stages hang on it."""

    pk: int
    version: int
    planned_on: dt.date
    due_on: dt.date
    period_start: dt.date
    period_end: dt.date


@dataclass(frozen=True)
class Due:
    """A stage to be told: the latest of its obligation that has fallen due, and the earlier ones that it replaces.
    `look_on`: when there is something to look at again once it is told."""

    obligation_id: int
    stage: str
    earlier: tuple[str, ...]
    officer_id: int | None
    unit_id: int | None
    look_on: dt.date


@dataclass
class Found:
    due: list[Due] = field(default_factory=list)
    looks: dict[dt.date, list[int]] = field(default_factory=lambda: defaultdict(list))

    def settle(self) -> None:
        """Write down when a pass has to look at each again."""
        for look_on, pks in self.looks.items():
            for some in batches(pks):
                Obligation.objects.filter(pk__in=some).update(remind_on=look_on)


def to_look_at(day: dt.date) -> QuerySet[Obligation]:
    return Obligation.objects.live().filter(remind_on__lte=day)


def current(day: dt.date) -> QuerySet[Obligation]:
    """Everything of which a stage may have fallen due."""
    return Obligation.objects.live().filter(period_start__lte=day, period_end__gte=day - CATCH_UP)


def find(candidates: QuerySet[Obligation], moment: Moment) -> Found:
    """What is to be told of the candidates at this moment: nothing of what is met or waived, each stage once, and of
    several that have fallen due the latest alone."""
    found = Found()
    rows = list(map(Owed._make, candidates.order_by().values_list(*Owed._fields)))
    if not rows:
        return found
    versions = {version.pk: version for version in PolicyVersion.objects.all()}
    days_of = _stage_days(moment.workdays)
    for some in batches(rows):
        open_ones, told = _open(some, moment, versions.values()), _told(some)
        for owed in some:
            if owed.pk not in open_ones:  # settled: should it be so no more, its facts have changed
                found.looks[LOOK_NO_MORE].append(owed.pk)
                continue
            days = {
                stage: day for stage, day in days_of(owed).items() if stage in versions[owed.version].stages
            }
            look_on = min((day for day in days.values() if day > moment.today), default=LOOK_NO_MORE)
            stage = _reached(owed, days, moment.today)
            if stage is None or (owed.pk, stage) in told:
                found.looks[look_on].append(owed.pk)
                continue
            earlier = [other for other, day in days.items() if other != stage and day <= moment.today]
            found.due.append(Due(owed.pk, stage, tuple(earlier), *open_ones[owed.pk], look_on))
    return found


def _stage_days(workdays: Workdays):
    """A function that gives the day on which each stage of an obligation falls due, in the order of the stages."""
    soon_on = cache(lambda due_on: due_soon_day(due_on, workdays))
    missed_on = cache(lambda end: next(workdays.after(end)))

    def days(owed: Owed) -> dict[str, dt.date]:
        return {
            Stage.PLANNED.value: owed.planned_on,
            Stage.DUE_SOON.value: max(owed.period_start, soon_on(owed.due_on)),
            Stage.LAST_DAY.value: owed.due_on,
            Stage.MISSED.value: missed_on(owed.period_end),
        }

    return days


def _reached(owed: Owed, days: dict[str, dt.date], today: dt.date) -> str | None:
    """The latest stage that has fallen due; None before the first, between the end of a period and the first working day
    after it, and when the period is long over."""
    if owed.period_end < today:
        missed_on = days.get(Stage.MISSED)
        late = owed.period_end < today - CATCH_UP
        return Stage.MISSED.value if missed_on and missed_on <= today and not late else None
    reached = [(day, URGENCY[stage], stage) for stage, day in days.items() if day <= today]
    return max(reached)[2] if reached and owed.period_start <= today else None


def _open(
    some: list[Owed], moment: Moment, versions: Collection[PolicyVersion]
) -> dict[int, tuple[int | None, int | None]]:
    """Of each that is neither met nor waived: the officer who is responsible, and the unit."""
    rows = with_status(
        Obligation.objects.filter(pk__in=[owed.pk for owed in some]).order_by(), moment.now, versions
    )
    return {
        pk: (officer, unit)
        for pk, officer, unit in rows.filter(state__in=[State.OPEN, State.MISSED]).values_list(
            "pk", "responsible_officer_id", "responsible_unit_id"
        )
    }


def _told(some: list[Owed]) -> set[tuple[int, str]]:
    """What was told or superseded. A line that was cancelled does not count: it is told after all, should what met the
    obligation turn out not to have."""
    lines = NoticeLine.objects.filter(obligation__in=[owed.pk for owed in some])
    return set(lines.exclude(state=NoticeLine.State.CANCELLED).values_list("obligation", "stage"))
