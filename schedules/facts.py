"""The facts that planning reads: policies and their versions, and each person's seats and pairings (R3, R4, R5)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.models import Pairing, Seat, Stakeholder
from contacts.models.stakeholders import StakeholderQuerySet
from schedules import existence
from schedules.models import Leave, PolicyVersion


@dataclass
class Person:
    """What planning needs to know of one stakeholder."""

    street: str
    name: str
    seats: list[tuple[str, str, existence.Span]] = field(default_factory=list)  # kind, level, days
    pairings: list[tuple[dt.date, dt.date, int]] = field(
        default_factory=list
    )  # from, until, officer; in order

    def together(self, version: PolicyVersion) -> list[existence.Span]:
        """The days on which a seat that the version covers was held and some pairing was open (R4)."""
        seats = existence.union(
            days for kind, level, days in self.seats if kind in version.seat_kinds and covers(version, level)
        )
        return existence.intersection(
            seats, existence.union((start, end) for start, end, _who in self.pairings)
        )

    def holder(self, day: dt.date) -> int:
        """Who is responsible on a day: the last to have begun, or else the first of all (R5)."""
        return self.pairings[max(0, bisect_right(self.pairings, day, key=lambda pairing: pairing[0]) - 1)][2]


def covers(version: PolicyVersion, level: str) -> bool:
    """Does the version speak of this level? Without levels it speaks of all."""
    return not version.levels or level in version.levels


def read_people(stakeholders: QuerySet[Stakeholder]) -> dict[int, Person]:
    """Everybody who ever had a seat and a pairing; nobody else can be owed anything."""
    people: dict[int, Person] = {}
    chosen = stakeholders.order_by().values("pk")
    pairings = Pairing.objects.filter(stakeholder__in=chosen).order_by("stakeholder", "started_on")
    for pk, street, name, *span, officer in pairings.values_list(
        "stakeholder", "stakeholder__street", "stakeholder__pinyin", "started_on", "ended_on", "officer"
    ):
        person = people.setdefault(pk, Person(street, name))
        person.pairings.append((*existence.span(*span), officer))
    for pk, kind, level, *span in Seat.objects.filter(stakeholder__in=chosen).values_list(
        "stakeholder", "kind", "level", "started_on", "ended_on"
    ):
        if pk in people:
            people[pk].seats.append((kind, level, existence.span(*span)))
    return people


def read_leave(day: dt.date) -> dict[int, list[existence.Span]]:
    """By officer, the leave that lasts on `day` or comes after it."""
    found: dict[int, list[existence.Span]] = defaultdict(list)
    for officer, first, last in Leave.objects.lasting(day).values_list("officer", "first_day", "last_day"):
        found[officer].append((first, last))
    return found


def versions_by_policy(versions: Iterable[PolicyVersion] | None = None) -> dict[int, list[PolicyVersion]]:
    """Each policy's versions, of those at hand or else of all, in the order of their dates, the one without a date
    first."""
    by_policy: dict[int, list[PolicyVersion]] = defaultdict(list)
    for version in PolicyVersion.objects.all() if versions is None else versions:
        by_policy[version.policy_id].append(version)
    return {
        policy: sorted(found, key=lambda version: version.starts_on or dt.date.min)
        for policy, found in by_policy.items()
    }


def covered_stakeholders(day: dt.date) -> StakeholderQuerySet:
    """The people to whom some policy in force on `day` owes contacts, paired or not."""
    seats = Seat.objects.active(day).filter(covered_seats(day), stakeholder=OuterRef("pk"))
    return Stakeholder.objects.filter(Exists(seats))


def awaiting_an_officer(day: dt.date) -> StakeholderQuerySet:
    """Those of them whom nobody holds on `day` or will hold later."""
    held = Pairing.objects.lasting(day).filter(stakeholder=OuterRef("pk"))
    return covered_stakeholders(day).filter(~Exists(held))


def covered_seats(day: dt.date, versions: Iterable[PolicyVersion] | None = None) -> Q:
    """For a query over seats: of a kind and level that some policy in force on `day` speaks of."""
    wanted = Q(pk__in=[])
    for found in versions_by_policy(versions).values():
        for version, period in existence.in_force(found, day, day):
            if day in period:
                levels = Q(level__in=version.levels) if version.levels else Q()
                wanted |= Q(kind__in=version.seat_kinds) & levels
    return wanted
