"""What may break: the worker for days, the mail server for a day, the disk, the database for a moment, planning itself
(R10, R11). Afterwards everything is as if it had only been late, and meanwhile it was visible."""

import datetime as dt
import json
import resource
import smtplib
from collections import Counter

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.test import Client

from contacts.models import Stakeholder
from schedules import health, passes
from schedules.models import Delivery, Heartbeat, NoticeLine, Obligation, PassState
from schedules.passes import run_schedule
from tests import factories
from tests.base import sign_in
from tests.schedules import processes
from tests.schedules.post import Server, raising
from tests.schedules.scenes import at, day, owe

TEN_MINUTES = dt.timedelta(minutes=10)
SMALL = 64 * 1024  # bytes that a file may have on a disk that is full


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = "tests.schedules.post.Server"
    Server.reset()
    yield Server
    Server.reset()


@pytest.fixture
def people(bureau, monkeypatch):
    """The leaders' weekly report would be one more message for each of them."""
    monkeypatch.setattr(passes, "report_week", lambda moment: None)
    return fill(bureau)


def fill(bureau, count: int = 5):
    """The deputy and some more, held by Alice and Dan."""
    for number in range(count):
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.seat(person)
        factories.pairing(bureau.dan if number % 2 else bureau.alice, person)
    return bureau


def raising_at_once(error):
    def raise_it(*_arguments, **_more):
        raise error

    return raise_it


def to() -> Counter:
    return Counter(message.to[0] for message in mail.outbox)


def ids() -> Counter:
    return Counter(message.message()["Message-ID"] for message in mail.outbox)


# --- the worker is down --------------------------------------------------------------------------------------


def test_after_ten_days_without_a_worker_each_officer_gets_one_message_with_what_still_matters(people):
    run_schedule(at("2026-11-16 08:30"))
    mail.outbox.clear()
    factories.record(people.deputy, people.alice, at("2026-11-20 15:00"))  # while nobody was told anything
    run_schedule(at("2026-11-26 09:00"))
    run_schedule(at("2026-11-26 09:01"))
    assert to() == {people.alice.email: 1, people.dan.email: 1}
    (alices,) = (message for message in mail.outbox if message.to == [people.alice.email])
    assert "代表0" in alices.body
    assert "张伟" not in alices.body
    told = NoticeLine.objects.told().filter(created_at__gte=at("2026-11-17"))
    assert max(Counter(told.values_list("obligation", "recipient")).values()) == 1  # the latest stage alone


def test_a_worker_that_comes_back_on_a_weekend_speaks_on_monday(people):
    run_schedule(at("2026-11-12 08:30"))
    mail.outbox.clear()
    run_schedule(at("2026-11-22 09:00"))  # Sunday
    assert not mail.outbox
    run_schedule(at("2026-11-23 08:00"))
    assert to() == {people.alice.email: 1, people.dan.email: 1}


# --- the mail server is down ---------------------------------------------------------------------------------

DOWN = {
    "it can not be reached": {"connecting": raising(ConnectionRefusedError("refused"))},
    "it closes at once": {"connecting": raising(smtplib.SMTPServerDisconnected("closed"))},
    "it says that it is closing": {
        "answers": [raising(smtplib.SMTPSenderRefused(421, b"closing", "x"))] * 200
    },
}


@pytest.mark.parametrize("how", DOWN)
def test_after_a_day_without_a_mail_server_all_arrives_once_and_without_a_storm(people, server, how):
    for number in range(25):  # more than are claimed together
        officer = factories.officer(f"Officer {number}", people.station)
        person = factories.stakeholder(f"委员{number}", people.station)
        factories.seat(person)
        factories.pairing(officer, person)
    for name, value in DOWN[how].items():
        setattr(server, name, value)
    now = at("2026-11-30 08:00")
    while now < at("2026-11-30 20:10"):
        before = server.connections
        counts = run_schedule(now)
        assert counts["notices_delivered"] == 0
        assert counts["notices_failed"] <= 1  # the rest of the pass need not try
        assert server.connections - before <= 1
        now += 3 * TEN_MINUTES
    assert set(Delivery.objects.values_list("state", flat=True)) == {"pending"}
    assert health.examine(at("2026-11-30 20:00")).checks["mail"] is False

    server.connecting, server.answers = None, []
    before = server.connections
    for hour in ("08:00", "09:00", "10:00", "11:00"):  # whoever was tried last comes after a pause
        run_schedule(at(f"2026-12-01 {hour}"))
    assert set(ids().values()) == {1}
    assert set(to().values()) == {1}
    assert len(to()) == Delivery.objects.filter(state="sent").count() >= 27
    assert server.connections - before <= 4
    assert not Delivery.objects.exclude(state__in=["sent", "superseded"]).exists()


def test_what_waited_leaves_in_the_order_of_its_days(people, server):
    """Of two officers the one whose message is a day older comes first."""
    for officer, date in [(people.alice, "2026-11-18"), (people.dan, "2026-11-17")]:
        person = Stakeholder.objects.filter(pairings__officer=officer).first()
        owed = owe(person, planned_on=day(date))
        notice = factories.delivery(officer, at(f"{date} 08:00")).notice
        NoticeLine.objects.create(notice=notice, recipient=officer, obligation=owed, stage="planned")
    passes.notices.deliver(passes.Moment(at("2026-11-18 09:00"), passes.Workdays.load()))
    assert [message.to[0] for message in mail.outbox] == [people.dan.email, people.alice.email]


# --- planning fails ------------------------------------------------------------------------------------------


def test_a_pass_whose_planning_raises_delivers_what_is_queued_and_is_seen(people, monkeypatch):
    run_schedule(at("2026-11-30 07:00"))
    with monkeypatch.context() as broken:
        broken.setattr(passes.planning, "plan", raising_at_once(ValueError("张伟 has no seat")))
        with pytest.raises(ValueError, match="no seat"):
            run_schedule(at("2026-11-30 08:00"))
    assert to() == {people.alice.email: 1, people.dan.email: 1}
    beat = Heartbeat.objects.get()
    assert beat.failures == 1
    assert beat.running_since is None
    assert beat.last_error.startswith("ValueError (")
    assert "张伟" not in beat.last_error
    found = health.examine(beat.failed_at)
    assert found.failing == ["passes"]
    assert PassState.objects.get().latest_at == at("2026-11-30 07:00")

    run_schedule(at("2026-11-30 08:01"))
    assert health.examine(beat.failed_at).ok
    assert set(to().values()) == {1}


def test_a_fault_in_a_digest_keeps_no_reminder_from_anybody(people, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(passes, "freeze_due", raising_at_once(ValueError("no figures")))
        for minute in (0, 1):
            with pytest.raises(ValueError, match="no figures"):
                run_schedule(at(f"2026-11-30 08:0{minute}"))
    assert PassState.objects.get().reported_on is None
    assert to() == {people.alice.email: 1, people.dan.email: 1}

    run_schedule(at("2026-11-30 08:02"))
    assert PassState.objects.get().reported_on == day("2026-11-30")
    assert set(to().values()) == {1}


# --- the database is gone ------------------------------------------------------------------------------------


def test_a_database_that_is_gone_for_a_moment_fails_one_pass_and_the_next_does_its_work(people, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(
            passes.Workdays, "load", raising_at_once(OperationalError("server closed the connection"))
        )
        with pytest.raises(OperationalError):
            run_schedule(at("2026-11-30 08:00"))
    assert Heartbeat.objects.get().last_error.startswith("OperationalError: server closed the connection (")
    assert run_schedule(at("2026-11-30 08:01"))["notices_delivered"] == 2
    assert Heartbeat.objects.get().failures == 0


def test_a_pass_begun_while_the_database_is_gone_is_not_taken_for_one_that_hangs(people, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(Heartbeat.objects, "bulk_create", raising_at_once(OperationalError("gone")))
        with pytest.raises(OperationalError):
            run_schedule(at("2026-11-30 08:00"))
    run_schedule(at("2026-11-30 08:01"))
    assert Heartbeat.objects.get().running_since is None


def test_without_a_database_the_command_says_so_and_ends_with_1(tmp_path):
    nowhere = "sqlite:////no/such/folder/db.sqlite3"
    if connection.vendor == "postgresql":
        nowhere = "postgres://liaison@127.0.0.1:9/liaison"
    done = processes.manage("run_schedule", "--json", folder=tmp_path, DATABASE_URL=nowhere)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"].startswith("OperationalError: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("address", ["/health/", "/", "/people/"])
@pytest.mark.parametrize("error", [OperationalError("gone"), OSError(28, "No space left on device")])
def test_pages_say_that_it_passes(bureau, monkeypatch, address, error):
    client = sign_in(bureau.alice)
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", raising_at_once(error))
    answer = client.get(address)
    assert answer.status_code == 503
    assert "Out of order for the moment" in answer.content.decode()


def test_any_other_error_stays_an_error(bureau, monkeypatch):
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("contacts.views.sign_in.SignIn.get", raising_at_once(KeyError("x")))
    answer = client.get("/sign-in/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


# --- the disk is full ----------------------------------------------------------------------------------------

# No file of the process grows beyond this: what a full disk is to SQLite. PostgreSQL has a disk of its own; one that is
# full, or was made read-only because it is, refuses to write.
FULL = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({SMALL}, {SMALL}))"
READ_ONLY = {"PGOPTIONS": "-c default_transaction_read_only=on"}


def begin_the_log_anew() -> None:
    """SQLite's log, whose length would meet the limit at once. Closing is not enough: a browser's test leaves a second connection."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert cursor.fetchone()[0] == 0, "somebody reads or writes"
    connection.close()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_pass_on_a_full_disk_says_so_leaves_nothing_half_done_and_the_next_completes_it(tmp_path):
    fill(factories.small_bureau(), 20)
    begin_the_log_anew()
    words = ("run_schedule", "--at", "2026-11-30T09:00", "--json")
    done = processes.manage(*words, folder=tmp_path, before=FULL, **READ_ONLY)
    assert done.returncode == 1, done.stderr
    assert "Error" in json.loads(done.stdout)["error"]
    assert "did not get through" in done.stderr
    assert not Obligation.objects.exists()
    assert not NoticeLine.objects.exists()
    assert not PassState.objects.exclude(day=None).exists()

    done = processes.manage(*words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["obligations_created"] == Obligation.objects.count() > 200


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_export_to_a_full_disk_says_so_and_leaves_no_file(tmp_path):
    bureau = factories.small_bureau()
    Stakeholder.objects.bulk_create(
        Stakeholder(name=f"王{number}", unit=bureau.station, employer="江阴市第一中学副校长" * 3)
        for number in range(1500)
    )
    begin_the_log_anew()
    (tmp_path / "out").mkdir()
    file = tmp_path / "out" / "people.csv"
    words = ("export_table", "stakeholders", "--as", bureau.carol.police_number, "-o", str(file), "--json")
    done = processes.manage(*words, folder=tmp_path, before=FULL)
    assert done.returncode == 1, done.stderr
    assert "File too large" in json.loads(done.stdout)["error"]
    assert list((tmp_path / "out").iterdir()) == []

    assert processes.manage(*words, folder=tmp_path).returncode == 0
    assert file.stat().st_size > SMALL


def test_an_upload_to_a_full_disk_leaves_no_half_of_it(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            default_storage.save("roster.xlsx", ContentFile(b"x" * 2 * SMALL))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert default_storage.save("roster.xlsx", ContentFile(b"x" * 2 * SMALL)) == "roster.xlsx"
