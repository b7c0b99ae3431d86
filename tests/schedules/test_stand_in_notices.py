"""Reminders go to the stand-in too, on the days of the stand-in, once each (R10)."""

import pytest
from django.core import mail

from schedules.models import NoticeLine
from schedules.passes import run_schedule
from schedules.verify import verify
from tests import factories
from tests.schedules.scenes import at, day, owe


@pytest.fixture
def eve(bureau):
    """Alice's stand-in from the 23rd to the 27th; a call of Alice's is planned on the 24th."""
    eve = factories.officer("Eve", bureau.station)
    factories.stand_in(eve, bureau.alice, day("2026-11-23"), day("2026-11-27"))
    owe(bureau.deputy, planned_on=day("2026-11-20"))
    return eve


def told(name: str, key: str = "2026-11") -> list[str]:
    lines = NoticeLine.objects.told().filter(recipient__name=name, obligation__period_key=key)
    return list(lines.filter(obligation__policy__code="call").values_list("stage", flat=True).order_by("pk"))


def run_through(*days: str) -> None:
    for date in days:
        run_schedule(at(f"{date} 09:00"))
        run_schedule(at(f"{date} 09:01"))


def test_what_falls_due_on_its_days_is_told_to_both_and_nothing_else_to_the_stand_in(bureau, eve):
    run_through("2026-11-20", "2026-11-23", "2026-11-27", "2026-11-30", "2026-12-01")

    assert told("Alice") == ["planned", "due_soon", "last_day", "missed"]
    assert told("Eve") == ["due_soon"]
    assert {"张伟" in message.body for message in mail.outbox if message.to == [eve.email]} == {True}
    assert verify(at("2026-12-01 09:01")).violations == []


def test_a_message_that_has_not_left_when_it_ends_says_nothing(bureau, eve):
    run_schedule(at("2026-11-27 21:00"))  # after the hours: the message would leave on Monday
    assert told("Eve") == ["due_soon"]
    mail.outbox.clear()
    run_schedule(at("2026-11-30 09:00"))

    assert told("Eve") == []
    assert not [message for message in mail.outbox if message.to == [eve.email]]


def test_what_was_missed_is_read_by_leaders_and_not_by_whoever_stood_in_before(bureau):
    eve = factories.officer("Eve", bureau.station)
    factories.stand_in(eve, bureau.alice, day("2026-12-01"), day("2026-12-01"))
    owe(bureau.deputy)
    run_schedule(at("2026-11-12 09:00"))
    run_schedule(at("2026-12-01 21:00"))
    assert told("Eve") == told("Bob") == ["missed"]
    mail.outbox.clear()
    run_schedule(at("2026-12-02 09:00"))

    assert {message.to[0] for message in mail.outbox} >= {bureau.alice.email, bureau.bob.email}
    assert eve.email not in {message.to[0] for message in mail.outbox}
