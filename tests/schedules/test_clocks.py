"""By when an opinion is to be answered, and how that day was reckoned (R12)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts import clock
from contacts.clock import Clock
from schedules.clocks import keep_up, reckon
from schedules.models import DayOverride
from schedules.passes import run_schedule
from schedules.verify import verify
from schedules.workdays import Workdays
from tests import factories
from tests.schedules.scenes import at

STATUTORY = Workdays()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-02", "2026-11-23"),  # a Monday: 15 working days, the first of them on Tuesday
        ("2026-11-06", "2026-11-27"),  # a Friday
        ("2026-11-07", "2026-11-27"),  # a Saturday: as if on Friday, for counting starts with Monday
        ("2026-09-21", "2026-10-19"),  # over the National Day's week, with its make-up Saturday
        ("2026-02-06", "2026-03-05"),  # over the Spring Festival
    ],
)
def test_an_oral_opinion_is_due_after_fifteen_working_days(received, due):
    assert reckon(Clock.ORAL, day(received), STATUTORY).day == day(due)


@pytest.mark.parametrize(
    ("assigned", "due"),
    [
        ("2026-11-25", "2027-02-25"),  # a Wednesday: the day that corresponds, a Thursday
        ("2026-03-03", "2026-06-03"),
        ("2026-11-27", "2027-03-01"),  # a Friday: counting starts on Monday, the last of February is a Sunday
        ("2026-08-31", "2026-11-30"),  # November has no 31st
        ("2023-11-30", "2024-02-29"),  # a leap year
        (
            "2026-09-30",
            "2027-01-07",
        ),  # counting starts after the National Day: the 7th corresponds to 7 October
        ("2026-07-02", "2026-10-08"),  # 2 October lies in the holiday
        (
            "2025-11-14",
            "2026-02-24",
        ),  # 16 February is the first day of the Spring Festival, the 24th is worked
        (
            "2026-06-20",
            "2026-09-21",
        ),  # a Saturday in the Dragon Boat days: the day before counting starts is the 21st
        ("2025-10-13", "2026-01-13"),  # over the end of the year
    ],
)
def test_a_formal_one_is_due_three_months_after_its_assignment(assigned, due):
    assert reckon(Clock.FORMAL, day(assigned), STATUTORY).day == day(due)


@pytest.mark.parametrize(
    ("assigned", "due"),
    [
        ("2026-03-03", "2026-09-03"),
        ("2025-08-29", "2026-02-28"),  # a Friday; 31 August corresponds to 28 February, a make-up Saturday
        ("2026-04-03", "2026-10-08"),  # before Qingming; 6 October lies in the holiday
    ],
)
def test_extended_it_is_due_after_six(assigned, due):
    assert reckon(Clock.EXTENDED, day(assigned), STATUTORY).day == day(due)


@pytest.mark.parametrize(
    ("assigned", "last"),
    [
        ("2026-11-25", "2026-12-02"),
        ("2026-09-28", "2026-10-10"),  # over the National Day, with the Saturday that makes up for it
        ("2026-12-28", "2027-01-05"),  # over New Year's Day
    ],
)
def test_a_wrong_assignment_goes_back_within_five_working_days(assigned, last):
    assert reckon(Clock.RETURN, day(assigned), STATUTORY).day == day(last)


def test_the_lengths_are_settings(settings):
    settings.CLOCK_LENGTHS = {"oral": 1, "formal": 1, "extended": 2, "return": 2, "rating": 3}
    found = {name: reckon(name, day("2026-11-06"), STATUTORY).day.isoformat() for name in Clock.values}

    assert found == {
        "oral": "2026-11-09",
        "formal": "2026-12-08",
        "extended": "2027-01-08",
        "return": "2026-11-10",
        "rating": "2026-11-11",
    }


@given(st.sampled_from(Clock.values), st.dates(dt.date(2009, 1, 1), dt.date(2026, 6, 1)))
def test_a_deadline_is_worked_and_later_never_comes_before_earlier(name, since):
    found, next_one = (reckon(name, since + dt.timedelta(days=later), STATUTORY) for later in (0, 1))

    assert found.day in STATUTORY
    assert since < found.first <= found.day <= next_one.day


def test_the_way_to_a_deadline_is_told():
    formal = reckon(Clock.FORMAL, day("2026-11-27"), STATUTORY)

    assert formal.steps == [
        "From 2026-11-27; the first day that counts is the next working day, 2026-11-30.",
        "3 months end on 2027-02-28.",
        "That is a day off; the next working day is 2027-03-01.",
    ]
    assert "Law on Deputies" in formal.basis
    assert reckon(Clock.ORAL, day("2026-11-02"), STATUTORY).steps[1:] == [
        "15 working days, the last of them 2026-11-23."
    ]


def test_contacts_asks_the_clock_that_the_settings_name(db):
    DayOverride.objects.create(day=day("2026-11-23"), is_working=False)
    assert clock.reckon(Clock.ORAL, day("2026-11-02")).day == day("2026-11-24")


# --- working days that change -------------------------------------------------------------------------------


def test_what_waits_follows_the_working_days_with_the_next_pass(bureau):
    item = factories.feedback(bureau.deputy, bureau.alice, day("2026-11-02"), due_on=day("2026-11-23"))
    told = factories.feedback(
        bureau.deputy, bureau.alice, day("2026-11-02"), due_on=day("2026-11-23"), state="answered", result="solved",
        answered_on=day("2026-11-05"), answer_record=factories.record(bureau.deputy, bureau.alice, at("2026-11-05 10:00")),
    )  # fmt: skip
    run_schedule(at("2026-11-10 09:00"))
    DayOverride.objects.create(day=day("2026-11-23"), is_working=False)
    run_schedule(at("2026-11-10 09:01"))

    item.refresh_from_db()
    told.refresh_from_db()
    assert (item.due_on, told.due_on) == (day("2026-11-24"), day("2026-11-23"))
    assert verify(at("2026-11-10 09:02")).violations == []


def test_where_nothing_changed_nothing_is_written(bureau, django_assert_num_queries):
    factories.feedback(bureau.deputy, bureau.alice, day("2026-11-02"), due_on=day("2026-11-23"))
    with django_assert_num_queries(2):
        keep_up(STATUTORY)
