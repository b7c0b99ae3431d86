"""The models, one noun a file; import them from here."""

from schedules.models.behind import BehindReport
from schedules.models.calendars import CalendarEvent, CalendarSet
from schedules.models.changes import ChangedFacts
from schedules.models.days import DayOverride, KnownYear
from schedules.models.digests import Digest, DigestChoice, DigestLists
from schedules.models.editions import PublicEdition
from schedules.models.explanations import Explanation
from schedules.models.feeds import FeedToken
from schedules.models.leave import Leave
from schedules.models.notices import (
    Delivery,
    EditionStage,
    FeedbackStage,
    Notice,
    NoticeLine,
    RemarkStage,
    ReportStage,
)
from schedules.models.obligations import LOOK_NO_MORE, LOOK_NOW, Obligation
from schedules.models.passes import Heartbeat, PassState, PeriodClosing
from schedules.models.policies import MINIMUM_DAYS, Cadence, CyclePolicy, PolicyVersion, Stage
from schedules.models.remarks import Remark, RemarkStep

__all__ = [
    "LOOK_NOW",
    "LOOK_NO_MORE",
    "MINIMUM_DAYS",
    "BehindReport",
    "Cadence",
    "ChangedFacts",
    "CalendarEvent",
    "CalendarSet",
    "CyclePolicy",
    "DayOverride",
    "Delivery",
    "Digest",
    "DigestChoice",
    "DigestLists",
    "EditionStage",
    "Explanation",
    "FeedToken",
    "FeedbackStage",
    "Heartbeat",
    "KnownYear",
    "Leave",
    "Notice",
    "NoticeLine",
    "Obligation",
    "PassState",
    "PeriodClosing",
    "PolicyVersion",
    "Remark",
    "RemarkStage",
    "RemarkStep",
    "PublicEdition",
    "ReportStage",
    "Stage",
]
