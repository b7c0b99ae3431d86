"""Which stage of which obligation has fallen due and was not told yet (R10)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When

from schedules.coverage import DUE_SOON_WORKING_DAYS, State, with_status
from schedules.models import NoticeLine, Obligation, PolicyVersion, Stage
from schedules.notices.hours import Moment

# For how long after a period's end its missed stage is still told, should no pass have run meanwhile.
CATCH_UP = dt.timedelta(days=92)

# The column that says on which day a stage falls due; `missed` does on the first working day after the period.
DAY_OF = {"planned": "planned_on", "due_soon": "due_soon_on", "last_day": "due_on"}
RANK = {stage.value: rank for rank, stage in enumerate(Stage)}


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
    versions_of: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for version in PolicyVersion.objects.all():
        versions_of[tuple(version.stages)].append(version.pk)
    for stages, versions in versions_of.items():
        before_the_end = [stage for stage in stages if stage in DAY_OF]
        for stage in before_the_end:
            yield from _due_before_the_end(stage, before_the_end, versions, moment)
        if Stage.MISSED in stages:
            yield from _missed(before_the_end, versions, moment)


def _due_before_the_end(stage: str, stages: list[str], versions: list[int], moment: Moment) -> Iterator[Due]:
    running = Obligation.objects.live().filter(
        version__in=versions, period_start__lte=moment.today, period_end__gte=moment.today
    )
    rows = _with_due_soon_day(running, moment).filter(**{f"{DAY_OF[stage]}__lte": moment.stage_day})
    for other in stages:
        if other != stage:
            rows = rows.exclude(_follows(other, stage, moment))
    told = _lines(stage).filter(recipient=OuterRef("responsible_officer_id"))
    rows = with_status(rows, moment.now).filter(~Exists(told), state=State.OPEN)
    others = [other for other in stages if other != stage]
    for pk, officer, unit, *days in rows.values_list(
        "pk", "responsible_officer_id", "responsible_unit_id", *(DAY_OF[other] for other in others)
    ):
        earlier = (other for other, day in zip(others, days, strict=True) if day <= moment.stage_day)
        yield Due(pk, stage, tuple(earlier), officer, unit)


def _missed(stages: list[str], versions: list[int], moment: Moment) -> Iterator[Due]:
    ended = Obligation.objects.live().filter(
        version__in=versions,
        period_end__lt=moment.workdays.previous(moment.stage_day),
        period_end__gte=moment.today - CATCH_UP,
    )
    rows = with_status(ended.filter(~Exists(_lines(Stage.MISSED))), moment.now).filter(state=State.MISSED)
    for pk, officer, unit in rows.values_list("pk", "responsible_officer_id", "responsible_unit_id"):
        yield Due(pk, Stage.MISSED, tuple(stages), officer, unit)


def _lines(stage: str) -> QuerySet[NoticeLine]:
    """For a query over obligations: its lines of that stage. One that was cancelled may be told after all, should
    what met the obligation turn out not to have."""
    cancelled = NoticeLine.State.CANCELLED
    return NoticeLine.objects.filter(obligation=OuterRef("pk"), stage=stage).exclude(state=cancelled)


def _follows(other: str, stage: str, moment: Moment) -> Q:
    """The other stage has fallen due too, and later than this one; of two on one day the more urgent is the later."""
    day, operator = DAY_OF[other], "gte" if RANK[other] > RANK[stage] else "gt"
    return Q(**{f"{day}__lte": moment.stage_day, f"{day}__{operator}": F(DAY_OF[stage])})


def _with_due_soon_day(rows: QuerySet[Obligation], moment: Moment) -> QuerySet[Obligation]:
    """Annotate `due_soon_on`, five working days before the due day. A few due days are shared by all rows."""
    due_days = rows.order_by().values_list("due_on", flat=True).distinct()
    return rows.annotate(
        due_soon_on=Case(
            *(
                When(due_on=day, then=Value(moment.workdays.shift(day, -DUE_SOON_WORKING_DAYS)))
                for day in due_days
            ),
            default=F("due_on"),
            output_field=DateField(),
        )
    )
