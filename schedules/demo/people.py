"""The people who watch over the police work: who they are, how to reach them, which seats they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from contacts import names
from contacts.models import ContactPhone, Pairing, Seat, Stakeholder, Unit
from schedules.demo import words
from schedules.demo.chance import chance
from schedules.demo.city import City

# How many at scale 1, and how many in a hundred of them sit in the people's congress (the others in the CPPCC).
DEPUTIES = {"province": (96, 60), "city": (400, 58), "district": (705, 60), "township": (560, 100)}
MEDIA, PATROL, MONITORS = 20, 30, 2000
_KINDS = Seat.Kind
_COLUMNS = {"npc_deputy": "人民代表大会", "cppcc_member": "政协"}


@dataclass
class Person:
    """A person being made: `station` is where they live, `level` the level of the first seat."""

    row: Stakeholder
    station: Unit
    kind: str
    level: str = ""
    number: int = 0  # among all, so that chance does not hang on the ids that a database gives
    seats: list[Seat] = field(default_factory=list)
    phones: list[ContactPhone] = field(default_factory=list)
    pairings: list[Pairing] = field(default_factory=list)  # oldest first


def build(city: City, scale: float, day: dt.date) -> list[Person]:
    """Everybody, not saved yet: deputies and members first, then the supervisors, visitors and monitors."""
    people = [*_deputies(city, scale, day), *_others(city, scale, day)]
    for number, person in enumerate(people):
        person.number = number
    _give_numbers(people)
    _enter_twice(people)
    return people


def save(people: list[Person]) -> None:
    Stakeholder.objects.bulk_create([person.row for person in people], batch_size=2000)
    for person in people:
        parts: list[Seat | ContactPhone | Pairing] = [*person.seats, *person.phones, *person.pairings]
        for part in parts:
            part.stakeholder = person.row
    Seat.objects.bulk_create([seat for person in people for seat in person.seats], batch_size=2000)
    ContactPhone.objects.bulk_create([phone for person in people for phone in person.phones], batch_size=2000)
    Pairing.objects.bulk_create(
        [pairing for person in people for pairing in person.pairings], batch_size=2000
    )


def sized(number: int, scale: float) -> int:
    return max(1, round(number * scale))


def _person(rng: Random, station: Unit, city: City, kind: str, level: str, employer: str) -> Person:
    female = rng.random() < 0.31
    given = words.GIVEN_FEMALE if female else words.GIVEN_MALE
    name = rng.choice(words.SURNAMES) + "".join(rng.sample(given, 1 if rng.random() < 0.2 else 2))
    pinyin, initials = names.spell(name)
    known = rng.random()
    row = Stakeholder(
        name=name,
        pinyin=pinyin,
        initials=initials,
        sex="f" if female else "m",
        birth_year=rng.randint(1951, 1994) if known < 0.97 else None,
        birth_month=rng.randint(1, 12) if known < 0.9 else None,
        employer=employer,
        street=city.street[station.pk],
        address=f"{city.street[station.pk]}{rng.choice(words.ROADS)}{rng.randint(1, 380)}号",
        unit=station,
        email=f"{pinyin.replace(' ', '')}{rng.randint(10, 99)}@post.example" if rng.random() < 0.45 else "",
    )
    return Person(row, station, kind, level)


# --- deputies and members ------------------------------------------------------------------------------------


def _deputies(city: City, scale: float, day: dt.date) -> Iterator[Person]:
    rng = chance("deputies")
    term = dt.date(day.year - 3, 1, 10)
    for level, (number, in_congress) in DEPUTIES.items():
        for _each in range(sized(number, scale)):
            station = rng.choice(city.stations)
            kind = _KINDS.NPC_DEPUTY if rng.randrange(100) < in_congress else _KINDS.CPPCC_MEMBER
            person = _person(rng, station, city, kind, level, _employer(rng, station, city, level))
            person.seats.append(_seat(person, city, kind, level, term, day, rng))
            # Some hold a second mandate one level below.
            if level in {"city", "district"} and rng.random() < 0.025:
                below = {"city": "district", "district": "township"}[level]
                person.seats.append(_seat(person, city, _KINDS.NPC_DEPUTY, below, term, day, rng))
            yield person


def _seat(
    person: Person, city: City, kind: str, level: str, term: dt.date, day: dt.date, rng: Random
) -> Seat:
    started, ended = term, None
    luck = rng.random()
    if luck < 0.3:
        ended = dt.date(day.year + 2, 1, 9)
    elif luck < 0.306:
        ended = day - dt.timedelta(days=rng.randint(20, 150))  # resigned
    elif luck < 0.316:
        started = day - dt.timedelta(days=rng.randint(30, 170))  # elected later
    place = _place(person.station, level, city)
    body = f"{place}{_COLUMNS[kind]}" if kind == _KINDS.NPC_DEPUTY else f"{_COLUMNS[kind]}{place}委员会"
    return Seat(
        kind=kind,
        level=level,
        body=body,
        delegation=f"{_place(person.station, 'district', city)}代表团"
        if level in {"province", "city"}
        else "",
        term_number={"province": 14, "city": 17, "district": 18, "township": 19}[level],
        started_on=started,
        ended_on=ended,
    )


def _place(station: Unit, level: str, city: City) -> str:
    """The place whose body it is; a branch bureau serves a district, a county bureau a city."""
    if level == "province":
        return "省"
    if level == "city":
        return f"{words.CITY}市"
    if level == "township":
        return city.street[station.pk].removesuffix("街道") + "镇"
    short = city.county_of(station).short_name
    place = short.removesuffix("市局").removesuffix("分局").removesuffix("区")
    return place + ("市" if short.endswith("市局") else "区")


def _employer(rng: Random, station: Unit, city: City, level: str) -> str:
    luck = rng.random()
    if level in {"province", "city"} and luck < 0.5:
        return rng.choice(words.CITY_OFFICES)
    if luck < 0.5:
        return rng.choice(words.FIRMS) + rng.choice(words.FIRM_POSTS)
    return city.street[station.pk].removesuffix("街道") + rng.choice(words.OFFICES)


# --- supervisors, visitors, monitors -------------------------------------------------------------------------


def _others(city: City, scale: float, day: dt.date) -> Iterator[Person]:
    rng = chance("others")
    since = dt.date(day.year - 1, 3, 1)
    for _each in range(sized(MEDIA, scale)):
        person = _person(
            rng, rng.choice(city.stations), city, _KINDS.MEDIA_SUPERVISOR, "", rng.choice(words.NEWSROOMS)
        )
        yield _appointed(
            person, city.departments[0], since, None, occupation="新闻", appointed_by=city.bureau
        )
    for _each in range(sized(PATROL, scale)):
        station = rng.choice(city.stations)
        employer = _employer(rng, station, city, "district")
        person = _person(rng, station, city, _KINDS.PATROL_VISITOR, "", employer)
        walk = rng.choice(words.WALKS_OF_LIFE)
        yield _appointed(person, station, since, None, occupation=walk, appointed_by=city.bureau)
    certificates = count(1)
    for _each in range(sized(MONITORS, scale)):
        station = rng.choice(city.stations)
        unit = rng.choices([city.bureau, city.county_of(station), station], [1, 4, 6])[0]
        person = _person(
            rng, station, city, _KINDS.DISCIPLINE_MONITOR, "", _employer(rng, station, city, "district")
        )
        certificate = f"云警监〔{since.year}〕{next(certificates):04d}号"
        walk = rng.choice(words.WALKS_OF_LIFE)
        ended = dt.date(since.year + 3, 3, 1) - dt.timedelta(days=1)
        yield _appointed(
            person, unit, since, ended, occupation=walk, certificate=certificate, appointed_by=unit
        )


def _appointed(
    person: Person, unit: Unit, since: dt.date, until: dt.date | None, *, appointed_by: Unit, **fields: str
) -> Person:
    person.row.unit = unit
    person.seats.append(Seat(kind=person.kind, unit=appointed_by, started_on=since, ended_on=until, **fields))
    return person


# --- people whom two offices entered -------------------------------------------------------------------------


def _enter_twice(people: list[Person]) -> None:
    """Some monitors are deputies as well, and stand there twice until somebody decides."""
    deputies = [person for person in people if person.level and person.phones]
    monitors = [
        person for person in people if person.kind == _KINDS.DISCIPLINE_MONITOR and len(person.phones) == 1
    ]
    for deputy, monitor in zip(deputies[::211], monitors[::211], strict=False):
        for name in ("name", "pinyin", "initials", "sex", "birth_year", "birth_month", "employer"):
            setattr(monitor.row, name, getattr(deputy.row, name))
        monitor.phones[0].e164, monitor.phones[0].raw = deputy.phones[0].e164, deputy.phones[0].raw


# --- phones --------------------------------------------------------------------------------------------------


def _give_numbers(people: list[Person]) -> None:
    """A mobile for nearly everybody, some with a switchboard too. All of them from the lowest hundred blocks of the
    newest mobile network and from one block of a local exchange; none was taken from a person."""
    rng = chance("phones")
    for person in people:
        if rng.random() < 0.985:
            e164 = f"+86192{person.number * 7919 % 1_000_003:08d}"
            person.phones.append(ContactPhone(e164=e164, kind="mobile", raw=e164[3:]))
        if person.level in {"province", "city"} and rng.random() < 0.4:
            extension = str(rng.randint(8001, 8099))
            number = f"8000{rng.randint(0, 40):04d}"
            person.phones.append(
                ContactPhone(
                    e164=f"+86510{number}", extension=extension, kind="landline", raw=f"{number}转{extension}",
                    position=len(person.phones),
                )
            )  # fmt: skip
