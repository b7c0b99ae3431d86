"""How a half-year's reports reached people, by unit: how many there are, how each was handed over, how the work was appraised.
Read from the copies within the reader's reach, so that every figure is a list of as many rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from contacts.models import Appraisal, Officer, ReportCopy, ReportDelivery, ReportMeeting, Unit

METHODS = [(value, label) for value, label in ReportDelivery.Method.choices]
APPRAISALS = [(value, label) for value, label in Appraisal.choices]


@dataclass
class Row:
    """A unit with all below it, or `itself` alone. `query` asks the list of copies for the same people."""

    unit: Unit | None
    itself: bool = False
    covered: int = 0
    delivered: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    appraisals: Counter[str] = field(default_factory=Counter)

    @property
    def query(self) -> str:
        return f"unit={self.unit.code}{'&alone=yes' if self.itself else ''}" if self.unit else ""

    @property
    def by_method(self) -> list[tuple[str, int]]:
        return [(value, self.methods[value]) for value, _label in METHODS]

    @property
    def by_appraisal(self) -> list[tuple[str, int]]:
        return [(value, self.appraisals[value]) for value, _label in APPRAISALS]

    def add(self, number: int, method: str | None, appraisal: str | None) -> None:
        self.covered += number
        if method:
            self.delivered += number
            self.methods[method] += number
            if appraisal:
                self.appraisals[appraisal] += number


def tally(unit: Unit | None, half_year: str, officer: Officer) -> tuple[list[Row], Row]:
    """A row for each unit right below `unit` and one for itself, and their sum. Without a unit there is the sum alone, of whoever
    is within reach."""
    copies = ReportCopy.objects.visible_to(officer).filter(half_year=half_year)
    total = Row(unit)
    if unit:
        copies = copies.filter(stakeholder__unit__path__startswith=unit.path)
    delivered: QuerySet[Any] = copies.with_delivery().order_by()
    groups = delivered.values_list("stakeholder__unit__path", "method", "appraisal")
    rows: dict[str, Row] = {}
    for path, method, appraisal, number in groups.annotate(Count("pk")):
        if unit:
            rows.setdefault(child(path, unit.path), Row(None)).add(number, method, appraisal)
        total.add(number, method, appraisal)
    for found in Unit.objects.filter(path__in=rows):
        rows[found.path].unit, rows[found.path].itself = found, found == unit
    return [rows[path] for path in sorted(rows)], total


def child(path: str, above: str) -> str:
    """The path of the unit right below `above` on the way to `path`, or `above` itself."""
    code = path.removeprefix(above).partition("/")[0]
    return f"{above}{code}/" if code else above


def ballots(meetings: list[ReportMeeting]) -> Counter[str]:
    """What was voted in all of them."""
    votes: Counter[str] = Counter()
    for meeting in meetings:
        for name in (*Appraisal.values, "abstained"):
            votes[name] += getattr(meeting, name)
    return votes
