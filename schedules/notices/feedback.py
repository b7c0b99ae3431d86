"""Feedback in the notices: which step of its ladder has been reached, and who is told (R10, R12).

Up to its day an item is its officer's; what is late climbs: the unit's leaders, then the county's, then the bureau's. A
step is told once to everybody whom it concerns, and nobody hears of a late item twice because they lead two of the units
above it. Each item says from which day on a pass has to look at it (`look_on`), and every deed says: now.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet

from contacts.models import CoHandling, Feedback, FeedbackStep, Officer
from contacts.outsiders import TookPart, took_part
from liaison.batches import batches
from schedules.coverage import due_soon_day
from schedules.models import LOOK_NO_MORE, FeedbackStage, NoticeLine
from schedules.notices.hours import Moment
from schedules.notices.people import People
from schedules.workdays import ONE_DAY, Workdays

Step = FeedbackStage
Deed = FeedbackStep.Deed
# Of these, what is told is what was done, each time that it is done.
TOLD_EACH = (
    Deed.ASSIGNED, Deed.REOPENED, Deed.RETURNED, Deed.ANSWERED, Deed.SUPERVISED, Deed.REPORTED, Deed.ESCALATED,
)  # fmt: skip
TO_COUNTY, TO_BUREAU = 5, 10  # working days after the day that was missed
# Of those that have come to stand on one ladder, the latest alone is told.
LADDERS = (
    (Step.RETURNED, Step.ARRIVED, Step.ASSIGNED, Step.DUE_SOON, Step.LAST_DAY, Step.MISSED),
    (Step.SUPERVISED, Step.REPORT),
    (Step.RATE, Step.UNRATED),
    (Step.OPINION, Step.NO_OPINION),
)
RUNGS: dict[str, tuple[int, int]] = {
    stage: (ladder, rung) for ladder, stages in enumerate(LADDERS) for rung, stage in enumerate(stages)
}


class Item(NamedTuple):
    """An item as far as its steps hang on it."""

    pk: int
    state: str
    unit: int
    person_unit: int
    handler: int | None
    received_by: int
    prepared_by: int | None
    assigned_on: dt.date | None
    due_on: dt.date
    told_on: dt.date | None
    review_on: dt.date | None
    rate_by: dt.date | None
    supervised_by: int | None
    supervising_unit: int | None  # of whoever supervises it
    report_by: dt.date | None
    reported_on: dt.date | None
    escalated_to: int | None
    escalated_on: dt.date | None
    returned_on: dt.date | None
    received_on: dt.date
    taken_in_by_unit: int


FIELDS = (
    "pk", "state", "unit", "stakeholder__unit", "handler", "received_by", "answer__prepared_by", "assigned_on", "due_on",
    "answer__told_on", "review_on", "rate_by", "supervised_by", "supervised_by__unit", "report_by", "reported_on",
    "escalated_to", "escalated_on", "returned_on", "received_on", "received_by__unit",
)  # fmt: skip


class Asked(NamedTuple):
    """An opinion that is waited for."""

    pk: int
    unit: int
    due_on: dt.date


@dataclass
class History:
    """What stands beside an item and its steps hang on."""

    newest: dict[str, int] = field(default_factory=dict)  # deed → the newest step of it
    asked: list[Asked] = field(default_factory=list)
    part: TookPart = field(default_factory=TookPart)  # while it is to be rated


class Reached(NamedTuple):
    """A step of an item: `about`, the day that it warns of; `on`, the day from which on it is told; `occasion`, what tells
    it from another of the same day: the deed that made it."""

    stage: str
    about: dt.date
    on: dt.date
    unit: int | None = None  # of a step that concerns another unit than the item's
    occasion: int = 0


def steps(item: Item, workdays: Workdays, history: History) -> list[Reached]:
    """All steps of an item as it stands, told or not."""
    found: list[Reached] = []
    due = item.review_on or (item.due_on if item.state in Feedback.PENDING else None)
    newest = history.newest.get
    if item.state == Feedback.State.ASSIGNED and item.assigned_on:
        given = max(newest(Deed.ASSIGNED, 0), newest(Deed.REOPENED, 0))
        found.append(Reached(Step.ASSIGNED, item.assigned_on, item.assigned_on, occasion=given))
    elif item.state == Feedback.State.RECEIVED and item.returned_on:
        sent = newest(Deed.RETURNED, 0)
        found.append(Reached(Step.RETURNED, item.returned_on, item.returned_on, occasion=sent))
    elif item.state == Feedback.State.RECEIVED and item.taken_in_by_unit != item.unit:
        found.append(Reached(Step.ARRIVED, item.received_on, item.received_on))
    if due:
        found += [
            Reached(Step.DUE_SOON, due, due_soon_day(due, workdays)),
            Reached(Step.LAST_DAY, due, due),
            Reached(Step.MISSED, due, workdays.shift(due, 1)),
            Reached(Step.COUNTY, due, workdays.shift(due, TO_COUNTY)),
            Reached(Step.BUREAU, due, workdays.shift(due, TO_BUREAU)),
        ]
    if item.rate_by and item.told_on:
        told = newest(Deed.ANSWERED, 0)
        found.append(Reached(Step.RATE, item.rate_by, workdays.shift(item.told_on, 1), occasion=told))
        found.append(Reached(Step.UNRATED, item.rate_by, workdays.shift(item.rate_by, 1), occasion=told))
    if item.report_by:
        begun = newest(Deed.SUPERVISED, 0)
        found.append(Reached(Step.SUPERVISED, item.report_by, dt.date.min, occasion=begun))
        found.append(Reached(Step.REPORT, item.report_by, item.report_by))
        found.append(Reached(Step.UNREPORTED, item.report_by, workdays.shift(item.report_by, 1)))
    if item.reported_on:
        made = newest(Deed.REPORTED, 0)
        found.append(Reached(Step.REPORTED, item.reported_on, item.reported_on, occasion=made))
    if item.escalated_to and item.state in Feedback.PENDING:
        day, sent = item.escalated_on or item.due_on, newest(Deed.ESCALATED, 0)
        found.append(Reached(Step.ESCALATED, day, dt.date.min, item.escalated_to, sent))
    for one in history.asked:
        found.append(Reached(Step.OPINION, one.due_on, dt.date.min, one.unit, one.pk))
        found.append(Reached(Step.NO_OPINION, one.due_on, workdays.shift(one.due_on, 1), one.unit, one.pk))
    return found


def told_now(found: list[Reached], today: dt.date) -> list[Reached]:
    """Those that have fallen due, and of each ladder the latest alone: of what a unit is asked, by unit."""
    due = [one for one in found if one.on <= today]
    latest: dict[tuple[int, int | None], Reached] = {}
    for one in sorted(due, key=lambda one: (one.on, RUNGS.get(one.stage, (0, 0)))):
        if one.stage in RUNGS:
            latest[RUNGS[one.stage][0], one.unit] = one
    return [one for one in due if one.stage not in RUNGS or one in latest.values()]


def owner(item: Item, people: People) -> set[int]:
    """Whoever has it in hand, answered it last or took it in, if they still serve in the unit, and whoever stands in
    for them; otherwise those who assign for the unit."""
    taken_in = item.received_by if item.assigned_on is None else None
    for officer in (item.handler, item.prepared_by, taken_in):
        if officer and people.serves_in.get(officer) == item.unit:
            return {officer, people.stand_ins.get(officer, officer)}
    return people.acting_for(item.unit)


def concerned(item: Item, step: Reached, people: People, history: History) -> set[int]:
    """To whom a step is told."""
    unit = set(people.nearest(people.leaders, item.unit))
    county = next((one for one in people.above(item.unit) if one in people.counties), None)
    to_county = set(people.leaders.get(county or 0, [])) - unit
    match step.stage:
        case Step.ASSIGNED | Step.DUE_SOON | Step.LAST_DAY | Step.SUPERVISED | Step.REPORT:
            found = owner(item, people)
        case Step.RETURNED | Step.ARRIVED:
            found = people.acting_for(item.unit)
        case Step.MISSED:
            found = owner(item, people) | unit
        case Step.COUNTY:
            found = to_county
        case Step.BUREAU:
            root = list(people.above(item.unit))[-1]
            found = set(people.leaders.get(root, [])) - unit - to_county
        case Step.REPORTED:
            found = _supervisors(item, people)
        case Step.UNREPORTED:
            found = _supervisors(item, people) | unit
        case Step.RATE | Step.UNRATED:
            found = set(people.raters(item.unit, item.person_unit, history.part, item.pk))
        case Step.NO_OPINION:
            found = owner(item, people) | set(people.nearest(people.leaders, step.unit))
        case _:
            found = set(people.nearest(people.leaders, step.unit))
    return found & people.serves_in.keys()


def _supervisors(item: Item, people: People) -> set[int]:
    """Whoever waits for the report or, once they are gone, the leaders of their unit."""
    if item.supervised_by in people.serves_in:
        return {item.supervised_by}
    return set(people.nearest(people.leaders, item.supervising_unit))


# --- the pass ------------------------------------------------------------------------------------------------


def untold(moment: Moment) -> list[NoticeLine]:
    """A line for everybody who is to be told a step now; and each item is told when to be looked at again. Under the
    lock of the passes."""
    # Locked, in the order of all who lock several: a deed that commits meanwhile says "look again", which must not be
    # written over. And read afterwards, with what stands beside them by then.
    due = Feedback.objects.filter(Q(look_on=None) | Q(look_on__lte=moment.today))
    keys = list(due.select_for_update().order_by("pk").values_list("pk", flat=True))
    rows = [row for few in batches(keys) for row in _read(Feedback.objects.filter(pk__in=few))]
    if not rows:
        return []
    people, lines = People.read(moment.today), []
    looks: dict[dt.date, list[int]] = defaultdict(list)
    for some in batches(rows):
        told, histories = _told(some), _histories(some)
        for item in some:
            history = histories[item.pk]
            found = steps(item, moment.workdays, history)
            look_on = min((step.on for step in found if step.on > moment.today), default=LOOK_NO_MORE)
            for step in told_now(found, moment.today):
                known = told[item.pk, step.stage, step.about, step.occasion]
                new = concerned(item, step, people, history) - known
                lines += [_line(item, step, officer) for officer in sorted(new)]
                if not known and not new:  # somebody may sign in again, or take over
                    look_on = moment.today + ONE_DAY
            looks[look_on].append(item.pk)
    for look_on, keys in looks.items():
        for few in batches(keys):
            Feedback.objects.filter(pk__in=few).update(look_on=look_on)
    return lines


def still_told(lines: Collection[NoticeLine], moment: Moment) -> set[int]:
    """The lines, of some about feedback, whose step still stands and concerns whom they are for."""
    if not lines:
        return set()
    rows = _read(Feedback.objects.filter(pk__in={line.feedback_id for line in lines}))
    people, histories = People.read(moment.today), _histories(rows)
    standing = {
        (item.pk, step.stage, step.about, step.occasion, officer)
        for item in rows
        for step in steps(item, moment.workdays, histories[item.pk])
        for officer in concerned(item, step, people, histories[item.pk])
    }
    return {
        line.pk
        for line in lines
        if (line.feedback_id, line.stage, line.about_on, line.occasion, line.recipient_id) in standing
    }


def _read(rows: QuerySet[Feedback]) -> list[Item]:
    return list(map(Item._make, rows.order_by("pk").values_list(*FIELDS)))


def _line(item: Item, step: Reached, officer: int) -> NoticeLine:
    return NoticeLine(
        feedback_id=item.pk,
        stage=step.stage,
        about_on=step.about,
        occasion=step.occasion,
        recipient_id=officer,
    )


def _told(items: list[Item]) -> dict[tuple[int, str, dt.date, int], set[int]]:
    """To whom each step was told; one that was called off is told after all."""
    found: dict[tuple[int, str, dt.date, int], set[int]] = defaultdict(set)
    lines = NoticeLine.objects.filter(feedback__in=[item.pk for item in items])
    standing = lines.exclude(state=NoticeLine.State.CANCELLED)
    for *step, officer in standing.values_list("feedback", "stage", "about_on", "occasion", "recipient"):
        found[*step].add(officer)  # type: ignore[index]
    return found


def _histories(items: list[Item]) -> dict[int, History]:
    found = {item.pk: History() for item in items}
    deeds = FeedbackStep.objects.filter(feedback__in=found, deed__in=TOLD_EACH).order_by()
    for pk, deed, newest in deeds.values_list("feedback", "deed").annotate(Max("pk")):
        found[pk].newest[deed] = newest
    waiting = CoHandling.objects.filter(feedback__in=found, given_at=None)
    for item, pk, unit, day in waiting.values_list("feedback", "pk", "unit", "due_on"):
        found[item].asked.append(Asked(pk, unit, day))
    for pk, part in took_part([item.pk for item in items if item.rate_by]).items():
        found[pk].part = part
    return found


# --- what is read of it --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A line as its reader reads it; without the item where that is out of their reach by now."""

    line: int
    stage: FeedbackStage
    about: dt.date
    item: Feedback | None


def described(lines: Iterable[NoticeLine], reader: Officer) -> list[Told]:
    """The most urgent first, in one query however many there are."""
    about = [line for line in lines if line.feedback_id]
    if not about:
        return []
    seen = Feedback.objects.visible_to(reader).select_related("stakeholder")
    items = seen.in_bulk({line.feedback_id for line in about})
    found = [
        Told(line.pk, Step(line.stage), line.about_on, items.get(line.feedback_id))  # type: ignore[arg-type]
        for line in about
    ]
    order = list(Step)
    return sorted(found, key=lambda told: (order.index(told.stage), told.about, told.line))
