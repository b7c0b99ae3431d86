"""Who gets which digest, and when: as they chose, and where they chose nothing, leaders those of their own unit once the
figures are frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from contacts import access
from contacts.access import Deed
from contacts.models import Officer, UnitRole
from schedules.models import DigestChoice

When = DigestChoice.When
BY_ITSELF = ("month", "quarter", "half_year", "year")  # what leaders get without asking


class Choices:
    """All choices, read once."""

    def __init__(self, leaders: dict[int, list[int]], made: Iterable[DigestChoice]) -> None:
        """`leaders`: of each unit; `made`: the choices that still stand."""
        self.leaders = leaders
        self.made: dict[tuple[int, str], dict[int, str]] = defaultdict(dict)
        for choice in made:
            self.made[choice.unit_id, choice.cadence][choice.officer_id] = choice.when

    @classmethod
    def read(cls) -> Choices:
        """A choice about a unit that its officer may not look at any more stays, and does nothing."""
        made = list(DigestChoice.objects.filter(officer__is_active=True).select_related("unit"))
        reach = access.reaches(Deed.DIGEST, {choice.officer_id for choice in made})
        stands = [one for one in made if reach[one.officer_id].covers(one.unit.path, own=False)]
        return cls(leaders_of_units(), stands)

    def units(self, cadence: str, *, ahead: bool) -> set[int]:
        """Whose digests of such periods have to be made."""
        led = {unit for unit in self.leaders if cadence in BY_ITSELF and not ahead}
        return led | {
            unit for unit, of in self.made if of == cadence and self.recipients(unit, of, ahead=ahead)
        }

    def recipients(self, unit: int, cadence: str, *, ahead: bool) -> list[int]:
        """Who is told of one."""
        by_themselves = self.leaders.get(unit, ()) if cadence in BY_ITSELF else ()
        wanted = dict.fromkeys(by_themselves, When.FROZEN.value) | self.made.get((unit, cadence), {})
        fits = {When.BOTH, When.AHEAD if ahead else When.FROZEN}
        return sorted(officer for officer, when in wanted.items() if when in fits)


def leaders_of_units() -> dict[int, list[int]]:
    """The leaders of each unit that has some and may be signed in as."""
    roles = UnitRole.objects.in_force().filter(role=UnitRole.Role.LEADER, officer__is_active=True)
    found: dict[int, list[int]] = defaultdict(list)
    for unit, officer in roles.order_by("officer").values_list("unit", "officer"):
        found[unit].append(officer)
    return found


def of_officer(officer: Officer) -> dict[tuple[int, str], str]:
    """What the officer gets: unit and cadence → when, of their own units and of those they chose something for."""
    led = officer.roles.in_force().filter(role=UnitRole.Role.LEADER).values_list("unit", flat=True)
    found = {(unit, cadence): When.FROZEN.value for unit in led for cadence in BY_ITSELF}
    made = DigestChoice.objects.filter(officer=officer).values_list("unit", "cadence", "when")
    return found | {(unit, cadence): when for unit, cadence, when in made}
