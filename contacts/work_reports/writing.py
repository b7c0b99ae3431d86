"""A report's text on its way: written, submitted, approved or sent back. Each deed is a transaction with its audit entry."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry, Officer, ReportVersion, Unit, WorkReport

State = WorkReport.State


@transaction.atomic
def begin(unit: Unit, half_year: str, *, text: str, actor: Actor, now: dt.datetime) -> WorkReport:
    """The unit reports for itself from now on. ValidationError when somebody began before."""
    if unit.closed_on:
        raise ValidationError(_("%(unit)s is closed; choose a unit that is open."), params={"unit": unit})
    report, new = WorkReport.objects.get_or_create(unit=unit, half_year=half_year)
    if not new:
        raise ValidationError(
            _("%(unit)s has a report for this half-year already; open it and write a new version."),
            params={"unit": unit},
        )
    AuditEntry.objects.record(
        actor, "begin report", report, after={"unit": unit.code, "half_year": half_year}
    )
    _add_version(report, 1, text, actor, now)
    return report


@transaction.atomic
def write(report: WorkReport, *, text: str, seen: int, actor: Actor, now: dt.datetime) -> ReportVersion:
    """A new version, which needs an approval of its own. `seen` is the number of the one that it was made from; raises
    ValidationError when somebody wrote a newer one meanwhile. The same text makes no new version."""
    report = _locked(report)
    latest = report.latest()
    if latest.number != seen:
        raise ValidationError(
            _("%(name)s saved version %(number)s meanwhile. Your text stands below; look at theirs first."),
            params={"name": latest.author.name, "number": latest.number},
        )
    if latest.text == text and report.state != State.DROPPED:
        return latest
    version = _add_version(report, latest.number + 1, text, actor, now)
    report.state, report.remark = State.DRAFT, ""
    report.save()
    return version


@transaction.atomic
def submit(report: WorkReport, *, actor: Actor) -> None:
    """Give it to the leader."""
    report = _moving(report, State.DRAFT)
    report.state, report.submitted_by, report.remark = State.SUBMITTED, actor.officer, ""
    report.times_submitted += 1
    report.save()
    AuditEntry.objects.record(actor, "submit report", report, after={"version": report.latest().number})


@transaction.atomic
def approve(report: WorkReport, *, seen: int, actor: Actor, now: dt.datetime) -> None:
    """By a leader, who has read version `seen`, and by another than its author."""
    report = _moving(report, State.SUBMITTED)
    version = report.latest()
    if version.number != seen:
        raise ValidationError(_("There is a newer version; read that one first."))
    if version.author_id == (actor.officer and actor.officer.pk):
        raise ValidationError(_("You wrote this version yourself; another leader approves it."))
    report.state, report.approved = State.APPROVED, version
    report.approved_by, report.approved_at = actor.officer, now
    report.save()
    AuditEntry.objects.record(actor, "approve report", report, after={"version": version.number})


@transaction.atomic
def send_back(report: WorkReport, *, reason: str, actor: Actor) -> None:
    report = _moving(report, State.SUBMITTED)
    report.state, report.remark = State.DRAFT, reason.strip()
    report.save()
    AuditEntry.objects.record(actor, "send report back", report, reason=report.remark)


@transaction.atomic
def drop(report: WorkReport, *, reason: str, actor: Actor) -> None:
    """The unit does not report for itself after all: its people are covered by the report above. Not once it has copies."""
    report = _locked(report)
    if report.copies.exists():
        raise ValidationError(_("It was issued; what people may have in their hands is not given up."))
    report.state = State.DROPPED
    report.save()
    AuditEntry.objects.record(actor, "drop report", report, reason=reason)


def _add_version(report: WorkReport, number: int, text: str, actor: Actor, now: dt.datetime) -> ReportVersion:
    author: Officer = actor.officer  # type: ignore[assignment]  # texts are written by officers
    version = ReportVersion.objects.create(report=report, number=number, text=text, author=author, at=now)
    AuditEntry.objects.record(actor, "write report", report, after={"version": number})
    return version


def _locked(report: WorkReport) -> WorkReport:
    return WorkReport.objects.select_for_update(of=("self",)).select_related("unit").get(pk=report.pk)


def _moving(report: WorkReport, expected: str) -> WorkReport:
    """The report, locked; ValidationError when somebody moved it before."""
    report = _locked(report)
    if report.state != expected:
        raise ValidationError(
            _("Somebody was quicker: this report is %(state)s."), params={"state": report.get_state_display()}
        )
    return report
