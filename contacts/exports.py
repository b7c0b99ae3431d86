"""Tables as files: xlsx and csv, of what a listing's filter shows and its officer may export.

Nothing in a file can start a formula, and each export leaves an audit entry with its filter and its number of rows
before the first byte goes out.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.access import Deed
from contacts.models import Actor, AuditEntry
from contacts.tables.base import Listing

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
XLSX_ROWS = 1_048_575  # a sheet's, the header aside
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it, Excel reads UTF-8 as GBK
# What a spreadsheet may take for the start of a formula; East Asian editions take the full-width signs as well.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class TooManyRows(Exception):
    """More than a sheet holds; a csv has no such bound."""


@dataclass(frozen=True)
class Export:
    """One export that was allowed and written down: what remains is to write its rows."""

    listing: Listing
    keys: list[int]

    @property
    def filename(self) -> str:
        return f"{self.listing.label} {self.listing.day:%Y-%m-%d}"

    def csv(self) -> Iterator[bytes]:
        """The file in pieces."""
        yield BOM.encode()
        yield _csv_line(self.listing.headers())
        for line in self.listing.lines(self.keys):
            yield _csv_line([_text(value) for value in line])

    def xlsx(self, target: BinaryIO | IO[bytes]) -> None:
        """Write the file; the memory it takes does not grow with the rows."""
        from xlsxwriter import Workbook  # a tenth of a second that no page needs

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(target, {**options, "default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet(sheet_name(self.listing.label))
            headers = self.listing.headers()
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(self.keys), 1), len(headers) - 1)
            sheet.set_column(0, len(headers) - 1, 16)
            sheet.write_row(0, 0, headers, book.add_format({"bold": True}))
            for number, line in enumerate(self.listing.lines(self.keys), start=1):
                for column, value in enumerate(line):
                    write_cell(sheet, number, column, value)


@transaction.atomic
def export(
    listing: Listing, data: Mapping[str, Any], form: str, *, only: Collection[int] | None = None, actor: Actor
) -> Export:
    """What the filter shows of the rows that the officer may export; `only` those with these keys. PermissionDenied without the right to export,
    ValueError when the filter can not be read, TooManyRows for a sheet that could not hold them."""
    if not listing.officer.rights.may(Deed.EXPORT):
        raise PermissionDenied
    found = listing.filtered(data, Deed.EXPORT)
    if not found.is_valid():
        raise ValueError(_filter_errors(found))
    keys = listing.keys(found, data)
    if only is not None:
        keys = [key for key in keys if key in only]
    if form == "xlsx" and len(keys) > XLSX_ROWS:
        raise TooManyRows(
            _("A sheet holds %(most)s rows; narrow the filter, or take csv.") % {"most": XLSX_ROWS}
        )
    AuditEntry.objects.record(
        actor,
        "export",
        after={"table": listing.name, "format": form, "filter": found.in_use, "rows": len(keys)}
        | ({"ticked": True} if only is not None else {}),
    )
    return Export(listing, keys)


def write(made: Export, form: str, target: BinaryIO | IO[bytes]) -> None:
    if form == "xlsx":
        made.xlsx(target)
    else:
        target.writelines(made.csv())


def spool(made: Export) -> IO[bytes]:
    """The sheet in a temporary file, ready to be read."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (whoever answers with it closes it)
    made.xlsx(file)
    file.seek(0)
    return file


def _filter_errors(found: Any) -> str:
    return " ".join(f"{name}: {' '.join(errors)}" for name, errors in found.errors.items())


# --- cells ---------------------------------------------------------------------------------------------------


class _Echo:
    """A file whose `write` gives back what was written: the csv module wants a file."""

    @staticmethod
    def write(text: str) -> str:
        return text


_csv = csv.writer(_Echo())


def _csv_line(cells: Iterable[str]) -> bytes:
    return _csv.writerow(map(harmless, cells)).encode()


def harmless(text: str) -> str:
    """The text with a mark before it if a spreadsheet might run it; it reads the same."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool) or not isinstance(value, (int, float, dt.date)):
        sheet.write_string(row, column, str(value)[:32_767])
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value)
    else:
        sheet.write_number(row, column, value)


def sheet_name(label: str) -> str:
    """A name without the signs that a sheet's name may not have, of at most 31 characters."""
    return "".join(character for character in label if character not in r"[]:*?/\'")[:31] or "1"
