"""What the headers of a file mean, as its sender says; it is remembered for the sender's next files of that kind."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from contacts.imports.batches import State, asked
from contacts.imports.tables import WORDS, Wordings
from contacts.models import Actor, AuditEntry, ColumnMapping, ImportBatch, Officer


def set_wording(
    batch: ImportBatch, kind: str, wording: dict[str, str], actor: Actor, now: dt.datetime
) -> bool:
    """Have the file checked anew with what its columns are said to mean, and remember it for the sender's next files.
    `wording` holds, for each header of the file, its field. False if somebody was quicker."""
    said = {word: name for word, name in wording.items() if name != WORDS[kind].get(word, "")}
    return again(batch, kind, actor, now, forgotten=set(wording), said=said)


def forget(batch: ImportBatch, actor: Actor, now: dt.datetime) -> bool:
    """Take that back: the file is checked anew by its headers alone."""
    return again(batch, "", actor, now, forgotten=set(batch.wording), said={})


def again(
    batch: ImportBatch, kind: str, actor: Actor, now: dt.datetime, *, forgotten: set[str], said: dict[str, str]
) -> bool:  # fmt: skip
    try:
        with transaction.atomic():
            open_ones = ImportBatch.objects.locked().filter(state__in=[State.CHECKED, State.FAILED])
            found = open_ones.exclude(file="").filter(pk=batch.pk).first()
            if not found:
                return False
            known = ColumnMapping.objects.filter(officer=found.officer, kind=kind or found.kind)
            known.filter(word__in=forgotten).delete()
            ColumnMapping.objects.bulk_create(
                ColumnMapping(officer=found.officer, kind=kind, word=word, field=name)
                for word, name in said.items()
            )
            ImportBatch.objects.filter(pk=found.pk).update(kind=kind, **asked(State.UPLOADED, actor, now))
            AuditEntry.objects.record(
                actor, "set columns", found, before={"columns": found.wording}, after={"columns": said}
            )
    except IntegrityError:  # the same file has been sent once more since this one was refused
        return False
    return True


def wordings_of(officer: Officer | None) -> Wordings:
    """What the officer told of headers, by kind."""
    found: dict[str, dict[str, str]] = {}
    for kind, word, name in ColumnMapping.objects.filter(officer=officer).values_list(
        "kind", "word", "field"
    ):
        found.setdefault(kind, {})[word] = name
    return found
