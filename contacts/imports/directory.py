"""Units and officers as rosters name them: full, short, with the bureau's short name before, or "广瑞路所"."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contacts.imports import cells


@dataclass(frozen=True)
class UnitRef:
    pk: int
    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None
    path: str = ""
    closed_on: dt.date | None = None
    successor_id: int | None = None


@dataclass(frozen=True)
class OfficerRef:
    pk: int
    police_number: str
    name: str
    unit_id: int
    post_class: str = ""


class Directory:
    def __init__(
        self,
        units: Iterable[UnitRef],
        officers: Iterable[OfficerRef],
        paths: tuple[str, ...] | None = None,
        pasts: Iterable[UnitRef] = (),
    ) -> None:
        """`paths` bounds whose rows may be imported; None is everywhere. `pasts` are units as they once were: rosters may
        be older than the tree."""
        self.units = {unit.pk: unit for unit in units}
        self.pasts: dict[int, list[UnitRef]] = defaultdict(list)
        for past in pasts:
            self.pasts[past.pk].append(past)
        self.officers = {officer.police_number: officer for officer in officers}
        self.paths = paths

    def says_the_same_as(self, other: Directory) -> bool:
        here, there = ((one.units, one.officers, one.paths, one.pasts) for one in (self, other))
        return here == there

    @cached_property
    def by_code(self) -> dict[str, UnitRef]:
        return {unit.code: unit for unit in self.units.values()}

    @cached_property
    def open(self) -> list[UnitRef]:
        return [unit for unit in self.units.values() if unit.closed_on is None]

    def current(self, unit: UnitRef) -> UnitRef | None:
        """The unit that it is part of today: itself, or where mergers led; None if it was closed for good."""
        seen: UnitRef | None = unit
        while seen and seen.closed_on:
            seen = self.units.get(seen.successor_id or 0)
        return seen

    @cached_property
    def home(self) -> UnitRef | None:
        """Who is in charge of a person whom nothing places: the bureau, or the first unit within reach."""
        inside = [unit for unit in self.open if self.reaches(unit)]
        return min(inside, key=lambda unit: unit.path.count("/"), default=None)

    def reaches(self, unit: UnitRef) -> bool:
        return self.paths is None or unit.path.startswith(self.paths)

    def is_above(self, upper: UnitRef, lower: UnitRef) -> bool:
        return lower.path.startswith(upper.path)

    @cached_property
    def by_name(self) -> dict[str, set[int]]:
        return self._called((unit, self.aliases(unit)) for unit in self.open)

    @cached_property
    def by_former_name(self) -> dict[str, set[int]]:
        """Names of closed units, and former ones, with those of the units they hung below."""
        return self._called((unit, self.aliases(unit, ever=True)) for unit in self.units.values())

    @staticmethod
    def _called(aliases: Iterable[tuple[UnitRef, set[str]]]) -> dict[str, set[int]]:
        found = defaultdict(set)
        for unit, names in aliases:
            for alias in names:
                found[alias].add(unit.pk)
        return dict(found)

    def aliases(self, unit: UnitRef, ever: bool = False, below: frozenset[int] = frozenset()) -> set[str]:
        """What a unit is called; with `ever`, what it was called as well. `below`: whose name stands behind it."""
        found: set[str] = set()
        for known in [unit, *self.pasts[unit.pk]] if ever else [unit]:
            parent = self.units.get(known.parent_id or 0)
            upper = set()
            if parent and parent.pk not in below:  # of two units each was above the other once
                upper = self.aliases(parent, ever, below | {unit.pk})
            own = set(self._own_names(known))
            found |= own | {before + name for before in upper for name in own if not name.startswith(before)}
        return found

    @staticmethod
    def _own_names(unit: UnitRef) -> Iterator[str]:
        for name in (cells.simple(unit.name), cells.simple(unit.short_name)):
            yield name
            if unit.kind == "station" and name.endswith("派出所"):
                yield name.removesuffix("派出所") + "所"
            if unit.kind in {"bureau", "county"} and name.endswith("公安局"):  # 无锡市公安局 = 无锡市局
                yield name.removesuffix("公安局") + "局"

    def called(self, name: str) -> set[int]:
        """The units, closed ones too, that a roster's words can mean; what is called so today comes before what was. A
        code is understood too."""
        written = cells.simple(name)
        if written in self.by_code:
            return {self.by_code[written].pk}
        return self.by_name.get(written) or self.by_former_name.get(written, set())

    def named(self, name: str) -> set[int]:
        """The units of today that a roster's words lead to."""
        found = (self.current(self.units[pk]) for pk in self.called(name))
        return {unit.pk for unit in found if unit}

    def is_closed(self, name: str) -> bool:
        """Did the words mean a unit that there is no more?"""
        return any(self.units[pk].closed_on for pk in self.called(name))

    def brought_forward(self, said: dict[str, Any]) -> dict[str, Any]:
        """What an import said before a merger, with the unit of today: the old file says nothing new by it."""
        unit = self.by_code.get(said.get("unit", ""))
        now = self.current(unit) if unit else None
        return said | {"unit": now.code} if now else said

    @cached_property
    def stations(self) -> dict[str, list[UnitRef]]:
        """Stem → the stations called after it, or else what those that are no more became part of."""
        found, gone = defaultdict(list), defaultdict(list)
        for unit in self.units.values():
            if unit.kind != "station":
                continue
            stem = cells.simple(unit.short_name).removesuffix("派出所")
            if unit.closed_on is None:
                found[stem].append(unit)
            elif (now := self.current(unit)) and now.kind == "station":
                gone[stem].append(now)
        return {**gone, **found}

    def station_of(self, street: str, address: str = "") -> UnitRef | None:
        """The station of a township or street. Of several with that name, the one whose county begins the address."""
        found = next((self.stations[stem] for stem in stems(street) if stem in self.stations), [])
        if len(found) > 1:
            before = cells.simple(address).partition(cells.simple(street))[0]
            found = [unit for unit in found if any(stem in before for stem in self.county_stems(unit))]
        return found[0] if len(found) == 1 else None

    def county_stems(self, unit: UnitRef) -> set[str]:
        """江阴市局 → 江阴, 崇安分局 → 崇安: what an address calls the county, or called it once."""
        above = [self.units.get(known.parent_id or 0) for known in [unit, *self.pasts[unit.pk]]]
        names = (cells.simple(parent.short_name) for parent in above if parent)
        return {name.removesuffix("局").removesuffix("分").removesuffix("市") for name in names} - {""}


def stems(street: str) -> list[str]:
    """What a station may be called after: 上马墩街道 → 上马墩; a township that became a street, 安镇街道 → 安镇, 安."""
    found = []
    for suffix in ("街道", "镇", "乡"):
        if street.endswith(suffix):
            street = street.removesuffix(suffix)
            found.append(street)
    return found
