"""Imports as they are kept: what became of each row of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from contacts import journal
from contacts.imports import running
from contacts.imports.results import Context, Outcome, Report, Result, scope_of
from contacts.imports.tables import Table
from contacts.inserting import insert
from contacts.models import AuditEntry, ImportBatch, ImportRow, Journal, Stakeholder
from liaison.batches import batches


def apply_file(path: Path, file_name: str, table: Table, context: Context) -> Report:
    """What the command does: check and apply in one transaction, and keep what became of each row."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    running.prepare(table, context)
    with running.turn():
        report = write(table, file_name, context)
        batch = ImportBatch(
            file_name=file_name[-255:],
            sha256=sha256,
            kind=report.kind,
            officer=context.actor.officer,
            scope=scope_of(context.actor.officer),
            pairings_from=context.pairings_from,
        )
        finish(batch, report, context)
    return report


def write(table: Table, file_name: str, context: Context) -> Report:
    """Apply the lines, and keep a journal of what they change."""
    context.pen = journal.begin(Journal.Kind.IMPORT, made_by=context.actor.officer, now=timezone.now())
    return running.apply(table, file_name, context)


def finish(batch: ImportBatch, report: Report, context: Context) -> None:
    context.pen.close()
    batch.journal = context.pen.journal
    batch.state, batch.applied_at, batch.attempts = ImportBatch.State.APPLIED, timezone.now(), 0
    keep(batch, report, context)
    counts = {
        name: report.counts[name]
        for name in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.REJECTED)
    }
    AuditEntry.objects.record(
        context.actor, "import file", batch, after={"kind": batch.kind, "sha256": batch.sha256} | counts
    )


def keep(batch: ImportBatch, report: Report, context: Context) -> None:
    """Save the batch with its counts and rows. What a file says is only kept once it is applied."""
    counts = report.counts
    batch.kind, batch.rows_count, batch.flagged_count = report.kind, report.rows, report.flagged
    batch.created_count, batch.updated_count = counts[Outcome.CREATED], counts[Outcome.UPDATED]
    batch.unchanged_count, batch.rejected_count = counts[Outcome.UNCHANGED], counts[Outcome.REJECTED]
    batch.save()
    batch.rows.all().delete()
    results = context.progress.over("keeping", report.results, counts.total())
    for some in batches(results, 1000):
        insert(rows_of(batch, some))


def rows_of(batch: ImportBatch, results: list[Result]) -> Iterator[ImportRow]:
    applied = batch.state == ImportBatch.State.APPLIED
    # Whom a dry run created is gone again.
    people = Stakeholder.objects.filter(pk__in={result.person for result in results if result.person})
    there = set(people.values_list("pk", flat=True))
    for result in results:
        codes = dict.fromkeys(issue.code for issue in result.issues)
        yield ImportRow(
            batch=batch,
            sheet=(result.sheet or "")[:100],
            number=result.number,
            outcome=result.outcome,
            name=result.name[:100],
            issues=[issue.as_json() for issue in result.issues],
            codes="".join(f" {code} " for code in codes)[:300],
            changes=result.changes,
            values=result.said if applied else None,
            key=result.key if applied else "",
            group=result.group if applied else None,
            stakeholder_id=result.person if result.person in there else None,
        )
