"""Importing on the web: upload → the worker checks → what would become of every row → confirm → the worker applies."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from contacts import tasks
from contacts.imports import batches
from contacts.models import Actor, AuditEntry, ImportBatch, Officer, Stakeholder
from tests import factories
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import BROKEN, deputy
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
Upload = Callable[..., HttpResponse]


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """Send rows, or a file, as an officer would, and let the worker look at it."""

    def send(
        officer: Officer,
        *rows: dict[str, str],
        file: Path | None = None,
        name: str = "",
        work: bool = True,
        **more: str,
    ) -> HttpResponse:
        file = file or wuxi.csv_file(tmp_path, list(rows))
        sent = SimpleUploadedFile(name or file.name, file.read_bytes())
        form = {"file": sent, "kind": "auto", "since": "2026-01-01"} | more
        answer = sign_in(officer).post(reverse("contacts:import-create"), form)
        if work:
            wuxi.work()
        return answer

    return send


def stored(batch: ImportBatch) -> Path:
    return Path(batch.file.path)


def post(officer: Officer, deed: str, batch: ImportBatch, **form: str) -> HttpResponse:
    return sign_in(officer).post(reverse(f"contacts:import-{deed}", args=[batch.pk]), form, follow=True)


def page_of(officer: Officer, batch: ImportBatch) -> str:
    return sign_in(officer).get(batch.get_absolute_url()).content.decode()


def test_an_upload_shows_what_would_become_of_every_row_and_changes_nothing(
    bureau: Bureau, upload: Upload
) -> None:
    before = Stakeholder.objects.count()
    answer = upload(bureau.carol, deputy(手机="1390000100"), deputy("", 备注="谁？"), deputy("孙立"))
    batch = ImportBatch.objects.get()
    assert answer.url == batch.get_absolute_url()
    page = sign_in(bureau.carol).get(answer.url).content.decode()
    assert "钱正明" in page
    assert "1390000100” is no phone number that could ring and was left out." in page
    assert "The name is missing. Fill it in and import the file again." in page
    assert "1 row can not be imported; the others can." in page
    assert (batch.state, batch.created_count, batch.rejected_count) == ("checked", 2, 1)
    assert Stakeholder.objects.count() == before
    assert stored(batch).exists()


def test_confirming_imports_the_good_rows_once(bureau: Bureau, upload: Upload) -> None:
    upload(bureau.carol, deputy(结对民警警号=bureau.dan.police_number), deputy(""))
    batch = ImportBatch.objects.get()
    kept = stored(batch)
    page = post(bureau.carol, "confirm", batch).content.decode()
    assert "The file is being imported." in page
    assert not Stakeholder.objects.filter(name="钱正明").exists()
    wuxi.work()
    page = page_of(bureau.carol, batch)
    assert "The file was imported. 1 row was not." in page
    made = Stakeholder.objects.get(name="钱正明")
    assert made.get_absolute_url() in page
    assert made.pairings.get().started_on == dt.date(2026, 1, 1)
    again = post(bureau.carol, "confirm", batch).content.decode()
    assert "Somebody has decided about this file already" in again
    wuxi.work()
    assert Stakeholder.objects.filter(name="钱正明").count() == 1
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("applied", 2)
    entry = AuditEntry.objects.get(action="import file")
    assert (entry.officer, entry.via, entry.address) == (bureau.carol, "web", "127.0.0.1")
    assert kept.exists()


def test_of_two_clicks_at_once_one_wins(bureau: Bureau, upload: Upload) -> None:
    upload(bureau.carol, deputy())
    first, second = ImportBatch.objects.get(), ImportBatch.objects.get()
    now = timezone.now()
    assert batches.confirm(first, Actor(bureau.carol), now) == [first]
    assert batches.confirm(second, Actor(bureau.carol), now) == []
    assert not batches.drop(second, Actor(bureau.carol))
    wuxi.work()
    wuxi.work()
    assert Stakeholder.objects.filter(name="钱正明").count() == 1
    assert AuditEntry.objects.filter(action="import file").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_dropped_file_is_gone_and_an_imported_one_is_kept(upload: Upload) -> None:
    bureau = factories.small_bureau()
    for deed, there in (("confirm", True), ("drop", False)):
        upload(bureau.carol, deputy(备注=deed))
        batch = ImportBatch.objects.get(state="checked")
        kept = stored(batch)
        post(bureau.carol, deed, batch)
        wuxi.work()
        assert kept.exists() is there


def test_a_dropped_file_changes_nothing_and_can_not_be_confirmed(bureau: Bureau, upload: Upload) -> None:
    upload(bureau.carol, deputy())
    batch = ImportBatch.objects.get()
    assert "The file was dropped" in post(bureau.carol, "drop", batch).content.decode()
    post(bureau.carol, "confirm", batch)
    assert not Stakeholder.objects.filter(name="钱正明").exists()
    assert AuditEntry.objects.filter(action="drop import", officer=bureau.carol).count() == 1


def test_a_confirmation_checks_once_more(bureau: Bureau, upload: Upload) -> None:
    """Somebody else brought the same people in the meantime."""
    upload(bureau.carol, deputy())
    upload(bureau.carol, deputy(), since="2026-02-01")
    one, two = ImportBatch.objects.order_by("pk")
    assert two.created_count == 1
    post(bureau.carol, "confirm", one)
    post(bureau.carol, "confirm", two)
    wuxi.work()
    two.refresh_from_db()
    assert (two.created_count, two.unchanged_count) == (0, 1)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("truncated.xlsx", "The file is damaged or was cut off on its way."),
        ("wrong_headers.xlsx", "No row with the expected headers was found"),
        ("header_only.xlsx", "The file has a header and no rows below it"),
        ("macro_renamed.xlsx", "The workbook holds macros."),
        ("zip_bomb_small.xlsx", "The file is too large to be opened safely."),
        ("far_cell.xlsx", "A cell far outside the table is filled in"),
        ("xml_entities.xlsx", "The workbook holds XML that no spreadsheet program writes"),
    ],
)
def test_a_refused_file_is_said_in_one_sentence(bureau: Bureau, upload: Upload, name: str, said: str) -> None:
    upload(bureau.carol, file=BROKEN / name)
    batch = ImportBatch.objects.get()
    assert batch.state == "failed"
    assert said in page_of(bureau.carol, batch)
    assert said in sign_in(bureau.carol).get(reverse("contacts:import-list")).content.decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.xlsx", "The file is empty."),
        ("macro.xlsm", "Only .xlsx, .xls, .csv, .tsv and .txt can be imported."),
    ],
)
def test_what_can_be_told_at_once_is_said_beside_the_form(
    bureau: Bureau, upload: Upload, name: str, said: str
) -> None:
    answer = upload(bureau.carol, file=BROKEN / name, kind="media")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    assert '<option value="media" selected>' in page
    assert 'value="2026-01-01"' in page
    assert not ImportBatch.objects.exists()


def test_a_hostile_name_is_only_shown(bureau: Bureau, upload: Upload) -> None:
    upload(bureau.carol, deputy("<b>钱</b>", 备注="=cmd|' /C calc'!A0"), name="../../<script>.csv")
    batch = ImportBatch.objects.get()
    page = sign_in(bureau.carol).get(batch.get_absolute_url()).content.decode()
    assert "<script>" not in page.replace("<script src=", "")
    assert "<b>钱" not in page
    assert stored(batch).is_relative_to(batch.file.storage.location)


def test_the_rows_are_filtered_by_outcome_remark_and_name(bureau: Bureau, upload: Upload) -> None:
    upload(
        bureau.carol,
        deputy("孙立", 手机="139"),
        deputy("周平", 层级="全球"),
        deputy("吴敏", 手机="13900003000"),
    )
    client, address = sign_in(bureau.carol), ImportBatch.objects.get().get_absolute_url()

    def shown(**query: str) -> set[str]:
        page = client.get(address, query).content.decode().partition('id="results"')[2]
        return {name for name in ("孙立", "周平", "吴敏") if name in page}

    assert shown() == {"孙立", "周平", "吴敏"}
    assert shown(outcome="rejected") == {"周平"}
    assert shown(code="phone_invalid") == {"孙立"}
    assert shown(q="吴") == {"吴敏"}
    assert shown(code="nonsense") == set()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("carol", 200),
        ("carl", 200),
        ("alice", 403),
        ("bob", 403),
        ("lea", 403),
        ("sue", 403),
        ("ann", 403),
        ("rita", 403),
    ],
)
def test_only_coordinators_import(bureau: Bureau, who: str, status: int) -> None:
    client = sign_in(getattr(bureau, who))
    for name in ("import-list", "import-create"):
        assert client.get(reverse(f"contacts:{name}")).status_code == status


def test_a_county_coordinator_sees_neither_the_bureaus_imports_nor_rows_beyond_the_county(
    bureau: Bureau, upload: Upload
) -> None:
    upload(bureau.carol, deputy())
    theirs = ImportBatch.objects.get()
    client = sign_in(bureau.carl)
    for name in ("import-detail", "import-mended", "import-confirm", "import-drop", "import-columns"):
        address = reverse(f"contacts:{name}", args=[theirs.pk])
        answer = client.get(address) if name in {"import-detail", "import-mended"} else client.post(address)
        assert answer.status_code == 404
    assert theirs.file_name not in client.get(reverse("contacts:import-list")).content.decode()
    upload(bureau.carl, deputy("孙立"), deputy("周平", **{"住址/所属街道": "宜城街道"}))
    own = ImportBatch.objects.latest("pk")
    post(bureau.carl, "confirm", own)
    wuxi.work()
    page = page_of(bureau.carl, own)
    assert "宜城派出所, which you do not coordinate." in page
    assert Stakeholder.objects.filter(name="孙立").exists()
    assert not Stakeholder.objects.filter(name="周平").exists()


def test_deciding_needs_a_form_sent(bureau: Bureau, upload: Upload) -> None:
    upload(bureau.carol, deputy())
    batch = ImportBatch.objects.get()
    for name in ("import-confirm", "import-drop"):
        assert sign_in(bureau.carol).get(reverse(f"contacts:{name}", args=[batch.pk])).status_code == 405


def test_what_nobody_confirms_within_a_week_is_dropped(bureau: Bureau, upload: Upload) -> None:
    upload(bureau.carol, deputy())
    ImportBatch.objects.update(created_at=timezone.now() - dt.timedelta(days=8))
    tasks.look_after_imports.call_local()
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.file, batch.columns) == ("dropped", "", [])


def test_a_long_import_takes_as_many_queries_as_a_short_one(
    bureau: Bureau, upload: Upload, django_assert_max_num_queries: Callable
) -> None:
    upload(bureau.carol, *(deputy(f"钱{chr(0x4E00 + n)}", 手机=f"139{n:08d}") for n in range(60)))
    client, address = sign_in(bureau.carol), ImportBatch.objects.get().get_absolute_url()
    with django_assert_max_num_queries(14):
        client.get(address)
