"""Leave: officers mark their own, leaders and coordinators that of theirs, and hear what is planned for these days."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from contacts.models import Actor, AuditEntry, Officer
from schedules import leaves
from schedules.models import Leave
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day, owe

TODAY = day("2026-11-18")
LIST = "schedules:leave-list"


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(at("2026-11-18 10:30"), tick=False):
        yield


def mark(officer, first="2026-11-23", last="2026-11-25", **fields):
    return leaves.mark(officer, first=day(first), last=day(last), today=TODAY, actor=Actor(officer), **fields)


def send(officer, /, first="2026-11-23", last="2026-11-25", **fields):
    data = {"first_day": first, "last_day": last, "note": ""} | fields
    return sign_in(officer).post(reverse(LIST), data, follow=True)


def test_leave_covers_both_of_its_days(bureau):
    leave = mark(bureau.alice, note="wedding")

    for text, away in [
        ("2026-11-22", False),
        ("2026-11-23", True),
        ("2026-11-25", True),
        ("2026-11-26", False),
    ]:
        assert Leave.objects.on(day(text)).exists() is away
    assert list(Leave.objects.within(day("2026-11-25"), day("2026-12-31"))) == [leave]
    assert not Leave.objects.within(day("2026-11-26"), day("2026-12-31")).exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after["last_day"], entry.after["note"]) == (
        "mark leave",
        "2026-11-25",
        "wedding",
    )


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-11-25", "2026-11-23", "The last day is before the first"),
        ("2026-11-02", "2026-11-17", "These days are over"),
        ("2026-11-23", "2028-11-23", "more than a year"),
    ],
)
def test_days_that_can_not_be_meant_are_refused(bureau, first, last, why):
    assert why in send(bureau.alice, first, last).content.decode()
    assert not Leave.objects.exists()


def test_whoever_fell_ill_yesterday_marks_it_today(bureau):
    assert mark(bureau.alice, "2026-11-17", "2026-11-20")


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11-20", "2026-11-23"), ("2026-11-24", "2026-11-24"), ("2026-11-25", "2026-12-01")],
)
def test_leave_that_overlaps_is_refused_with_what_stands(bureau, first, last):
    mark(bureau.alice)

    with pytest.raises(ValidationError, match="stands already"):
        mark(bureau.alice, first, last)
    assert mark(bureau.alice, "2026-11-26", "2026-11-27")
    assert mark(bureau.bob)  # somebody else's days are their own


def test_the_database_refuses_leave_that_ends_before_it_begins(bureau):
    with pytest.raises(IntegrityError), transaction.atomic():
        Leave.objects.create(officer=bureau.alice, first_day=TODAY, last_day=day("2026-11-17"))


def test_leave_is_removed_once_and_the_trail_keeps_it(bureau):
    leave = mark(bureau.alice)
    leaves.remove(Leave.objects.get(), actor=Actor(bureau.alice))

    assert AuditEntry.objects.first().before["first_day"] == "2026-11-23"
    with pytest.raises(ValidationError, match="removed already"):
        leaves.remove(leave, actor=Actor(bureau.alice))


# --- whose ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("alice", True),
        ("bob", True),
        ("lin", True),
        ("carl", True),
        ("carol", True),
        ("lea", True),
        ("dan", False),
        ("rita", False),
    ],
)
def test_leave_is_seen_by_its_officer_and_those_above(bureau, who, sees):
    mark(bureau.alice)

    assert Leave.objects.visible_to(Officer.objects.get(pk=getattr(bureau, who).pk)).exists() is sees


@pytest.mark.parametrize("who", ["bob", "lin", "carl", "carol"])
def test_whoever_names_stand_ins_marks_and_removes_leave_for_their_officers(bureau, who):
    doer = getattr(bureau, who)
    send(doer, officer=bureau.alice.police_number)
    leave = Leave.objects.get()
    assert leave.officer == bureau.alice

    sign_in(doer).post(reverse("schedules:leave-remove", args=[leave.pk]))
    assert not Leave.objects.exists()


def test_a_leader_who_names_nobody_marks_their_own(bureau):
    send(bureau.bob)

    assert Leave.objects.get().officer == bureau.bob


@pytest.mark.parametrize("who", ["alice", "dan", "lea"])
def test_nobody_else_marks_leave_for_another(bureau, who):
    send(getattr(bureau, who), officer=bureau.bob.police_number)

    assert Leave.objects.get().officer == getattr(bureau, who)  # the field is not there for them


def test_an_officer_of_another_county_is_not_found(bureau):
    response = send(bureau.bob, officer=bureau.dan.police_number)

    assert "No officer of your units" in response.content.decode()
    assert not Leave.objects.exists()


# --- what is planned then -------------------------------------------------------------------------------------


@pytest.fixture
def planned(bureau):
    """Of Alice's, within her leave: one planned, one arranged, one met; one outside."""
    people = [bureau.deputy, *(factories.stakeholder(f"p{number}", bureau.station) for number in range(3))]
    for person in people[1:]:
        factories.seat(person)
        factories.pairing(bureau.alice, person)
    for person, fields in zip(
        people,
        [{}, {"arranged": True}, {}, {"planned_on": day("2026-11-26")}],
        strict=True,
    ):
        owe(person, **{"planned_on": day("2026-11-24")} | fields)
    factories.record(people[2], bureau.alice, at("2026-11-17 09:00"))


def test_it_says_how_many_contacts_are_planned_and_which_of_them_move(bureau, planned):
    found = leaves.touched(bureau.alice, day("2026-11-23"), day("2026-11-25"), at("2026-11-18 10:30"))

    assert (found.planned, found.arranged, found.moving) == (2, 1, 1)


def test_looking_at_days_says_so_and_marks_nothing(bureau, planned):
    query = {"first_day": "2026-11-23", "last_day": "2026-11-25"}
    html = sign_in(bureau.alice).get(reverse(LIST), query).content.decode()

    assert "2 contacts are planned for these days. Planning moves 1" in html
    assert "2 contacts are planned" in send(bureau.alice, look="yes").content.decode()
    assert f"absent={bureau.alice.police_number}&amp;starts_on=2026-11-23&amp;ends_on=2026-11-25" in html
    assert not Leave.objects.exists()


def test_marking_says_what_the_next_pass_moves(bureau, planned):
    html = send(bureau.alice).content.decode()

    assert "moves to other days of their periods: 1; arranged by hand, and left where they are: 1" in html
    assert "Name a stand-in" in html


def test_the_form_of_stand_ins_takes_the_days_from_the_link(bureau):
    query = {"starts_on": "2026-11-23", "ends_on": "2026-11-25", "absent": bureau.alice.police_number}
    html = sign_in(bureau.bob).get(reverse("contacts:stand-in-list"), query).content.decode()

    for value in query.values():
        assert f'value="{value}"' in html


def test_whom_somebody_stands_in_for_is_offered_leave_until_there_is_some(bureau):
    factories.stand_in(bureau.bob, bureau.alice, day("2026-11-23"), day("2026-11-25"))
    client = sign_in(bureau.alice)
    assert "you are not on leave on these days" in client.get(reverse(LIST)).content.decode()

    mark(bureau.alice, "2026-11-24", "2026-11-24")
    assert "you are not on leave" not in client.get(reverse(LIST)).content.decode()


def test_it_leads_back_to_the_month(bureau):
    data = {"first_day": "2026-11-23", "last_day": "2026-11-25", "next": "/month/?month=2026-11"}
    response = sign_in(bureau.alice).post(reverse(LIST), data)

    assert response.url == "/month/?month=2026-11"


def test_the_list_takes_no_query_more_for_more_leave(bureau, django_assert_max_num_queries):
    for number in range(20):
        officer = factories.officer(f"O{number}", bureau.station)
        Leave.objects.create(officer=officer, first_day=TODAY, last_day=TODAY + dt.timedelta(days=number))
    client = sign_in(bureau.bob)
    with django_assert_max_num_queries(10):
        assert client.get(reverse(LIST)).content.decode().count("<tr>") == 21
