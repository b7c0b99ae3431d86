"""Planning: which obligations exist, and on which days they stand (R3, R4, R4a, R8).

A pass reckons in memory what must exist and writes only the difference. It reckons for everybody where a slot is new,
is over, or has changed with its policy or its working days; elsewhere only for the people whose facts have changed,
which the database notes by itself (`schedules.changes`). With neither there is nothing to do.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple
from zlib import crc32

from django.db.models import QuerySet
from django.utils import timezone

from contacts.inserting import insert_alike
from contacts.models import Pairing, Stakeholder
from contacts.pairing import follow_pairings
from liaison.batches import AT_ONCE, batches
from schedules import clocks, existence, facts, levelling
from schedules.coverage import State, due_soon_day, with_status
from schedules.models import LOOK_NOW, ChangedFacts, Obligation, PassState, PeriodClosing
from schedules.periods import Period
from schedules.slots import Slot, due_on, open_slots
from schedules.workdays import Workdays


@dataclass
class Planned:
    """What a planning pass changed."""

    created: int = 0
    withdrawn: int = 0

    def __add__(self, other: Planned) -> Planned:
        return Planned(self.created + other.created, self.withdrawn + other.withdrawn)


def plan(state: PassState, now: dt.datetime, workdays: Workdays) -> Planned:
    """Bring the obligations of all periods not closed in line with the facts, and close the periods that are over.

    Expects to run inside the transaction that holds the lock on `state`, and leaves in it what it has seen.
    """
    day = timezone.localtime(now).date()
    if state.day and state.day < day:
        _note_who_takes_over(state.day, day)
    changed = dict(ChangedFacts.objects.values_list("pk", "person"))
    if changed or state.day != day:
        follow_pairings(day)
    slots = open_slots(state, day)
    marks = {slot.name: slot.mark(workdays) for slot in slots}
    anew = [slot for slot in slots if slot.period.end < day or state.slots.get(slot.name) != marks[slot.name]]
    planned = Planned()
    if anew or state.day != day:
        clocks.keep_up(workdays)
    if anew:
        for slot in anew:
            Obligation.objects.filter(policy=slot.policy, period_key=slot.period.key).look_again()
        planned += Planner(anew, now, workdays).run()
    if changed:
        people = set(changed.values())
        # Named one by one: PostgreSQL takes the table of notes for as small as it was before a roster came in.
        whom = Stakeholder.objects.filter(pk__in=people) if len(people) <= AT_ONCE else None
        planned += Planner([slot for slot in slots if slot not in anew], now, workdays).run(whom)
        for some in batches(people):
            Obligation.objects.filter(stakeholder__in=some).look_again()
        for some in batches(changed):  # only these: others are noted meanwhile
            ChangedFacts.objects.filter(pk__in=some).delete()
    over = [slot for slot in slots if slot.period.end < day]
    PeriodClosing.objects.bulk_create(
        PeriodClosing(policy_id=slot.policy, period_key=slot.period.key, closed_at=now) for slot in over
    )
    state.day, state.slots = day, {slot.name: marks[slot.name] for slot in slots if slot not in over}
    return planned


def _note_who_takes_over(since: dt.date, day: dt.date) -> None:
    """A pairing that was arranged ahead begins: its officer's leave counts from then on."""
    begun = Pairing.objects.filter(started_on__gt=since, started_on__lte=day)
    people = begun.order_by().values_list("stakeholder", flat=True).distinct()
    ChangedFacts.objects.bulk_create(ChangedFacts(person=person) for person in people)


def has_seen_everything(state: PassState, day: dt.date, workdays: Workdays) -> bool:
    """Would planning on this day find that nothing has changed since it last looked?"""
    running = [slot for slot in open_slots(state, day) if slot.period.end >= day]
    known = all(state.slots.get(slot.name) == slot.mark(workdays) for slot in running)
    return state.day == day and known and not ChangedFacts.objects.exists()


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


@dataclass
class Difference:
    """What one slot lacks, and what it has too much of."""

    slot: Slot
    new: list[int] = field(default_factory=list)  # people
    returning: list[Standing] = field(default_factory=list)
    moving: list[Standing] = field(default_factory=list)  # their planned day can not stay
    outdated: list[Standing] = field(
        default_factory=list
    )  # another version, or another due day, counts for now
    withdrawn: list[int] = field(default_factory=list)  # keys of obligations
    staying: list[Standing] = field(default_factory=list)  # owed no more, but met or waived
    homeless: list[int] = field(
        default_factory=list
    )  # people without a day, in the order they should stand in
    settled: list[Standing] = field(default_factory=list)
    days: dict[int, dt.date] = field(default_factory=dict)  # of the homeless


class Planner:
    """One reckoning over some slots: what must exist against what does."""

    def __init__(self, slots: Collection[Slot], now: dt.datetime, workdays: Workdays) -> None:
        self.slots = {slot.key: slot for slot in slots}
        self.now = now
        self.day = timezone.localtime(now).date()
        self.workdays = workdays

    def run(self, stakeholders: QuerySet[Stakeholder] | None = None) -> Planned:
        """Write down what is missing and take out what is too much: of these people, or of everybody (None)."""
        planned = Planned()
        for found in self.reckon(stakeholders):
            self._create(found)
            self._change(found)
            self._withdraw(found)
            planned += Planned(len(found.new) + len(found.returning), len(found.withdrawn))
        return planned

    def reckon(self, stakeholders: QuerySet[Stakeholder] | None = None) -> list[Difference]:
        """The difference in each slot. Nothing is written."""
        everybody = Stakeholder.objects.all()
        self.people = facts.read_people(everybody if stakeholders is None else stakeholders)
        self.leave = facts.read_leave(self.day)
        standing = self._standing(everybody if stakeholders is None else stakeholders)
        found = [
            self._difference(slot, owed, standing.get(slot.key, {})) for slot, owed in self._owed(self.people)
        ]
        around = self._around(found) if stakeholders is not None else {}
        for one in found:
            one.days = self._place(one, around.get(one.slot.key, {}).values())
        return found

    # --- what must exist ---------------------------------------------------------------------------------

    def _owed(self, people: dict[int, facts.Person]) -> Iterator[tuple[Slot, list[int]]]:
        """Each slot with the people to whom it owes a contact (R4), in the order of their streets and names."""
        in_order = sorted(people, key=lambda pk: (people[pk].street, people[pk].name, pk))
        together: dict[tuple, list[list[existence.Span]]] = {}
        for slot in self.slots.values():
            version = slot.version
            if version is None:
                yield slot, []
                continue
            whom = tuple(version.seat_kinds), tuple(version.levels)
            if whom not in together:
                together[whom] = [people[pk].together(version) for pk in in_order]
            lasts = cache(existence.lasts_for(slot.period, version.minimum_days))
            spans = zip(in_order, together[whom], strict=True)
            yield slot, [pk for pk, days in spans if lasts(tuple(days))]

    def _standing(self, stakeholders: QuerySet[Stakeholder]) -> dict[tuple[int, str], dict[int, Standing]]:
        """By slot and person what there is, withdrawn or not."""
        rows = Obligation.objects.order_by().filter(period_key__in={key for _policy, key in self.slots})
        if stakeholders.query.where:
            rows = rows.filter(stakeholder__in=stakeholders.values("pk"))
        found: dict[tuple[int, str], dict[int, Standing]] = defaultdict(dict)
        for row in map(Standing._make, rows.values_list(*Standing._fields)):
            found[row.policy, row.period_key][row.stakeholder] = row
        return found

    def _difference(self, slot: Slot, owed: list[int], standing: dict[int, Standing]) -> Difference:
        found = Difference(slot)
        day_due = due_on(slot.period, self.workdays)
        for person in owed:
            row = standing.pop(person, None)
            if row is None:
                found.new.append(person)
            elif row.withdrawn_at:
                found.returning.append(row)
            elif self._must_move(row, slot):
                found.moving.append(row)
            else:
                found.settled.append(row)
                if (row.version, row.due_on) != (slot.version and slot.version.pk, day_due):
                    found.outdated.append(row)
                continue
            found.homeless.append(person)
        surplus = {row.pk: row for row in standing.values() if not row.withdrawn_at}
        found.withdrawn = list(self._unsettled(list(surplus)))
        found.staying = [surplus[pk] for pk in surplus.keys() - set(found.withdrawn)]
        return found

    def _unsettled(self, pks: list[int]) -> Iterator[int]:
        """Those that are neither met nor waived (R4)."""
        for some in batches(pks):
            rows = with_status(Obligation.objects.filter(pk__in=some).order_by(), self.now)
            yield from rows.exclude(state__in=[State.MET, State.WAIVED]).values_list("pk", flat=True)

    # --- on which day ------------------------------------------------------------------------------------

    def _must_move(self, row: Standing, slot: Slot) -> bool:
        """Can the planned day not stay? What people arranged does, and so does what is past (R8)."""
        return (
            not row.arranged
            and row.planned_on >= self.day
            and row.planned_on not in self._days_left(slot.period, self._holder(row.stakeholder, slot))
        )

    def _holder(self, person: int, slot: Slot) -> int:
        """The officer in whose days it stands."""
        return self.people[person].holder(min(self.day, slot.period.end))

    def _around(self, found: list[Difference]) -> dict[tuple[int, str], dict[int, Standing]]:
        """What else the officers of the homeless have planned, with other people than those that are looked at."""
        officers = {self._holder(person, one.slot) for one in found for person in one.homeless}
        if not officers:
            return {}
        others = Stakeholder.objects.filter(pairings__officer__in=officers).exclude(pk__in=list(self.people))
        others = Stakeholder.objects.filter(pk__in=others.values("pk"))
        self.people |= facts.read_people(others)
        return self._standing(others)

    def _place(self, found: Difference, around: Collection[Standing]) -> dict[int, dt.date]:
        """A day for each that has none; whatever else stands is not reshuffled (R8)."""
        slot, groups = found.slot, defaultdict(list)
        for person in found.homeless:
            groups[self._holder(person, slot)].append(person)
        plans = {
            officer: levelling.Plan(
                self._days_left(slot.period, officer), crc32(repr((officer, *slot.key)).encode())
            )
            for officer in groups
        }
        for row in (*found.settled, *around) if plans else ():
            if not row.withdrawn_at and (plan := plans.get(self._holder(row.stakeholder, slot))):
                plan.take(row.planned_on, self.people[row.stakeholder].street)
        days: dict[int, dt.date] = {}
        for officer, people in groups.items():
            days |= zip(people, plans[officer].place([self.people[pk].street for pk in people]), strict=True)
        return days

    @cache  # noqa: B019 - a planner lives as long as its pass
    def _days_left(self, period: Period, officer: int | None = None) -> list[dt.date]:
        """The working days left, without the officer's leave unless nothing else remains; with none left the due day (R8)."""
        if officer is None:
            first = max(self.day, period.start)
            return self.workdays.between(first, period.end) or [due_on(period, self.workdays)]
        left = self._days_left(period)
        leave = self.leave.get(officer, ())
        return [day for day in left if not any(start <= day <= end for start, end in leave)] or left

    # --- writing it down ---------------------------------------------------------------------------------

    def _create(self, found: Difference) -> None:
        slot = found.slot
        if slot.version is None or not found.new:
            return
        day_due = due_on(slot.period, self.workdays)
        soon = due_soon_day(day_due, self.workdays)
        insert_alike(
            Obligation,
            {
                "policy_id": slot.policy,
                "version_id": slot.version.pk,
                "period_key": slot.period.key,
                "period_start": slot.period.start,
                "period_end": slot.period.end,
                "due_on": day_due,
                "changed_at": self.now,
            },
            ["stakeholder_id", "planned_on", "remind_on"],
            [(person, found.days[person], min(found.days[person], soon)) for person in found.new],
        )

    def _change(self, found: Difference) -> None:
        """Bring rows up to date: their version and due day, and where a new day is given, that."""
        anew = {row.pk: found.days[row.stakeholder] for row in (*found.returning, *found.moving)}
        touched = [*anew, *(row.pk for row in found.outdated)]
        version, day_due = found.slot.version, due_on(found.slot.period, self.workdays)
        for some in batches(touched):
            rows = list(Obligation.objects.filter(pk__in=some))
            for row in rows:
                row.version, row.due_on, row.withdrawn_at = version, day_due, None  # type: ignore[assignment]
                row.remind_on = LOOK_NOW
                if row.pk in anew:
                    row.planned_on, row.arranged, row.changed_at = anew[row.pk], False, self.now
                    row.sequence += 1
            Obligation.objects.bulk_update(rows, CHANGED, batch_size=500)

    def _withdraw(self, found: Difference) -> None:
        """What no longer must exist goes; what is met or waived stays, and keeps up with the working days."""
        for some in batches(found.withdrawn):
            Obligation.objects.filter(pk__in=some).update(withdrawn_at=self.now, changed_at=self.now)
        day_due = due_on(found.slot.period, self.workdays)
        for some in batches(row.pk for row in found.staying if row.due_on != day_due):
            Obligation.objects.filter(pk__in=some).update(due_on=day_due)


CHANGED = [
    "version", "due_on", "withdrawn_at", "planned_on", "arranged", "remind_on", "changed_at", "sequence",
]  # fmt: skip
