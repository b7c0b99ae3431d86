"""Periods are pure arithmetic on the calendar (R2)."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schedules import periods

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2150, 12, 31))
CADENCES = ["month", "quarter", "half_year", "year", "week"]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "cadence", "key", "first", "last"),
    [
        ("2026-11-22", "month", "2026-11", "2026-11-01", "2026-11-30"),
        ("2024-02-29", "month", "2024-02", "2024-02-01", "2024-02-29"),
        ("2100-02-28", "month", "2100-02", "2100-02-01", "2100-02-28"),
        ("2026-03-31", "quarter", "2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-04-01", "quarter", "2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-12-31", "quarter", "2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-06-30", "half_year", "2026-H1", "2026-01-01", "2026-06-30"),
        ("2026-07-01", "half_year", "2026-H2", "2026-07-01", "2026-12-31"),
        ("2026-12-31", "year", "2026", "2026-01-01", "2026-12-31"),
        ("2026-11-22", "week", "2026-W47", "2026-11-16", "2026-11-22"),
        ("2027-01-01", "week", "2026-W53", "2026-12-28", "2027-01-03"),
        ("2024-12-30", "week", "2025-W01", "2024-12-30", "2025-01-05"),
    ],
)
def test_a_day_lies_in_the_period_of_its_cadence(on, cadence, key, first, last):
    found = periods.containing(day(on), cadence)
    assert (found.key, found.start, found.end) == (key, day(first), day(last))


@pytest.mark.parametrize("key", ["2026-11", "2026-Q4", "2026-H2", "2026", "2026-W47", "2026-W53", "2024-02"])
def test_a_key_names_the_period_that_has_it(key):
    assert periods.parse(key).key == key


@pytest.mark.parametrize(
    "key",
    [
        "",
        "26-11",
        "2026-13",
        "2026-00",
        "2026-Q0",
        "2026-Q5",
        "2026-H3",
        "2025-W53",
        "2026-W00",
        "2026-11-01",
        " 2026",
        "0001",  # there are none before it, which a digest would ask for
        "9999-12",
    ],
)
def test_what_names_no_period_is_refused_with_examples(key):
    with pytest.raises(ValueError, match="2026-Q4"):
        periods.parse(key)


@given(DAYS, st.sampled_from(CADENCES))
@example(day("2024-02-29"), "month")
@example(day("2026-12-31"), "week")
def test_periods_cover_every_day_once(on, cadence):
    period = periods.containing(on, cadence)
    assert on in period
    assert period.start <= on <= period.end
    assert period.following().start == period.end + dt.timedelta(days=1)
    assert period.following().preceding() == period
    assert on not in period.following()
    assert on not in period.preceding()
    assert periods.parse(period.key) == period
    assert period.days == (period.following().start - period.start).days


@given(DAYS, st.integers(0, 800), st.sampled_from(CADENCES))
def test_the_periods_of_a_span_follow_each_other_from_its_first_day_to_its_last(first, length, cadence):
    last = first + dt.timedelta(days=length)
    found = list(periods.between(first, last, cadence))
    assert first in found[0]
    assert last in found[-1]
    assert all(one.following() == other for one, other in zip(found, found[1:], strict=False))


@given(DAYS)
def test_a_month_lies_within_its_quarter_within_its_half_year_within_its_year(on):
    spans = [periods.containing(on, cadence) for cadence in ("month", "quarter", "half_year", "year")]
    for inner, outer in zip(spans, spans[1:], strict=False):
        assert outer.start <= inner.start
        assert inner.end <= outer.end


@pytest.mark.parametrize(
    ("on", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-05-20", 0, "2026-05-20"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_adding_months_stops_at_the_end_of_the_month(on, months, later):
    assert periods.add_months(day(on), months) == day(later)


@given(DAYS, st.integers(0, 60))
def test_adding_months_lands_in_the_right_month_and_never_on_a_later_day(on, months):
    later = periods.add_months(on, months)
    assert (later.year * 12 + later.month) - (on.year * 12 + on.month) == months
    assert later.day <= on.day
    assert later.day == on.day or later == periods.containing(later, "month").end
