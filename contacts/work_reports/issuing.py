"""An approved text becomes copies, one for each person it covers. Nobody has been reported to by that: a copy meets
something once a contact says that it was handed over."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts.models import Actor, AuditEntry, ReportCopy, ReportVersion, Seat, WorkReport
from contacts.said_and_done import lines_of
from contacts.work_reports.covering import REPORTED_TO, waiting
from liaison.batches import batches

State = WorkReport.State


@dataclass(frozen=True)
class Issued:
    new: int
    renewed: int


@transaction.atomic
def issue(report: WorkReport, *, actor: Actor, now: dt.datetime) -> Issued:
    """A copy of the approved version for everybody who has none. Done again, it gives newcomers theirs; after a newer
    version was approved, whoever has not got their copy yet gets the newer one, and what was handed over stays."""
    report = WorkReport.objects.select_for_update(of=("self",)).select_related("unit").get(pk=report.pk)
    if report.state not in {State.APPROVED, State.ISSUED}:
        raise ValidationError(_("A leader has to approve it first."))
    version: ReportVersion = report.approved  # type: ignore[assignment]  # the database holds it
    day = timezone.localdate(now)
    made = copies_for(report, version, list(waiting(report, day).values_list("pk", flat=True)), day)
    # Whoever got a copy from another unit at this moment keeps that one.
    ReportCopy.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    renewed = _renew(report, version, day)
    report.state, report.issued_at = State.ISSUED, now
    report.save()
    done = Issued(len(made), renewed)
    after = {"version": version.number, "new": done.new, "renewed": done.renewed}
    AuditEntry.objects.record(actor, "issue report", report, after=after)
    return done


def copies_for(
    report: WorkReport, version: ReportVersion, people: list[int], day: dt.date
) -> list[ReportCopy]:
    """Their copies as they would be issued on that day; not saved."""
    lines, titles = _lines(report, people, day), _titles(people, day)
    return [
        ReportCopy(
            report=report, stakeholder_id=person, half_year=report.half_year, version=version,
            title=titles.get(person, ""), lines=lines.get(person, []), issued_on=day,
        )
        for person in people
    ]  # fmt: skip


def outdated(report: WorkReport) -> QuerySet[ReportCopy]:
    """Copies of an older version that nobody has yet."""
    return report.copies.undelivered().exclude(version=report.approved_id)


def _renew(report: WorkReport, version: ReportVersion, day: dt.date) -> int:
    # Locked first, so that nobody hands one over meanwhile.
    list(report.copies.select_for_update().order_by("pk").values_list("pk"))
    copies = list(outdated(report))
    lines = _lines(report, [copy.stakeholder_id for copy in copies], day)
    for copy in copies:
        copy.version, copy.issued_on = version, day
        copy.lines = lines.get(copy.stakeholder_id, [])
    return ReportCopy.objects.bulk_update(copies, ["version", "lines", "issued_on"], batch_size=200)


def _lines(report: WorkReport, people: list[int], day: dt.date) -> dict:
    """What came since the last report that was issued to each; before the first, since the half-year before began."""
    since = dict.fromkeys(people, report.period.before.first)
    earlier = ReportCopy.objects.filter(half_year__lt=report.half_year)
    for some in batches(people):
        last = earlier.filter(stakeholder__in=some).order_by().values_list("stakeholder")
        since |= dict(last.annotate(Max("issued_on")))
    return lines_of(since, day)


def _titles(people: list[int], day: dt.date) -> dict[int, str]:
    """How a letter addresses each, in the language of the installation."""
    held = defaultdict(set)
    for some in batches(people):
        seats = Seat.objects.active(day).filter(stakeholder__in=some, kind__in=REPORTED_TO)
        for person, kind in seats.values_list("stakeholder", "kind"):
            held[person].add(kind)
    with translation.override(settings.LANGUAGE_CODE):
        titles = {
            Seat.Kind.NPC_DEPUTY: pgettext("how a letter addresses somebody", "deputy"),
            Seat.Kind.CPPCC_MEMBER: pgettext("how a letter addresses somebody", "member"),
        }
    return {
        person: "、".join(titles[kind] for kind in REPORTED_TO if kind in kinds)
        for person, kinds in held.items()
    }
