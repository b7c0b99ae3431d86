"""What other apps keep about people and units follows them when they are merged or go: settings name the module that does
it, so that this app needs no word of it (PEOPLE_FOLLOWER)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Model

if TYPE_CHECKING:
    from contacts.journal import Pen


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


def take_turns() -> None:
    """Wait until nobody else writes what follows people; call it inside a transaction, before locking anybody."""
    follower().take_turns()


def merged(survivor: int, absorbed: int, pen: Pen) -> None:
    """These two were one all along: what follows the absorbed follows the survivor."""
    follower().merged(survivor, absorbed, pen)


def follow_hour(officer: int, hour: int) -> None:
    """From now on the officer wants the day's message at this hour: what waits for its hour waits for this one."""
    follower().follow_hour(officer, hour)


def follow_units(merged: Collection[int], into: int, told: Callable[[Model, dict[str, Any]], None]) -> int:
    """These units are about to become one: what is kept of where their officers serve follows, before the officers do.
    `told` hears of each row that changed, with its values before. Answers how many."""
    moved: int = follower().follow_units(merged, into, told)
    return moved
