"""What digests are made of: everything a scope owed, did and heard in a period, read once and sorted by unit.

Four queries, whether it is for one station's page or for freezing the digests of all units at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, DateField, Exists, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast
from django.utils import timezone

from contacts.models import Answer, ContactRecord, Fate, Feedback, Rating, Seat
from schedules import coverage, facts
from schedules.digests.scope import Scope
from schedules.models import PolicyVersion
from schedules.periods import Period
from schedules.workdays import ONE_DAY, Workdays

STATES = [state.value for state in Feedback.State]
A_YEAR = dt.timedelta(days=365)
QUIET_DAYS = 90
NOBODY = Value(None, BigIntegerField())
PROMISE, RATING, TOPIC = "promise", "rating", "topic"


class Person(NamedTuple):
    """Somebody whom a cycle covers on the last day that the figures are about."""

    officer: int | None  # who holds them
    unit: int
    pk: int
    last: dt.date | None  # the day of the last contact that reached those who are held

    def reached_since(self, day: dt.date) -> bool:
        return self.last is not None and self.last >= day

    @property
    def order(self) -> tuple[dt.date, int]:
        """Who has waited longest stands first."""
        return self.last or dt.date.min, self.pk


class Item(NamedTuple):
    """One opinion as the digests count it."""

    unit: int
    pk: int
    stakeholder: int
    topic: int | None
    topic_name: str | None
    state: str
    received_on: dt.date
    due_on: dt.date
    answered_on: dt.date | None
    unit_name: str

    def is_waiting(self, ref: dt.date) -> bool:
        """Was it received, and not answered, when the day `ref` ended?"""
        return self.received_on <= ref and (self.answered_on is None or self.answered_on > ref)

    def is_late(self, ref: dt.date) -> bool:
        """Did it then wait past its day?"""
        return self.is_waiting(ref) and self.due_on < ref


class Promise(NamedTuple):
    """An answer that promised to look again on a day of the period (R12)."""

    feedback: int
    stakeholder: int
    review_on: dt.date
    kept_on: dt.date | None
    set_aside_on: dt.date | None

    def fate(self, ref: dt.date) -> str:
        """What had become of it when the day `ref` ended, as `Answer.objects.promises` has it."""
        if self.kept_on and self.kept_on <= ref:
            return Fate.KEPT if self.kept_on <= self.review_on else Fate.LATE
        if self.set_aside_on and self.set_aside_on <= ref:
            return Fate.OVERTAKEN
        if self.review_on < ref:
            return Fate.BROKEN
        return Fate.DUE if self.review_on == ref else Fate.OPEN


class Opinion(NamedTuple):
    """How satisfied somebody was, asked in the period: with the handling and with the result (R12)."""

    pk: int  # of the rating
    process: str
    result: str


@dataclass
class Material:
    """Lists by the id of the unit in which they count; of an officer's own, under whichever unit."""

    period: Period
    now: dt.datetime
    owed: dict[int, list[coverage.Standing]] = field(default_factory=lambda: defaultdict(list))
    said: dict[int, list[Item]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))
    unpaired: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))
    promises: dict[int, list[Promise]] = field(default_factory=lambda: defaultdict(list))
    rated: dict[int, list[Opinion]] = field(default_factory=lambda: defaultdict(list))
    # The topics of which something was said in the year before the period.
    spoken_of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.now)

    @property
    def ref(self) -> dt.date:
        """The last day that it is about: today, or the period's end."""
        return min(self.day, self.period.end)

    @property
    def quiet_since(self) -> dt.date:
        """Whoever was last reached before that day was not reached for 90 days."""
        return self.ref - dt.timedelta(days=QUIET_DAYS)


def gather(scope: Scope, period: Period, now: dt.datetime, versions: list[PolicyVersion]) -> Material:
    found = Material(period, now)
    covered = facts.covered_seats(found.ref, versions)
    for row in coverage.standing(coverage.of_period(period), now=now, versions=versions, **scope.standing):
        found.owed[row.unit].append(row)
    for item in items(scope, period.start, found.ref, period.end):
        found.said[item.unit].append(item)
    for person in map(Person._make, _people(scope, covered, found.ref)):
        (found.people if person.officer else found.unpaired)[person.unit].append(person)
    for what, unit, *beside in _besides(scope, period, found.ref):
        if what == PROMISE:
            found.promises[unit].append(Promise(*beside[:5]))
        elif what == RATING:
            found.rated[unit].append(Opinion(beside[0], *beside[5:]))
        else:
            found.spoken_of[unit].append(beside[0])
    return found


def due_soon_limit(now: dt.datetime, workdays: Workdays) -> dt.date:
    return coverage.due_soon_limit(timezone.localdate(now), workdays)


# --- feedback ------------------------------------------------------------------------------------------------


def items(scope: Scope, start: dt.date, ref: dt.date, end: dt.date) -> Iterator[Item]:
    """What was received or answered from `start` to `end`, and what waited when `ref` ended."""
    waiting = Q(answered_on=None) | Q(answered_on__gt=start)
    wanted = Q(received_on__range=(start, end)) | Q(answered_on__range=(start, end))
    rows = scope.feedback().filter(wanted | waiting & Q(received_on__lte=ref)).order_by()
    fields = (
        "unit",
        "pk",
        "stakeholder",
        "topic",
        "topic__name",
        "state",
        "received_on",
        "due_on",
        "answered_on",
    )
    return (Item(*row) for row in rows.values_list(*fields, "unit__short_name").iterator(chunk_size=5000))


def _besides(scope: Scope, period: Period, ref: dt.date) -> Iterable[tuple[Any, ...]]:
    """What was promised for a day of the period, how satisfied those were who were asked in it, and the topics of the year
    before: what it is, the unit, and the fields of `Promise` and of `Opinion`. One query."""
    said = scope.feedback().order_by()
    promised = Answer.objects.filter(
        feedback__in=said.values("pk"), told_on__isnull=False, review_on__range=(period.start, period.end)
    ).order_by()
    rated = Rating.objects.filter(
        telling__answer__feedback__in=said.values("pk"), rated_on__range=(period.start, ref)
    ).order_by()
    before = said.filter(
        received_on__range=(period.start - A_YEAR, period.start - ONE_DAY), topic__isnull=False
    )
    nobody, no_day, no_word = (
        Cast(NOBODY, BigIntegerField()),
        Cast(Value(None), DateField()),
        Value("", CharField()),
    )
    return promised.values_list(
        Value(PROMISE, CharField()), "feedback__unit", "feedback", "feedback__stakeholder", "review_on",
        "followed_by__told_on", "set_aside_on", no_word, no_word,
    ).union(
        rated.values_list(
            Value(RATING, CharField()), "telling__answer__feedback__unit", "pk", nobody, no_day, no_day, no_day, "process", "result",
        ),
        before.distinct().values_list(
            Value(TOPIC, CharField()), "unit", "topic", nobody, no_day, no_day, no_day, no_word, no_word
        ),
        all=True,
    )  # fmt: skip


# --- people --------------------------------------------------------------------------------------------------


def _people(scope: Scope, covered: Q, ref: dt.date) -> Iterable[tuple[int | None, int, int, dt.date | None]]:
    """Whom a cycle covers on `ref`: the officer who holds them or None, the unit in which that counts, who it is, and when
    somebody last reached those who are held. A contact of any kind counts, whoever made it. One query."""
    last = (
        ContactRecord.objects.reached()
        .filter(stakeholder=OuterRef("stakeholder"), occurred_on__lte=ref)
        .order_by()
        .values("stakeholder")
        .annotate(day=Max("occurred_on"))
        .values("day")
    )
    held = scope.pairings().open(ref).filter(_seated(covered, ref, "stakeholder"))  # type: ignore[attr-defined]
    alone = scope.people().unpaired(ref).filter(_seated(covered, ref, "pk"))  # type: ignore[attr-defined]
    return (
        held.order_by()
        .values_list("officer", "unit", "stakeholder", Subquery(last))
        .union(alone.order_by().values_list(NOBODY, "unit", "pk", Value(None, DateField())), all=True)
    )


def _seated(covered: Q, day: dt.date, person: str) -> Exists:
    """Holds a seat that a cycle is about, on that day."""
    return Exists(Seat.objects.active(day).filter(covered, stakeholder=OuterRef(person)))
