"""Planning: which obligations exist, and on which days they stand (R3, R4, R4a, R8).

A pass reads the facts (policies, seats, pairings), reckons in memory what must exist in every period that is not
closed, and writes only the difference. When no fact has changed since the last pass on this day, it reads nothing
more than a fingerprint of the facts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple
from zlib import crc32

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from contacts.models import Stakeholder
from contacts.pairing import follow_pairings
from schedules import existence, facts, levelling, periods
from schedules.coverage import State, with_status
from schedules.models import Obligation, PassState, PeriodClosing, PolicyVersion
from schedules.periods import Period
from schedules.workdays import Workdays

BATCH = 2000
Key = tuple[int, int, str]  # stakeholder, policy, period key


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


def plan(state: PassState, now: dt.datetime, workdays: Workdays) -> Planned:
    """Bring the obligations of all periods not closed in line with the facts, and close the periods that are over.

    Expects to run inside the transaction that holds the lock on `state`, whose `facts` it keeps up to date.
    """
    day = timezone.localtime(now).date()
    seen = facts.fingerprint(day, workdays)
    if seen == state.facts:
        return Planned()
    follow_pairings(day)
    slots = open_slots(state.first_day, day)
    planned = Planner(slots, now, workdays).run(Stakeholder.objects.all())
    PeriodClosing.objects.bulk_create(
        PeriodClosing(policy_id=slot.policy, period_key=slot.period.key, closed_at=now)
        for slot in slots
        if slot.period.end < day
    )
    state.facts = seen
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
        for policy, versions in facts.versions_by_policy().items()
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
    versions = facts.versions_by_policy()
    in_force = {
        policy: version
        for policy in closed
        for version, found in existence.in_force(versions[policy], period.start, period.start)
        if found == period
    }
    return [Slot(policy, in_force.get(policy), period) for policy in sorted(closed)]


class Standing(NamedTuple):
    """An obligation as it stands, as far as planning looks at it: tens of thousands of them in a pass."""

    pk: int
    stakeholder: int
    policy: int
    period_key: str
    version: int
    due_on: dt.date
    planned_on: dt.date
    arranged: bool
    withdrawn_at: dt.datetime | None


class Planner:
    """One reckoning over some slots: what must exist against what does."""

    def __init__(self, slots: list[Slot], now: dt.datetime, workdays: Workdays) -> None:
        self.slots = {(slot.policy, slot.period.key): slot for slot in slots}
        self.now = now
        self.day = timezone.localtime(now).date()
        self.workdays = workdays

    def run(self, stakeholders: QuerySet[Stakeholder]) -> Planned:
        self.people = facts.read_people(stakeholders)
        standing = self._standing(stakeholders)
        wanted = set(self._wanted())
        new = wanted - standing.keys()
        returning = {key for key in wanted & standing.keys() if standing[key].withdrawn_at}
        staying = {key: standing[key] for key in wanted & standing.keys() if key not in returning}
        moving = {key for key, row in staying.items() if self._must_move(row)}
        days = self._place(
            new | returning | moving, [row for key, row in staying.items() if key not in moving]
        )
        self._create(new, days)
        self._change(
            {standing[key].pk: days.get(key) for key in returning | moving | self._outdated(staying)}
        )
        surplus = [row.pk for key, row in standing.items() if key not in wanted and not row.withdrawn_at]
        return Planned(created=len(new) + len(returning), withdrawn=self._withdraw(surplus))

    # --- what must exist ---------------------------------------------------------------------------------

    def _wanted(self) -> Iterator[Key]:
        """Everything that is owed (R4)."""
        by_version = defaultdict(list)
        for slot in self.slots.values():
            if slot.version:
                by_version[slot.version].append(slot)
        for version, slots in by_version.items():
            for pk, person in self.people.items():
                together = person.together(version)
                for slot in slots:
                    if existence.days_within(together, slot.period) >= version.minimum_days:
                        yield pk, slot.policy, slot.period.key

    def _standing(self, stakeholders: QuerySet[Stakeholder]) -> dict[Key, Standing]:
        keys = {key for _policy, key in self.slots}
        rows = Obligation.objects.order_by().filter(
            period_key__in=keys, stakeholder__in=stakeholders.values("pk")
        )
        found = map(Standing._make, rows.values_list(*Standing._fields))
        return {row[1:4]: row for row in found if row[2:4] in self.slots}

    def _withdraw(self, surplus: list[int]) -> int:
        """What no longer must exist goes, but what is met or waived stays (R4)."""
        withdrawn = 0
        for first in range(0, len(surplus), BATCH):  # SQLite takes only so many keys at once
            rows = Obligation.objects.filter(pk__in=surplus[first : first + BATCH]).order_by()
            gone = list(
                with_status(rows, self.now)
                .exclude(state__in=[State.MET, State.WAIVED])
                .values_list("pk", flat=True)
            )
            withdrawn += Obligation.objects.filter(pk__in=gone).update(
                withdrawn_at=self.now, changed_at=self.now
            )
        return withdrawn

    # --- on which day ------------------------------------------------------------------------------------

    def _must_move(self, row: Standing) -> bool:
        """Has the planned day stopped being a working day? What people arranged stays."""
        return not row.arranged and row.planned_on >= self.day and row.planned_on not in self.workdays

    def _outdated(self, staying: dict[Key, Standing]) -> set[Key]:
        """Those that another version of the policy, or another due day, counts for now."""
        return {
            key
            for key, row in staying.items()
            if (row.version, row.due_on) != (self._version(key), self._due_on(self.slots[key[1:]].period))
        }

    def _version(self, key: Key) -> int | None:
        version = self.slots[key[1:]].version
        return version.pk if version else None

    def _place(self, homeless: set[Key], settled: list[Standing]) -> dict[Key, dt.date]:
        """A day for each that has none; whatever else stands is not reshuffled (R8)."""

        def group(key: Key) -> tuple[int, int, str]:
            person, policy, period_key = key
            day = min(self.day, self.slots[policy, period_key].period.end)
            return self.people[person].holder(day), policy, period_key

        plans = {
            found: levelling.Plan(self._days_left(self.slots[found[1:]].period), crc32(repr(found).encode()))
            for found in map(group, homeless)
        }
        if plans:
            for row in settled:
                if plan := plans.get(group(row[1:4])):
                    plan.take(row.planned_on, self.people[row.stakeholder].street)

        def in_order(key: Key) -> tuple:
            return *group(key), self.people[key[0]].street, self.people[key[0]].name, key[0]

        days: dict[Key, dt.date] = {}
        for found, keys in groupby(sorted(homeless, key=in_order), key=group):
            members = list(keys)
            chosen = plans[found].place([self.people[key[0]].street for key in members])
            days.update(zip(members, chosen, strict=True))
        return days

    @cache  # noqa: B019 - a planner lives as long as its pass
    def _days_left(self, period: Period) -> list[dt.date]:
        """The working days left, or with none left the due day (R8)."""
        return self.workdays.between(max(self.day, period.start), period.end) or [self._due_on(period)]

    @cache  # noqa: B019
    def _due_on(self, period: Period) -> dt.date:
        """The last working day of the period (R8); should it have none, its last day."""
        last = self.workdays.previous(period.end)
        return last if last >= period.start else period.end

    # --- writing it down ---------------------------------------------------------------------------------

    def _create(self, new: set[Key], days: dict[Key, dt.date]) -> None:
        def obligation(key: Key) -> Obligation:
            slot = self.slots[key[1:]]
            return Obligation(
                stakeholder_id=key[0],
                policy_id=slot.policy,
                version=slot.version,
                period_key=slot.period.key,
                period_start=slot.period.start,
                period_end=slot.period.end,
                due_on=self._due_on(slot.period),
                planned_on=days[key],
                changed_at=self.now,
            )

        Obligation.objects.bulk_create((obligation(key) for key in sorted(new)), batch_size=BATCH)

    def _change(self, days: dict[int, dt.date | None]) -> None:
        """Bring rows up to date: their version and due day, and where a new day is given, that."""
        rows = Obligation.objects.filter(pk__in=days) if days else []
        for row in rows:
            slot = self.slots[row.policy_id, row.period_key]
            row.version, row.due_on, row.withdrawn_at = slot.version, self._due_on(slot.period), None  # type: ignore[assignment]
            if day := days[row.pk]:
                row.planned_on, row.arranged, row.changed_at = day, False, self.now
                row.sequence += 1
        fields = ["version", "due_on", "withdrawn_at", "planned_on", "arranged", "changed_at", "sequence"]
        Obligation.objects.bulk_update(rows, fields, batch_size=500)
