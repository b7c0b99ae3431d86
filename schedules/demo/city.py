"""The units of the made-up city, its officers and who holds which role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from django.contrib.auth.hashers import make_password

from contacts import names
from contacts.models import Officer, Unit, UnitRole
from schedules.demo import words
from schedules.demo.chance import chance

PASSWORD = "yunze-liaison"  # noqa: S105 - printed at every start; only `demo` sets it  # nosec B105
# Who works for the liaison or watches over it, without pairings: post, department, role on the bureau.
STAFF = {
    "联络协调员": ("警察公共关系处", UnitRole.Role.COORDINATOR),
    "系统管理员": ("科技信息化支队", UnitRole.Role.SYSTEM_ADMIN),
    "安全管理员": ("政治部", UnitRole.Role.SECURITY_ADMIN),
    "安全审计员": ("督察支队", UnitRole.Role.AUDITOR),
    "督察民警": ("纪检监察组", UnitRole.Role.DISCIPLINE_REVIEWER),
}
_HEADS = ["局长", "政委", "副局长", "副局长", "副局长", "纪检组长", "政治部主任", "副局长"]


@dataclass
class City:
    """The units by kind, the officers by unit, in the order in which they were made."""

    bureau: Unit
    departments: list[Unit] = field(default_factory=list)
    counties: list[Unit] = field(default_factory=list)
    stations: list[Unit] = field(default_factory=list)
    teams: list[Unit] = field(default_factory=list)
    officers: dict[int, list[Officer]] = field(default_factory=dict)
    street: dict[int, str] = field(default_factory=dict)  # of each station
    staff: dict[str, Officer] = field(default_factory=dict)  # by post, see STAFF

    @property
    def units(self) -> list[Unit]:
        return [self.bureau, *self.departments, *self.counties, *self.stations, *self.teams]

    def county_of(self, station: Unit) -> Unit:
        return next(county for county in self.counties if county.pk == station.parent_id)

    def of(self, unit: Unit, post_class: str) -> list[Officer]:
        return [officer for officer in self.officers.get(unit.pk, []) if officer.post_class == post_class]


def build(scale: float, since: dt.datetime) -> City:
    """119 units and about 650 officers at scale 1; a larger city has more stations, a smaller one fewer of all."""
    city = _units(scale)
    _officers(city, scale)
    _roles(city, since)
    return city


# --- units ---------------------------------------------------------------------------------------------------


def _units(scale: float) -> City:
    city = City(_unit("990200000000", f"{words.CITY}市公安局", "市局", Unit.Kind.BUREAU, None))
    _save([city.bureau])
    departments = words.DEPARTMENTS[: max(len(STAFF), min(14, round(14 * scale)))]
    for number, name in enumerate(departments, 1):
        code, full = f"990200{100 + number}000", f"{city.bureau.name}{name}"
        city.departments.append(_unit(code, full, name, Unit.Kind.DEPARTMENT, city.bureau))
    for number, (name, short) in enumerate(words.COUNTIES[: max(2, min(9, round(9 * scale)))], 1):
        full = name if name.endswith("市公安局") else f"{city.bureau.name}{name}"
        city.counties.append(_unit(f"9902{number:02d}000000", full, short, Unit.Kind.COUNTY, city.bureau))
    _save(city.departments + city.counties)
    places = _places(max(len(city.counties) * 2, round(86 * scale)))
    for number, place in enumerate(places):
        county = city.counties[number % len(city.counties)]
        code = f"{county.code[:6]}{5001 + number // len(city.counties):04d}00"
        city.stations.append(
            _unit(code, f"{county.name}{place}派出所", f"{place}派出所", Unit.Kind.STATION, county)
        )
    for county in city.counties:
        team = _unit(
            f"{county.code[:6]}300000",
            f"{county.name}治安大队",
            f"{county.short_name}治安大队",
            Unit.Kind.TEAM,
            county,
        )
        city.teams.append(team)
    _save(city.stations + city.teams)
    city.street = {station.pk: f"{place}街道" for station, place in zip(city.stations, places, strict=True)}
    return city


def _unit(code: str, name: str, short_name: str, kind: str, parent: Unit | None) -> Unit:
    unit = Unit(code=code, name=name, short_name=short_name, kind=kind, parent=parent)
    unit.path = unit.path_below(parent)
    return unit


def _save(units: list[Unit]) -> None:
    Unit.objects.bulk_create(units)


def _places(wanted: int) -> list[str]:
    """As many different names of places; a very large city numbers them."""
    rounds = -(-wanted // len(words.PLACES))
    suffixes = ["", "东", "西", "南", "北", "中", "新"] + [f"第{n}" for n in range(1, max(1, rounds))]
    return [place + suffix for suffix in suffixes[:rounds] for place in words.PLACES][:wanted]


# --- officers ------------------------------------------------------------------------------------------------


def _officers(city: City, scale: float) -> None:
    """Eight leaders, two heads per department, five leaders per county, two per station, one per team, and the
    community officers: five at every second station, four at the others."""
    rng, numbers, password = chance("officers"), count(10001), make_password(PASSWORD)
    made: list[Officer] = []

    def add(unit: Unit, post: str, post_class: str) -> None:
        number = f"{next(numbers):06d}"
        name = _name(rng, female=rng.random() < 0.18)
        officer = Officer(
            police_number=number,
            name=name,
            unit=unit,
            post=post,
            post_class=post_class,
            mobile=f"+8619200{next(mobiles):06d}",
            email=f"p{number}@yunze-police.example" if rng.random() < 0.96 else "",
            password=password,
        )
        officer.pinyin, officer.initials = names.spell(name)
        made.append(officer)

    mobiles = count(1)
    kinds = Officer.PostClass
    for post in _HEADS:
        add(city.bureau, post, kinds.BUREAU_LEADER)
    for unit in city.departments:
        for post in ("主要负责人", "副职"):
            add(unit, post, kinds.DEPARTMENT_HEAD)
        for post in (post for post, (department, _role) in STAFF.items() if department == unit.short_name):
            add(unit, post, kinds.COMMUNITY_OFFICER)
            city.staff[post] = made[-1]
    larger = max(1.0, scale)
    for unit in city.counties:
        for post in _repeat(["局长", "政委", "副局长", "副局长", "政工室主任"], larger):
            add(unit, post, kinds.COUNTY_LEADER)
    for unit in city.teams:
        add(unit, "大队长", kinds.STATION_LEADER)
    for number, unit in enumerate(city.stations):
        add(unit, "所长", kinds.STATION_LEADER)
        add(unit, "教导员", kinds.STATION_LEADER)
        for _each in range(4 + number % 2):
            add(unit, "社区民警", kinds.COMMUNITY_OFFICER)
    Officer.objects.bulk_create(made, batch_size=2000)
    for officer in made:
        city.officers.setdefault(officer.unit_id, []).append(officer)


def _repeat(posts: list[str], times: float) -> list[str]:
    """County bureaus of a larger city have more deputies to their chief."""
    return posts + ["副局长"] * round((times - 1) * len(posts))


def _name(rng, *, female: bool) -> str:
    given = words.GIVEN_FEMALE if female else words.GIVEN_MALE
    surname = rng.choice(words.SURNAMES)
    return surname + "".join(rng.sample(given, 1 if rng.random() < 0.22 else 2))


# --- roles ---------------------------------------------------------------------------------------------------


def _roles(city: City, since: dt.datetime) -> None:
    """Leaders lead their units, the head of the political office coordinates a county, and STAFF the rest."""
    roles = UnitRole.Role
    held: list[tuple[Officer, Unit, str]] = []
    kinds = Officer.PostClass
    held += [(officer, city.bureau, roles.LEADER) for officer in city.of(city.bureau, kinds.BUREAU_LEADER)]
    for county in city.counties:
        leaders = city.of(county, kinds.COUNTY_LEADER)
        held += [(officer, county, roles.LEADER) for officer in leaders if officer.post != "政工室主任"]
        held += [(officer, county, roles.COORDINATOR) for officer in leaders if officer.post == "政工室主任"]
    for unit in city.stations + city.teams:
        held += [(officer, unit, roles.LEADER) for officer in city.of(unit, kinds.STATION_LEADER)]
    held += [(heads[0], unit, roles.LEADER) for unit, heads in _by_department(city)]
    staff = {role: city.staff[post] for post, (_department, role) in STAFF.items()}
    held += [(officer, city.bureau, role) for role, officer in staff.items()]
    held += [(_second_reviewer(city), city.bureau, roles.DISCIPLINE_REVIEWER)]
    proposer, approver = staff[roles.SYSTEM_ADMIN], staff[roles.SECURITY_ADMIN]
    UnitRole.objects.bulk_create(
        [
            UnitRole(
                officer=officer, unit=unit, role=role, proposed_at=since, approved_at=since,
                # The first three powers come from the command line; these propose and approve the others.
                proposed_by=None if officer in (proposer, approver) else proposer,
                approved_by=None if officer in (proposer, approver) else approver,
            )
            for officer, unit, role in held
        ],
        batch_size=2000,
    )  # fmt: skip


def _second_reviewer(city: City) -> Officer:
    """Of another department than the first, so that a case about either has a reviewer."""
    legal = [unit for unit in city.departments if unit.short_name == "法制支队"]
    unit = (legal or city.departments)[-1]
    return city.of(unit, Officer.PostClass.DEPARTMENT_HEAD)[-1]


def _by_department(city: City) -> Iterable[tuple[Unit, list[Officer]]]:
    return ((unit, city.of(unit, Officer.PostClass.DEPARTMENT_HEAD)) for unit in city.departments)
