"""The one status function: who is responsible (R5), what is met (R6), and how it adds up (R7)."""

import datetime as dt

import pytest

from contacts import handling
from contacts.models import Actor
from schedules import coverage
from schedules.models import Obligation, PolicyVersion
from schedules.workdays import Workdays
from tests import factories
from tests.schedules.scenes import at, day, owe

ROBOT = Actor.command("test")
MID_NOVEMBER = at("2026-11-18 10:00")


def status(obligation, now=MID_NOVEMBER):
    return coverage.with_status(Obligation.objects.all(), now).get(pk=obligation.pk)


def attempts(obligation, now=MID_NOVEMBER):
    return coverage.with_attempts(Obligation.objects.all(), now).get(pk=obligation.pk).attempts


@pytest.fixture
def call(bureau):
    """What Alice owes the deputy in November: a call."""
    return owe(bureau.deputy)


@pytest.fixture
def reach(bureau):
    """Reach the deputy: `reach("2026-11-05 09:00", kind="visit")`."""

    def reach(when, by=None, **fields):
        return factories.record(bureau.deputy, by or bureau.alice, at(when), **fields)

    return reach


# --- met (R6) ------------------------------------------------------------------------------------------------


def test_it_is_met_by_the_earliest_contact_of_its_kind(call, reach):
    reach("2026-11-09 15:00")
    first = reach("2026-11-05 09:00")
    found = status(call)
    assert found.state == "met"
    assert found.met_record_id == first.pk
    assert found.met_on == day("2026-11-05")


@pytest.mark.parametrize("outcome", ["no_answer", "left_message", "declined", "wrong_number"])
def test_an_attempt_meets_nothing_and_is_counted(call, reach, outcome):
    reach("2026-11-05 09:00", outcome=outcome)
    assert status(call).state == "open"
    assert attempts(call) == 1


def test_a_contact_that_reached_is_no_attempt(call, reach):
    reach("2026-11-05 09:00")
    assert attempts(call) == 0


@pytest.mark.parametrize("kind", ["visit", "report", "meeting", "incoming"])
def test_another_kind_meets_nothing(call, reach, kind):
    reach("2026-11-05 09:00", kind=kind)
    assert status(call).state == "open"


def test_a_kind_that_the_policy_lists_stands_in(call, reach):
    PolicyVersion.objects.filter(pk=call.version_id).update(stand_in_kinds=["visit"])
    reach("2026-11-05 09:00", kind="visit")
    assert status(call).state == "met"


def test_somebody_else_s_contact_meets_nothing(bureau, call):
    other = factories.stakeholder("李娜", bureau.station)
    factories.record(other, bureau.alice, at("2026-11-05 09:00"))
    assert status(call).state == "open"


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-10-31 23:59:59.999", "open"),
        ("2026-11-01 00:00", "met"),
        ("2026-11-30 23:59:59.999", "met"),
        ("2026-12-01 00:00", "missed"),
    ],
)
def test_the_bureau_s_day_decides_on_the_edge_of_a_period(bureau, reach, when, state):
    november = owe(bureau.deputy)
    reach(when)
    now = at("2026-11-15 10:00") if when.startswith("2026-10") else at("2026-12-02 10:00")
    assert status(november, now).state == state


def test_what_has_not_happened_by_then_does_not_count_yet(call, reach):
    reach("2026-11-18 14:00")
    assert status(call, at("2026-11-18 13:59")).state == "open"
    assert status(call, at("2026-11-18 14:00")).state == "met"


def test_a_contact_entered_late_counts_from_when_it_happened(call, reach):
    reach("2026-11-05 09:00", recorded_at=at("2026-12-20 09:00"))
    assert status(call, at("2026-11-10 09:00")).state == "met"


def test_voiding_takes_back_what_was_met(bureau, call, reach):
    record = reach("2026-11-05 09:00")
    handling.void_contact(record, reason="The wrong person.", actor=ROBOT)
    assert status(call).state == "open"


def test_voiding_lets_the_next_contact_meet_it(call, reach):
    wrong, right = reach("2026-11-05 09:00"), reach("2026-11-09 09:00")
    handling.void_contact(wrong, reason="The wrong person.", actor=ROBOT)
    assert status(call).met_record_id == right.pk


def test_a_correction_counts_in_place_of_what_it_corrects(call, reach):
    record = reach("2026-11-05 09:00", outcome="no_answer")
    handling.correct_contact(record, {"outcome": "reached"}, actor=ROBOT)
    assert status(call).state == "met"
    assert attempts(call) == 0


def test_back_dating_moves_what_is_met_to_another_period(bureau, call, reach):
    october = owe(bureau.deputy, "2026-10")
    record = reach("2026-11-02 09:00")
    assert (status(october).state, status(call).state) == ("missed", "met")
    handling.correct_contact(record, {"occurred_at": at("2026-10-30 09:00")}, actor=ROBOT)
    assert (status(october).state, status(call).state) == ("met", "open")


# --- states (R7) ---------------------------------------------------------------------------------------------


def test_it_is_open_to_the_last_instant_of_the_period_and_then_missed(call):
    assert status(call, at("2026-11-30 23:59:59")).state == "open"
    assert status(call, at("2026-12-01 00:00")).state == "missed"


def test_waived_gives_way_to_met_and_comes_before_missed(call, reach):
    Obligation.objects.update(waived_at=at("2026-11-10 09:00"), waive_reason="Abroad.")
    assert status(call).state == "waived"
    assert status(call, at("2026-12-05 09:00")).state == "waived"
    reach("2026-11-17 09:00")
    assert status(call).state == "met"


def test_it_is_not_waived_before_it_was(call):
    Obligation.objects.update(waived_at=at("2026-11-10 09:00"), waive_reason="Abroad.")
    assert status(call, at("2026-11-10 08:59")).state == "open"


@pytest.mark.parametrize(
    ("on", "soon"),
    [
        ("2026-11-20", False),  # the due day is Monday, 30 November; five working days before it is the 23rd
        ("2026-11-22", False),
        ("2026-11-23", True),
        ("2026-11-28", True),
        ("2026-11-30", True),
        ("2026-12-01", False),  # missed
    ],
)
def test_it_is_due_soon_from_five_working_days_before_the_due_day(call, on, soon):
    rows = coverage.with_status(Obligation.objects.all(), at(f"{on} 09:00"))
    assert rows.filter(coverage.due_soon(day(on), Workdays())).exists() is soon


# --- who is responsible (R5) ---------------------------------------------------------------------------------


def hand_over(bureau, to, on, reason="moved"):
    return handling.pair(bureau.deputy, to, on=day(on), actor=ROBOT, reason=reason)


def test_while_unmet_it_is_the_officer_who_holds_the_person(bureau, call):
    found = status(call)
    assert found.responsible_officer_id == bureau.alice.pk
    assert found.responsible_unit_id == bureau.station.pk


def test_a_hand_over_moves_what_is_unmet_to_the_successor(bureau, call):
    hand_over(bureau, bureau.dan, "2026-11-10")
    assert status(call, at("2026-11-09 23:59")).responsible_officer_id == bureau.alice.pk
    found = status(call, at("2026-11-10 00:00"))
    assert found.responsible_officer_id == bureau.dan.pk
    assert found.responsible_unit_id == bureau.other_station.pk


def test_credit_stays_with_whoever_was_responsible_on_the_day(bureau, call, reach):
    reach("2026-11-05 09:00")
    hand_over(bureau, bureau.dan, "2026-11-10")
    assert status(call).responsible_officer_id == bureau.alice.pk


def test_a_contact_entered_after_the_hand_over_is_the_predecessor_s(bureau, call, reach):
    hand_over(bureau, bureau.dan, "2026-11-10")
    reach("2026-11-05 09:00", by=bureau.alice, recorded_at=at("2026-11-12 09:00"))
    assert status(call).responsible_officer_id == bureau.alice.pk


def test_what_was_missed_before_the_hand_over_stays_with_the_predecessor(bureau):
    october = owe(bureau.deputy, "2026-10")
    hand_over(bureau, bureau.dan, "2026-11-10")
    assert status(october).responsible_officer_id == bureau.alice.pk


def test_when_nobody_holds_the_person_it_is_the_last_who_did(bureau, call):
    handling.end_pairing(
        bureau.deputy.pairings.get(), last_day=day("2026-11-10"), actor=ROBOT, reason="retired"
    )
    assert status(call).responsible_officer_id == bureau.alice.pk


def test_before_any_pairing_it_is_the_first_who_will(bureau):
    person = factories.stakeholder("李娜", bureau.station)
    factories.pairing(bureau.bob, person, day("2026-11-20"))
    assert status(owe(person)).responsible_officer_id == bureau.bob.pk


def test_whoever_was_never_held_is_nobody_s(bureau):
    alone = owe(factories.stakeholder("李娜", bureau.station))
    assert status(alone).responsible_officer_id is None


# --- how it adds up (R7) -------------------------------------------------------------------------------------


@pytest.fixture
def year(bureau, reach):
    """Three people in two counties, in November: one called, one tried, one let be."""
    tried = factories.stakeholder("李娜", bureau.station)
    distant = factories.stakeholder("王芳", bureau.other_station)
    for person, holder in [(tried, bureau.alice), (distant, bureau.dan)]:
        factories.seat(person, "cppcc_member", "city")
        factories.pairing(holder, person)
    for person in (bureau.deputy, tried, distant):
        owe(person)
        owe(person, "2026-10")
    owe(bureau.deputy, "2026-Q4", "visit")
    reach("2026-11-05 09:00")
    factories.record(tried, bureau.alice, at("2026-11-06 09:00"), outcome="no_answer")
    return bureau


def totals(now=MID_NOVEMBER, key="2026-11", **which):
    return coverage.figures(key, now=now, **which)["total"]


def groups(by, **which):
    found = coverage.figures(which.pop("key", "2026-11"), now=MID_NOVEMBER, by=by, **which)["groups"]
    return {group["key"]: group["owed"] for group in found}


def test_owed_is_the_sum_of_the_states(year):
    assert totals() == {"owed": 3, "met": 1, "open": 2, "missed": 0, "waived": 0, "attempts": 1}
    after = totals(at("2026-12-01 00:00"))
    assert after == {"owed": 3, "met": 1, "open": 0, "missed": 2, "waived": 0, "attempts": 1}


def test_a_longer_period_holds_the_shorter_ones(year):
    assert totals(key="2026-Q4")["owed"] == 7
    assert totals(key="2026-Q4", kind="call")["owed"] == 6
    assert totals(key="2026-Q4", kind="visit")["owed"] == 1
    assert totals(key="2026-Q3")["owed"] == 0


def test_what_was_withdrawn_is_not_owed(year):
    Obligation.objects.filter(stakeholder=year.deputy).update(withdrawn_at=at("2026-11-02 09:00"))
    assert totals()["owed"] == 2


def test_a_unit_is_its_subtree(year):
    assert totals(unit=year.station)["owed"] == 2
    assert totals(unit=year.county)["owed"] == 2
    assert totals(unit=year.other_county)["owed"] == 1
    assert totals(unit=year.bureau)["owed"] == 3


def test_a_group_is_one_unit_alone_and_the_groups_make_up_the_total(year):
    assert groups("unit") == {year.station.code: 2, year.other_station.code: 1}
    assert groups("unit", unit=year.county) == {year.station.code: 2}
    assert groups("officer") == {year.alice.police_number: 2, year.dan.police_number: 1}


def test_it_counts_in_the_unit_of_the_pairing_even_after_the_officer_has_moved(year):
    year.alice.unit = year.other_station
    year.alice.save()
    assert groups("unit") == {year.station.code: 2, year.other_station.code: 1}


def test_whoever_has_seats_at_two_levels_stands_in_both_groups(year):
    factories.seat(year.deputy, "npc_deputy", "province")
    assert groups("level") == {"province": 1, "city": 2, "district": 1}
    assert totals()["owed"] == 3


def test_a_seat_that_had_ended_or_that_no_policy_covers_makes_no_group(year):
    factories.seat(year.deputy, "npc_deputy", "province", ended_on=dt.date(2026, 10, 31))
    factories.seat(year.deputy, "media_supervisor", "township")
    assert groups("level") == {"city": 2, "district": 1}


def test_it_takes_as_many_queries_for_many_as_for_one(year, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        coverage.figures("2026-Q4", now=MID_NOVEMBER, unit=year.county, by="level")


def test_a_bureau_without_any_policy_has_a_status_too(bureau):
    PolicyVersion.objects.all().delete()

    rows = coverage.with_attempts(coverage.with_status(Obligation.objects.all(), MID_NOVEMBER), MID_NOVEMBER)
    assert list(rows) == []
    assert coverage.figures("2026-11", now=MID_NOVEMBER)["total"]["owed"] == 0
