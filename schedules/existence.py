"""Which contacts are owed: the rule of existence as pure arithmetic on spans of days (R3, R4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from schedules import periods
from schedules.periods import Period

ONE_DAY = dt.timedelta(days=1)
Span = tuple[dt.date, dt.date]  # both ends inclusive; a missing bound is date.min or date.max


class Version(Protocol):
    starts_on: dt.date | None
    cadence: str
    ended: bool


V = TypeVar("V", bound=Version)


def span(start: dt.date | None, end: dt.date | None) -> Span:
    return start or dt.date.min, end or dt.date.max


def union(spans: Iterable[Span]) -> list[Span]:
    """The same days as spans that neither overlap nor touch, in order."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and (merged[-1][1] == dt.date.max or start <= merged[-1][1] + ONE_DAY):
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def intersection(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """The days that stand in both unions."""
    shared = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return [(start, end) for start, end in shared if start <= end]


def days_within(spans: Iterable[Span], period: Period) -> int:
    """How many days of the period the spans, which do not overlap, cover."""
    return sum(
        (min(end, period.end) - max(start, period.start)).days + 1
        for start, end in spans
        if start <= period.end and end >= period.start
    )


def lasts_for(period: Period, minimum: int) -> Callable[[Sequence[Span]], bool]:
    """A function that says of spans, which do not overlap, whether they cover so many days of the period (R4)."""

    def lasts(spans: Sequence[Span]) -> bool:
        return days_within(spans, period) >= minimum

    return lasts


def takes_effect(version: Version) -> dt.date:
    """The first day of the first period that begins on or after the version's date (R3)."""
    if version.starts_on is None:
        return dt.date.min
    period = periods.containing(version.starts_on, version.cadence)
    return period.start if period.start == version.starts_on else period.following().start


def in_force(versions: Sequence[V], first: dt.date, last: dt.date) -> Iterator[tuple[V, Period]]:
    """The periods of one policy that are not over before `first` and begin by `last`, each with the version in force.

    `versions` stand in the order of their dates. A version counts for the periods that begin on or after its effect
    and before that of any later one.
    """
    for number, version in enumerate(versions):
        begins = takes_effect(version)
        ends = min((takes_effect(later) for later in versions[number + 1 :]), default=dt.date.max)
        if version.ended:
            continue
        for period in periods.between(first, last, version.cadence):
            if begins <= period.start < ends:
                yield version, period
