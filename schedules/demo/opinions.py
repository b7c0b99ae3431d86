"""What people said and what became of it: feedback in every state, told in contacts, with its steps."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from django.utils import timezone

from contacts.clock import Clock
from contacts.models import (
    Answer,
    CoHandling,
    ContactRecord,
    Feedback,
    FeedbackStep,
    Officer,
    Rating,
    Signer,
    Stakeholder,
    Telling,
    Topic,
    Unit,
)
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
DISSATISFIED = 0.05  # of those who are asked
_STATES = Feedback.State
# How far items of an age have come: closed, answered, assigned, received.
_BY_AGE = [(60, (86, 9, 4, 1)), (30, (52, 30, 14, 4)), (14, (22, 34, 34, 10)), (0, (4, 14, 40, 42))]
_DEEDS, _RESULTS, _VERDICTS = FeedbackStep.Deed, Answer.Result, Rating.Verdict


@dataclass
class Item:
    """One item being made, with its steps and answers, who was told them and what they thought of it."""

    row: Feedback
    steps: list[FeedbackStep] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    told: list[Telling] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    asked: list[CoHandling] = field(default_factory=list)

    @property
    def last(self) -> Answer:
        return self.answers[-1]


def topics() -> list[Topic]:
    """The tree of topics, saved; what is returned are its leaves."""
    groups = {name: Topic(name=name) for name in sayings.TOPICS}
    Topic.objects.bulk_create(groups.values())
    leaves = [
        Topic(name=name, parent=groups[group], keywords=sayings.KEYWORDS[name])
        for group, below in sayings.TOPICS.items()
        for name in below
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
    _step(item, _DEEDS.RECEIVED, officer, at, "")
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
    _step(item, _DEEDS.ASSIGNED, chief, at, "请按时答复本人。" if rng.random() < 0.4 else "")
    if aim == _STATES.ASSIGNED:
        _take_in_hand(item, answer, city, at, last, rng)
        return
    days = working_days(
        at.date(), min(last, row.received_on + dt.timedelta(days=rng.choice([14, 18, 21, 21, 30])))
    )
    if not days:
        return
    told_on = rng.choice(days[len(days) // 4 :])
    _answer(item, person, answer, city, told_on, last, rng)
    if aim == _STATES.CLOSED and item.last.review_on is None:
        _rate(item, person, city, last, rng)


def _take_in_hand(item: Item, answer: str, city: City, at: dt.datetime, last: dt.date, rng: Random) -> None:
    """Somebody of the unit has it by now; of some the answer is written, and of some a leader waits for a report."""
    row, at = item.row, at + dt.timedelta(days=1, minutes=rng.randint(5, 90))
    if at.date() > last or rng.random() < 0.6:
        return
    row.state, row.handler = _STATES.IN_HAND, rng.choice(city.officers[row.unit_id])
    _step(item, _DEEDS.TAKEN_UP, row.handler, at, "")
    _consult(item, row.handler, city, at, last)
    if row.due_on < last and rng.random() < 0.5:
        row.supervised_by = _outside(item, city, rng)
        row.report_by = last + dt.timedelta(days=rng.randint(1, 9))
        _step(item, _DEEDS.SUPERVISED, row.supervised_by, in_office(last, rng), "请于期限内办结并报告。")
    if rng.random() < 0.2:
        item.answers.append(_written(row, answer, row.handler, at + dt.timedelta(hours=1), rng))
        row.state = _STATES.READY
        _step(item, _DEEDS.PREPARED, row.handler, at + dt.timedelta(hours=1), answer)


def _consult(item: Item, asker: Officer, city: City, at: dt.datetime, last: dt.date) -> None:
    """Of every third item: the handler notes what is known and asks a department, which mostly gives its opinion in time."""
    row, rng = item.row, chance("consulting", asker.police_number, at)
    if rng.random() > 0.35:
        return
    unit = rng.choice([one for one in city.departments if one.pk != row.unit_id])
    _step(item, _DEEDS.NOTED, asker, at + dt.timedelta(minutes=10), sayings.NOTED)
    one = CoHandling(
        feedback=row, unit=unit, question=sayings.QUESTION, asked_by=asker, asked_on=at.date(), due_on=at.date() + dt.timedelta(days=7),
    )  # fmt: skip
    item.asked.append(one)
    _step(item, _DEEDS.ASKED, asker, at + dt.timedelta(minutes=20), f"{unit}: {one.question}")
    given = at + dt.timedelta(days=rng.randint(1, 6))
    if given.date() <= last and rng.random() < 0.8:
        one.opinion, one.given_by, one.given_at = sayings.OPINION, rng.choice(city.officers[unit.pk]), given
        _step(item, _DEEDS.ADVISED, one.given_by, given, f"{unit}: {one.opinion}")


def _handler(unit: Unit, city: City, rng: Random) -> Unit:
    """Mostly the unit in charge of the person, else the county above it or a department of the bureau."""
    luck = rng.random()
    if luck < 0.62:
        return unit
    return unit.parent if luck < 0.8 and unit.parent else rng.choice(city.departments)


def _answer(
    item: Item, person: Person, answer: str, city: City, day: dt.date, last: dt.date, rng: Random
) -> None:
    """Told, and if that was no last word, mostly told again on the day that was promised."""
    _tell(
        item,
        person,
        _written(item.row, answer, _host(person, city, day), in_office(day, rng), rng),
        answer,
        rng,
    )
    first = item.last
    if first.review_on and first.review_on <= last and rng.random() < 0.85:
        again = working_days(day + dt.timedelta(days=1), first.review_on)[-1:] or [first.review_on]
        teller = _host(person, city, again[0])
        second = Answer(
            feedback=item.row, text=sayings.DONE_SINCE, result=_RESULTS.SOLVED, follows=first, prepared_by=teller,
            prepared_at=in_office(again[0], rng),
        )  # fmt: skip
        _tell(item, person, second, sayings.DONE_SINCE, rng)


def _written(row: Feedback, text: str, officer: Officer, at: dt.datetime, rng: Random) -> Answer:
    results = [
        _RESULTS.SOLVED,
        _RESULTS.IN_PROGRESS,
        _RESULTS.PLANNED,
        _RESULTS.FOR_REFERENCE,
        _RESULTS.CANNOT,
    ]
    result = rng.choices(results, [62, 14, 10, 9, 5])[0]
    review_on = None if result == _RESULTS.SOLVED else at.date() + dt.timedelta(days=rng.choice([30, 60, 90]))
    return Answer(
        feedback=row, text=text, result=result, review_on=review_on, prepared_by=officer, prepared_at=at
    )


def _tell(item: Item, person: Person, answer: Answer, text: str, rng: Random) -> None:
    day, row = timezone.localdate(answer.prepared_at), item.row
    told_in = record(person, answer.prepared_by, "call", day, f"答复其所提意见：{text}", rng)
    answer.told_on = day
    item.answers.append(answer)
    item.told.append(Telling(answer=answer, record=told_in))
    row.state, row.answered_on = _STATES.ANSWERED, row.answered_on or day
    row.review_on = answer.review_on
    row.rate_by = None if answer.review_on else deadline(Clock.RATING, day).day
    _step(item, _DEEDS.ANSWERED, answer.prepared_by, told_in.recorded_at, person.row.name)


def _rate(item: Item, person: Person, city: City, last: dt.date, rng: Random) -> None:
    """Somebody outside the unit asked how satisfied they are, and it was closed; of some, opened again first."""
    row, told_on = item.row, item.last.told_on or item.row.received_on
    day = told_on + dt.timedelta(days=rng.randint(1, 9))
    if day > last:
        return
    rater, at = _outside(item, city, rng), in_office(day, rng)
    verdicts = [_VERDICTS.SATISFIED, _VERDICTS.BASICALLY, _VERDICTS.NOT_SAID]
    rating = Rating(
        telling=item.told[-1], process=rng.choices(verdicts, [80, 15, 5])[0], result=rng.choices(verdicts, [70, 25, 5])[0],
        rated_on=day, rated_by=rater,
    )  # fmt: skip
    item.ratings.append(rating)
    if len(item.ratings) == 1 and chance("not satisfied", person.number, day).random() < DISSATISFIED:
        rating.process, rating.result = _VERDICTS.BASICALLY, _VERDICTS.DISSATISFIED
        rating.comment = sayings.NOT_YET
        _step(item, _DEEDS.RATED, rater, at, rating.comment)
        _open_again(item, person, rater, city, at, last)
        return
    _step(item, _DEEDS.RATED, rater, at, "")
    row.state, row.closed_on, row.rate_by = _STATES.CLOSED, day, None
    _step(item, _DEEDS.CLOSED, rater, at, "")


def _open_again(
    item: Item, person: Person, rater: Officer, city: City, at: dt.datetime, last: dt.date
) -> None:
    """With a clock of its own; answered once more where there was time."""
    row, day = item.row, at.date()
    rng = chance("opened again", person.number, day)
    for answer in item.answers:
        answer.set_aside_on = day
    row.state, row.assigned_on = _STATES.ASSIGNED, day
    row.answered_on = row.review_on = row.rate_by = None
    row.run(deadline(row.first_clock, day))
    _step(item, _DEEDS.REOPENED, rater, at, sayings.NOT_YET)
    if days := working_days(day + dt.timedelta(days=1), min(last, day + dt.timedelta(days=12))):
        _answer(item, person, sayings.DONE_SINCE, city, days[-1], last, rng)
        if item.last.review_on is None:
            _rate(item, person, city, last, rng)


def _outside(item: Item, city: City, rng: Random) -> Officer:
    """Of the unit above the one that handled it, and nobody who told the answer; above the bureau there is none."""
    above = item.row.unit.parent or city.counties[0]
    told = {answer.prepared_by.pk for answer in item.answers}
    return rng.choice([officer for officer in city.officers[above.pk] if officer.pk not in told])


def _step(item: Item, deed: str, officer: Officer, at: dt.datetime, note: str) -> None:
    row = item.row
    step = FeedbackStep(
        deed=deed, state=row.state, due_on=row.due_on, unit=row.unit, officer=officer, at=at, note=note
    )
    item.steps.append(step)


LATER = ("state", "answer", "answered_on", "review_on", "rate_by", "closed_on")  # what hangs on an answer


def save(items: list[Item]) -> None:
    """After the records they name have been saved. An item and its answers name each other: the item comes first, as it
    was before it was answered."""
    ends = [{name: getattr(item.row, name) for name in LATER[:1] + LATER[2:]} for item in items]
    for item in items:
        item.row.record = item.row.record  # the id that it has by now
        if item.told:
            item.row.state = _STATES.ASSIGNED
            item.row.answered_on = item.row.review_on = item.row.rate_by = item.row.closed_on = None
    Feedback.objects.bulk_create([item.row for item in items], batch_size=1000)
    for item in items:
        for step in item.steps:
            step.feedback = item.row
        for answer in item.answers:
            answer.feedback = item.row
    FeedbackStep.objects.bulk_create([step for item in items for step in item.steps], batch_size=2000)
    firsts = [answer for item in items for answer in item.answers if answer.follows is None]
    Answer.objects.bulk_create(firsts, batch_size=1000)
    seconds = [answer for item in items for answer in item.answers if answer.follows is not None]
    for answer in seconds:
        answer.follows = answer.follows
    Answer.objects.bulk_create(seconds, batch_size=1000)
    told = [telling for item in items for telling in item.told]
    for telling in told:
        telling.answer, telling.record = telling.answer, telling.record
    Telling.objects.bulk_create(told, batch_size=1000)
    asked = [one for item in items for one in item.asked]
    for one in asked:
        one.feedback = one.feedback  # the id that it has by now
    CoHandling.objects.bulk_create(asked)
    ratings = [rating for item in items for rating in item.ratings]
    for rating in ratings:
        rating.telling = rating.telling
    Rating.objects.bulk_create(ratings, batch_size=1000)
    answered = []
    for item, end in zip(items, ends, strict=True):
        if item.told:
            for name, value in end.items():
                setattr(item.row, name, value)
            item.row.answer = None if item.last.set_aside_on else item.last
            answered.append(item.row)
    Feedback.objects.bulk_update(answered, LATER, batch_size=200)


def tie(last: dt.date) -> None:
    """What ties items to other people and to each other: who signed with them, and what is about one matter."""
    rng = chance("ties", last)
    waiting = (
        Feedback.objects.filter(state__in=Feedback.PENDING[:3]).select_related("stakeholder").order_by("pk")
    )
    signers = []
    for item in waiting.exclude(kind=Feedback.Kind.ORAL)[::2]:
        others = Stakeholder.objects.filter(unit=item.stakeholder.unit_id).exclude(pk=item.stakeholder_id)
        seated = (
            others.filter(seats__kind__in=item.stakeholder.seats.values("kind")).distinct().order_by("pk")
        )
        signers += [Signer(feedback=item, stakeholder=person) for person in seated[: rng.randint(1, 2)]]
    Signer.objects.bulk_create(signers)
    by_place: dict[tuple[int, int | None], list[Feedback]] = defaultdict(list)
    for item in waiting:
        by_place[item.unit_id, item.topic_id].append(item)
    at = in_office(last, rng)
    for one, other in (same[:2] for same in by_place.values() if len(same) > 1):
        one.related.add(other)
        for item, beside in ((one, other), (other, one)):
            officer = item.handler or item.received_by
            FeedbackStep.objects.create(
                feedback=item, deed=_DEEDS.LINKED, state=item.state, due_on=item.due_on, unit=item.unit, officer=officer, at=at,
                note=beside.number,
            )  # fmt: skip
