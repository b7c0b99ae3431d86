"""Whatever people do, in whatever order and at whatever instants passes are made: what the software says is what an
independent reckoning of the rules says (R3-R10)."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import holidays
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from contacts import accounts, editing, handling, handovers, standing_in
from contacts.models import (
    Actor,
    ContactRecord,
    Handover,
    HandoverLine,
    Officer,
    Pairing,
    Seat,
    Stakeholder,
    StandIn,
    Unit,
    UnitRole,
)
from schedules import configuring, coverage, passes
from schedules import handling as owing
from schedules.coverage import with_status
from schedules.models import (
    CyclePolicy,
    DayOverride,
    Leave,
    NoticeLine,
    Obligation,
    PeriodClosing,
    PolicyVersion,
)
from schedules.verify import verify
from tests import factories
from tests.base import AGAIN
from tests.schedules import reckoning
from tests.schedules.reckoning import Line, Owed, Reckoning
from tests.schedules.scenes import at

DAY = dt.timedelta(days=1)
CAROL = Actor.command("machine")
WORDS = {"reason": "so it is", "actor": CAROL}
# Where calendars bend: ends of months, of a year and of February, National Day, Spring Festival with its make-up days.
BEGINNINGS = ["2023-12-29", "2024-01-30", "2024-02-27", "2025-01-24", "2026-03-30", "2026-06-27", "2026-09-28", "2026-12-30"]  # fmt: skip
HOURS = [0, 7, 8, 9, 12, 19, 20, 23]

numbers = st.integers(0, 3)
near = st.integers(-40, 40)
spans = st.tuples(st.none() | near, st.none() | st.integers(0, 70))
reminders = st.just(reckoning.STAGES) | st.sets(st.sampled_from(reckoning.STAGES)).map(
    lambda found: [stage for stage in reckoning.STAGES if stage in found]
)


@cache
def statutory(year: int) -> Any:
    return holidays.country_holidays("CN", years=[year])


# --- what is stored, as the reckoning reads it ---------------------------------------------------------------


def stored() -> reckoning.Facts:
    overrides = dict(DayOverride.objects.values_list("day", "is_working"))
    facts = reckoning.Facts(
        people=people(),
        policies=policies(),
        works=cache(lambda day: overrides.get(day, statutory(day.year).is_working_day(day))),
        active=set(Officer.objects.filter(is_active=True).values_list("pk", flat=True)),
        by_mail=set(
            Officer.objects.filter(notify_by_email=True).exclude(email="").values_list("pk", flat=True)
        ),
        leaders=leaders(),
        above=dict(Unit.objects.values_list("pk", "parent")),
        stand_ins=[
            reckoning.StandIn(one.absent_id, one.stand_in_id, one.starts_on, one.ends_on)
            for one in StandIn.objects.filter(ended_at=None).select_related("stand_in")
            if one.stand_in.is_active and one.stand_in.unit_id == one.unit_id
        ],
        handovers=handed_over(),
    )
    for person, kind, outcome, when in ContactRecord.objects.filter(
        voided_at=None, superseded_at=None
    ).values_list("stakeholder", "kind", "outcome", "occurred_at"):
        facts.contacts.setdefault(person, []).append(reckoning.Contact(kind, outcome, when))
    for row in Obligation.objects.filter(waived_at__isnull=False):
        facts.waived[owed(row)] = row.waived_at
    return facts


def people() -> dict[int, reckoning.Person]:
    seats, pairings = defaultdict(list), defaultdict(list)
    for person, *seat in Seat.objects.values_list("stakeholder", "kind", "level", "started_on", "ended_on"):
        seats[person].append(reckoning.Seat(*seat))
    for person, *pairing in Pairing.objects.values_list(
        "stakeholder", "officer", "unit", "started_on", "ended_on"
    ):
        pairings[person].append(reckoning.Pairing(*pairing))
    keys = Stakeholder.objects.values_list("pk", flat=True)
    return {key: reckoning.Person(tuple(seats[key]), tuple(pairings[key])) for key in keys}


def policies() -> dict[int, tuple[reckoning.Version, ...]]:
    found = defaultdict(list)
    for version in PolicyVersion.objects.order_by("pk"):
        found[version.policy_id].append(
            reckoning.Version(
                starts=version.starts_on,
                cadence=version.cadence,
                kinds=frozenset(version.seat_kinds),
                levels=frozenset(version.levels),
                minimum_days=version.minimum_days,
                met_by=frozenset([version.kind, *version.stand_in_kinds]),
                stages=frozenset(version.stages),
                ended=version.ended,
            )
        )
    return {policy: tuple(versions) for policy, versions in found.items()}


def leaders() -> dict[int, set[int]]:
    found = defaultdict(set)
    roles = UnitRole.objects.filter(role="leader", approved_at__isnull=False, ended_at=None)
    for unit, officer in roles.filter(officer__is_active=True).values_list("unit", "officer"):
        found[unit].add(officer)
    return found


def handed_over() -> dict[str, set[int]]:
    found = {f"hand-over {made.pk}": {made.officer_id} for made in Handover.objects.order_by("pk")}
    for line in HandoverLine.objects.all():
        found[f"hand-over {line.handover_id}"].add(line.successor_id)
    return found


def owed(row: Obligation) -> Owed:
    return Owed(row.stakeholder_id, row.policy_id, row.period_key)


# --- the machine ---------------------------------------------------------------------------------------------


class Bureau(RuleBasedStateMachine):
    """Two stations of a county, four officers and four people, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.reckoning = Reckoning(reckoning.Facts())
        self.arranged: dict[Owed, dt.date] = {}

    def teardown(self) -> None:
        try:
            if self.reckoning.latest:  # else it could not even begin
                self.run()
                assert verify(self.now).violations == []
        finally:
            self.roll_back()

    def roll_back(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    @initialize(
        day=st.sampled_from(BEGINNINGS),
        hour=st.sampled_from(HOURS),
        seats=st.lists(spans, min_size=4, max_size=4),
        cadences=st.tuples(st.sampled_from(["month", "quarter"]), st.sampled_from(["month", "half_year"])),
        minimum_days=st.tuples(st.integers(1, 15), st.integers(1, 40)),
        stages=st.tuples(reminders, reminders),
    )
    def found(self, day, hour, seats, cadences, minimum_days, stages) -> None:
        """The keys are given: the shift of planned days hangs on them, and the same example has to be the same."""
        self.now = at(f"{day} {hour:02d}:00")
        root = factories.unit("市局", kind="bureau")
        county = factories.unit("江阴市局", root, kind="county")
        self.units = [factories.unit(name, county) for name in ("澄江派出所", "城东派出所")]
        self.county = county
        self.officers = [
            factories.officer(name, self.units[place], id=9001 + number, notify_by_email=mail)
            for number, (name, place, mail) in enumerate(
                [("Alice", 0, True), ("Bob", 1, True), ("Cai", 0, False), ("Dan", 1, True)]
            )
        ]
        PolicyVersion.objects.all().delete()
        self.policies = []
        for number, (kind, cadence, least) in enumerate(
            zip(("call", "visit"), cadences, minimum_days, strict=True)
        ):
            policy = CyclePolicy.objects.create(pk=9001 + number, code=f"policy-{number}", name=kind)
            self.version(
                kind=kind, cadence=cadence, minimum_days=least, stages=stages[number], policy=policy
            ).save()
            self.policies.append(policy)
        self.people = []
        for number, (start, length) in enumerate(seats):
            person = factories.stakeholder(
                f"人{number}", self.units[0], id=9001 + number, street=f"街{number % 2}"
            )
            self.people.append(person)
            first = None if start is None else self.today + start * DAY
            last = None if length is None else (first or self.today) + length * DAY
            kind = ["npc_deputy", "cppcc_member"][number % 2]
            factories.seat(person, kind, ["city", "district"][number // 2], started_on=first, ended_on=last)
            if number < 3:
                factories.pairing(self.officers[number], person, self.today - 100 * DAY)
        self.run()

    @staticmethod
    def version(**fields: Any) -> PolicyVersion:
        values = {
            "kind": "call",
            "cadence": "month",
            "seat_kinds": ["npc_deputy", "cppcc_member"],
            "minimum_days": 10,
            "stages": list(reckoning.STAGES),
        }
        return PolicyVersion(**values | fields)

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(at("2026-01-01").tzinfo).date()

    @contextmanager
    def deed(self) -> Iterator[None]:
        """A minute later than what was before; what the software refuses is not done."""
        self.now += dt.timedelta(minutes=1)
        with time_machine.travel(self.now, tick=False), suppress(ValidationError), transaction.atomic():
            yield

    def one(self, rows: Any, number: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    # --- pairings and seats ------------------------------------------------------------------------------------

    @rule(person=numbers, officer=numbers, day=near)
    def pair(self, person, officer, day) -> None:
        with self.deed():
            handling.pair(self.people[person], self.officers[officer], on=self.today + day * DAY, **WORDS)

    @rule(giver=numbers, taker=numbers, day=near)
    def hand_over(self, giver, taker, day) -> None:
        held = Pairing.objects.lasting(self.today).filter(officer=self.officers[giver])
        with self.deed():
            successors = dict.fromkeys(held.values_list("pk", flat=True), self.officers[taker])
            handovers.hand_over(self.officers[giver], successors, on=self.today + day * DAY, **WORDS)

    @rule(number=numbers, day=near)
    def end_pairing(self, number, day) -> None:
        if pairing := self.one(Pairing.objects.filter(ended_on=None), number):
            with self.deed():
                handling.end_pairing(pairing, last_day=self.today + day * DAY, **WORDS)

    @rule(
        person=numbers,
        kind=st.sampled_from(Seat.Kind.values[:3]),
        level=st.sampled_from(["city", "district"]),
        span=spans,
    )
    def begin_seat(self, person, kind, level, span) -> None:
        start, length = span
        first = None if start is None else self.today + start * DAY
        last = None if length is None else (first or self.today) + length * DAY
        self.keep(self.people[person], Seat(kind=kind, level=level, started_on=first, ended_on=last))

    @rule(number=st.integers(0, 7), first=st.none() | near, last=st.none() | near)
    def correct_seat(self, number, first, last) -> None:
        if seat := self.one(Seat.objects.all(), number):
            seat.started_on = None if first is None else self.today + first * DAY
            seat.ended_on = None if last is None else self.today + last * DAY
            if None in (first, last) or first <= last:
                self.keep(seat.stakeholder, seat)

    def keep(self, person: Stakeholder, seat: Seat) -> None:
        with self.deed():
            editing.save_person(person, phones=[], seats=[seat], actor=CAROL)

    # --- contacts ----------------------------------------------------------------------------------------------

    kinds = st.sampled_from(["call", "call", "visit", "meeting"])
    outcomes = st.sampled_from(["reached", "reached", "reached", "no_answer"])
    agos = st.sampled_from([0, 0, 1, 12, 24, 48, 24 * 8, 24 * 30, 24 * 60])

    @rule(person=numbers, officer=numbers, kind=kinds, outcome=outcomes, ago=agos)
    def log_contact(self, person, officer, kind, outcome, ago) -> None:
        with self.deed():
            record = ContactRecord(
                stakeholder=self.people[person],
                officer=self.officers[officer],
                recorded_by=self.officers[officer],
                kind=kind,
                outcome=outcome,
                occurred_at=self.now - dt.timedelta(hours=ago),
            )
            handling.log_contact(record, actor=CAROL)

    @rule(number=st.integers(0, 9), kind=kinds, outcome=outcomes, ago=agos)
    def correct_contact(self, number, kind, outcome, ago) -> None:
        if record := self.one(ContactRecord.objects.live(), number):
            when = self.now - dt.timedelta(hours=ago)
            with self.deed():
                handling.correct_contact(
                    record, {"kind": kind, "outcome": outcome, "occurred_at": when}, actor=CAROL
                )

    @rule(number=st.integers(0, 9))
    def void_contact(self, number) -> None:
        if record := self.one(ContactRecord.objects.live(), number):
            with self.deed():
                handling.void_contact(record, **WORDS)

    # --- what is owed ------------------------------------------------------------------------------------------

    @rule(number=st.integers(0, 99))
    def waive(self, number) -> None:
        if row := self.one(Obligation.objects.live().filter(waived_at=None), number):
            with self.deed():
                owing.waive(row, now=self.now, **WORDS)

    @rule(number=st.integers(0, 9))
    def take_back_waiver(self, number) -> None:
        if row := self.one(Obligation.objects.live().exclude(waived_at=None), number):
            with self.deed():
                owing.unwaive(row, actor=CAROL, now=self.now)

    @rule(number=st.integers(0, 99), share=st.floats(0, 1))
    def move_planned_day(self, number, share) -> None:
        rows = Obligation.objects.live().filter(
            period_end__gte=self.today, period_start__lte=self.today + 40 * DAY
        )
        if row := self.one(rows, number):
            first = max(row.period_start, self.today)
            day = first + round(share * (row.period_end - first).days) * DAY
            with self.deed():
                owing.move(row, day=day, actor=CAROL, now=self.now)
                self.arranged[owed(row)] = day

    @rule(number=numbers)
    def recount(self, number) -> None:
        keys = sorted(set(PeriodClosing.objects.values_list("period_key", flat=True)))
        if keys:
            key = keys[number % len(keys)]
            with self.deed():
                owing.recount(key, now=self.now, **WORDS)
                self.reckoning.facts = stored()
                self.reckoning.recount(key, self.now)
        self.check_live()

    # --- policies and days -------------------------------------------------------------------------------------

    @rule(
        number=st.integers(0, 5),
        day=st.integers(0, 70),
        kind=kinds,
        cadence=st.sampled_from(["month", "month", "quarter", "half_year"]),
        minimum_days=st.integers(1, 20),
        seat_kinds=st.lists(st.sampled_from(Seat.Kind.values[:3]), max_size=3, unique=True),
        levels=st.lists(st.sampled_from(["city", "district"]), max_size=1),
        others=st.lists(st.sampled_from(["meeting", "incoming"]), max_size=1),
        stages=reminders,
        new=st.booleans(),
    )
    def decide_policy(self, number, day, others, stages, new, **fields) -> None:
        version = self.version(
            starts_on=self.today + day * DAY, stand_in_kinds=others, stages=stages, **fields
        )
        with self.deed():
            if new and len(self.policies) < 4:
                self.policies.append(configuring.add_policy("new", version, day=self.today, actor=CAROL))
            else:
                policy = self.policies[number % len(self.policies)]
                configuring.change_policy(policy, version, day=self.today, actor=CAROL)

    @rule(number=st.integers(0, 5), day=st.integers(0, 70))
    def end_policy(self, number, day) -> None:
        policy = self.policies[number % len(self.policies)]
        with self.deed():
            ended = configuring.ended_from(policy, self.today + day * DAY)
            configuring.end_policy(policy, ended, day=self.today, **WORDS)

    @rule(number=st.integers(0, 5))
    def take_back_policy_change(self, number) -> None:
        policy = self.policies[number % len(self.policies)]
        with self.deed():
            configuring.take_back(configuring.current(policy), day=self.today, actor=CAROL)

    @rule(day=st.integers(-5, 40), is_working=st.booleans())
    def set_day(self, day, is_working) -> None:
        with self.deed():
            configuring.set_day(self.today + day * DAY, is_working=is_working, note="", actor=CAROL)

    @rule(number=numbers)
    def declare_planned_day_off(self, number) -> None:
        rows = Obligation.objects.live().filter(planned_on__gte=self.today)
        if row := self.one(rows, number):
            with self.deed():
                configuring.set_day(row.planned_on, is_working=False, note="", actor=CAROL)

    @rule(number=numbers)
    def forget_day(self, number) -> None:
        if override := self.one(DayOverride.objects.all(), number):
            with self.deed():
                configuring.forget_day(override, actor=CAROL)

    # --- officers ----------------------------------------------------------------------------------------------

    @rule(number=numbers)
    def leave(self, number) -> None:
        with self.deed():
            accounts.deactivate(self.officers[number], on=self.today, **WORDS)

    @rule(number=numbers)
    def return_(self, number) -> None:
        with self.deed():
            accounts.activate(self.officers[number], **WORDS)

    @rule(number=numbers)
    def transfer(self, number) -> None:
        officer = Officer.objects.get(pk=self.officers[number].pk)
        other = next(unit for unit in self.units if unit.pk != officer.unit_id)
        with self.deed():
            Officer.objects.filter(pk=officer.pk).update(unit=other)

    @rule(number=numbers, place=st.integers(0, 2))
    def appoint_leader(self, number, place) -> None:
        unit = [*self.units, self.county][place]
        with self.deed():
            role = accounts.propose_role(self.officers[number], unit, "leader", **WORDS)
            accounts.approve_role(role, **WORDS)

    @rule(number=numbers)
    def dismiss_leader(self, number) -> None:
        if role := self.one(UnitRole.objects.in_force(), number):
            with self.deed():
                accounts.end_role(role, **WORDS)

    @rule(number=numbers, first=st.integers(-3, 20), length=st.integers(0, 15))
    def go_on_leave(self, number, first, length) -> None:
        first_day = self.today + first * DAY
        with self.deed():
            Leave.objects.create(
                officer=self.officers[number], first_day=first_day, last_day=first_day + length * DAY
            )

    @rule(absent=numbers, other=numbers, first=st.integers(0, 10), length=st.integers(0, 20))
    def name_stand_in(self, absent, other, first, length) -> None:
        starts_on = self.today + first * DAY
        with self.deed():
            standing_in.appoint(
                self.officers[absent],
                self.officers[other],
                starts_on=starts_on,
                ends_on=starts_on + length * DAY,
                **WORDS,
            )

    @rule(number=numbers)
    def end_stand_in(self, number) -> None:
        if row := self.one(StandIn.objects.lasting(self.today), number):
            with self.deed():
                standing_in.end(row, on=self.today, **WORDS)

    # --- passes ------------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([0, 1, 59, 180, 540]))
    def run_soon(self, minutes) -> None:
        """Twice in a minute, or a while later."""
        self.now += dt.timedelta(minutes=minutes)
        self.run()

    @rule()
    def run_in_the_morning(self) -> None:
        self.run_at(1, 8)

    @rule()
    def run_in_the_night(self) -> None:
        self.run_at(1, 0)

    @rule(days=st.integers(1, 10), hour=st.sampled_from(HOURS))
    def run_days_later(self, days, hour) -> None:
        self.run_at(days, hour)

    @rule(days=st.integers(-7, 4), hour=st.sampled_from(HOURS))
    def run_about_the_end_of_the_month(self, days, hour) -> None:
        following = (self.today.replace(day=1) + 32 * DAY).replace(day=1)
        self.run_at(max(1, (following - self.today).days + days), hour)

    @rule(days=st.sampled_from([10, 28, 31, 33, 60]), hour=st.sampled_from(HOURS))
    def run_after_weeks_without_one(self, days, hour) -> None:
        self.run_at(days, hour)

    def run_at(self, days: int, hour: int) -> None:
        self.now = at(f"{self.today + days * DAY} {hour:02d}:30")
        self.run()

    @rule(back=st.sampled_from([dt.timedelta(minutes=1), dt.timedelta(hours=5), 3 * DAY]))
    def run_earlier(self, back) -> None:
        """Only what is queued is delivered (R4)."""
        live = set(Obligation.objects.live().values_list("pk", "changed_at"))
        earlier = self.reckoning.latest - back
        self.reckoning.facts = stored()
        passes.run_schedule(earlier)
        self.reckoning.facts.planned = planned_days()
        self.reckoning.run(earlier)
        assert set(Obligation.objects.live().values_list("pk", "changed_at")) == live
        self.check_told()

    def run(self) -> None:
        before = planned_days()
        facts = self.reckoning.facts = stored()
        passes.run_schedule(self.now)
        facts.planned = planned_days()
        self.reckoning.begin(self.now)
        self.check_live()
        self.check_days(before)
        self.reckoning.queue(self.now)
        self.reckoning.deliver(self.now)
        self.check_told()
        self.check_figures()

    # --- what must hold ----------------------------------------------------------------------------------------

    @invariant()
    def check_status(self) -> None:
        """State and responsible officer, of whatever was planned, at once after every deed (R5, R6, R7)."""
        facts = stored()
        expected = {}
        for one, version in self.reckoning.standing():
            pairing = reckoning.responsible(facts, one, version, self.now)
            state = reckoning.state(facts, one, version, self.now)
            expected[one] = state, pairing and pairing.officer, pairing and pairing.unit
        rows = with_status(Obligation.objects.live(), self.now)
        assert {
            owed(row): (row.state, row.responsible_officer_id, row.responsible_unit_id) for row in rows
        } == expected

    def check_live(self) -> None:
        """What exists, and of what is not closed when it is due (R4, R8)."""
        expected = {one: self.due(one) for one, _version in self.reckoning.standing()}
        rows = Obligation.objects.live()
        assert {owed(row): self.due(owed(row)) and row.due_on for row in rows} == expected

    def due(self, one: Owed) -> dt.date | None:
        if one.key in self.reckoning.closed:
            return None
        return reckoning.due_day(reckoning.named(one.key), self.reckoning.facts.works)

    def check_told(self) -> None:
        """Every line, and the message in which what was told stands (R10)."""
        about = {row.pk: owed(row) for row in Obligation.objects.all()}
        lines, messages = {}, {}
        for row in NoticeLine.objects.select_related("notice"):
            what = about[row.obligation_id] if row.obligation_id else f"hand-over {row.handover_id}"
            line = Line(what, row.stage, row.recipient_id)
            lines[line] = row.state
            if row.state == "told":
                messages[line] = row.notice.officer_id, row.notice.send_on
        assert lines == self.reckoning.told
        message_of = self.reckoning.message_of
        assert messages == {line: (message_of[line].officer, message_of[line].day) for line in messages}

    def check_figures(self) -> None:
        """In total and by unit, of the half-year in which the day a month ago lies (R7)."""
        codes = dict(Unit.objects.values_list("pk", "code"))
        key = reckoning.period_of("half_year", self.today - 31 * DAY).key
        total, by_unit = self.reckoning.figures(key, self.now)
        found = coverage.figures(key, now=self.now)
        assert Counter(found["total"]) == total
        groups = {group["key"]: Counter({n: group[n] for n in coverage.FIGURES}) for group in found["groups"]}
        assert groups == {codes[unit]: counts for unit, counts in by_unit.items()}

    def check_days(self, before: dict[Owed, dt.date]) -> None:
        """What R8 says of planned days, of what is not closed."""
        facts = self.reckoning.facts
        groups = defaultdict(list)
        for one, version in self.reckoning.standing():
            period, day = reckoning.named(one.key), facts.planned[one]
            assert period.first <= day <= period.last
            if period.last < self.today:
                continue
            pairing = reckoning.holder(facts.people[one.person], self.today)
            left = self.days_left(period, pairing.officer)
            if self.arranged.get(one) and one in before:
                assert day == self.arranged[one]
            elif day >= self.today and is_wanted(facts, one, version):
                assert day in left or (not left and day == self.due(one))
            if is_wanted(facts, one, version):
                groups[pairing.officer, one.policy, one.key].append(one)
        for one in self.arranged.keys() - facts.planned.keys():
            del self.arranged[one]
        for found in groups.values():
            self.check_level(found, before)

    def days_left(self, period: reckoning.Period, officer: int) -> list[dt.date]:
        """The working days left, without leave unless nothing else remains."""
        works = self.reckoning.facts.works
        left = [d for d in reckoning.days(max(period.first, self.today), period.last) if works(d)]
        leave = Leave.objects.filter(officer=officer).values_list("first_day", "last_day")
        away = {day for first, last in leave for day in reckoning.days(first, last)}
        return [day for day in left if day not in away] or left

    def check_level(self, found: list[Owed], before: dict[Owed, dt.date]) -> None:
        """Spread so that no two of the days left differ by more than one; what comes later takes the lightest day."""
        facts = self.reckoning.facts
        period = reckoning.named(found[0].key)
        officer = reckoning.holder(facts.people[found[0].person], self.today).officer
        left = self.days_left(period, officer)
        placed = [one for one in found if before.get(one) != facts.planned[one]]
        load = Counter(facts.planned[one] for one in found)
        lightest = min((load[day] for day in left), default=0)
        for one in placed:
            assert not left or load[facts.planned[one]] <= lightest + 1


def planned_days() -> dict[Owed, dt.date]:
    return {owed(row): row.planned_on for row in Obligation.objects.live()}


def is_wanted(facts: reckoning.Facts, one: Owed, version: reckoning.Version) -> bool:
    return reckoning.is_owed(facts.people[one.person], version, reckoning.named(one.key))


EXAMPLES = int(
    os.environ.get("MACHINE_EXAMPLES", "5" if AGAIN else "15")
)  # thousands of them hunt; these few keep watch


def test_the_software_says_what_the_rules_say(db, monkeypatch):
    """Digests and weekly reports have tests of their own, and would fill the messages here."""
    monkeypatch.setattr(passes, "freeze_due", lambda moment: None)
    monkeypatch.setattr(passes, "report_week", lambda moment: None)
    run_state_machine_as_test(
        Bureau,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
