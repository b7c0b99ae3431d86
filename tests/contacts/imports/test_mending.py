"""The workbook that shows a sender what is to be mended: their own sheets, and a column of sentences."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from xlsxwriter import Workbook

from contacts.models import AuditEntry, ImportBatch, Officer, Stakeholder
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import FOLDER, deputy
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
HEADER = ["序号", "姓名", "类别", "层级", "出生年月", "手机", "备注"]


def roster(path: Path) -> Path:
    file = path / "名册.xlsx"
    with Workbook(file, {"strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        hidden = book.add_worksheet("底稿")
        hidden.write_row(0, 0, HEADER)
        hidden.write_row(1, 0, [1, "隐去的人", "人大代表", "市"])
        sheet = book.add_worksheet("市级")
        sheet.write(0, 0, "江阴市代表名册")
        sheet.write_row(1, 0, HEADER)
        sheet.write_row(3, 0, [1, "钱正明", "人大代表", "市", "", "1390000100", "=1+1"])
        sheet.write_datetime(3, 4, dt.datetime(1965, 3, 1), day)
        sheet.write_row(
            4, 0, [2, "孙立", "人大代表", "全球", "1970.1", 13900001001, "身份证 320281196503010012"]
        )
        sheet.write_row(5, 0, [3, "吴敏", "人大代表", "市", "1970.2", "013900001002", ""])
        sheet.write_row(7, 0, ["合计：4人"])
        hidden.hide()
        sheet.activate()
    return file


def upload(officer: Officer, file: Path, language: str = "en") -> ImportBatch:
    sent = SimpleUploadedFile(file.name, file.read_bytes())
    form = {"file": sent, "kind": "auto", "since": "2026-01-01"}
    sign_in(officer, language=language).post(reverse("contacts:import-create"), form)
    wuxi.work()
    return ImportBatch.objects.latest("pk")


def downloaded(officer: Officer, batch: ImportBatch) -> openpyxl.Workbook:
    answer = sign_in(officer).get(reverse("contacts:import-mended", args=[batch.pk]))
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_it_holds_the_senders_rows_as_they_came_and_what_to_mend_beside_them(
    bureau: Bureau, tmp_path: Path
) -> None:
    batch = upload(bureau.carol, roster(tmp_path))
    book = downloaded(bureau.carol, batch)
    assert book.sheetnames == ["市级"]
    rows = [[cell.value for cell in row] for row in book["市级"].iter_rows()]
    assert rows[0][0] == "江阴市代表名册"
    assert rows[1] == [*HEADER, "What to mend"]
    assert rows[3][:7] == [1, "钱正明", "人大代表", "市", dt.datetime(1965, 3, 1), "1390000100", "=1+1"]
    assert book["市级"]["G4"].data_type == "s"  # no formula
    assert "手机：“1390000100” is no phone number that could ring" in rows[3][7]
    assert rows[4][5:7] == [13900001001, "身份证 320281196503010012"]
    assert "层级：“全球” is no level." in rows[4][7]
    assert rows[5][5] == "013900001002"
    assert "The total says 4, but the sheet has 3 rows." in rows[7][7]
    assert AuditEntry.objects.filter(action="download remarks", officer=bureau.carol).count() == 1


def test_it_can_be_corrected_and_sent_again_and_our_column_is_written_anew(
    bureau: Bureau, tmp_path: Path
) -> None:
    book = downloaded(bureau.carol, upload(bureau.carol, roster(tmp_path)))
    sheet = book["市级"]
    sheet["D5"], sheet["F4"] = "市", "13900001000"
    book.save(tmp_path / "again.xlsx")
    batch = upload(bureau.carol, tmp_path / "again.xlsx")
    assert (batch.state, batch.created_count, batch.rejected_count) == ("checked", 3, 0)
    again = downloaded(bureau.carol, batch)["市级"]
    assert again.max_column == 8
    assert again["H2"].value == "What to mend"
    assert "is no phone number" not in (again["H4"].value or "")


def test_after_the_import_it_says_what_was_left(bureau: Bureau, tmp_path: Path) -> None:
    batch = upload(bureau.carol, roster(tmp_path))
    checked = batch.mended.name
    sign_in(bureau.carol).post(reverse("contacts:import-confirm", args=[batch.pk]))
    wuxi.work()
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert batch.mended.name not in {"", checked}
    assert "is no level" in downloaded(bureau.carol, batch)["市级"]["H5"].value
    assert Stakeholder.objects.filter(name="吴敏").exists()


def test_a_csv_becomes_a_workbook_and_a_file_without_remarks_none(bureau: Bureau, tmp_path: Path) -> None:
    batch = upload(bureau.carol, wuxi.csv_file(tmp_path, [deputy("", 手机="013900001000")]))
    sheet = downloaded(bureau.carol, batch).worksheets[0]
    assert sheet["I2"].value == "013900001000"
    clean = FOLDER / "units.csv"
    batch = upload(bureau.carol, clean)
    assert (batch.state, batch.rejected_count, batch.mended) == ("checked", 0, "")
    assert sign_in(bureau.carol).get(reverse("contacts:import-mended", args=[batch.pk])).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("carol", 200), ("carl", 404), ("alice", 403), ("lea", 403), ("sue", 403), ("ann", 403)],
)
def test_only_who_sees_the_import_gets_it(bureau: Bureau, tmp_path: Path, who: str, status: int) -> None:
    batch = upload(bureau.carol, roster(tmp_path))
    address = reverse("contacts:import-mended", args=[batch.pk])
    assert sign_in(getattr(bureau, who)).get(address).status_code == status
