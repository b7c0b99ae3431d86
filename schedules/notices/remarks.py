"""Leaders' remarks in the notices: whoever one is assigned to hears of it, of its last day, that it is late, and that it needs
them no more; whoever gave it hears of the report, and of what nobody reported. Told once for each time that it is assigned,
reported on or settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from contacts.models import Officer
from schedules.models import NoticeLine, Remark, RemarkStage, RemarkStep
from schedules.models.notices import ASSIGNING
from schedules.notices.hours import Moment
from schedules.notices.people import People

Stage, State = RemarkStage, Remark.State
LATELY = dt.timedelta(days=31)  # for how long after it was settled somebody still hears of that


class Told(NamedTuple):
    """A stage, for which step of a remark, and to whom."""

    remark: int
    stage: str
    occasion: int
    recipient: int


class _Row(NamedTuple):
    pk: int
    state: str
    author: int
    given_for: int
    assignee: int
    due_on: dt.date
    step: int


def _due(remarks: QuerySet[Remark], moment: Moment, told: set[Told]) -> set[Told]:
    """What is to be told of them today, whether it was or not. That it needs them no more, those hear who were `told` of it."""
    people = People.read(moment.today)
    rows = remarks.order_by().annotate(step=Max("steps")).values_list(*_Row._fields)
    found = set()
    for row in map(_Row._make, rows):
        knew = _still_think_it_is_theirs(row, [one for one in told if one.remark == row.pk])
        for stage, officers in _concerned(row, moment, people, knew):
            found |= {
                Told(row.pk, stage, row.step, officer) for officer in officers & people.serves_in.keys()
            }
    return found


def _still_think_it_is_theirs(row: _Row, told: list[Told]) -> set[int]:
    """Who was asked to report, and heard of nothing else before the latest step."""
    found = set()
    for one in told:
        if one.stage in ASSIGNING:
            after = [
                other.occasion
                for other in told
                if other.recipient == one.recipient and other.stage == Stage.SETTLED
            ]
            if not any(one.occasion < occasion < row.step for occasion in after):
                found.add(one.recipient)
    return found


def _concerned(row: _Row, moment: Moment, people: People, knew: set[int]) -> Iterator[tuple[str, set[int]]]:
    """Each stage that is due, and to whom it is told."""
    leaders = set(people.nearest(people.leaders, row.given_for))
    leader = {row.author} if row.author in people.leaders.get(row.given_for, ()) else leaders
    assignee = {row.assignee, people.stand_ins.get(row.assignee, row.assignee)}
    if row.state == State.REPORTED:
        yield Stage.ANSWERED, leader
    elif row.state != State.OPEN:
        yield Stage.SETTLED, knew - leader
    else:
        yield Stage.SETTLED, knew - assignee - leader  # somebody else has it by now
        if row.due_on < moment.today:
            yield Stage.UNANSWERED, assignee | leader
        elif moment.workdays.previous(row.due_on) <= moment.today:
            yield Stage.TO_REPORT, assignee
        else:
            yield Stage.GIVEN, assignee


def untold(moment: Moment) -> list[NoticeLine]:
    """A line for everybody who is to be told now. Under the lock of the passes."""
    lately = RemarkStep.objects.filter(remark=OuterRef("pk"), at__gte=moment.now - LATELY)
    remarks = Remark.objects.filter(Q(state__in=[State.OPEN, State.REPORTED]) | Exists(lately))
    keys = list(remarks.values_list("pk", flat=True))
    if not keys:
        return []
    lines = NoticeLine.objects.filter(remark__in=keys).exclude(state=NoticeLine.State.CANCELLED)
    told = set(map(Told._make, lines.values_list(*Told._fields)))
    return [
        NoticeLine(remark_id=one.remark, stage=one.stage, occasion=one.occasion, recipient_id=one.recipient)
        for one in sorted(_due(remarks, moment, told) - told)
    ]


def still_told(lines: Collection[NoticeLine], moment: Moment) -> set[int]:
    """The lines, of some about remarks, that would be told again and to the same officer."""
    if not lines:
        return set()
    about = {line.remark_id for line in lines if line.remark_id}
    told = NoticeLine.objects.filter(remark__in=about).exclude(state=NoticeLine.State.CANCELLED)
    due = _due(
        Remark.objects.filter(pk__in=about), moment, set(map(Told._make, told.values_list(*Told._fields)))
    )
    return {
        line.pk for line in lines if (line.remark_id, line.stage, line.occasion, line.recipient_id) in due
    }


# --- what is read of it --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Described:
    """A line as its reader reads it; without the remark where that is out of their reach by now."""

    line: int
    stage: RemarkStage
    remark: Remark | None


def described(lines: Iterable[NoticeLine], reader: Officer) -> list[Described]:
    """In one query however many there are."""
    about = [line for line in lines if line.remark_id]
    if not about:
        return []
    seen = Remark.objects.visible_to(reader).filter(pk__in={line.remark_id for line in about})
    found = seen.select_related("unit").in_bulk()
    return [Described(line.pk, Stage(line.stage), found.get(line.remark_id)) for line in about]
