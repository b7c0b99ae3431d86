"""Taking back an applied import: at once, or by the worker where the file is large; what somebody touched since stays."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from contacts import journal
from contacts.journal import TakenBack
from contacts.locks import one_at_a_time
from contacts.models import Actor, AuditEntry, ImportBatch, ImportRow, Journal, JournalLine, Officer
from contacts.obstacles import STAY_WHOLE, WHOLE
from contacts.unit_tree import mend_paths
from liaison.batches import batches

AT_ONCE = 5000  # rows that a page waits for
State = ImportBatch.State

# What a roster calls the fields of these models, where it is not the field's own name; "" for all of them.
SAID = {
    "contacts.stakeholder": {"birth_year": "birth", "birth_month": "birth", "unit_id": "unit"},
    "contacts.seat": {"started_on": "term", "ended_on": "term", "unit_id": "appointing"},
    "contacts.contactphone": {"": "phones"},
    "contacts.officer": {"unit_id": "unit"},
    "contacts.unit": {"parent_id": "parent"},
    "contacts.feedback": {"": "feedback"},
}


def is_large(batch: ImportBatch) -> bool:
    return batch.created_count + batch.updated_count > AT_ONCE


def look(batch: ImportBatch, *, actor: Actor, now: dt.datetime) -> TakenBack:
    """What would happen; nothing is written."""
    return journal.take_back(_standing(batch), actor=actor, now=now, dry_run=True)


@transaction.atomic
def take_back(
    batch: ImportBatch, *, actor: Actor, reason: str, now: dt.datetime, seen: dt.datetime | None = None
) -> TakenBack:
    """Take an import back, or what is left of it. `seen`: when it was last taken back as far as the page knew; of two
    clicks one wins, the other is told. Raises ValidationError."""
    batch = _claim(batch, reason, seen)
    return _take_back(batch, actor, reason.strip(), now)


@transaction.atomic
def order(batch: ImportBatch, *, actor: Actor, reason: str, seen: dt.datetime | None = None) -> ImportBatch:
    """Have the worker take it back. Raises ValidationError."""
    batch = _claim(batch, reason, seen)
    batch.state = State.TAKING_BACK
    batch.order = {
        "officer": actor.officer.pk if actor.officer else None,
        "address": actor.address,
        "via": actor.via,
        "reason": reason.strip(),
    }
    batch.save(update_fields=["state", "order"])
    AuditEntry.objects.record(actor, "order take back", batch, reason=reason.strip())
    return batch


def carry_out(now: dt.datetime) -> int:
    """Take back what was ordered, each in a transaction of its own; whoever holds the row does it, and a worker that
    died leaves it waiting as it was. Answers how many."""
    done = 0
    for pk in ImportBatch.objects.filter(state=State.TAKING_BACK).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            waiting = ImportBatch.objects.filter(pk=pk, state=State.TAKING_BACK)
            batch = (
                waiting.select_for_update(skip_locked=True, of=("self",)).select_related("journal").first()
            )
            if batch:
                ordered: dict[str, Any] = batch.order or {}
                officer = Officer.objects.filter(pk=ordered["officer"]).first()
                actor = Actor(officer, ordered["address"], ordered["via"])
                _take_back(batch, actor, ordered["reason"], now)
                done += 1
    return done


def _claim(batch: ImportBatch, reason: str, seen: dt.datetime | None) -> ImportBatch:
    """The row, locked."""
    if not reason.strip():
        raise ValidationError(_("Say why this import is taken back."))
    # Without the journal: joined, it would be read as it was before the wait.
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if _standing(batch).taken_back_at != seen:
        raise ValidationError(_("Somebody took this import back meanwhile; look at what stayed."))
    return batch


def _standing(batch: ImportBatch) -> Journal:
    """The journal of an import that can be taken back."""
    if batch.state == State.TAKING_BACK:
        raise ValidationError(_("This import is being taken back already."))
    if batch.state == State.TAKEN_BACK and not batch.stayed_count:
        raise ValidationError(_("This import was taken back already; nothing of it stayed."))
    if batch.state not in {State.APPLIED, State.TAKEN_BACK}:
        raise ValidationError(_("Only an import that was applied can be taken back."))
    if batch.journal is None:
        raise ValidationError(
            _("This import is older than the journals of changes. Correct by hand what it brought.")
        )
    return batch.journal


def _take_back(batch: ImportBatch, actor: Actor, reason: str, now: dt.datetime) -> TakenBack:
    one_at_a_time()
    found = journal.take_back(Journal.objects.get(import_batch=batch), actor=actor, now=now)
    mend_paths()
    unsay(batch)
    batch.state, batch.order, batch.reason = State.TAKEN_BACK, None, reason
    batch.gone_count += len(found.gone)
    batch.restored_count += len(found.restored) - len(found.gone)
    batch.stayed_count = len(found.kept)
    batch.save(
        update_fields=["state", "order", "reason", "gone_count", "restored_count", "stayed_count"],
    )
    counts = {
        "gone": len(found.gone),
        "restored": len(found.restored) - len(found.gone),
        "stayed": len(found.kept),
    }
    AuditEntry.objects.record(actor, "take back import", batch, after=counts, reason=reason)
    return found


# --- the rows that brought it --------------------------------------------------------------------------------


def first_rows(batch: ImportBatch) -> QuerySet[ImportRow]:
    """Of each group the row that brought it, or the first of several."""
    earlier = batch.rows.filter(group=OuterRef("group"), pk__lt=OuterRef("pk"))
    return batch.rows.filter(~Exists(earlier), group__isnull=False).select_related("stakeholder")


def obstacles(batch: ImportBatch) -> QuerySet[JournalLine]:
    """What stayed, with what stands in the way."""
    return JournalLine.objects.stuck().filter(journal=batch.journal_id)


def stuck(batch: ImportBatch) -> Exists:
    """For a query over rows of the import: did something stay of what the row changed?"""
    return Exists(obstacles(batch).filter(group=OuterRef("group")))


def unsay(batch: ImportBatch) -> None:
    """What was taken back was never said, so that the same file says it anew, and what the file before it said counts
    again. Of what stayed, the file has said what stands or was corrected by hand since."""
    said = batch.rows.filter(values__isnull=False)
    said.exclude(stuck(batch)).update(values=None)
    rows = list(said.filter(stuck(batch)).order_by("pk"))
    for some in batches(rows):
        held = _held(batch, {row.group for row in some})
        before = _said_before(some)
        for row in some:
            names = held[row.group]
            if names is not None:
                said_: dict[str, Any] = row.values or {}
                left = {name: value for name, value in said_.items() if name in names}
                row.values = before.get(row.key, {}) | left if left else None
        ImportRow.objects.bulk_update(some, ["values"], batch_size=500)


def _held(batch: ImportBatch, groups: set[Any]) -> dict[int | None, set[str] | None]:
    """Group → what of the file's words stayed; None is all of them."""
    found: dict[int | None, set[str] | None] = defaultdict(set)
    for line in obstacles(batch).filter(group__in=groups):
        names = words(line)
        whole = line.before is None and line.model in WHOLE or names is None
        known = found[line.group]
        found[line.group] = None if whole or known is None or names is None else known | names
    return found


def words(line: JournalLine) -> set[str] | None:
    """What a file calls that which stayed of a line; None is everything."""
    if line.model == "contacts.pairing":
        return {"officer", "ended_on"}
    called = SAID.get(line.model, {})
    if "" in called:
        return {called[""]}
    obstacle: dict[str, Any] = line.obstacle or {}
    if obstacle.keys() & STAY_WHOLE and line.model in WHOLE:
        return None
    names = (line.after or {}) if obstacle.keys() & STAY_WHOLE else obstacle
    return {called.get(name, name) for name in names}


def _said_before(rows: Any) -> dict[str, dict[str, Any]]:
    """What the imports before this one said of the same seats, officers or units."""
    first = min(row.pk for row in rows)
    earlier = ImportRow.objects.filter(
        key__in=[row.key for row in rows], values__isnull=False, pk__lt=first
    ).order_by("pk")
    return {row.key: row.values or {} for row in earlier.only("key", "values")}
