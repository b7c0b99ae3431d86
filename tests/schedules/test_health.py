"""A dead worker, a failing pass, a dead mail server and a full disk are visible, to people and to a monitor (R11)."""

import datetime as dt
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse

from contacts.models import Officer
from schedules import health, heartbeats
from schedules.attention import counts
from schedules.models import Delivery, Heartbeat
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day

Usage = namedtuple("Usage", "total used free")
MINUTE = dt.timedelta(minutes=1)
NOW = at("2026-11-18 10:30")  # a Wednesday


@pytest.fixture(autouse=True)
def _at_a_known_time(time_machine):
    time_machine.move_to(NOW, tick=False)


def beat_of(worker="host-1:7", ended=NOW - MINUTE, **fields) -> Heartbeat:
    fields = {"started_at": ended or NOW, "finished_at": ended, **fields}
    return Heartbeat.objects.create(worker=worker, version="0.1", **fields)


@pytest.fixture
def beat(db):
    return beat_of()


def checks(now=NOW) -> dict[str, bool]:
    return health.examine(now).checks


def numbers(now=NOW) -> health.Numbers:
    return health.examine(now).numbers


# --- the worker ----------------------------------------------------------------------------------------------


def test_it_is_well_when_a_worker_ran_a_minute_ago(beat):
    found = health.examine(NOW)
    assert found.ok
    assert found.checks == dict.fromkeys(health.CHECKS, True)
    assert found.numbers.last_pass_seconds == 60
    assert found.numbers.consumers == 1


def test_a_worker_that_never_ran_is_not_well(db):
    assert checks()["worker"] is False
    assert numbers().last_pass_seconds is None


def test_a_worker_silent_for_five_minutes_is_not_well(beat):
    assert checks(NOW + 3 * MINUTE)["worker"] is True
    assert checks(NOW + 4 * MINUTE)["worker"] is False


def test_a_pass_that_never_ended_does_not_count(db):
    beat_of(ended=None)
    assert checks()["worker"] is False


def test_one_living_worker_is_enough_and_the_others_are_counted(beat):
    beat_of("host-2:8", ended=NOW - 60 * MINUTE)
    assert checks()["worker"] is True
    assert numbers().consumers == 1


def test_a_pass_that_hangs_is_seen_beside_those_that_do_not(beat):
    """In the other thread of the same process passes go on."""
    Heartbeat.objects.update(running_since=NOW - 31 * MINUTE)
    found = health.examine(NOW)
    assert found.numbers.consumers_hanging == 1
    assert [worker.stands for worker in found.workers] == ["hanging"]
    assert found.ok


def test_a_pass_that_raises_is_failing_until_one_gets_through(beat):
    Heartbeat.objects.update(failures=3, failed_at=NOW, last_error="OperationalError")
    found = health.examine(NOW)
    assert found.failing == ["passes"]
    assert found.numbers.passes_failed == 3
    Heartbeat.objects.update(failures=0)
    assert health.examine(NOW).ok


def test_a_failure_of_a_command_by_hand_is_not_shown_for_ever(beat):
    beat_of("host-1", ended=None, failures=1, failed_at=NOW - 6 * MINUTE)
    assert checks()["passes"] is True


def test_those_long_gone_are_forgotten_and_the_only_one_is_not(beat):
    beat_of("host-2:8", ended=NOW - 25 * 60 * MINUTE)
    heartbeats.remove_gone(NOW)
    assert list(Heartbeat.objects.values_list("worker", flat=True)) == ["host-1:7"]


# --- mail ----------------------------------------------------------------------------------------------------


def test_what_waits_is_counted_with_the_age_of_the_oldest(bureau, beat):
    factories.delivery(bureau.alice, NOW, told_at=NOW - 2 * MINUTE)
    factories.delivery(bureau.bob, NOW, send_on=day("2026-11-19"), next_attempt_at=at("2026-11-19 08:00"))
    factories.delivery(bureau.dan, NOW, state=Delivery.State.SENT)
    found = numbers()
    assert found.deliveries_waiting == 2
    assert found.deliveries_due == 1
    assert found.oldest_undelivered_seconds == 120


def test_what_was_told_on_friday_night_waits_since_monday_morning(bureau, beat):
    factories.delivery(bureau.alice, NOW, told_at=at("2026-11-13 21:00"), send_on=day("2026-11-16"))
    assert numbers(at("2026-11-16 08:02")).oldest_undelivered_seconds == 120
    assert numbers(at("2026-11-16 07:59")).oldest_undelivered_seconds is None


def test_an_hour_outside_the_hours_is_the_nearest_one_within(bureau, beat):
    Officer.objects.filter(pk=bureau.alice.pk).update(notice_hour=22)
    factories.delivery(
        bureau.alice, NOW, attempts=1, told_at=at("2026-11-17 21:00"), send_on=day("2026-11-18")
    )
    assert checks(at("2026-11-18 19:59"))["mail"] is True
    assert checks(at("2026-11-18 20:01"))["mail"] is False


def test_a_first_attempt_is_no_failure(bureau, beat):
    factories.delivery(bureau.alice, NOW)
    assert checks()["mail"] is True


@pytest.mark.parametrize("state", ["pending", "unknown"])  # it refuses, or it hangs
def test_a_mail_server_that_takes_nothing_for_an_hour_is_seen(bureau, beat, state):
    factories.delivery(bureau.alice, NOW, state=state, attempts=3, told_at=NOW - 61 * MINUTE)
    found = health.examine(NOW)
    assert found.failing == ["mail"]
    assert found.numbers.deliveries_stuck == 1


@pytest.mark.parametrize(("when", "works"), [("2026-11-18 08:01", True), ("2026-11-18 09:01", False)])
def test_the_hour_counts_from_when_it_could_leave(bureau, beat, when, works):
    """Told the evening before; a server that asks to come again in a minute is not dead at once."""
    factories.delivery(bureau.alice, NOW, attempts=1, told_at=at("2026-11-17 21:00"))
    assert checks(at(when))["mail"] is works


def test_a_message_given_up_is_failing_for_a_day_and_counted_for_ever(bureau, beat):
    told = {"told_at": NOW - dt.timedelta(days=4), "send_on": day("2026-11-16")}  # over a week-end
    factories.delivery(bureau.alice, NOW, attempts=8, state=Delivery.State.DEAD, **told)
    assert checks()["mail"] is False
    after = NOW + dt.timedelta(days=1, minutes=1)
    assert checks(after)["mail"] is True
    assert numbers(after).deliveries_dead == 1
    assert numbers(after).deliveries_dead_lately == 0


# --- the machine ---------------------------------------------------------------------------------------------


def test_a_full_disk_is_seen(beat, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 10**6))
    assert health.examine(NOW).failing == ["disk"]
    assert numbers().disk_free_bytes == 10**6


@pytest.mark.parametrize("where", ["DATA_DIR", "MEDIA_ROOT"])
def test_a_folder_that_can_not_be_written_is_seen(beat, settings, tmp_path, where):
    (tmp_path / "file").write_text("no folder")
    setattr(settings, where, tmp_path / "file")
    assert health.examine(NOW).failing == ["disk"]


def test_uploads_that_were_never_made_are_no_failure(beat, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"
    assert checks()["disk"] is True
    assert numbers().uploads_free_bytes > 0


def test_a_queue_that_grows_or_can_not_be_read_is_seen(beat, monkeypatch):
    monkeypatch.setattr(health, "HUEY", SimpleNamespace(pending_count=lambda: 100))
    assert health.examine(NOW).failing == ["queue"]
    assert numbers().queue_length == 100
    monkeypatch.setattr(health, "HUEY", SimpleNamespace(pending_count=lambda: 1 // 0))
    assert health.examine(NOW).failing == ["queue"]
    assert numbers().queue_length is None


# --- what a monitor is told ----------------------------------------------------------------------------------


def test_a_monitor_is_told_numbers_and_no_name(bureau, beat):
    factories.delivery(bureau.alice, NOW, last_error="550 no such mailbox", state=Delivery.State.UNKNOWN)
    answer = Client().get("/health.json")
    assert answer.status_code == 200
    told = answer.json()
    assert told["status"] == "ok"
    assert told["failing"] == []
    assert set(told["checks"]) == set(health.CHECKS)
    assert told["numbers"]["deliveries_unknown"] == 1
    assert all(number is None or isinstance(number, int) for number in told["numbers"].values())
    assert "no-store" in answer["Cache-Control"]
    assert not any(word in answer.content.decode() for word in ("host-1", "Alice", "mailbox", "0.1"))


def test_its_fields_are_described():
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    described = [f"`{name}`" in text for name in [*health.CHECKS, *vars(health.Numbers())]]
    assert all(described)


def test_a_monitor_is_told_503_and_what_fails(db):
    answer = Client().get("/health.json")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert answer.json()["failing"] == ["worker"]


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_monitor_is_answered_when_the_database_is_not_there(db, monkeypatch, error):
    def refused():
        raise error("connection refused")

    monkeypatch.setattr(health, "connection", SimpleNamespace(ensure_connection=refused))
    answer = Client().get("/health.json")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["database", "worker", "passes", "mail"]
    assert answer.json()["numbers"]["deliveries_waiting"] is None
    assert "refused" not in answer.content.decode()


def test_looking_takes_few_queries_however_much_waits(bureau, beat, django_assert_num_queries):
    for number in range(30):
        officer = factories.officer(f"Officer {number}", bureau.station)
        state = ["pending", "dead", "unknown", "sent"][number % 4]
        factories.delivery(officer, NOW, state=state)
    with django_assert_num_queries(5):
        health.examine(NOW)


# --- what people see -----------------------------------------------------------------------------------------


def test_alice_sees_whether_reminders_work_but_no_worker_and_no_message_of_others(bureau, beat):
    factories.delivery(bureau.dan, NOW, state=Delivery.State.DEAD, last_error="550 no such mailbox")
    page = sign_in(bureau.alice).get("/health/").content.decode()
    assert "Something needs attention" in page
    assert not any(word in page for word in ("Dan", "550", "host-1", reverse("schedules:delivery-list")))


@pytest.mark.parametrize("who", ["carol", "sue"])
def test_coordinator_and_administrator_see_the_workers_and_what_a_pass_stumbled_over(bureau, who):
    beat_of(
        counts={"notices_queued": 4}, failures=1, failed_at=NOW, last_error="TypeError (schedules/x.py:7)"
    )
    page = sign_in(getattr(bureau, who)).get("/health/").content.decode()
    assert "host-1:7" in page
    assert "TypeError (schedules/x.py:7)" in page
    assert "notices queued: 4" in page
    assert reverse("schedules:delivery-list") in page


def test_the_page_asks_to_sign_in(db):
    assert Client().get("/health/").status_code == 302


# --- the banner ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "shown"), [("carol", 1), ("sue", 1), ("alice", 0), ("carl", 0), ("ann", 0)])
def test_those_who_can_act_read_on_every_page_that_the_worker_is_silent(bureau, who, shown):
    beat_of(ended=NOW - 10 * MINUTE)
    page = sign_in(getattr(bureau, who)).get(reverse("contacts:settings")).content.decode()
    assert page.count("The worker has been silent since 2026-11-18 10:20") == shown


def test_nobody_is_bothered_while_it_lives_nor_asked_one_query_more(bureau, beat, django_assert_num_queries):
    client = sign_in(bureau.carol)
    client.get(reverse("contacts:settings"))
    assert "silent since" not in client.get(reverse("contacts:settings")).content.decode()
    officer = type(bureau.carol).objects.get(pk=bureau.carol.pk)
    assert officer.rights
    with django_assert_num_queries(1):
        assert counts(officer, NOW)["silent"] is False


def test_before_the_first_pass_they_read_that_there_was_none(bureau):
    page = sign_in(bureau.sue).get(reverse("contacts:settings")).content.decode()
    assert "The worker has made no pass yet" in page


# --- what a heartbeat says of an error -----------------------------------------------------------------------


def test_an_error_is_told_by_its_kind_and_place_without_anybody_s_data():
    def raised(error: Exception) -> str:
        try:
            raise error
        except type(error) as caught:
            return heartbeats.described(caught)

    said = raised(ValueError("Key (name)=(张伟) already exists"))
    assert said.startswith("ValueError (tests/schedules/test_health.py:")
    assert "张伟" not in said
    assert raised(OperationalError("disk full\nDETAIL: 张伟")).startswith("OperationalError: disk full (")
    assert raised(OSError(28, "No space left on device", "/张伟")).startswith(
        "OSError: No space left on device ("
    )
    assert len(raised(OperationalError("x" * 900))) == 500
