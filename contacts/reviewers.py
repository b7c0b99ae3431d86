"""Which reviewers may have a sealed report: nobody it names, and nobody in their line (R13).

A report keeps sealed who is named and which units are theirs, by number and code; where those stand today is asked anew
each time, so that who moves into the line loses the case. No reader of the text is needed to assign one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from contacts.models import ConductReport, Officer, Unit, UnitRole


@dataclass(frozen=True)
class Apart:
    """Who must not read a report. `named`: police numbers; `units`: codes of the unit that is named and of those where the
    named stood when it was filed; `barred`: police numbers of others, whose line may."""

    named: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()

    def __str__(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, report: ConductReport) -> Apart:
        return cls(**{name: tuple(value) for name, value in json.loads(report.apart).items()})


@dataclass(frozen=True)
class Standing:
    """Where an officer stands, as paths: `at` their own unit and those that they hold any other role on, `leads`, `reviews`."""

    number: str
    at: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    reviews: frozenset[str] = frozenset()

    @classmethod
    def of(cls, officer: Officer, roles: Iterable[tuple[str, str]]) -> Standing:
        """`roles`: each with the path of its unit."""
        held = list(roles)
        return cls(
            officer.police_number,
            at=frozenset(
                {
                    officer.unit.path,
                    *(path for role, path in held if role != UnitRole.Role.DISCIPLINE_REVIEWER),
                }
            ),
            leads=frozenset(path for role, path in held if role == UnitRole.Role.LEADER),
            reviews=frozenset(path for role, path in held if role == UnitRole.Role.DISCIPLINE_REVIEWER),
        )


def may_review(reviewer: Standing, excluded: Collection[str], paths: Collection[str]) -> bool:
    """`excluded`: police numbers; `paths`: of the units of those who are named. Where nobody is known, only a reviewer of
    the whole bureau: of the others each may be in the line."""
    if not reviewer.reviews or reviewer.number in excluded:
        return False
    if not paths:
        return any(is_bureau(path) for path in reviewer.reviews)
    return not any(in_line(reviewer, path) for path in paths)


def in_line(reviewer: Standing, path: str) -> bool:
    """Do they lead this unit or one above it, or belong to the same county-level bureau or department? In the bureau
    itself, which all belong to: do they stand in it, as its leaders do?"""
    if any(path.startswith(led) for led in reviewer.leads):
        return True
    if is_bureau(path):
        return path in reviewer.at
    branch = "/".join(path.split("/")[:2]) + "/"
    return any(place.startswith(branch) for place in reviewer.at | reviewer.reviews)


def is_bureau(path: str) -> bool:
    return path.count("/") == 1


class Board:
    """The reviewers of today, and where those stand whom some reports are about: three queries, however many."""

    def __init__(self, reports: Iterable[ConductReport]) -> None:
        self._apart = {report.pk: Apart.of(report) for report in reports}
        named = {number for apart in self._apart.values() for number in apart.named}
        codes = {code for apart in self._apart.values() for code in apart.units}
        held = UnitRole.objects.in_force()
        reviews = held.filter(officer=OuterRef("pk"), role=UnitRole.Role.DISCIPLINE_REVIEWER)
        wanted = Q(Exists(reviews), is_active=True) | Q(police_number__in=named)
        officers = list(Officer.objects.filter(wanted).select_related("unit"))
        roles: dict[int, list[tuple[str, str]]] = {officer.pk: [] for officer in officers}
        for pk, role, path in held.filter(officer__in=roles).values_list("officer", "role", "unit__path"):
            roles[pk].append((role, path))
        found = {officer: Standing.of(officer, roles[officer.pk]) for officer in officers}
        self._standing = {standing.number: standing for standing in found.values()}
        self._paths = dict(Unit.objects.filter(code__in=codes).values_list("code", "path"))
        self.reviewers = {
            officer: standing for officer, standing in found.items() if standing.reviews and officer.is_active
        }

    def may_have(self, officer: Officer, report: ConductReport) -> bool:
        standing = self.reviewers.get(officer)
        if standing is None:
            return False
        apart = self._apart[report.pk]
        paths = {self._paths[code] for code in apart.units if code in self._paths}
        paths.update(*(self._standing[number].at for number in apart.named if number in self._standing))
        return may_review(standing, {*apart.named, *apart.barred}, paths)

    def others(self, report: ConductReport, officer: Officer) -> list[Officer]:
        """Who else may have it, by name."""
        return [other for other in self.reviewers if other != officer and self.may_have(other, report)]

    def choose(self, report: ConductReport, load: Mapping[int, int]) -> Officer | None:
        """Who gets it: a reviewer of the whole bureau before one of a part, then whoever has fewest; of those that are
        left anyone, so that nobody foresees who. `load`: how many cases each has, by key."""
        ranks: dict[Officer, Any] = {
            officer: (min(path.count("/") for path in standing.reviews), load.get(officer.pk, 0))
            for officer, standing in self.reviewers.items()
            if self.may_have(officer, report)
        }
        best = min(ranks.values(), default=None)
        first = [officer for officer, rank in ranks.items() if rank == best]
        return secrets.choice(first) if first else None
