"""Imports as they are kept: a file waits, is applied once or dropped, and its rows tell what became of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from contacts import journal
from contacts.imports import running
from contacts.imports.results import Context, Outcome, Report
from contacts.imports.tables import Table
from contacts.models import Actor, AuditEntry, ImportBatch, ImportRow, Journal

KEPT = dt.timedelta(days=7)  # a file that waits for its confirmation


def apply_file(path: Path, file_name: str, table: Table, context: Context) -> Report:
    """What the command does: check and apply in one transaction, and keep what became of each row."""
    with transaction.atomic():
        report = write(table, file_name, context)
        batch = ImportBatch(
            file_name=file_name[-255:],
            sha256=digest(path),
            kind=report.kind,
            officer=context.actor.officer,
            pairings_from=context.pairings_from,
        )
        finish(batch, report, context)
    return report


def upload(file: UploadedFile, kind: str, context: Context) -> ImportBatch:
    """Keep a file and say what would become of each of its rows; Refused if it can not be imported at all."""
    with taken_in(file, kind, context) as batch:
        table = running.read(Path(batch.file.path), batch.file_name, kind)
        report = running.apply(table, batch.file_name, context, dry_run=True)
        with transaction.atomic():
            keep(batch, report)
            AuditEntry.objects.record(context.actor, "upload", batch, after={"sha256": batch.sha256})
    return batch


@contextmanager
def taken_in(file: UploadedFile, kind: str, context: Context) -> Iterator[ImportBatch]:
    """A batch, not yet saved, whose file is kept; unless what is done with it fails."""
    drop_stale(context)
    batch = ImportBatch(
        file_name=(file.name or "")[-255:],
        kind=kind,
        officer=context.actor.officer,
        pairings_from=context.pairings_from,
    )
    batch.file.save("upload", file, save=False)
    try:
        batch.sha256 = digest(Path(batch.file.path))
        yield batch
    except BaseException:
        batch.file.delete(save=False)
        raise


def confirm(batch: ImportBatch, context: Context) -> Report | None:
    """Check the kept file once more and apply it. None if somebody has applied or dropped it already."""
    if batch.state != ImportBatch.State.CHECKED:
        return None
    try:
        table = running.read(Path(batch.file.path), batch.file_name, batch.kind)
    except FileNotFoundError:  # somebody was quicker
        return None
    with transaction.atomic():
        if not claim(batch, ImportBatch.State.APPLIED):
            return None
        report = write(table, batch.file_name, context)
        batch.rows.all().delete()
        finish(batch, report, context)
    return report


def drop(batch: ImportBatch, actor: Actor) -> bool:
    """Leave the file unimported and forget it; False if somebody was quicker."""
    with transaction.atomic():
        if not claim(batch, ImportBatch.State.DROPPED):
            return False
        AuditEntry.objects.record(actor, "drop import", batch)
    return True


def drop_stale(context: Context) -> None:
    """What nobody confirms in time is forgotten: it holds numbers and addresses."""
    before = context.now - KEPT
    for batch in ImportBatch.objects.filter(state=ImportBatch.State.CHECKED, created_at__lt=before):
        drop(batch, context.actor)


def claim(batch: ImportBatch, state: str) -> bool:
    """Of two clicks, one wins: the row's state decides, not what a page showed. The file goes with the transaction."""
    waiting = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.CHECKED)
    if waiting.update(state=state, file="") != 1:
        return False
    storage, name = batch.file.storage, batch.file.name or ""
    transaction.on_commit(lambda: storage.delete(name))
    batch.file = ""
    return True


def write(table: Table, file_name: str, context: Context) -> Report:
    """Apply the lines, and keep a journal of what they change."""
    context.pen = journal.begin(Journal.Kind.IMPORT, made_by=context.actor.officer, now=timezone.now())
    return running.apply(table, file_name, context)


def finish(batch: ImportBatch, report: Report, context: Context) -> None:
    context.pen.close()
    batch.state, batch.applied_at = ImportBatch.State.APPLIED, timezone.now()
    batch.journal = context.pen.journal
    keep(batch, report)
    counts = {
        name: report.counts[name]
        for name in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.REJECTED)
    }
    AuditEntry.objects.record(
        context.actor, "import file", batch, after={"kind": batch.kind, "sha256": batch.sha256} | counts
    )


def keep(batch: ImportBatch, report: Report) -> None:
    """Save the batch with its counts and rows. What a file says is only kept once it is applied."""
    counts = report.counts
    batch.kind = report.kind
    batch.rows_count = counts.total() - counts[Outcome.NOTE]
    batch.created_count, batch.updated_count = counts[Outcome.CREATED], counts[Outcome.UPDATED]
    batch.unchanged_count, batch.rejected_count = counts[Outcome.UNCHANGED], counts[Outcome.REJECTED]
    batch.save()
    applied = batch.state == ImportBatch.State.APPLIED
    gone = (
        set()
        if applied
        else {r.stakeholder.pk for r in report.results if r.outcome == Outcome.CREATED and r.stakeholder}
    )  # a dry run's
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                batch=batch,
                sheet=(result.sheet or "")[:100],
                number=result.number,
                outcome=result.outcome,
                name=result.name[:100],
                issues=[issue.as_json() for issue in result.issues],
                codes="".join(f" {code} " for code in dict.fromkeys(issue.code for issue in result.issues))[
                    :300
                ],
                changes=result.changes,
                values=result.said if applied else None,
                key=result.key if applied else "",
                group=result.group if applied else None,
                stakeholder=result.stakeholder
                if result.stakeholder and result.stakeholder.pk not in gone
                else None,
            )
            for result in report.results
        ),
        batch_size=500,
    )


def digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
