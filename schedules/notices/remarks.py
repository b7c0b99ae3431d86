"""Leaders' remarks in the notices: whoever one is assigned to hears of it, of its last day and that it is late; the leader
hears of the report, and of what nobody reported. Told once for each time that it is assigned or reported on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Max, QuerySet

from contacts.models import Officer
from schedules.models import NoticeLine, Remark, RemarkStage
from schedules.notices.hours import Moment

Stage, State = RemarkStage, Remark.State


class Told(NamedTuple):
    """A stage, for which step of a remark, and to whom."""

    remark: int
    stage: str
    occasion: int
    recipient: int


def _due(remarks: QuerySet[Remark], moment: Moment) -> set[Told]:
    """What is to be told of them today, told or not."""
    active = set(Officer.objects.active().values_list("pk", flat=True))
    found = set()
    rows = remarks.order_by().annotate(step=Max("steps")).values_list(
        "pk", "state", "author", "assignee", "due_on", "step"
    )  # fmt: skip
    for pk, state, author, assignee, due_on, step in rows:
        if state == State.REPORTED:
            stages = {(Stage.ANSWERED, author)}
        elif state != State.OPEN:
            continue
        elif due_on < moment.today:
            stages = {(Stage.UNANSWERED, assignee), (Stage.UNANSWERED, author)}
        elif moment.workdays.previous(due_on) <= moment.today:
            stages = {(Stage.TO_REPORT, assignee)}
        else:
            stages = {(Stage.GIVEN, assignee)}
        found |= {Told(pk, stage, step, officer) for stage, officer in stages if officer in active}
    return found


def untold(moment: Moment) -> list[NoticeLine]:
    """A line for everybody who is to be told now. Under the lock of the passes."""
    waiting = Remark.objects.filter(state__in=[State.OPEN, State.REPORTED])
    if not waiting.exists():
        return []
    told = NoticeLine.objects.filter(remark__in=waiting).exclude(state=NoticeLine.State.CANCELLED)
    before = set(map(Told._make, told.values_list("remark", "stage", "occasion", "recipient")))
    return [
        NoticeLine(remark_id=one.remark, stage=one.stage, occasion=one.occasion, recipient_id=one.recipient)
        for one in sorted(_due(waiting, moment) - before)
    ]


def still_told(lines: Collection[NoticeLine], moment: Moment) -> set[int]:
    """The lines, of some about remarks, that would be told again and to the same officer."""
    if not lines:
        return set()
    due = _due(Remark.objects.filter(pk__in={line.remark_id for line in lines}), moment)
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
