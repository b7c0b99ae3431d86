"""The models, one noun a file; import them from here."""

from schedules.models.behind import BehindReport
from schedules.models.days import DayOverride, KnownYear
from schedules.models.digests import Digest
from schedules.models.explanations import Explanation
from schedules.models.feeds import FeedToken
from schedules.models.notices import Delivery, Notice, NoticeLine
from schedules.models.obligations import Obligation
from schedules.models.passes import Heartbeat, PassState, PeriodClosing
from schedules.models.policies import MINIMUM_DAYS, Cadence, CyclePolicy, PolicyVersion, Stage

__all__ = [
    "MINIMUM_DAYS",
    "BehindReport",
    "Cadence",
    "CyclePolicy",
    "DayOverride",
    "Delivery",
    "Digest",
    "Explanation",
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
