"""One file from its bytes to its report; everything of it in one transaction."""

from __future__ import annotations

from pathlib import Path

from django.db import connection, transaction

from contacts.imports import officers, pairings, people, records, tables, units, workbook
from contacts.imports.issues import Refused
from contacts.imports.results import Context, Outcome, Report, Result
from contacts.imports.tables import Table
from contacts.models import Unit

IMPORTERS = {
    "units": units.run,
    "officers": officers.run,
    "deputies": people.run,
    "media": people.run,
    "patrol": people.run,
    "monitors": people.run,
    "pairings": pairings.run,
    "contacts": records.run,
}
ROWS_ON_SQLITE = 10_000  # SQLite lets nobody else write meanwhile


def read(path: Path, file_name: str, kind: str = "auto") -> Table:
    """The file's lines; Refused if it is none that could be imported."""
    table = tables.recognise(workbook.read(path, file_name), kind)
    if not table.lines:
        raise Refused("no_rows")
    if connection.vendor == "sqlite" and len(table.lines) > ROWS_ON_SQLITE:
        raise Refused("too_many_rows", rows=len(table.lines), limit=ROWS_ON_SQLITE)
    return table


@transaction.atomic
def apply(table: Table, file_name: str, context: Context, *, dry_run: bool = False) -> Report:
    """Import the lines and say what became of each. A dry run does the same and takes all of it back, so that its
    answer is what would happen, not a guess at it."""
    one_at_a_time()
    results = IMPORTERS[table.kind](table, context)
    results += [Result(sheet, number, Outcome.NOTE, issues=[issue]) for sheet, number, issue in table.notes]
    if dry_run:
        transaction.set_rollback(True)
    return Report(file_name, table.kind, results)


def one_at_a_time() -> None:
    """Two imports of one file at a time would each find nobody there: the second waits here for the first."""
    list(Unit.objects.select_for_update(no_key=True).filter(parent=None))
