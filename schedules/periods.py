"""Periods: pure arithmetic on the calendar, without a clock and without a database (R2).

Months, quarters, half-years and years are aligned to the calendar. Keys read `2026-11`, `2026-Q4`, `2026-H2`, `2026`;
digests also know ISO weeks, `2026-W47`.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

MONTHS_IN = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
YEARS = range(1900, 3000)  # whoever has a period may ask for those before and after it
_SIGNS = {"quarter": "Q", "half_year": "H"}
_KEY = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})|Q(?P<quarter>\d)|H(?P<half>\d)|W(?P<week>\d{2})))?"
)


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole days, both ends inclusive: the instants from the start of `start` to the end of `end`."""

    start: dt.date
    end: dt.date
    cadence: str
    key: str

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def following(self) -> Period:
        return containing(self.end + dt.timedelta(days=1), self.cadence)

    def preceding(self) -> Period:
        return containing(self.start - dt.timedelta(days=1), self.cadence)


def containing(day: dt.date, cadence: str) -> Period:
    """The period of this cadence ("month", "quarter", "half_year", "year", "week") in which the day lies."""
    if cadence == "week":
        start = day - dt.timedelta(days=day.weekday())
        year, week, _weekday = start.isocalendar()
        return Period(start, start + dt.timedelta(days=6), "week", f"{year:04d}-W{week:02d}")
    length = MONTHS_IN[cadence]
    index = (day.month - 1) // length  # 0 for the first of the year
    first, last = index * length + 1, (index + 1) * length
    if cadence == "year":
        key = f"{day.year:04d}"
    elif cadence == "month":
        key = f"{day.year:04d}-{day.month:02d}"
    else:
        key = f"{day.year:04d}-{_SIGNS[cadence]}{index + 1}"
    return Period(
        dt.date(day.year, first, 1), dt.date(day.year, last, monthrange(day.year, last)[1]), cadence, key
    )


def parse(key: str) -> Period:
    """The period that a key names. Raises ValueError with a sentence that shows how keys read."""
    found = _KEY.fullmatch(key)
    if found and int(found["year"]) in YEARS:
        year = int(found["year"])
        try:
            if found["week"]:
                return containing(dt.date.fromisocalendar(year, int(found["week"]), 1), "week")
            for name, cadence in [("month", "month"), ("quarter", "quarter"), ("half", "half_year")]:
                if found[name]:
                    return containing(
                        dt.date(year, (int(found[name]) - 1) * MONTHS_IN[cadence] + 1, 1), cadence
                    )
            return containing(dt.date(year, 1, 1), "year")
        except ValueError:
            pass  # no such month, quarter or week; said below
    raise ValueError(f"{key!r} names no period; write 2026-11, 2026-Q4, 2026-H2, 2026 or 2026-W47.")


def between(first: dt.date, last: dt.date, cadence: str) -> Iterator[Period]:
    """The periods that begin in the span or hold its first day, in order."""
    period = containing(first, cadence)
    while period.start <= last:
        yield period
        period = period.following()


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, clamped to that month's end (R12): 31 January + 1 → 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
