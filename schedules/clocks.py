"""The clocks of feedback: how long they run, and that they follow the working days (R12)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from contacts.clock import Clock, Deadline
from contacts.models import Feedback
from schedules.periods import add_months
from schedules.workdays import ONE_DAY, Workdays


def reckon(clock: str, since: dt.date, workdays: Workdays | None = None) -> Deadline:
    """Counting starts with the next working day. Of working days the last one is the deadline; months end on the day that
    corresponds to the one before counting started, clamped to the month's end (as in the Civil Code, articles 201 and 202),
    and a day off moves to the next working day."""
    workdays = workdays or Workdays.load()
    clock, length = Clock(clock), settings.CLOCK_LENGTHS[clock]
    first = workdays.shift(since, 1)
    if clock in {Clock.FORMAL, Clock.EXTENDED}:
        nominal = add_months(first - ONE_DAY, length)
    else:
        nominal = workdays.shift(since, length)
    return Deadline(clock, since, first, length, nominal, workdays.next(nominal))


def last_workday(first: dt.date, last: dt.date) -> dt.date:
    """The last working day of the span, both ends included; its last day if none is worked."""
    return max(Workdays.load().between(first, last), default=last)


def keep_up(workdays: Workdays) -> None:
    """What is not yet answered, or rated, is due by the working days as they stand now: a notice may have made a day off of one."""
    pending = Feedback.objects.pending().order_by()
    for clock, since, due_on in set(pending.values_list("clock", "clock_since", "due_on")):
        day = reckon(clock, since, workdays).day
        if day != due_on:
            pending.filter(clock=clock, clock_since=since, due_on=due_on).update(due_on=day, look_on=None)
    rated = Feedback.objects.to_rate().order_by()
    for told_on, rate_by in set(rated.values_list("answer__told_on", "rate_by")):
        if told_on and (day := reckon(Clock.RATING, told_on, workdays).day) != rate_by:
            rated.filter(answer__told_on=told_on, rate_by=rate_by).update(rate_by=day, look_on=None)
