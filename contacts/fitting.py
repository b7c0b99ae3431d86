"""The pairings of two people as one history, for when they turn out to be one (R4, R5). Pure: spans of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

ONE_DAY = dt.timedelta(days=1)
Span = tuple[dt.date, dt.date]  # both ends inclusive; open-ended is date.max


def fitted(span: Span, *, taken: Sequence[Span] = (), day: dt.date, stays: bool) -> list[Span]:
    """What is left of a pairing: before `day` the days that are not `taken`, from `day` on everything or nothing."""
    first, last = span
    past = without((first, min(last, day - ONE_DAY)), taken)
    later = [(max(first, day), last)] if stays and last >= day else []
    if past and later and past[-1][1] + ONE_DAY == later[0][0]:
        return [*past[:-1], (past[-1][0], last)]
    return past + later


def without(span: Span, taken: Sequence[Span]) -> list[Span]:
    """The days of a span that are in none of the others, in order."""
    left, start = [], span[0]
    for first, last in sorted(taken):
        if first > span[1]:
            break
        if start < first:
            left.append((start, first - ONE_DAY))
        start = max(start, last if last == dt.date.max else last + ONE_DAY)
    return [*left, (start, span[1])] if start <= span[1] else left
