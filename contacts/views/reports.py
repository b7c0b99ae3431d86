"""Work reports: the half-year at a glance, and a text on its way from draft to copies."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from contacts.access import Deed, find_for, reach, requires
from contacts.forms.fields import ReasonForm, done
from contacts.forms.reports import ReportForm, VersionForm
from contacts.half_years import HalfYear
from contacts.models import (
    Actor,
    Officer,
    ReportCopy,
    ReportMeeting,
    ReportVersion,
    Stakeholder,
    Unit,
    WorkReport,
)
from contacts.requests import OfficerRequest
from contacts.work_reports import covering, issuing, writing
from contacts.work_reports.differences import differences
from contacts.work_reports.letters import Letter
from contacts.work_reports.tally import APPRAISALS, METHODS, ballots, tally

State = WorkReport.State


@requires(Deed.SEE_ROSTER)
def index(request: OfficerRequest) -> HttpResponse:
    """One half-year: the texts, how they reached people by unit, the meetings. `half_year` is a key, `unit` a code."""
    now = HalfYear.containing(timezone.localdate())
    try:
        period = HalfYear.parse(request.GET.get("half_year") or now.key)
    except ValueError as error:
        raise Http404 from error
    unit = _unit(request)
    rows, total = tally(unit, period.key, request.user)
    reports = WorkReport.objects.visible_to(request.user).filter(half_year=period.key)
    meetings = ReportMeeting.objects.visible_to(request.user).standing().filter(report__half_year=period.key)
    if unit:
        reports = reports.filter(unit__path__startswith=unit.path)
        meetings = meetings.filter(unit__path__startswith=unit.path)
    held = list(meetings.select_related("unit", "leader"))
    context = {
        "period": period,
        "later": period.after if period < now else None,
        "unit": unit,
        "above": unit and unit.parent_id and _within(request.user).filter(pk=unit.parent_id).first(),
        "rows": rows,
        "total": total,
        "methods": METHODS,
        "appraisals": APPRAISALS,
        "reports": _readable(request.user, reports).select_related("unit", "approved", "approved_by"),
        "meetings": held,
        "ballots": ballots(held),
    }
    return render(request, "contacts/report_list.html", context)


def _unit(request: OfficerRequest) -> Unit | None:
    """The one that the address names, or the highest within reach; None for whoever sees their own people alone."""
    within = _within(request.user)
    if code := request.GET.get("unit"):
        return get_object_or_404(within, code=code)
    return within.order_by("path").first()


def _within(officer: Officer) -> QuerySet[Unit]:
    wide = reach(officer, Deed.SEE_ROSTER)
    return Unit.objects.visible_to(officer) if wide.everything or wide.paths else Unit.objects.none()


def _readable(officer: Officer, reports: QuerySet[WorkReport]) -> QuerySet[WorkReport]:
    """Drafts are read by those who write and those who approve; everybody else reads what was approved."""
    if officer.rights.may(Deed.WRITE_REPORT) or officer.rights.may(Deed.APPROVE_REPORT):
        return reports
    return reports.exclude(approved=None)


@requires(Deed.WRITE_REPORT)
def create(request: OfficerRequest) -> HttpResponse:
    form = ReportForm(request.POST or None, officer=request.user, day=timezone.localdate())
    if form.is_valid():
        told = form.cleaned_data
        try:
            report = writing.begin(
                told["unit"],
                told["half_year"],
                text=told["text"],
                actor=Actor.of(request),
                now=timezone.now(),
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Version 1 is saved. Submit it once it is finished."))
            return redirect(report)
    return render(request, "contacts/report_form.html", {"form": form})


@requires(Deed.SEE_ROSTER)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """The text, and what may come next. `version` names another one than the newest, shown against the one before."""
    reports = WorkReport.objects.select_related("unit", "approved__author", "approved_by", "submitted_by")
    report = find_for(request.user, reports, Deed.SEE_ROSTER, pk=pk)
    may = {
        "write": request.user.rights.may(Deed.WRITE_REPORT, report),
        "approve": request.user.rights.may(Deed.APPROVE_REPORT, report),
        "hold": request.user.rights.may(Deed.WRITE_REPORT),
    }
    if not (may["write"] or may["approve"]) and report.approved is None:
        raise Http404
    versions = list(report.versions.select_related("author"))
    shown = _version(request, report, versions, all(not may[deed] for deed in ("write", "approve")))
    before = next((one for one in versions if one.number == shown.number - 1), None)
    copies = ReportCopy.objects.visible_to(request.user).filter(report=report)
    today = timezone.localdate()
    context = {
        "report": report,
        "may": may,
        "shown": shown,
        "newest": versions[0],
        "versions": versions if may["write"] or may["approve"] else [],
        "changes": list(differences(before.text, shown.text))
        if before and "changes" in request.GET
        else None,
        "before": before,
        "meetings": report.meetings.standing().filter(pk__in=ReportMeeting.objects.visible_to(request.user)),
        "copies": copies.count(),
        "delivered": copies.delivered().count(),
        "without": covering.waiting(report, today).count() if may["write"] else 0,
        "outdated": issuing.outdated(report).count() if may["write"] and report.approved_id else 0,
    }
    return render(request, "contacts/report_detail.html", context)


def _version(
    request: OfficerRequest, report: WorkReport, versions: list[ReportVersion], approved_alone: bool
) -> ReportVersion:
    if approved_alone and report.approved:
        return report.approved
    asked = request.GET.get("version") or str(versions[0].number)
    found = next((one for one in versions if str(one.number) == asked), None)
    if found is None:
        raise Http404
    return found


@requires(Deed.WRITE_REPORT)
def update(request: OfficerRequest, pk: int) -> HttpResponse:
    """Write a new version; the ones before stay."""
    report = _report(request, pk, Deed.WRITE_REPORT)
    latest = report.latest()
    form = VersionForm(request.POST or None, initial={"text": latest.text, "seen": latest.number})
    newer = None
    if form.is_valid():
        told, actor = form.cleaned_data, Actor.of(request)
        try:
            version = writing.write(
                report, text=told["text"], seen=told["seen"] or 0, actor=actor, now=timezone.now()
            )
        except ValidationError as refused:
            form.add_error(None, refused)
            newer = latest
            # Whoever has looked at theirs may save.
            form.data = request.POST.dict() | {"seen": str(latest.number)}
        else:
            messages.success(request, _("Version %(number)s is saved.") % {"number": version.number})
            return redirect(report)
    return render(request, "contacts/report_form.html", {"form": form, "report": report, "newer": newer})


@requires(Deed.WRITE_REPORT)
@require_POST
def submit(request: OfficerRequest, pk: int) -> HttpResponse:
    report = _report(request, pk, Deed.WRITE_REPORT)
    try:
        writing.submit(report, actor=Actor.of(request))
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Submitted. The leader sees it under “Work reports”."))
    return redirect(report)


@requires(Deed.APPROVE_REPORT)
@require_POST
def approve(request: OfficerRequest, pk: int) -> HttpResponse:
    """The version that the leader has read, which the form names."""
    report = _report(request, pk, Deed.APPROVE_REPORT)
    seen = request.POST.get("seen", "")
    try:
        writing.approve(
            report, seen=int(seen) if seen.isdecimal() else 0, actor=Actor.of(request), now=timezone.now()
        )
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Approved. It can be issued now."))
    return redirect(report)


@requires(Deed.APPROVE_REPORT)
def send_back(request: OfficerRequest, pk: int) -> HttpResponse:
    report = _report(request, pk, Deed.APPROVE_REPORT)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if done(form, lambda: writing.send_back(report, reason=reason, actor=Actor.of(request))):
            messages.success(request, _("It went back to those who write it."))
            return redirect(report)
    context = {
        "form": form,
        "question": _("Send the report back?"),
        "explanation": _("It is a draft again, and your reason stands above it."),
        "verb": _("Send it back"),
        "cancel_url": report.get_absolute_url(),
    }
    return render(request, "confirm.html", context)


@requires(Deed.WRITE_REPORT)
def drop(request: OfficerRequest, pk: int) -> HttpResponse:
    report = _report(request, pk, Deed.WRITE_REPORT)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if done(form, lambda: writing.drop(report, reason=reason, actor=Actor.of(request))):
            messages.success(
                request, _("The unit does not report for itself; the report above covers its people.")
            )
            return redirect(report)
    context = {
        "form": form,
        "question": _("Give this report up?"),
        "explanation": _(
            "%(unit)s then does not report for itself: its people get the report of the unit above. "
            "The versions are kept; a new one takes it up again."
        )
        % {"unit": report.unit},
        "verb": _("Give it up"),
        "danger": True,
        "cancel_url": report.get_absolute_url(),
    }
    return render(request, "confirm.html", context)


@requires(Deed.WRITE_REPORT)
def issue(request: OfficerRequest, pk: int) -> HttpResponse:
    """Copies for everybody whom it covers; the page says beforehand how many, and for whom not."""
    report = _report(request, pk, Deed.WRITE_REPORT)
    if request.method == "POST":
        try:
            made = issuing.issue(report, actor=Actor.of(request), now=timezone.now())
        except ValidationError as refused:
            messages.warning(request, " ".join(refused.messages))
        else:
            messages.success(
                request,
                ngettext(
                    "%(n)d copy was issued. It meets nothing until it is handed over.",
                    "%(n)d copies were issued. They meet nothing until they are handed over.",
                    made.new,
                )
                % {"n": made.new},
            )
        return redirect(report)
    day = timezone.localdate()
    people = covering.waiting(report, day)
    context = {
        "report": report,
        "people": people.count(),
        "outdated": issuing.outdated(report).count() if report.approved_id else 0,
        "below": covering.below(report).select_related("unit"),
        "letter": _example(report, people.order_by("pinyin", "pk").first(), day),
    }
    return render(request, "contacts/report_issue.html", context)


def _example(report: WorkReport, person: Stakeholder | None, day: dt.date) -> Letter | None:
    """What the first of them would get."""
    if person is None:
        return None
    (copy,) = issuing.copies_for(report, report.approved or report.latest(), [person.pk], day)
    return Letter(copy)


def _report(request: OfficerRequest, pk: int, deed: Deed) -> WorkReport:
    found: WorkReport = find_for(request.user, WorkReport.objects.select_related("unit"), deed, pk=pk)
    return found
