"""What is planned for people follows them: when somebody is deleted who should never have been there, so is what was
owed to them, with what was told of it. A merger of units is no transfer: calendar addresses stay good."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Model

from contacts import journal
from schedules.models import FeedToken, NoticeLine, Obligation

MODELS = ("schedules.obligation",)


def forget(people: Collection[int]) -> None:
    owed = Obligation.objects.filter(stakeholder__in=people)
    NoticeLine.objects.filter(obligation__in=owed.values("pk")).delete()
    owed.delete()


def follow_units(merged: Collection[int], into: int, told: Callable[[Model, dict[str, Any]], None]) -> int:
    """Live subscriptions of the officers of these units count in the new one. Those that a transfer ended stay ended."""
    feeds = FeedToken.objects.live().filter(unit__in=merged)
    return journal.carry(feeds, told, unit_id=into)
