"""Short words for tests of the engine: an instant of the bureau, an obligation, a pass."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from contacts.models import Stakeholder
from schedules.calendars import Calendar, Selection
from schedules.calendars.selecting import Owed
from schedules.models import CyclePolicy, Obligation, PolicyVersion
from schedules.notices.hours import Moment
from schedules.periods import parse
from schedules.workdays import Workdays


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(text: str) -> dt.datetime:
    """An instant, by the bureau's own clock unless it names another: "2026-11-18 09:00"."""
    found = dt.datetime.fromisoformat(text)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def moment(text: str) -> Moment:
    return Moment(at(text), Workdays.load())


def owe(person: Stakeholder, key: str = "2026-11", policy: str = "call", **fields: Any) -> Obligation:
    """An obligation as planning would have made it; planned on the due day unless told otherwise."""
    period = parse(key)
    calendar = Workdays()
    due_on = fields.pop("due_on", calendar.previous(period.end))
    return Obligation.objects.create(
        stakeholder=person,
        policy=CyclePolicy.objects.get(code=policy),
        version=fields.pop("version", None) or PolicyVersion.objects.get(policy__code=policy, starts_on=None),
        period_key=key,
        period_start=period.start,
        period_end=period.end,
        due_on=due_on,
        planned_on=fields.pop("planned_on", due_on),
        changed_at=at(f"{period.start} 00:05"),
        **fields,
    )


def chosen(selection: Selection) -> list[Owed]:
    """What stands in a calendar."""
    return [owed for chunk in selection.chunks(list(PolicyVersion.objects.all())) for owed in chunk]


def content(calendar: Calendar) -> bytes:
    with calendar.spool()[0] as file:
        return file.read()
