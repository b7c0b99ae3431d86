"""What digests are made of: everything a scope owed, did and heard in a period, read once and sorted by unit.

Three queries, whether it is for one station's page or for freezing the digests of all units at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import DateField, Exists, Max, OuterRef, Q, Subquery, Value
from django.utils import timezone

from contacts.models import ContactRecord, Feedback, Seat
from schedules import coverage, facts
from schedules.digests.scope import Scope
from schedules.models import PolicyVersion
from schedules.periods import Period
from schedules.workdays import Workdays

STATES = [state.value for state in Feedback.State]
Person = tuple[int, dt.date | None]  # and the day of the last contact that reached them


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

    def is_late(self, ref: dt.date) -> bool:
        """Did it wait for an answer past its day when the day `ref` ended?"""
        waiting = self.answered_on is None or self.answered_on > ref
        return waiting and self.received_on <= ref and self.due_on < ref


@dataclass
class Material:
    """Lists by the id of the unit in which they count; of an officer's own, under whichever unit."""

    period: Period
    now: dt.datetime
    owed: dict[int, list[coverage.Standing]] = field(default_factory=lambda: defaultdict(list))
    said: dict[int, list[Item]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))
    unpaired: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.now)

    @property
    def ref(self) -> dt.date:
        """The last day that it is about: today, or the period's end."""
        return min(self.day, self.period.end)


def gather(scope: Scope, period: Period, now: dt.datetime, versions: list[PolicyVersion]) -> Material:
    found = Material(period, now)
    covered = facts.covered_seats(found.ref, versions)
    for row in coverage.standing(coverage.of_period(period), now=now, versions=versions, **scope.standing):
        found.owed[row.unit].append(row)
    for item in items(scope, period.start, found.ref, period.end):
        found.said[item.unit].append(item)
    for held, unit, person, last in _people(scope, covered, found.ref):
        (found.people if held else found.unpaired)[unit].append((person, last))
    return found


def due_soon_limit(now: dt.datetime, workdays: Workdays) -> dt.date:
    return coverage.due_soon_limit(timezone.localdate(now), workdays)


# --- feedback ------------------------------------------------------------------------------------------------


def items(scope: Scope, start: dt.date, ref: dt.date, end: dt.date) -> Iterator[Item]:
    """What was received or answered from `start` to `end`, and what waited past its day when `ref` ended."""
    waiting = Q(answered_on=None) | Q(answered_on__gt=start)
    wanted = Q(received_on__range=(start, end)) | Q(answered_on__range=(start, end))
    rows = scope.feedback().filter(wanted | waiting & Q(received_on__lte=ref, due_on__lt=ref)).order_by()
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


# --- people --------------------------------------------------------------------------------------------------


def _people(scope: Scope, covered: Q, ref: dt.date) -> Iterable[tuple[bool, int, int, dt.date | None]]:
    """Whom a cycle covers on `ref`: held by an officer or not, the unit in which that counts, who it is, and when
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
        .values_list(Value(True), "unit", "stakeholder", Subquery(last))
        .union(alone.order_by().values_list(Value(False), "unit", "pk", Value(None, DateField())), all=True)
    )


def _seated(covered: Q, day: dt.date, person: str) -> Exists:
    """Holds a seat that a cycle is about, on that day."""
    return Exists(Seat.objects.active(day).filter(covered, stakeholder=OuterRef(person)))
