"""How long files are kept: they hold names, numbers and addresses."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from contacts.imports.batches import State, drop, forget
from contacts.models import Actor, AuditEntry, ImportBatch

UNDECIDED = dt.timedelta(days=7)
ORPHANED = dt.timedelta(days=1)  # of a process that died between storing a file and saying so


def let_go(now: dt.datetime) -> None:
    """Of what nobody decides about in time, of what was imported long ago, and of what belongs to no import."""
    actor, kept = Actor.command("worker"), ImportBatch.objects.exclude(file="")
    undecided = kept.filter(created_at__lt=now - UNDECIDED)
    for batch in undecided.filter(state=State.CHECKED):
        drop(batch, actor)
    decided = kept.filter(
        state__in=[State.APPLIED, State.TAKEN_BACK],
        applied_at__lt=now - dt.timedelta(days=settings.IMPORT_KEPT_DAYS),
    )
    for batch in decided | undecided.filter(state=State.FAILED) | kept.filter(state=State.DROPPED):
        with transaction.atomic():
            forget(batch)
            AuditEntry.objects.record(actor, "remove import files", batch)
    remove_orphans(now)


def remove_orphans(now: dt.datetime) -> None:
    if not default_storage.exists("imports"):
        return
    names = [f"imports/{name}" for name in default_storage.listdir("imports")[1]]
    old = [name for name in names if default_storage.get_modified_time(name) < now - ORPHANED]
    if old:
        known = {name for both in ImportBatch.objects.values_list("file", "mended") for name in both}
        for name in old:
            if name.partition(".")[0] not in known:
                default_storage.delete(name)
