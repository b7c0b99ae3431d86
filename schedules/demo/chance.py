"""Chance that repeats itself: the same key gives the same numbers on every machine."""

from __future__ import annotations

import random

SEED = "yunze-1"


def chance(*key: object) -> random.Random:
    """A source of its own for each part, so that a change to one part does not reshuffle the others."""
    return random.Random("/".join(map(str, (SEED, *key))))  # noqa: S311 - no secret  # nosec B311
