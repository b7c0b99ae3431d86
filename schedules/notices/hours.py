"""When officers are told: on working days, within the hours of the setting (R10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from schedules.workdays import Workdays


@dataclass(frozen=True)
class Moment:
    """An instant as the reminders see it."""

    now: dt.datetime
    workdays: Workdays

    @property
    def local(self) -> dt.datetime:
        return timezone.localtime(self.now)

    @property
    def today(self) -> dt.date:
        return self.local.date()

    @property
    def may_send(self) -> bool:
        opens, closes = settings.NOTICE_HOURS
        return opens <= self.local.hour < closes and self.today in self.workdays

    @property
    def send_on(self) -> dt.date:
        """The day whose message takes up what arises now: today's, until its hours are over."""
        return (
            self.workdays.next(self.today)
            if self.local.hour < settings.NOTICE_HOURS[1]
            else self.next_send_on
        )

    @property
    def next_send_on(self) -> dt.date:
        return self.workdays.shift(self.today, 1)

    @staticmethod
    def opening(day: dt.date, hour: int) -> dt.datetime:
        """The instant from which the message of that day may leave for whoever wants it at this hour; an hour outside
        those of the setting is the nearest one within."""
        opens, closes = settings.NOTICE_HOURS
        return timezone.make_aware(dt.datetime.combine(day, dt.time(min(max(hour, opens), closes - 1))))
