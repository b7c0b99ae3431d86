"""A small bureau made by chance from a seed, with a history of autumn 2026: for what must hold of any bureau."""

from __future__ import annotations

import datetime as dt
from random import Random

from contacts.models import Feedback, Rating, Telling, Topic
from schedules.models import PassState
from tests import factories
from tests.factories import Bureau
from tests.schedules.scenes import at, day, owe

FIRST, LAST = day("2026-09-01"), day("2026-11-17")
VERDICTS = Rating.Verdict.values


def seeded_bureau(seed: int) -> Bureau:
    """The named people of `small_bureau`, and by chance more units, officers and people; what is owed, what was done of
    it, and what was said and answered."""
    chance = Random(seed)
    made = factories.small_bureau()
    PassState.objects.create(first_day=FIRST, latest_at=at("2026-11-18 10:00"))
    stations = [made.station, made.other_station]
    for number in range(chance.randint(0, 3)):
        county = chance.choice([made.county, made.other_county])
        stations.append(factories.unit(f"派出所{number}", county))
    holders = [made.alice, made.bob, made.dan, made.carl, made.lea]
    holders += [factories.officer(f"民警{n}", chance.choice(stations)) for n in range(chance.randint(1, 5))]
    topics = [None, *(Topic.objects.create(name=name) for name in ("停车", "噪声", "路灯"))]
    topics.append(Topic.objects.create(name="夜间噪声", parent=topics[2]))
    people = [made.deputy]
    for number in range(chance.randint(6, 14)):
        holder = chance.choice(holders)
        person = factories.stakeholder(f"代表{number}", holder.unit)
        factories.seat(person)
        if chance.random() < 0.85:
            _hold(chance, holders, person)
        people.append(person)
    for person in people:
        _history(chance, holders, person)
    for number in range(chance.randint(4, 12)):
        _said(chance, number, chance.choice(people), holders, chance.choice(topics), stations)
    return made


def _hold(chance: Random, holders: list, person) -> None:
    """Held all the time, or handed over in October."""
    first, second = chance.sample(holders, 2)
    if chance.random() < 0.3:
        moved = day("2026-10-15")
        factories.pairing(first, person, ended_on=moved - dt.timedelta(days=1))
        factories.pairing(second, person, moved)
    else:
        factories.pairing(first, person)


def _history(chance: Random, holders: list, person) -> None:
    if person.pairings.exists():
        for key in ("2026-09", "2026-10", "2026-11"):
            fields = {}
            if chance.random() < 0.1:
                by = chance.choice(holders)
                fields = {"waived_at": at(f"{key}-12 09:00"), "waived_by": by, "waive_reason": "Abroad."}
            owe(person, key, **fields)
        owe(person, "2026-Q4", "visit")
    for _n in range(chance.randint(0, 5)):
        factories.record(
            person,
            chance.choice(holders),
            _instant(chance),
            kind=chance.choice(["call", "call", "visit", "meeting"]),
            outcome=chance.choice(["reached", "reached", "no_answer"]),
        )


def _instant(chance: Random) -> dt.datetime:
    return at(f"{_day(chance, FIRST)} {chance.randint(9, 17):02}:00")


def _day(chance: Random, since: dt.date) -> dt.date:
    return since + dt.timedelta(days=chance.randint(0, max((LAST - since).days, 0)))


def _said(chance: Random, number: int, person, holders: list, topic, stations: list) -> None:
    by, received = chance.choice(holders), _day(chance, FIRST)
    fields = {"topic": topic, "unit": chance.choice(stations), "text": f"意见{number}"}
    state = chance.choice(Feedback.State.values)
    if state not in {"answered", "closed"}:
        if state == "ready":
            state = "assigned"
        factories.feedback(person, by, received, state=state, **fields)
        return
    told = _day(chance, received)
    record = factories.record(person, by, at(f"{told} 18:00"))
    result = chance.choice(["solved", "planned"])
    fields |= {"state": state, "answered_on": told, "answer_record": record}
    if result == "planned" and state == "answered":
        fields |= {"result": result, "review_on": told + dt.timedelta(days=chance.randint(5, 40))}
    item = factories.feedback(person, by, received, **fields)
    if state == "closed":
        Rating.objects.filter(telling__answer__feedback=item).update(
            process=chance.choice(VERDICTS), result=chance.choice(VERDICTS), rated_on=_day(chance, told)
        )
    assert Telling.objects.filter(answer__feedback=item).exists()
