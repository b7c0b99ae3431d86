"""Taking back: a deed over many rows writes down what each was before and after, and what nobody touched since can be
put back. What was touched stays, and the line says which field, or what hangs on the row now.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from contacts import followers
from contacts.models import Actor, Journal, JournalLine, Officer

AT_ONCE = 2000  # lines written, groups taken back
# Kept out of journals: what nobody can put back, and what changes with every other field.
UNTOLD = {"password", "updated_at"}
# Who or what a deed created goes with everything that came with it, or stays with it.
WHOLE = {"contacts.stakeholder", "contacts.officer", "contacts.unit"}

Values = dict[str, Any]


def values(row: models.Model) -> Values:
    """All fields of a row by attname, as JSON keeps them."""
    return {
        f.attname: plain(f.value_from_object(row))
        for f in row._meta.concrete_fields
        if f.attname not in UNTOLD
    }


def plain(value: Any) -> Any:
    """As it stands in JSON: days, instants and UUIDs as text, to the microsecond."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()  # as the database gives it back, whatever zone it came in
    if value is None or isinstance(value, str | int | float | list | dict):
        return value
    return DjangoJSONEncoder().default(value)


class Pen:
    """Writes the lines of one journal; `close` when all is told."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.lines: list[JournalLine] = []

    def created(self, group: int, row: models.Model) -> None:
        self._tell(group, row, None, values(row))

    def changed(self, group: int, row: models.Model, before: Values) -> None:
        """`before` are the row's `values` before the change; only what differs is kept."""
        now = values(row)
        differing = [name for name in before if before[name] != now[name]]
        if differing:
            self._tell(group, row, {n: before[n] for n in differing}, {n: now[n] for n in differing})

    def deleted(self, group: int, row: models.Model) -> None:
        """Call it while the row still has its key."""
        self._tell(group, row, values(row), None)

    def _tell(self, group: int, row: models.Model, before: Values | None, after: Values | None) -> None:
        self.lines.append(
            JournalLine(
                journal=self.journal,
                group=group,
                model=row._meta.label_lower,
                object_id=row.pk,
                before=before,
                after=after,
            )
        )
        if len(self.lines) >= AT_ONCE:
            self.close()

    def close(self) -> None:
        JournalLine.objects.bulk_create(self.lines, batch_size=500)
        self.lines.clear()


@dataclass
class TakenBack:
    """How it went: the groups that are as they were, and those of which something stayed."""

    restored: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)


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
    returns under its old key. A dry run does the same and undoes it. The caller writes the audit entry, and names in
    `hold` the lines that must stay for a reason that the rows themselves do not show."""
    found = TakenBack()
    Journal.objects.select_for_update().get(pk=journal.pk)
    groups = journal.lines.standing().order_by("group").values_list("group", flat=True).distinct()
    for some in batches(list(groups)):
        _take_back(list(journal.lines.standing().filter(group__in=some)), found, hold)
    if not dry_run:
        journal.taken_back_at, journal.taken_back_by = now, actor.officer
        journal.save(update_fields=["taken_back_at", "taken_back_by"])
    else:
        transaction.set_rollback(True)
    return found


def _take_back(lines: list[JournalLine], found: TakenBack, hold: Collection[int]) -> None:
    """The lines of some whole groups."""
    rows, leaned_on = _examine(lines, hold)
    going = [line for line in lines if not _stays(line)]
    created = [line for line in going if line.before is None]
    _delete([line for line in created if line not in leaned_on])
    # What was moved goes away again before what it displaced returns to its place.
    _restore([line for line in going if line.before is not None and line.after is not None], rows)
    _recreate([line for line in going if line.after is None])
    _delete([line for line in created if line in leaned_on])
    for line in going:
        line.undone = not line.obstacle
    JournalLine.objects.bulk_update(lines, ["undone", "obstacle"], batch_size=500)
    kept = {line.group for line in lines if line.obstacle}
    found.kept |= kept
    found.restored |= {line.group for line in lines} - kept


def _examine(
    lines: list[JournalLine], hold: Collection[int]
) -> tuple[dict[tuple[str, int], models.Model], set[JournalLine]]:
    """Say of each line what stands in its way. The rows as they are now, and the lines of those created rows that others
    point to until they are restored."""
    rows = _current_rows(lines)
    for line in lines:
        line.obstacle = _obstacle(line, rows.get((line.model, line.object_id)))
        if line.pk in hold:
            line.obstacle = {**(line.obstacle or {}), "bound": True}
    leaned_on = _add_what_hangs_on_them(lines)
    _bind(lines)
    return rows, leaned_on


def _current_rows(lines: list[JournalLine]) -> dict[tuple[str, int], models.Model]:
    """(model, key) → the row as it stands now, locked."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        wanted[line.model].add(line.object_id)
    return {
        (label, row.pk): row
        for label, pks in wanted.items()
        for some in batches(sorted(pks))
        for row in model_of(label)._base_manager.select_for_update().filter(pk__in=some)
    }


def _obstacle(line: JournalLine, row: models.Model | None) -> dict[str, Any] | None:
    """What of the row was touched since: field → [what the deed left, what stands now]."""
    if line.after is None:
        return None if row is None else {"pk": [None, line.object_id]}
    if row is None:
        return {"pk": [line.object_id, None]}
    now, before = values(row), line.before or {}
    touched = {name: [left, now[name]] for name, left in line.after.items() if now[name] != left}
    # What says again what it said before needs no taking back.
    return {
        name: both for name, both in touched.items() if name not in before or before[name] != now[name]
    } or None


def _stays(line: JournalLine) -> bool:
    """A changed row goes back field by field, whatever else stays of it."""
    if not line.obstacle:
        return False
    return line.before is None or line.after is None or line.obstacle.keys() & {"pk", "bound"} != set()


def _bind(lines: list[JournalLine]) -> None:
    """Somebody who was created stays whole if anything of theirs was touched. Elsewhere rows of one kind hang together as
    soon as some were created or deleted: a pairing that stays does not let the one before it begin again."""
    whole = {line.group for line in lines if line.before is None and line.model in WHOLE}
    clusters: dict[tuple, list[JournalLine]] = defaultdict(list)
    for line in lines:
        clusters[(line.group,) if line.group in whole else (line.group, line.model)].append(line)
    for cluster in clusters.values():
        rigid = any(line.before is None or line.after is None for line in cluster)
        if rigid and any(line.obstacle for line in cluster):
            for line in cluster:
                line.obstacle = {**(line.obstacle or {}), "bound": True}


def _add_what_hangs_on_them(lines: list[JournalLine]) -> set[JournalLine]:
    """Rows that point to what the deed created, and did not come with it. Those that the deed itself pointed there, and
    that go back to what they pointed to before, are no obstacle; the lines that they lean on are answered."""
    returning = {
        (line.model, line.object_id, name)
        for line in lines
        if line.before and line.after
        for name in line.before.keys() - (line.obstacle or {}).keys()
    }
    leaned_on: set[JournalLine] = set()
    created: dict[str, dict[int, JournalLine]] = defaultdict(dict)
    for line in lines:
        if line.before is None:
            created[line.model][line.object_id] = line
    for label, by_pk in created.items():
        for relation in _relations(label):
            model, name = relation.related_model, relation.field.attname
            own = created.get(model._meta.label_lower, {})
            for some in batches(list(by_pk)):
                pointing = model._base_manager.filter(**{f"{name}__in": some}).values_list("pk", name)
                for pk, target in pointing:
                    if (model._meta.label_lower, pk, name) in returning:
                        leaned_on.add(by_pk[target])
                    elif pk not in own:
                        line = by_pk[target]
                        line.obstacle = line.obstacle or {}
                        counted = line.obstacle.setdefault("rows", Counter())
                        counted[model._meta.label_lower] += 1
    return leaned_on


@cache
def _relations(label: str) -> list[Any]:
    """What may point to a row and keeps it from going. What lets go by itself, and what follows people, does not."""
    return [
        relation
        for relation in model_of(label)._meta.related_objects
        if relation.on_delete is not models.SET_NULL
        and relation.related_model._meta.label_lower not in followers.models()
    ]


def _delete(lines: list[JournalLine]) -> None:
    """Children before their parents: what was created last goes first."""
    people = [line.object_id for line in lines if line.model == "contacts.stakeholder"]
    followers.forget(people)
    by_model: dict[str, list[int]] = defaultdict(list)
    for line in reversed(lines):
        by_model[line.model].append(line.object_id)
    for label, pks in by_model.items():
        for some in batches(pks):
            model_of(label)._base_manager.filter(pk__in=some).delete()


def _recreate(lines: list[JournalLine]) -> None:
    """What was deleted last returns first: parents before their children."""
    for line in reversed(lines):
        model = model_of(line.model)
        row = model(**{name: revived(model, name, value) for name, value in (line.before or {}).items()})
        for untold in (f for f in model._meta.concrete_fields if f.attname in UNTOLD):
            untold.pre_save(row, add=True)  # the time of this change
        models.Model.save_base(
            row, raw=True, force_insert=True
        )  # raw: what was created then was not created now


def _restore(lines: list[JournalLine], rows: Mapping[tuple[str, int], models.Model]) -> None:
    """What was changed last goes back first: of two open pairings never both stand with one person."""
    by_fields: dict[tuple[str, tuple[str, ...]], list[models.Model]] = defaultdict(list)
    for line in reversed(lines):
        row = rows[line.model, line.object_id]
        names = tuple(sorted(name for name in line.before or {} if name not in (line.obstacle or {})))
        for name in names:
            setattr(row, name, revived(type(row), name, (line.before or {})[name]))
        if names:
            by_fields[line.model, names].append(row)
    for (label, names), changed in by_fields.items():
        model = model_of(label)
        model._base_manager.bulk_update(
            changed, [field_of(model, name).name for name in names], batch_size=200
        )


def revived(model: type[models.Model], attname: str, value: Any) -> Any:
    """A value as the field has it, from the journal's JSON."""
    found = field_of(model, attname)
    target = found.target_field if found.is_relation else found
    return target.to_python(value)


@cache
def field_of(model: type[models.Model], attname: str) -> Any:
    return next(f for f in model._meta.concrete_fields if f.attname == attname)


def model_of(label: str) -> type[models.Model]:
    return apps.get_model(label)


def batches(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def begin(kind: str, *, made_by: Officer | None, now: dt.datetime) -> Pen:
    """A new journal, open for writing; call it inside the deed's transaction."""
    return Pen(Journal.objects.create(kind=kind, made_at=now, made_by=made_by))


def obstacles(journal: Journal) -> Iterable[JournalLine]:
    """The lines that stayed, with what stands in the way."""
    return journal.lines.standing().filter(obstacle__isnull=False)


@transaction.atomic
def examined(journal: Journal, hold: Collection[int] = ()) -> list[JournalLine]:
    """The lines that could be taken back, with what stands in the way now. Only looks: for a page that asks first."""
    lines = list(journal.lines.standing())
    _examine(lines, hold)
    return lines


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
