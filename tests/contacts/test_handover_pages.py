"""The page that hands an officer's people over, and the sheet with which the successor begins."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.handover_sheet import read_sheet
from contacts.models import Handover, Officer, Pairing, Stakeholder
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(officer: Officer) -> str:
    return reverse("contacts:handover-create", args=[officer.police_number])


def hold(bureau, name: str, level: str = "township") -> Pairing:
    person = factories.stakeholder(name, bureau.station, street="澄江镇", mobile="+8613812345678")
    factories.seat(person, level=level)
    return factories.pairing(bureau.alice, person)


def names(html: str) -> set[str]:
    return {name for name in ("Bob", "Dan", "Eve", "Fay", "Lin") if f"{name} 1" in html}


# --- proposing -----------------------------------------------------------------------------------------------


def test_each_gets_the_nearest_of_fitting_rank_with_the_lightest_load(bureau):
    eve, fay = factories.officer("Eve", bureau.station), factories.officer("Fay", bureau.station)
    factories.pairing(eve, factories.stakeholder("x", bureau.station))
    pairings = [hold(bureau, f"p{number}") for number in range(3)]
    form = sign_in(bureau.bob).get(page_of(bureau.alice)).context["form"]

    chosen = [form[f"to_{pairing.pk}"].initial for pairing in pairings]
    assert chosen == [fay.police_number, eve.police_number, fay.police_number]  # loads 0, 1, 1: as they go
    own = bureau.alice.pairings.get(stakeholder=bureau.deputy)
    assert form[f"to_{own.pk}"].initial == bureau.bob.police_number  # of the district, so the leader


def test_nobody_out_of_the_editor_s_reach_and_not_the_officer_is_offered(bureau):
    hold(bureau, "p", level="city")  # the county's leader could, but Bob leads a station
    factories.officer("Eve", bureau.station, is_active=False)
    here = sign_in(bureau.bob).get(page_of(bureau.alice)).content.decode()
    above = sign_in(bureau.carl).get(page_of(bureau.alice)).content.decode()

    assert names(here) == {"Bob"}
    assert names(above) == {"Bob", "Lin"}


def test_whoever_finds_nobody_is_shown_with_the_reason_and_stays_unless_decided(bureau):
    bureau.bob.roles.update(ended_at=NOW)
    Officer.objects.filter(pk=bureau.bob.pk).update(unit=bureau.other_station)
    html = sign_in(bureau.carl).get(page_of(bureau.alice)).content.decode()

    assert "leads the county and holds 0 of 7" in html
    pairing = hold(bureau, "p")
    assert "a person must decide" in sign_in(bureau.carl).get(page_of(bureau.alice)).content.decode()
    form = sign_in(bureau.carl).get(page_of(bureau.alice)).context["form"]
    assert form[f"to_{pairing.pk}"].initial == ""


# --- doing ---------------------------------------------------------------------------------------------------


def test_what_is_chosen_goes_over_and_the_rest_stays(bureau):
    eve = factories.officer("Eve", bureau.station)
    first, second = hold(bureau, "p"), hold(bureau, "q")
    own = bureau.alice.pairings.get(stakeholder=bureau.deputy)
    response = sign_in(bureau.bob).post(
        page_of(bureau.alice),
        {
            "on": "2026-11-20", "reason": "moves", f"to_{first.pk}": eve.police_number, f"to_{second.pk}": "",
            f"to_{own.pk}": bureau.bob.police_number,
        },
        follow=True,
    )  # fmt: skip

    assert "2 people are handed over from 2026-11-20. Both sides are told." in response.content.decode()
    assert response.redirect_chain[-1][0] == Handover.objects.get().get_absolute_url()
    open_ = Pairing.objects.open(dt.date(2026, 11, 20))
    assert {(p.stakeholder.name, p.officer.name) for p in open_.filter(officer__in=[eve, bureau.bob, bureau.alice])} == {
        ("p", "Eve"), ("q", "Alice"), ("张伟", "Bob"),
    }  # fmt: skip


def test_one_successor_may_take_everybody(bureau):
    hold(bureau, "p")
    form = {"on": "2026-11-18", "reason": "moves", "everybody_to": f"{bureau.bob.police_number} Bob"}
    sign_in(bureau.bob).post(page_of(bureau.alice), form)

    assert bureau.bob.pairings.open(TODAY).count() == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": ""}, "This field is required"),
        ({"everybody_to": "Dan"}, "No officer of your units"),
        ({"everybody_to": ""}, "Choose a successor for at least one person."),
        ({"everybody_to": "Alice"}, "Alice can not be the successor"),
        ({"on": "2026-13-01"}, "valid date"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(bureau, change, said):
    form = {"on": "2026-11-18", "reason": "moves to traffic", "everybody_to": "Bob"} | change
    html = sign_in(bureau.bob).post(page_of(bureau.alice), form).content.decode()

    assert said in html
    assert "reason" in change or "moves to traffic" in html
    assert bureau.alice.pairings.open(TODAY).exists()
    assert not Handover.objects.exists()


def test_a_second_click_is_told_that_it_is_done(bureau):
    form = {"on": "2026-11-18", "reason": "moves", "everybody_to": "Bob"}
    bob = sign_in(bureau.bob)
    bob.post(page_of(bureau.alice), form)
    html = bob.post(page_of(bureau.alice), form).content.decode()

    assert "Alice is responsible for nobody in your units." in html
    assert Handover.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("lea", 403), ("dan", 403), ("bob", 200), ("lin", 200), ("carl", 200), ("carol", 200)],
)
def test_the_matrix_decides_who_hands_over(bureau, name, status):
    assert sign_in(getattr(bureau, name)).get(page_of(bureau.alice)).status_code == status


def test_a_leader_of_another_county_finds_no_such_officer(bureau):
    factories.role(bureau.dan, "leader")

    assert sign_in(bureau.dan).get(page_of(bureau.alice)).status_code == 404


def test_a_pairing_of_another_unit_is_out_of_reach(bureau):
    elsewhere = factories.stakeholder("elsewhere", bureau.other_station)
    factories.pairing(bureau.alice, elsewhere, unit=bureau.other_station)
    html = sign_in(bureau.bob).get(page_of(bureau.alice)).content.decode()

    assert "elsewhere" not in html
    assert "elsewhere" in sign_in(bureau.carol).get(page_of(bureau.alice)).content.decode()


def test_the_list_of_officers_leads_there_for_those_who_may(bureau):
    address = page_of(bureau.alice)

    assert address in sign_in(bureau.bob).get("/officers/").content.decode()
    assert address not in sign_in(bureau.lea).get("/officers/").content.decode()
    assert page_of(bureau.dan) not in sign_in(bureau.carol).get("/officers/").content.decode()  # holds nobody


def queries(officer: Officer, address: str) -> list[str]:
    client = sign_in(officer)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


def test_the_page_takes_as_many_queries_for_sixty_as_for_one(bureau):
    few = queries(bureau.bob, page_of(bureau.alice))
    for number in range(60):
        hold(bureau, f"p{number}")
    many = queries(bureau.bob, page_of(bureau.alice))

    assert len(many) == len(few) <= 15, "\n".join(many)


# --- the sheet -----------------------------------------------------------------------------------------------


def give_to_alice(bureau, on: dt.date = TODAY, number: int = 1) -> Handover:
    """Somebody hands Alice the deputy, whom she holds, and others."""
    people = [bureau.deputy, *(hold(bureau, f"p{index}").stakeholder for index in range(number - 1))]
    return factories.handover(
        factories.officer("Eve", bureau.station), dict.fromkeys(people, bureau.alice), on
    )


def test_the_sheet_says_what_the_successor_needs(bureau):
    Stakeholder.objects.filter(pk=bureau.deputy.pk).update(reach_hint="After five, never on Mondays")
    for days in range(1, 6):
        factories.record(
            bureau.deputy, bureau.alice, NOW - dt.timedelta(days=days), summary=f"Call {days}",
            promised="A map" if days == 5 else "",
        )  # fmt: skip
    factories.feedback(bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=30), text="A light, please")
    html = sign_in(bureau.alice).get(give_to_alice(bureau).get_absolute_url()).content.decode()

    assert "After five, never on Mondays" in html
    assert all(f"Call {days}" in html for days in (1, 2, 3))
    assert "Call 4" not in html
    assert "A map" in html
    assert "A light, please" in html
    assert "overdue" in html
    assert "+8613912345678" in html


def test_numbers_are_masked_for_those_who_may_not_see_them(bureau):
    html = sign_in(bureau.bob).get(give_to_alice(bureau).get_absolute_url()).content.decode()

    assert "张伟" in html
    assert "13912345678" not in html


def test_before_its_day_the_successor_reads_names_and_nothing_else(bureau):
    factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=1), summary="Secret words")
    made = factories.handover(bureau.alice, {bureau.deputy: bureau.dan}, TODAY + dt.timedelta(days=7))
    html = sign_in(bureau.dan).get(made.get_absolute_url()).content.decode()

    assert "张伟" in html
    assert "Secret words" not in html
    assert bureau.deputy.get_absolute_url() not in html


def test_whoever_gave_the_person_on_reads_nothing_of_them(bureau):
    made = factories.handover(bureau.alice, {bureau.deputy: bureau.dan}, TODAY - dt.timedelta(days=7))
    html = sign_in(bureau.dan).get(made.get_absolute_url()).content.decode()

    assert "张伟" not in html
    assert "None of these people is in your reach any more." in html


def test_strangers_find_no_sheet(bureau):
    assert sign_in(bureau.dan).get(give_to_alice(bureau).get_absolute_url()).status_code == 404


def test_the_sheet_takes_as_many_queries_for_sixty_as_for_one(bureau):
    few = queries(bureau.alice, give_to_alice(bureau).get_absolute_url())
    Handover.objects.all().delete()
    sixty = give_to_alice(bureau, number=60)
    for line in sixty.lines.all():
        factories.record(line.stakeholder, bureau.alice, NOW - dt.timedelta(days=2), promised="A map")
    many = queries(bureau.alice, sixty.get_absolute_url())

    assert len(read_sheet(sixty, bureau.alice, TODAY)) == 60
    assert len(many) == len(few) <= 13, "\n".join(many)


def test_what_was_is_not_handed_over(bureau):
    pairing = bureau.alice.pairings.get()
    form = {"on": "2026-11-17", "reason": "leaves", f"to_{pairing.pk}": bureau.bob.police_number}
    page = sign_in(bureau.bob).post(page_of(bureau.alice), form)

    assert "This day is over; choose today or a later one." in page.content.decode()
    assert not Handover.objects.exists()
    assert bureau.alice.pairings.get() == pairing
