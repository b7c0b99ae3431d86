"""Who could take on a person whom nobody holds, or take them over: fitting rank, near, and with room left. Proposed,
never decided."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from contacts.imports.directory import OfficerRef, UnitRef
from contacts.imports.results import read_directory
from contacts.models import Pairing, Seat, Stakeholder

# How many people one officer holds at most.
CAPS = {
    "bureau_leader": 6,
    "department_head": 5,
    "county_leader": 7,
    "station_leader": 4,
    "community_officer": 3,
}
# Who is of fitting rank for the highest of a person's seats, in the order in which they are asked.
RANKS = {
    Seat.Level.PROVINCE: ("bureau_leader", "county_leader"),
    Seat.Level.CITY: ("department_head", "county_leader"),
    Seat.Level.DISTRICT: ("station_leader", "county_leader"),
    Seat.Level.TOWNSHIP: ("community_officer",),
    "": ("community_officer", "station_leader", "county_leader"),
}
EVERYWHERE = {"bureau_leader", "department_head"}  # they serve the whole city
REASONS = {
    "everywhere": _("serves the whole city and holds %(load)s of %(cap)s"),
    "county": _("leads the county and holds %(load)s of %(cap)s"),
    "station": _("serves at the station of the street and holds %(load)s of %(cap)s"),
    "full": _("everybody of fitting rank nearby holds as many as they can; a person must decide"),
    "nowhere": _("neither an address nor a unit tells who is near; a person must decide"),
}


@dataclass(frozen=True)
class Choice:
    """Somebody who could be taken instead, with how many they hold today."""

    officer: OfficerRef
    load: int

    def __str__(self) -> str:
        cap = CAPS[self.officer.post_class]
        return f"{self.officer.name} {self.officer.police_number} ({self.load}/{cap})"


@dataclass(frozen=True)
class Proposal:
    """`officer` None: a person must decide, and `why` says what stands in the way. `eligible` are all who could be
    taken, the proposed one among them; `held` says how many each holds."""

    stakeholder: Stakeholder
    officer: OfficerRef | None
    reason: str
    load: int
    eligible: list[OfficerRef]
    held: Counter[int]

    @property
    def choices(self) -> list[Choice]:
        return [Choice(officer, self.held[officer.pk]) for officer in self.eligible]

    @property
    def why(self) -> str:
        cap = CAPS[self.officer.post_class] if self.officer else 0
        return REASONS[self.reason] % {"load": self.load, "cap": cap}


def propose(
    people: Iterable[Stakeholder],
    day: dt.date,
    *,
    within: Collection[int] | None = None,
    instead_of: Mapping[int, int] | None = None,
    unit: int | None = None,
) -> list[Proposal]:
    """One proposal for each person. Whoever has the fewest officers to choose from chooses first; of those who fit, the
    nearest is taken, then the one with the lightest load. What is proposed counts as load from there on.

    `within`: the officers who may be named, None everybody; `instead_of`: person → the officer who is not to have them;
    `unit`: whose officers come first, and may be chosen whatever their rank."""
    board = Board(day, within, instead_of or {}, unit)
    people = list(people)
    prefetch_related_objects(people, "seats")
    wanted = [(person, board.candidates(person)) for person in people]
    wanted.sort(key=lambda one: (len(one[1]), one[0].pk))
    return sorted((board.choose(*one) for one in wanted), key=lambda proposal: proposal.stakeholder.pk)


class Board:
    """Who serves where, and who holds how many."""

    def __init__(
        self, day: dt.date, within: Collection[int] | None, instead_of: Mapping[int, int], unit: int | None
    ) -> None:
        self.day, self.instead_of, self.unit = day, instead_of, unit
        self.directory = read_directory()
        self.held = Counter(Pairing.objects.open(day).values_list("officer", flat=True))
        self.loads = self.held.copy()
        self.serving: dict[tuple[str, int | None], list[OfficerRef]] = defaultdict(list)
        self.colleagues: list[OfficerRef] = []
        for officer in self.directory.officers.values():
            if within is None or officer.pk in within:
                place = None if officer.post_class in EVERYWHERE else officer.unit_id
                self.serving[officer.post_class, place].append(officer)
                if officer.unit_id == unit:
                    self.colleagues.append(officer)

    def candidates(self, person: Stakeholder) -> list[tuple[OfficerRef, str]]:
        """Everybody of fitting rank and near, the nearest rank first, each with how near."""
        station, county = self.place_of(person)
        found = []
        for rank in RANKS[self.level_of(person)]:
            near = "everywhere" if rank in EVERYWHERE else "county" if rank == "county_leader" else "station"
            place = {"everywhere": None, "county": county, "station": station}[near]
            if near == "everywhere" or place:
                found += [(officer, near) for officer in self.serving[rank, place.pk if place else None]]
        return [one for one in found if one[0].pk != self.instead_of.get(person.pk)]

    def place_of(self, person: Stakeholder) -> tuple[UnitRef | None, UnitRef | None]:
        """The station and the county of a person: of the unit in charge, else of the street."""
        unit = self.directory.units[person.unit_id]
        station = (
            unit
            if unit.kind in {"station", "team"}
            else self.directory.station_of(person.street, person.address)
        )
        county = self.directory.units.get(station.parent_id or 0) if station else unit
        return station, county if county and county.kind == "county" else None

    def level_of(self, person: Stakeholder) -> str:
        """The highest level of the seats held that day."""
        held = {
            seat.level
            for seat in person.seats.all()
            if (seat.started_on or self.day) <= self.day <= (seat.ended_on or self.day)
        }
        return next((level for level in RANKS if level in held), "")

    def choose(self, person: Stakeholder, candidates: list[tuple[OfficerRef, str]]) -> Proposal:
        eligible = self.eligible(person, [officer for officer, _near in candidates])
        free = [one for one in candidates if self.loads[one[0].pk] < CAPS[one[0].post_class]]
        if not free:
            return Proposal(person, None, "full" if candidates else "nowhere", 0, eligible, self.held)
        ranks = list(dict.fromkeys(officer.post_class for officer, _near in candidates))
        officer, near = min(free, key=lambda one: self.burden(one[0], ranks))
        load = self.loads[officer.pk]
        self.loads[officer.pk] += 1
        return Proposal(person, officer, near, load, eligible, self.held)

    def eligible(self, person: Stakeholder, fitting: list[OfficerRef]) -> list[OfficerRef]:
        """Whoever fits and then the colleagues, each once."""
        colleagues = [one for one in self.colleagues if one.pk != self.instead_of.get(person.pk)]
        return list(dict.fromkeys([*fitting, *colleagues]))

    def burden(self, officer: OfficerRef, ranks: list[str]) -> tuple[bool, int, float, str]:
        share = self.loads[officer.pk] / CAPS[officer.post_class]
        return officer.unit_id != self.unit, ranks.index(officer.post_class), share, officer.police_number
