"""One pass of what the worker does: once or twice, early or late, beside another, or killed in the middle."""

import datetime as dt
import email
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Officer
from schedules import heartbeats, tasks
from schedules.models import (
    BehindReport,
    Delivery,
    Heartbeat,
    Notice,
    NoticeLine,
    Obligation,
    PassState,
    PeriodClosing,
)
from schedules.passes import run_schedule
from schedules.verify import verify
from tests import factories
from tests.schedules.processes import ROOT, environment
from tests.schedules.scenes import at, day

NOTHING = {
    "obligations_created": 0,
    "obligations_withdrawn": 0,
    "notices_queued": 0,
    "notices_delivered": 0,
    "notices_failed": 0,
}
LAST_DAY = "2026-11-30 09:00"  # of November's calls
# Then planned for each: calls of November to June, which begins after 183 days, three visits and two reports.
EACH = 8 + 3 + 2


@pytest.fixture
def people(bureau):
    """The deputy and five more, held by Alice and Dan. Who is behind this week was told already."""
    BehindReport.objects.create(unit=bureau.bureau, week_key="2026-W49", made_at=at(LAST_DAY), figures={})
    for number in range(5):
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.seat(person)
        factories.pairing(bureau.dan if number % 2 else bureau.alice, person)
    return bureau


def told() -> Counter:
    """What stands in the inboxes about November's calls."""
    lines = NoticeLine.objects.told().filter(obligation__period_key="2026-11")
    return Counter(lines.values_list("obligation__stakeholder__name", "stage", "recipient__name"))


def who_was_told_who_is_behind() -> Counter:
    lines = NoticeLine.objects.told().filter(behind__isnull=False)
    return Counter(lines.values_list("recipient__name", flat=True))


# --- what a pass does ----------------------------------------------------------------------------------------


def test_a_pass_plans_queues_and_delivers(people):
    counts = run_schedule(at(LAST_DAY))
    assert counts == NOTHING | {
        "obligations_created": 6 * EACH,
        "notices_queued": 2,
        "notices_delivered": 2,
    }
    assert Obligation.objects.live().count() == counts["obligations_created"]
    assert {tuple(message.to) for message in mail.outbox} == {(people.alice.email,), (people.dan.email,)}


def test_before_the_first_pass_there_is_nothing_to_complain_of(db):
    assert verify(at("2026-12-01 09:00")).violations == []


def test_the_second_pass_at_the_same_instant_does_nothing(people):
    run_schedule(at(LAST_DAY))
    assert run_schedule(at(LAST_DAY)) == NOTHING
    assert len(mail.outbox) == 2


def test_a_pass_a_minute_later_does_nothing(people):
    run_schedule(at(LAST_DAY))
    assert run_schedule(at("2026-11-30 09:01")) == NOTHING


def test_a_pass_for_an_instant_before_the_latest_only_delivers(people):
    run_schedule(at("2026-11-30 07:00"))
    before = Obligation.objects.count()
    person = factories.stakeholder("王芳", people.station)
    factories.seat(person)
    factories.pairing(people.alice, person)
    PassState.objects.update(latest_at=at("2026-12-20 09:00"))
    counts = run_schedule(at(LAST_DAY))
    assert counts == NOTHING | {"notices_delivered": 2}
    assert Obligation.objects.count() == before
    assert PassState.objects.get().latest_at == at("2026-12-20 09:00")


def test_it_keeps_the_day_of_the_first_pass(people):
    run_schedule(at("2026-11-12 09:00"))
    run_schedule(at("2026-11-13 09:00"))
    state = PassState.objects.get()
    assert state.first_day == day("2026-11-12")
    assert state.latest_at == at("2026-11-13 09:00")


def test_a_month_of_passes_every_day_tells_each_stage_once(people):
    run_schedule(at("2026-11-02 08:30"))
    for number in range(3, 33):
        date = day("2026-10-31") + dt.timedelta(days=number)
        run_schedule(at(f"{date} 08:30"))
    assert max(told().values()) == 1
    calls = NoticeLine.objects.filter(obligation__period_key="2026-11", recipient__name__in=["Alice", "Dan"])
    stages = Counter(stage for (_person, stage, who), _one in told().items() if who in {"Alice", "Dan"})
    assert stages["last_day"] == stages["missed"] == 6
    assert calls.filter(state="superseded").count() + sum(stages.values()) == 6 * 4
    per_day = Counter((message.to[0], message.body.split("\n")[1]) for message in mail.outbox)
    assert max(per_day.values()) == 1  # one message for each officer and day
    assert PeriodClosing.objects.filter(period_key="2026-11").exists()


# --- signs of life -------------------------------------------------------------------------------------------


def test_it_leaves_a_heartbeat_in_real_time(bureau):
    before = timezone.now()
    run_schedule(at("2026-11-12 09:00"))
    beat = Heartbeat.objects.get()
    assert before <= beat.started_at <= beat.finished_at <= timezone.now()
    assert set(beat.counts) >= set(NOTHING)


def test_each_consumer_has_a_row_of_its_own_and_commands_of_a_host_share_one(bureau):
    host = socket.gethostname()[:80]
    for _time in range(2):
        run_schedule(at("2026-11-12 09:00"))
        tasks.ring.call_local()
    assert set(Heartbeat.objects.values_list("worker", flat=True)) == {host, f"{host}:{os.getpid()}"}


def test_a_sign_of_life_costs_two_statements_a_pass(bureau):
    run_schedule(at("2026-11-12 09:00"))
    with CaptureQueriesContext(connection) as asked:
        run_schedule(at("2026-11-12 09:01"))
    assert len([query for query in asked if "schedules_heartbeat" in query["sql"]]) == 2


def test_a_pass_that_hangs_in_another_thread_stays_seen(bureau, monkeypatch):
    since = timezone.now() - dt.timedelta(minutes=40)
    with monkeypatch.context() as hanging:
        hanging.setitem(heartbeats._running, -1, since)
        run_schedule(at("2026-11-12 09:00"))
        assert Heartbeat.objects.get().running_since == since
    run_schedule(at("2026-11-12 09:01"))
    assert Heartbeat.objects.get().running_since is None


def test_the_task_that_huey_rings_makes_a_pass_every_minute(bureau):
    tasks.ring.call_local()
    assert PassState.objects.exists()
    periodic = tasks.ring.huey._registry._periodic_tasks
    (ring,) = [task() for task in periodic if task.__name__ == "ring"]
    assert all(ring.validate_datetime(dt.datetime(2026, 11, 12, hour, 17)) for hour in range(24))


# --- how much it asks ----------------------------------------------------------------------------------------


def test_a_pass_with_nothing_to_do_asks_a_handful_of_queries_however_many_people(
    people, django_assert_max_num_queries
):
    run_schedule(at(LAST_DAY))
    for number in range(40):
        person = factories.stakeholder(f"委员{number}", people.station)
        factories.seat(person, "cppcc_member")
        factories.pairing(people.bob, person)
    run_schedule(at("2026-11-30 09:01"))
    with django_assert_max_num_queries(35):
        assert run_schedule(at("2026-11-30 09:02")) == NOTHING


# --- as commands ---------------------------------------------------------------------------------------------


def command(*words: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_run_schedule_prints_its_counts_as_one_object(people):
    out, err = command("run_schedule", "--at", "2026-11-30T09:00:00+08:00", "--json")
    assert set(json.loads(out)) >= set(NOTHING)
    assert json.loads(out)["notices_queued"] == 2
    assert err


def test_without_json_nothing_stands_on_standard_output(people):
    out, err = command("run_schedule", "--at", "2026-11-30T09:00")
    assert out == ""
    assert "notices" in err


@pytest.mark.parametrize(
    "words",
    [
        ("run_schedule", "--at", "tomorrow"),
        ("coverage",),
        ("coverage", "--period", "November"),
        ("coverage", "--period", "2026-11", "--by", "street"),
        ("coverage", "--period", "2026-11", "--kind", "letter"),
        ("coverage", "--period", "2026-11", "--unit", "999999999999"),
    ],
)
def test_wrong_usage_is_said_and_ends_with_2(bureau, words):
    with pytest.raises(CommandError) as error:
        command(*words)
    assert str(error.value)
    assert error.value.returncode == 2 or "argument" in str(error.value)  # argparse's own exit with 2


def test_coverage_prints_total_and_groups(people):
    run_schedule(at(LAST_DAY))
    factories.record(people.deputy, people.alice, at("2026-11-30 10:00"))
    out, _err = command("coverage", "--period", "2026-11", "--at", "2026-12-01T09:00:00+08:00", "--json")
    found = json.loads(out)
    assert found["total"] == {"owed": 6, "met": 1, "open": 0, "missed": 5, "waived": 0, "attempts": 0}
    assert {group["key"]: group["owed"] for group in found["groups"]} == {
        people.station.code: 4,
        people.other_station.code: 2,
    }


@pytest.mark.parametrize(
    ("words", "owed"),
    [
        (("--kind", "visit"), 0),
        (("--kind", "call"), 6),
        (("--unit", "320281000000"), 4),
        (("--unit", "320281000000", "--by", "officer"), 4),
        (("--by", "level"), 6),
    ],
)
def test_coverage_can_be_narrowed(people, words, owed):
    run_schedule(at(LAST_DAY))
    out, _err = command("coverage", "--period", "2026-11", "--json", *words)
    assert json.loads(out)["total"]["owed"] == owed
    assert sum(group["owed"] for group in json.loads(out)["groups"]) == owed


def test_without_json_coverage_is_a_table(people):
    out, _err = command("coverage", "--period", "2026-11")
    assert "total" in out


# --- killed in the middle ------------------------------------------------------------------------------------

# Each kills its own process, as the power or the kernel would, at one point of a pass.
KILL = "__import__('os').kill(__import__('os').getpid(), __import__('signal').SIGKILL)"
POINTS = {
    "before anything": "passes.planning.plan = die",
    "planned": "passes.notices.queue = die",
    "queued": "passes.freeze_due = die",
    "frozen": "passes.report_week = die",
    "committed": "passes.notices.deliver = die",
    "claimed": "delivering._prepare = die",
    "before the message leaves": "delivering.Post.send = die",
    "after the message has left": "delivering._end = die",
}


def in_a_process(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = (
        "import django; django.setup()\n"
        "from tests.schedules.scenes import at\n"
        "from schedules import passes\n"
        "from schedules.notices import delivering\n"
        f"die = lambda *a, **k: {KILL}\n{code}\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(folder / "data", EMAIL_URL=f"filemail:///{folder / 'mails'}"),
        capture_output=True,
        text=True,
        timeout=120,
    )


def mails(folder: Path) -> list[email.message.Message]:
    parts = [path.read_bytes().split(b"\n" + b"-" * 79 + b"\n") for path in (folder / "mails").glob("*.log")]
    return [email.message_from_bytes(one) for some in parts for one in some if one.strip()]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("point", POINTS)
def test_killed_in_the_middle_and_run_again_nothing_is_lost_and_nothing_told_twice(tmp_path, settings, point):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mails"
    settings.EMAIL_FILE_PATH.mkdir()
    bureau = factories.small_bureau()
    for number in range(3):
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.seat(person)
        factories.pairing(bureau.dan if number % 2 else bureau.alice, person)

    killed = in_a_process(f"{POINTS[point]}\npasses.run_schedule(at('{LAST_DAY}'))", tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    for minute in ("01", "20"):  # at once, and when the dead one's lease is over
        run_schedule(at(f"2026-11-30 09:{minute}"))

    assert Obligation.objects.live().count() == 4 * EACH
    assert told() == Counter(
        {
            ("张伟", "last_day", "Alice"): 1,
            ("代表0", "last_day", "Alice"): 1,
            ("代表1", "last_day", "Dan"): 1,
            ("代表2", "last_day", "Alice"): 1,
        }
    )
    assert who_was_told_who_is_behind() == {"Bob": 1, "Lin": 1, "Lea": 1}
    assert Notice.objects.count() == 5
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    arrived = Counter((one["To"], one["Message-ID"]) for one in mails(tmp_path))
    officers = Officer.objects.filter(name__in=["Alice", "Dan", "Bob", "Lin", "Lea"])
    assert {to for to, _id in arrived} == {officer.email for officer in officers}
    assert len(arrived) == 5  # what came twice came under one id
    assert sum(arrived.values()) == 5 + (point == "after the message has left")
