"""A bureau that does not exist, with months of history, for those who want to see the software at work.

`load(day)` fills an empty database; the same day gives the same bureau on every machine.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from django.db import transaction

from contacts.models import Actor, AuditEntry, ContactRecord, Stakeholder
from liaison.batches import batches
from schedules.demo import city as cities
from schedules.demo import (
    engine,
    history,
    opinions,
    pairings,
    people,
    reactions,
    reports,
    sealed,
    supervisors,
    trail,
)
from schedules.demo.calendar import first_day, in_office
from schedules.demo.chance import chance
from schedules.models import Digest, Notice, Obligation

PEOPLE = 400  # at a time, so that a very large city does not have to fit into memory
MARK = "load demo"  # the audit entry that says that a database holds a demonstration, and of which day


def load(day: dt.date, *, scale: float = 1, say: Callable[[str], object] = lambda line: None) -> None:
    """Fill an empty database with a city of `scale` times 119 units, 650 officers and 3,811 people, whose history
    ends on the evening before `day`. `say` is told what is being done."""
    start, last = first_day(day), day - dt.timedelta(days=1)
    watch = Stopwatch(say)
    with transaction.atomic():
        city, everybody = settle(day, scale)
        officers = sum(map(len, city.officers.values()))
        watch.lap(f"{len(city.units)} units, {officers} officers and {len(everybody)} people")
        sealed.file(city, day)
        leaves = opinions.topics()
        counts = [_tell(batch, leaves, city, start, last) for batch in batches(everybody, PEOPLE)]
        contacts, said = map(sum, zip(*counts, strict=True))
        opinions.tie(last)
        watch.lap(f"{contacts} contacts and {said} opinions")
        gatherings, briefings = supervisors.tell(everybody, city, start, last)
        watch.lap(f"{gatherings} gatherings and {briefings} briefings of supervisors")
        written, copies = reports.write(city, start, day)
        watch.lap(f"{written} work reports and {copies} copies of them")
        engine.plan(start, day)
        watch.lap(f"{Obligation.objects.count()} obligations, {engine.waive(day)} of them waived")
        engine.tell(start, day)
        watch.lap(f"{Digest.objects.count()} frozen digests, {Notice.objects.count()} notices")
        watch.lap(f"{reactions.react(day)} remarks of leaders")
        AuditEntry.objects.record(Actor.command("demo"), MARK, after={"day": day, "scale": scale})


def settle(day: dt.date, scale: float) -> tuple[cities.City, list[people.Person]]:
    """The units, the officers, and the people with their seats, numbers and pairings, before anything happened."""
    start = first_day(day)
    city = cities.build(scale, in_office(start - dt.timedelta(days=30), chance("roles")))
    everybody = people.build(city, scale, day)
    pairings.arrange(city, everybody, start, day)
    supervisors.appoint(everybody, day)
    people.save(everybody)
    Stakeholder.objects.update(created_at=in_office(start, chance("roster")))
    return city, everybody


def made_for() -> dt.date | None:
    """The day of the demonstration that this database holds; None if it holds none."""
    mark = AuditEntry.objects.filter(action=MARK).order_by("-pk").first()
    return dt.date.fromisoformat(mark.after["day"]) if mark and mark.after else None


def _tell(
    batch: list[people.Person], leaves, city: cities.City, start: dt.date, last: dt.date
) -> tuple[int, int]:
    """Make and save the records and the feedback of some people; how many of both."""
    records: list[ContactRecord] = []
    corrections: list[ContactRecord] = []
    items: list[opinions.Item] = []
    for person in batch:
        happened = history.records_of(person, start, last)
        said = list(opinions.items_of(person, happened, leaves, city, start, last))
        held = {id(item.row.record) for item in said if item.row.record}
        plain = [one for one in happened if id(one) not in held]
        corrections += history.spoil(person, plain, last)
        records += happened + [telling.record for item in said for telling in item.told]
        items += said
    ContactRecord.objects.bulk_create(records, batch_size=1000)
    for correction in corrections:
        correction.supersedes = correction.supersedes  # the id that it has by now
    ContactRecord.objects.bulk_create(corrections)
    opinions.save(items)
    trail.leave(records + corrections, last)
    return len(records) + len(corrections), len(items)


class Stopwatch:
    """Says what was made and how long it took."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self.say, self.since = say, time.monotonic()

    def lap(self, what: str) -> None:
        now = time.monotonic()
        self.say(f"  {what} ({now - self.since:.1f} s)")
        self.since = now
