"""How many sealed reports there are, as far as that may be told (R13): no count under five, and none that follows from others.

Only half-years that are over are counted, so that no number grows by one as a report comes in; there is no sum over several;
and the results of one stand there either all or not at all, so that none is what the others leave of the total.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from contacts.models import ConductReport

LEAST = 5
SHOWN = 6  # half-years
State = ConductReport.State
UNDECIDED = "undecided"
RESULTS = (State.FOUNDED.value, State.UNFOUNDED.value, State.PASSED_ON.value, UNDECIDED)


@dataclass(frozen=True)
class HalfYear:
    """`total` is None when it is under five, `results` (in the order of RESULTS) when one of them is."""

    year: int
    half: int
    total: int | None = None
    results: list[int] | None = None


def tally(day: dt.date) -> list[HalfYear]:
    """The half-years before that of the day, the latest first. The same for every reviewer: what two of them see differs
    by nothing that would be about one of them."""
    found: dict[tuple[int, int], Counter[str]] = {}
    for week, state in ConductReport.objects.values_list("week", "state"):
        counts = found.setdefault(half_of(week), Counter())
        counts[state if state in RESULTS else UNDECIDED] += 1
    ended, shown = half_of(day - dt.timedelta(days=day.weekday())), []  # a week counts where it begins
    for _each in range(SHOWN):
        ended = (ended[0], 1) if ended[1] == 2 else (ended[0] - 1, 2)
        shown.append(told(*ended, found.get(ended, {})))
    return shown


def told(year: int, half: int, counts: Mapping[str, int]) -> HalfYear:
    total, results = sum(counts.values()), [counts.get(name, 0) for name in RESULTS]
    if total < LEAST:
        return HalfYear(year, half)
    return HalfYear(year, half, total, results if min(results) >= LEAST else None)


def half_of(day: dt.date) -> tuple[int, int]:
    return day.year, 1 if day.month <= 6 else 2
