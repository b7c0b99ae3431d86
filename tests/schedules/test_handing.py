"""An officer hands over in the middle of a month: what is owed moves, what was done stays, both sides are told once."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from contacts import handovers
from contacts.models import Actor, Handover, Officer
from schedules import coverage, notices
from schedules.models import NoticeLine, Obligation
from schedules.notices import handing
from schedules.passes import run_schedule
from schedules.verify import verify
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day, moment

MONTH = "2026-11"
MORNING, NOON = "2026-11-25 09:00", "2026-11-25 12:00"


@pytest.fixture
def seven(bureau):
    """Alice holds seven people; by the 25th she has called three of them."""
    people = [bureau.deputy]
    for number in range(6):
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.seat(person)
        factories.pairing(bureau.alice, person)
        people.append(person)
    run_schedule(at("2026-11-02 09:00"))
    for person in people[:3]:
        factories.record(person, bureau.alice, at("2026-11-10 10:00"))
    run_schedule(at(MORNING))
    mail.outbox.clear()
    return people


def leave(bureau, on: str = "2026-11-25", at_: str = MORNING, successor: str = "bob") -> Handover:
    """Alice hands everybody over to one successor."""
    with time_machine.travel(at(at_) + dt.timedelta(minutes=1), tick=False):
        wanted = dict.fromkeys(bureau.alice.pairings.values_list("pk", flat=True), getattr(bureau, successor))
        actor = Actor(bureau.carol)
        return handovers.hand_over(bureau.alice, wanted, on=day(on), actor=actor, reason="moves to traffic")[
            0
        ]


def calls(now: str = NOON) -> dict[tuple[str, str], int]:
    """(officer, state) → how many calls of the month."""
    rows = coverage.with_status(Obligation.objects.live().filter(period_key=MONTH), at(now))
    names = dict(Officer.objects.values_list("pk", "name"))
    found: dict[tuple[str, str], int] = {}
    for officer, state in rows.values_list("responsible_officer_id", "state"):
        key = names[officer], state
        found[key] = found.get(key, 0) + 1
    return found


def lines() -> list[tuple[str, str]]:
    rows = NoticeLine.objects.filter(stage="handover").order_by("pk")
    return [(line.recipient.name, line.state) for line in rows]


def test_open_calls_move_and_those_that_were_made_stay_credited(bureau, seven):
    before = coverage.figures(MONTH, now=at(NOON))["total"]
    assert calls() == {("Alice", "met"): 3, ("Alice", "open"): 4}
    leave(bureau)

    assert calls() == {("Alice", "met"): 3, ("Bob", "open"): 4}
    assert coverage.figures(MONTH, now=at(NOON))["total"] == before
    run_schedule(at(NOON))
    assert coverage.figures(MONTH, now=at(NOON))["total"] == before
    december = coverage.with_status(
        Obligation.objects.live().filter(period_key="2026-12"), at("2026-12-05 09:00")
    )
    assert set(december.values_list("responsible_officer_id", flat=True)) == {bureau.bob.pk}


def test_both_sides_are_told_once_however_often_a_pass_runs(bureau, seven):
    leave(bureau)
    run_schedule(at(NOON))
    run_schedule(at(NOON))
    run_schedule(at("2026-11-25 12:01"))
    run_schedule(at("2026-11-26 09:00"))

    assert sorted(lines()) == [("Alice", "told"), ("Bob", "told")]
    assert verify(at("2026-11-26 09:00")).violations == []


def test_a_pass_killed_after_telling_tells_it_with_the_next_one(bureau, seven, monkeypatch):
    leave(bureau)

    def die(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("schedules.models.PassState.save", die)
        with pytest.raises(KeyboardInterrupt):
            run_schedule(at(NOON))
    assert lines() == []
    run_schedule(at("2026-11-25 12:01"))
    assert sorted(lines()) == [("Alice", "told"), ("Bob", "told")]


def test_one_message_says_whom_and_from_when_and_why(bureau, seven, settings):
    made = leave(bureau)
    run_schedule(at("2026-11-26 08:30"))
    (to_bob,) = [message for message in mail.outbox if message.to == [bureau.bob.email]]
    (to_alice,) = [message for message in mail.outbox if message.to == [bureau.alice.email]]

    for body in (to_bob.body, to_bob.alternatives[0].content):
        assert "Alice hands 7 people over to you from 2026-11-25" in body
        assert "张伟" in body
        assert "moves to traffic" in body
        assert f"{settings.BASE_URL}{made.get_absolute_url()}" in body
    assert "Bob takes 7 people over from you from 2026-11-25" in to_alice.subject
    assert "张伟" not in to_alice.body
    assert made.get_absolute_url() not in to_alice.body


def test_the_inbox_says_it_too_and_names_nobody_who_went_on_to_somebody_else(bureau, seven):
    made = leave(bureau)
    run_schedule(at(NOON))
    with time_machine.travel(at("2026-11-25 13:00"), tick=False):
        html = sign_in(bureau.bob).get("/inbox/").content.decode()
        assert "Alice hands 7 people over to you from 2026-11-25" in html
        assert "张伟" in html
        assert made.get_absolute_url() in html
        assert "Bob takes 7 people over from you" in sign_in(bureau.alice).get("/inbox/").content.decode()

        bureau.deputy.pairings.filter(officer=bureau.bob).update(officer=bureau.dan)
        html = sign_in(bureau.bob).get("/inbox/").content.decode()
        assert "张伟" not in html
        assert "代表1" in html


def test_a_hand_over_ahead_of_its_day_is_told_at_once_and_moves_what_is_owed_on_its_day(bureau, seven):
    leave(bureau, on="2026-12-01")
    run_schedule(at(NOON))

    assert sorted(lines()) == [("Alice", "told"), ("Bob", "told")]
    assert calls() == {("Alice", "met"): 3, ("Alice", "open"): 4}
    run_schedule(at("2026-12-01 09:00"))
    assert calls("2026-12-01 09:00") == {("Alice", "met"): 3, ("Alice", "missed"): 4}


def test_asking_whether_anything_is_to_be_told_is_one_query(bureau, seven, django_assert_num_queries):
    leave(bureau)
    run_schedule(at(NOON))
    with django_assert_num_queries(1):
        assert handing.untold() == []


def test_two_hand_overs_on_one_day_stand_in_one_message(bureau, seven):
    leave(bureau)
    eve = factories.officer("Eve", bureau.station)
    person = factories.stakeholder("周平", bureau.station)
    pairing = factories.pairing(eve, person)
    with time_machine.travel(at(MORNING), tick=False):
        handovers.hand_over(
            eve, {pairing.pk: bureau.bob}, on=day("2026-11-25"), actor=Actor(bureau.carol), reason="retires"
        )
    with transaction.atomic():
        notices.queue(moment(NOON))
    told = NoticeLine.objects.filter(stage="handover", recipient=bureau.bob)
    assert told.count() == 2
    assert told.values("notice").distinct().count() == 1
