"""One file from its bytes to its report; everything of it in one transaction."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from contacts.imports import officers, pairings, people, records, tables, units, workbook
from contacts.imports.issues import Refused
from contacts.imports.results import Context, Outcome, Report, Result
from contacts.imports.tables import Table, Wordings
from contacts.imports.workbook import Sheet
from contacts.locks import one_at_a_time
from contacts.models import ContactPhone, ContactRecord, Officer, Pairing, Seat, Stakeholder, Unit

IMPORTERS: dict[str, Callable[[Table, Context], Iterable[Result]]] = {
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
MANY = 500  # rows
FILLED = (Unit, Officer, Stakeholder, ContactPhone, Seat, Pairing, ContactRecord)


def read(path: Path, file_name: str, kind: str = "auto", wordings: Wordings | None = None) -> Table:
    """The file's lines; Refused if it is none that could be imported."""
    return lines_of(workbook.read(path, file_name), kind, wordings)


def lines_of(sheets: list[Sheet], kind: str, wordings: Wordings | None = None) -> Table:
    table = tables.recognise(sheets, kind, wordings)
    if not table.lines:
        raise Refused("no_rows")
    if connection.vendor == "sqlite" and len(table.lines) > ROWS_ON_SQLITE:
        raise Refused("too_many_rows", rows=len(table.lines), limit=ROWS_ON_SQLITE)
    return table


def prepare(table: Table, context: Context) -> None:
    """What can be found out before the transaction, where it keeps others from writing."""
    if connection.vendor == "sqlite" and IMPORTERS[table.kind] is people.run:
        people.prepare(table, context)


@contextmanager
def turn() -> Iterator[None]:
    """A transaction that changes rows by a file. Two at a time would each find nobody there: the second waits here for
    the first, and nobody else does."""
    with ExitStack() as stack:
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            # Waiting for the one write lock would end with "locked" after the busy timeout.
            lock = stack.enter_context(Path(settings.DATA_DIR, "imports.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        stack.enter_context(transaction.atomic())
        one_at_a_time()
        yield


def apply(table: Table, file_name: str, context: Context, *, dry_run: bool = False) -> Report:
    """Import the lines and say what became of each. A dry run does the same and takes all of it back, so that its
    answer is what would happen, not a guess at it."""
    with turn():
        notes = (Result(sheet, number, Outcome.NOTE, issues=[issue]) for sheet, number, issue in table.notes)
        report = Report(file_name, table.kind, chain(IMPORTERS[table.kind](table, context), notes))
        if report.rows >= MANY:
            count_anew()
        if dry_run:
            transaction.set_rollback(True)
    return report


def count_anew() -> None:
    """PostgreSQL counts its rows in the minute after a file is in. Until then it takes the tables for as small as they were,
    and what comes next in the transaction, or in the next pass, would go through all of them for each row."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in FILLED)}")
