"""Import units: a new code is a new unit, a known one is corrected. A unit may stand before the one above it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from contacts import unit_tree
from contacts.imports import cells
from contacts.imports.issues import Issue, Refused
from contacts.imports.results import Context, Outcome, Result, news, said_before
from contacts.imports.tables import Line, Table
from contacts.models import AuditEntry, Unit

KINDS = {
    "市局": "bureau", "县级局": "county", "分局": "county", "市(县)局": "county", "派出所": "station", "大队": "team",
    "部门": "department",
} | {kind.value: kind.value for kind in Unit.Kind}  # fmt: skip
LIMITS = {"name": 100, "short_name": 50}


def run(table: Table, context: Context) -> list[Result]:
    if context.paths is not None:
        raise Refused("not_allowed")
    known = {unit.code: unit for unit in Unit.objects.select_related("parent")}
    in_file = {cells.plain(line.text("code")) for line in table.lines}
    before = said_before(f"unit:{code}" for code in in_file)
    results = {line.number: Result.of(line, Outcome.REJECTED, line.text("name")) for line in table.lines}
    waiting = list(table.lines)
    while waiting:  # each turn takes those whose upper unit is there by now
        ready = [line for line in waiting if cells.plain(line.text("parent")) in {"", *known}] or waiting
        for line in ready:
            take(line, table, results[line.number], known, before, context)
        waiting = [line for line in waiting if line not in ready]
    try:
        unit_tree.mend_paths()
    except ValidationError as error:
        raise Refused(error.code or "") from error
    return list(results.values())


def take(
    line: Line,
    table: Table,
    result: Result,
    known: dict[str, Unit],
    before: dict[str, dict[str, Any]],
    context: Context,
) -> None:
    code, parent = cells.plain(line.text("code")), cells.plain(line.text("parent"))
    kind = KINDS.get(cells.simple(line.text("kind")), "")
    result.issues = check(line, table, code, kind, parent, known)
    if result.issues:
        return
    said = {"name": line.text("name"), "short_name": line.text("short_name"), "kind": kind, "parent": parent}
    said = {name: value for name, value in said.items() if value}
    unit = known.get(code)
    if unit is None:
        unit = known[code] = Unit(
            code=code, parent=known.get(parent), **{k: v for k, v in said.items() if k != "parent"}
        )
        unit.save(force_insert=True)
        context.pen.created(unit.pk, unit)
        result.outcome = Outcome.CREATED
        AuditEntry.objects.record(context.actor, "import", unit, after=said)
    else:
        correct(unit, said, before.get(f"unit:{code}", {}), known, result, context, table)
    if result.issues:
        return
    result.key, result.group = f"unit:{code}", unit.pk
    result.said = said if said != before.get(result.key) else None


def check(line: Line, table: Table, code: str, kind: str, parent: str, known: dict[str, Unit]) -> list[Issue]:
    issues = []
    if not code or len(code) > 12:
        issues.append(Issue("code_missing", table.label("code"), code))
    if not line.text("name"):
        issues.append(Issue("name_missing", table.label("name")))
    if not kind:
        issues.append(
            Issue(
                "kind_unknown", table.label("kind"), line.text("kind"), {"known": "、".join(list(KINDS)[:7])}
            )
        )
    if parent and parent not in known:
        issues.append(Issue("parent_unknown", table.label("parent"), parent))
    elif parent and code not in known and known[parent].closed_on:
        issues.append(Issue("parent_closed", table.label("parent"), str(known[parent])))
    root = next((unit.code for unit in known.values() if unit.parent_id is None), code)
    if not parent and (kind not in {"", "bureau"} or code not in known and code != root):
        issues.append(Issue("root_exists", table.label("parent")))
    for name, limit in LIMITS.items():
        if len(line.text(name)) > limit:
            issues.append(Issue("text_too_long", table.label(name), line.text(name), {"limit": limit}))
    return issues


def correct(
    unit: Unit,
    said: dict[str, Any],
    before: dict[str, Any],
    known: dict[str, Unit],
    result: Result,
    context: Context,
    table: Table,
) -> None:
    """Change what the file says anew. A closed unit stays as it was, and what the tree can not bear is refused."""
    stored = {
        "name": unit.name,
        "short_name": unit.short_name,
        "kind": unit.kind,
        "parent": unit.parent and unit.parent.code,
    }
    result.changes = changes = news(said, before, stored)
    if not changes:
        result.outcome = Outcome.UNCHANGED
        return
    new = {name: known[value] if name == "parent" else value for name, (_old, value) in changes.items()}
    try:
        if unit.closed_on:
            raise ValidationError("", "unit_closed")
        unit_tree.change(unit, new, day=context.day, pen=context.pen, group=unit.pk)
    except ValidationError as refused:
        result.issues.append(Issue(refused.code or "", table.label("code"), str(unit)))
        result.changes = {}
        return
    result.outcome = Outcome.UPDATED
    old, after = result.before_after()
    AuditEntry.objects.record(context.actor, "import", unit, before=old, after=after)
