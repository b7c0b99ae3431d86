"""Planned days are level, and the few things of one officer do not all stand on the first day (R8)."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from schedules.levelling import Plan, is_level, spread

DAYS = [dt.date(2026, 11, 2) + dt.timedelta(days=number) for number in range(21)]


@given(count=st.integers(0, 90), left=st.integers(1, len(DAYS)), shift=st.integers(0, 2**32 - 1))
def test_no_two_days_differ_by_more_than_one(count, left, shift):
    days = DAYS[:left]

    chosen = spread(count, days, shift)

    assert len(chosen) == count
    assert chosen == sorted(chosen)  # so that neighbours in the order stay neighbours
    assert set(chosen) <= set(days)
    assert is_level(chosen, days)


def test_single_things_are_strewn_over_all_days():
    assert {spread(1, DAYS, shift)[0] for shift in range(200)} == set(DAYS)


def test_a_newcomer_takes_the_lightest_day_and_there_one_of_its_own_street():
    plan = Plan(DAYS[:3])
    plan.place(["East", "East", "West", "North"])  # two on the first day, one on each of the others

    assert plan.place(["North"]) == [DAYS[2]]
    assert plan.place(["North"]) == [DAYS[1]]
