"""Asking for another officer: no reason, no trace for the present one, and nothing learnt from asking."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.handling import end_pairing, pair
from contacts.handovers import hand_over
from contacts.models import Actor, AuditEntry, Officer, Pairing, RepairingRequest
from contacts.pairing import pair_many
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 18)
ASK, PROPOSALS = "/pairings/another-officer/", "/pairings/proposals/"


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def asked(bureau) -> RepairingRequest:
    return RepairingRequest.objects.create(stakeholder=bureau.deputy, asked_by=bureau.rita)


def again(officer: Officer) -> Officer:
    return Officer.objects.get(pk=officer.pk)


def html_for(officer: Officer, address: str = PROPOSALS) -> str:
    return sign_in(again(officer)).get(address).content.decode()


# --- asking --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["number", "张伟/13912345678", "张伟/139 1234 5678"])
def test_a_reviewer_names_somebody_whom_they_can_not_see(bureau, words):
    words = bureau.deputy.number if words == "number" else words
    sign_in(bureau.rita).post(ASK, {"person": words})

    request = RepairingRequest.objects.get()
    assert (request.stakeholder, request.asked_by, request.decided_at) == (bureau.deputy, bureau.rita, None)


def test_nothing_that_the_asker_gets_tells_whether_there_is_such_a_person_or_a_request(bureau):
    factories.stakeholder("李娜", bureau.station, mobile="+8613812345678")  # whom nobody holds
    found = {}
    for words in (
        "L999999",
        "Nobody/13812345678",
        "李娜/13812345678",
        "张伟",
        bureau.deputy.number,
        bureau.deputy.number,
    ):
        client = sign_in(bureau.rita)
        with CaptureQueriesContext(connection) as captured:
            response = client.post(ASK, {"person": words}, follow=True)
        page = re.sub(r"[A-Za-z0-9]{64}", "", response.content.decode())  # the token of each form
        found[words, len(found)] = page, len(captured)

    assert len(set(found.values())) == 1, {key: number for key, (_html, number) in found.items()}
    assert RepairingRequest.objects.count() == 1
    assert AuditEntry.objects.filter(action="ask for another officer").count() == 6


def test_a_leader_asks_for_people_of_the_unit_alone(bureau):
    other = factories.stakeholder("远方", bureau.other_station)
    factories.pairing(bureau.dan, other)
    for person in (other, bureau.deputy):
        sign_in(bureau.bob).post(ASK, {"person": person.number})

    assert RepairingRequest.objects.get().stakeholder == bureau.deputy


def test_there_is_one_undecided_request_for_a_person(bureau, asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        RepairingRequest.objects.create(stakeholder=bureau.deputy)
    asked.outcome = "done"  # not without saying when
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save()


# --- who hears of it -----------------------------------------------------------------------------------------


def test_whoever_pairs_reads_that_it_was_asked_and_neither_by_whom_nor_why(bureau, asked):
    html = html_for(bureau.bob)

    assert "another officer was asked for" in html
    assert "张伟" in html
    assert "now with Alice" in html
    assert "Rita" not in html


def test_the_proposal_is_never_the_present_officer(bureau, asked):
    bureau.deputy.seats.update(level="township")
    eve = factories.officer("Eve", bureau.station)
    form = sign_in(bureau.bob).get(PROPOSALS).context["form"]
    field = form.fields[f"to_{bureau.deputy.pk}"]

    assert field.initial == eve.police_number
    assert bureau.alice.police_number not in dict(field.choices)


@pytest.mark.parametrize("as_stand_in", [False, True])
def test_the_officer_who_holds_the_person_sees_no_trace_whatever_their_role(bureau, asked, as_stand_in):
    """Bob leads the station; he holds the person himself, or stands in for Alice, who does."""
    if as_stand_in:
        factories.stand_in(bureau.bob, bureau.alice, TODAY, TODAY)
    else:
        Pairing.objects.filter(stakeholder=bureau.deputy).update(officer=bureau.bob)
    traces = ("asked for", "Decline")

    for address in (
        PROPOSALS,
        bureau.deputy.get_absolute_url(),
        "/people/",
        "/pairings/",
        "/today/",
        "/inbox/",
    ):
        assert not any(trace in html_for(bureau.bob, address) for trace in traces), address
    decline = reverse("contacts:repairing-decline", args=[asked.pk])
    assert sign_in(bureau.bob).post(decline).status_code == 404
    form = {
        "on": "2026-11-18",
        "ids": [bureau.deputy.pk],
        f"to_{bureau.deputy.pk}": bureau.alice.police_number,
    }
    sign_in(bureau.bob).post(PROPOSALS, form)
    assert bureau.deputy.pairings.count() == 1


def test_the_paired_officer_sees_no_trace(bureau, asked):
    for address in (bureau.deputy.get_absolute_url(), "/people/", "/today/", "/inbox/", "/tasks/"):
        html = html_for(bureau.alice, address)
        assert "was asked for" not in html, address
        assert "another officer" not in html.lower(), address


def test_the_coordinator_s_start_page_counts_those_within_reach(bureau, asked):
    assert "<b>1</b><span>another officer was asked for" in html_for(bureau.carl, "/overview/")
    carl_elsewhere = factories.officer("Cleo", bureau.other_county)
    factories.role(carl_elsewhere, "coordinator")
    assert "<b>0</b><span>another officer was asked for" in html_for(carl_elsewhere, "/overview/")


# --- deciding ------------------------------------------------------------------------------------------------


def outcome() -> str:
    return RepairingRequest.objects.get().outcome


def test_pairing_the_person_anew_on_the_page_answers_it(bureau, asked):
    form = {"on": "2026-11-18", "ids": [bureau.deputy.pk], f"to_{bureau.deputy.pk}": bureau.bob.police_number}
    html = sign_in(bureau.carl).post(PROPOSALS, form, follow=True).content.decode()

    assert "1 person is paired." in html
    assert bureau.deputy.pairings.open(TODAY).get().officer == bureau.bob
    assert outcome() == "done"
    assert RepairingRequest.objects.get().decided_by == bureau.carl


@pytest.mark.parametrize("way", ["by hand", "many", "hand-over"])
def test_every_way_of_pairing_answers_it(bureau, asked, way):
    actor = Actor(bureau.carl)
    if way == "by hand":
        pair(bureau.deputy, bureau.bob, on=TODAY, actor=actor)
    elif way == "many":
        pair_many({bureau.deputy: bureau.bob}, on=TODAY, actor=actor)
    else:
        held = bureau.alice.pairings.get()
        hand_over(bureau.alice, {held.pk: bureau.bob}, on=TODAY, actor=actor, reason="moves")

    assert outcome() == "done"


def test_ending_the_pairing_alone_does_not(bureau, asked):
    end_pairing(bureau.alice.pairings.get(), last_day=TODAY, actor=Actor(bureau.carl), reason="ill")

    assert outcome() == ""


def test_it_can_be_declined_once_and_then_asked_for_again(bureau, asked):
    address = reverse("contacts:repairing-decline", args=[asked.pk])
    carl = sign_in(bureau.carl)
    assert "张伟 stays with the present officer." in carl.post(address, follow=True).content.decode()
    assert "Somebody was quicker" in carl.post(address, follow=True).content.decode()

    assert outcome() == "declined"
    assert AuditEntry.objects.filter(action="decline another officer").count() == 1
    sign_in(bureau.rita).post(ASK, {"person": bureau.deputy.number})
    assert RepairingRequest.objects.undecided().count() == 1


def test_whom_somebody_else_gave_another_officer_meanwhile_is_named(bureau, asked):
    form = {"on": "2026-11-18", "ids": [bureau.deputy.pk], f"to_{bureau.deputy.pk}": bureau.bob.police_number}
    pair(bureau.deputy, bureau.lin, on=TODAY, actor=Actor(bureau.carol))
    html = sign_in(bureau.carl).post(PROPOSALS, form, follow=True).content.decode()

    assert "Somebody was quicker; these are paired already: 张伟" in html
    assert bureau.deputy.pairings.open(TODAY).get().officer == bureau.lin
