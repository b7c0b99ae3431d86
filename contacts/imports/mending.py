"""What is to be mended in a file: its own sheets, and beside each row what was found there, for the sender to correct and
send again. A column that no roster has stands at the end, so that the workbook can be imported as it is."""

from __future__ import annotations

import tempfile
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from contacts import exports
from contacts.imports import tables
from contacts.imports.issues import Issue
from contacts.imports.workbook import Sheet
from contacts.models import ImportBatch
from contacts.models.imports import stored_as

WIDTHS = (14, 70)  # characters; of the sender's columns, and of ours
Remarks = dict[tuple[str, int], str]  # sheet and row → sentences


def mend(batch: ImportBatch, sheets: list[Sheet]) -> None:
    """Write the workbook and keep it, unless the file was checked or applied anew meanwhile."""
    with tempfile.TemporaryFile() as out:
        write(out, sheets, batch, remarks_of(batch))
        out.seek(0)
        name = default_storage.save(stored_as(batch, ""), File(out))
    waiting = ImportBatch.objects.unmended().filter(pk=batch.pk, state=batch.state, asked_at=batch.asked_at)
    if not waiting.update(mended=name, attempts=0):
        default_storage.delete(name)


def let_go(batch: ImportBatch) -> None:
    """What was to be mended is no longer true."""
    name, batch.mended = batch.mended.name, ""
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))


def remarks_of(batch: ImportBatch) -> Remarks:
    found: Remarks = {}
    rows = batch.rows.exclude(codes="").values_list("sheet", "number", "issues")
    for sheet, number, issues in rows.iterator():
        found[sheet, number] = "\n".join(sentence(Issue.from_json(issue)) for issue in issues)
    return found


def sentence(issue: Issue) -> str:
    return f"{issue.column}：{issue.message}" if issue.column else issue.message


def write(out: Any, sheets: list[Sheet], batch: ImportBatch, remarks: Remarks) -> None:
    """The memory it takes does not grow with the rows."""
    from xlsxwriter import Workbook  # a tenth of a second that no page needs

    known = tables.vocabulary(batch.kind, {batch.kind: batch.wording})
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    used: set[str] = set()
    with Workbook(out, {**options, "default_date_format": "yyyy-mm-dd"}) as book:
        formats = {
            "long": book.add_format({"num_format": "0"}),
            "ours": book.add_format({"bold": True, "text_wrap": True}),
        }
        for sheet in sheets:
            target = book.add_worksheet(sheet_name(sheet.name or batch.file_name, used))
            write_sheet(target, sheet, batch.kind, known, remarks, formats)


def sheet_name(name: str, used: set[str]) -> str:
    name = exports.sheet_name(name)
    while name.lower() in used:
        name = f"{name[:28]}-{len(used)}"
    used.add(name.lower())
    return name


def write_sheet(
    target: Any, sheet: Sheet, kind: str, known: tables.Wording, remarks: Remarks, formats: dict[str, Any]
) -> None:
    headers = set(tables.header_rows(sheet, kind, known))
    ours = our_column(sheet, headers)
    target.set_column(0, ours - 1, WIDTHS[0])
    target.set_column(ours, ours, WIDTHS[1])
    for number, values in sheet.rows:
        for column, value in enumerate(values):
            if column != ours or not headers:
                write_cell(target, number - 1, column, value, formats)
        words = _("What to mend") if number in headers else remarks.get((sheet.name or "", number))
        if words:
            target.write_string(number - 1, ours, words[:32_767], formats["ours"])


def our_column(sheet: Sheet, headers: set[int]) -> int:
    """The one behind all others; or where it stands already, in a workbook that we wrote."""
    written = tables.mending_headers()
    width = 1
    for number, values in sheet.rows:
        if number in headers and any(value in written for value in values):
            return next(column for column, value in enumerate(values) if value in written)
        width = max(width, len(values))
    return width


def write_cell(target: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    """As it came; a number of many digits in full, for it is a phone's."""
    if isinstance(value, int) and abs(value) >= 10**10:
        target.write_number(row, column, value, formats["long"])
    else:
        exports.write_cell(target, row, column, value)
