"""Which stage of which obligation has fallen due and was not told yet (R10)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from schedules import periods
from schedules.coverage import DUE_SOON_WORKING_DAYS, State, due_soon_limit, unmet, with_status
from schedules.models import Cadence, NoticeLine, Obligation, PolicyVersion, Stage
from schedules.notices.hours import Moment
from schedules.workdays import ONE_DAY, Workdays

# For how long after a period's end its missed stage is still told, should no pass have run meanwhile.
CATCH_UP = dt.timedelta(days=31)
BATCH = 5000


@dataclass(frozen=True)
class Due:
    """A stage to be told: the latest of its obligation that has fallen due, and the earlier ones that it replaces."""

    obligation_id: int
    stage: str
    earlier: tuple[str, ...]
    officer_id: int | None
    unit_id: int | None


def due(moment: Moment) -> Iterator[Due]:
    """Everything that is to be told at this moment: nothing of what is met or waived, each stage once, and of several
    that have fallen due the latest alone."""
    versions = {version.pk: version for version in PolicyVersion.objects.all()}
    waiting = list(_untold(versions.values(), moment).values_list("pk", "stage"))
    due_soon_on = cache(lambda due_on: due_soon_day(due_on, moment.workdays))
    for start in range(0, len(waiting), BATCH):
        stage_of = dict(waiting[start : start + BATCH])
        found = Obligation.objects.filter(pk__in=list(stage_of)).order_by()
        rows = with_status(found, moment.now, versions.values())
        for pk, version, planned_on, due_on, officer, unit in rows.filter(
            state__in=[State.OPEN, State.MISSED]
        ).values_list(
            "pk", "version", "planned_on", "due_on", "responsible_officer_id", "responsible_unit_id"
        ):
            stage = stage_of[pk]
            days = {Stage.PLANNED: planned_on, Stage.DUE_SOON: due_soon_on(due_on), Stage.LAST_DAY: due_on}
            earlier = (
                other
                for other in versions[version].stages
                if other != stage and (stage == Stage.MISSED or other in days and days[other] <= moment.today)
            )
            yield Due(pk, stage, tuple(earlier), officer, unit)


def due_soon_day(due_on: dt.date, workdays: Workdays) -> dt.date:
    return workdays.shift(due_on, -DUE_SOON_WORKING_DAYS)


def _untold(versions: Collection[PolicyVersion], moment: Moment) -> QuerySet[Any]:
    """Obligations that are neither met nor waived, with the `stage` they have reached if nobody was told it. A line that
    was cancelled does not count: it is told after all, should what met the obligation turn out not to have."""
    told = NoticeLine.objects.filter(obligation=OuterRef("pk"), stage=OuterRef("stage")).exclude(
        state=NoticeLine.State.CANCELLED
    )
    current = Obligation.objects.live().filter(
        Q(waived_at=None) | Q(waived_at__gt=moment.now), period_key__in=_keys(moment.today)
    )
    reached = current.order_by().annotate(stage=_reached(versions, moment)).exclude(stage="")
    return unmet(reached.filter(~Exists(told)), moment.now, versions)


def _keys(day: dt.date) -> list[str]:
    """The periods that run on the day or ended within the catch-up before it."""
    spans = (periods.between(day - CATCH_UP, day, cadence) for cadence in Cadence.values)
    return [period.key for span in spans for period in span]


def _reached(versions: Collection[PolicyVersion], moment: Moment) -> Case:
    """The latest stage that has fallen due, of those that the version has; "" before the first, and between the end of
    a period and the first working day after it."""
    having: dict[str, list[int]] = defaultdict(list)
    for version in versions:
        for stage in version.stages:
            having[stage].append(version.pk)
    return Case(
        *(
            When(condition, version__in=having[stage], then=Value(stage))
            for stage, condition in _latest_first(moment)
            if stage in having
        ),
        default=Value(""),
        output_field=CharField(),
    )


def _latest_first(moment: Moment) -> Iterator[tuple[str, Q]]:
    """When each stage has fallen due. Of two on one day the more urgent is the later."""
    today, workdays = moment.today, moment.workdays
    running, soon = Q(period_end__gte=today), due_soon_limit(today, workdays)
    yield Stage.MISSED.value, Q(period_end__lt=workdays.previous(today))
    overtaken = Q(due_on__lte=today, planned_on__gt=F("due_on"))
    for due_on in workdays.between(today + ONE_DAY, soon):
        overtaken |= Q(due_on=due_on, planned_on__gt=due_soon_day(due_on, workdays))
    yield Stage.PLANNED.value, running & Q(planned_on__lte=today) & overtaken
    yield Stage.LAST_DAY.value, running & Q(due_on__lte=today)
    yield Stage.DUE_SOON.value, running & Q(due_on__lte=soon)
    yield Stage.PLANNED.value, running & Q(planned_on__lte=today)
