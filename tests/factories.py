"""People and things for tests: a small bureau with named people, and functions that make more of them."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from contacts import conduct
from contacts.clock import Clock, reckon
from contacts.half_years import HalfYear
from contacts.models import (
    Actor,
    Answer,
    ConductReport,
    ContactPhone,
    ContactRecord,
    Feedback,
    Handover,
    Officer,
    Pairing,
    Rating,
    Seat,
    Stakeholder,
    StandIn,
    Telling,
    Unit,
    UnitRole,
    WorkReport,
)
from contacts.work_reports import issuing, writing
from schedules.models import Delivery, Notice

PASSWORD = "correct horse battery"
_numbers = itertools.count(100001)
_codes = itertools.count(320299000000)


def unit(
    name: str, parent: Unit | None = None, *, kind: str = "station", code: str = "", **fields: Any
) -> Unit:
    return Unit.objects.create(
        code=code or str(next(_codes)),
        name=name,
        short_name=fields.pop("short_name", name),
        kind=kind,
        parent=parent,
    )


def officer(name: str, at: Unit, **fields: Any) -> Officer:
    number = fields.pop("police_number", None) or str(next(_numbers))
    fields.setdefault("email", f"p{number}@police.example")
    return Officer.objects.create_user(number, name, at, PASSWORD, **fields)


def role(holder: Officer, role: str, at: Unit | None = None) -> UnitRole:
    now = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    return UnitRole.objects.create(
        officer=holder, unit=at or holder.unit, role=role, proposed_at=now, approved_at=now
    )


def stakeholder(name: str, at: Unit, *, mobile: str = "", **fields: Any) -> Stakeholder:
    person = Stakeholder.objects.create(name=name, unit=at, **fields)
    if mobile:
        ContactPhone.objects.create(stakeholder=person, e164=mobile, kind="mobile", raw=mobile)
    return person


def seat(person: Stakeholder, kind: str = "npc_deputy", level: str = "district", **fields: Any) -> Seat:
    return Seat.objects.create(stakeholder=person, kind=kind, level=level, **fields)


def pairing(
    holder: Officer, person: Stakeholder, since: dt.date = dt.date(2026, 1, 1), **fields: Any
) -> Pairing:
    return Pairing.objects.create(
        officer=holder, stakeholder=person, unit=fields.pop("unit", holder.unit), started_on=since, **fields
    )


def handover(giver: Officer, taken: dict[Stakeholder, Officer], on: dt.date) -> Handover:
    """As if made: the pairings are another matter."""
    made = Handover.objects.create(officer=giver, unit=giver.unit, on=on, reason="moves")
    for person, successor in taken.items():
        made.lines.create(stakeholder=person, successor=successor)
    return made


def stand_in(other: Officer, absent: Officer, since: dt.date, until: dt.date) -> StandIn:
    return StandIn.objects.create(
        absent=absent, stand_in=other, unit=other.unit, starts_on=since, ends_on=until
    )


def record(person: Stakeholder, by: Officer, at: dt.datetime, **fields: Any) -> ContactRecord:
    return ContactRecord.objects.create(
        stakeholder=person,
        officer=by,
        recorded_by=by,
        occurred_at=at,
        recorded_at=fields.pop("recorded_at", at),
        **fields,
    )


def feedback(person: Stakeholder, by: Officer, received_on: dt.date, **fields: Any) -> Feedback:
    kind = fields.get("kind", Feedback.Kind.ORAL)
    fields.setdefault("clock", Clock.ORAL if kind == Feedback.Kind.ORAL else Clock.FORMAL)
    fields.setdefault("clock_since", received_on)
    if fields.get("state", Feedback.State.RECEIVED) != Feedback.State.RECEIVED:
        fields.setdefault("assigned_on", received_on)
    fields.setdefault("due_on", received_on + dt.timedelta(days=21))
    fields.setdefault("unit", person.unit)
    fields.setdefault("text", "The crossing at the school needs a light.")
    if fields.get("state") == Feedback.State.IN_HAND:
        fields.setdefault("handler", by)
    told_in = fields.pop("answer_record", None)
    if told_in is None:
        return Feedback.objects.create(stakeholder=person, received_by=by, received_on=received_on, **fields)
    return _answered(person, by, received_on, told_in, fields)


def _answered(
    person: Stakeholder, by: Officer, received_on: dt.date, told_in: ContactRecord, fields: dict[str, Any]
) -> Feedback:
    """An item and its answer name each other: the item comes first."""
    end = {"state": fields.pop("state"), "answered_on": fields.pop("answered_on", told_in.occurred_on)}
    review_on, rate_by = fields.pop("review_on", None), fields.pop("rate_by", None)
    closed_on, result = fields.pop("closed_on", None), fields.pop("result", "solved")
    text = fields.pop("answer", "It is done.")
    item = Feedback.objects.create(
        stakeholder=person, received_by=by, received_on=received_on, state=Feedback.State.ASSIGNED, **fields
    )
    answer = Answer.objects.create(
        feedback=item, text=text, result=result, review_on=review_on, prepared_by=by, told_on=end["answered_on"]
    )  # fmt: skip
    telling = Telling.objects.create(answer=answer, record=told_in)
    if end["state"] == Feedback.State.CLOSED:
        closed_on = closed_on or end["answered_on"]
        Rating.objects.create(
            telling=telling, process="satisfied", result="satisfied", rated_on=closed_on, rated_by=by
        )
        review_on = None
    elif review_on is None:
        rate_by = rate_by or reckon(Clock.RATING, end["answered_on"]).day
    end |= {"answer": answer, "review_on": review_on, "rate_by": rate_by, "closed_on": closed_on}
    for name, value in end.items():
        setattr(item, name, value)
    item.save()
    return item


def work_report(bureau: Bureau, state: str = "draft", at: Unit | None = None, **fields: Any) -> WorkReport:
    """Of Alice's station unless told otherwise; as far as it has come. The one that stands is taken further."""
    unit, now = at or bureau.station, timezone.now()
    half_year = fields.pop("half_year", HalfYear.containing(timezone.localdate(now)).key)
    report = WorkReport.objects.filter(unit=unit, half_year=half_year).first() or writing.begin(
        unit, half_year, text=fields.pop("text", "We did what we could.\n\nNext year more."), actor=Actor(bureau.carl), now=now
    )  # fmt: skip
    report.refresh_from_db()
    steps: list[Callable[[], object]] = [
        lambda: writing.submit(report, actor=Actor(bureau.carl)),
        lambda: writing.approve(report, seen=report.latest().number, actor=Actor(bureau.lea), now=now),
        lambda: issuing.issue(report, actor=Actor(bureau.carl), now=now),
    ]
    states = ["draft", "submitted", "approved", "issued"]
    for step in steps[states.index(report.state) : states.index(state)]:
        step()
    report.refresh_from_db()
    return report


def delivery(officer: Officer, now: dt.datetime, **fields: Any) -> Delivery:
    """A message to the officer of the day, waiting."""
    told_at = fields.pop("told_at", now)
    send_on = fields.pop("send_on", timezone.localdate(now))
    notice = Notice.objects.create(officer=officer, send_on=send_on, created_at=told_at)
    made = Delivery.of(notice, Delivery.Channel.EMAIL, fields.pop("next_attempt_at", now))
    made.address = officer.email
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


def reviewer(name: str, at: Unit, of: Unit | None = None) -> Officer:
    """Of conduct reports, for the unit they are at or another one."""
    made = officer(name, at)
    role(made, "discipline_reviewer", of)
    return made


def case(
    whom: str,
    *,
    by: Officer,
    day: dt.date,
    reviewer: Officer | None = None,
    unit: Unit | None = None,
    **said: str,
) -> ConductReport:
    """A sealed report as `by` filed it, by now with `reviewer`."""
    said = {"text": "Did not let me in.", "source": "A monitor of ours"} | said
    number = conduct.take_in(
        whom=whom, unit=unit, told_on=day, submission=uuid.uuid4(), by=by, day=day, **said
    )
    made = ConductReport.objects.get(number=number)
    if reviewer:
        made.assignments.all().delete()
        made.assignments.create(reviewer=reviewer)
    return made


@dataclass
class Bureau:
    """A bureau with two counties: Alice's station with Bob and Carol above her, and Dan's elsewhere."""

    bureau: Unit
    county: Unit
    station: Unit
    other_county: Unit
    other_station: Unit
    alice: Officer  # community officer of the station, holds `deputy`
    bob: Officer  # leads the station
    carol: Officer  # coordinates the whole bureau
    carl: Officer  # coordinates the county
    dan: Officer  # community officer of the other county
    lea: Officer  # leads the bureau
    lin: Officer  # leads the county
    sue: Officer  # system administrator
    sam: Officer  # security administrator
    ann: Officer  # auditor
    rita: Officer  # discipline reviewer
    deputy: Stakeholder


def small_bureau() -> Bureau:
    bureau = unit("无锡市公安局", kind="bureau", code="320200000000", short_name="市局")
    county = unit("江阴市公安局", bureau, kind="county", code="320281000000", short_name="江阴市局")
    station = unit("江阴市公安局澄江派出所", county, code="320281501000", short_name="澄江派出所")
    other_county = unit("宜兴市公安局", bureau, kind="county", code="320282000000", short_name="宜兴市局")
    other_station = unit("宜兴市公安局宜城派出所", other_county, code="320282501000", short_name="宜城派出所")
    made = Bureau(
        bureau,
        county,
        station,
        other_county,
        other_station,
        alice=officer("Alice", station),
        bob=officer("Bob", station, post_class="station_leader"),
        carol=officer("Carol", bureau),
        carl=officer("Carl", county),
        dan=officer("Dan", other_station),
        lea=officer("Lea", bureau, post_class="bureau_leader"),
        lin=officer("Lin", county, post_class="county_leader"),
        sue=officer("Sue", bureau),
        sam=officer("Sam", bureau),
        ann=officer("Ann", bureau),
        rita=officer("Rita", bureau),
        deputy=stakeholder(
            "张伟", station, mobile="+8613912345678", street="澄江镇", employer="澄江中学校长"
        ),
    )
    for holder, name in [
        (made.bob, "leader"),
        (made.carol, "coordinator"),
        (made.carl, "coordinator"),
        (made.lea, "leader"),
        (made.lin, "leader"),
        (made.sue, "system_admin"),
        (made.sam, "security_admin"),
        (made.ann, "auditor"),
        (made.rita, "discipline_reviewer"),
    ]:
        role(holder, name)
    seat(made.deputy)
    pairing(made.alice, made.deputy)
    return made
