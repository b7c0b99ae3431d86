"""An officer's month: the planned contacts on the days of a calendar, whoever looks at it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils import timezone

from contacts import access
from contacts.access import Deed
from contacts.models import ContactRecord, Officer, Pairing, StandIn
from schedules.coverage import State, with_status
from schedules.day_kinds import CalendarDay, describe, weeks_of
from schedules.models import Leave, Obligation
from schedules.workdays import ONE_DAY, Workdays

ICONS = {"call": "phone", "visit": "visit", "report": "report", "meeting": "meeting", "incoming": "incoming"}


@dataclass(frozen=True)
class Chip:
    """One planned contact. `held_for`: the officer for whom one stands in."""

    owed: Any  # an Obligation with its status
    today: dt.date
    held_for: str = ""

    @property
    def state(self) -> str:
        """done, late or open."""
        if self.owed.state == State.MET:
            return "done"
        is_late = self.owed.state == State.MISSED or self.owed.planned_on < self.today
        return "late" if is_late else "open"

    @property
    def may_move(self) -> bool:
        return self.owed.may_move and self.owed.state == State.OPEN

    @property
    def icon(self) -> str:
        return ICONS[self.owed.version.kind]

    @property
    def kind(self) -> str:
        return str(ContactRecord.Kind(self.owed.version.kind).label)

    @property
    def first(self) -> dt.date:
        """The first day it may be moved to; `owed.period_end` is the last."""
        return max(self.owed.period_start, self.today)


@dataclass
class Day:
    """One cell of the grid."""

    about: CalendarDay
    in_month: bool
    is_today: bool
    leave: Leave | None = None
    chips: list[Chip] = field(default_factory=list)

    @property
    def date(self) -> dt.date:
        return self.about.date

    @property
    def left(self) -> int:
        """How many are not done."""
        return sum(chip.state != "done" for chip in self.chips)


@dataclass
class Month:
    first: dt.date
    officer: Officer
    weeks: list[list[Day]]
    unknown_years: list[int]

    @property
    def days(self) -> dict[dt.date, Day]:
        return {day.date: day for week in self.weeks for day in week}

    @property
    def chips(self) -> list[Chip]:
        """What is planned for the days of the month itself."""
        return [chip for week in self.weeks for day in week if day.in_month for chip in day.chips]

    @property
    def done(self) -> int:
        return sum(chip.state == "done" for chip in self.chips)

    @property
    def previous(self) -> dt.date:
        return (self.first - ONE_DAY).replace(day=1)

    @property
    def next(self) -> dt.date:
        return (self.first + dt.timedelta(days=31)).replace(day=1)


def of(officer: Officer, viewer: Officer, first: dt.date, now: dt.datetime) -> Month:
    """The month that begins on `first`, in as many queries for five hundred contacts as for one. Looking at one's own,
    those for whom one stands in are there on the days on which one does."""
    today, weeks, workdays = timezone.localdate(now), weeks_of(first), Workdays.load()
    span = weeks[0][0], weeks[-1][-1]
    about = describe(*span, workdays)
    leaves = list(Leave.objects.filter(officer=officer).visible_to(viewer).within(*span))
    chips = _chips(officer, viewer, span, now)

    def day(date: dt.date) -> Day:
        leave = next((one for one in leaves if one.first_day <= date <= one.last_day), None)
        return Day(about[date], date.month == first.month, date == today, leave, chips[date])

    years = sorted({span[0].year, span[1].year})
    unknown = [year for year in years if not workdays.knows(year)]
    return Month(first, officer, [[day(date) for date in week] for week in weeks], unknown)


def _chips(
    officer: Officer, viewer: Officer, span: tuple[dt.date, dt.date], now: dt.datetime
) -> dict[dt.date, list[Chip]]:
    today = timezone.localdate(now)
    absences = _absences(viewer, today) if officer.pk == viewer.pk else []
    absent = {absence.absent_id: absence for absence in absences}
    found = defaultdict(list)
    for owed in _planned({officer.pk, *absent}, viewer, span, now):
        absence = absent.get(owed.responsible_officer_id)
        if absence is None or absence.starts_on <= owed.planned_on <= absence.ends_on:
            held_for = absence.absent.name if absence else ""
            found[owed.planned_on].append(Chip(owed, today, held_for))
    return found


def _absences(viewer: Officer, today: dt.date) -> Iterable[StandIn]:
    return StandIn.objects.in_force(today).filter(stand_in=viewer).select_related("absent")


def _planned(
    officers: set[int], viewer: Officer, span: tuple[dt.date, dt.date], now: dt.datetime
) -> Iterable[Any]:
    """What these officers are responsible for, waived aside, those of one street together."""
    held = Pairing.objects.filter(officer__in=officers)
    rows = Obligation.objects.live().filter(
        stakeholder__in=held.values("stakeholder"), planned_on__range=span
    )
    movable = access.reach(viewer, Deed.LOG).q(unit="stakeholder__unit__", own=access.holds(viewer))
    return (
        with_status(rows.visible_to(viewer), now)
        .annotate(may_move=Case(When(movable, then=Value(True)), default=Value(False)))
        .filter(~Q(state=State.WAIVED), responsible_officer_id__in=officers)
        .select_related("stakeholder", "policy", "version")
        .order_by("planned_on", "stakeholder__street", "planned_time", "stakeholder__pinyin", "pk")
    )
