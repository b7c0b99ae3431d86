"""A digest as a workbook: a sheet for each table of the page and for each list behind its figures, numbers as numbers, no
formula and no phone number."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.exports import harmless
from schedules.digests.lists import BEHIND, Lists, select
from schedules.digests.reading import Reading
from schedules.digests.rows import TABLES, Reader

Row = Sequence[Any]
OLDER = gettext_lazy(
    "These figures were frozen before the lists behind them were kept. This is the list as the records have it now, and it may have more rows or fewer."
)
COUNTS = ("owed", "met", "open", "missed", "waived", "attempts")


def write(reading: Reading, lists: tuple[Lists, bool], reader: Reader) -> IO[bytes]:
    """In a temporary file, ready to be read, with the lists behind the figures, and whether they were kept
    with these, as `reader` may see them."""
    from xlsxwriter import Workbook  # a tenth of a second that no page needs

    file = tempfile.TemporaryFile()  # noqa: SIM115  (whoever answers with it closes it)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    with Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        for title, headers, rows in sheets(reading, *lists, reader):
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, headers, bold)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 0, 28)
            sheet.set_column(1, len(headers), 14)
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    _cell(sheet, number, column, value)
    file.seek(0)
    return file


def sheets(
    reading: Reading, lists: Lists, kept: bool, reader: Reader
) -> Iterable[tuple[str, Row, Iterable[Row]]]:
    """Title, headers and rows of each."""
    counts = [_("owed"), _("met"), _("open"), _("missed"), _("waived"), _("attempts")]
    yield _("Overview"), [_("What"), _("Number"), _("Before")], _overview(reading, kept)
    yield _("By unit"), [_("Unit"), *counts, _("Done")], map(_counts, reading.groups)
    yield _("By kind"), [_("Kind"), *counts, _("Done")], map(_counts, reading.kinds)
    yield _("Over time"), [_("Period"), *counts, _("Done")], map(_counts, reading.trend)
    yield (
        _("Feedback"),
        [_("Topic"), _("received"), *reading.state_names, _("overdue")],
        ([topic["name"], topic["total"], *(number for number, _link in topic["states"]), topic["overdue"]] for topic in reading.topics),
    )  # fmt: skip
    yield (
        _("How satisfied people are"),
        [_("Asked in this period"), *reading.verdict_names],
        ([row["name"], *(number for number, _link in row["numbers"])] for row in reading.verdicts),
    )
    for title, figure in (
        (_("Missed"), "missed"),
        (_("Open"), "open"),
        (_("Not reached"), "not_reached"),
        (_("Not for 90 days"), "quiet"),
        (_("Without officer"), "unpaired"),
        (_("Opinions received"), "received"),
        (_("Opinions answered"), "answered"),
        (_("Answers overdue"), "overdue"),
        (_("Promises due"), "promised"),
        (_("People asked"), "asked"),
    ):
        table = TABLES[BEHIND[figure].rows]
        found = table.all(select(lists, figure), reader)
        yield title, table.headers(), ([cell.value for cell in row] for row in found)


def _overview(reading: Reading, kept: bool) -> Iterable[Row]:
    yield [reading.title, reading.period_name, ""]
    yield [_("as of"), reading.figures["as_of"], ""]
    if not kept:
        yield [OLDER, "", ""]
    for sentence in reading.summary:
        yield [sentence, "", ""]
    for tile in reading.tiles:
        yield [tile.label, tile.number, tile.before]


def _counts(row: dict[str, Any]) -> Row:
    return [row.get("name") or row["key"], *(row[name] for name in COUNTS), row["share"]]


def _cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int):
        sheet.write_number(row, column, value)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value)
    else:
        sheet.write_string(row, column, harmless(str(value)))
