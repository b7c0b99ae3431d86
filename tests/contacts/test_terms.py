"""Terms in words, and seats that can not both be right."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.utils import translation

from contacts import terms
from contacts.meanwhile import Meanwhile
from contacts.models import Seat
from tests import factories
from tests.base import sign_in

A, B, C = dt.date(2008, 1, 1), dt.date(2013, 1, 31), dt.date(2013, 1, 15)


@pytest.mark.parametrize(
    ("number", "chinese"),
    [(1, "一"), (9, "九"), (10, "十"), (14, "十四"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_terms_are_counted_in_chinese(number, chinese):
    assert terms.numeral(number) == chinese


def test_a_term_is_named_as_the_reader_counts():
    assert terms.term(14) == "term 14"
    assert terms.term(None) == ""
    with translation.override("zh-hans"):
        assert "十四" in terms.term(14)
        assert "120" in terms.term(120)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (A, B, "2008-01 – 2013-01"),
        (A, None, "2008-01 – …"),
        (None, B, "… – 2013-01"),
        (A, C, "2008-01-01 – 2013-01-15"),
        (C, None, "2013-01-15 – …"),
    ],
)
def test_whole_months_are_named_as_months(start, end, words):
    assert terms.span(start, end) == words


def seat(start, end=None, kind="npc_deputy", level="city", body=""):
    return Seat(kind=kind, level=level, body=body, started_on=start, ended_on=end)


@pytest.mark.parametrize(
    ("one", "two", "clash"),
    [
        (seat(A, B), seat(C), True),
        (seat(A), seat(C), True),
        (seat(None), seat(None), True),
        (seat(A, B), seat(dt.date(2013, 2, 1)), False),
        (seat(A, C), seat(C), True),  # both days are inclusive
        (seat(A), seat(C, level="district"), False),
        (seat(A, body="甲"), seat(C, body="乙"), False),
        (seat(A), seat(C, kind="cppcc_member"), False),
        (seat(A, kind="discipline_monitor"), seat(C, kind="discipline_monitor"), False),  # appointed twice
    ],
)
def test_two_seats_in_one_body_at_a_time_are_found_in_any_order(one, two, clash):
    assert bool(terms.overlapping([one, two])) is clash
    assert bool(terms.overlapping([two, one])) is clash


def form(bureau, **more):
    """The deputy's form with the stored seat, open since 2020, and a new one."""
    stored = bureau.deputy.seats.get()
    return {
        "name": "张伟", "numbers": "13912345678", "seats-TOTAL_FORMS": "2", "seats-INITIAL_FORMS": "1",
        "seats-0-id": stored.pk, "seats-0-kind": "npc_deputy", "seats-0-level": "district",
        "seats-0-started_on": "2020-01-01", "seats-0-ended_on": "",
        "seats-1-kind": "npc_deputy", "seats-1-level": "district", "seats-1-started_on": "2026-01-01",
    } | more  # fmt: skip


def save(bureau, data):
    opened = {"opened": Meanwhile(bureau.deputy, QueryDict()).seal}
    return sign_in(bureau.carl).post(f"/people/{bureau.deputy.pk}/edit/", opened | data)


def test_the_form_names_both_seats_and_what_to_do(bureau):
    bureau.deputy.seats.update(started_on="2020-01-01", term_number=17)
    answer = save(bureau, form(bureau, **{"seats-0-term_number": "17", "seats-1-term_number": "18"}))
    shown = answer.content.decode()
    assert "term 17, 2020-01 – …" in shown
    assert "term 18, 2026-01 – …" in shown
    assert "End the first one on the day before the second begins" in shown
    assert bureau.deputy.seats.count() == 1


def test_one_seat_after_the_other_is_saved_and_shown_as_history(bureau):
    bureau.deputy.seats.update(started_on="2020-01-01")
    assert save(bureau, form(bureau, **{"seats-0-ended_on": "2025-12-31"})).status_code == 302
    page = sign_in(bureau.carl).get(f"/people/{bureau.deputy.pk}/").content.decode()
    assert page.index("2026-01 – …") < page.index("2020-01 – 2025-12")


def test_seats_that_overlapped_before_keep_nobody_from_correcting_a_number(bureau):
    """A roster that gives terms by months makes two terms overlap by one."""
    bureau.deputy.seats.update(started_on="2020-01-01")
    factories.seat(bureau.deputy, started_on=dt.date(2026, 1, 1))
    data = {
        "name": "张伟", "numbers": "13912345679", "seats-TOTAL_FORMS": "2", "seats-INITIAL_FORMS": "2",
    }  # fmt: skip
    for index, stored in enumerate(bureau.deputy.seats.order_by("pk")):
        data |= {
            f"seats-{index}-id": stored.pk, f"seats-{index}-kind": stored.kind, f"seats-{index}-level": stored.level,
            f"seats-{index}-started_on": stored.started_on,
        }  # fmt: skip
    assert save(bureau, data).status_code == 302
    assert bureau.deputy.phones.get().e164 == "+8613912345679"
