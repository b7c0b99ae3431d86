"""What an import is told, and what it answers: one Result for each row."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from contacts.access import Deed
from contacts.imports.directory import Directory, OfficerRef, UnitRef
from contacts.imports.issues import Issue
from contacts.imports.tables import Line
from contacts.journal import Blank, Pen
from contacts.models import Actor, ImportRow, Officer, Stakeholder, Unit, UnitPast

Outcome = ImportRow.Outcome
T = TypeVar("T")
UNIT_COLUMNS = ("pk", "code", "name", "short_name", "kind", "parent_id", "path", "closed_on", "successor_id")
PAST_COLUMNS = ("unit_id", "unit__code", "name", "short_name", "kind", "parent_id")
OFFICER_COLUMNS = ("pk", "police_number", "name", "unit_id", "post_class")


@dataclass
class Context:
    """On whose behalf, as of when. `actor.officer` None is the server itself, which may do everything. `pen` writes down
    what is changed."""

    actor: Actor
    now: dt.datetime
    day: dt.date
    pairings_from: dt.date
    pen: Pen = field(default_factory=Blank)

    @property
    def paths(self) -> tuple[str, ...] | None:
        """The subtrees whose rows may be imported; None is everywhere."""
        if self.actor.officer is None:
            return None
        reach = self.actor.officer.rights.reach(Deed.IMPORT)
        return None if reach.everything else reach.paths

    def directory(self) -> Directory:
        return read_directory(self.paths)


def read_directory(paths: tuple[str, ...] | None = None) -> Directory:
    units = (UnitRef(*row) for row in Unit.objects.values_list(*UNIT_COLUMNS))
    officers = (OfficerRef(*row) for row in Officer.objects.active().values_list(*OFFICER_COLUMNS))
    pasts = (UnitRef(*row) for row in UnitPast.objects.values_list(*PAST_COLUMNS))
    return Directory(units, officers, paths, pasts)


@dataclass
class Result:
    sheet: str | None
    number: int
    outcome: str
    name: str = ""
    issues: list[Issue] = field(default_factory=list)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    said: dict[str, Any] | None = None  # kept, if it says something new
    key: str = ""
    stakeholder: Stakeholder | None = None
    group: int | None = None  # under which the journal keeps what this row changed

    def before_after(self) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """The changes as the audit trail keeps them."""
        before = {name: old for name, (old, _new) in self.changes.items()}
        return before or None, {name: new for name, (_old, new) in self.changes.items()} or None

    @classmethod
    def of(cls, line: Line, outcome: str, name: str, issues: Iterable[Issue] = (), **more: Any) -> Result:
        return cls(line.sheet, line.number, outcome, name, list(issues), **more)


@dataclass
class Report:
    """Everything there is to say about one file."""

    file_name: str
    kind: str
    results: list[Result]

    @property
    def counts(self) -> Counter[str]:
        return Counter(result.outcome for result in self.results)

    def as_json(self) -> dict[str, Any]:
        counts = self.counts
        remarks = [(result, issue) for result in self.results for issue in result.issues]
        return {
            "file": self.file_name,
            "kind": self.kind,
            "rows": counts.total() - counts[Outcome.NOTE],
            "created": counts[Outcome.CREATED],
            "updated": counts[Outcome.UPDATED],
            "unchanged": counts[Outcome.UNCHANGED],
            "flagged": [remark(result, issue) for result, issue in remarks if not issue.is_error],
            "rejected": [remark(result, issue) for result, issue in remarks if issue.is_error],
        }


def remark(result: Result, issue: Issue) -> dict[str, Any]:
    return {
        "sheet": result.sheet,
        "row": result.number,
        "column": issue.column,
        "code": issue.code,
        "message": issue.message,
    }


def said_before(keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What the last import said of each of these; a later file that says the same says nothing new."""
    found: dict[str, Any] = {}
    for some in batches(sorted(set(keys))):
        rows = ImportRow.objects.filter(key__in=some, values__isnull=False).order_by("pk")
        found.update(rows.values_list("key", "values"))
    return found


def news(said: dict[str, Any], before: dict[str, Any], stored: dict[str, Any]) -> dict[str, list[Any]]:
    """Field → [stored, said], for what this file says otherwise than the last one did and than stands here. So a
    correction made by hand outlives the old file, and a blank cell wipes nothing."""
    return {
        name: [stored.get(name), value]
        for name, value in said.items()
        if before.get(name) != value and stored.get(name) != value
    }


def batches(rows: Sequence[T], size: int = 2000) -> Iterator[Sequence[T]]:
    """In pieces that fit into one query on every database."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
