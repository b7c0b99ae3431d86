"""What other apps keep about people follows them when they are merged or go: settings name the module that does it, so
that this app needs no word of it (PEOPLE_FOLLOWER)."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from types import ModuleType

from django.conf import settings


def follower() -> ModuleType:
    return import_module(settings.PEOPLE_FOLLOWER)


def models() -> Collection[str]:
    """The models ("app.model") whose rows the follower looks after."""
    found: Collection[str] = follower().MODELS
    return found


def forget(people: Collection[int]) -> None:
    """These people are about to be deleted: so is what follows them alone."""
    if people:
        follower().forget(people)
