"""The page that takes an import back, the command that does, and the worker where it is large or is killed."""

from __future__ import annotations

import datetime as dt
import io
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts import tasks
from contacts.imports import taking_back
from contacts.models import Actor, AuditEntry, ImportBatch, JournalLine, Officer, Stakeholder
from tests import factories
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import deputy
from tests.factories import Bureau
from tests.schedules.test_passes import in_a_process

BOSS = Actor.command("test")
NOW = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
Import = Callable[..., ImportBatch]


@pytest.fixture
def imported(bureau: Bureau, tmp_path: Path) -> Import:
    def run(*rows: dict[str, str], by: Officer | None = None) -> ImportBatch:
        wuxi.import_file(wuxi.csv_file(tmp_path, list(rows)), by)
        return ImportBatch.objects.latest("pk")

    return run


@pytest.fixture
def pair(imported: Import, bureau: Bureau) -> ImportBatch:
    """Two deputies, of whom one has been called on since."""
    batch = imported(deputy(), deputy("孙立", 手机="13900001001"), by=bureau.carol)
    factories.record(Stakeholder.objects.get(name="孙立"), bureau.alice, NOW)
    return batch


def address(batch: ImportBatch) -> str:
    return reverse("contacts:import-take-back", args=[batch.pk])


def shown(officer: Officer, batch: ImportBatch, query: str = "") -> str:
    return sign_in(officer).get(address(batch) + query).content.decode()


def send(officer: Officer, batch: ImportBatch, **form: str) -> HttpResponse:
    return sign_in(officer).post(address(batch), {"reason": "the wrong file"} | form, follow=True)


# --- the page ------------------------------------------------------------------------------------------------


def test_first_it_says_what_would_happen_and_what_would_stay(bureau: Bureau, pair: ImportBatch) -> None:
    page = sign_in(bureau.carol).get(pair.get_absolute_url()).content.decode()
    assert address(pair) in page
    page = shown(bureau.carol, pair)
    assert "<b>1</b><span>would go</span>" in page
    assert "<b>1</b><span>would stay</span>" in page
    assert "孙立" in page
    assert "钱正明" not in page
    assert "1 contact record hangs on it now" in page
    assert Stakeholder.objects.count() == 3


def test_then_it_does_it_and_lists_what_stayed(bureau: Bureau, pair: ImportBatch) -> None:
    page = send(bureau.carol, pair).content.decode()
    assert "The import was taken back in part. Below is what stayed, and why." in page
    assert "for this reason: “the wrong file”." in page
    assert "<b>1</b><span>gone again</span>" in page
    assert "1 contact record hangs on it now" in page
    assert set(Stakeholder.objects.values_list("name", flat=True)) == {"张伟", "孙立"}
    detail = sign_in(bureau.carol).get(pair.get_absolute_url()).content.decode()
    assert "1 stayed, because somebody has touched it since." in detail
    index = sign_in(bureau.carol).get(reverse("contacts:import-list")).content.decode()
    assert "taken back in part" in index


def test_what_stayed_can_be_searched_and_filtered(bureau: Bureau, pair: ImportBatch) -> None:
    send(bureau.carol, pair)
    assert "hangs on it now" in shown(bureau.carol, pair, "?why=hanging&q=孙")
    assert "Nothing like this stayed." in shown(bureau.carol, pair, "?why=changed")
    assert "Nothing like this stayed." in shown(bureau.carol, pair, "?q=钱")
    assert "Nothing like this stayed." in shown(bureau.carol, pair, "?why=nonsense")


def test_without_a_reason_nothing_happens(bureau: Bureau, pair: ImportBatch) -> None:
    page = send(bureau.carol, pair, reason="").content.decode()
    assert "This field is required." in page
    assert Stakeholder.objects.count() == 3


def test_a_second_click_is_told_and_loses_no_word(bureau: Bureau, pair: ImportBatch) -> None:
    send(bureau.carol, pair)
    page = send(bureau.carol, pair, reason="typed again").content.decode()
    assert "Somebody took this import back meanwhile; look at what stayed." in page
    assert "typed again" in page
    pair.refresh_from_db()
    assert pair.journal.taken_back_at.isoformat() in page  # the next click knows
    assert AuditEntry.objects.filter(action="take back import").count() == 1


def test_the_rest_goes_when_nothing_stands_in_the_way_any_more(bureau: Bureau, pair: ImportBatch) -> None:
    send(bureau.carol, pair)
    Stakeholder.objects.get(name="孙立").records.all().delete()
    pair.refresh_from_db()
    page = send(bureau.carol, pair, seen=pair.journal.taken_back_at.isoformat()).content.decode()
    assert "The import was taken back." in page
    assert "Take back the rest" not in page
    assert list(Stakeholder.objects.all()) == [bureau.deputy]


@pytest.mark.parametrize(("who", "status"), [("carol", 200), ("carl", 404), ("lea", 403), ("alice", 403)])
def test_who_may_take_back_what_the_city_imported(
    bureau: Bureau, pair: ImportBatch, who: str, status: int
) -> None:
    officer = getattr(bureau, who)
    assert sign_in(officer).get(address(pair)).status_code == status
    assert send(officer, pair).status_code == status
    assert Stakeholder.objects.count() == (2 if status == 200 else 3)


def test_of_people_of_another_county_the_page_shows_nothing(bureau: Bureau, imported: Import) -> None:
    batch = imported(deputy(), by=bureau.carl)
    Stakeholder.objects.filter(name="钱正明").update(
        unit=bureau.other_station, address="宜兴市某处", name="秘密"
    )
    for page in (shown(bureau.carl, batch), send(bureau.carl, batch).content.decode()):
        assert "It belongs to a unit that you do not coordinate." in page
        assert "宜兴市某处" not in page
        assert "秘密" not in page
    send(bureau.carol, batch)
    assert "宜兴市某处" not in shown(bureau.carl, batch)


@pytest.mark.parametrize("many", [50, 500])
def test_what_stayed_takes_few_queries_however_many_stayed(
    bureau: Bureau, imported: Import, many: int
) -> None:
    batch = imported(
        *(deputy(f"钱正{n}", 手机=f"139{n:08d}", 结对民警警号=bureau.dan.police_number) for n in range(many))
    )
    Stakeholder.objects.exclude(pk=bureau.deputy.pk).update(unit=bureau.station, employer="退休")
    taking_back.take_back(batch, actor=BOSS, reason="why", now=NOW)
    batch.refresh_from_db()
    assert batch.stayed_count == many
    client = sign_in(bureau.carol)
    client.get(address(batch))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address(batch) + "?page=2").content.decode()
    assert page.count("now it says “退休”") == 25
    assert "宜城派出所" in page
    assert len(captured) <= 10, [query["sql"][:150] for query in captured]
    assert len(page) < 60_000


# --- what is large -------------------------------------------------------------------------------------------


def test_what_is_large_is_taken_back_by_the_worker(
    bureau: Bureau,
    pair: ImportBatch,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(taking_back, "AT_ONCE", 1)
    rung: list[int] = []
    monkeypatch.setattr(tasks, "carry_out", lambda: rung.append(1))
    assert "That is too much to look through while a page loads" in shown(bureau.carol, pair)
    with django_capture_on_commit_callbacks(execute=True):
        page = send(bureau.carol, pair).content.decode()
    assert "This import is being taken back. Open this page again in a minute." in page
    assert rung == [1]
    assert Stakeholder.objects.count() == 3
    assert "This import is being taken back already." in send(bureau.carol, pair).content.decode()
    assert "being taken back" in sign_in(bureau.carol).get(pair.get_absolute_url()).content.decode()
    monkeypatch.undo()

    tasks.look_after_imports.call_local()

    assert "1 contact record hangs on it now" in shown(bureau.carol, pair)
    entries = AuditEntry.objects.filter(action__in=["order take back", "take back import"])
    assert {entry.officer for entry in entries} == {bureau.carol}
    assert entries.count() == 2


def test_the_worker_looks_every_minute_for_what_waits() -> None:
    periodic = tasks.look_after_imports.huey._registry._periodic_tasks
    (found,) = [task() for task in periodic if task.__name__ == "look_after_imports"]
    assert found.validate_datetime(dt.datetime(2026, 11, 12, 3, 17))


# --- killed --------------------------------------------------------------------------------------------------

POINTS = {
    "before anything": "journal.find = die",
    "deleted": "journal._recreate = die",
    "written": "journal._mark = die",
    "all but the audit entry": "taking_back.AuditEntry.objects.record = die",
}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("point", POINTS)
def test_killed_in_the_middle_nothing_was_taken_back_and_the_next_ring_does_all(
    tmp_path: Path, point: str
) -> None:
    bureau = factories.small_bureau()
    file = wuxi.csv_file(tmp_path, [deputy(), deputy("孙立", 手机="13900001001")])
    wuxi.import_file(file, bureau.carol)
    batch = ImportBatch.objects.get()
    taking_back.order(batch, actor=Actor(bureau.carol), reason="the wrong file")
    code = (
        "from contacts import journal; from contacts.imports import taking_back\n"
        f"{POINTS[point]}\nfrom django.utils import timezone\ntaking_back.carry_out(timezone.now())"
    )
    killed = in_a_process(code, tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    batch.refresh_from_db()
    assert (batch.state, Stakeholder.objects.count()) == ("taking_back", 3)
    assert not JournalLine.objects.filter(undone=True).exists()

    assert taking_back.carry_out(timezone.now()) == 1

    batch.refresh_from_db()
    assert (batch.state, batch.gone_count, Stakeholder.objects.count()) == ("taken_back", 2, 1)
    assert AuditEntry.objects.filter(action="take back import").count() == 1


# --- the command ---------------------------------------------------------------------------------------------


def run(*words: object, status: int = 0) -> dict[str, Any]:
    out, code = io.StringIO(), 0
    try:
        call_command("take_back_import", *map(str, words), "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code == status
    return json.loads(out.getvalue())


def test_the_command_says_what_would_stay_and_then_does_it(bureau: Bureau, pair: ImportBatch) -> None:
    kept = [{"sheet": None, "row": 3, "name": "孙立", "why": ["1 contact record hangs on it now"]}]
    counts = {"import": pair.pk, "gone": 1, "restored": 1, "kept": kept}
    assert run(pair.pk, "--dry-run") == {"dry_run": True} | counts
    assert Stakeholder.objects.count() == 3
    assert run(pair.pk, "--reason", "why", "--by", bureau.carol.police_number) == {"dry_run": False} | counts
    assert Stakeholder.objects.count() == 2
    entry = AuditEntry.objects.get(action="take back import")
    assert (entry.officer, entry.via, entry.reason) == (bureau.carol, "take_back_import", "why")


def test_the_command_refuses_what_can_not_be_taken_back(bureau: Bureau, pair: ImportBatch) -> None:
    Stakeholder.objects.get(name="孙立").records.all().delete()
    run(pair.pk, "--reason", "why")
    assert run(pair.pk, "--reason", "why", status=1)["error"].startswith("This import was taken back already")


@pytest.mark.parametrize(
    "words", [[], ["--reason", "why", "--by", "carl"], ["--reason", "why", "--by", "999999"]]
)
def test_wrong_usage_and_what_is_out_of_reach_end_with_two(
    bureau: Bureau, pair: ImportBatch, words: list[str]
) -> None:
    words = [bureau.carl.police_number if word == "carl" else word for word in words]
    with pytest.raises(CommandError) as wrong:
        call_command("take_back_import", str(pair.pk), *words)
    assert wrong.value.returncode == 2


def test_without_json_nothing_stands_on_standard_output(pair: ImportBatch) -> None:
    out = io.StringIO()
    call_command("take_back_import", str(pair.pk), "--reason", "why", stdout=out, stderr=io.StringIO())
    assert out.getvalue() == ""
