"""The page of proposals: who is on it, what pairing does, and that nobody hears of an officer out of reach."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.handling import pair
from contacts.models import Actor, AuditEntry, Officer, Pairing, Seat, Stakeholder
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 18)
PAGE = "/pairings/proposals/"


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def unpaired(bureau, name: str, level: str = "district", at=None) -> Stakeholder:
    person = factories.stakeholder(name, at or bureau.station)
    factories.seat(person, level=level)
    return person


def send(officer: Officer, people: dict[Stakeholder, str], **more):
    """Tick these people, each with the police number of an officer."""
    ticks = {"ids": [person.pk for person in people]}
    chosen = {f"to_{person.pk}": number for person, number in people.items()}
    return sign_in(officer).post(PAGE, {"on": "2026-11-18"} | ticks | chosen | more, follow=True)


def html_for(officer: Officer) -> str:
    return sign_in(officer).get(PAGE).content.decode()


# --- who is on it --------------------------------------------------------------------------------------------


def test_it_proposes_for_those_whom_a_policy_covers_and_nobody_holds_or_will_hold(bureau):
    unpaired(bureau, "waits")
    monitor = factories.stakeholder("monitor", bureau.station)
    factories.seat(monitor, kind="discipline_monitor", level="")
    arranged = unpaired(bureau, "arranged")
    factories.pairing(bureau.bob, arranged, since=TODAY + dt.timedelta(days=3))
    html = html_for(bureau.bob)

    assert "waits" in html
    assert "serves at the station of the street and holds 0 of 4" in html
    assert not any(name in html for name in ("monitor", "arranged", "张伟"))


def test_nobody_out_of_reach_is_proposed_or_offered(bureau):
    unpaired(bureau, "of the district")  # Bob, or Lin who leads the county
    unpaired(bureau, "of the city", level="city")  # Lin alone
    here, above = html_for(bureau.bob), html_for(bureau.carl)

    assert "Lin" not in here
    assert "Lin" in above
    assert "of the city" in here.partition('id="undecided"')[2]


def test_people_out_of_reach_are_not_there(bureau):
    unpaired(bureau, "elsewhere", at=bureau.other_station)

    assert "elsewhere" not in html_for(bureau.bob)
    assert "elsewhere" in html_for(bureau.carol)


def test_for_whom_nobody_can_be_proposed_a_person_must_decide(bureau):
    lost = unpaired(bureau, "lost", level="township", at=bureau.bureau)
    apart = html_for(bureau.carol).partition('id="undecided"')[2]

    assert "neither an address nor a unit tells who is near" in apart
    assert reverse("contacts:pairing-create", args=[lost.pk]) in apart


def test_where_everybody_is_paired_it_says_so(bureau):
    assert "Everybody whom a cycle covers is paired" in html_for(bureau.bob)


# --- pairing -------------------------------------------------------------------------------------------------


def test_the_ticked_are_paired_from_the_day_and_the_others_wait(bureau):
    eve = factories.officer("Eve", bureau.station, post_class="station_leader")
    one, two, three = (unpaired(bureau, name) for name in ("one", "two", "three"))
    response = send(
        bureau.bob, {one: bureau.bob.police_number, two: eve.police_number}, **{f"to_{three.pk}": "", "on": "2026-11-20"}
    )  # fmt: skip

    assert "2 people are paired." in response.content.decode()
    assert {(p.stakeholder, p.officer, p.started_on) for p in Pairing.objects.exclude(officer=bureau.alice)} == {
        (one, bureau.bob, dt.date(2026, 11, 20)), (two, eve, dt.date(2026, 11, 20)),
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="pair", officer=bureau.bob).count() == 2


def test_the_button_of_a_row_pairs_that_one_alone(bureau):
    one, two = unpaired(bureau, "one"), unpaired(bureau, "two")
    send(bureau.bob, dict.fromkeys([one, two], bureau.bob.police_number), only=two.pk)

    assert [pairing.stakeholder for pairing in bureau.bob.pairings.all()] == [two]


def test_whom_somebody_else_paired_meanwhile_is_named_and_the_rest_goes_through(bureau):
    one, two = unpaired(bureau, "one"), unpaired(bureau, "two")
    pair(one, bureau.alice, on=TODAY, actor=Actor(bureau.carl))
    html = send(bureau.bob, dict.fromkeys([one, two], bureau.bob.police_number)).content.decode()

    assert "1 person is paired." in html
    assert "Somebody was quicker; these are paired already: one" in html
    assert [one.pairings.get().officer, two.pairings.get().officer] == [bureau.alice, bureau.bob]


def test_whoever_left_the_reach_with_their_new_officer_is_counted_and_not_named(bureau):
    one, two = unpaired(bureau, "one"), unpaired(bureau, "two")
    pair(one, bureau.dan, on=TODAY, actor=Actor(bureau.carol))
    html = send(bureau.bob, dict.fromkeys([one, two], bureau.bob.police_number)).content.decode()

    assert "1 person is paired." in html
    assert "1 of those whom you ticked is not in your reach any more" in html
    assert one.pairings.get().officer == bureau.dan
    assert "not in your reach" in send(bureau.bob, {one: bureau.bob.police_number}).content.decode()


def test_a_second_click_pairs_nobody_twice_and_says_so(bureau):
    one = unpaired(bureau, "one")
    send(bureau.bob, {one: bureau.bob.police_number})
    html = send(bureau.bob, {one: bureau.alice.police_number}).content.decode()

    assert "valid choice" in html or "Somebody was quicker; these are paired already: one" in html
    assert one.pairings.get().officer == bureau.bob


@pytest.mark.parametrize("who", ["dan", "lin", "eve"])
def test_an_officer_who_was_not_offered_is_refused(bureau, who):
    factories.officer("Eve", bureau.station, is_active=False, police_number="999999")
    one = unpaired(bureau, "one")
    number = Officer.objects.get(name=who.title()).police_number
    html = send(bureau.bob, {one: number}).content.decode()

    assert "Select a valid choice" in html
    assert not one.pairings.exists()


def test_a_person_out_of_reach_can_not_be_sent(bureau):
    elsewhere = unpaired(bureau, "elsewhere", at=bureau.other_station)
    html = send(bureau.bob, {elsewhere: bureau.bob.police_number}).content.decode()

    assert "elsewhere" not in html
    assert not elsewhere.pairings.exists()


def test_what_is_wrong_is_said_at_the_row_and_nothing_is_lost(bureau):
    one, two = unpaired(bureau, "one"), unpaired(bureau, "two")
    response = send(bureau.bob, {one: bureau.bob.police_number, two: ""})
    form = response.context["form"]

    assert form.errors[f"to_{two.pk}"] == ["Choose an officer, or take the tick away."]
    assert [row.ticked for row in form.rows] == [True, True]
    assert not bureau.bob.pairings.exists()
    assert "Tick at least one person." in send(bureau.bob, {}, **{f"to_{one.pk}": ""}).content.decode()


# --- who and how much ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("lea", 403), ("rita", 403), ("sue", 403), ("bob", 200), ("lin", 200), ("carl", 200), ("carol", 200)],
)  # fmt: skip
def test_the_matrix_decides_who_sees_proposals(bureau, name, status):
    assert sign_in(getattr(bureau, name)).get(PAGE).status_code == status


def test_the_coordinator_s_start_page_and_the_list_of_the_unpaired_lead_there(bureau):
    carol = sign_in(bureau.carol)

    assert PAGE in carol.get("/overview/").content.decode()
    assert PAGE in carol.get("/people/?state=unpaired").content.decode()
    assert PAGE in carol.get("/pairings/").content.decode()
    assert PAGE not in sign_in(bureau.alice).get("/pairings/").content.decode()


def test_a_thousand_people_take_as_many_queries_as_one(bureau):
    def queries() -> list[str]:
        client = sign_in(bureau.carol)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return [query["sql"] for query in captured]

    unpaired(bureau, "one")
    few = queries()
    Officer.objects.bulk_create(
        Officer(police_number=f"2{number:05d}", name=f"o{number}", unit=bureau.station, post_class="station_leader")
        for number in range(60)
    )  # fmt: skip
    people = Stakeholder.objects.bulk_create(
        Stakeholder(name=f"p{number}", unit=bureau.station) for number in range(1000)
    )
    Seat.objects.bulk_create(
        Seat(stakeholder=person, kind="npc_deputy", level="district") for person in people
    )
    many = queries()

    assert len(many) == len(few) <= 14, "\n".join(many)
