"""The weekly report: on the first working day of a week on which a pass runs, what stands then is kept, and the leaders
of each unit are told once (R10). A week in which no pass ran is not told afterwards: it would be stale."""

from __future__ import annotations

from collections.abc import Iterator

from contacts.unit_history import Tree
from schedules import periods
from schedules.behind.figures import add_up, gather
from schedules.models import BehindReport, NoticeLine
from schedules.notices.hours import Moment
from schedules.notices.queueing import post
from schedules.notices.recipients import leaders_by_unit


def report_week(moment: Moment) -> int:
    """Make the reports of this week unless they stand; how many. Call it under the lock of the passes and inside their
    transaction. Asked on the first pass of a day: on a working day that is one
    question once the week is reported, on others none."""
    week = periods.containing(moment.today, "week")
    if moment.today not in moment.workdays or BehindReport.objects.filter(week_key=week.key).exists():
        return 0
    made = BehindReport.objects.bulk_create(_reports(week.key, moment))
    leaders = leaders_by_unit()
    post([_line(one, officer) for one in made for officer in recipients(one, leaders)], moment)
    return len(made)


def recipients(one: BehindReport, leaders: dict[int, list[int]]) -> list[int]:
    """Those who lead the unit. Where nobody is behind the report says so in one line, lest silence be taken for it; where
    nothing is owed there is nothing to be behind with, and nobody is told."""
    return sorted(leaders.get(one.unit_id, [])) if one.figures["total"]["owed"] else []


def _reports(week_key: str, moment: Moment) -> Iterator[BehindReport]:
    """Of every unit where something is owed, led or not, so that one can look into each later; and of the highest in any
    case, which marks the week."""
    tree = Tree.read()
    found = gather(None, moment.now, moment.workdays)
    for unit in tree.on(moment.today).values():
        figures = add_up(tree.below(unit.pk, moment.today), found)
        if figures["total"]["owed"] or unit.parent_id is None:
            yield BehindReport(unit_id=unit.pk, week_key=week_key, made_at=moment.now, figures=figures)


def _line(one: BehindReport, officer: int) -> NoticeLine:
    return NoticeLine(behind=one, stage="behind", recipient_id=officer)
