"""Which contacts are owed, and on which days they stand (R3, R4, R4a, R8)."""

import datetime as dt
from collections import Counter, defaultdict

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.handling import void_contact
from contacts.models import Actor, Officer, Pairing, Seat, Stakeholder
from schedules import facts, handling, planning
from schedules.levelling import is_level
from schedules.models import CyclePolicy, DayOverride, Obligation, PassState, PeriodClosing, PolicyVersion
from schedules.workdays import Workdays
from tests import factories
from tests.base import AGAIN

DAY = dt.timedelta(days=1)


def at(year: int, month: int, day: int, hour: int = 9) -> dt.datetime:
    """An hour of the bureau's day: 09:00 in Shanghai is 01:00 UTC."""
    return dt.datetime(year, month, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def plan(now: dt.datetime) -> planning.Planned:
    """What a pass does of planning."""
    with transaction.atomic():
        state = PassState.objects.first() or PassState(first_day=now.date(), latest_at=now)
        planned = planning.plan(state, now, Workdays.load())
        state.latest_at = now
        state.save()
    return planned


def owed(**which) -> set[tuple[str, str]]:
    rows = Obligation.objects.live().filter(**which)
    return set(rows.values_list("policy__code", "period_key"))


@pytest.fixture
def new_pairing(bureau) -> Pairing:
    """The deputy's pairing, begun this very month, so that ending it takes all periods from them."""
    bureau.deputy.pairings.update(started_on=dt.date(2026, 11, 1))
    return bureau.deputy.pairings.get()


def test_a_deputy_is_owed_a_call_a_visit_and_a_report(bureau):
    plan(at(2026, 11, 2))

    assert owed(period_end__lte=dt.date(2026, 12, 31)) == {
        ("call", "2026-11"), ("call", "2026-12"), ("visit", "2026-Q4"), ("report", "2026-H2"),
    }  # fmt: skip


def test_planning_covers_every_period_that_begins_within_183_days(bureau):
    plan(at(2026, 11, 2))

    starts = set(Obligation.objects.values_list("period_start", flat=True))
    assert max(starts) == dt.date(2027, 5, 1)  # 4 May is 183 days on
    assert dt.date(2027, 4, 1) in starts


def test_a_period_that_ended_before_the_first_pass_is_never_planned(bureau):
    plan(at(2026, 11, 2))
    plan(at(2026, 12, 1))

    assert not Obligation.objects.filter(period_end__lt=dt.date(2026, 11, 1)).exists()


def test_the_unit_in_charge_follows_a_pairing_arranged_ahead_on_its_first_day(bureau):
    bureau.deputy.pairings.update(ended_on=dt.date(2026, 11, 30))
    factories.pairing(bureau.dan, bureau.deputy, dt.date(2026, 12, 1))
    for day, unit in [(at(2026, 11, 30), bureau.station), (at(2026, 12, 1), bureau.other_station)]:
        plan(day)
        bureau.deputy.refresh_from_db()
        assert bureau.deputy.unit == unit


def test_planning_twice_creates_nothing_more(bureau):
    assert plan(at(2026, 11, 2)).created > 0
    assert plan(at(2026, 11, 2)) == planning.Planned(0, 0)
    assert plan(at(2026, 11, 3)) == planning.Planned(0, 0)


def test_planning_again_with_nothing_changed_reads_only_the_facts(bureau, django_assert_max_num_queries):
    plan(at(2026, 11, 2))

    with django_assert_max_num_queries(14):
        plan(at(2026, 11, 2, hour=10))


@pytest.mark.parametrize(
    ("started", "ended", "is_owed"),
    [
        (dt.date(2026, 11, 21), None, True),  # ten days, the 21st and the 30th included
        (dt.date(2026, 11, 22), None, False),
        (None, dt.date(2026, 11, 10), True),
        (None, dt.date(2026, 11, 9), False),
        (dt.date(2026, 11, 5), dt.date(2026, 11, 14), True),
        (dt.date(2026, 11, 5), dt.date(2026, 11, 13), False),
    ],
)
def test_a_month_is_owed_from_ten_days_on(bureau, started, ended, is_owed):
    bureau.deputy.seats.update(started_on=started, ended_on=ended)
    plan(at(2026, 11, 2))

    assert (("call", "2026-11") in owed()) == is_owed


def test_the_seat_and_the_pairing_must_stand_on_the_same_days(bureau):
    bureau.deputy.seats.update(ended_on=dt.date(2026, 11, 15))
    bureau.deputy.pairings.update(started_on=dt.date(2026, 11, 10))
    plan(at(2026, 11, 2))

    assert ("call", "2026-11") not in owed()  # fifteen days and twenty-one, but six together


def test_one_officer_succeeding_another_counts_on(bureau):
    bureau.deputy.pairings.update(started_on=dt.date(2026, 11, 1), ended_on=dt.date(2026, 11, 5))
    factories.pairing(bureau.bob, bureau.deputy, dt.date(2026, 11, 6), ended_on=dt.date(2026, 11, 10))
    plan(at(2026, 11, 2))

    assert ("call", "2026-11") in owed()


def test_two_matching_seats_make_one_obligation(bureau):
    factories.seat(bureau.deputy, "cppcc_member", "city")
    plan(at(2026, 11, 2))

    assert Obligation.objects.filter(period_key="2026-11", policy__code="call").count() == 1


def test_what_no_longer_must_exist_is_withdrawn_and_can_return(bureau, new_pairing):
    plan(at(2026, 11, 2))
    new_pairing.ended_on = dt.date(2026, 11, 3)
    new_pairing.save()

    assert plan(at(2026, 11, 4)).withdrawn > 0
    assert owed() == set()

    new_pairing.ended_on = None
    new_pairing.save()
    plan(at(2026, 11, 5))
    assert ("call", "2026-11") in owed()
    assert Obligation.objects.filter(policy__code="call", period_key="2026-11").count() == 1


def test_what_is_met_stays_until_the_record_is_voided(bureau, new_pairing):
    plan(at(2026, 11, 2))
    record = factories.record(bureau.deputy, bureau.alice, at(2026, 11, 3))
    bureau.deputy.pairings.update(ended_on=dt.date(2026, 11, 3))
    plan(at(2026, 11, 4))
    assert owed() == {("call", "2026-11")}

    void_contact(record, reason="another person", actor=Actor(bureau.carol))
    plan(at(2026, 11, 4, hour=11))
    assert owed() == set()


def test_what_is_waived_stays_until_the_waiver_is_taken_back(bureau, new_pairing):
    plan(at(2026, 11, 2))
    obligation = Obligation.objects.get(policy__code="call", period_key="2026-11")
    handling.waive(obligation, reason="in hospital", actor=Actor(bureau.carol), now=at(2026, 11, 3))
    bureau.deputy.pairings.update(ended_on=dt.date(2026, 11, 3))
    plan(at(2026, 11, 4))
    assert owed() == {("call", "2026-11")}

    handling.unwaive(obligation, actor=Actor(bureau.carol), now=at(2026, 11, 4))
    plan(at(2026, 11, 4, hour=11))
    assert owed() == set()


def test_the_first_pass_after_a_period_plans_it_once_more_and_closes_it(bureau):
    plan(at(2026, 11, 2))
    late = factories.stakeholder("李娜", bureau.station)
    factories.seat(late)
    factories.pairing(bureau.alice, late, dt.date(2026, 11, 1))
    plan(at(2026, 12, 1))
    assert ("call", "2026-11") in owed(stakeholder=late)

    Pairing.objects.all().delete()
    plan(at(2026, 12, 2))
    assert ("call", "2026-11") in owed(stakeholder=late)
    assert set(PeriodClosing.objects.values_list("policy__code", "period_key")) == {("call", "2026-11")}


def test_a_recount_applies_the_rule_to_a_closed_period_again(bureau):
    plan(at(2026, 11, 2))
    plan(at(2026, 12, 1))
    forgotten = factories.stakeholder("李娜", bureau.station)
    factories.seat(forgotten)
    factories.pairing(bureau.alice, forgotten, dt.date(2026, 11, 1))
    plan(at(2026, 12, 2))
    assert ("call", "2026-11") not in owed(stakeholder=forgotten)

    planned = handling.recount(
        "2026-11", reason="a roster came late", actor=Actor(bureau.carol), now=at(2026, 12, 2)
    )
    assert planned == planning.Planned(created=1, withdrawn=0)
    assert ("call", "2026-11") in owed(stakeholder=forgotten)


def test_a_change_of_policy_counts_from_the_first_period_that_begins_on_or_after_its_day(bureau):
    policy = CyclePolicy.objects.get(code="visit")
    old = policy.versions.get()
    PolicyVersion.objects.create(
        policy=policy, starts_on=dt.date(2026, 11, 2), kind="visit", cadence="month", seat_kinds=old.seat_kinds,
        minimum_days=10, stages=old.stages,
    )  # fmt: skip
    plan(at(2026, 11, 2))

    visits = {key for code, key in owed(period_start__lt=dt.date(2027, 2, 1)) if code == "visit"}
    assert visits == {"2026-Q4", "2026-12", "2027-01"}


def test_a_policy_that_ends_owes_no_more_and_history_keeps_its_own(bureau):
    plan(at(2026, 11, 2))
    policy = CyclePolicy.objects.get(code="call")
    old = policy.versions.get()
    PolicyVersion.objects.create(
        policy=policy, starts_on=dt.date(2026, 12, 1), kind="call", cadence="month", seat_kinds=old.seat_kinds,
        minimum_days=10, ended=True,
    )  # fmt: skip
    plan(at(2026, 11, 3))

    assert {key for code, key in owed() if code == "call"} == {"2026-11"}


# --- days ----------------------------------------------------------------------------------------------------


def crowd(bureau, officer: Officer, number: int) -> list[Stakeholder]:
    people = [
        factories.stakeholder(f"人{index}", bureau.station, street=["澄江镇", "南闸镇", "月城镇"][index % 3])
        for index in range(number)
    ]
    for person in people:
        factories.seat(person)
        factories.pairing(officer, person)
    return people


def november(officer: Officer) -> list[tuple[dt.date, str]]:
    rows = Obligation.objects.filter(
        policy__code="call", period_key="2026-11", stakeholder__pairings__officer=officer
    ).order_by("planned_on")
    return list(rows.values_list("planned_on", "stakeholder__street"))


@pytest.mark.parametrize("number", [3, 19, 50])
def test_planned_days_are_level_over_the_working_days_left(bureau, number):
    crowd(bureau, bureau.bob, number)
    plan(at(2026, 11, 5))

    days = Workdays().between(dt.date(2026, 11, 5), dt.date(2026, 11, 30))
    planned = [day for day, _street in november(bureau.bob)]
    assert set(planned) <= set(days)
    assert is_level(planned, days)


def test_people_of_one_street_stand_together(bureau):
    crowd(bureau, bureau.bob, 18)
    plan(at(2026, 11, 2))

    streets = [street for _day, street in november(bureau.bob)]
    assert sum(one != other for one, other in zip(streets, streets[1:], strict=False)) == 2


def test_a_new_pairing_takes_the_lightest_day_and_moves_nobody(bureau):
    crowd(bureau, bureau.bob, 40)
    plan(at(2026, 11, 2))
    before = dict(Obligation.objects.values_list("pk", "planned_on"))
    crowd(bureau, bureau.bob, 4)
    plan(at(2026, 11, 3))

    assert before.items() <= dict(Obligation.objects.values_list("pk", "planned_on")).items()
    days = Workdays().between(dt.date(2026, 11, 3), dt.date(2026, 11, 30))
    assert is_level([day for day, _street in november(bureau.bob) if day in days], days)


def test_with_no_working_day_left_it_is_planned_on_the_due_day(bureau):
    plan(at(2026, 10, 31))  # a Saturday

    row = Obligation.objects.get(policy__code="call", period_key="2026-10")
    assert (row.planned_on, row.due_on) == (dt.date(2026, 10, 30), dt.date(2026, 10, 30))


def test_a_day_that_stops_being_a_working_day_moves_its_plans_but_not_what_was_arranged(bureau):
    crowd(bureau, bureau.bob, 21)
    plan(at(2026, 11, 2))
    first, second = Obligation.objects.filter(policy__code="call", period_key="2026-11").order_by(
        "-planned_on"
    )[:2]
    off = dt.date(2026, 11, 17)
    handling.move(first, day=off, actor=Actor(bureau.bob), now=at(2026, 11, 2))
    moved = Obligation.objects.get(policy__code="call", planned_on=off, arranged=False)
    DayOverride.objects.create(day=off, is_working=False)
    plan(at(2026, 11, 3))

    moved.refresh_from_db()
    first.refresh_from_db()
    assert moved.planned_on != off
    assert moved.sequence == 1
    assert first.planned_on == off
    assert second.planned_on == Obligation.objects.get(pk=second.pk).planned_on


def test_the_due_day_follows_the_working_days(bureau):
    plan(at(2026, 11, 2))
    DayOverride.objects.create(day=dt.date(2026, 11, 30), is_working=False)
    plan(at(2026, 11, 3))

    assert Obligation.objects.get(policy__code="call", period_key="2026-11").due_on == dt.date(2026, 11, 27)


# --- the year ------------------------------------------------------------------------------------------------


def test_a_bureau_of_1761_paired_people_owes_31698_contacts_a_year(db):
    station = factories.unit("station", factories.unit("bureau", kind="bureau"))
    officers = [factories.officer(f"officer {number}", station) for number in range(30)]
    people = Stakeholder.objects.bulk_create(Stakeholder(name=f"人{n}", unit=station) for n in range(1761))
    levels = ["province", "city", "district", "township"]
    Seat.objects.bulk_create(
        Seat(stakeholder=p, kind=["npc_deputy", "cppcc_member"][n % 2], level=levels[n % 4])
        for n, p in enumerate(people)
    )
    Pairing.objects.bulk_create(
        Pairing(officer=officers[n % 30], stakeholder=p, unit=station, started_on=dt.date(2026, 1, 1))
        for n, p in enumerate(people)
    )
    for month in range(1, 13):
        plan(at(2026, month, 1))

    year = Obligation.objects.live().filter(period_start__year=2026)
    assert Counter(year.values_list("policy__code", flat=True)) == {
        "call": 21_132,
        "visit": 7_044,
        "report": 3_522,
    }
    assert year.count() == 31_698


# --- an independent reckoning --------------------------------------------------------------------------------

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
FIRST, TODAY = dt.date(2026, 1, 1), dt.date(2026, 8, 20)

days = st.dates(dt.date(2025, 12, 20), dt.date(2027, 3, 10))
maybe_days = st.none() | days
spans = st.tuples(maybe_days, maybe_days).filter(lambda s: None in s or s[0] <= s[1])
seats = st.tuples(st.sampled_from(Seat.Kind.values[:3]), st.sampled_from(["city", "district"]), spans)
people = st.lists(
    st.tuples(
        st.lists(seats, max_size=3),
        st.lists(days, max_size=4, unique=True),
        st.lists(st.booleans(), min_size=4),
    ),
    min_size=1,
    max_size=4,
)
versions = st.fixed_dictionaries(
    {
        "starts_on": st.dates(dt.date(2025, 12, 1), dt.date(2026, 12, 31)),
        "cadence": st.sampled_from(list(MONTHS)),
        "seat_kinds": st.lists(st.sampled_from(Seat.Kind.values[:3]), max_size=2, unique=True),
        "levels": st.lists(st.sampled_from(["city", "district"]), max_size=1),
        "minimum_days": st.integers(1, 40),
        "ended": st.booleans(),
    }
)
policies = st.lists(
    st.lists(versions, max_size=2, unique_by=lambda v: v["starts_on"]), min_size=1, max_size=2
)


def every_day(first: dt.date, last: dt.date):
    while first <= last:
        yield first
        first += DAY


def periods_of(cadence: str):
    """All periods of the years concerned as (first day, last day), by counting months."""
    step = MONTHS[cadence]
    for number in range((2028 - 2025) * 12 // step):
        month = number * step
        following = month + step
        first = dt.date(2025 + month // 12, month % 12 + 1, 1)
        yield first, dt.date(2025 + following // 12, following % 12 + 1, 1) - DAY


def reckon(people, policies) -> set:
    """Day by day, from the words of the rules alone."""
    must = set()
    for policy, versions in policies.items():
        for version in versions:
            for first, last in periods_of(version.cadence):
                if last < FIRST or first > TODAY + 183 * DAY or not counts_for(version, versions, first):
                    continue
                for person, (seats, pairings) in people.items():
                    good = 0
                    for day in every_day(first, last):
                        seated = any(
                            kind in version.seat_kinds
                            and (not version.levels or level in version.levels)
                            and (start is None or start <= day)
                            and (end is None or day <= end)
                            for kind, level, (start, end) in seats
                        )
                        paired = any(start <= day and (end is None or day <= end) for start, end in pairings)
                        good += seated and paired
                    if good >= version.minimum_days:
                        must.add((person, policy, first, last))
    return must


def counts_for(version, versions, first: dt.date) -> bool:
    """The version counts for a period if it has taken effect and no later one has."""

    def effect(v):
        if v.starts_on is None:
            return dt.date.min
        return min(start for start, _end in periods_of(v.cadence) if start >= v.starts_on)

    later = [
        v
        for v in versions
        if v.starts_on is not None and (version.starts_on is None or v.starts_on > version.starts_on)
    ]
    return not version.ended and effect(version) <= first and all(effect(v) > first for v in later)


class PlanningAgainstAnIndependentReckoning(TestCase):
    @settings(max_examples=15 if AGAIN else 40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(people, people, policies)
    def test_it_plans_what_a_count_day_by_day_finds(self, before, after, policies):
        """Whatever the facts were at earlier passes, what stands at the end is what the last facts say."""
        station = factories.unit("station", factories.unit("bureau", kind="bureau"))
        officers = [factories.officer(name, station) for name in ("one", "other")]
        made = self.policies(policies)
        persons = [factories.stakeholder(f"person {n}", station) for n in range(4)]
        self.facts(persons, before, officers)
        plan(dt.datetime.combine(FIRST, dt.time(9), dt.timezone(dt.timedelta(hours=8))))
        facts = self.facts(persons, after, officers)
        PeriodClosing.objects.all().delete()
        plan(dt.datetime.combine(TODAY, dt.time(9), dt.timezone(dt.timedelta(hours=8))))

        found = set(
            Obligation.objects.live().values_list("stakeholder", "policy", "period_start", "period_end")
        )
        assert found == reckon(facts, made)

    def policies(self, drawn) -> dict[int, list[PolicyVersion]]:
        made = defaultdict(list)
        for policy in CyclePolicy.objects.all():
            made[policy.pk] = list(policy.versions.all())
        for number, versions in enumerate(drawn):
            policy = CyclePolicy.objects.create(code=f"policy-{number}")
            for version in versions:
                made[policy.pk].append(PolicyVersion.objects.create(policy=policy, kind="call", **version))
        return made

    def facts(self, persons, drawn, officers):
        """Put the drawn seats and pairings in place of those that stand; what was drawn, by person."""
        Pairing.objects.all().delete()
        Seat.objects.all().delete()
        facts = {}
        for person, (seats, starts, gaps) in zip(persons, drawn, strict=False):
            for kind, level, (start, end) in seats:
                factories.seat(person, kind, level, started_on=start, ended_on=end)
            pairings = []
            starts = sorted(starts)
            for number, start in enumerate(starts):
                last = number + 1 == len(starts)
                end = None if last else starts[number + 1] - DAY
                if gaps[number % len(gaps)] and end and end > start:
                    end -= DAY  # a day on which nobody is responsible
                factories.pairing(officers[number % 2], person, start, ended_on=end)
                pairings.append((start, end))
            facts[person.pk] = seats, pairings
        return facts


@pytest.mark.parametrize(
    "change", [{"ended": True}, {"levels": ["province"]}, {"starts_on": dt.date(2027, 1, 1)}]
)
def test_nobody_is_covered_by_a_policy_that_does_not_speak_of_them(bureau, change):
    monitor = factories.stakeholder("王芳", bureau.station)
    factories.seat(monitor, "discipline_monitor", "city")
    policy = CyclePolicy.objects.create(code="monitors")
    version = PolicyVersion.objects.create(
        policy=policy, kind="call", cadence="half_year", seat_kinds=["discipline_monitor"], minimum_days=60
    )
    assert monitor in facts.covered_stakeholders(dt.date(2026, 11, 2))

    PolicyVersion.objects.filter(pk=version.pk).update(**change)
    assert monitor not in facts.covered_stakeholders(dt.date(2026, 11, 2))


def test_a_waiver_taken_back_lets_go_of_what_is_owed_no_more(bureau, new_pairing):
    plan(at(2026, 11, 2))
    carol, call = Actor(bureau.carol), Obligation.objects.get(policy__code="call", period_key="2026-11")
    handling.waive(call, reason="in hospital", actor=carol, now=at(2026, 11, 2))
    new_pairing.ended_on = dt.date(2026, 11, 3)
    new_pairing.save()
    plan(at(2026, 11, 4))
    assert owed() == {("call", "2026-11")}

    handling.unwaive(call, actor=carol, now=at(2026, 11, 4))
    assert plan(at(2026, 11, 4, hour=10)).withdrawn == 1


def test_what_stays_because_it_is_met_keeps_up_with_the_working_days(bureau, new_pairing):
    plan(at(2026, 11, 2))
    factories.record(bureau.deputy, bureau.alice, at(2026, 11, 3))
    new_pairing.ended_on = dt.date(2026, 11, 4)
    new_pairing.save()
    plan(at(2026, 11, 5))
    DayOverride.objects.create(day=dt.date(2026, 11, 30), is_working=False)
    plan(at(2026, 11, 6))

    assert Obligation.objects.live().get(period_key="2026-11").due_on == dt.date(2026, 11, 27)
