"""Shares and periods in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from schedules import periods
from schedules.periods import Period

SHADES = (95, 85, 70, 50)  # percent


def share(counts: dict[str, Any]) -> str:
    """What was done of what was owed and not waived, in whole percent and never rounded up to all."""
    number = percent(counts)
    return "–" if number is None else f"{number}%"


def percent(counts: dict[str, Any]) -> int | None:
    owed = counts.get("owed", 0) - counts.get("waived", 0)
    return counts["met"] * 100 // owed if owed > 0 else None


def shade(counts: dict[str, Any]) -> str:
    """How dark a cell of the map of units and periods is: the fewer were made, the darker."""
    number = percent(counts)
    return "" if number is None else str(sum(number < limit for limit in SHADES))


def satisfied(verdicts: dict[str, int]) -> str:
    """The share of those satisfied, or basically, among those who said; never rounded up to all."""
    said = sum(verdicts.values()) - verdicts["not_said"]
    return f"{(verdicts['satisfied'] + verdicts['basically']) * 100 // said}%" if said else "–"


def each(people: int, officers: int) -> str:
    """How many people an officer holds, on average."""
    return f"{people / officers:.1f}" if officers else "–"


def tone(number: int, of: str) -> str:
    return of if number else ""


def signed(change: int) -> str:
    return f"+{change}" if change > 0 else f"−{-change}" if change else "±0"


def short_key(key: str) -> str:
    """For the foot of a bar: 26-11, 26-Q4."""
    return key[2:] if len(key) > 4 else key


def period_name(period: Period) -> str:
    """A period as people say it."""
    values = {
        "year": period.key[:4],
        "number": period.key[6:].lstrip("0") if period.cadence == "week" else period.key[-1],
    }
    if period.cadence == "month":
        return date_format(period.start, "YEAR_MONTH_FORMAT")
    text = {
        "quarter": _("quarter %(number)s of %(year)s"),
        "half_year": _("half-year %(number)s of %(year)s"),
        "year": _("year %(year)s"),
        "week": _("week %(number)s of %(year)s"),
    }[period.cadence]
    return text % values


def neighbours(period: Period, today: dt.date) -> tuple[Period, Period | None]:
    """The periods before and after; there is none after the one that is running."""
    following = period.following()
    return period.preceding(), following if following.start <= today else None


def siblings(period: Period, today: dt.date) -> Iterable[Period]:
    """The periods of each length that one looks at instead: around the end of this one, as far as it has come."""
    for cadence in ("week", "month", "quarter", "half_year", "year"):
        yield period if cadence == period.cadence else periods.containing(min(period.end, today), cadence)
