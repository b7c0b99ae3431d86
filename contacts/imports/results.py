"""What an import is told, and what it answers: one Result for each row."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Q

from contacts.access import Deed, Reach
from contacts.imports.directory import Directory, OfficerRef, UnitRef
from contacts.imports.issues import Issue
from contacts.imports.progress import Progress
from contacts.imports.tables import Line
from contacts.journal import Blank, Pen
from contacts.models import Actor, ImportRow, Officer, Stakeholder, StakeholderQuerySet, Unit, UnitPast
from liaison.batches import batches

Outcome = ImportRow.Outcome
T = TypeVar("T")
UNIT_COLUMNS = ("pk", "code", "name", "short_name", "kind", "parent_id", "path", "closed_on", "successor_id")
PAST_COLUMNS = ("unit_id", "unit__code", "name", "short_name", "kind", "parent_id")
OFFICER_COLUMNS = ("pk", "police_number", "name", "unit_id", "post_class")


@dataclass
class Context:
    """On whose behalf, as of when. `actor.officer` None is the server itself, which may do everything. `within` are the
    subtrees to which whoever sent the file is bound, if somebody else confirms it. `pen` writes down what is changed."""

    actor: Actor
    now: dt.datetime
    day: dt.date
    pairings_from: dt.date
    within: tuple[str, ...] | None = None
    progress: Progress = field(default_factory=Progress)
    pen: Pen = field(default_factory=Blank)

    @property
    def paths(self) -> tuple[str, ...] | None:
        """The subtrees whose rows may be imported; None is everywhere."""
        own = reach_of(self.actor.officer) if self.actor.officer else None
        if own is None or self.within is None:
            return self.within if own is None else own
        return tuple({max(a, b) for a in own for b in self.within if a.startswith(b) or b.startswith(a)})

    def people(self) -> StakeholderQuerySet:
        """Whom a row may mean."""
        found = Stakeholder.objects.all()
        if self.actor.officer:
            found = found.visible_to(self.actor.officer, Deed.IMPORT)
        if self.within is not None:
            found = found.filter(Reach(paths=self.within).q(unit="unit__", own=Q(pk__in=[])))
        return found

    def directory(self) -> Directory:
        return read_directory(self.paths)


def reach_of(officer: Officer) -> tuple[str, ...] | None:
    """The subtrees whose rows the officer may import; None is everywhere."""
    reach = officer.rights.reach(Deed.IMPORT)
    return None if reach.everything else reach.paths


def scope_of(officer: Officer | None) -> str:
    """The same as an import keeps it; "" is everywhere."""
    return " ".join((reach_of(officer) if officer else None) or ())


def read_directory(paths: tuple[str, ...] | None = None) -> Directory:
    units = (UnitRef(*row) for row in Unit.objects.values_list(*UNIT_COLUMNS))
    officers = (OfficerRef(*row) for row in Officer.objects.active().values_list(*OFFICER_COLUMNS))
    pasts = (UnitRef(*row) for row in UnitPast.objects.values_list(*PAST_COLUMNS))
    return Directory(units, officers, paths, pasts)


@dataclass(slots=True)
class Result:
    sheet: str | None
    number: int
    outcome: str
    name: str = ""
    issues: list[Issue] = field(default_factory=list)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    said: dict[str, Any] | None = None  # kept, if it says something new
    key: str = ""
    person: int | None = None  # the stakeholder's primary key
    group: int | None = None  # under which the journal keeps what this row changed

    def before_after(self) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """The changes as the audit trail keeps them."""
        before = {name: old for name, (old, _new) in self.changes.items()}
        return before or None, {name: new for name, (_old, new) in self.changes.items()} or None

    @classmethod
    def of(cls, line: Line, outcome: str, name: str, issues: Iterable[Issue] = (), **more: Any) -> Result:
        return cls(line.sheet, line.number, outcome, name, list(issues), **more)

    def as_list(self) -> list[Any]:
        issues = [[issue.code, issue.column, issue.value, issue.more] for issue in self.issues]
        one = [self.sheet, self.number, self.outcome, self.name, issues]
        return [*one, self.changes, self.said, self.key, self.person, self.group]

    @classmethod
    def from_list(cls, kept: list[Any]) -> Result:
        sheet, number, outcome, name, issues, *rest = kept
        return cls(sheet, number, outcome, name, [Issue(*issue) for issue in issues], *rest)

    @property
    def flagged(self) -> bool:
        """Is there a remark on a row that is imported all the same?"""
        return bool(self.issues) and self.outcome != Outcome.REJECTED


class Report:
    """Everything there is to say about one file. The results lie on the disk: of 100,000 rows they are much."""

    def __init__(self, file_name: str, kind: str, results: Iterable[Result]) -> None:
        self.file_name, self.kind = file_name, kind
        self.counts: Counter[str] = Counter()
        self.flagged = 0
        self._lines = tempfile.TemporaryFile("w+")  # noqa: SIM115 - it is gone with the report
        for result in results:
            self.counts[result.outcome] += 1
            self.flagged += result.flagged
            self._lines.write(json.dumps(result.as_list(), ensure_ascii=False) + "\n")

    @property
    def results(self) -> Iterator[Result]:
        self._lines.seek(0)
        for line in self._lines:
            yield Result.from_list(json.loads(line))

    @property
    def rows(self) -> int:
        return self.counts.total() - self.counts[Outcome.NOTE]

    def as_json(self) -> dict[str, Any]:
        flagged: list[dict[str, Any]] = []
        rejected: list[dict[str, Any]] = []
        for result in self.results:
            for issue in result.issues:
                (rejected if issue.is_error else flagged).append(remark(result, issue))
        return {
            "file": self.file_name,
            "kind": self.kind,
            "rows": self.rows,
            "created": self.counts[Outcome.CREATED],
            "updated": self.counts[Outcome.UPDATED],
            "unchanged": self.counts[Outcome.UNCHANGED],
            "flagged": flagged,
            "rejected": rejected,
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
