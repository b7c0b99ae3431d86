"""What stands in the way of taking a deed back. Reads, and writes nothing but the `obstacle` of lines in memory:

{field: [what the deed left, what stands now]}      touched since; `why` says where it is something else
{"why": {field: "missing" | "taken" | "covered" | "circle" | "follows"}}
{"pk": …}        the row is gone, or there again
{"rows": {model: how many rows hang on it}}         "" for what a list of people has no business to name
{"reach": true}  it belongs to a unit that whoever takes back does not coordinate
{"bound": true}  it stays because of another line of its group
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q, UniqueConstraint

from contacts import followers
from contacts.access import Deed
from contacts.models import JournalLine, Officer, Pairing, Sealed, Stakeholder, Unit
from contacts.rows import (
    DERIVED,
    Values,
    field_of,
    model_of,
    pointing_to,
    values,
    with_companions,
)
from liaison.batches import batches

# Who or what a deed created goes with everything that came with it, or stays with it.
WHOLE = {
    "contacts.stakeholder",
    "contacts.officer",
    "contacts.unit",
    "contacts.contactrecord",
    "contacts.feedback",
}
# Rows that are named where they hang on something. Others are not even counted by name.
NAMED = WHOLE | {"contacts.contactphone", "contacts.seat", "contacts.pairing", "contacts.unitrole"}
# The past of a unit stays as long as what came after it.
KIN = {"contacts.unitpast": "contacts.unit"}
STAY_WHOLE = {"pk", "bound", "reach"}

Rows = Mapping[tuple[str, int], models.Model]


def find(
    lines: list[JournalLine], rows: Rows, officer: Officer | None, hold: Iterable[JournalLine] = ()
) -> None:
    """Set the obstacles of the lines of some whole groups, one line a row. `rows`: as they stand now, by model and key.
    Those to `hold` stay in any case.
    What stays may keep something else from going, so the question is asked until nothing new is found."""
    for line in lines:
        line.obstacle = touched(line, rows.get((line.model, line.object_id)))
    for line in hold:
        line.obstacle = {**(line.obstacle or {}), "bound": True}
    found = Lines(lines, rows)
    found.out_of_reach(officer)
    found.hung_on(lines)
    found.bind()
    while found.without_target() + found.covered() + found.taken() + found.circling() + found.hung_on():
        found.bind()


def touched(line: JournalLine, row: models.Model | None) -> dict[str, Any] | None:
    if line.after is None:
        return None if row is None else {"pk": [None, line.object_id]}
    if row is None:
        return {"pk": [line.object_id, None]}
    now, before = values(row), line.before or {}
    other = {name for name, left in line.after.items() if now[name] != left and name not in DERIVED}
    # What says again what it said before needs no taking back.
    other -= {name for name in other if name in before and before[name] == now[name]}
    held = with_companions(other) & line.after.keys()
    return {name: [line.after[name], now[name]] for name in sorted(held)} or None


def stays(line: JournalLine) -> bool:
    """A changed row goes back field by field, whatever else stays of it."""
    if not line.obstacle:
        return False
    return line.before is None or line.after is None or bool(line.obstacle.keys() & STAY_WHOLE)


def restored(line: JournalLine) -> Values:
    """Field → value, for what goes back on the row of this line."""
    if stays(line) or line.before is None:
        return {}
    held = DERIVED | (line.obstacle or {}).keys() if line.after is not None else set()
    return {name: value for name, value in line.before.items() if name not in held}


class Lines:
    """The questions that look at several lines or at other rows. Each answers how much it found anew."""

    def __init__(self, lines: list[JournalLine], rows: Rows) -> None:
        self.lines, self.rows = lines, rows
        self.by_row = {(line.model, line.object_id): line for line in lines}

    def bind(self) -> None:
        """Somebody who was created stays whole if anything of theirs was touched. Elsewhere rows of one kind hang
        together as soon as some were created or deleted: a pairing that stays does not let the one before it begin
        again, and the unit in charge stays with it."""
        whole = {line.group for line in self.lines if line.before is None and line.model in WHOLE}
        clusters: dict[tuple, list[JournalLine]] = defaultdict(list)
        for line in self.lines:
            kin = KIN.get(line.model, line.model)
            clusters[(line.group,) if line.group in whole else (line.group, kin)].append(line)
        for cluster in clusters.values():
            rigid = any(line.before is None or line.after is None for line in cluster)
            if rigid and any(line.obstacle for line in cluster):
                for line in cluster:
                    line.obstacle = {**(line.obstacle or {}), "bound": True}
        led = {line.group for line in self.lines if line.model == "contacts.pairing" and line.obstacle}
        for line in self.lines:
            changed = line.model == "contacts.stakeholder" and line.after is not None
            if line.group in led and changed and "unit_id" in restored(line):
                self._hold(line, "unit_id", "follows")

    def out_of_reach(self, officer: Officer | None) -> None:
        """Whose people these are by now: of another coordinator's nothing is changed."""
        if officer is None or officer.rights.reach(Deed.RECOUNT).everything:
            return
        asked: dict[type[models.Model], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for line in self.lines:
            row = self.rows.get((line.model, line.object_id))
            person = getattr(row, "stakeholder_id", None) or (line.before or {}).get("stakeholder_id")
            if person:
                asked[Stakeholder][person].add(line.group)
            elif isinstance(row, Stakeholder | Officer | Unit):
                asked[type(row)][row.pk].add(line.group)
        outside: set[int] = set()
        for model, groups in asked.items():
            for some in batches(list(groups)):
                within = model._default_manager.visible_to(officer, Deed.RECOUNT).filter(pk__in=some)  # type: ignore[attr-defined]
                for pk in set(some) - set(within.values_list("pk", flat=True)):
                    outside |= groups[pk]
        for line in self.lines:
            if line.group in outside:
                line.obstacle = {**(line.obstacle or {}), "reach": True}

    def without_target(self) -> int:
        """What a row pointed to may be gone by now."""
        wanted: dict[type[models.Model], dict[int, list[tuple[JournalLine, str]]]] = {}
        for line in self.lines:
            for name, value in restored(line).items():
                field = field_of(model_of(line.model), name)
                if field.is_relation and value is not None:
                    pointing = wanted.setdefault(field.related_model, defaultdict(list))
                    pointing[value].append((line, name))
        found = 0
        for model, by_pk in wanted.items():
            there = {pk for pk in by_pk if self._returns(model._meta.label_lower, pk)}
            for some in batches(list(by_pk)):
                there.update(model._base_manager.filter(pk__in=some).values_list("pk", flat=True))
            for pk in by_pk.keys() - there:
                found += sum(self._hold(line, name, "missing") for line, name in by_pk[pk])
        return found

    def hung_on(self, lines: list[JournalLine] | None = None) -> int:
        """Rows that point to what the deed created, and do not leave it with this. Of those that stay already it is not
        asked again."""
        created: dict[str, dict[int, JournalLine]] = defaultdict(dict)
        for line in lines or self.lines:
            if line.before is None and (lines or not line.obstacle):
                created[line.model][line.object_id] = line
        found = 0
        for label, by_pk in created.items():
            for model, name in relations(label):
                for some in batches(list(by_pk)):
                    pointing = model._base_manager.filter(**{f"{name}__in": some}).values_list("pk", name)
                    for pk, target in pointing:
                        if not self._leaves(model._meta.label_lower, pk, name, of=by_pk[target].group):
                            self._count(by_pk[target], model._meta.label_lower)
                            found += 1
        return found

    def covered(self) -> int:
        """Pairings of one person never overlap (R4), so none returns to days that another one covers now."""
        mine = [line for line in self.lines if line.model == "contacts.pairing"]
        returning = [line for line in mine if restored(line)]
        people = sorted({self._values(line)["stakeholder_id"] for line in returning})
        spans: dict[int, Values] = {}
        for some in batches(people):
            rows = Pairing.objects.filter(stakeholder__in=some)
            spans.update((row.pk, values(row)) for row in rows)
        for line in mine:
            if line.before is None and not stays(line):
                spans.pop(line.object_id, None)
        spans |= {line.object_id: self._values(line) for line in returning}
        lines = {line.object_id: line for line in returning}
        found = 0
        for earlier, later in overlapping(spans.values()):
            for pk in (earlier["id"], later["id"]):
                if pk in lines and restored(lines[pk]):
                    name = "ended_on" if "ended_on" in restored(lines[pk]) else "started_on"
                    found += self._hold(lines[pk], name, "covered")
        return found

    def taken(self) -> int:
        """A value that is there but once may be somebody else's by now: a certificate, a number added again."""
        returning: dict[str, list[JournalLine]] = defaultdict(list)
        for line in self.lines:
            if line.model != "contacts.pairing" and restored(line):
                returning[line.model].append(line)
        return sum(
            self._taken(lines, names, condition)
            for label, lines in returning.items()
            for names, condition in unique_keys(model_of(label))
        )

    def _taken(self, lines: list[JournalLine], names: tuple[str, ...], condition: Q) -> int:
        wanted = {
            tuple(self._values(line)[name] for name in names): line
            for line in lines
            if restored(line).keys() & set(names)
        }
        wanted = {key: line for key, line in wanted.items() if None not in key}
        if not wanted:
            return 0
        model, found = model_of(lines[0].model), 0
        for some in batches(list(wanted)):
            several = {f"{name}__in": {key[at] for key in some} for at, name in enumerate(names)}
            for pk, *key in model._base_manager.filter(condition, **several).values_list("pk", *names):
                line = wanted.get(tuple(key))
                if line and pk != line.object_id and not self._leaves(line.model, pk, *names):
                    name = next(name for name in reversed(names) if restored(line).get(name))
                    found += self._hold(line, name, "taken")
        return found

    def circling(self) -> int:
        """A unit does not return below one that stands below it by now."""
        moved = [
            line for line in self.lines if line.model == "contacts.unit" and "parent_id" in restored(line)
        ]
        if not moved:
            return 0
        above: dict[int, int | None] = dict(Unit.objects.values_list("pk", "parent"))
        above |= {line.object_id: restored(line)["parent_id"] for line in moved}
        return sum(
            self._hold(line, "parent_id", "circle") for line in moved if circles(line.object_id, above)
        )

    def _hold(self, line: JournalLine, name: str, why: str) -> int:
        """Keep a field, with its companions, as it is now."""
        now = self._row_values(line)
        obstacle = line.obstacle = line.obstacle or {}
        for other in sorted(with_companions({name}) & (line.before or {}).keys()):
            obstacle.setdefault(other, [(line.after or {}).get(other), now.get(other)])
        obstacle.setdefault("why", {})[name] = why
        return 1

    def _count(self, line: JournalLine, label: str) -> None:
        line.obstacle = line.obstacle or {}
        counted = line.obstacle.setdefault("rows", {})
        counted[label if label in NAMED else ""] = counted.get(label, 0) + 1 if label in NAMED else 1

    def _row_values(self, line: JournalLine) -> Values:
        row = self.rows.get((line.model, line.object_id))
        return values(row) if row is not None else {}

    def _values(self, line: JournalLine) -> Values:
        """All fields of a row as they would be."""
        return self._row_values(line) | restored(line)

    def _leaves(self, label: str, pk: int, *names: str, of: int | None = None) -> bool:
        """Does the row go, or say something else of one of these fields, once this is taken back? What came with a
        group goes with it, or keeps it by what was done to the row itself."""
        line = self.by_row.get((label, pk))
        if line is None:
            return False
        if line.before is None:
            return line.group == of or not stays(line)
        return bool(restored(line).keys() & set(names))

    def _returns(self, label: str, pk: int) -> bool:
        line = self.by_row.get((label, pk))
        return line is not None and line.after is None and not stays(line)


@cache
def relations(label: str) -> list[tuple[type[models.Model], str]]:
    """What may point to a row and keeps it from going. What lets go by itself does not, nor what follows people. Nor what
    is sealed, whose trace this would be (R13): reviewers alone are pointed to, and their role keeps them."""
    follow = set(followers.models()) if label == "contacts.stakeholder" else set()
    return [
        (relation.related_model, relation.field.attname)
        for relation in pointing_to(model_of(label))
        if relation.on_delete is not models.SET_NULL
        and relation.related_model._meta.label_lower not in follow
        and not issubclass(relation.related_model, Sealed)
    ]


@cache
def unique_keys(model: type[models.Model]) -> list[tuple[tuple[str, ...], Q]]:
    """The attnames that two rows can not share, and of which rows that is said."""
    fields = [field for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    keys: list[tuple[tuple[str, ...], Q]] = [
        ((field.attname,), Q()) for field in fields if field.attname not in DERIVED
    ]
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            names = tuple(str(model._meta.get_field(name).attname) for name in constraint.fields)  # type: ignore[union-attr]
            keys.append((names, constraint.condition or Q()))
    return keys


def overlapping(spans: Iterable[Values]) -> Iterator[tuple[Values, Values]]:
    """Neighbours in time of which the earlier one does not end before the later one starts."""
    last: dict[int, Values] = {}
    in_order: Callable[[Values], Any] = lambda span: (span["stakeholder_id"], span["started_on"])  # noqa: E731
    for span in sorted(spans, key=in_order):
        earlier = last.get(span["stakeholder_id"])
        if earlier and (earlier["ended_on"] is None or earlier["ended_on"] >= span["started_on"]):
            yield earlier, span
        last[span["stakeholder_id"]] = span


def circles(pk: int, above: Mapping[int, int | None]) -> bool:
    seen: set[int] = set()
    upper: int | None = pk
    while upper is not None and upper not in seen:
        seen.add(upper)
        upper = above.get(upper)
    return upper is not None
