"""What the worker does with files: nothing is lost, nothing is done twice, whoever is killed, late or quicker."""

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from contacts import tasks, unit_tree
from contacts.imports import batches, running, taking_back, work
from contacts.imports.progress import Progress, progress_path
from contacts.models import Actor, AuditEntry, ImportBatch, ImportRow, Officer, Pairing, Stakeholder
from tests import factories
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import FOLDER, deputy
from tests.factories import Bureau
from tests.schedules.processes import ROOT, environment

committed = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def sent(path: Path, by: Officer, *, group: uuid.UUID | None = None) -> ImportBatch:
    with path.open("rb") as stream:
        batch, new = batches.upload(
            File(stream, path.name),
            "auto",
            Actor(by, "10.0.0.7"),
            pairings_from=dt.date(2026, 1, 1),
            now=timezone.now(),
            group=group or uuid.uuid4(),
        )
    assert new
    return batch


def confirmed(batch: ImportBatch, by: Officer, **how: Any) -> ImportBatch:
    assert batches.confirm(batch, Actor(by, "10.0.0.7"), timezone.now(), **how)
    batch.refresh_from_db()
    return batch


def state(batch: ImportBatch) -> str:
    batch.refresh_from_db()
    return batch.state


# --- killed, lost, late --------------------------------------------------------------------------------------


@committed
@pytest.mark.parametrize("seed", [1, 2])
def test_a_worker_killed_at_any_row_has_changed_nothing_and_the_next_ring_does_it(seed: int) -> None:
    chance = random.Random(seed)
    bureau = factories.small_bureau()
    batch = sent(FOLDER / "deputies.xlsx", bureau.carol)
    wuxi.work()
    confirmed(batch, bureau.carol)
    before = Stakeholder.objects.count()
    for _time in range(2):
        kill_at_work(batch, chance.uniform(0, 1.2))
        if state(batch) != "applied":  # the kill may have come too late
            assert batch.state == "queued"
            assert Stakeholder.objects.count() == before
            assert not AuditEntry.objects.filter(action__in=["import", "import file"]).exists()
            assert not ImportRow.objects.exclude(key="").exists()
    tasks.look_after_imports.call_local()
    assert state(batch) == "applied"
    assert Stakeholder.objects.count() == before + 1761
    assert AuditEntry.objects.filter(action="import file").count() == 1
    assert batch.rows.exclude(outcome="note").count() == 1761
    assert not progress_path(batch).exists()


def kill_at_work(batch: ImportBatch, after: float) -> None:
    """Kill a worker so many seconds after it has begun to compare rows."""
    program = "import django; django.setup(); from contacts.imports import work; work.do_what_is_due()"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment(settings.DATA_DIR)
    ) as worker:
        while worker.poll() is None and step(batch) != "writing":
            time.sleep(0.01)
        time.sleep(after)
        worker.kill()
    assert worker.returncode in {-signal.SIGKILL, 0}


def step(batch: ImportBatch) -> str:
    path = progress_path(batch)
    return json.loads(path.read_text())["step"] if path.exists() else ""


def test_a_file_at_which_every_worker_dies_is_given_up(bureau: Bureau, tmp_path: Path) -> None:
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    wuxi.work()
    confirmed(batch, bureau.carol)
    ImportBatch.objects.update(attempts=work.ATTEMPTS)
    wuxi.work()
    assert state(batch) == "failed"
    page = sign_in(bureau.carol).get(batch.get_absolute_url()).content.decode()
    assert "was interrupted, nothing was changed" in page
    assert not Stakeholder.objects.filter(name="钱正明").exists()


def test_a_work_that_breaks_off_keeps_no_other_file_out(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    second = sent(wuxi.csv_file(tmp_path, [deputy("孙立")], "two.csv"), bureau.carol)
    check = work.check

    def breaks(batch: ImportBatch, progress: Progress) -> None:
        if batch == first:
            raise ZeroDivisionError
        check(batch, progress)

    monkeypatch.setattr(work, "check", breaks)
    wuxi.work()
    assert (state(first), first.attempts, state(second)) == ("uploaded", 1, "checked")
    monkeypatch.undo()
    wuxi.work()
    assert (state(first), first.attempts) == ("checked", 0)


def test_a_lost_ring_is_made_good_within_the_minute(bureau: Bureau, tmp_path: Path) -> None:
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    tasks.look_after_imports.call_local()
    assert state(batch) == "checked"
    confirmed(batch, bureau.carol)
    tasks.look_after_imports.call_local()
    assert state(batch) == "applied"


def test_a_second_ring_finds_nothing_to_do(bureau: Bureau, tmp_path: Path) -> None:
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    wuxi.work()
    stale = ImportBatch.objects.get()
    confirmed(batch, bureau.carol)
    wuxi.work()
    stale.state = ImportBatch.State.QUEUED  # as another worker saw it before
    work.work_on(stale)
    assert AuditEntry.objects.filter(action="import file").count() == 1


def test_a_vanished_upload_is_refused_with_a_word(bureau: Bureau, tmp_path: Path) -> None:
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    Path(batch.file.path).unlink()
    wuxi.work()
    assert state(batch) == "failed"
    assert "no longer kept here" in batch.refused_because


def test_whoever_lost_the_right_meanwhile_imports_nothing(bureau: Bureau, tmp_path: Path) -> None:
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carl)
    wuxi.work()
    confirmed(batch, bureau.carl)
    bureau.carl.roles.all().delete()
    wuxi.work()
    assert (state(batch), batch.refusal["code"]) == ("failed", "not_allowed")
    assert not Stakeholder.objects.filter(name="钱正明").exists()


def test_the_trail_names_who_confirmed_and_the_reach_is_that_of_who_sent(
    bureau: Bureau, tmp_path: Path
) -> None:
    rows = [deputy(), deputy("周平", **{"住址/所属街道": "宜城街道"})]
    batch = sent(wuxi.csv_file(tmp_path, rows), bureau.carl)
    wuxi.work()
    assert (state(batch), batch.created_count, batch.rejected_count) == ("checked", 1, 1)
    confirmed(batch, bureau.carol)
    wuxi.work()
    assert (state(batch), batch.created_count, batch.rejected_count) == ("applied", 1, 1)
    entry = AuditEntry.objects.get(action="import file")
    assert (entry.officer, entry.via, entry.address) == (bureau.carol, "web", "10.0.0.7")


# --- many at once --------------------------------------------------------------------------------------------


def at_once(deed: Callable[[int], Any], count: int) -> list[Any]:
    def run(number: int) -> Any:
        try:
            return deed(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@committed
def test_one_file_sent_ten_times_at_once_is_imported_once(tmp_path: Path) -> None:
    bureau = factories.small_bureau()
    content = wuxi.csv_file(tmp_path, [deputy(), deputy("孙立")]).read_bytes()
    clients = [sign_in(bureau.carol) for _number in range(10)]
    form = {"kind": "auto", "since": "2026-01-01"}
    address = reverse("contacts:import-create")
    answers = at_once(
        lambda n: clients[n].post(address, form | {"file": SimpleUploadedFile(f"{n}.csv", content)}), 10
    )
    batch = ImportBatch.objects.get()
    assert {answer.url for answer in answers} == {batch.get_absolute_url()}
    assert AuditEntry.objects.filter(action="upload").count() == 1
    folder = Path(batch.file.path).parent
    assert [path for path in folder.iterdir() if path.read_bytes() == content] == [Path(batch.file.path)]


@committed
def test_of_two_people_who_confirm_at_once_one_wins_and_the_other_is_told(tmp_path: Path) -> None:
    bureau = factories.small_bureau()
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carl)
    wuxi.work()
    clients = [sign_in(bureau.carol), sign_in(bureau.carl)]
    address = reverse("contacts:import-confirm", args=[batch.pk])
    pages = at_once(lambda n: clients[n].post(address, follow=True).content.decode(), 2)
    assert sorted("Somebody has decided about this file already" in page for page in pages) == [False, True]
    wuxi.work()
    assert Stakeholder.objects.filter(name="钱正明").count() == 1


@committed
def test_ten_commands_at_once_give_one_import_that_creates_and_nine_that_change_nothing(
    tmp_path: Path,
) -> None:
    bureau = factories.small_bureau()
    rows = [deputy(f"钱{chr(0x4E00 + n)}", 手机=f"139{n:08d}", 结对民警警号=bureau.dan.police_number) for n in range(50)]  # fmt: skip
    file = wuxi.csv_file(tmp_path, rows)
    command = [sys.executable, "manage.py", "import_file", str(file), "--json"]
    commands = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(settings.DATA_DIR),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _number in range(10)
    ]
    found = [json.loads(one.communicate()[0])["files"][0] for one in commands]
    assert sorted(one["created"] for one in found) == [0] * 9 + [50]
    assert sorted(one["unchanged"] for one in found) == [0] + [50] * 9
    assert sum(one["updated"] for one in found) == 0
    assert Stakeholder.objects.count() == 51
    assert Pairing.objects.filter(officer=bureau.dan).count() == 50


@committed
def test_the_tree_of_units_does_not_change_beside_an_import() -> None:
    factories.small_bureau()
    told: list[str] = []
    importing = threading.Event()

    def imports() -> None:
        with running.turn():
            importing.set()
            time.sleep(0.5)
            told.append("imported")

    def changes_the_tree() -> None:
        importing.wait()
        with transaction.atomic():
            unit_tree.lock()
            told.append("changed")

    at_once(lambda number: [imports, changes_the_tree][number](), 2)
    assert told == ["imported", "changed"]


# --- several files -------------------------------------------------------------------------------------------


def test_files_sent_together_are_checked_and_imported_as_they_build_on_each_other(db: None) -> None:
    bureau = factories.unit("无锡市公安局", kind="bureau", code="320200000000", short_name="市局")
    carol = factories.officer("Carol", bureau)
    factories.role(carol, "coordinator")
    group = uuid.uuid4()
    names = ["media_supervisors.csv", "deputies.xlsx", "officers.xlsx", "units.csv"]
    media, deputies, officers, units = (sent(FOLDER / name, carol, group=group) for name in names)
    wuxi.work()
    assert {state(one) for one in (media, deputies, officers, units)} == {"checked"}
    assert (deputies.created_count, officers.created_count) == (1761, 650)
    assert deputies.rows.filter(codes__contains=" officer_unknown ").count() == 4
    confirmed(media, carol, together=True)
    wuxi.work()
    assert {state(one) for one in (media, deputies, officers, units)} == {"applied"}
    assert units.applied_at < officers.applied_at < deputies.applied_at < media.applied_at
    assert Pairing.objects.count() == 1697


def test_a_roster_takes_along_the_officers_that_it_was_checked_with(db: None) -> None:
    bureau = factories.unit("无锡市公安局", kind="bureau", code="320200000000", short_name="市局")
    carol = factories.officer("Carol", bureau)
    factories.role(carol, "coordinator")
    group = uuid.uuid4()
    deputies, officers, units = (
        sent(FOLDER / name, carol, group=group) for name in ("media_supervisors.csv", "officers.xlsx", "units.csv")
    )  # fmt: skip
    wuxi.work()
    page = sign_in(carol).get(deputies.get_absolute_url()).content.decode()
    assert "units.csv" in page
    confirmed(deputies, carol)
    wuxi.work()
    assert {state(one) for one in (deputies, officers, units)} == {"applied"}


def test_each_refused_file_stands_beside_the_others(bureau: Bureau, tmp_path: Path) -> None:
    good = wuxi.csv_file(tmp_path, [deputy()])
    files = [
        SimpleUploadedFile("good.csv", good.read_bytes()),
        SimpleUploadedFile("broken.xlsx", (wuxi.BROKEN / "truncated.xlsx").read_bytes()),
        SimpleUploadedFile("picture.png", b"\x89PNG"),
    ]
    form = {"kind": "auto", "since": "2026-01-01", "file": files}
    client = sign_in(bureau.carol)
    answer = client.post(reverse("contacts:import-create"), form)
    wuxi.work()
    page = client.get(answer.url).content.decode()
    assert "good.csv" in page
    assert "The file is damaged or was cut off on its way." in page
    assert "Only .xlsx, .xls, .csv, .tsv and .txt can be imported." in page
    assert sorted(ImportBatch.objects.values_list("file_name", "state")) == [
        ("broken.xlsx", "failed"),
        ("good.csv", "checked"),
        ("picture.png", "failed"),
    ]


# --- waiting -------------------------------------------------------------------------------------------------


def test_the_page_tells_how_far_it_is_and_asks_again_by_itself(bureau: Bureau, tmp_path: Path) -> None:
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    client = sign_in(bureau.carol)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "It waits for its turn." in page
    assert 'hx-trigger="every 2s"' in page
    assert "Look again" in page
    Progress(progress_path(batch)).say("checking", 40, 1761)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "The rows are checked." in page
    assert "40 of 1761 rows" in page
    wuxi.work()
    assert "every 2s" not in client.get(batch.get_absolute_url()).content.decode()


def test_if_nothing_takes_it_up_the_page_says_so(bureau: Bureau, tmp_path: Path) -> None:
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    client = sign_in(bureau.carol)
    assert "seems not to run" not in client.get(batch.get_absolute_url()).content.decode()
    ImportBatch.objects.update(asked_at=timezone.now() - dt.timedelta(seconds=61))
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "The worker seems not to run" in page
    assert reverse("schedules:health") in page


def test_a_file_sent_again_leads_to_the_first_and_says_by_whom(bureau: Bureau, tmp_path: Path) -> None:
    batch = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    other = factories.officer("Cora", bureau.bureau)
    factories.role(other, "coordinator")
    content = (tmp_path / "roster.csv").read_bytes()
    form = {"kind": "auto", "since": "2026-01-01", "file": SimpleUploadedFile("again.csv", content)}
    answer = sign_in(other).post(reverse("contacts:import-create"), form, follow=True)
    assert answer.redirect_chain[-1][0] == batch.get_absolute_url()
    assert "“again.csv” was sent already, by Carol on" in answer.content.decode()
    # Carl reaches another part of the bureau: his is an import of its own, and he hears nothing of Carol's.
    form["file"].seek(0)
    answer = sign_in(bureau.carl).post(reverse("contacts:import-create"), form, follow=True)
    assert "Carol" not in answer.content.decode()
    assert ImportBatch.objects.count() == 2


def test_the_preview_says_if_this_very_file_was_imported_before(bureau: Bureau, tmp_path: Path) -> None:
    file = wuxi.csv_file(tmp_path, [deputy()])
    first = sent(file, bureau.carol)
    wuxi.work()
    confirmed(first, bureau.carol)
    wuxi.work()
    again = sent(file, bureau.carol)
    wuxi.work()
    page = sign_in(bureau.carol).get(again.get_absolute_url()).content.decode()
    assert "This very file was imported on" in page
    assert first.get_absolute_url() in page


# --- kept, and let go ----------------------------------------------------------------------------------------


@committed
def test_files_are_kept_as_long_as_the_setting_says_and_orphans_for_a_day(tmp_path: Path) -> None:
    bureau = factories.small_bureau()
    batch = sent(wuxi.csv_file(tmp_path, [deputy(手机="139")]), bureau.carol)
    wuxi.work()
    confirmed(batch, bureau.carol)
    wuxi.work()
    batch.refresh_from_db()
    upload, mended = Path(batch.file.path), Path(batch.mended.path)
    orphan = upload.with_name("f" * 32)
    orphan.write_text("left behind")
    os.utime(orphan, (time.time() - 90_000,) * 2)
    tasks.look_after_imports.call_local()
    assert upload.exists()
    assert mended.exists()
    assert not orphan.exists()
    ImportBatch.objects.update(
        applied_at=timezone.now() - dt.timedelta(days=settings.IMPORT_KEPT_DAYS, hours=1)
    )
    tasks.look_after_imports.call_local()
    assert not upload.exists()
    assert not mended.exists()
    assert state(batch) == "applied"
    assert AuditEntry.objects.get(action="remove import files").via == "worker"


# --- whose imports these are ---------------------------------------------------------------------------------


def test_an_import_is_seen_by_whoever_coordinates_all_that_it_was_sent_for(
    bureau: Bureau, tmp_path: Path
) -> None:
    """Wherever its sender serves, then or later."""
    theirs = sent(wuxi.csv_file(tmp_path, [deputy()]), bureau.carl)
    everywhere = sent(wuxi.csv_file(tmp_path, [deputy("孙立")]), bureau.carol)
    after_carl = factories.officer("Cleo", bureau.county)
    factories.role(after_carl, "coordinator")
    Officer.objects.filter(pk__in=[bureau.carl.pk, bureau.carol.pk]).update(unit=bureau.other_county)
    in_the_other = factories.officer("Dora", bureau.other_county)
    factories.role(in_the_other, "coordinator")

    def seen(officer: Officer) -> set[ImportBatch]:
        return set(ImportBatch.objects.visible_to(Officer.objects.get(pk=officer.pk)))

    assert seen(after_carl) == {theirs}
    assert seen(in_the_other) == set()
    assert seen(bureau.carol) == {theirs, everywhere}


@committed
def test_three_who_take_an_import_back_at_once_do_it_once(tmp_path: Path) -> None:
    bureau = factories.small_bureau()
    wuxi.import_file(wuxi.csv_file(tmp_path, [deputy()]), bureau.carol)
    batch = ImportBatch.objects.get()
    together = threading.Barrier(3)

    def click(_turn: int) -> str:
        together.wait()
        try:
            taking_back.take_back(batch, actor=Actor(bureau.carol), reason="why", now=timezone.now())
        except ValidationError:
            return "told"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(click, range(3))) == ["done", "told", "told"]
    assert AuditEntry.objects.filter(action="take back import").count() == 1
