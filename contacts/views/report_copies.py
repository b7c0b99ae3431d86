"""Copies of work reports: read and printed, handed over, appraised; and files of many of them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contacts import tasks
from contacts.access import Deed, find_for, requires
from contacts.file_making import LEASE
from contacts.forms.fields import done
from contacts.forms.reports import AppraisalForm, DeliveryForm, FilesForm
from contacts.half_years import HalfYear
from contacts.models import Actor, ReportBatch, ReportCopy, ReportDelivery
from contacts.requests import OfficerRequest
from contacts.tables.reports import ReportCopyListing
from contacts.views.lists import ListPage
from contacts.work_reports import delivering, files, shelf
from contacts.work_reports.letters import Letter
from liaison.redirects import way_back

SHOWN = 20  # batches


class Index(ListPage):
    """All copies within reach."""

    listing = ReportCopyListing


@requires(Deed.SEE_ROSTER)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """The letter as it is printed, with how it was handed over."""
    copy = _copy(request, pk, Deed.SEE_ROSTER)
    delivery = _delivery(copy)
    context = {
        "copy": copy,
        "letter": Letter(copy),
        "delivery": delivery,
        "may_log": request.user.rights.may(Deed.LOG, copy),
        "has_file": shelf.is_there(copy),
        "tries": copy.deliveries.exclude(pk=delivery.pk if delivery else 0).select_related(
            "record__voided_by", "meeting"
        ),
    }
    return render(request, "contacts/report_copy.html", context)


@requires(Deed.LOG)
@require_GET
def pdf(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """The file that the worker made; until then the page can be printed."""
    copy = _copy(request, pk, Deed.LOG)
    file = files.letter(copy, Actor.of(request))
    if file is None:
        messages.info(request, _("There is no file of this letter yet. Print this page, or have files made."))
        return redirect(copy)
    name = f"{copy.stakeholder.name} {copy.half_year}.pdf"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")


@requires(Deed.LOG)
def deliver(request: OfficerRequest, pk: int) -> HttpResponse:
    """It was handed over: on which day, how, and what the person said to it."""
    copy = _copy(request, pk, Deed.LOG)
    if (before := _delivery(copy)) and request.method != "POST":
        messages.info(
            request, _("It was handed over on %(day)s already.") % {"day": before.record.occurred_on}
        )
        return redirect(copy)
    form = DeliveryForm(request.POST or None, copy=copy, now=timezone.now())
    if form.is_valid():
        told, actor = form.cleaned_data, Actor.of(request)
        try:
            made, feedback = delivering.deliver(
                copy, form.record(request.user), method=told["method"], appraisal=told["appraisal"],
                said=told["said"], topic=told["topic"], actor=actor,
            )  # fmt: skip
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request,
                _("%(name)s has the report: it counts as the work report of %(half)s.")
                % {"name": copy.stakeholder.name, "half": HalfYear.containing(made.record.occurred_on)},
            )
            if feedback:
                messages.info(
                    request,
                    _("The opinion is number %(number)s, to be answered by %(day)s.")
                    % {"number": feedback.number, "day": feedback.due_on},
                )
            return redirect(way_back(request, copy.stakeholder.get_absolute_url()))
    context = {"form": form, "copy": copy, "next": way_back(request, "")}
    return render(request, "contacts/report_deliver.html", context)


@requires(Deed.LOG)
def appraise(request: OfficerRequest, pk: int) -> HttpResponse:
    """What the person thinks of the work, asked later, or corrected."""
    copy = _copy(request, pk, Deed.LOG)
    delivery = _delivery(copy)
    if delivery is None:
        messages.info(request, _("Nobody has handed it over yet; that form asks for the appraisal too."))
        return redirect("contacts:report-deliver", copy.pk)
    sent = request.POST if request.method == "POST" else None  # nothing ticked is an answer too
    form = AppraisalForm(sent, initial={"appraisal": delivery.appraisal})
    if form.is_valid():
        appraisal = form.cleaned_data["appraisal"]
        if done(form, lambda: delivering.appraise(delivery, appraisal, actor=Actor.of(request))):
            messages.success(request, _("Kept."))
            return redirect(copy)
    context = {
        "form": form,
        "question": _("What does %(name)s think of the work?") % {"name": copy.stakeholder.name},
        "verb": _("Keep it"),
        "cancel_url": copy.get_absolute_url(),
    }
    return render(request, "confirm.html", context)


def _copy(request: OfficerRequest, pk: int, deed: Deed) -> ReportCopy:
    copies = ReportCopy.objects.select_related("report__unit", "version", "stakeholder__unit")
    found: ReportCopy = find_for(request.user, copies, deed, pk=pk)
    return found


def _delivery(copy: ReportCopy) -> ReportDelivery | None:
    live = ReportDelivery.objects.live().filter(copy=copy).select_related("record__officer", "meeting__unit")
    return live.order_by("record__occurred_at", "pk").first()


# --- files of many -------------------------------------------------------------------------------------------


@requires(Deed.WRITE_REPORT)
def batch_index(request: OfficerRequest) -> HttpResponse:
    """Have files made, see how far they are, take them away."""
    wanted = {name: request.GET.get(name, "") for name in ("unit", "half_year")}
    form = FilesForm(request.POST or None, officer=request.user, day=timezone.localdate(), initial=wanted)
    if form.is_valid():
        told = form.cleaned_data
        files.order(told["unit"], told["half_year"], actor=Actor.of(request), now=timezone.now())
        transaction.on_commit(tasks.make_reports, robust=True)
        return redirect("contacts:report-files")
    found = list(ReportBatch.objects.visible_to(request.user).select_related("unit")[:SHOWN])
    waiting = [batch for batch in found if batch.state in ReportBatch.DUE]
    silent = timezone.now() - 2 * LEASE
    context = {
        "form": form,
        "batches": found,
        "waits": bool(waiting),
        "silent": any(max(one.asked_at, one.leased_until or one.asked_at) < silent for one in waiting),
        "kept_days": files.KEPT.days,
    }
    return render(request, "contacts/report_files.html", context, status=400 if form.is_bound else 200)


@requires(Deed.WRITE_REPORT)
@require_GET
def batch_file(request: OfficerRequest, pk: int) -> HttpResponseBase:
    batch = get_object_or_404(ReportBatch.objects.visible_to(request.user).select_related("unit"), pk=pk)
    file = files.opened(batch, Actor.of(request))
    if file is None:
        raise Http404
    name = f"{batch.unit} {batch.half_year}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
