"""Taking back: a deed over many rows writes down what each was before and after, and what nobody touched since can be
put back. What was touched stays, and the line says which field, or what hangs on the row now (`contacts/obstacles.py`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, router, transaction
from django.utils import timezone

from contacts import followers
from contacts.models import Actor, Journal, JournalLine, Officer, Stakeholder
from contacts.obstacles import WHOLE, Rows, find, restored, stays
from contacts.rows import (
    UNTOLD,
    Values,
    field_of,
    model_of,
    pointing_to,
    revived,
    values,
    with_companions,
)
from liaison.batches import AT_ONCE, batches

# A quarter of what `bulk_create` costs: an import of n rows writes some four n lines.
INSERT = """INSERT INTO contacts_journalline (journal_id, "group", model, object_id, before, after, undone)
            VALUES (%s, %s, %s, %s, %s, %s, %s)"""

__all__ = [
    "Blank", "Pen", "TakenBack", "Values", "begin", "carry", "examined", "model_of", "obstacles", "take_back", "values",
]  # fmt: skip


class Pen:
    """Writes the lines of one journal; `close` when all is told."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.lines: list[tuple] = []

    def created(self, group: int, row: models.Model) -> None:
        self._tell(group, row, None, values(row))

    def changed(self, group: int, row: models.Model, before: Values) -> None:
        """`before` are the row's `values` before the change, of all fields or of those that changed; only what differs
        is kept. A row may be told of several times."""
        now = values(row)
        differing = {name for name in before if before[name] != now[name]}
        if differing:
            kept = sorted(with_companions(differing) & now.keys())
            was = now | before
            self._tell(group, row, {name: was[name] for name in kept}, {name: now[name] for name in kept})

    def deleted(self, group: int, row: models.Model) -> None:
        """Call it while the row still has its key."""
        self._tell(group, row, values(row), None)

    @contextmanager
    def watching(self, group: int, rows: Iterable[models.Model]) -> Iterator[None]:
        """Tells what the block changes of these rows, which are read again after it."""
        watched = [(row, values(row)) for row in rows]
        yield
        for row, before in watched:
            row.refresh_from_db()
            self.changed(group, row, before)

    def _tell(self, group: int, row: models.Model, before: Values | None, after: Values | None) -> None:
        told = (None if some is None else json.dumps(some, ensure_ascii=False) for some in (before, after))
        self.lines.append((self.journal.pk, group, row._meta.label_lower, row.pk, *told, False))
        if len(self.lines) >= AT_ONCE:
            self.close()

    def close(self) -> None:
        if self.lines:
            with connection.cursor() as cursor:
                cursor.executemany(INSERT, self.lines)
        self.lines.clear()


class Blank(Pen):
    """Writes nothing: for what is only tried, or not to be taken back."""

    def __init__(self) -> None:
        self.lines = []

    def _tell(self, group: int, row: models.Model, before: Values | None, after: Values | None) -> None:
        pass


def begin(kind: str, *, made_by: Officer | None, now: dt.datetime) -> Pen:
    """A new journal, open for writing; call it inside the deed's transaction."""
    return Pen(Journal.objects.create(kind=kind, made_at=now, made_by=made_by))


def obstacles(journal: Journal) -> models.QuerySet[JournalLine]:
    """The lines that stayed, with what stands in the way."""
    return JournalLine.objects.stuck().filter(journal=journal)


def carry(rows: models.QuerySet, told: Callable[[models.Model, Values], None], **changes: Any) -> int:
    """Give many rows the same values, by attname, in a few queries. `told` hears of each, with its values before."""
    found = list(rows.select_for_update(of=("self",)))
    for row in found:
        before = values(row)
        for name, value in changes.items():
            setattr(row, name, value)
        told(row, before)
    model: type[models.Model] = rows.model
    fields = [field_of(model, name).name for name in changes]
    model._base_manager.bulk_update(found, fields, batch_size=500)
    return len(found)


# --- taking back ---------------------------------------------------------------------------------------------


@dataclass
class TakenBack:
    """How it went: the groups that are as they were (of these, `gone` are those whom the deed had created), and those
    of which something stayed. A dry run says with `lines` what stands in the way."""

    restored: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    lines: list[JournalLine] = field(default_factory=list)

    def count(self, lines: Iterable[JournalLine]) -> None:
        kept = {line.group for line in lines if line.obstacle}
        self.kept |= kept
        self.restored |= {line.group for line in lines} - kept
        self.gone |= {line.group for line in lines if line.before is None and is_main(line)} - kept


def is_main(line: JournalLine) -> bool:
    """Is it about the thing whose key the group is?"""
    return line.object_id == line.group and line.model in WHOLE - {"contacts.feedback"}


@transaction.atomic
def take_back(
    journal: Journal,
    *,
    actor: Actor,
    now: dt.datetime,
    dry_run: bool = False,
    hold: Collection[int] = (),
) -> TakenBack:
    """Put back what nobody touched since. A row that the deed created goes, unless it was changed or something hangs on
    it now; of a row that it changed, each field goes back that still says what the deed left; a row that it deleted
    returns under its old key. What `actor` does not coordinate stays. A dry run says what would happen, and writes
    and locks nothing. The caller writes the audit entry, and names in `hold` the lines that must stay for a reason that
    the rows themselves do not show."""
    found = TakenBack()
    if not dry_run:
        Journal.objects.select_for_update().get(pk=journal.pk)
    groups = journal.lines.standing().order_by("group").values_list("group", flat=True).distinct()
    for some in batches(list(groups)):
        lines = list(journal.lines.standing().filter(group__in=some))
        net, more = told_once(lines)
        rows = _current_rows(net, lock=not dry_run)
        find(net, rows, actor.officer, _held(net, more, hold))
        found.count(net)
        if dry_run:
            found.lines += [line for line in net if line.obstacle]
        else:
            _put_back([line for line in net if not stays(line)], rows, now)
            _mark(lines, net, more)
    if not dry_run:
        journal.taken_back_at, journal.taken_back_by = now, actor.officer
        journal.save(update_fields=["taken_back_at", "taken_back_by"])
    return found


def examined(journal: Journal, hold: Collection[int] = ()) -> list[JournalLine]:
    """The lines that could be taken back, with what stands in the way now. Only looks: for a page that asks first."""
    lines, more = told_once(list(journal.lines.standing()))
    find(lines, _current_rows(lines, lock=False), None, _held(lines, more, hold))
    return lines


def _held(net: list[JournalLine], more: dict[int, list[int]], hold: Collection[int]) -> list[JournalLine]:
    """Of lines that stand for several, those that are meant with any of these."""
    return [line for line in net if hold and not {line.pk, *more.get(line.pk, ())}.isdisjoint(hold)]


def told_once(lines: list[JournalLine]) -> tuple[list[JournalLine], dict[int, list[int]]]:
    """Several lines about one row as the first of them, saying what it was before all and after all; and by the key of
    that one, those that it stands for. What came and went again is told by none."""
    first: dict[tuple[str, int], JournalLine] = {}
    more: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        one = first.setdefault((line.model, line.object_id), line)
        if one is not line:
            one.after = None if line.after is None else {**(one.after or {}), **line.after}
            one.before = None if one.before is None else {**(line.before or {}), **one.before}
            more[one.pk].append(line.pk)
    return [line for line in first.values() if line.before is not None or line.after is not None], more


def _current_rows(lines: Iterable[JournalLine], *, lock: bool) -> Rows:
    """(model, key) → the row as it stands now."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        wanted[line.model].add(line.object_id)
    found: dict[tuple[str, int], models.Model] = {}
    for label, pks in wanted.items():
        rows = model_of(label)._base_manager.all()
        rows = rows.select_for_update() if lock else rows
        for some in batches(sorted(pks)):
            found.update(((label, row.pk), row) for row in rows.filter(pk__in=some))
    return found


def _put_back(going: list[JournalLine], rows: Rows, now: dt.datetime) -> None:
    _delete([line for line in going if line.before is None])
    # What was moved goes away again before what it displaced returns to its place; of two that were moved, the later one
    # first: never two open pairings stand with one person.
    changed = [line for line in going if line.before is not None and line.after is not None]
    _restore(changed[::-1], rows, now)
    _recreate([line for line in going if line.after is None], now)
    people: set[int] = {pk for (label, pk) in rows if label == "contacts.stakeholder"}
    people |= {row.stakeholder_id for row in rows.values() if hasattr(row, "stakeholder_id")}
    for some in batches(list(people)):
        Stakeholder.objects.filter(pk__in=some).follow_pairings(timezone.localdate(now), now)


def _delete(lines: list[JournalLine]) -> None:
    """At once, in whatever order: that nothing else points there was asked, and the database asks again at the end."""
    by_model: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        by_model[line.model].append(line.object_id)
    followers.forget(by_model["contacts.stakeholder"])
    for label, pks in by_model.items():
        model = model_of(label)
        for some in batches(pks):
            for relation in pointing_to(model):
                if relation.on_delete is models.SET_NULL:
                    name = relation.field.name
                    relation.related_model._base_manager.filter(**{f"{name}__in": some}).update(
                        **{name: None}
                    )
            rows = model._base_manager.filter(pk__in=some)
            rows._raw_delete(using=router.db_for_write(model))


def _recreate(lines: list[JournalLine], now: dt.datetime) -> None:
    for line in lines:
        model = model_of(line.model)
        row = model(**{name: revived(model, name, value) for name, value in (line.before or {}).items()})
        if "updated_at" in _untold(model):
            row.updated_at = now  # type: ignore[attr-defined]
        models.Model.save_base(row, raw=True, force_insert=True)  # raw: what was created then is not new


def _restore(lines: list[JournalLine], rows: Rows, now: dt.datetime) -> None:
    by_fields: dict[tuple[str, tuple[str, ...]], list[models.Model]] = defaultdict(list)
    for line in lines:
        row, back = rows[line.model, line.object_id], restored(line)
        for name, value in back.items():
            setattr(row, name, revived(type(row), name, value))
        if back and "updated_at" in _untold(type(row)):
            row.updated_at = now  # type: ignore[attr-defined]
            back["updated_at"] = None
        if back:
            by_fields[line.model, tuple(sorted(back))].append(row)
    for (label, names), changed in by_fields.items():
        model = model_of(label)
        fields = [field_of(model, name).name for name in names]
        model._base_manager.bulk_update(changed, fields, batch_size=200)


def _untold(model: type[models.Model]) -> set[str]:
    return UNTOLD & {field.name for field in model._meta.concrete_fields}


def _mark(lines: list[JournalLine], net: list[JournalLine], more: dict[int, list[int]]) -> None:
    """Say of each line whether it was undone, or what stands in the way."""
    held = [line for line in net if line.obstacle]
    standing = {pk for line in held for pk in (line.pk, *more[line.pk])}
    done = [line.pk for line in lines if line.pk not in standing]
    for some in batches(done):
        JournalLine.objects.filter(pk__in=some).update(undone=True, obstacle=None)
    JournalLine.objects.bulk_update(held, ["obstacle"], batch_size=200)
