"""Planning: which obligations exist, and on which days they stand (R3, R4, R4a, R8).

A pass reads the facts (policies, seats, pairings), reckons in memory what must exist in every period that is not
closed, and writes only the difference. When no fact has changed since the last pass on this day, it reads nothing
more than a fingerprint of the facts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from contacts.models import ContactRecord, Pairing, Seat, Stakeholder
from schedules import existence, levelling, periods
from schedules.coverage import State, with_status
from schedules.models import Obligation, PassState, PeriodClosing, PolicyVersion
from schedules.periods import Period
from schedules.workdays import Workdays

BATCH = 2000


@dataclass
class Planned:
    """What a planning pass changed."""

    created: int = 0
    withdrawn: int = 0


@dataclass(frozen=True)
class Slot:
    """One policy in one period, with the version in force; `version` is None where none is any more."""

    policy: int
    version: PolicyVersion | None
    period: Period


@dataclass
class Person:
    """What planning needs to know of one stakeholder."""

    street: str
    name: str
    seats: list[tuple[str, str, existence.Span]] = field(default_factory=list)  # kind, level, days
    pairings: list[tuple[dt.date, dt.date, int]] = field(default_factory=list)  # from, until, officer; in order

    def together(self, version: PolicyVersion) -> list[existence.Span]:
        """The days on which a seat that the version covers was held and some pairing was open (R4)."""
        seats = existence.union(
            days for kind, level, days in self.seats if kind in version.seat_kinds and covers(version, level)
        )
        return existence.intersection(seats, existence.union((start, end) for start, end, _who in self.pairings))

    def holder(self, day: dt.date) -> int:
        """Who is responsible on a day: the last to have begun, or else the first of all (R5)."""
        return self.pairings[max(0, bisect_right(self.pairings, day, key=lambda pairing: pairing[0]) - 1)][2]


def covers(version: PolicyVersion, level: str) -> bool:
    """Does the version speak of this level? Without levels it speaks of all."""
    return not version.levels or level in version.levels


def plan(state: PassState, now: dt.datetime, workdays: Workdays) -> Planned:
    """Bring the obligations of all periods not closed in line with the facts, and close the periods that are over.

    Expects to run inside the transaction that holds the lock on `state`, whose `facts` it keeps up to date.
    """
    day = timezone.localtime(now).date()
    facts = fingerprint(day, workdays)
    if facts == state.facts:
        return Planned()
    slots = open_slots(state.first_day, day)
    planned = Planner(slots, now, workdays).run(Stakeholder.objects.all())
    PeriodClosing.objects.bulk_create(
        PeriodClosing(policy_id=slot.policy, period_key=slot.period.key, closed_at=now)
        for slot in slots
        if slot.period.end < day
    )
    state.facts = facts
    return planned


def recount(slots: list[Slot], people: QuerySet[Stakeholder], now: dt.datetime) -> Planned:
    """Apply the rule of existence to closed periods once more, for these people."""
    return Planner(slots, now, Workdays.load()).run(people)


def open_slots(first_day: dt.date, day: dt.date) -> list[Slot]:
    """Every policy's periods that planning must look at on `day`: from the one in which the installation made its
    first pass, so far as they are not closed, to those that begin within the horizon (R4, R4a)."""
    closed = set(PeriodClosing.objects.values_list("policy", "period_key"))
    last = day + dt.timedelta(days=settings.PLANNING_HORIZON_DAYS)
    slots = {
        (policy, period.key): Slot(policy, version, period)
        for policy, versions in versions_by_policy().items()
        for version, period in existence.in_force(versions, first_day, last)
    }
    # Planned under a version that a later one has replaced since: there, too, the rule applies again.
    for policy, key in Obligation.objects.live().order_by().values_list("policy", "period_key").distinct():
        slots.setdefault((policy, key), Slot(policy, None, periods.parse(key)))
    return [slot for key, slot in sorted(slots.items()) if key not in closed]


def closed_slots(period_key: str) -> list[Slot]:
    """The closed slots of one period, each with the version that was in force."""
    period = periods.parse(period_key)
    closed = PeriodClosing.objects.filter(period_key=period_key).values_list("policy", flat=True)
    versions = versions_by_policy()
    in_force = {
        policy: version
        for policy in closed
        for version, found in existence.in_force(versions[policy], period.start, period.start)
        if found == period
    }
    return [Slot(policy, in_force.get(policy), period) for policy in sorted(closed)]


def versions_by_policy() -> dict[int, list[PolicyVersion]]:
    """Each policy's versions in the order of their dates, the one without a date first."""
    versions: dict[int, list[PolicyVersion]] = defaultdict(list)
    for version in PolicyVersion.objects.all():
        versions[version.policy_id].append(version)
    return {
        policy: sorted(found, key=lambda version: version.starts_on or dt.date.min)
        for policy, found in versions.items()
    }


def covered_stakeholders(day: dt.date) -> QuerySet[Stakeholder]:
    """The people to whom some policy in force on `day` owes contacts, paired or not."""
    wanted = Q(pk__in=[])
    for versions in versions_by_policy().values():
        for version, period in existence.in_force(versions, day, day):
            if day in period:
                levels = Q(level__in=version.levels) if version.levels else Q()
                wanted |= Q(kind__in=version.seat_kinds) & levels
    seats = Seat.objects.active(day).filter(wanted, stakeholder=OuterRef("pk"))
    return Stakeholder.objects.filter(Exists(seats))


def fingerprint(day: dt.date, workdays: Workdays) -> str:
    """A digest of all that planning depends on. Contents, not time stamps: nobody who writes must remember to say so."""
    digest = hashlib.sha256(repr((day, workdays.fingerprint())).encode())
    for rows in (
        PolicyVersion.objects.order_by("pk").values_list(),
        Pairing.objects.order_by("pk").values_list("pk", "stakeholder", "officer", "started_on", "ended_on"),
        Seat.objects.order_by("pk").values_list("pk", "stakeholder", "kind", "level", "started_on", "ended_on"),
    ):
        for row in rows.iterator(chunk_size=BATCH):
            digest.update(repr(row).encode())
    # What was met or waived stays only as long as it is so.
    digest.update(repr(ContactRecord.objects.aggregate(Max("pk"), Max("voided_at"), Max("superseded_at"))).encode())
    digest.update(repr(Obligation.objects.aggregate(Count("waived_at"))).encode())
    return digest.hexdigest()


class Planner:
    """One reckoning over some slots: what must exist against what does."""

    def __init__(self, slots: list[Slot], now: dt.datetime, workdays: Workdays) -> None:
        self.slots = slots
        self.now = now
        self.day = timezone.localtime(now).date()
        self.workdays = workdays
        self.left = {slot.period: self._days_left(slot.period) for slot in slots}
        self.due = {slot.period: self._due_on(slot.period) for slot in slots}

    def run(self, stakeholders: QuerySet[Stakeholder]) -> Planned:
        self.people = read_people(stakeholders)
        existing = self._existing(stakeholders)
        wanted = set(self._wanted())
        by_key = {(slot.policy, slot.period.key): slot for slot in self.slots}
        absent = wanted - existing.keys()
        returning = {key for key in wanted & existing.keys() if existing[key].withdrawn_at}
        surplus = [row for key, row in existing.items() if key not in wanted and not row.withdrawn_at]
        new = [self._obligation(key, by_key[key[1:]]) for key in absent] + [existing[key] for key in returning]
        staying = [existing[key] for key in wanted & existing.keys() if key not in returning]
        changed = self._keep_in_step(staying, by_key)
        self._place(new, staying, changed, by_key)
        Obligation.objects.bulk_create((row for row in new if row._state.adding), batch_size=BATCH)
        Obligation.objects.bulk_update(
            [*changed.values(), *(existing[key] for key in returning)],
            ["version", "due_on", "planned_on", "withdrawn_at", "sequence", "changed_at"],
            batch_size=500,
        )
        return Planned(created=len(new), withdrawn=self._withdraw(surplus))

    # --- what must exist ---------------------------------------------------------------------------------

    def _wanted(self) -> Iterator[tuple[int, int, str]]:
        """(stakeholder, policy, period key) of everything that is owed (R4)."""
        by_version = defaultdict(list)
        for slot in self.slots:
            if slot.version:
                by_version[slot.version].append(slot)
        for version, slots in by_version.items():
            for pk, person in self.people.items():
                together = person.together(version)
                for slot in slots:
                    if existence.days_within(together, slot.period) >= version.minimum_days:
                        yield pk, slot.policy, slot.period.key

    def _existing(self, stakeholders: QuerySet[Stakeholder]) -> dict[tuple[int, int, str], Obligation]:
        keys = {(slot.policy, slot.period.key) for slot in self.slots}
        rows = Obligation.objects.filter(
            stakeholder__in=stakeholders.values("pk"), period_key__in={key for _policy, key in keys}
        ).order_by("pk")
        return {
            (row.stakeholder_id, row.policy_id, row.period_key): row
            for row in rows
            if (row.policy_id, row.period_key) in keys
        }

    def _withdraw(self, surplus: list[Obligation]) -> int:
        """What no longer must exist goes, but what is met or waived stays (R4)."""
        if not surplus:
            return 0
        rows = with_status(Obligation.objects.filter(pk__in=[row.pk for row in surplus]).order_by(), self.now)
        gone = list(rows.exclude(state__in=[State.MET, State.WAIVED]).values_list("pk", flat=True))
        return Obligation.objects.filter(pk__in=gone).update(withdrawn_at=self.now, changed_at=self.now)

    # --- on which day ------------------------------------------------------------------------------------

    def _obligation(self, key: tuple[int, int, str], slot: Slot) -> Obligation:
        return Obligation(
            stakeholder_id=key[0],
            policy_id=slot.policy,
            version=slot.version,
            period_key=slot.period.key,
            period_start=slot.period.start,
            period_end=slot.period.end,
            due_on=self.due[slot.period],
            changed_at=self.now,
        )

    def _keep_in_step(
        self, staying: Iterable[Obligation], by_key: dict[tuple[int, str], Slot]
    ) -> dict[int, Obligation]:
        """Those whose version or due day is another now; and whose planned day stopped being a working day."""
        changed = {}
        for row in staying:
            slot = by_key[row.policy_id, row.period_key]
            due_on = self.due[slot.period]
            if row.version_id != slot.version.pk or row.due_on != due_on or self._must_move(row):
                row.version, row.due_on = slot.version, due_on
                changed[row.pk] = row
        return changed

    def _must_move(self, row: Obligation) -> bool:
        return not row.arranged and row.planned_on >= self.day and row.planned_on not in self.workdays

    def _place(
        self,
        new: list[Obligation],
        staying: list[Obligation],
        changed: dict[int, Obligation],
        by_key: dict[tuple[int, str], Slot],
    ) -> None:
        """Give the new ones, and those whose day was lost, a day each; whatever else stands is not reshuffled (R8)."""
        moving = [row for row in changed.values() if self._must_move(row)]
        homeless = {id(row) for row in moving}
        plans: dict[tuple[int, int, str], levelling.Plan] = {}

        def group(row: Obligation) -> tuple[int, int, str]:
            day = min(self.day, row.period_end)
            return self.people[row.stakeholder_id].holder(day), row.policy_id, row.period_key

        def plan_of(row: Obligation) -> levelling.Plan:
            period = by_key[row.policy_id, row.period_key].period
            return plans.setdefault(group(row), levelling.Plan(self.left[period] or [self.due[period]]))

        for row in staying:
            if id(row) not in homeless:
                plan_of(row).take(row.planned_on, self.people[row.stakeholder_id].street)

        def in_order(row: Obligation) -> tuple:
            person = self.people[row.stakeholder_id]
            return *group(row), person.street, person.name, row.stakeholder_id

        for _group, found in groupby(sorted([*new, *moving], key=in_order), key=group):
            rows = list(found)
            days = plan_of(rows[0]).place([self.people[row.stakeholder_id].street for row in rows])
            for row, day in zip(rows, days, strict=True):
                if not row._state.adding:
                    row.sequence += 1
                row.planned_on, row.withdrawn_at, row.changed_at = day, None, self.now

    def _days_left(self, period: Period) -> list[dt.date]:
        return self.workdays.between(max(self.day, period.start), period.end)

    def _due_on(self, period: Period) -> dt.date:
        """The last working day of the period (R8); should it have none, its last day."""
        last = self.workdays.previous(period.end)
        return last if last >= period.start else period.end


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
