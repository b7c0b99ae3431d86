"""A year of a whole bureau, a pass every office hour of every working day, held against the reckoning to the last figure.

1,761 people and 650 officers, hand-overs, contacts that are entered at once, days later or for another day, attempts, and
contacts that are voided again. Few officers get mail: composing it is measured elsewhere.
"""

from __future__ import annotations

import datetime as dt
import random
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.db.models import F

from contacts.models import ContactRecord, Officer, Pairing, Seat, Stakeholder, Unit
from schedules import coverage, passes
from schedules.models import CyclePolicy, Notice, NoticeLine, Obligation
from schedules.verify import verify
from schedules.workdays import Workdays
from tests import factories
from tests.base import AGAIN
from tests.schedules import reckoning
from tests.schedules.reckoning import Owed
from tests.schedules.scenes import at

PEOPLE, OFFICERS, COUNTIES, STATIONS = (300, 110, 3, 20) if AGAIN else (1761, 650, 9, 110)
OWED = PEOPLE * (12 + 4 + 2)  # calls, visits and reports
WITH_MAIL = 12  # officers
MOVES = 80  # hand-overs
OFFICE_HOURS = (9,) if AGAIN else range(9, 18)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
DAYS_AFTER = dt.date(2027, 1, 8)  # the year is closed, and what was missed in December is told
KINDS = ["cppcc_member", "npc_deputy"]
POLICIES = {
    "call": reckoning.Version(None, "month", frozenset(KINDS), minimum_days=10, met_by=frozenset({"call"})),
    "visit": reckoning.Version(
        None, "quarter", frozenset(KINDS), minimum_days=30, met_by=frozenset({"visit"})
    ),
    "report": reckoning.Version(
        None, "half_year", frozenset(KINDS), minimum_days=60, met_by=frozenset({"report"})
    ),
}
DAYS = Workdays()  # the same statutory calendar for both: which days it knows is tested elsewhere


@dataclass
class Year:
    """What happens in it: everything with the instant at which it is entered, and in that order."""

    held: dict[int, list[Pairing]] = field(default_factory=lambda: defaultdict(list))  # by person, in order
    moves: list[tuple[dt.datetime, Pairing]] = field(default_factory=list)  # who takes over
    entered: list[tuple[dt.datetime, ContactRecord]] = field(default_factory=list)
    voided: list[tuple[dt.datetime, ContactRecord]] = field(default_factory=list)
    leaders: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # by unit
    above: dict[int, int | None] = field(default_factory=dict)  # unit → the one above
    passes: list[dt.datetime] = field(default_factory=list)


# --- the bureau and what happens in its year -----------------------------------------------------------------


def make_bureau(rng: random.Random) -> Year:
    year = Year()
    bureau = factories.unit("市局", kind="bureau")
    counties = [factories.unit(f"县局{number}", bureau, kind="county") for number in range(COUNTIES)]
    stations = [factories.unit(f"派出所{number}", counties[number % COUNTIES]) for number in range(STATIONS)]
    year.above = dict(Unit.objects.values_list("pk", "parent"))
    officers = Officer.objects.bulk_create(
        Officer(
            police_number=f"{200000 + number}",
            name=f"民警{number}",
            unit=stations[number % STATIONS],
            email=f"p{number}@police.example" if number < WITH_MAIL else "",
        )
        for number in range(OFFICERS)
    )
    # Every fifth station has no leader, and the county's hears of what is missed there.
    led = [*counties, *(station for number, station in enumerate(stations) if number % 5)]
    for unit, leader in zip(led, reversed(officers), strict=False):
        factories.role(leader, "leader", unit)
        year.leaders[unit.pk].append(leader.pk)
    people = Stakeholder.objects.bulk_create(
        Stakeholder(
            name=f"代表{number:04}",
            pinyin=f"daibiao{number:04}",
            street=f"街道{number % 40}",
            unit=officers[number % OFFICERS].unit,
        )
        for number in range(PEOPLE)
    )
    Seat.objects.bulk_create(
        Seat(stakeholder=person, kind=rng.choice(KINDS), level=rng.choice(["city", "district", "township"]))
        for person in people
    )
    pairings = [
        _pairing(officers[number % OFFICERS], person, dt.date(2025, 6, 1))
        for number, person in enumerate(people)
    ]
    for pairing in Pairing.objects.bulk_create(pairings):
        year.held[pairing.stakeholder_id].append(pairing)
    for pairing in rng.sample(pairings, MOVES):
        on = rng.choice(DAYS.between(dt.date(2026, 1, 5), dt.date(2026, 12, 28)))
        successor = _pairing(rng.choice(officers), pairing.stakeholder, on)
        year.held[pairing.stakeholder_id].append(successor)
        year.moves.append((at(f"{on} 07:30"), successor))
    for first, *_later in year.held.values():
        for kind, version in POLICIES.items():
            for period in reckoning.periods(version.cadence, FIRST, LAST):
                for outcome in _what_happens(rng):
                    _contact(year, first, kind, period, outcome, rng)
    for queue in (year.moves, year.entered, year.voided):
        queue.sort(key=lambda one: one[0])
    return year


def _pairing(officer: Officer, person: Stakeholder, since: dt.date) -> Pairing:
    return Pairing(stakeholder=person, officer=officer, unit=officer.unit, started_on=since)


def _what_happens(rng: random.Random) -> list[str]:
    """In one period of one policy with one person."""
    dice = rng.random()
    if dice < 0.10:
        return ["no_answer", "reached"]
    if dice < 0.13:
        return ["reached", "reached"]
    if dice < 0.20:
        return ["no_answer"]
    return ["reached"] if dice < 0.9 else []


def _contact(
    year: Year, pairing: Pairing, kind: str, period: reckoning.Period, outcome: str, rng: random.Random
) -> None:
    """On some day of the period; some are entered days later, and some are voided after that."""
    day = period.first + dt.timedelta(days=rng.randrange((period.last - period.first).days + 1))
    happened = at(f"{day} {rng.randrange(7, 21):02}:{rng.randrange(60):02}")
    entered = happened + dt.timedelta(days=rng.randrange(1, 6)) * (rng.random() < 0.15)
    record = ContactRecord(
        stakeholder_id=pairing.stakeholder_id,
        officer_id=pairing.officer_id,
        recorded_by_id=pairing.officer_id,
        kind=kind,
        outcome=outcome,
        occurred_at=happened,
        occurred_on=day,
        recorded_at=entered,
    )
    year.entered.append((entered, record))
    if rng.random() < 0.03:
        year.voided.append((entered + dt.timedelta(days=rng.randrange(1, 20)), record))


# --- the passes ----------------------------------------------------------------------------------------------


def live_through(year: Year) -> None:
    """Everything is entered in its time, and the worker makes its passes."""
    moves, entered, voided = deque(year.moves), deque(year.entered), deque(year.voided)
    for now in instants():
        for _instant, successor in until(now, moves):
            day_before = successor.started_on - dt.timedelta(days=1)
            Pairing.objects.filter(stakeholder=successor.stakeholder_id, ended_on=None).update(
                ended_on=day_before
            )
            successor.save()
        ContactRecord.objects.bulk_create(record for _instant, record in until(now, entered))
        for instant, record in until(now, voided):
            record.voided_at = instant
            ContactRecord.objects.filter(pk=record.pk).update(
                voided_at=instant, voided_by=record.officer_id, void_reason="entered twice"
            )
        passes.run_schedule(now)
        if connection.vendor == "postgresql" and (not year.passes or year.passes[-1].month != now.month):
            with (
                connection.cursor() as cursor
            ):  # as the server itself does in a year, which is not over in minutes
                cursor.execute("ANALYZE")
        year.passes.append(now)


def instants() -> Iterator[dt.datetime]:
    """The installation's first pass, and every office hour of every working day."""
    yield at(f"{FIRST} 00:05")
    for day in DAYS.between(FIRST, DAYS_AFTER):
        for hour in OFFICE_HOURS:
            yield at(f"{day} {hour:02}:00")


def until(now: dt.datetime, queue: deque) -> list:
    found = []
    while queue and queue[0][0] <= now:
        found.append(queue.popleft())
    return found


# --- the reckoning -------------------------------------------------------------------------------------------


def reckon(year: Year) -> reckoning.Facts:
    """The facts as they stand at the end, contacts with the instants at which they came and went."""
    facts = reckoning.Facts(works=DAYS.__contains__, leaders=year.leaders, above=year.above)
    for person, pairings in year.held.items():
        seat = Seat.objects.get(stakeholder=person)
        ends = [*(pairing.started_on - reckoning.ONE for pairing in pairings[1:]), None]
        facts.people[person] = reckoning.Person(
            (reckoning.Seat(seat.kind, seat.level),),
            tuple(
                reckoning.Pairing(pairing.officer_id, pairing.unit_id, pairing.started_on, end)
                for pairing, end in zip(pairings, ends, strict=True)
            ),
        )
        facts.contacts[person] = []
    gone = {record.pk: instant for instant, record in year.voided if record.voided_at}
    for entered, record in year.entered:
        if record.pk:
            facts.contacts[record.stakeholder_id].append(
                reckoning.Contact(
                    record.kind, record.outcome, record.occurred_at, entered, gone.get(record.pk)
                )
            )
    return facts


def owed_in_the_year(facts: reckoning.Facts) -> Iterator[tuple[Owed, reckoning.Version]]:
    for policy, version in POLICIES.items():
        for period in reckoning.periods(version.cadence, FIRST, LAST):
            for person, one in facts.people.items():
                if reckoning.is_owed(one, version, period):
                    yield Owed(person, policy, period.key), version


def tell(
    facts: reckoning.Facts, owed: Owed, version: reckoning.Version, planned_on: dt.date, year: Year
) -> set[tuple[str, int]]:
    """Every stage that fell due while it was unmet, and to whom. A pass can find something new only on the day of a stage
    and after a contact was taken back: these passes are asked, one after the other."""
    period = reckoning.named(owed.key)
    days = ON[owed.key]
    stages = {"planned": planned_on, **days}
    asked = {at(f"{day} 00:00") for day in stages.values()}
    asked |= {contact.gone for contact in facts.contacts[owed.person] if contact.gone}
    told: set[tuple[str, int]] = set()
    done: set[str] = set()
    for instant in sorted(asked):
        now = first_pass(instant, year)
        if now is None:
            continue
        today = facts.day(now)
        fallen = [stage for stage in reckoning.STAGES if stages[stage] <= today]
        if today > period.last:
            late = today > period.last + reckoning.CATCH_UP
            fallen = [] if late or days["missed"] > today else list(reckoning.STAGES)
        else:
            fallen.sort(key=stages.__getitem__)
        if not fallen or fallen[-1] in done:
            continue
        if reckoning.state(facts, owed, version, now) not in {"open", "missed"}:
            continue
        pairing = reckoning.responsible(facts, owed, version, now)
        recipients = {pairing.officer}
        if fallen[-1] == "missed":
            unit = pairing.unit
            while not facts.leaders.get(unit):
                unit = facts.above[unit]
            recipients |= set(facts.leaders[unit])
        told |= {(fallen[-1], officer) for officer in recipients}
        told |= {(stage, pairing.officer) for stage in fallen[:-1]}
        done |= set(fallen)
    return told


def first_pass(instant: dt.datetime, year: Year) -> dt.datetime | None:
    place = bisect_left(year.passes, instant)
    return year.passes[place] if place < len(year.passes) else None


ON = {
    period.key: reckoning.Reckoning(reckoning.Facts(works=DAYS.__contains__)).days_of(period)
    for version in POLICIES.values()
    for period in reckoning.periods(version.cadence, FIRST, LAST)
}


# --- the test ------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_year_of_the_bureau_is_what_the_reckoning_says(settings, time_machine):
    settings.EMAIL_ENABLED = True
    time_machine.move_to(
        at("2027-01-09 12:00"), tick=True
    )  # what is stamped with the real time came after it all
    year = make_bureau(random.Random(2026))
    live_through(year)

    now, facts = year.passes[-1], reckon(year)
    owed = dict(owed_in_the_year(facts))
    assert len(owed) == OWED
    of_policy = dict(CyclePolicy.objects.values_list("pk", "code"))
    rows = Obligation.objects.live().filter(period_end__lte=LAST)
    planned = {
        Owed(person, of_policy[policy], key): (pk, day)
        for pk, person, policy, key, day in rows.values_list(
            "pk", "stakeholder", "policy", "period_key", "planned_on"
        )
    }
    assert planned.keys() == owed.keys()
    assert_the_figures_agree(facts, owed, now)
    assert_everything_was_told_once(facts, owed, planned, year)
    assert verify(now).violations == []


def assert_the_figures_agree(
    facts: reckoning.Facts, owed: dict[Owed, reckoning.Version], now: dt.datetime
) -> None:
    """By period and kind, in total and by unit."""
    reckoned: dict[tuple[str, str], dict[str, Counter]] = defaultdict(lambda: defaultdict(Counter))
    codes = dict(Unit.objects.values_list("pk", "code"))
    for one, version in owed.items():
        unit = codes[reckoning.responsible(facts, one, version, now).unit]
        figures = {
            "owed": 1,
            reckoning.state(facts, one, version, now): 1,
            "attempts": reckoning.attempts(facts, one, version, now),
        }
        for group in ("total", unit):
            reckoned[one.key, one.policy][group].update(figures)
    for (key, kind), groups in reckoned.items():
        found = coverage.figures(key, now=now, kind=kind)  # of a quarter, its months' calls are another kind
        assert found["total"] == {name: groups["total"][name] for name in coverage.FIGURES}
        assert {group["key"]: _figures(group) for group in found["groups"]} == {
            unit: {name: counts[name] for name in coverage.FIGURES}
            for unit, counts in groups.items()
            if unit != "total"
        }


def _figures(group: dict) -> dict[str, int]:
    return {name: group[name] for name in coverage.FIGURES}


def assert_everything_was_told_once(
    facts: reckoning.Facts,
    owed: dict[Owed, reckoning.Version],
    planned: dict[Owed, tuple[int, dt.date]],
    year: Year,
) -> None:
    """Each stage that fell due while unmet was told to each recipient once, or replaced by a later one, and nothing else."""
    lines: dict[int, list[tuple[str, int]]] = defaultdict(list)
    settled = NoticeLine.objects.exclude(state=NoticeLine.State.CANCELLED)
    for obligation, *line in settled.values_list("obligation", "stage", "recipient"):
        lines[obligation].append(tuple(line))
    called_off = set(
        NoticeLine.objects.filter(state=NoticeLine.State.CANCELLED).values_list(
            "obligation", "stage", "recipient"
        )
    )
    for one, (pk, planned_on) in planned.items():
        expected = tell(facts, one, owed[one], planned_on, year)
        missing = {line for line in expected - set(lines[pk]) if (pk, *line) not in called_off}
        assert (missing, set(lines[pk]) - expected) == (set(), set()), one
        assert len(lines[pk]) == len(set(lines[pk]))
    assert len(called_off) <= WITH_MAIL * 20  # only what waits for the post can be called off
    in_a_message = NoticeLine.objects.told().filter(notice__officer=F("recipient"))
    assert in_a_message.count() == NoticeLine.objects.told().count()
    days = Notice.objects.values_list("officer", "send_on")
    assert len(days) == len(set(days))
