"""Importing on the web: upload → what would become of every row → confirm → what became of it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from contacts.imports import batches
from contacts.models import AuditEntry, ImportBatch, Officer, Stakeholder
from tests import factories
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import BROKEN, deputy
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
Upload = Callable[..., HttpResponse]


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """Send rows, or a file, as an officer would."""

    def send(
        officer: Officer, *rows: dict[str, str], file: Path | None = None, name: str = "", **more: str
    ) -> HttpResponse:
        file = file or wuxi.csv_file(tmp_path, list(rows))
        sent = SimpleUploadedFile(name or file.name, file.read_bytes())
        form = {"file": sent, "kind": "auto", "since": "2026-01-01"} | more
        return sign_in(officer).post(reverse("contacts:import-create"), form)

    return send


def stored(batch: ImportBatch) -> Path:
    return Path(batch.file.path)


def post(officer: Officer, deed: str, batch: ImportBatch) -> HttpResponse:
    return sign_in(officer).post(reverse(f"contacts:import-{deed}", args=[batch.pk]), follow=True)


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
    assert "The file was imported." in page
    made = Stakeholder.objects.get(name="钱正明")
    assert made.get_absolute_url() in page
    assert made.pairings.get().started_on == dt.date(2026, 1, 1)
    again = post(bureau.carol, "confirm", batch).content.decode()
    assert "Somebody has imported or dropped this file already." in again
    assert Stakeholder.objects.filter(name="钱正明").count() == 1
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("applied", 2)
    assert AuditEntry.objects.filter(action="import file").count() == 1
    assert not batch.file
    assert kept.exists()  # it goes with the commit, which a test never reaches


def test_of_two_clicks_at_once_one_wins(bureau: Bureau, upload: Upload) -> None:
    upload(bureau.carol, deputy())
    first, second = ImportBatch.objects.get(), ImportBatch.objects.get()
    assert batches.confirm(first, wuxi.context(bureau.carol)) is not None
    assert batches.confirm(second, wuxi.context(bureau.carol)) is None
    assert Stakeholder.objects.filter(name="钱正明").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_file_is_gone_once_it_is_decided(upload: Upload) -> None:
    bureau = factories.small_bureau()
    for deed in ("confirm", "drop"):
        upload(bureau.carol, deputy())
        batch = ImportBatch.objects.get(state="checked")
        kept = stored(batch)
        post(bureau.carol, deed, batch)
        assert not kept.exists()


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
    upload(bureau.carol, deputy())
    one, two = ImportBatch.objects.order_by("pk")
    post(bureau.carol, "confirm", one)
    post(bureau.carol, "confirm", two)
    two.refresh_from_db()
    assert (two.created_count, two.unchanged_count) == (0, 1)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("truncated.xlsx", "The file is damaged or was cut off on its way."),
        ("empty.xlsx", "The submitted file is empty."),
        ("wrong_headers.xlsx", "No row with the expected headers was found"),
        ("header_only.xlsx", "The file has a header and no rows below it"),
        ("macro.xlsm", "Only .xlsx, .xls and .csv can be imported."),
        ("zip_bomb_small.xlsx", "The file is too large to be opened safely."),
        ("far_cell.xlsx", "A cell far outside the table is filled in"),
        ("xml_entities.xlsx", "The workbook holds XML that no spreadsheet program writes"),
    ],
)
def test_a_refused_file_is_said_in_one_sentence_and_not_kept(
    bureau: Bureau, upload: Upload, name: str, said: str
) -> None:
    answer = upload(bureau.carol, file=BROKEN / name)
    assert answer.status_code == 200
    assert said in answer.content.decode()
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
        page = client.get(address, query).content.decode()
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
    for name in ("import-detail", "import-confirm", "import-drop"):
        address = reverse(f"contacts:{name}", args=[theirs.pk])
        answer = client.get(address) if name == "import-detail" else client.post(address)
        assert answer.status_code == 404
    assert theirs.file_name not in client.get(reverse("contacts:import-list")).content.decode()
    upload(bureau.carl, deputy("孙立"), deputy("周平", **{"住址/所属街道": "宜城街道"}))
    own = ImportBatch.objects.latest("pk")
    page = post(bureau.carl, "confirm", own).content.decode()
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
    upload(bureau.carol, deputy("孙立"))
    assert sorted(ImportBatch.objects.values_list("state", flat=True)) == ["checked", "dropped"]


def test_a_long_import_takes_as_many_queries_as_a_short_one(
    bureau: Bureau, upload: Upload, django_assert_max_num_queries: Callable
) -> None:
    upload(bureau.carol, *(deputy(f"钱{chr(0x4E00 + n)}", 手机=f"139{n:08d}") for n in range(60)))
    client, address = sign_in(bureau.carol), ImportBatch.objects.get().get_absolute_url()
    with django_assert_max_num_queries(10):
        client.get(address)
