"""Days for the demonstration: the periods that its history touches and the working days in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from random import Random

from django.utils import timezone

from contacts.clock import Clock, Deadline
from schedules.clocks import reckon
from schedules.workdays import Workdays


def first_day(day: dt.date) -> dt.date:
    """Where a history that ends on `day` begins: the first day of a quarter, seven to nine months earlier."""
    past = day - dt.timedelta(days=215)
    return dt.date(past.year, (past.month - 1) // 3 * 3 + 1, 1)


def spans(months: int, start: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """The periods of so many months that touch the history, cut off where it begins but not where it ends."""
    year, month = start.year, (start.month - 1) // months * months + 1
    while (begin := dt.date(year, month, 1)) <= last:
        year, month = (year, month + months) if month + months <= 12 else (year + 1, 1)
        yield max(begin, start), dt.date(year, month, 1) - dt.timedelta(days=1)


STATUTORY = Workdays()  # a city that does not exist has made no exceptions of its own


@cache
def working_days(begin: dt.date, end: dt.date) -> list[dt.date]:
    return STATUTORY.between(begin, end)


@cache
def deadline(clock: Clock, since: dt.date) -> Deadline:
    """By when an opinion is to be answered (R12)."""
    return reckon(clock, since, STATUTORY)


def in_office(day: dt.date, rng: Random) -> dt.datetime:
    """An instant in office hours of that day."""
    minute = rng.choice([rng.randint(8 * 60 + 40, 11 * 60 + 40), rng.randint(14 * 60, 17 * 60 + 40)])
    zone = timezone.get_default_timezone()
    return dt.datetime.combine(day, dt.time(minute // 60, minute % 60, rng.randrange(60)), zone)
