"""Who is who in the tree of units, for steps that concern leaders and coordinators."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from contacts.models import Officer, Unit, UnitRole
from schedules.notices.recipients import leaders_by_unit, stand_ins_on


@dataclass
class People:
    """Who is who, read once when there is something to tell."""

    units: dict[int, int | None] = field(default_factory=dict)  # unit → the one above
    counties: set[int] = field(default_factory=set)
    serves_in: dict[int, int] = field(default_factory=dict)  # officer who may sign in → unit
    leaders: dict[int, list[int]] = field(default_factory=dict)
    coordinators: dict[int, list[int]] = field(default_factory=dict)
    stand_ins: dict[int, int] = field(default_factory=dict)

    @classmethod
    def read(cls, day: dt.date) -> People:
        units = list(Unit.objects.values_list("pk", "parent", "kind"))
        coordinators: dict[int, list[int]] = defaultdict(list)
        roles = UnitRole.objects.in_force().filter(role=UnitRole.Role.COORDINATOR, officer__is_active=True)
        for unit, officer in roles.values_list("unit", "officer"):
            coordinators[unit].append(officer)
        return cls(
            {pk: parent for pk, parent, _kind in units},
            {pk for pk, _parent, kind in units if kind == Unit.Kind.COUNTY},
            dict(Officer.objects.active().values_list("pk", "unit")),
            leaders_by_unit(),
            dict(coordinators),
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
