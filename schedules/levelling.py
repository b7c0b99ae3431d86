"""Days to do it: spreading one officer's obligations of one policy over the working days that are left (R8)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence


def spread(count: int, days: Sequence[dt.date], shift: int = 0) -> list[dt.date]:
    """A day for each of `count` things in order, so that no two days differ by more than one. Where they are fewer than
    the days, `shift` moves all of them within their gaps: otherwise every first thing stood on the first day."""
    moved = shift % max(1, len(days) // count) if count else 0
    return [days[number * len(days) // count + moved] for number in range(count)]


class Plan:
    """What one officer has planned of one policy in one period, and where the next one goes."""

    def __init__(self, days: Sequence[dt.date], shift: int = 0) -> None:
        self.days = days  # working days that are left, in order
        self.shift = shift
        self.load: Counter[dt.date] = Counter()
        self.streets: dict[dt.date, set[str]] = defaultdict(set)

    def take(self, day: dt.date, street: str) -> None:
        self.load[day] += 1
        self.streets[day].add(street)

    def place(self, streets: Sequence[str]) -> list[dt.date]:
        """Days for new ones, whose streets are given in the order in which they should stand together. An empty plan
        is spread evenly; in one that exists each takes the lightest day left, where it can one of its own street."""
        if not self.load:
            chosen = spread(len(streets), self.days, self.shift)
            for day, street in zip(chosen, streets, strict=True):
                self.take(day, street)
            return chosen
        return [self._lightest(street) for street in streets]

    def _lightest(self, street: str) -> dt.date:
        day = min(self.days, key=lambda day: (self.load[day], street not in self.streets[day], day))
        self.take(day, street)
        return day


def is_level(days: Iterable[dt.date], among: Sequence[dt.date]) -> bool:
    """Do no two of the days `among` hold counts that differ by more than one?"""
    load = Counter(days)
    counts = [load[day] for day in among]
    return not counts or max(counts) - min(counts) <= 1
