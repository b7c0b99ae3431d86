"""What people decide about a file: it is sent, confirmed or dropped. What is due then, the worker does (work.py)."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from contacts.imports.results import Context, scope_of
from contacts.models import Actor, AuditEntry, ImportBatch
from contacts.models.imports import ImportBatchQuerySet, stored_as

State = ImportBatch.State
FOUNDATIONS = ("units", "officers")  # kinds that the others name: checked with them, and applied before them


def upload(
    file: File, kind: str, actor: Actor, *, refusal: str = "", pairings_from: dt.date, now: dt.datetime, group: uuid.UUID
) -> tuple[ImportBatch, bool]:  # fmt: skip
    """Take in a file to be checked. Answers with the file, and whether it is new: one that is on its way already, for the
    same part of the bureau, is not taken in twice. `refusal` is the code of what can be told without opening it."""
    which: dict[str, Any] = {
        "sha256": digest(file), "asked": kind, "pairings_from": pairings_from, "scope": scope_of(actor.officer),
    }  # fmt: skip
    fields: dict[str, Any] = {"file_name": (file.name or "")[-255:], "officer": actor.officer, "group": group}
    fields |= asked(State.UPLOADED, actor, now)
    with transaction.atomic():
        if refusal:
            fields |= {"state": State.FAILED, "refusal": {"code": refusal}}
            batch, new = ImportBatch.objects.create(**which, **fields), True
        else:
            batch, new = kept_once(file, which, fields)
        if new:
            AuditEntry.objects.record(actor, "upload", batch, after={"sha256": batch.sha256})
    return batch, new


def kept_once(file: File, which: dict[str, Any], fields: dict[str, Any]) -> tuple[ImportBatch, bool]:
    name = default_storage.save(stored_as(ImportBatch(), ""), file)
    try:
        batch, new = ImportBatch.objects.get_or_create(
            **which, state__in=ImportBatch.IN_FLIGHT, defaults=fields | {"file": name}
        )
    except BaseException:
        default_storage.delete(name)
        raise
    if not new:
        default_storage.delete(name)
    return batch, new


def asked(state: str, actor: Actor, now: dt.datetime) -> dict[str, Any]:
    """The fields by which something becomes due, on whose behalf and in which language."""
    return {
        "state": state, "asked_by": actor.officer, "asked_from": actor.address, "asked_at": now, "attempts": 0,
        "language": translation.get_language() or "", "refusal": {},
    }  # fmt: skip


def confirm(
    batch: ImportBatch, actor: Actor, now: dt.datetime, *, together: bool = False
) -> list[ImportBatch]:
    """Have a checked file applied, after what it was checked with, or all that was sent with it. Answers which; none if
    somebody was quicker."""
    wanted = Q(pk=batch.pk) | Q(pk__in=batch.siblings if together else foundations(batch))
    with transaction.atomic():
        if foundations(batch).filter(state=State.UPLOADED).exists():
            return []
        won = list(ImportBatch.objects.locked().filter(wanted, state=State.CHECKED))
        if batch not in won:
            return []
        ImportBatch.objects.filter(pk__in=[one.pk for one in won]).update(**asked(State.QUEUED, actor, now))
        for one in won:
            AuditEntry.objects.record(actor, "confirm import", one, after={"sha256": one.sha256})
    return won


def foundations(batch: ImportBatch) -> ImportBatchQuerySet:
    """What was sent together with the file and goes in before it."""
    earlier = ImportBatch.Kind.values[: batch.turn]
    kinds = [kind for kind in FOUNDATIONS if kind in earlier]
    return batch.siblings.filter(kind__in=kinds, state__in=ImportBatch.IN_FLIGHT)


def drop(batch: ImportBatch, actor: Actor) -> bool:
    """Leave the file unimported and forget it; False if somebody was quicker. What was checked with it is checked anew."""
    with transaction.atomic():
        open_ones = ImportBatch.objects.locked().filter(
            state__in=[State.UPLOADED, State.CHECKED, State.FAILED]
        )
        found = open_ones.filter(pk=batch.pk).first()
        if not found:
            return False
        found.state = State.DROPPED
        forget(found)
        if found.kind in FOUNDATIONS:
            leaning = found.siblings.filter(state=State.CHECKED).exclude(kind__in=FOUNDATIONS)
            leaning.update(state=State.UPLOADED, asked_at=timezone.now(), attempts=0)
        AuditEntry.objects.record(actor, "drop import", found)
    return True


@contextmanager
def kept_for(asked: str, file: File, kind: str, context: Context) -> Iterator[ImportBatch]:
    """A file, not yet saved, for a deed that checks and applies it by itself (`asked` says which, so that the same file
    can be on its way as an import too); unless what is done with it fails."""
    officer = context.actor.officer
    batch = ImportBatch(
        file_name=(file.name or "")[-255:], sha256=digest(file), asked=asked, kind=kind, officer=officer,
        scope=scope_of(officer), pairings_from=context.pairings_from, state=State.CHECKED, group=uuid.uuid4(),
    )  # fmt: skip
    batch.file = default_storage.save(stored_as(batch, ""), file)
    try:
        yield batch
    except BaseException:
        default_storage.delete(batch.file.name or "")
        raise


def claim(batch: ImportBatch, state: str) -> bool:
    """Of two clicks, one wins: the row's state decides, not what a page showed. The file goes with the transaction."""
    found = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=State.CHECKED).first()
    if found is None:
        return False
    found.state = state
    forget(found)
    batch.state, batch.file = state, ""
    return True


def forget(batch: ImportBatch) -> None:
    """Let go of the files and of the values shown from them: they hold numbers and addresses."""
    names = [file.name for file in (batch.file, batch.mended) if file.name]
    batch.file, batch.mended, batch.columns = "", "", []
    batch.save(update_fields=["state", "file", "mended", "columns"])
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))


def digest(file: File) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()
