"""Planning and leave (R8): days of leave are avoided unless nothing else remains, and what stands on one moves when it is
marked, unless people arranged it."""

import datetime as dt

import pytest

from contacts.models import Actor, Pairing
from schedules import handling, passes
from schedules.levelling import is_level
from schedules.models import DayOverride, Leave, Obligation
from schedules.workdays import Workdays
from tests import factories
from tests.schedules.scenes import at, day

FIRST_PASS = at("2026-11-02 08:00")  # a Monday, the first working day of the month
LATER = at("2026-11-03 08:00")
FIRST, LAST = day("2026-11-09"), day("2026-11-13")  # a whole week


def away(officer, first=FIRST, last=LAST):
    return Leave.objects.create(officer=officer, first_day=first, last_day=last)


def calls(**which):
    return Obligation.objects.live().filter(policy__code="call", period_key="2026-11", **which)


def plans(**which):
    return dict(calls(**which).values_list("stakeholder__name", "planned_on"))


def within(days, first=FIRST, last=LAST):
    return [one for one in days if first <= one <= last]


@pytest.fixture
def people(bureau):
    """Forty more whom Alice holds, two a day."""
    found = [
        factories.stakeholder(f"p{number:02}", bureau.station, street=f"街{number % 5}")
        for number in range(40)
    ]
    for person in found:
        factories.seat(person)
        factories.pairing(bureau.alice, person)
    return found


def test_new_plans_avoid_leave(bureau, people):
    away(bureau.alice)
    passes.run_schedule(FIRST_PASS)

    assert calls().count() == 41
    assert within(plans().values()) == []


def test_the_days_that_remain_are_level(bureau, people):
    away(bureau.alice)
    passes.run_schedule(FIRST_PASS)
    remaining = [
        one for one in Workdays().between(day("2026-11-02"), day("2026-11-30")) if not FIRST <= one <= LAST
    ]

    assert is_level(plans().values(), remaining)


def test_what_is_planned_moves_when_leave_is_marked_and_nothing_else_does(bureau, people):
    passes.run_schedule(FIRST_PASS)
    before = plans()
    assert within(before.values())

    away(bureau.alice)
    passes.run_schedule(LATER)
    after = plans()

    assert within(after.values()) == []
    assert {name for name in before if before[name] != after[name]} == {
        name for name, planned in before.items() if FIRST <= planned <= LAST
    }
    assert min(after[name] for name in before if before[name] != after[name]) >= day("2026-11-03")
    moved = calls(stakeholder__name__in=[name for name in before if before[name] != after[name]])
    assert set(moved.values_list("sequence", "arranged")) == {(1, False)}  # calendars see that it moved


def test_what_people_arranged_stays_on_a_day_of_leave(bureau):
    passes.run_schedule(FIRST_PASS)
    handling.move(calls().get(), day=day("2026-11-10"), actor=Actor(bureau.alice), now=FIRST_PASS)
    away(bureau.alice)
    passes.run_schedule(LATER)

    assert calls().get().planned_on == day("2026-11-10")


def test_what_was_already_done_stays(bureau):
    passes.run_schedule(FIRST_PASS)
    Obligation.objects.filter(pk=calls().get().pk).update(planned_on=day("2026-11-10"))
    factories.record(bureau.deputy, bureau.alice, at("2026-11-02 10:00"))
    away(bureau.alice)
    passes.run_schedule(LATER)

    assert calls().count() == 1  # wherever it stands, it is owed once


def test_with_nothing_else_left_new_ones_are_planned_within_the_leave(bureau):
    away(bureau.alice, day("2026-11-01"), day("2026-11-30"))
    passes.run_schedule(FIRST_PASS)

    planned = calls().get().planned_on
    assert planned in Workdays()
    assert day("2026-11-02") <= planned <= day("2026-11-30")


def test_with_nothing_else_left_a_plan_that_stands_is_not_shuffled_at_every_pass(bureau, people):
    passes.run_schedule(FIRST_PASS)
    before = plans()
    away(bureau.alice, day("2026-11-01"), day("2026-11-30"))
    passes.run_schedule(LATER)
    first = plans()
    passes.run_schedule(at("2026-11-03 12:00"))

    assert plans() == first
    assert {name: first[name] for name in before if before[name] >= day("2026-11-03")} == {
        name: planned for name, planned in before.items() if planned >= day("2026-11-03")
    }


def test_on_the_last_working_day_of_a_period_leave_leaves_the_due_day(bureau):
    away(bureau.alice, day("2026-11-30"), day("2026-11-30"))
    passes.run_schedule(at("2026-11-30 08:00"))

    owed = calls().get()
    assert owed.planned_on == owed.due_on == day("2026-11-30")


def test_leave_does_not_change_when_a_contact_is_due(bureau):
    away(bureau.alice, day("2026-11-23"), day("2026-11-30"))
    passes.run_schedule(FIRST_PASS)

    assert calls().get().due_on == day("2026-11-30")


def test_when_leave_is_removed_nothing_is_reshuffled(bureau, people):
    leave = away(bureau.alice)
    passes.run_schedule(FIRST_PASS)
    before = plans()
    leave.delete()
    passes.run_schedule(LATER)

    assert plans() == before


def test_leave_marked_and_removed_between_two_passes_moves_nothing(bureau, people):
    passes.run_schedule(FIRST_PASS)
    before = plans()
    away(bureau.alice).delete()
    passes.run_schedule(LATER)

    assert plans() == before


def test_somebody_else_s_leave_is_nothing_to_me(bureau, people):
    passes.run_schedule(FIRST_PASS)
    before = plans()
    away(bureau.bob)
    passes.run_schedule(LATER)

    assert plans() == before


def test_leave_of_the_predecessor_counts_no_more_after_a_hand_over(bureau, people):
    passes.run_schedule(FIRST_PASS)
    before = plans()
    Pairing.objects.filter(officer=bureau.alice).update(ended_on=day("2026-11-02"))
    for pairing in list(Pairing.objects.filter(officer=bureau.alice)):
        factories.pairing(bureau.bob, pairing.stakeholder, day("2026-11-03"))
    away(bureau.alice)
    passes.run_schedule(LATER)

    assert plans() == before


def test_leave_of_the_successor_counts_from_the_hand_over_on(bureau, people):
    away(bureau.bob)
    passes.run_schedule(FIRST_PASS)
    assert within(plans().values())

    Pairing.objects.filter(officer=bureau.alice).update(ended_on=day("2026-11-02"))
    for pairing in list(Pairing.objects.filter(officer=bureau.alice)):
        factories.pairing(bureau.bob, pairing.stakeholder, day("2026-11-03"))
    passes.run_schedule(LATER)
    assert within(plans().values()) == []


def test_a_newcomer_avoids_leave_too(bureau, people):
    away(bureau.alice)
    passes.run_schedule(FIRST_PASS)
    newcomer = factories.stakeholder("newcomer", bureau.station)
    factories.seat(newcomer)
    factories.pairing(bureau.alice, newcomer)
    passes.run_schedule(LATER)

    assert not FIRST <= calls(stakeholder=newcomer).get().planned_on <= LAST


def test_a_plan_of_a_day_that_is_over_is_not_moved_by_leave_marked_for_it_later(bureau, people):
    passes.run_schedule(FIRST_PASS)
    past = plans(planned_on=day("2026-11-02"))
    assert past
    away(bureau.alice, day("2026-11-02"), day("2026-11-03"))
    passes.run_schedule(at("2026-11-04 08:00"))

    assert {name: plans()[name] for name in past} == past


def test_days_off_within_leave_and_leave_beside_days_off_add_up(bureau, people):
    away(bureau.alice)
    DayOverride.objects.create(day=day("2026-11-16"))
    passes.run_schedule(FIRST_PASS)

    assert within(plans().values(), FIRST, day("2026-11-16")) == []


def test_visits_and_reports_avoid_leave_as_calls_do(bureau, people):
    away(bureau.alice)
    passes.run_schedule(FIRST_PASS)

    assert not Obligation.objects.live().filter(planned_on__range=(FIRST, LAST)).exists()


@pytest.mark.parametrize("passes_run", [2, 3])
def test_passes_that_follow_change_nothing_more(bureau, people, passes_run):
    away(bureau.alice)
    passes.run_schedule(FIRST_PASS)
    before = plans()
    for number in range(passes_run):
        passes.run_schedule(FIRST_PASS + dt.timedelta(hours=number + 1))

    assert plans() == before


def test_leave_of_who_takes_over_later_counts_from_that_day(bureau, people):
    """Written ahead: nothing is written on the day itself."""
    away(bureau.dan)
    passes.run_schedule(FIRST_PASS)
    for one in Pairing.objects.filter(officer=bureau.alice):
        Pairing.objects.filter(pk=one.pk).update(ended_on=day("2026-11-04"))
        factories.pairing(bureau.dan, one.stakeholder, day("2026-11-05"))
    passes.run_schedule(LATER)
    assert within(plans().values())

    passes.run_schedule(at("2026-11-05 08:00"))
    assert within(plans().values()) == []
