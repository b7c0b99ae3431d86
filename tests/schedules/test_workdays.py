"""Working days are the mainland's, with make-up days and the bureau's own exceptions (R9)."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.models import DayOverride, KnownYear
from schedules.workdays import Workdays

DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "worked"),
    [
        ("2026-11-20", True),  # a Friday
        ("2026-11-21", False),  # a Saturday
        ("2026-01-01", False),  # New Year
        ("2026-01-04", True),  # a Sunday, made up for 2 January
        ("2026-02-14", True),  # a Saturday, made up for the Spring Festival
        ("2026-02-23", False),  # a Monday, the last day of the Spring Festival
        ("2026-05-09", True),  # a Saturday, made up for 5 May
        ("2026-09-20", True),  # a Sunday, made up for the National Day
        ("2026-10-07", False),  # a Wednesday of the National Day's week
        ("2026-10-10", True),  # a Saturday
    ],
)
def test_2026_is_worked_as_the_notice_of_the_state_council_says(on, worked):
    assert (day(on) in Workdays()) is worked


def test_what_the_bureau_declares_counts_more_than_the_calendar():
    calendar = Workdays({day("2026-11-21"): True, day("2026-11-20"): False})
    assert day("2026-11-21") in calendar
    assert day("2026-11-20") not in calendar


def test_a_year_is_known_when_its_make_up_days_are():
    assert Workdays().knows(2026)
    assert not Workdays().knows(2029)


def test_a_year_is_known_when_an_administrator_has_entered_its_notice(db):
    KnownYear.objects.create(year=2029)
    assert Workdays.load().knows(2029)
    assert not Workdays.load().knows(2030)


def test_in_a_year_not_known_holidays_are_off_and_nothing_is_made_up():
    calendar = Workdays()
    assert day("2029-10-01") not in calendar
    worked = calendar.between(day("2029-01-01"), day("2029-12-31"))
    assert not [one for one in worked if one.weekday() >= 5]


def test_it_is_loaded_from_what_was_entered(db):
    DayOverride.objects.create(day=day("2026-11-20"), is_working=False, note="flood")
    assert day("2026-11-20") not in Workdays.load()


def test_the_calendar_is_asked_without_a_query_once_it_is_loaded(db, django_assert_num_queries):
    calendar = Workdays.load()
    with django_assert_num_queries(0):
        calendar.between(day("2026-01-01"), day("2026-12-31"))


@pytest.mark.parametrize(
    ("on", "count", "found"),
    [
        ("2026-11-20", 1, "2026-11-23"),  # Friday → Monday
        ("2026-11-21", 1, "2026-11-23"),  # counting starts with the next working day
        ("2026-11-30", -5, "2026-11-23"),
        ("2026-10-10", -1, "2026-10-09"),  # over no holiday
        ("2026-10-08", -1, "2026-09-30"),  # over the National Day's week
        ("2026-02-24", -5, "2026-02-10"),  # over the Spring Festival, with its make-up Saturday
        ("2026-11-20", 0, "2026-11-20"),
    ],
)
def test_shifting_counts_working_days(on, count, found):
    assert Workdays().shift(day(on), count) == day(found)


def test_next_and_previous_stay_on_a_working_day():
    calendar = Workdays()
    assert calendar.next(day("2026-11-20")) == calendar.previous(day("2026-11-20")) == day("2026-11-20")
    assert calendar.next(day("2026-10-01")) == day("2026-10-08")
    assert calendar.previous(day("2026-10-07")) == day("2026-09-30")


@settings(deadline=None)
@given(DAYS, st.integers(-40, 40))
def test_shifting_there_and_back_ends_on_the_day_it_began(on, count):
    calendar = Workdays()
    start = calendar.next(on)
    there = calendar.shift(start, count)
    assert there in calendar
    assert calendar.shift(there, -count) == start
    assert len(calendar.between(min(start, there), max(start, there))) == abs(count) + 1
