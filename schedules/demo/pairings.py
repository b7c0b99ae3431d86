"""Who looks after whom, and since when: the higher the seat, the higher the officer."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random

from contacts.models import Officer, Pairing
from schedules.demo import sayings
from schedules.demo.chance import chance
from schedules.demo.city import City
from schedules.demo.people import Person

# How many people an officer of a class takes before the next class is asked.
CAPS = {"bureau_leader": 6, "department_head": 5, "county_leader": 9, "station_leader": 4}
HANDED_OVER, UNPAIRED = 0.07, 0.012


def arrange(city: City, people: list[Person], start: dt.date, day: dt.date) -> None:
    """Pair every deputy, member, supervisor and visitor, and put the last officer's unit in charge of them."""
    load: Counter[int] = Counter()
    for person in people:
        if person.kind == "discipline_monitor":
            continue  # they are appointed, met and heard by their unit, and nobody's in particular
        officer = _holder(city, person, load, chance("holder", person.number))
        load[officer.pk] += 1
        person.pairings = list(
            _through_time(city, person, officer, start, day, chance("pairing", day, person.number))
        )
        person.row.unit = person.pairings[-1].unit


def _holder(city: City, person: Person, load: Counter[int], rng: Random) -> Officer:
    leaders = city.of(city.county_of(person.station), "county_leader")
    leaders = [officer for officer in leaders if officer.post != "政工室主任"]
    heads = [officer for unit in city.departments for officer in city.of(unit, "department_head")]
    station_leaders = city.of(person.station, "station_leader")
    asked = {
        "province": [city.of(city.bureau, "bureau_leader"), leaders],
        "city": [heads if rng.random() < 0.4 else leaders, heads, leaders],
        "district": [station_leaders, leaders if rng.random() < 0.25 else []],
        "township": [],
        "": [station_leaders]
        if person.kind == "patrol_visitor"
        else [city.of(city.departments[0], "department_head")],
    }[person.level]
    for officers in asked:
        free = [officer for officer in officers if load[officer.pk] < CAPS[officer.post_class]]
        if free:
            return rng.choice(free)
    officers = city.of(person.station, "community_officer")
    # One officer of a station does most of the liaison, the others help.
    return rng.choices(officers, [6, 2, 1, 1, 1][: len(officers)])[0]


def _through_time(city: City, person: Person, officer: Officer, start: dt.date, day: dt.date, rng: Random):
    """One pairing since before the history began; for some a predecessor in it, and a few have lost their officer."""
    began = start - dt.timedelta(days=rng.randint(20, 700))
    luck = rng.random()
    if luck < HANDED_OVER:
        change = start + dt.timedelta(days=rng.randint(10, max(11, (day - start).days - 3)))
        before = _colleague(city, officer, rng)
        if before:
            reason = rng.choice(sayings.HAND_OVERS)
            last = change - dt.timedelta(days=1)
            yield _pairing(before, person, began, last, end_reason=reason)
            yield _pairing(officer, person, change, None, reason=reason)
            return
    if luck > 1 - UNPAIRED:
        last = day - dt.timedelta(days=rng.randint(3, 60))
        yield _pairing(officer, person, began, last, end_reason=rng.choice(sayings.UNPAIRED))
        return
    yield _pairing(officer, person, began, None)


def _colleague(city: City, officer: Officer, rng: Random) -> Officer | None:
    others = [
        one
        for one in city.officers[officer.unit_id]
        if one != officer and one.post_class == officer.post_class
    ]
    return rng.choice(others) if others else None


def _pairing(
    officer: Officer, person: Person, since: dt.date, until: dt.date | None, **fields: str
) -> Pairing:
    return Pairing(officer=officer, unit=officer.unit, started_on=since, ended_on=until, **fields)
