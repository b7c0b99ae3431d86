"""Who is who in the tree of units, for steps that concern leaders and coordinators."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from contacts.access import is_outside
from contacts.models import Officer, Unit, UnitRole
from contacts.outsiders import TookPart
from schedules.notices.recipients import stand_ins_on

By = dict[int, list[int]]


@dataclass
class People:
    """Who is who, read once when there is something to tell."""

    units: dict[int, int | None] = field(default_factory=dict)  # unit → the one above
    paths: dict[int, str] = field(default_factory=dict)  # unit → its path
    counties: set[int] = field(default_factory=set)
    serves_in: dict[int, int] = field(default_factory=dict)  # officer who may sign in → unit
    leaders: By = field(default_factory=dict)
    coordinators: By = field(default_factory=dict)
    roles: dict[int, set[str]] = field(
        default_factory=dict
    )  # officer → paths of the units they have a role on
    of_no_county: set[int] = field(default_factory=set)  # officers of the bureau itself, also those who left
    stand_ins: dict[int, int] = field(default_factory=dict)

    @classmethod
    def read(cls, day: dt.date) -> People:
        units = list(Unit.objects.values_list("pk", "parent", "kind", "path"))
        holders: dict[str, By] = defaultdict(lambda: defaultdict(list))
        roles: dict[int, set[str]] = defaultdict(set)
        held = UnitRole.objects.in_force().filter(officer__is_active=True)
        for role, unit, path, officer in held.values_list("role", "unit", "unit__path", "officer"):
            holders[role][unit].append(officer)
            roles[officer].add(path)
        return cls(
            {pk: parent for pk, parent, _kind, _path in units},
            {pk: path for pk, _parent, _kind, path in units},
            {pk for pk, _parent, kind, _path in units if kind == Unit.Kind.COUNTY},
            dict(Officer.objects.active().values_list("pk", "unit")),
            dict(holders[UnitRole.Role.LEADER]),
            dict(holders[UnitRole.Role.COORDINATOR]),
            roles,
            set(Officer.objects.of_no_county().values_list("pk", flat=True)),
            stand_ins_on(day),
        )

    def above(self, unit: int | None) -> Iterable[int]:
        """The unit itself and those above it."""
        while unit is not None:
            yield unit
            unit = self.units[unit]

    def nearest(self, holders: dict[int, list[int]], unit: int | None) -> list[int]:
        return next((holders[one] for one in self.above(unit) if holders.get(one)), [])

    def acting_for(self, unit: int | None) -> set[int]:
        """Who may handle what a unit has: the leaders of a station or a department, and the coordinators of a county or the
        bureau, whose leaders do not log. The nearest of them."""
        for one in self.above(unit):
            below_county = one not in self.counties and self.units[one] is not None
            if found := set(self.leaders.get(one, []) if below_county else self.coordinators.get(one, [])):
                return found
        return set()

    def approvers(self, unit: int) -> set[int]:
        """The leaders of a unit who approve for it: a county's, the bureau's, and nobody else's."""
        if unit in self.counties or self.units[unit] is None:
            return set(self.leaders.get(unit, [])) & self.serves_in.keys()
        return set()

    def raters(self, unit: int, person_unit: int, part: TookPart, turn: int) -> list[int]:
        """Who is reminded to ask how satisfied people are: the nearest coordinators, above the unit or the person, of those
        who took no part. Where the bureau itself or one of its people took part, the county may be another one, by turns
        (R12)."""
        offices = [*self.above(unit), *self.above(person_unit)]
        if not part.officers.isdisjoint(self.of_no_county) or any(
            self.counties.isdisjoint(self.above(one)) for one in part.units
        ):
            counties = sorted(self.counties & self.coordinators.keys())
            first = turn % len(counties) if counties else 0
            offices += counties[first:] + counties[:first]
        outside = (
            [one for one in self.coordinators.get(office, []) if self._is_outside(one, part)]
            for office in offices
        )
        return next(filter(None, outside), [])

    def _is_outside(self, officer: int, part: TookPart) -> bool:
        home, held = self.paths[self.serves_in[officer]], self.roles.get(officer, set())
        return officer not in part.officers and all(
            is_outside(self.paths[one], home, held) for one in part.units
        )
