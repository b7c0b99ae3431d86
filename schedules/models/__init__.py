"""The models, one noun a file; import them from here."""

from schedules.models.calendars import CalendarEvent, CalendarSet
from schedules.models.changes import ChangedFacts
from schedules.models.days import DayOverride, KnownYear
from schedules.models.digests import Digest
from schedules.models.feeds import FeedToken
from schedules.models.leave import Leave
from schedules.models.notices import Delivery, Notice, NoticeLine
from schedules.models.obligations import LOOK_NO_MORE, LOOK_NOW, Obligation
from schedules.models.passes import Heartbeat, PassState, PeriodClosing
from schedules.models.policies import MINIMUM_DAYS, Cadence, CyclePolicy, PolicyVersion, Stage

__all__ = [
    "LOOK_NOW",
    "LOOK_NO_MORE",
    "MINIMUM_DAYS",
    "Cadence",
    "ChangedFacts",
    "CalendarEvent",
    "CalendarSet",
    "CyclePolicy",
    "DayOverride",
    "Delivery",
    "Digest",
    "FeedToken",
    "Heartbeat",
    "KnownYear",
    "Leave",
    "Notice",
    "NoticeLine",
    "Obligation",
    "PassState",
    "PeriodClosing",
    "PolicyVersion",
    "Stage",
]
