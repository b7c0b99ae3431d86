"""三个报告评议: meetings in which a leader reports and those present vote."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, find_for, reach, requires
from contacts.forms.fields import ReasonForm, done
from contacts.forms.reports import MeetingForm, SayingForm, SayingFormSet
from contacts.models import Actor, Feedback, Officer, ReportCopy, ReportMeeting, Unit, WorkReport
from contacts.requests import OfficerRequest
from contacts.work_reports import meetings

MOST = 400  # people on one form; of a larger report the unit is chosen first


@requires(Deed.WRITE_REPORT)
def create(request: OfficerRequest, pk: int) -> HttpResponse:
    """A meeting that heard the report. `unit` narrows whom the page offers."""
    reports = WorkReport.objects.select_related("unit").exclude(copies=None)
    report = find_for(request.user, reports.distinct(), Deed.SEE_ROSTER, pk=pk)
    copies = ReportCopy.objects.visible_to(request.user, Deed.WRITE_REPORT).filter(report=report)
    unit = Unit.objects.visible_to(request.user).filter(code=request.GET.get("unit", "")).first()
    if unit:
        copies = copies.filter(stakeholder__unit__path__startswith=unit.path)
    context = {"report": report, "unit": unit}
    if copies.count() > MOST:
        units = copies.order_by("stakeholder__unit__path").values(
            "stakeholder__unit__code", "stakeholder__unit__short_name"
        )
        context["units"] = units.annotate(n=Count("pk"))
        return render(request, "contacts/report_meeting_form.html", context)
    shown = list(
        copies.with_delivery()
        .select_related("stakeholder__unit")
        .order_by("stakeholder__unit__path", "stakeholder__pinyin")
    )
    holder = unit or _holder(request.user, report)
    leaders = _leaders(holder)
    form = MeetingForm(request.POST or None, copies=shown, leaders=leaders, day=timezone.localdate())
    sayings = SayingFormSet(request.POST or None, prefix="said", form_kwargs=SayingForm.choices(shown))
    if form.is_valid() and sayings.is_valid() and _hold(request, report, holder, form, sayings):
        messages.success(request, _("The meeting is kept, with a contact for everybody who was there."))
        return redirect(report)
    context |= {"form": form, "sayings": sayings, "leaders": leaders.exclude(post_class="community_officer")}
    return render(request, "contacts/report_meeting_form.html", context)


def _holder(officer: Officer, report: WorkReport) -> Unit:
    """The unit that holds it: the report's, or for whoever answers for a part of it only, that part."""
    wide = reach(officer, Deed.WRITE_REPORT)
    if wide.covers(report.unit.path, own=False):
        return report.unit
    own = Unit.objects.filter(path__in=wide.paths, path__startswith=report.unit.path)
    return own.order_by("path").first() or officer.unit


def _leaders(unit: Unit) -> QuerySet[Officer]:
    """Who may report there: officers of the unit, of those below it, and of those above."""
    above = Q(unit__code__in=[code for code in unit.path.split("/") if code])
    serving = Officer.objects.active().filter(above | Q(unit__path__startswith=unit.path))
    return serving.order_by("unit__path", "pinyin")


def _hold(
    request: OfficerRequest, report: WorkReport, unit: Unit, form: MeetingForm, sayings: BaseFormSet
) -> bool:
    meeting, told = form.meeting(), form.cleaned_data
    meeting.report, meeting.unit, meeting.entered_by = report, unit, request.user
    present = [form.copies[pk] for pk in told["present"]]
    said = [
        (form.copies[one["person"]], one["text"].strip(), one["topic"])
        for one in sayings.cleaned_data
        if one.get("text", "").strip()
    ]
    if absent := [copy.stakeholder.name for copy, _text, _topic in said if copy not in present]:
        form.add_error(
            "present", _("%(names)s said something; tick them too.") % {"names": "、".join(absent)}
        )
        return False
    actor = Actor.of(request)
    return done(
        form, lambda: meetings.hold(meeting, present, reports=told["reports"], said=said, actor=actor)
    )


@requires(Deed.SEE_ROSTER)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """Who was there, as far as one sees them, the count of the ballot, and what was said."""
    found = ReportMeeting.objects.select_related("report__unit", "unit", "leader", "entered_by")
    meeting = find_for(request.user, found, Deed.SEE_ROSTER, pk=pk)
    seen = ReportCopy.objects.visible_to(request.user).values("pk")
    present = meeting.attendances.filter(copy__in=seen).select_related("copy__stakeholder__unit", "record")
    said = Feedback.objects.visible_to(request.user).filter(record__in=meeting.attendances.values("record"))
    context = {
        "meeting": meeting,
        "present": present.order_by("copy__stakeholder__unit__path", "copy__stakeholder__pinyin"),
        "attended": meeting.present().count(),
        "said": said.select_related("stakeholder"),
        "may_void": meeting.voided_at is None and request.user.rights.may(Deed.WRITE_REPORT, meeting),
        "today": timezone.localdate(),
    }
    return render(request, "contacts/report_meeting.html", context)


@requires(Deed.WRITE_REPORT)
def void(request: OfficerRequest, pk: int) -> HttpResponse:
    meeting = find_for(request.user, ReportMeeting.objects.all(), Deed.WRITE_REPORT, pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        if done(form, lambda: meetings.void(meeting, reason=reason, actor=Actor.of(request), now=now)):
            messages.success(request, _("The meeting no longer counts."))
            return redirect(meeting)
    context = {
        "form": form,
        "question": _("Void this meeting?"),
        "explanation": _(
            "Neither its votes nor the contacts of those present count any more; what those met is owed again. "
            "What somebody said there stays, and is still to be answered."
        ),
        "verb": _("Void the meeting"),
        "danger": True,
        "cancel_url": meeting.get_absolute_url(),
    }
    return render(request, "confirm.html", context)
