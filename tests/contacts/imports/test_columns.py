"""Columns with other headers: traditional characters, other words, and what the sender says that they mean."""

import csv
import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from contacts.imports import cells, rosters, tables, workbook
from contacts.imports.columns import columns_of
from contacts.imports.workbook import Sheet
from contacts.models import AuditEntry, ColumnMapping, ImportBatch, Officer, Seat, Stakeholder
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.contacts.imports.test_rosters import differences
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
OTHER_WORDS = {
    "name": "姓 名", "sex": "性别", "birth": "出生日期", "mobile": "移动电话", "landline": "座机", "employer": "单位及职务",
    "address": "家庭住址", "pairing_unit": "责任单位", "officer": "责任民警警号", "remark": "说明", "category": "身份类别",
    "level": "级别", "term_number": "届别", "term": "任期起止时间", "delegation": "界别", "body": "所属人大政协", "email": "邮箱",
}  # fmt: skip
STRANGE = {"姓名": "代表是谁", "手机": "怎么找他", "层级": "哪一级", "类别": "什么身份"}


# --- recognised by itself ------------------------------------------------------------------------------------


def written(value: Any) -> str:
    """As a spreadsheet program writes a cell to csv."""
    return value.strftime("%Y-%m-%d") if isinstance(value, dt.datetime) else str(value)


def test_the_deputies_shuffled_reworded_and_in_gb18030_say_the_same_row_by_row(tmp_path: Path) -> None:
    lines = wuxi.table("deputies.xlsx").lines
    names = list(OTHER_WORDS)
    random.Random(7).shuffle(names)
    file = tmp_path / "名册.csv"
    with file.open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([OTHER_WORDS[name] for name in names])
        for line in lines:
            writer.writerow([written(line.cells.get(name, "")) for name in names])
    table = tables.recognise(workbook.read(file, file.name))
    entries = rosters.check(table, wuxi.directory(), wuxi.DAY)
    assert len(entries) == 1761
    wrong = {}
    for before, entry in zip(lines, entries, strict=True):
        found = differences(entry, wuxi.expected_rows()["deputies.xlsx"][before.sheet, before.number])
        if isinstance(before.cells.get("birth"), float) and str(before.cells["birth"]).endswith(".1"):
            # The number 1965.1 can be January or October; the text is January.
            found.pop("birth")
            found.pop("issues")
        if found:
            wrong[before.number] = found
    assert wrong == {}


TRADITIONAL = [
    ["序號", "姓名", "類別", "層級", "屆次", "任期起止", "單位及職務", "聯繫手機", "固定電話", "地址", "結對單位", "結對民警警號", "備註"],
    [1, "張偉國", "人大代表", "市級", "第十四屆", "2008.1至今", "機械廠廠長", "13900001000", "0510-82000000轉8012",
     "宜興市宜城街道1號", "宜興市局宜城派出所", "023451", "無"],
    [2, "錢正明", "政協委員", "區(縣)級", "第十二屆", "2008.1-2013.1", "電視臺記者", "13900001001", "", "", "", "", "暫缺"],
    [3, "李強", "人大代表", "鄉鎮街道", "", "", "", "13900001002", "", "", "", "", ""],
    ["合計：3人"],
]  # fmt: skip


def test_headers_and_keywords_in_traditional_characters_are_understood_and_names_stay() -> None:
    table = tables.recognise([Sheet("名冊", list(enumerate(TRADITIONAL, 1)))])
    one, two, three = rosters.check(table, wuxi.directory(), wuxi.DAY)
    assert [entry.name for entry in (one, two, three)] == ["張偉國", "錢正明", "李強"]
    assert [entry.seat_kind for entry in (one, two, three)] == ["npc_deputy", "cppcc_member", "npc_deputy"]
    assert [entry.said["level"] for entry in (one, two, three)] == ["city", "district", "township"]
    assert (one.said["term_number"], one.said["term"]) == (14, ["2008-01-01", None])
    assert one.said["phones"] == ["+8613900001000", "+8651082000000;ext=8012"]
    assert one.said["employer"] == "機械廠廠長"
    assert "remark" not in one.said
    assert "remark" not in two.said
    assert not any(issue.code == "unit_unknown" for issue in one.issues)
    assert table.notes == []


@pytest.mark.parametrize("kind", tables.KINDS)
def test_every_header_is_known_in_traditional_characters_too(kind: str) -> None:
    """Each character of the small table, put back into the headers that hold its simplified form."""
    back = {after: before for before, after in cells.TRADITIONAL.items()}
    for headers in tables.COLUMNS[kind].values():
        for header in headers.split():
            word = "".join(back.get(sign, sign) for sign in header)
            assert tables.word(word) == tables.word(header)


# --- said by the sender --------------------------------------------------------------------------------------


def strange() -> dict[str, str]:
    """A row under headers that nobody knows."""
    return {STRANGE.get(header, header): value for header, value in wuxi.deputy().items()}


def upload(officer: Officer, file: Path, **more: str) -> ImportBatch:
    form = {
        "file": SimpleUploadedFile(file.name, file.read_bytes()),
        "kind": "auto",
        "since": "2026-01-01",
    } | more
    sign_in(officer).post(reverse("contacts:import-create"), form)
    wuxi.work()
    return ImportBatch.objects.latest("pk")


def say(officer: Officer, batch: ImportBatch, kind: str = "deputies", **meanings: str) -> str:
    """Send the form as it stands, with some of its selects changed."""
    form = {"kind": kind}
    for index, column in enumerate(batch.columns):
        usual = tables.WORDS[kind].get(column["word"], "")
        form[f"column-{index}"] = meanings.get(column["header"], usual)
    address = reverse("contacts:import-columns", args=[batch.pk])
    return sign_in(officer).post(address, form, follow=True).content.decode()


MEANINGS = {"代表是谁": "name", "怎么找他": "mobile", "哪一级": "level", "什么身份": "category"}


def test_a_file_without_a_known_header_shows_its_columns_and_can_be_mended(
    bureau: Bureau, tmp_path: Path
) -> None:
    batch = upload(bureau.carol, wuxi.csv_file(tmp_path, [strange()]))
    assert (batch.state, batch.refusal["code"]) == ("failed", "no_header")
    page = sign_in(bureau.carol).get(batch.get_absolute_url()).content.decode()
    assert "代表是谁" in page
    assert "13900001000" in page  # a sample
    say(bureau.carol, batch, **MEANINGS)
    wuxi.work()
    batch.refresh_from_db()
    assert (batch.state, batch.kind, batch.created_count) == ("checked", "deputies", 1)
    page = sign_in(bureau.carol).get(batch.get_absolute_url()).content.decode()
    assert "代表是谁 → 姓名" in page
    entry = AuditEntry.objects.get(action="set columns")
    assert entry.after["columns"] == {tables.word(header): name for header, name in MEANINGS.items()}


def test_what_was_said_is_remembered_for_the_next_file_of_the_sender_alone(
    bureau: Bureau, tmp_path: Path
) -> None:
    say(bureau.carol, upload(bureau.carol, wuxi.csv_file(tmp_path, [strange()])), **MEANINGS)
    wuxi.work()
    other = strange() | {"代表是谁": "孙立", "怎么找他": "13900001001"}
    again = upload(bureau.carol, wuxi.csv_file(tmp_path, [other], "next.csv"))
    assert (again.state, again.created_count) == ("checked", 1)
    sign_in(bureau.carol).post(reverse("contacts:import-confirm", args=[again.pk]))
    wuxi.work()
    made = Stakeholder.objects.get(name="孙立")
    assert made.phones.get(kind="mobile").e164 == "+8613900001001"
    assert Seat.objects.get(stakeholder=made).level == "city"
    assert upload(bureau.carl, wuxi.csv_file(tmp_path, [other], "next.csv")).state == "failed"


def test_the_command_uses_what_the_officer_said_whom_it_is_for(bureau: Bureau, tmp_path: Path) -> None:
    file = wuxi.csv_file(tmp_path, [strange()])
    say(bureau.carol, upload(bureau.carol, file), **MEANINGS)
    with pytest.raises(SystemExit):
        call_command("import_file", str(file))
    call_command("import_file", str(file), f"--by={bureau.carol.police_number}")
    assert Stakeholder.objects.filter(name="钱正明").exists()


def test_it_can_be_taken_back(bureau: Bureau, tmp_path: Path) -> None:
    batch = upload(bureau.carol, wuxi.csv_file(tmp_path, [strange()]))
    say(bureau.carol, batch, **MEANINGS)
    wuxi.work()
    address = reverse("contacts:import-columns", args=[batch.pk])
    sign_in(bureau.carol).post(address, {"forget": ""})
    wuxi.work()
    batch.refresh_from_db()
    assert (batch.state, batch.refusal["code"]) == ("failed", "no_header")
    assert not ColumnMapping.objects.exists()


def test_a_column_that_was_taken_for_another_can_be_left_out(bureau: Bureau, tmp_path: Path) -> None:
    batch = upload(bureau.carol, wuxi.csv_file(tmp_path, [wuxi.deputy(备注="不要导入")]))
    say(bureau.carol, batch, 备注="")
    wuxi.work()
    batch.refresh_from_db()
    assert batch.wording == {"备注": ""}
    sign_in(bureau.carol).post(reverse("contacts:import-confirm", args=[batch.pk]))
    wuxi.work()
    assert Stakeholder.objects.get(name="钱正明").remark == ""


def test_a_field_said_twice_or_missing_is_named_and_nothing_typed_is_lost(
    bureau: Bureau, tmp_path: Path
) -> None:
    batch = upload(bureau.carol, wuxi.csv_file(tmp_path, [strange()]))
    page = say(bureau.carol, batch, 代表是谁="name", 怎么找他="name")
    assert "Both “代表是谁” and “怎么找他” can not be 姓名" in page
    assert "Say which column is 类别" in page
    assert page.count('<option value="name" selected>') == 2
    batch.refresh_from_db()
    assert batch.state == "failed"


def test_what_is_decided_already_is_not_checked_anew(bureau: Bureau, tmp_path: Path) -> None:
    batch = upload(bureau.carol, wuxi.csv_file(tmp_path, [wuxi.deputy()]))
    sign_in(bureau.carol).post(reverse("contacts:import-confirm", args=[batch.pk]))
    page = say(bureau.carol, batch, 备注="")
    assert "Somebody has decided about this file already" in page


def test_the_columns_of_all_sheets_stand_together_with_their_first_values() -> None:
    rows = [
        ["名册"],
        ["姓名", "怎么找他", "备注"],
        ["张伟", 13912345678, ""],
        ["李强", "0510-82705123", "好"],
    ]
    kind, found = columns_of(
        [Sheet("说明", [(1, ["请认真填写"])]), Sheet("甲", list(enumerate(rows, 1)))], "auto"
    )
    assert kind == "deputies"
    assert [(c.header, c.means, c.samples) for c in found] == [
        ("姓名", "name", ["张伟", "李强"]),
        ("怎么找他", "", ["13912345678", "0510-82705123"]),
        ("备注", "remark", ["好"]),
    ]
