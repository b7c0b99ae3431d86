"""What the worker does with files: checks them, applies those that were confirmed, and writes for their senders what is
to be mended. What is due the database says; a ring of the queue, or the minute, only asks to look.

While a file is worked on its row is locked, and its new state stands with its last row in one transaction: whoever is
killed meanwhile has changed nothing, and the next to look begins anew.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from contacts.access import Deed
from contacts.imports import batches, keeping, mending, running, workbook
from contacts.imports.columns import columns_of
from contacts.imports.issues import Refused
from contacts.imports.progress import Progress, progress_path
from contacts.imports.results import Context
from contacts.imports.tables import KINDS, Table
from contacts.imports.wordings import wordings_of
from contacts.imports.workbook import Sheet
from contacts.models import Actor, ImportBatch

ATTEMPTS = 3
State = ImportBatch.State
logger = logging.getLogger(__name__)
_wanted, _busy = threading.Event(), threading.Lock()


def do_what_is_due() -> None:
    """One thread of a process works, so that the others stay free for what else the worker does. Who finds it at work
    leaves it word to look again."""
    _wanted.set()
    while _wanted.is_set() and _busy.acquire(blocking=False):
        try:
            _wanted.clear()
            tried: set[tuple[int, str]] = set()
            while batch := next_due(tried):
                tried.add((batch.pk, batch.state))
                try:
                    work_on(batch)
                except Exception:  # one file keeps no other out; it is tried again in a minute
                    logger.exception("The work on import %s was broken off.", batch.pk)
        finally:
            _busy.release()


def next_due(tried: set[tuple[int, str]]) -> ImportBatch | None:
    """The one that waits longest; of those confirmed together, the one that the others build on."""
    found = (
        ImportBatch.objects.due() | ImportBatch.objects.unmended().filter(attempts__lt=ATTEMPTS)
    ).select_related("officer", "asked_by")
    waiting = [batch for batch in found if (batch.pk, batch.state) not in tried and not must_wait(batch)]
    return min(waiting, key=lambda batch: (batch.asked_at, batch.turn, batch.pk), default=None)


def must_wait(batch: ImportBatch) -> bool:
    return batch.state == State.QUEUED and batches.foundations(batch).filter(state=State.QUEUED).exists()


def work_on(batch: ImportBatch) -> None:
    if not attempt(batch):
        return
    progress = Progress(progress_path(batch))
    try:
        with translation.override(batch.language or settings.LANGUAGE_CODE):
            if batch.state == State.UPLOADED:
                check(batch, progress)
            elif batch.state == State.QUEUED:
                apply(batch, progress)
            else:
                mending.mend(batch, opened(batch))
    except Refused as refused:
        fail(batch, refused)
    finally:
        progress.end()


@transaction.atomic
def attempt(batch: ImportBatch) -> bool:
    """Count it before it begins: a file at which the worker dies every time is given up."""
    found = lock(batch)
    if not found:
        return False
    if found.attempts >= ATTEMPTS:
        if found.is_due:
            fail(found, Refused("interrupted"))
        return False
    return bool(ImportBatch.objects.filter(pk=batch.pk).update(attempts=found.attempts + 1))


def lock(batch: ImportBatch) -> ImportBatch | None:
    """The file, until the end of the transaction; None if somebody has it, or if it is no longer due."""
    return ImportBatch.objects.locked().filter(pk=batch.pk, state=batch.state).first()


def fail(batch: ImportBatch, refused: Refused) -> None:
    fields = {"state": State.FAILED, "refusal": {"code": refused.code, **refused.params}}
    ImportBatch.objects.filter(pk=batch.pk, state=batch.state).update(**fields)


def check(batch: ImportBatch, progress: Progress) -> None:
    """Say what would become of each row; it is applied, together with what it builds on, and taken back."""
    context = context_of(batch, progress)
    wordings = wordings_of(batch.officer)
    progress.say("reading")
    sheets = opened(batch)
    kind, columns = columns_of(sheets, batch.kind or batch.asked, wordings)
    said = wordings.get(kind, {})
    batch.wording = {column.word: said[column.word] for column in columns if column.word in said}
    batch.columns = [column.as_json() for column in columns]
    try:
        table = running.lines_of(sheets, batch.kind or batch.asked, wordings)
    except Refused:
        ImportBatch.objects.filter(pk=batch.pk).update(
            kind=kind, columns=batch.columns, wording=batch.wording
        )
        raise
    beneath = foundations_of(batch, table)
    running.prepare(table, context)
    with running.turn():
        for other, before in beneath:
            with contextlib.suppress(Refused):  # its own page says so
                running.apply(before, other.file_name, context)
        report = running.apply(table, batch.file_name, context)
        transaction.set_rollback(True)
    with transaction.atomic():
        if found := lock(batch):
            found.state, found.attempts = State.CHECKED, 0
            found.columns, found.wording = batch.columns, batch.wording
            mending.let_go(found)
            keeping.keep(found, report, context)


def apply(batch: ImportBatch, progress: Progress) -> None:
    """Import the rows, on behalf of whoever confirmed them."""
    context = context_of(batch, progress)
    progress.say("reading")
    table = running.lines_of(opened(batch), batch.kind, {batch.kind: batch.wording})
    running.prepare(table, context)
    with running.turn():
        found = lock(batch)
        if found:
            report = keeping.write(table, batch.file_name, context)
            mending.let_go(found)
            keeping.finish(found, report, context)


def foundations_of(batch: ImportBatch, table: Table) -> list[tuple[ImportBatch, Table]]:
    """The units and officers that were sent together with the file: it is checked as if they were in."""
    found = []
    for other in batch.siblings.filter(state__in=ImportBatch.IN_FLIGHT, kind__in=["", *batches.FOUNDATIONS]):
        try:
            before = running.lines_of(opened(other), other.kind or other.asked, wordings_of(other.officer))
        except Refused:
            continue  # its own page says so
        ImportBatch.objects.filter(pk=other.pk, kind="").update(kind=before.kind)
        if before.kind in batches.FOUNDATIONS and KINDS.index(before.kind) < KINDS.index(table.kind):
            found.append((other, before))
    return sorted(found, key=lambda one: KINDS.index(one[1].kind))


def context_of(batch: ImportBatch, progress: Progress) -> Context:
    """A check is done for whoever sent the file, the import for whoever confirmed it."""
    officer = batch.officer if batch.state == State.UPLOADED else batch.asked_by
    if officer is None or not officer.rights.may(Deed.IMPORT):
        raise Refused("not_allowed")
    actor, day = Actor(officer, batch.asked_from, "web"), timezone.localdate(batch.asked_at)
    return Context(actor, batch.asked_at, day, batch.pairings_from, batch.within, progress)


def opened(batch: ImportBatch) -> list[Sheet]:
    try:
        return workbook.read(Path(batch.file.path), batch.file_name)
    except FileNotFoundError as gone:
        raise Refused("file_gone") from gone
