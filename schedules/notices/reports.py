"""Work reports in the notices: leaders hear of a text that waits for their approval, and whoever wrote it or handed it in of
what became of it. Told once for each time that it is handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from contacts.models import Officer, ReportVersion, WorkReport
from schedules.models import NoticeLine, ReportStage
from schedules.notices.hours import Moment
from schedules.notices.people import People

Step, State = ReportStage, WorkReport.State


class Text(NamedTuple):
    """The newest version of a report, and what is to be told of it."""

    version: int
    stage: str
    occasion: int
    unit: int
    author: int
    submitted_by: int | None


def _texts() -> QuerySet[ReportVersion]:
    """The newest versions of all reports of which there is something to tell, told or not."""
    newer = ReportVersion.objects.filter(report=OuterRef("report"), number__gt=OuterRef("number"))
    stage = Case(
        When(report__state=State.SUBMITTED, then=Value(Step.TO_APPROVE)),
        When(report__state=State.APPROVED, then=Value(Step.APPROVED)),
        When(~Q(report__remark=""), report__state=State.DRAFT, then=Value(Step.SENT_BACK)),
    )
    found = ReportVersion.objects.annotate(stage=stage).filter(~Exists(newer), stage__isnull=False)
    return found.order_by("pk")


def untold(moment: Moment) -> list[NoticeLine]:
    """A line for everybody who is to be told now. Under the lock of the passes."""
    told = NoticeLine.objects.exclude(state=NoticeLine.State.CANCELLED)
    told = told.filter(
        report_version=OuterRef("pk"), stage=OuterRef("stage"), occasion=OuterRef("report__times_submitted")
    )
    texts = _read(_texts().filter(~Exists(told)))
    people = People.read(moment.today) if texts else People()
    return [
        NoticeLine(
            report_version_id=text.version, stage=text.stage, occasion=text.occasion, recipient_id=officer
        )
        for text in texts
        for officer in sorted(_concerned(text, people))
    ]


def still_told(lines: Collection[NoticeLine], moment: Moment) -> set[int]:
    """The lines, of some about reports, that would be told again and to the same officer."""
    if not lines:
        return set()
    people = People.read(moment.today)
    texts = _read(_texts().filter(pk__in={line.report_version_id for line in lines}))
    standing = {(text[:3], officer) for text in texts for officer in _concerned(text, people)}
    return {
        line.pk
        for line in lines
        if ((line.report_version_id, line.stage, line.occasion), line.recipient_id) in standing
    }


def _read(rows: QuerySet[ReportVersion]) -> list[Text]:
    fields = ("pk", "stage", "report__times_submitted", "report__unit", "author", "report__submitted_by")
    return list(map(Text._make, rows.values_list(*fields)))


def _concerned(text: Text, people: People) -> set[int]:
    """The leaders of the nearest county or of the bureau, who approve (not what they wrote); or whoever waits for them."""
    if text.stage != Step.TO_APPROVE:
        return {text.author, text.submitted_by or text.author} & people.serves_in.keys()
    for unit in people.above(text.unit):
        if found := people.approvers(unit) - {text.author}:
            return found
    return set()


# --- what is read of it --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A line as its reader reads it; without the report where that is out of their reach by now."""

    line: int
    stage: ReportStage
    report: WorkReport | None


def described(lines: Iterable[NoticeLine], reader: Officer) -> list[Told]:
    """In one query however many there are."""
    about = [line for line in lines if line.report_version_id]
    if not about:
        return []
    seen = WorkReport.objects.visible_to(reader)
    versions = ReportVersion.objects.filter(
        pk__in={line.report_version_id for line in about}, report__in=seen
    )
    found = versions.select_related("report__unit").in_bulk()
    return [
        Told(
            line.pk,
            Step(line.stage),
            found[line.report_version_id].report if line.report_version_id in found else None,
        )
        for line in about
    ]
