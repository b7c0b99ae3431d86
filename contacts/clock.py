"""The clocks of feedback: which there are, and how a deadline was reckoned (R12).

`schedules` reckons them, for it knows the working days; settings name the functions, so that this app needs no word of
that one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import TextChoices
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext


class Clock(TextChoices):
    ORAL = "oral", gettext_lazy("oral opinion")
    FORMAL = "formal", gettext_lazy("formal suggestion or proposal")
    EXTENDED = "extended", gettext_lazy("formal, extended")
    RETURN = "return", gettext_lazy("return of a wrong assignment")
    RATING = "rating", gettext_lazy("asking how satisfied the person is")


@dataclass(frozen=True)
class Deadline:
    """A last day, with the way to it."""

    clock: Clock
    since: dt.date  # the day it is reckoned from, which does not count itself
    first: dt.date  # the first day that counts: the next working day
    length: int  # working days; months for the formal clocks
    nominal: dt.date  # where counting ends
    day: dt.date  # the same, or the next working day where that is a day off

    @property
    def steps(self) -> list[str]:
        """The reckoning, a sentence each."""
        counted = {"since": self.since, "first": self.first, "n": self.length, "day": self.nominal}
        begun = _("From %(since)s; the first day that counts is the next working day, %(first)s.") % counted
        if self.clock in {Clock.FORMAL, Clock.EXTENDED}:
            said = ngettext("%(n)d month ends on %(day)s.", "%(n)d months end on %(day)s.", self.length)
        else:
            said = ngettext(
                "%(n)d working day: %(day)s.", "%(n)d working days, the last of them %(day)s.", self.length
            )
        moved = [_("That is a day off; the next working day is %(day)s.") % {"day": self.day}]
        return [begun, said % counted, *(moved if self.day != self.nominal else [])]

    @property
    def basis(self) -> str:
        """What the length rests on: a law, or the bureau's own rule."""
        return str(settings.CLOCK_BASES[self.clock])


def reckon(clock: str, since: dt.date) -> Deadline:
    """The deadline of a clock that runs from `since`, by the working days as they stand (R9, R12)."""
    return import_string(settings.FEEDBACK_CLOCK)(clock, since)


def last_workday(first: dt.date, last: dt.date) -> dt.date:
    """The last working day of a span, or its last day if none is worked (R9)."""
    return import_string(settings.LAST_WORKDAY)(first, last)
