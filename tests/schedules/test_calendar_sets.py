"""A calendar for each officer of a unit: who may have it made, what the worker does, and what becomes of it."""

import datetime as dt
import io
import threading
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from contacts import file_making
from contacts.models import Actor, AuditEntry
from schedules.calendars import sets
from schedules.models import CalendarSet
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, owe

NOW = at("2026-11-11 09:00")
State = CalendarSet.State


@pytest.fixture(autouse=True)
def _a_folder_and_a_time(tmp_path, settings, time_machine):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def three(bureau):
    """Alice's, Bob's and Dan's people, and a call with each."""
    owe(bureau.deputy, planned_on=dt.date(2026, 11, 16))
    for officer, name in [(bureau.bob, "王芳"), (bureau.dan, "李娜")]:
        person = factories.stakeholder(name, officer.unit)
        factories.pairing(officer, person)
        owe(person, planned_on=dt.date(2026, 11, 17))
    return bureau


def order(unit, officer, **asked) -> CalendarSet:
    wanted = {"since": None, "until": None, "with_names": True, "with_alarm": False} | asked
    return sets.order(unit, officer, **wanted, now=NOW, actor=Actor(officer))


def made(unit, officer, **asked) -> CalendarSet:
    one = order(unit, officer, **asked)
    sets.make_what_is_due()
    one.refresh_from_db()
    return one


def opened(one: CalendarSet) -> zipfile.ZipFile:
    return zipfile.ZipFile(default_storage.open(one.file))


def files() -> list[str]:
    return default_storage.listdir("calendars")[1] if default_storage.exists("calendars") else []


def test_each_officer_of_the_unit_has_a_file_the_same_as_the_download(three):
    one = made(three.county, three.carl)

    assert (one.state, one.files, one.events, one.done, one.total) == (State.READY, 2, 2, 0, 2)
    with opened(one) as archive:
        assert archive.testzip() is None
        names = [f"{officer.police_number} {officer.name}.ics" for officer in (three.alice, three.bob)]
        assert archive.namelist() == sorted(names)
        client = sign_in(three.carl)
        for officer, name in zip((three.alice, three.bob), names, strict=True):
            download = client.get(reverse("schedules:calendar-officer", args=[officer.police_number]))
            assert archive.read(name) == b"".join(download.streaming_content)


def test_the_whole_bureau_has_all_of_them_and_wishes_count(three):
    one = made(three.bureau, three.carol, with_names=False, with_alarm=True, since=dt.date(2026, 11, 17))

    with opened(one) as archive:
        content = b"".join(map(archive.read, archive.namelist())).decode()
    assert len(archive.namelist()) == one.files == 2  # Alice's call is before
    assert content.count("BEGIN:VALARM") == 2
    assert "王芳" not in content


def test_names_of_files_can_be_stored_everywhere_and_read_by_people(bureau):
    def named(name: str) -> str:
        bureau.alice.name = name
        return sets.file_name(bureau.alice)

    number = bureau.alice.police_number
    assert named("欧阳 娜") == f"{number} 欧阳 娜.ics"
    assert named("../../etc/passwd") == f"{number} etcpasswd.ics"
    assert named('a<b>:"\\|?*\x00\r\n.') == f"{number} ab.ics"
    assert named("...") == f"{number}.ics"
    assert len(named("王" * 200).encode()) < 250


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_goes_on(three, monkeypatch, time_machine):
    one = order(three.county, three.carl)

    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sets, "finish", killed)
        with pytest.raises(SystemExit):
            sets.make_what_is_due()
    one.refresh_from_db()
    assert (one.state, one.file) == (State.MAKING, "")

    sets.make_what_is_due()  # its lease is not over: it may be at work still
    one.refresh_from_db()
    assert one.attempts == 1

    time_machine.move_to(NOW + file_making.LEASE, tick=False)
    sets.make_what_is_due()
    one.refresh_from_db()
    assert (one.state, one.attempts, one.files) == (State.READY, 2, 2)
    assert len(files()) == 1


def test_one_at_which_the_worker_dies_every_time_is_given_up(three, monkeypatch, time_machine):
    one = order(three.county, three.carl)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(sets, "add_each", broken)
    for attempt in range(file_making.ATTEMPTS + 1):
        time_machine.move_to(NOW + attempt * file_making.LEASE, tick=False)
        sets.make_what_is_due()
    one.refresh_from_db()

    assert (one.state, one.attempts) == (State.FAILED, file_making.ATTEMPTS)
    assert not files()


def test_whoever_slept_while_another_took_over_changes_nothing(three, time_machine):
    order(three.county, three.carl)
    asleep = file_making.claim(CalendarSet, NOW)
    assert file_making.claim(CalendarSet, NOW) is None
    time_machine.move_to(NOW + file_making.LEASE, tick=False)
    sets.make_what_is_due()
    with pytest.raises(file_making.Lost):
        sets.make(asleep)

    assert CalendarSet.objects.get().state == State.READY
    assert len(files()) == 1
    assert AuditEntry.objects.filter(action="make calendars").count() == 1


def test_one_thread_of_a_process_works(three):
    order(three.county, three.carl)
    with file_making.busy[CalendarSet]:
        worker = threading.Thread(target=sets.make_what_is_due)
        worker.start()
        worker.join()
    assert CalendarSet.objects.get().state == State.WAITING


def test_a_right_that_ended_meanwhile_ends_it(three):
    one = order(three.county, three.carl)
    three.carl.roles.update(ended_at=NOW)
    sets.make_what_is_due()
    one.refresh_from_db()
    assert one.state == State.FAILED


def test_what_is_ready_is_kept_some_days_and_then_removed(three, time_machine):
    one = made(three.county, three.carl)
    address = reverse("schedules:calendar-zip", args=[one.pk])
    sets.let_go(NOW + sets.KEPT)
    assert len(files()) == 1

    sets.let_go(NOW + sets.KEPT + dt.timedelta(seconds=1))
    one.refresh_from_db()
    assert (one.state, one.file, files()) == (State.REMOVED, "", [])
    assert sign_in(three.carl).get(address).status_code == 404
    assert [entry.action for entry in AuditEntry.objects.filter(object_type="schedules.calendarset")] == [
        "remove calendars", "make calendars", "order calendars",
    ]  # fmt: skip


def test_what_a_dead_worker_left_on_the_disk_goes_after_a_day(three):
    one = made(three.county, three.carl)
    default_storage.save("calendars/orphan", io.BytesIO(b"x"))
    sets.let_go(NOW)
    assert len(files()) == 2

    sets.let_go(NOW + dt.timedelta(days=3650))  # the clock of the disk is another
    one.refresh_from_db()
    assert not files()


def test_the_page_orders_shows_and_gives_it(three, django_capture_on_commit_callbacks):
    client = sign_in(three.carl)
    page = reverse("schedules:calendar-sets")
    assert (
        client.get(page, {"unit": three.station.code}).context["form"]["unit"].value() == three.station.code
    )
    assert client.post(page, {"unit": three.county.code, "without_names": "on"}).url == page
    shown = client.get(page)
    assert shown.context["waits"]
    assert b'hx-trigger="every 2s"' in shown.content

    sets.make_what_is_due()
    shown = client.get(page)
    assert not shown.context["waits"]
    [one] = shown.context["sets"]
    response = client.get(reverse("schedules:calendar-zip", args=[one.pk]))
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"].startswith("attachment")
    content = b"".join(response.streaming_content)
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 2
    assert AuditEntry.objects.get(action="download calendars").officer == three.carl


def test_nobody_else_sees_it_and_nobody_asks_beyond_their_reach(three):
    one = made(three.bureau, three.carol)
    address, page = reverse("schedules:calendar-zip", args=[one.pk]), reverse("schedules:calendar-sets")
    for name in ("carl", "alice", "bob", "lin", "lea", "dan", "rita"):
        client = sign_in(getattr(three, name))
        assert client.get(address).status_code == 404
        assert not client.get(page).context["sets"]
        assert client.post(page, {"unit": three.bureau.code}).status_code == 400
    for name in ("sue", "sam", "ann"):
        assert sign_in(getattr(three, name)).get(page).status_code == 403
    assert Client().get(address).status_code == 302
    assert CalendarSet.objects.count() == 1


def test_the_page_says_when_nobody_seems_to_work(three, time_machine):
    order(three.county, three.carl)
    client = sign_in(three.carl)
    assert not client.get(reverse("schedules:calendar-sets")).context["silent"]
    time_machine.move_to(NOW + dt.timedelta(minutes=3), tick=False)
    assert client.get(reverse("schedules:calendar-sets")).context["silent"]


def test_the_file_is_for_the_service_alone(three):
    one = made(three.county, three.carl)
    assert default_storage.path(one.file).startswith(str(settings.MEDIA_ROOT))
    mode = Path(default_storage.path(one.file)).stat().st_mode
    assert oct(mode & 0o777) == "0o600"
