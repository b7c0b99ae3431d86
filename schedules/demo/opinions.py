"""What people said and what became of it: feedback in every state, told in contacts, with its steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from contacts.models import ContactRecord, Feedback, FeedbackStep, Officer, Topic, Unit
from schedules.demo import sayings, words
from schedules.demo.calendar import deadline, in_office, working_days
from schedules.demo.chance import chance
from schedules.demo.city import City
from schedules.demo.history import holder, record
from schedules.demo.people import Person

SAID_IN_A_CONTACT = 0.034  # of the contacts in which a person was reached
# Items per person in the whole history, of those whom no cycle covers.
BROUGHT_ALONG = {"media_supervisor": 1.6, "patrol_visitor": 1.4, "discipline_monitor": 0.085}
# What deputies and members hand in on paper: its kind, and how its documents are numbered.
HANDED_IN = {
    "npc_deputy": (Feedback.Kind.SUGGESTION, "市人大建〔{year}〕{number}号"),
    "cppcc_member": (Feedback.Kind.PROPOSAL, "市政协提〔{year}〕{number}号"),
}
HAND_IN = 0.08  # of them
_STATES = Feedback.State
# How far items of an age have come: closed, answered, assigned, received.
_BY_AGE = [(60, (86, 9, 4, 1)), (30, (52, 30, 14, 4)), (14, (22, 34, 34, 10)), (0, (4, 14, 40, 42))]
_RESULTS = Feedback.Result


@dataclass
class Item:
    """One item being made, with its steps and the contact in which the person was told the answer."""

    row: Feedback
    steps: list[FeedbackStep] = field(default_factory=list)
    told_in: ContactRecord | None = None


def topics() -> list[Topic]:
    """The tree of topics, saved; what is returned are its leaves."""
    groups = {name: Topic(name=name) for name in sayings.TOPICS}
    Topic.objects.bulk_create(groups.values())
    leaves = [
        Topic(name=name, parent=groups[group]) for group, below in sayings.TOPICS.items() for name in below
    ]
    return Topic.objects.bulk_create(leaves)


def items_of(
    person: Person,
    records: list[ContactRecord],
    leaves: list[Topic],
    city: City,
    start: dt.date,
    last: dt.date,
) -> Iterator[Item]:
    rng = chance("opinions", last, person.number)
    for one in records:
        if one.outcome == "reached" and rng.random() < SAID_IN_A_CONTACT:
            yield _item(person, one.occurred_on, one.officer, one, leaves, city, last, rng)
    expected = BROUGHT_ALONG.get(person.kind, 0)
    for _each in range(int(expected) + (rng.random() < expected % 1)):
        day = rng.choice(working_days(start, last))
        yield _item(person, day, _host(person, city, day), None, leaves, city, last, rng)
    if person.kind in HANDED_IN and rng.random() < HAND_IN:
        day = rng.choice(working_days(start, last))
        yield _item(
            person, day, _host(person, city, day), None, leaves, city, last, rng, *HANDED_IN[person.kind]
        )


def _host(person: Person, city: City, day: dt.date) -> Officer:
    """Who takes in what someone says to the unit: the officer of the day, or whoever comes first there."""
    return holder(person, day) or city.officers[person.row.unit_id][0]


def _item(
    person: Person, day: dt.date, officer: Officer, said_in: ContactRecord | None, leaves: list[Topic], city: City,
    last: dt.date, rng: Random, kind: Feedback.Kind = Feedback.Kind.ORAL, document: str = "",
) -> Item:  # fmt: skip
    topic = rng.choice(leaves)
    says, answers = next(below[topic.name] for below in sayings.TOPICS.values() if topic.name in below)
    text = rng.choice(says).format(street=person.row.street, road=rng.choice(words.ROADS))
    row = Feedback(
        stakeholder=person.row,
        record=said_in,
        kind=kind,
        document_number=document.format(year=day.year, number=person.number),
        topic=topic,
        text=text,
        received_on=day,
        received_by=officer,
        unit=person.row.unit,
    )
    row.run(deadline(row.first_clock, day))
    item = Item(row)
    at = said_in.recorded_at if said_in else in_office(day, rng)
    _step(item, _STATES.RECEIVED, officer, at, "")
    _move_on(item, person, rng.choice(answers), city, at, last, rng)
    return item


def _move_on(
    item: Item, person: Person, answer: str, city: City, at: dt.datetime, last: dt.date, rng: Random
) -> None:
    """As far as an item of its age comes: assigned to a unit, answered, closed; nothing later than `last`."""
    row = item.row
    age = (last - row.received_on).days
    weights = next(weights for days, weights in _BY_AGE if age >= days)
    aim = rng.choices([_STATES.CLOSED, _STATES.ANSWERED, _STATES.ASSIGNED, _STATES.RECEIVED], weights)[0]
    if aim == _STATES.RECEIVED:
        return
    at += dt.timedelta(days=rng.randint(0, 2), minutes=rng.randint(30, 60))
    if at.date() > last:
        return
    row.unit = _handler(row.unit, city, rng)
    row.state, row.assigned_on = _STATES.ASSIGNED, at.date()
    if row.is_formal:
        row.run(deadline(row.first_clock, row.assigned_on))
    chief = city.officers[row.unit.parent_id or row.unit_id][0]
    _step(item, _STATES.ASSIGNED, chief, at, "请按时答复本人。" if rng.random() < 0.4 else "")
    if aim == _STATES.ASSIGNED:
        return
    days = working_days(
        at.date(), min(last, row.received_on + dt.timedelta(days=rng.choice([14, 18, 21, 21, 30])))
    )
    if not days:
        return
    told_on = rng.choice(days[len(days) // 4 :])
    _answer(item, person, answer, city, told_on, rng)
    closed_on = told_on + dt.timedelta(days=rng.randint(1, 9))
    if aim == _STATES.CLOSED and closed_on <= last:
        row.state, row.closed_on = _STATES.CLOSED, closed_on
        _step(item, _STATES.CLOSED, chief, in_office(closed_on, rng), "")


def _handler(unit: Unit, city: City, rng: Random) -> Unit:
    """Mostly the unit in charge of the person, else the county above it or a department of the bureau."""
    luck = rng.random()
    if luck < 0.62:
        return unit
    return unit.parent if luck < 0.8 and unit.parent else rng.choice(city.departments)


def _answer(item: Item, person: Person, answer: str, city: City, day: dt.date, rng: Random) -> None:
    row = item.row
    teller = _host(person, city, day)
    item.told_in = record(person, teller, "call", day, f"答复其所提意见：{answer}", rng)
    row.state, row.answer, row.answered_on = _STATES.ANSWERED, answer, day
    row.result = rng.choices(
        [_RESULTS.SOLVED, _RESULTS.IN_PROGRESS, _RESULTS.PLANNED, _RESULTS.FOR_REFERENCE, _RESULTS.CANNOT],
        [62, 14, 10, 9, 5],
    )[0]
    if row.result != _RESULTS.SOLVED:
        row.review_on = day + dt.timedelta(days=rng.choice([30, 60, 90]))
    _step(item, _STATES.ANSWERED, teller, item.told_in.recorded_at, answer)


def _step(item: Item, state: str, officer: Officer, at: dt.datetime, note: str) -> None:
    step = FeedbackStep(
        deed=state, state=state, due_on=item.row.due_on, unit=item.row.unit, officer=officer, at=at, note=note
    )
    item.steps.append(step)


def save(items: list[Item]) -> None:
    """After the records they name have been saved."""
    for item in items:
        item.row.record = item.row.record  # the id that it has by now
        item.row.answer_record = item.told_in
    Feedback.objects.bulk_create([item.row for item in items], batch_size=1000)
    for item in items:
        for step in item.steps:
            step.feedback = item.row
    FeedbackStep.objects.bulk_create([step for item in items for step in item.steps], batch_size=2000)
