"""The child process that opens a stranger's file: `python reader.py < FILE` prints its rows, one line of JSON each, and
as the last line which of them, from byte to byte, are those of a sheet.

It runs as a plain script, without Django and without the rest of this package, under limits on memory and CPU that it
sets itself: whatever a hostile workbook does, it does here, and the parent only sees that no answer came.

    [1, ["张伟", 1965.3, {"date": "1972-08-01"}, …]]
    {"sheets": [{"name": "省级" | null, "start": 0, "end": 65}]}        or        {"error": "macros"}
"""

import codecs
import csv
import datetime as dt
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

MEMORY = 1024**3  # of address space; 100,000 rows take half of it
SECONDS = 60
UNPACKED = 400 * 1024**2
RATIO = 100  # an honest workbook packs to a tenth, a bomb to a thousandth
CELLS = 4_000_000  # rows × columns of one sheet, written or not
ROWS = 200_000
ANSWER = 128 * 1024**2  # bytes printed
SHEETS = 1000
TEXT = 32_768  # characters; Excel's own limit, and one more so that the checks can see it was passed

_CELL = re.compile(rb'<c [^<>]*?r="([A-Z]{1,3})(\d{1,7})"')
_MACROS = re.compile(r"(vbaProject|vbaData|/macrosheets/|/activeX/)", re.IGNORECASE)


class Unreadable(Exception):
    """Carries the code that the parent puts in words."""


def sheets(data: bytes) -> Iterator[tuple[str | None, Iterable[list]]]:
    if not data:
        raise Unreadable("empty_file")
    if data.startswith(b"PK"):
        inspect(data)
        yield from workbook(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):  # .xls, or a workbook under a password
        if b"V\0B\0A\0" in data:
            raise Unreadable("macros")
        yield from workbook(data)
    else:
        yield None, text_rows(data)


def inspect(data: bytes) -> None:
    """Refuse, before anything parses it, what an honest workbook does not hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            members = parts.infolist()
            if any(_MACROS.search(member.filename) for member in members):
                raise Unreadable("macros")
            if "xl/workbook.xml" not in parts.namelist():
                raise Unreadable("not_a_workbook")
            unpacked = sum(member.file_size for member in members)
            if unpacked > UNPACKED or unpacked > max(10 * 1024**2, RATIO * len(data)):
                raise Unreadable("too_large")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    inspect_part(parts, member)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as broken:
        raise Unreadable("damaged") from broken


def inspect_part(parts: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """No entities, no cell far out, no rows without end, and no more bytes than the directory of the archive admits."""
    sheet = member.filename.startswith("xl/worksheets/")
    rows = columns = size = tall = 0
    rest = b""
    with parts.open(member) as stream:
        while chunk := stream.read(1024**2):
            size += len(chunk)
            if size > member.file_size:
                raise Unreadable("too_large")
            text = rest + chunk
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or (size == len(chunk) and b"\0" in chunk):
                raise Unreadable("entities")
            tall += chunk.count(b"<row") if sheet else 0  # empty ones too
            for found in _CELL.finditer(text) if sheet else ():
                columns, rows = max(columns, column_number(found[1])), max(rows, int(found[2]))
            rest = text[-100:]
    if rows * columns > CELLS or rows > ROWS or tall > ROWS:
        raise Unreadable("far_cell")


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def workbook(data: bytes) -> Iterator[tuple[str, Iterable[list]]]:
    """The sheets that whoever opens the workbook sees; what is hidden was not meant to be sent."""
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for found in book.sheets_metadata:
                if found.visible != SheetVisibleEnum.Visible or found.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(found.name)
                if sheet.total_height * sheet.total_width > CELLS or sheet.total_height > ROWS:
                    raise Unreadable("far_cell")
                ranges = sheet.merged_cell_ranges or []
                if sum(bottom - top for (top, _left), (bottom, _right) in ranges) > CELLS:
                    raise Unreadable("far_cell")  # merged over and over
                yield found.name, filled(sheet.to_python(skip_empty_area=False), ranges)
    except PasswordError as broken:
        raise Unreadable("password") from broken
    except (CalamineError, OSError) as broken:
        raise Unreadable("damaged") from broken


def filled(rows: list[list], ranges: list) -> Iterator[list]:
    """The rows that hold anything, each with its number; they are let go as they are taken."""
    fill_merged(rows, ranges)
    for number, row in enumerate(rows, 1):
        rows[number - 1] = []
        if any_text(row):
            yield [number, cells(row)]


def fill_merged(rows: list[list], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Write a value that stands once for several rows into each of them: a level, or the header of two rows."""
    for (top, left), (bottom, right) in ranges:
        if left == right and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]


def any_text(row: list) -> bool:
    return any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in row)


def cells(row: list) -> list:
    return [cell(value) for value in row]


def cell(value: object) -> object:
    if isinstance(value, str):
        return value[:TEXT]
    if isinstance(value, dt.date):  # a datetime is one too
        return {"date": value.isoformat()}
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value if isinstance(value, bool | int | float) else str(value)


def text_rows(data: bytes) -> Iterator[list]:
    """The lines of a csv or tab-separated text; a row's number is the line it begins on."""
    csv.field_size_limit(len(data) + 1)
    text = decode(data)
    first = text.split("\n", 20)[:20]  # a title may stand above the header
    delimiter = max(",\t;，", key=lambda sign: max(line.count(sign) for line in first))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    for row in lines:
        if any_text(row):
            yield [before + 1, cells(row)]
        if lines.line_num > ROWS:
            raise Unreadable("too_large")
        before = lines.line_num


def decode(data: bytes) -> str:
    """Unicode by its mark, else UTF-8, else what Chinese spreadsheet programs write."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return decoded(data, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = decoded(data, "gb18030")
    if "\0" in text:
        raise Unreadable("not_a_workbook")
    return text


def decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as broken:
        raise Unreadable("encoding") from broken


def answer(data: bytes, out: BinaryIO) -> None:
    found: list[dict] = []
    printed = 0
    try:
        for name, rows in sheets(data):
            start = printed
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                out.write(line)
                printed += len(line)
                if printed > ANSWER:
                    raise Unreadable("too_large")
            found.append({"name": name and name[:100], "start": start, "end": printed})
            if len(found) > SHEETS:
                raise Unreadable("too_large")
        last: dict = {"sheets": found}
    except Unreadable as refused:
        last = {"error": str(refused)}
    except MemoryError:
        last = {"error": "too_large"}
    out.write(json.dumps(last, ensure_ascii=False).encode())


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer(sys.stdin.buffer.read(), sys.stdout.buffer)
