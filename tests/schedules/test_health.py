"""A dead worker, a dead mail server and a full disk are visible, to people and to a monitor (R11)."""

import datetime as dt
from collections import namedtuple
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from schedules import health
from schedules.models import Delivery, Heartbeat, Notice
from tests.base import sign_in

Usage = namedtuple("Usage", "total used free")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def beat(db, now):
    return Heartbeat.objects.create(
        worker="host-1", version="0.1", started_at=now - MINUTE, finished_at=now - MINUTE
    )


def delivery(officer, now, **fields) -> Delivery:
    notice = Notice.objects.create(officer=officer, send_on=now.date(), created_at=fields.pop("told_at", now))
    fields = {"state": Delivery.State.PENDING, "next_attempt_at": now, **fields}
    return Delivery.objects.create(
        notice=notice, channel="email", address="alice@police.example", message_id="<1@liaison>", **fields
    )


def test_it_is_well_when_a_worker_ran_a_minute_ago(beat, now):
    found = health.examine(now)
    assert found.ok
    assert found.checks == {"disk": True, "worker": True, "mail": True, "database": True}


def test_a_worker_that_never_ran_is_not_well(db, now):
    assert health.examine(now).checks["worker"] is False


def test_a_worker_silent_for_five_minutes_is_not_well(beat, now):
    assert health.examine(now + 3 * MINUTE).checks["worker"] is True
    assert health.examine(now + 4 * MINUTE).checks["worker"] is False


def test_a_pass_that_hangs_does_not_count(beat, now):
    Heartbeat.objects.filter(pk=beat.pk).update(started_at=now, finished_at=None)
    assert health.examine(now).checks["worker"] is False


def test_one_living_worker_is_enough(beat, now):
    Heartbeat.objects.create(worker="host-2", started_at=now - 60 * MINUTE, finished_at=now - 60 * MINUTE)
    assert health.examine(now).checks["worker"] is True


def test_a_first_attempt_is_no_failure(bureau, beat, now):
    delivery(bureau.alice, now)
    assert health.examine(now).checks["mail"] is True


def test_a_mail_server_that_refuses_for_an_hour_is_seen(bureau, beat, now):
    delivery(bureau.alice, now, attempts=3, told_at=now - 61 * MINUTE)
    found = health.examine(now)
    assert found.checks["mail"] is False
    assert found.stuck == 1


def test_a_message_given_up_is_seen_for_a_day(bureau, beat, now):
    delivery(bureau.alice, now, attempts=8, state=Delivery.State.DEAD)
    assert health.examine(now).checks["mail"] is False
    Heartbeat.objects.update(finished_at=now + dt.timedelta(days=2))
    assert health.examine(now + dt.timedelta(days=2)).checks["mail"] is True


def test_a_full_disk_is_seen(beat, now, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 10**6))
    assert health.examine(now).checks["disk"] is False


def test_a_monitor_is_told_yes_or_no_and_nothing_else(beat):
    answer = Client().get("/health.json")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"disk": True, "worker": True, "mail": True, "database": True},
    }
    assert "no-store" in answer["Cache-Control"]


def test_a_monitor_is_told_503_when_the_worker_is_dead(db):
    answer = Client().get("/health.json")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"


def test_a_monitor_is_answered_when_the_database_is_not_there(db, monkeypatch):
    def refused():
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "connection", SimpleNamespace(ensure_connection=refused))
    answer = Client().get("/health.json")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] is False
    assert "refused" not in answer.content.decode()


def test_alice_sees_whether_reminders_work_but_no_message_of_others(bureau, beat, now):
    delivery(bureau.dan, now, state=Delivery.State.DEAD, last_error="550 no such mailbox")
    page = sign_in(bureau.alice).get("/health/").content.decode()
    assert "Something needs attention" in page
    assert "Dan" not in page
    assert "550" not in page


@pytest.mark.parametrize("who", ["carol", "sue"])
def test_coordinator_and_administrator_see_what_did_not_arrive(bureau, beat, now, who):
    delivery(bureau.dan, now, state=Delivery.State.DEAD, last_error="550 no such mailbox")
    page = sign_in(getattr(bureau, who)).get("/health/").content.decode()
    assert "Dan" in page
    assert "550 no such mailbox" in page
    assert "host-1" in page


def test_the_page_asks_to_sign_in(db):
    assert Client().get("/health/").status_code == 302
