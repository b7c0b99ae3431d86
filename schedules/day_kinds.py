"""What each day of the calendar is and what it is called, for pages that show a month or a year (R9)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import TextChoices
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from schedules.models import DayOverride
from schedules.workdays import ONE_DAY, Workdays, holiday_name

# Names of the days of the week, and what fits above a narrow column.
COLUMNS = list(
    zip(
        [WEEKDAYS[number] for number in range(7)],
        [
            pgettext_lazy("narrow column", "Mon"),
            pgettext_lazy("narrow column", "Tue"),
            pgettext_lazy("narrow column", "Wed"),
            pgettext_lazy("narrow column", "Thu"),
            pgettext_lazy("narrow column", "Fri"),
            pgettext_lazy("narrow column", "Sat"),
            pgettext_lazy("narrow column", "Sun"),
        ],
        strict=True,
    )
)
_SUBSTITUTED = ("休息日", "Day off")  # what the library calls a day that is off for a make-up day


class Kind(TextChoices):
    WORKED = "worked", _("working day")
    WEEKEND = "weekend", _("weekend")
    HOLIDAY = "holiday", _("statutory holiday")
    MADE_UP = "made_up", _("make-up day")
    DECIDED_OFF = "decided_off", _("day off by decision")
    DECIDED_ON = "decided_on", _("working day by decision")


@dataclass(frozen=True)
class CalendarDay:
    date: dt.date
    kind: Kind
    name: str = ""

    @property
    def is_worked(self) -> bool:
        return self.kind in {Kind.WORKED, Kind.MADE_UP, Kind.DECIDED_ON}

    @property
    def is_special(self) -> bool:
        """Something that a notice or the bureau says of it."""
        return self.kind not in {Kind.WORKED, Kind.WEEKEND}

    @property
    def label(self) -> str:
        """In words: for whoever does not see the colour."""
        if not self.name:
            return str(self.kind.label)
        return self.name if self.kind == Kind.HOLIDAY else f"{self.kind.label}: {self.name}"


def describe(first: dt.date, last: dt.date, workdays: Workdays) -> dict[dt.date, CalendarDay]:
    """Every day of the span, both ends included."""
    notes = dict(DayOverride.objects.filter(day__range=(first, last)).values_list("day", "note"))
    span = (first + ONE_DAY * number for number in range((last - first).days + 1))
    return {day: _described(day, workdays, notes.get(day, "")) for day in span}


def _described(day: dt.date, workdays: Workdays, note: str) -> CalendarDay:
    worked = day in workdays
    if day in workdays.overrides:
        return CalendarDay(day, Kind.DECIDED_ON if worked else Kind.DECIDED_OFF, note)
    if worked:
        return CalendarDay(day, Kind.MADE_UP if day.weekday() >= 5 else Kind.WORKED)
    name = holiday_name(day)
    return CalendarDay(day, Kind.HOLIDAY if name else Kind.WEEKEND, name)


def weeks_of(month: dt.date) -> list[list[dt.date]]:
    """The weeks, Monday to Sunday, that hold the days of a month, with the days around it that fill them."""
    return calendar.Calendar().monthdatescalendar(month.year, month.month)


@dataclass(frozen=True)
class Run:
    """Days off in a row, or one day worked, as a notice of the State Council names them."""

    days: list[CalendarDay]

    @property
    def first(self) -> CalendarDay:
        return self.days[0]

    @property
    def last(self) -> CalendarDay:
        return self.days[-1]

    @property
    def is_worked(self) -> bool:
        return self.first.is_worked

    @property
    def name(self) -> str:
        names = (day.name.partition("（")[0].partition(" (")[0] for day in self.days)
        return ", ".join(dict.fromkeys(name for name in names if name and not name.startswith(_SUBSTITUTED)))


def runs(days: list[CalendarDay]) -> Iterator[Run]:
    """What is to be compared with a notice: whatever is off in a row around a holiday, and each day that is worked
    though a weekend, or by decision."""
    for worked, row in groupby(days, key=lambda day: day.is_worked):
        found = list(row)
        if worked:
            yield from (Run([day]) for day in found if day.is_special)
        elif any(day.is_special for day in found):
            yield Run(found)
