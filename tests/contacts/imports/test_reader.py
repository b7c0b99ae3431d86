"""Opening a stranger's file: what is read, what is refused, and that nothing brings the process down."""

import codecs
import datetime as dt
import resource
import tempfile
import time
import zipfile
from pathlib import Path
from typing import IO

import pytest
from xlsxwriter import Workbook

from contacts.imports import reader, rosters, tables, workbook
from contacts.imports.issues import FILE, Refused
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import BROKEN, deputy

XLS = Path(__file__).parents[2] / "data" / "xls"
SHEET = "xl/worksheets/sheet1.xml"


def made(path: Path, rows: list[list], merged: list[tuple] = ()) -> Path:
    file = path / "made.xlsx"
    with Workbook(file, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名册")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for span in merged:
            sheet.merge_range(*span)
    return file


def repacked(file: Path, change: dict[str, bytes]) -> Path:
    """The same archive with some parts put in or replaced."""
    with zipfile.ZipFile(file) as parts:
        members = {name: parts.read(name) for name in parts.namelist()} | change
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in members.items():
            parts.writestr(name, content)
    return file


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("truncated.xlsx", "damaged"),
        ("empty.xlsx", "empty_file"),
        ("empty.csv", "empty_file"),
        ("macro.xlsm", "macros"),
        ("macro_renamed.xlsx", "macros"),
        ("zip_bomb_small.xlsx", "too_large"),
        ("far_cell.xlsx", "far_cell"),
        ("xml_entities.xlsx", "entities"),
    ],
)
def test_it_refuses_a_broken_file_with_a_sentence(name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        workbook.read(BROKEN / name, name)
    assert refused.value.code == code
    assert str(refused.value.message).endswith(".")


def test_a_csv_of_every_encoding_is_read_whatever_its_name() -> None:
    for name, rows in (("utf16.csv", 12), ("gbk_csv_named.xlsx", 5), ("formulas.csv", 5)):
        table = tables.recognise(workbook.read(BROKEN / name, name))
        assert len(table.lines) == rows
        assert table.lines[0].text("name") == "承俊春"


def test_formulas_stay_text_and_nothing_is_evaluated() -> None:
    table = tables.recognise(workbook.read(BROKEN / "formulas.csv", "formulas.csv"))
    assert table.lines[0].text("remark").startswith("=HYPERLINK(")
    assert [line.text("remark") for line in table.lines[2:]] == ["+1+1", "-2+3", "@SUM(A1:A9)"]


def test_a_row_of_a_csv_has_the_number_of_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "lines.csv"
    file.write_text('a,b\n"one\ntwo",2\n\n3,4\n')
    (sheet,) = workbook.read(file, file.name)
    assert list(sheet.rows) == [(1, ["a", "b"]), (2, ["one\ntwo", "2"]), (5, ["3", "4"])]


def test_numbers_dates_and_merged_cells_come_as_they_are(tmp_path: Path) -> None:
    file = made(tmp_path, [["a", 13812345678, 1965.1], ["b"], ["c"]], [(1, 1, 2, 1, "镇")])
    (sheet,) = workbook.read(file, file.name)
    assert list(sheet.rows) == [(1, ["a", 13812345678, 1965.1]), (2, ["b", "镇", ""]), (3, ["c", "镇", ""])]


def test_what_is_hidden_was_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "hidden.xlsx"
    with Workbook(file) as book:
        for name in ("名册", "旧名册", "底稿"):
            book.add_worksheet(name).write(0, 0, name)
        book.get_worksheet_by_name("旧名册").hide()
        book.get_worksheet_by_name("底稿").very_hidden()
    assert [(sheet.name, list(sheet.rows)) for sheet in workbook.read(file, file.name)] == [
        ("名册", [(1, ["名册"])])
    ]


def test_a_workbook_of_excel_2003_is_read_with_dates_numbers_and_merged_cells() -> None:
    file = XLS / "deputies_2003.xls"
    (sheet,) = workbook.read(file, file.name)
    assert sheet.name == "市级"  # the two hidden ones are left out
    assert [row for number, row in sheet.rows if number in {3, 4}] == [
        [1, "钱正明", dt.datetime(1965, 3, 1), "人大代表", "市级", "第十四届", 13900001000, "023451"],
        [2, "孙立", "1970.11", "政协委员", "市级", 12, "13900001001/0510-82000000", 23451],
    ]
    table = tables.recognise([sheet])
    one, two = rosters.check(table, wuxi.directory(), wuxi.DAY)
    assert (one.said["birth"], one.said["level"], one.said["term_number"]) == ("1965-03", "city", 14)
    assert two.said["phones"] == ["+8613900001001", "+8651082000000"]
    assert table.notes == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_a_text_table_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str, sign: str) -> None:
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    text = f"2008年名册\r\n姓名{sign}单位\r\n张伟{sign}湖㳇派出所\r\n"
    file = tmp_path / "名册.tsv"
    file.write_bytes(mark + text.encode(encoding))
    (sheet,) = workbook.read(file, file.name)
    assert list(sheet.rows)[1:] == [(2, ["姓名", "单位"]), (3, ["张伟", "湖㳇派出所"])]


ROWS = b"".join(b'<row r="%d"/>' % n for n in range(1, 1_000_001))
CELLS = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(1, 1_000_001))
ONE = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
TABLE = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>\xe5\xa7\x93\xe5\x90\x8d</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>\xe7\xb1\xbb\xe5\x88\xab</t></is></c>'
    b'<c r="C1" t="inlineStr"><is><t>\xe5\xb1\x82\xe7\xba\xa7</t></is></c></row>'
)  # 姓名 类别 层级
HEAVY = {
    "a million empty rows": (ROWS, b""),
    "a table, and a million empty rows": (TABLE + ROWS, b""),
    "a million rows without a number": (b"<row/>" * 1_000_000, b""),
    "a million blank cells": (CELLS, b""),
    "one range merged over and over": (ONE, b'<mergeCell ref="A1:A1048576"/>' * 50_000),
}


@pytest.mark.parametrize("what", HEAVY)
def test_a_workbook_of_nothing_is_refused_or_read_cheaply(tmp_path: Path, what: str) -> None:
    rows, merged = HEAVY[what]
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    merged = b"<mergeCells>" + merged + b"</mergeCells>" if merged else b""
    file = repacked(
        made(tmp_path, [["姓名"]]), {SHEET: start + rows + b"</sheetData>" + merged + b"</worksheet>"}
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(Refused):
        tables.recognise(workbook.read(file, file.name))
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 10


def test_a_million_empty_lines_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "lines.csv"
    file.write_text("姓名,类别,层级\n" + "\n" * 1_000_000)
    with pytest.raises(Refused) as refused:
        workbook.read(file, file.name)
    assert refused.value.code == "too_large"


def test_an_honest_workbook_of_many_rows_is_no_bomb(tmp_path: Path) -> None:
    file = made(tmp_path, [["同一个", "字"] * 5] * 4_000)
    (sheet,) = workbook.read(file, file.name)
    assert len(list(sheet.rows)) == 4_000


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("xl/macrosheets/sheet9.xml", b"<x/>", "macros"),
        ("xl/styles.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "entities"),
        ("xl/styles.xml", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16"), "entities"),
        (SHEET, b"<worksheet><sheetData><row", "damaged"),
        (SHEET, b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="ZZ900000"/></row>', "far_cell"),
        ("docProps/x.xml", b" " * 30 * 1024**2, "too_large"),
    ],
)  # fmt: skip
def test_a_hostile_workbook_is_refused_before_it_is_parsed(
    tmp_path: Path, part: str, content: bytes, code: str
) -> None:
    file = repacked(made(tmp_path, [["姓名"]]), {part: content})
    with pytest.raises(Refused) as refused:
        workbook.read(file, file.name)
    assert refused.value.code == code


def test_a_workbook_that_hides_a_far_cell_only_kills_the_child(tmp_path: Path) -> None:
    """The parts are scanned for plain cells; under a prefix the parser is the first to see this one."""
    hidden = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b'<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
        b'<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    file = repacked(made(tmp_path, [["姓名"]]), {SHEET: hidden})
    begun = time.monotonic()
    with pytest.raises(Refused) as refused:
        workbook.read(file, file.name)
    assert refused.value.code in {"far_cell", "too_large", "damaged"}
    assert time.monotonic() - begun < 10


def test_a_lying_archive_is_refused(tmp_path: Path) -> None:
    """The directory of the archive says 5 bytes, the part holds more."""
    file = repacked(made(tmp_path, [["姓名"]]), {"xl/theme/theme9.xml": b"<x>" + b" " * 5000 + b"</x>"})
    data = bytearray(file.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = (
            data.rindex(b"xl/theme/theme9.xml")
            if mark == b"PK\x01\x02"
            else data.index(b"xl/theme/theme9.xml")
        )
        start = data.rindex(mark, 0, at)
        data[start + offset : start + offset + 4] = (5).to_bytes(4, "little")
    file.write_bytes(bytes(data))
    with pytest.raises(Refused) as refused:
        workbook.read(file, file.name)
    assert refused.value.code in {"damaged", "too_large"}


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02\x03" * 50, b"%PDF-1.7\n\xff\xfe\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600],
)
def test_what_is_no_table_at_all_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "what.xlsx"
    file.write_bytes(data)
    with pytest.raises(Refused) as refused:
        tables.recognise(workbook.read(file, file.name))
    assert refused.value.code in FILE


def test_a_file_beyond_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    with file.open("wb") as out:
        out.truncate(workbook.BYTES + 1)
    with pytest.raises(Refused) as refused:
        workbook.read(file, file.name)
    assert refused.value.code == "too_large"


def test_a_file_that_goes_away_while_it_is_read_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever confirms the same file at the same moment may be done with it."""
    file = tmp_path / "roster.csv"
    file.write_text("姓名\n李娜\n")
    run_reader = workbook.run_reader

    def after_it_is_gone(opened: IO[bytes]) -> IO[bytes]:
        file.unlink()
        return run_reader(opened)

    monkeypatch.setattr(workbook, "run_reader", after_it_is_gone)
    [sheet] = workbook.read(file, file.name)
    assert list(sheet.rows) == [(1, ["姓名"]), (2, ["李娜"])]


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("while True: pass\n")
    monkeypatch.setattr(workbook, "READER", slow)
    monkeypatch.setattr(workbook, "SECONDS", 0.5)
    with tempfile.TemporaryFile() as file, pytest.raises(Refused) as refused:
        workbook.run_reader(file)
    assert refused.value.code == "too_large"


def test_a_child_that_dies_is_a_refused_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGABRT)\n")
    monkeypatch.setattr(workbook, "READER", dying)
    with tempfile.TemporaryFile() as file, pytest.raises(Refused) as refused:
        workbook.run_reader(file)
    assert refused.value.code == "too_large"


def test_the_reader_needs_nothing_of_the_project() -> None:
    """It starts as a plain script, so that opening a file costs no start of Django."""
    source = Path(reader.__file__).read_text()
    assert "django" not in source.replace("without Django", "").lower()
    assert "from contacts" not in source


def test_a_long_cell_is_cut_for_the_checks_to_see(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text(
        ",".join(deputy()) + "\n" + ",".join((deputy() | {"备注": "长" * 100_000}).values()) + "\n"
    )
    (sheet,) = workbook.read(file, file.name)
    assert len(list(sheet.rows)[1][1][-1]) == reader.TEXT
