"""Who is told of a stage: the responsible officer and whoever stands in for them, and of what was missed their unit's
leaders too (R10)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from contacts.models import Officer, StandIn, Unit, UnitRole
from schedules.models import Stage
from schedules.notices.stages import Due


@dataclass
class Recipients:
    active: set[int]  # only who may sign in can be told
    leaders: dict[int, list[int]] = field(default_factory=dict)  # by unit
    parents: dict[int, int | None] = field(default_factory=dict)  # of each unit
    stand_ins: dict[int, int] = field(default_factory=dict)  # absent officer → who stands in today

    @classmethod
    def of(cls, found: list[Due], day: dt.date) -> Recipients:
        """Read once for all of them; nothing is read when nothing is due, the tree only when something was missed."""
        if not found:
            return cls(set())
        active = set(Officer.objects.active().values_list("pk", flat=True))
        if not any(one.stage == Stage.MISSED for one in found):
            return cls(active, stand_ins=stand_ins_on(day))
        parents = dict(Unit.objects.values_list("pk", "parent"))
        return cls(active, leaders_by_unit(), parents, stand_ins_on(day))

    def for_(self, one: Due) -> list[int]:
        wanted = self.active & {one.officer_id, self.stand_ins.get(one.officer_id or 0)}
        if one.stage == Stage.MISSED:
            wanted |= set(self._leaders_of(one.unit_id))
        return sorted(wanted)

    def _leaders_of(self, unit: int | None) -> list[int]:
        """Those of the unit or, where it has none, of the nearest unit above that has."""
        while unit is not None:
            if unit in self.leaders:
                return self.leaders[unit]
            unit = self.parents[unit]
        return []


def stand_ins_on(day: dt.date) -> dict[int, int]:
    """Absent officer → who stands in on the day."""
    return dict(StandIn.objects.in_force(day).values_list("absent", "stand_in"))


def leaders_by_unit() -> dict[int, list[int]]:
    """The leaders who may sign in, by the unit they lead."""
    found: dict[int, list[int]] = defaultdict(list)
    roles = UnitRole.objects.in_force().filter(role=UnitRole.Role.LEADER, officer__is_active=True)
    for unit, officer in roles.values_list("unit", "officer"):
        found[unit].append(officer)
    return dict(found)
