"""An officer's month: what stands on which day, who may look at it, and moving a contact to another day and back."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Actor, AuditEntry, Officer, Pairing, Stakeholder
from schedules import handling, month
from schedules.models import DayOverride, KnownYear, Leave, Obligation
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day, owe

NOW = at("2026-11-18 10:30")  # a Wednesday
MONTH = "schedules:month"


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def hold(bureau, name, street="澄江镇"):
    person = factories.stakeholder(name, bureau.station, street=street)
    factories.seat(person)
    factories.pairing(bureau.alice, person)
    return person


def look(officer, viewer=None, first="2026-11-01"):
    again = Officer.objects.get(pk=officer.pk)
    watcher = Officer.objects.get(pk=viewer.pk) if viewer else again
    return month.of(again, watcher, day(first), NOW)


def on(found, text):
    return {chip.owed.stakeholder.name: chip.state for chip in found.days[day(text)].chips}


def page(officer, /, **query):
    return sign_in(officer).get(reverse(MONTH), query)


# --- what stands in it ---------------------------------------------------------------------------------------


def test_each_contact_stands_on_its_planned_day_done_late_or_open(bureau):
    owe(bureau.deputy, planned_on=day("2026-11-25"))
    owe(hold(bureau, "late"), planned_on=day("2026-11-10"))
    done = hold(bureau, "done")
    owe(done, planned_on=day("2026-11-25"))
    factories.record(done, bureau.alice, NOW - dt.timedelta(days=1))
    found = look(bureau.alice)

    assert on(found, "2026-11-25") == {"张伟": "open", "done": "done"}
    assert on(found, "2026-11-10") == {"late": "late"}
    assert (len(found.chips), found.done) == (3, 1)


def test_what_is_waived_or_withdrawn_is_hidden(bureau):
    owe(bureau.deputy, waived_at=NOW, waive_reason="ill")
    owe(hold(bureau, "gone"), withdrawn_at=NOW)

    assert look(bureau.alice).chips == []


def test_whole_weeks_are_shown_and_the_days_beside_the_month_do_not_count(bureau):
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-10-30"))
    found = look(bureau.alice)

    assert [(week[0].date, week[-1].date) for week in found.weeks][0] == (
        day("2026-10-26"),
        day("2026-11-01"),
    )
    assert on(found, "2026-10-30") == {"张伟": "late"}
    assert found.chips == []


def test_people_of_one_street_stand_together(bureau):
    for name, street in [("a", "周庄镇"), ("b", "澄江镇"), ("c", "周庄镇"), ("d", "澄江镇")]:
        owe(hold(bureau, name, street), planned_on=day("2026-11-20"))

    assert list(on(look(bureau.alice), "2026-11-20")) == ["a", "c", "b", "d"]


def test_days_off_make_up_days_leave_and_today_are_told_apart(bureau):
    DayOverride.objects.create(day=day("2026-10-09"), note="flood")
    Leave.objects.create(officer=bureau.alice, first_day=day("2026-10-12"), last_day=day("2026-10-13"))
    Leave.objects.create(officer=bureau.bob, first_day=day("2026-10-14"), last_day=day("2026-10-14"))
    days = look(bureau.alice, first="2026-10-01").days

    assert days[day("2026-10-01")].about.kind == "holiday"
    assert days[day("2026-10-10")].about.kind == "made_up"
    assert days[day("2026-10-11")].about.kind == "weekend"
    assert (days[day("2026-10-09")].about.kind, days[day("2026-10-09")].about.name) == (
        "decided_off",
        "flood",
    )
    assert [str(date) for date, one in days.items() if one.leave] == ["2026-10-12", "2026-10-13"]
    assert [one.date for one in look(bureau.alice).days.values() if one.is_today] == [day("2026-11-18")]


def test_a_month_in_a_year_that_nobody_knows_says_so(bureau):
    assert "make-up days of 2027 are not known" in page(bureau.alice, month="2027-02").content.decode()
    assert "not known" not in page(bureau.alice, month="2026-10").content.decode()

    KnownYear.objects.create(year=2027)
    assert "not known" not in page(bureau.alice, month="2027-02").content.decode()


def test_whoever_stands_in_sees_what_is_planned_for_these_days_and_moves_it(bureau):
    eve = factories.officer("Eve", bureau.station)
    factories.stand_in(eve, bureau.alice, day("2026-11-16"), day("2026-11-20"))
    within, after = owe(bureau.deputy, planned_on=day("2026-11-20")), hold(bureau, "after")
    owe(after, planned_on=day("2026-11-23"))
    (chip,) = look(eve).chips

    assert (chip.owed, chip.held_for, chip.may_move) == (within, "Alice", True)


# --- who looks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("viewer", "moves"), [("bob", True), ("carl", True), ("carol", True), ("lin", False), ("lea", False)]
)
def test_leaders_and_coordinators_look_at_an_officer_of_their_reach_and_move_as_the_matrix_says(
    bureau, viewer, moves
):
    owe(bureau.deputy, planned_on=day("2026-11-25"))
    viewer = getattr(bureau, viewer)
    (chip,) = look(bureau.alice, viewer).chips
    html = page(viewer, officer=bureau.alice.police_number).content.decode()

    assert chip.may_move is moves
    assert "The month of Alice" in html
    assert ("data-first" in html) is moves
    assert "13912345678" not in html


def test_the_list_of_officers_leads_to_the_month_of_each(bureau):
    html = sign_in(bureau.bob).get(reverse("contacts:officer-list")).content.decode()

    assert f"{reverse(MONTH)}?officer={bureau.alice.police_number}" in html


@pytest.mark.parametrize("viewer", ["dan", "alice"])
def test_nobody_else_s_month_exists(bureau, viewer):
    assert page(getattr(bureau, viewer), officer=bureau.bob.police_number).status_code == 404


def test_a_leader_sees_of_an_officer_only_the_people_within_reach(bureau):
    """Alice holds somebody of another county's as well."""
    person = factories.stakeholder("elsewhere", bureau.other_station)
    factories.seat(person)
    factories.pairing(bureau.alice, person, unit=bureau.other_station)
    owe(person, planned_on=day("2026-11-25"))

    assert on(look(bureau.alice), "2026-11-25") == {"elsewhere": "open"}
    assert look(bureau.alice, bureau.bob).chips == []


@pytest.mark.parametrize(
    "query", [{"month": "x"}, {"month": "2026-13"}, {"day": "1"}, {"month": "1999-01"}, {"officer": "9"}]
)
def test_a_month_that_is_none_does_not_exist(bureau, query):
    assert page(bureau.alice, **query).status_code == 404


@pytest.mark.parametrize("moved", ["x", "0", "9" * 30])
def test_what_was_not_moved_is_not_offered_to_be_taken_back(bureau, moved):
    response = page(bureau.alice, moved=moved)

    assert response.status_code == 200
    assert "Take the move back" not in response.content.decode()


def test_the_chosen_day_is_listed_with_streets_and_links(bureau):
    owed = owe(bureau.deputy, planned_on=day("2026-11-25"), planned_time=dt.time(14, 30))
    html = page(bureau.alice, day="2026-11-25").content.decode()

    assert html.count("澄江镇") == 2  # in the grid and in the list
    assert "14:30" in html
    assert (
        f"{reverse('schedules:obligation-move', args=[owed.pk])}?next=/month/%3Fmonth%3D2026-11%26day%3D2026-11-25"
        in html
    )


def test_it_takes_as_many_queries_for_five_hundred_as_for_fifty(bureau):
    def fill(count):
        fresh = Stakeholder.objects.bulk_create(
            Stakeholder(name=f"p{number}", unit=bureau.station) for number in range(count)
        )
        Pairing.objects.bulk_create(
            Pairing(
                officer=bureau.alice, stakeholder=person, unit=bureau.station, started_on=day("2026-01-01")
            )
            for person in fresh
        )
        like = {"policy": owed.policy, "version": owed.version, "changed_at": NOW, "due_on": owed.due_on}
        like |= {name: getattr(owed, name) for name in ("period_key", "period_start", "period_end")}
        Obligation.objects.bulk_create(
            Obligation(
                stakeholder=person, planned_on=day("2026-11-02") + dt.timedelta(days=number % 28), **like
            )
            for number, person in enumerate(fresh)
        )

    def queries(viewer):
        client = sign_in(viewer)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(MONTH), {"officer": bureau.alice.police_number}).status_code == 200
        return [query["sql"] for query in captured]

    owed = owe(bureau.deputy)
    fill(49)
    few = [queries(bureau.alice), queries(bureau.bob)]
    fill(450)
    many = [queries(bureau.alice), queries(bureau.bob)]
    assert [len(one) for one in many] == [len(one) for one in few]
    assert max(len(one) for one in many) <= 12, "\n".join(many[0])


# --- moving ---------------------------------------------------------------------------------------------------


def drop(client, owed, where, **fields):
    """As the page drops it: what htmx sends, and the page that it is led to."""
    data = {"day": where, "time": "", "seen": owed.sequence, "next": "/month/?month=2026-11"} | fields
    address = reverse("schedules:obligation-move", args=[owed.pk])
    return client.post(address, data, headers={"HX-Request": "true"}, follow=True).content.decode()


def test_a_contact_that_is_dropped_stands_on_the_day_and_in_the_trail(bureau):
    owed = owe(bureau.deputy, planned_on=day("2026-11-25"))
    html = drop(sign_in(bureau.alice), owed, "2026-11-24", time="09:30")
    owed.refresh_from_db()

    assert (owed.planned_on, owed.planned_time, owed.arranged) == (day("2026-11-24"), dt.time(9, 30), True)
    assert "planned for 2026-11-24" in html
    assert "Take the move back" in html
    entry = AuditEntry.objects.get(action="move planned day")
    assert (entry.officer, entry.before["planned_on"]) == (bureau.alice, "2026-11-25")


@pytest.mark.parametrize("where", ["2026-11-17", "2026-12-01", "2026-10-31", "nonsense"])
def test_what_is_refused_stays_where_it_was_and_the_page_says_why(bureau, where):
    owed = owe(bureau.deputy, planned_on=day("2026-11-25"))
    html = drop(sign_in(bureau.alice), owed, where)
    owed.refresh_from_db()

    assert (owed.planned_on, owed.arranged) == (day("2026-11-25"), False)
    assert (
        "Enter a valid date" if where == "nonsense" else "Choose a day from 2026-11-18 to 2026-11-30."
    ) in html
    assert "Take the move back" not in html


def test_a_day_off_is_allowed_and_said(bureau):
    owed = owe(bureau.deputy)
    Leave.objects.create(officer=bureau.alice, first_day=day("2026-11-24"), last_day=day("2026-11-24"))
    client = sign_in(bureau.alice)

    assert "planned for 2026-11-21. This is a day off." in drop(client, owed, "2026-11-21")
    owed.refresh_from_db()
    assert "The officer is on leave on this day." in drop(client, owed, "2026-11-24")


def test_a_day_in_a_year_that_nobody_knows_is_said(bureau):
    owed = owe(bureau.deputy, "2027-02")

    assert "The make-up days of 2027 are not known yet." in drop(sign_in(bureau.alice), owed, "2027-02-15")


def test_the_second_of_two_who_move_one_is_told_and_may_move_it_knowingly(bureau):
    owed = owe(bureau.deputy, planned_on=day("2026-11-25"))
    drop(sign_in(bureau.alice), owed, "2026-11-24")
    bob = sign_in(bureau.bob)
    html = drop(bob, owed, "2026-11-26", next=f"/month/?officer={bureau.alice.police_number}")

    assert "Meanwhile it was moved to 2026-11-24." in html
    owed.refresh_from_db()
    assert owed.planned_on == day("2026-11-24")

    drop(bob, owed, "2026-11-26")
    owed.refresh_from_db()
    assert owed.planned_on == day("2026-11-26")


def test_on_the_form_too_the_second_is_told_and_a_second_press_moves_it(bureau):
    owed = owe(bureau.deputy, planned_on=day("2026-11-25"))
    address, client = reverse("schedules:obligation-move", args=[owed.pk]), sign_in(bureau.bob)
    drop(sign_in(bureau.alice), owed, "2026-11-24")
    html = client.post(address, {"day": "2026-11-26", "seen": owed.sequence}).content.decode()

    assert "Meanwhile it was moved to 2026-11-24." in html
    assert f'name="seen" value="{owed.sequence + 1}"' in html
    assert client.post(address, {"day": "2026-11-26", "seen": owed.sequence + 1}).status_code == 302


def test_two_who_choose_the_same_day_agree(bureau):
    owed = owe(bureau.deputy, planned_on=day("2026-11-25"))
    drop(sign_in(bureau.alice), owed, "2026-11-24")

    assert "planned for 2026-11-24" in drop(sign_in(bureau.bob), owed, "2026-11-24")


# --- taking it back -------------------------------------------------------------------------------------------


def take_back(client, owed):
    address = reverse("schedules:obligation-move-back", args=[owed.pk])
    return client.post(address, {"next": "/month/?month=2026-11"}, follow=True).content.decode()


def test_the_last_move_is_taken_back_even_to_a_day_that_is_over(bureau):
    owed, client = owe(bureau.deputy, planned_on=day("2026-11-10")), sign_in(bureau.alice)
    drop(client, owed, "2026-11-24", time="09:30")
    html = take_back(client, owed)
    owed.refresh_from_db()

    assert (owed.planned_on, owed.planned_time, owed.arranged) == (day("2026-11-10"), None, False)
    assert owed.sequence == 2
    assert "where it stood before" in html
    assert AuditEntry.objects.first().action == "take back move"
    assert "It stands elsewhere by now" in take_back(client, owed)


def test_somebody_else_s_move_is_not_taken_back(bureau):
    owed = owe(bureau.deputy, planned_on=day("2026-11-25"))
    drop(sign_in(bureau.bob), owed, "2026-11-24")

    assert "It stands elsewhere by now" in take_back(sign_in(bureau.alice), owed)
    assert Obligation.objects.get().planned_on == day("2026-11-24")


def test_a_move_is_not_taken_back_once_planning_moved_it(bureau):
    owed = owe(bureau.deputy, planned_on=day("2026-11-25"))
    drop(sign_in(bureau.alice), owed, "2026-11-24")
    Obligation.objects.update(planned_on=day("2026-11-27"), arranged=False)

    with pytest.raises(ValidationError):
        handling.take_back_move(owed, actor=Actor(bureau.alice), now=NOW)


def test_today_leads_to_the_month(bureau):
    assert reverse(MONTH) in sign_in(bureau.alice).get(reverse("schedules:today")).content.decode()
