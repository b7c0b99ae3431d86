"""What several checks need to know, gathered once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from schedules import planning
from schedules.models import PassState, PolicyVersion
from schedules.slots import Slot, open_slots
from schedules.workdays import Workdays


@dataclass(frozen=True)
class Facts:
    asked_at: dt.datetime
    now: dt.datetime  # of the latest pass
    day: dt.date
    workdays: Workdays
    versions: dict[int, PolicyVersion]
    state: PassState | None
    planned: bool  # planning has seen every fact as it is now
    slots: list[Slot]  # the policies' periods that are not closed


def gather(now: dt.datetime) -> Facts:
    state = PassState.objects.first()
    at = state.latest_at if state else now
    day, workdays = timezone.localtime(at).date(), Workdays.load()
    return Facts(
        asked_at=now,
        now=at,
        day=day,
        workdays=workdays,
        versions=PolicyVersion.objects.in_bulk(),
        state=state,
        planned=state is not None and planning.has_seen_everything(state, day, workdays),
        slots=open_slots(state, day) if state else [],
    )
