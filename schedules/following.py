"""What is planned for people follows them: when somebody is deleted who should never have been there, so is what was
owed to them, with what was told of it."""

from __future__ import annotations

from collections.abc import Collection

from schedules.models import NoticeLine, Obligation

MODELS = ("schedules.obligation",)


def forget(people: Collection[int]) -> None:
    owed = Obligation.objects.filter(stakeholder__in=people)
    NoticeLine.objects.filter(obligation__in=owed.values("pk")).delete()
    owed.delete()
