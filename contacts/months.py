"""Months, as pages ask for them: `?month=2026-10`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar by its first day."""

    first: dt.date

    @classmethod
    def of(cls, day: dt.date) -> Month:
        return cls(day.replace(day=1))

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return (self.first + 31 * ONE_DAY).replace(day=1) - ONE_DAY

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """For a query: both ends included."""
        return self.first, self.last

    def before(self) -> Month:
        return Month.of(self.first - ONE_DAY)

    def back(self, count: int) -> list[Month]:
        """This one and those before it, `count` in all."""
        months = [self]
        while len(months) < count:
            months.append(months[-1].before())
        return months


def among(offered: list[Month], key: str) -> Month:
    """The one with this key, or the first of those on offer."""
    return next((month for month in offered if month.key == key), offered[0])
