"""A person's appointments as media supervisor, patrol visitor or discipline monitor: of each its term, its certificate, in
what they took part meanwhile, and what came of what they found.

What falls into the time of two appointments counts in both (as R7 has it of groups), and once in all together. Sealed
reports are no findings: nothing here knows of them (R13).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from contacts import terms
from contacts.models import Answer, ContactRecord, Feedback, Seat, Stakeholder
from contacts.timeline import History

NEWEST = 2  # findings that are shown with their answers

# A state's tone; the words say it as well.
TONES = {"to_come": "open", "running": "good", "ending": "warn", "ended": "ended"}


@dataclass(frozen=True)
class Count:
    """So many findings of a kind, and the list of them."""

    words: str
    number: int
    url: str


@dataclass(frozen=True)
class Appointment:
    """One seat, with what happened in its time: records and feedback, the newest first."""

    seat: Seat
    day: dt.date
    attended: Sequence[ContactRecord]
    findings: Sequence[Feedback]

    @property
    def state(self) -> Seat.TermState:
        return self.seat.term_state(self.day)

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def days_left(self) -> int | None:
        """Until the last day of a running term, that day not counted; None where there is no such day."""
        running = self.seat.covers(self.day) and self.seat.ended_on
        return (self.seat.ended_on - self.day).days if running and self.seat.ended_on else None

    @property
    def term(self) -> str:
        return terms.days(self.seat)

    @property
    def is_to_collect(self) -> bool:
        return self.seat.is_to_collect(self.day)

    @property
    def last_attended(self) -> ContactRecord | None:
        return self.attended[0] if self.attended else None

    @property
    def newest(self) -> Sequence[Feedback]:
        return self.findings[:NEWEST]

    @property
    def attended_url(self) -> str:
        return self._list("contacts:record-list", attended="yes")

    @property
    def findings_url(self) -> str:
        return self._list("contacts:feedback-list")

    @cached_property
    def counts(self) -> list[Count]:
        """What came of them, with the list of each; nothing of what is none."""
        results = Counter(item.answer.result for item in self.findings if item.answer)
        pending = sum(item.is_pending for item in self.findings)
        found = [Count(_("not yet answered"), pending, self._list("contacts:feedback-list", state="pending"))]
        for result, words in Answer.Result.choices:
            url = self._list("contacts:feedback-list", result=result)
            found.append(Count(str(words), results[result], url))
        return [count for count in found if count.number]

    def _list(self, view: str, **asked: Any) -> str:
        """A list of the person's, of the days of this term."""
        days = {"since": self.seat.started_on, "until": self.seat.ended_on}
        query = {"q": self.seat.stakeholder.number} | {name: day for name, day in days.items() if day} | asked
        return f"{reverse(view)}?{urlencode(query)}"


@dataclass(frozen=True)
class Appointments:
    """All of a person's, those held today first, then the latest."""

    each: Sequence[Appointment]

    @classmethod
    def of(cls, person: Stakeholder, history: History, day: dt.date) -> Appointments:
        """Needs the person's seats with what they renew, and their history; asks nothing more."""
        attended = [record for record in history.records if record.was_attended]
        held = [
            seat
            for seat, _term, _held in terms.history(person.seats.all(), day)
            if seat.kind in Seat.APPOINTED
        ]
        return cls([_appointment(seat, day, attended, history.feedback) for seat in held])

    def __bool__(self) -> bool:
        return bool(self.each)

    @property
    def counts_twice(self) -> bool:
        """May something stand with more than one of them?"""
        return len(self.each) > 1 and bool(self.attended or self.findings)

    @property
    def attended(self) -> int:
        """Of all together, each once."""
        return len({record.pk for one in self.each for record in one.attended})

    @property
    def findings(self) -> int:
        return len({item.pk for one in self.each for item in one.findings})


def _appointment(
    seat: Seat, day: dt.date, attended: Iterable[ContactRecord], feedback: Iterable[Feedback]
) -> Appointment:
    mine = [
        item
        for item in feedback
        if item.stakeholder_id == seat.stakeholder_id and seat.covers(item.received_on)
    ]
    mine.sort(key=lambda item: (item.received_on, item.pk), reverse=True)
    return Appointment(seat, day, [record for record in attended if seat.covers(record.occurred_on)], mine)
