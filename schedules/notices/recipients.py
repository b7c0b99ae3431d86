"""Who is told of a stage: the responsible officer, and of what was missed their unit's leaders too (R10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from contacts.models import Officer, Unit, UnitRole
from schedules.models import Stage
from schedules.notices.stages import Due


@dataclass
class Recipients:
    active: set[int]  # only who may sign in can be told
    leaders: dict[int, list[int]] = field(default_factory=dict)  # by unit
    parents: dict[int, int | None] = field(default_factory=dict)  # of each unit

    @classmethod
    def of(cls, found: list[Due]) -> Recipients:
        """Read once for all of them; nothing is read when nothing is due, the tree only when something was missed."""
        if not found:
            return cls(set())
        active = set(Officer.objects.active().values_list("pk", flat=True))
        if not any(one.stage == Stage.MISSED for one in found):
            return cls(active)
        return cls(active, leaders_by_unit(), dict(Unit.objects.values_list("pk", "parent")))

    def for_(self, one: Due) -> Iterable[int]:
        wanted = self.active & {one.officer_id}
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


def leaders_by_unit() -> dict[int, list[int]]:
    """The leaders who may sign in, by the unit they lead."""
    found: dict[int, list[int]] = defaultdict(list)
    roles = UnitRole.objects.in_force().filter(role=UnitRole.Role.LEADER, officer__is_active=True)
    for unit, officer in roles.values_list("unit", "officer"):
        found[unit].append(officer)
    return dict(found)
