"""The models, one noun a file; import them from here."""

from schedules.models.calendars import CalendarEvent, CalendarSet
from schedules.models.days import DayOverride, KnownYear
from schedules.models.digests import Digest
from schedules.models.feeds import FeedToken
from schedules.models.notices import Delivery, Notice, NoticeLine
from schedules.models.obligations import Obligation
from schedules.models.passes import Heartbeat, PassState, PeriodClosing
from schedules.models.policies import MINIMUM_DAYS, Cadence, CyclePolicy, PolicyVersion, Stage

__all__ = [
    "MINIMUM_DAYS",
    "Cadence",
    "CalendarEvent",
    "CalendarSet",
    "CyclePolicy",
    "DayOverride",
    "Delivery",
    "Digest",
    "FeedToken",
    "Heartbeat",
    "KnownYear",
    "Notice",
    "NoticeLine",
    "Obligation",
    "PassState",
    "PeriodClosing",
    "PolicyVersion",
    "Stage",
]
