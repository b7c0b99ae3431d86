"""What happened: calls, visits and work reports, the attempts before them, promises, and a few corrections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from contacts.models import ContactRecord, Officer
from contacts.months import Month
from schedules.demo import sayings
from schedules.demo.calendar import in_office, spans, working_days
from schedules.demo.chance import chance
from schedules.demo.diligence import Habits, habits
from schedules.demo.people import Person

_KINDS = ContactRecord.Kind
CADENCES = [
    (_KINDS.CALL, 1, sayings.CALLS),
    (_KINDS.VISIT, 3, sayings.VISITS),
    (_KINDS.REPORT, 6, sayings.REPORTS),
]
_FAILURES = ["no_answer", "no_answer", "no_answer", "left_message", "declined"]


def records_of(person: Person, start: dt.date, last: dt.date) -> list[ContactRecord]:
    """The person's records from `start` to `last`, oldest first."""
    rng = chance("records", last, person.number)
    found: list[ContactRecord] = []
    if person.seats[0].kind in {"npc_deputy", "cppcc_member"}:
        for kind, months, texts in CADENCES:
            for begin, end in spans(months, start, last):
                found += _in_period(person, kind, begin, end, texts, rng)
    found += _by_the_way(person, start, last, rng)
    found = sorted(
        (record for record in found if record.occurred_on <= last), key=lambda record: record.occurred_at
    )
    for record in found:
        _promise(record, last, rng)
        if habits(record.officer.police_number, record.officer.unit.code).enters_late:
            record.recorded_at = _last_evening(record, last)
    return found


def _last_evening(record: ContactRecord, last: dt.date) -> dt.datetime:
    """Of the month's last working day, as far as the history has come there."""
    month = Month.of(record.occurred_on)
    evening = dt.datetime.combine(
        working_days(*month.days)[-1], dt.time(18, 5 + record.occurred_on.day), record.occurred_at.tzinfo
    )
    return evening if record.occurred_at < evening and evening.date() <= last else record.recorded_at


def _in_period(
    person: Person, kind: str, begin: dt.date, end: dt.date, texts: list[str], rng: Random
) -> Iterator[ContactRecord]:
    """What an officer did for one owed contact: attempts, then the contact, or attempts alone, or nothing."""
    days = working_days(begin, end)
    if not days:
        return
    officer = holder(person, days[0]) or holder(person, days[-1])
    if officer is None:
        return
    ways = habits(officer.police_number, officer.unit.code)
    done = _day(days, ways, rng)
    made_by = holder(person, done) or officer
    if rng.random() < ways.keeps:
        if kind != _KINDS.REPORT and rng.random() < 0.24:
            yield from _attempts(person, made_by, kind, days, done, rng)
        yield record(person, made_by, kind, done, rng.choice(texts), rng)
    elif rng.random() < 0.5 and kind != _KINDS.REPORT:
        yield from _attempts(person, made_by, kind, days, done, rng)


def _day(days: list[dt.date], ways: Habits, rng: Random) -> dt.date:
    """Late officers do it in the last fifth of the period, the others whenever it was planned."""
    first = len(days) * 4 // 5 if ways.late else 0
    return days[rng.randrange(first, len(days)) if first < len(days) else -1]


def _attempts(
    person: Person, officer: Officer, kind: str, days: list[dt.date], done: dt.date, rng: Random
) -> Iterator[ContactRecord]:
    position = days.index(done)
    for earlier in range(1, 1 + min(position, rng.choice([1, 1, 2]))):
        outcome = rng.choice(_FAILURES) if rng.random() < 0.97 else "wrong_number"
        if kind == _KINDS.VISIT:
            outcome = "declined"
        yield record(
            person, officer, kind, days[position - earlier], rng.choice(sayings.TRIED[outcome]), rng, outcome
        )


def _by_the_way(person: Person, start: dt.date, last: dt.date, rng: Random) -> Iterator[ContactRecord]:
    """Meetings and incoming messages, now and then; of monitors, the meetings that their unit holds."""
    for kind, texts, odds in [
        (_KINDS.MEETING, sayings.MEETINGS, 0.06),
        (_KINDS.INCOMING, sayings.INCOMING, 0.05),
    ]:
        days = working_days(start, last)
        if rng.random() < odds and (officer := holder(person, done := rng.choice(days))):
            yield record(person, officer, kind, done, rng.choice(texts), rng)


def _promise(record: ContactRecord, last: dt.date, rng: Random) -> None:
    if record.outcome != "reached" or rng.random() > 0.07:
        return
    record.promised = rng.choice(sayings.PROMISES)
    kept_on = record.occurred_on + dt.timedelta(days=rng.randint(2, 20))
    if (
        kept_on <= last
        and rng.random() < habits(record.officer.police_number, record.officer.unit.code).keeps_word
    ):
        record.promise_kept_at = in_office(kept_on, rng)


def holder(person: Person, day: dt.date) -> Officer | None:
    for pairing in person.pairings:
        if pairing.started_on <= day and (pairing.ended_on is None or day <= pairing.ended_on):
            return pairing.officer
    return None


def record(
    person: Person,
    officer: Officer,
    kind: str,
    day: dt.date,
    summary: str,
    rng: Random,
    outcome: str = "reached",
) -> ContactRecord:
    """Entered some minutes after it happened, or now and then days later, and never after the history's end."""
    occurred = in_office(day, rng)
    later = (
        dt.timedelta(minutes=rng.randint(2, 25))
        if rng.random() < 0.93
        else dt.timedelta(hours=rng.randint(1, 3))
    )
    return ContactRecord(
        stakeholder=person.row,
        officer=officer,
        recorded_by=officer,
        kind=kind,
        outcome=outcome,
        occurred_at=occurred,
        occurred_on=day,
        recorded_at=occurred + later,
        summary=summary,
    )


# --- mistakes ------------------------------------------------------------------------------------------------


def spoil(person: Person, records: list[ContactRecord], day: dt.date) -> list[ContactRecord]:
    """A few in a thousand were entered wrongly: some are voided, of some the corrections come back, to be saved after
    what they correct."""
    rng = chance("mistakes", day, person.number)
    corrections = []
    for one in records:
        luck = rng.random()
        noticed = one.recorded_at + dt.timedelta(hours=rng.randint(1, 4))
        if luck < 0.003:
            one.voided_at, one.voided_by, one.void_reason = noticed, one.officer, rng.choice(sayings.VOIDED)
        elif luck < 0.006 and one.summary:
            corrections.append(_correction(one, noticed))
    return corrections


def _correction(wrong: ContactRecord, noticed: dt.datetime) -> ContactRecord:
    fields = (
        "stakeholder",
        "officer",
        "recorded_by",
        "kind",
        "outcome",
        "occurred_at",
        "occurred_on",
        "promised",
    )
    right = ContactRecord(
        supersedes=wrong,
        recorded_at=noticed,
        promise_kept_at=wrong.promise_kept_at,
        summary=wrong.summary + sayings.CORRECTED,
        **{field: getattr(wrong, field) for field in fields},
    )
    wrong.superseded_at = noticed
    return right
