"""By when an opinion is to be answered (R12)."""

import datetime as dt

import pytest

from contacts.clock import answer_due_on
from schedules.clocks import oral_due_on
from schedules.models import DayOverride
from schedules.workdays import Workdays


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
    assert oral_due_on(day(received), Workdays()) == day(due)


def test_the_number_of_days_is_a_setting(settings):
    settings.ORAL_OPINION_WORKING_DAYS = 1
    assert oral_due_on(day("2026-11-06"), Workdays()) == day("2026-11-09")


def test_contacts_asks_the_clock_that_the_settings_name(db):
    DayOverride.objects.create(day=day("2026-11-23"), is_working=False)
    assert answer_due_on(day("2026-11-02")) == day("2026-11-24")
