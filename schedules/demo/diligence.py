"""How officers work: most keep in touch, some do so late, a few hardly, and in some stations it is the custom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from schedules.demo.chance import chance


@dataclass(frozen=True)
class Habits:
    keeps: float  # how likely an owed contact is made at all
    late: bool  # in the last days of a period rather than in the course of it
    keeps_word: float  # how likely a promise is kept
    enters_late: bool  # a whole month's contacts on its last evening rather than each on its day


@cache
def habits(police_number: str, unit_code: str) -> Habits:
    """Of one officer; every tenth unit or so is slack as a whole."""
    rng = chance("habits", police_number)
    slack_unit = chance("habits of the unit", unit_code).random() < 0.1
    luck = rng.random() + (0.35 if slack_unit else 0)
    enters_late = chance("entering", police_number).random() < 0.08
    if luck < 0.62:
        return Habits(rng.uniform(0.94, 0.995), rng.random() < 0.15, 0.94, enters_late)
    if luck < 0.92:
        return Habits(rng.uniform(0.8, 0.93), rng.random() < 0.5, 0.8, enters_late)
    return Habits(rng.uniform(0.4, 0.7), True, 0.5, enters_late)
