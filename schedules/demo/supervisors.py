"""Media supervisors, patrol visitors and discipline monitors: until when they are appointed, who was renewed, the gatherings at
which they were, and the briefings that the news professionals among them got."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from random import Random

from contacts.models import ContactRecord, Gathering, Officer, Publication, Seat, Unit
from schedules.demo import sayings, trail
from schedules.demo.calendar import in_office, working_days
from schedules.demo.chance import chance
from schedules.demo.city import City
from schedules.demo.people import Person

_KINDS = Seat.Kind
# How many in a hundred end within two months, and ended a while ago.
ENDING: dict[str, int] = {_KINDS.DISCIPLINE_MONITOR: 4}
ENDED: dict[str, int] = {_KINDS.DISCIPLINE_MONITOR: 3}
OTHERWISE = 18  # of the few media supervisors and patrol visitors
RENEWED = 0.06  # of the monitors, this is not the first term
CERTIFICATES: dict[str, str] = {
    _KINDS.MEDIA_SUPERVISOR: "云舆监",
    _KINDS.PATROL_VISITOR: "云巡访",
}  # the monitors have theirs
PRESENT = 30  # at most, at one gathering
DAY = dt.timedelta(days=1)


def appoint(everybody: list[Person], day: dt.date) -> None:
    """Terms and certificates, before anybody is saved. Most are in office; of some the term ends soon, of some it is over."""
    rng = chance("appointments", day)
    for number, person in enumerate(everybody):
        seat = person.seats[0]
        if seat.kind not in Seat.APPOINTED or seat.started_on is None:
            continue
        seat.ended_on = seat.ended_on or dt.date(seat.started_on.year + 2, 3, 1) - DAY
        if seat.kind in CERTIFICATES:
            seat.certificate = f"{CERTIFICATES[seat.kind]}〔{seat.started_on.year}〕{number:04d}号"
        if rng.random() < 0.85:
            seat.handed_out_on = seat.started_on + dt.timedelta(days=rng.randint(0, 20))
        luck = rng.randrange(100)
        soon, over = ENDING.get(seat.kind, OTHERWISE), ENDED.get(seat.kind, OTHERWISE)
        if luck < soon:
            seat.ended_on = day + dt.timedelta(days=rng.randint(3, 55))
        elif luck < soon + over:
            seat.ended_on = day - dt.timedelta(days=rng.randint(10, 120))
            if rng.random() < 0.3:
                seat.end_reason = rng.choice(sayings.ENDED_EARLY)
            if rng.random() < 0.5:
                seat.collected_on = seat.ended_on + dt.timedelta(days=rng.randint(0, 9))


def tell(everybody: list[Person], city: City, start: dt.date, last: dt.date) -> tuple[int, int]:
    """What happened with them; how many gatherings and how many briefings."""
    held: dict[str, list[Person]] = defaultdict(list)
    for person in everybody:
        if person.seats[0].kind in Seat.APPOINTED:
            held[person.seats[0].kind].append(person)
    _renew(held[_KINDS.DISCIPLINE_MONITOR])
    gatherings = list(_gatherings(held, city, start, last))
    briefings = list(_briefings(held[_KINDS.MEDIA_SUPERVISOR], city, start, last))
    logged = [*gatherings, *briefings]
    trail.leave(ContactRecord.objects.filter(gathering__in=logged).select_related("officer"), last)
    return len(gatherings), len(briefings)


def _renew(monitors: list[Person]) -> None:
    """The term before this one, with the certificate of its own that was given back."""
    rng = chance("renewals")
    pairs = []
    for person in monitors:
        seat = person.seats[0]
        if seat.started_on and rng.random() < RENEWED:
            since = seat.started_on.replace(year=seat.started_on.year - 3)
            before = Seat(
                stakeholder=person.row, kind=seat.kind, unit=seat.unit, occupation=seat.occupation, started_on=since,
                ended_on=seat.started_on - DAY, certificate=seat.certificate.replace(str(seat.started_on.year), str(since.year)),
                handed_out_on=since, collected_on=seat.started_on if rng.random() < 0.9 else None,
            )  # fmt: skip
            pairs.append((before, seat))
    Seat.objects.bulk_create([before for before, _seat in pairs], batch_size=500)
    for before, seat in pairs:
        seat.renews = before
    Seat.objects.bulk_update([seat for _before, seat in pairs], ["renews"], batch_size=500)


def _gatherings(
    held: dict[str, list[Person]], city: City, start: dt.date, last: dt.date
) -> Iterator[Gathering]:
    """The bureau meets its supervisors and visitors, and every unit the monitors that it appointed."""
    days = working_days(start, last)
    by_unit: dict[int, list[Person]] = defaultdict(list)
    for person in held[_KINDS.DISCIPLINE_MONITOR]:
        by_unit[person.seats[0].unit_id or 0].append(person)
    meetings: list[tuple[str, Unit, list[Person], int]] = [
        (_KINDS.MEDIA_SUPERVISOR, city.bureau, held[_KINDS.MEDIA_SUPERVISOR], 3),
        (_KINDS.PATROL_VISITOR, city.bureau, held[_KINDS.PATROL_VISITOR], 4),
        *((_KINDS.DISCIPLINE_MONITOR, unit, by_unit[unit.pk], 2) for unit in [city.bureau, *city.counties]),
    ]
    for kind, unit, people, times in meetings:
        rng = chance("gatherings of", kind, unit.code, last)
        for day in sorted(rng.sample(days, min(times, len(days)))):
            there = [person for person in people if person.seats[0].covers(day)]
            there = rng.sample(there, min(PRESENT, round(len(there) * rng.uniform(0.5, 0.8))))
            if there:
                title, said = rng.choice(sayings.GATHERINGS[kind])
                yield _log(
                    Gathering(title=title, kind="meeting", place="三楼会议室", summary=said),
                    there,
                    _host(unit, city),
                    day,
                    rng,
                )


def _host(unit: Unit, city: City) -> Officer:
    return city.staff["联络协调员"] if unit == city.bureau else city.officers[unit.pk][-1]


def _briefings(supervisors: list[Person], city: City, start: dt.date, last: dt.date) -> Iterator[Gathering]:
    """One or two a month, and what was published after some of them."""
    rng = chance("briefings", last)
    days = working_days(start, last)
    for day, (title, text) in zip(days[6::17], sayings.BRIEFINGS, strict=False):
        got_it = [person for person in supervisors if person.seats[0].covers(day)]
        if not got_it:
            continue
        channel = rng.choices(Gathering.Channel.values, [70, 15, 5, 5, 5])[0]
        briefing = Gathering(title=title, kind="briefing", channel=channel, summary=text)
        yield _log(briefing, got_it, _host(city.bureau, city), day, rng)
        published = [
            record
            for record in briefing.records.select_related("stakeholder").order_by(
                "stakeholder__pinyin", "stakeholder"
            )
            if rng.random() < 0.12
        ]
        Publication.objects.bulk_create(
            Publication(
                record=record, medium=_medium_of(record), title=title, published_on=min(day + DAY, last),
                noted_by=briefing.officer, noted_at=briefing.recorded_at,
            )
            for record in published
        )  # fmt: skip


def _medium_of(record: ContactRecord) -> str:
    """Where they work."""
    return next(medium for medium in sayings.MEDIA if record.stakeholder.employer.startswith(medium))


def _log(
    gathering: Gathering, people: list[Person], officer: Officer, day: dt.date, rng: Random
) -> Gathering:
    """Entered an hour later, with a record for each."""
    gathering.officer, gathering.occurred_at = officer, in_office(day, rng)
    gathering.recorded_at = gathering.occurred_at + dt.timedelta(hours=1)
    gathering.save()
    ContactRecord.objects.bulk_create(
        ContactRecord(
            stakeholder=person.row, officer=officer, recorded_by=officer, kind=gathering.kind, occurred_at=gathering.occurred_at,
            occurred_on=day, recorded_at=gathering.recorded_at, summary=gathering.summary, gathering=gathering,
        )
        for person in people
    )  # fmt: skip
    return gathering
