"""Working days: the mainland's statutory calendar with its make-up days, and the bureau's own exceptions (R9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from django.utils.translation import get_language

if TYPE_CHECKING:
    from holidays import HolidayBase

ONE_DAY = dt.timedelta(days=1)


@cache
def _statutory(year: int, language: str = "zh_CN") -> HolidayBase:
    import holidays  # 40 ms, and only those who plan need it

    return holidays.country_holidays("CN", years=[year], language=language)


def holiday_name(day: dt.date) -> str:
    """What the library calls a statutory day off, in the language that is active; "" if it has no name for it. A day that
    is off for a make-up day has one in Chinese and in English."""
    language = "zh_CN" if (get_language() or "").startswith("zh") else "en_US"
    return _statutory(day.year, language).get(day) or ""


def is_announced(year: int) -> bool:
    """Does the library hold the year's make-up days? Every notice since they exist has named some."""
    return any(day.year == year for day in _statutory(year).weekend_workdays)


class Workdays:
    """The calendar as it stands: `overrides` says of single days whether they are worked, over what the statutory
    calendar says. Built once per pass or page with `Workdays.load()`, then asked without a query."""

    def __init__(
        self, overrides: Mapping[dt.date, bool] | None = None, entered_years: Iterable[int] = ()
    ) -> None:
        self.overrides = overrides or {}
        self._entered_years = entered_years  # read when first asked for: most pages never do

    @cached_property
    def entered_years(self) -> frozenset[int]:
        return frozenset(self._entered_years)

    @classmethod
    def load(cls) -> Workdays:
        from schedules.models import DayOverride, KnownYear

        return cls(
            dict(DayOverride.objects.values_list("day", "is_working")),
            KnownYear.objects.values_list("year", flat=True),
        )

    def exceptions(self, first: dt.date, last: dt.date) -> tuple:
        """What the span has that is neither a plain working day nor a plain weekend: two calendars with the same exceptions
        agree about all its days."""
        years = range(first.year, last.year + 1)
        statutory = [
            sorted(day for day in days if first <= day <= last)
            for year in years
            for days in (_statutory(year), _statutory(year).weekend_workdays)
        ]
        return statutory, sorted(own for own in self.overrides.items() if first <= own[0] <= last)

    def __contains__(self, day: dt.date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        return _statutory(day.year).is_working_day(day)

    def knows(self, year: int) -> bool:
        """Are the year's make-up days known? Until then the pages say that they are not."""
        return year in self.entered_years or is_announced(year)

    def between(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The working days of the span, both ends included."""
        span = (first + ONE_DAY * number for number in range((last - first).days + 1))
        return [day for day in span if day in self]

    def after(self, day: dt.date) -> Iterator[dt.date]:
        """The working days after `day`, without end."""
        while True:
            day += ONE_DAY
            if day in self:
                yield day

    def next(self, day: dt.date) -> dt.date:
        """`day` itself if it is worked, else the next one that is."""
        return day if day in self else next(self.after(day))

    def previous(self, day: dt.date) -> dt.date:
        """`day` itself if it is worked, else the last one before it."""
        while day not in self:
            day -= ONE_DAY
        return day

    def shift(self, day: dt.date, count: int) -> dt.date:
        """`count` working days after `day` (before it, when negative); counting starts with the next one (R12)."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _number in range(abs(count)):
            day += step
            while day not in self:
                day += step
        return day
