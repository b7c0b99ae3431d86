"""What digests are made of: everything a scope owed, did and heard in a period, read once and sorted by unit.

Six queries, whether it is for one station's page or for freezing the digests of all units at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from contacts.models import ContactRecord, Feedback, Seat
from schedules import coverage
from schedules.digests.scope import Scope
from schedules.models import PolicyVersion
from schedules.periods import Period
from schedules.workdays import Workdays

STATES = [state.value for state in Feedback.State]
Person = tuple[int, dt.date | None]  # and the day of the last contact that reached them


@dataclass
class Material:
    """Lists by the id of the unit in which they count; of an officer's own, under whichever unit."""

    period: Period
    now: dt.datetime
    owed: dict[int, list[coverage.Standing]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    overdue: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))
    unpaired: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.now)

    @property
    def ref(self) -> dt.date:
        """The last day that it is about: today, or the period's end."""
        return min(self.day, self.period.end)


def gather(scope: Scope, period: Period, now: dt.datetime) -> Material:
    found = Material(period, now)
    versions = list(PolicyVersion.objects.all())
    kinds = {kind for version in versions for kind in version.seat_kinds}
    for row in coverage.standing(coverage.of_period(period), now=now, versions=versions, **scope.standing):
        found.owed[row.unit].append(row)
    for topic in _heard(scope, found):
        found.heard[topic["unit"]].append(topic)
    for item in _overdue(scope, found):
        found.overdue[item["unit"]].append(item)
    for unit, person, last in _people(scope, kinds, found.ref):
        found.people[unit].append((person, last))
    for unit, person in _unpaired(scope, kinds, found.ref):
        found.unpaired[unit].append((person, None))
    return found


def due_soon_limit(now: dt.datetime, workdays: Workdays) -> dt.date:
    return coverage.due_soon_limit(timezone.localdate(now), workdays)


# --- feedback ------------------------------------------------------------------------------------------------


def _heard(scope: Scope, found: Material) -> Iterable[Any]:
    """By unit and topic: what was received in the period, by the state it has now; what was answered in the period,
    whenever it was received; and what waited for an answer past its day when the period, or today, ended."""
    period = found.period
    received = Q(received_on__range=(period.start, period.end))
    return (
        scope.feedback()
        .order_by()
        .values("unit", "topic", "topic__name")
        .annotate(
            **{state: Count("pk", filter=received & Q(state=state)) for state in STATES},
            told=Count("pk", filter=Q(answered_on__range=(period.start, period.end))),
            late=Count("pk", filter=_late(found.ref)),
        )
    )


def _overdue(scope: Scope, found: Material) -> Iterable[Any]:
    rows = scope.feedback().filter(_late(found.ref)).order_by("due_on", "pk")
    return rows.values("unit", "pk", "stakeholder", "due_on", "unit__short_name")


def _late(ref: dt.date) -> Q:
    return Q(received_on__lte=ref, due_on__lt=ref) & (Q(answered_on=None) | Q(answered_on__gt=ref))


# --- people --------------------------------------------------------------------------------------------------


def _people(scope: Scope, kinds: Iterable[str], ref: dt.date) -> Iterable[tuple[int, int, dt.date | None]]:
    """Whom a cycle covers and an officer holds on `ref`, those first whom nobody has reached for longest. A contact of
    any kind counts, whoever made it."""
    last = (
        ContactRecord.objects.reached()
        .filter(stakeholder=OuterRef("stakeholder"), occurred_on__lte=ref)
        .order_by()
        .values("stakeholder")
        .annotate(day=Max("occurred_on"))
        .values("day")
    )
    held = scope.pairings().open(ref).filter(_seated(kinds, ref, "stakeholder"))  # type: ignore[attr-defined]
    rows = held.annotate(last=Subquery(last)).order_by(F("last").asc(nulls_first=True), "stakeholder")
    return rows.values_list("unit", "stakeholder", "last")


def _unpaired(scope: Scope, kinds: Iterable[str], ref: dt.date) -> Iterable[tuple[int, int]]:
    """Whom a cycle covers and nobody holds on `ref`, by the unit in charge."""
    alone = scope.people().unpaired(ref).filter(_seated(kinds, ref, "pk"))  # type: ignore[attr-defined]
    return alone.order_by("pk").values_list("unit", "pk")


def _seated(kinds: Iterable[str], day: dt.date, person: str) -> Exists:
    """Holds a seat that a cycle is about, on that day."""
    return Exists(Seat.objects.active(day).filter(kind__in=list(kinds), stakeholder=OuterRef(person)))
