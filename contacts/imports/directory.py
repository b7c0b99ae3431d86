"""Units and officers as rosters name them: full, short, with the bureau's short name before, or "广瑞路所"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from contacts.imports import cells


@dataclass(frozen=True)
class UnitRef:
    pk: int
    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None
    path: str


@dataclass(frozen=True)
class OfficerRef:
    pk: int
    police_number: str
    name: str
    unit_id: int
    post_class: str = ""


class Directory:
    def __init__(
        self, units: Iterable[UnitRef], officers: Iterable[OfficerRef], paths: tuple[str, ...] | None = None
    ) -> None:
        """`paths` bounds whose rows may be imported; None is everywhere."""
        self.units = {unit.pk: unit for unit in units}
        self.officers = {officer.police_number: officer for officer in officers}
        self.paths = paths

    def says_the_same_as(self, other: Directory) -> bool:
        return (self.units, self.officers, self.paths) == (other.units, other.officers, other.paths)

    @cached_property
    def by_code(self) -> dict[str, UnitRef]:
        return {unit.code: unit for unit in self.units.values()}

    @cached_property
    def home(self) -> UnitRef | None:
        """Who is in charge of a person whom nothing places: the bureau, or the first unit within reach."""
        inside = [unit for unit in self.units.values() if self.reaches(unit)]
        return min(inside, key=lambda unit: unit.path.count("/"), default=None)

    def reaches(self, unit: UnitRef) -> bool:
        return self.paths is None or unit.path.startswith(self.paths)

    def is_above(self, upper: UnitRef, lower: UnitRef) -> bool:
        return lower.path.startswith(upper.path)

    @cached_property
    def by_name(self) -> dict[str, set[int]]:
        found = defaultdict(set)
        for unit in self.units.values():
            for alias in self.aliases(unit):
                found[alias].add(unit.pk)
        return dict(found)

    def aliases(self, unit: UnitRef) -> set[str]:
        own = {cells.simple(unit.name), cells.simple(unit.short_name)}
        if unit.kind == "station":
            own |= {name.removesuffix("派出所") + "所" for name in own if name.endswith("派出所")}
        if unit.kind in {"bureau", "county"}:  # 无锡市公安局 = 无锡市局
            own |= {name.removesuffix("公安局") + "局" for name in own if name.endswith("公安局")}
        parent = self.units.get(unit.parent_id or 0)
        upper = self.aliases(parent) if parent else set()
        return own | {before + name for before in upper for name in own if not name.startswith(before)}

    def named(self, name: str) -> set[int]:
        """The units that a roster's words can mean; a code is understood too."""
        written = cells.simple(name)
        if written in self.by_code:
            return {self.by_code[written].pk}
        return self.by_name.get(written, set())

    @cached_property
    def stations(self) -> dict[str, list[UnitRef]]:
        found = defaultdict(list)
        for unit in self.units.values():
            if unit.kind == "station":
                found[cells.simple(unit.short_name).removesuffix("派出所")].append(unit)
        return dict(found)

    def station_of(self, street: str, address: str = "") -> UnitRef | None:
        """The station of a township or street. Of several with that name, the one whose county begins the address."""
        found = next((self.stations[stem] for stem in stems(street) if stem in self.stations), [])
        if len(found) > 1:
            before = cells.simple(address).partition(cells.simple(street))[0]
            found = [unit for unit in found if self.county_stem(unit) and self.county_stem(unit) in before]
        return found[0] if len(found) == 1 else None

    def county_stem(self, unit: UnitRef) -> str:
        """江阴市局 → 江阴, 崇安分局 → 崇安: what an address calls the county."""
        parent = self.units.get(unit.parent_id or 0)
        return (
            cells.simple(parent.short_name).removesuffix("局").removesuffix("分").removesuffix("市")
            if parent
            else ""
        )


def stems(street: str) -> list[str]:
    """What a station may be called after: 上马墩街道 → 上马墩; a township that became a street, 安镇街道 → 安镇, 安."""
    found = []
    for suffix in ("街道", "镇", "乡"):
        if street.endswith(suffix):
            street = street.removesuffix(suffix)
            found.append(street)
    return found
