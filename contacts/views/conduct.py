"""Sealed reports: the page on which one is filed, and the cases of those who review them (R13)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from contacts import conduct
from contacts.access import Deed, View, requires
from contacts.conduct_tally import LEAST, tally
from contacts.forms.conduct import ConductForm, ConsentForm, NoteForm, OpenForm, ReviewerForm
from contacts.forms.fields import done
from contacts.models import ConductReport
from contacts.requests import OfficerRequest
from contacts.reviewing import Desk
from contacts.seals import SealBroken

State = ConductReport.State


def sealed(deed: Deed) -> Callable[[Callable[..., HttpResponse]], View]:
    """For those who have the deed, and for nobody's memory: not a cache's, not an error report's. Where one came from and
    goes to names no address of these pages. A key that does not fit gets a page that says so."""

    def decorate(view: Callable[..., HttpResponse]) -> View:
        @never_cache
        @sensitive_post_parameters()
        @requires(deed)
        @wraps(view)
        def guarded(request: OfficerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                response = view(request, *args, **kwargs)
            except SealBroken:
                response = render(request, "contacts/conduct_key.html", status=503)
            response["Referrer-Policy"] = "strict-origin"
            return response

        return guarded

    return decorate


@sealed(Deed.FILE_CONDUCT)
@sensitive_variables()
def report(request: OfficerRequest) -> HttpResponse:
    """File a report. The receipt is the answer itself: an address of its own would be a way back to it."""
    day = timezone.localdate()
    form = ConductForm(request.POST or None, day=day)
    if form.is_valid():
        said = form.cleaned_data | {"submission": form.cleaned_data["submission"] or uuid.uuid4()}
        number = conduct.take_in(**said, by=request.user, day=day)
        return render(request, "contacts/conduct_taken_in.html", {"number": number})
    return render(request, "contacts/conduct_form.html", {"form": form})


@sealed(Deed.REVIEW_CONDUCT)
def index(request: OfficerRequest) -> HttpResponse:
    """The cases that are with one, what others ask, and the consents that one gave."""
    desk, day = Desk(request.user), timezone.localdate()
    questions = desk.questions.values()
    context = {
        "cases": sorted(desk.cases.values(), key=lambda case: case.is_closed),
        "asked": [one for one in questions if one.decided_at is None],
        "given": [one for one in questions if one.lasts_until and one.lasts_until >= day],
    }
    return render(request, "contacts/case_list.html", context)


@sealed(Deed.REVIEW_CONDUCT)
def figures(request: OfficerRequest) -> HttpResponse:
    context = {"half_years": tally(timezone.localdate()), "least": LEAST}
    return render(request, "contacts/case_figures.html", context)


@sealed(Deed.REVIEW_CONDUCT)
def detail(request: OfficerRequest, pk: uuid.UUID) -> HttpResponse:
    """What was done with a case. What it says is not on this page."""
    case = Desk(request.user).case(pk)
    context = {
        "case": case,
        "consent": conduct.consent_in_force(case, request.user, timezone.localdate()),
        "question": case.consents.filter(asker=request.user).select_related("second").last(),
        "openings": case.openings.select_related("reviewer"),
        "notes": case.notes.defer("text").select_related("author"),
        "former": case.assignments.exclude(ended_at=None).select_related("reviewer"),
    }
    return render(request, "contacts/case_detail.html", context)


@sealed(Deed.REVIEW_CONDUCT)
@sensitive_variables()
def open_report(request: OfficerRequest, pk: uuid.UUID) -> HttpResponse:
    """Read a report, for a reason; it stands in this answer alone."""
    case = Desk(request.user).case(pk)
    form = OpenForm(request.POST or None)
    opened: list[ConductReport] = []
    deed: dict[str, Any] = {"reviewer": request.user, "now": timezone.now()}
    if form.is_valid() and done(
        form, lambda: opened.append(conduct.open_report(case, **deed, **form.cleaned_data))
    ):
        notes = case.notes.select_related("author")
        return render(request, "contacts/case_opened.html", {"case": opened[0], "notes": notes})
    return _ask(
        request, case, form, _("Read the report"), _("Who opened it, when and why is written down for good.")
    )


@sealed(Deed.REVIEW_CONDUCT)
@sensitive_variables()
def open_source(request: OfficerRequest, pk: uuid.UUID) -> HttpResponse:
    """Read who said it, for a reason, while a second reviewer's consent lasts; without one it is asked for."""
    case, day = Desk(request.user).case(pk), timezone.localdate()
    if not conduct.consent_in_force(case, request.user, day):
        return redirect("contacts:case-ask", pk)
    form = OpenForm(request.POST or None)
    opened: list[Any] = []
    deed: dict[str, Any] = {"reviewer": request.user, "now": timezone.now(), "day": day}
    if form.is_valid() and done(
        form, lambda: opened.append(conduct.open_source(case, **deed, **form.cleaned_data))
    ):
        return render(request, "contacts/case_opened.html", {"case": case, "source": opened[0]})
    return _ask(
        request, case, form, _("Open the source"), _("Who opened it, when and why is written down for good.")
    )


@sealed(Deed.REVIEW_CONDUCT)
def ask(request: OfficerRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask another reviewer to consent that the source be opened."""
    desk = Desk(request.user)
    case = desk.case(pk)
    form = ReviewerForm(request.POST or None, others=desk.others(case))
    if form.is_valid():
        deed = {"second": form.chosen, "reviewer": request.user, "reason": form.cleaned_data["reason"]}
        if done(form, lambda: conduct.ask_consent(case, **deed, now=timezone.now())):
            messages.success(request, _("%(name)s is asked.") % {"name": form.chosen.name})
            return redirect("contacts:case-detail", pk)
    why = _(
        "The source opens once another reviewer consents, who reads the reason and not the report. The consent is for you "
        "and this case alone, and lasts %(days)d days."
    ) % {"days": settings.CONDUCT_CONSENT_DAYS}
    return _ask(request, case, form, _("Ask to open the source"), why)


@sealed(Deed.REVIEW_CONDUCT)
def consent(request: OfficerRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer such a question."""
    question = Desk(request.user).question(pk)
    form = ConsentForm(request.POST or None)
    if form.is_valid():
        granted = form.cleaned_data["answer"] == "yes"
        now, day = timezone.now(), timezone.localdate()
        if done(form, lambda: conduct.decide(question, granted=granted, now=now, day=day)):
            messages.success(request, _("Your answer is noted."))
            return redirect("contacts:case-list")
    return render(request, "contacts/case_consent.html", {"form": form, "question": question})


@sealed(Deed.REVIEW_CONDUCT)
@sensitive_variables()
def note(request: OfficerRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down what was found out, and how the case stands; closing one is a note too."""
    case = Desk(request.user).case(pk)
    likely = State.CHECKING if case.state == State.OPEN else case.state
    form = NoteForm(request.POST or None, initial={"state": likely})
    deed: dict[str, Any] = {"reviewer": request.user, "now": timezone.now()}
    if form.is_valid() and done(form, lambda: conduct.note(case, **deed, **form.cleaned_data)):
        messages.success(request, _("The note is sealed with the case."))
        return redirect("contacts:case-detail", pk)
    return _ask(request, case, form, _("Write a note"), _("Notes are sealed too, and read with the report."))


@sealed(Deed.REVIEW_CONDUCT)
def hand_on(request: OfficerRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a case to another reviewer."""
    desk = Desk(request.user)
    case = desk.case(pk)
    form = ReviewerForm(request.POST or None, others=desk.others(case))
    if form.is_valid():
        deed = {"to": form.chosen, "reviewer": request.user, "reason": form.cleaned_data["reason"]}
        if done(form, lambda: conduct.hand_on(case, **deed, now=timezone.now())):
            messages.success(request, _("The case is with %(name)s now.") % {"name": form.chosen.name})
            return redirect("contacts:case-list")
    why = _("You can not open it any more then. Whoever it goes to reads the reason.")
    return _ask(request, case, form, _("Hand the case on"), why)


def _ask(
    request: OfficerRequest, case: ConductReport, form: forms.Form, question: str, explanation: str
) -> HttpResponse:
    nobody = isinstance(form, ReviewerForm) and not form.others
    context = {"case": case, "form": form, "question": question, "explanation": explanation, "nobody": nobody}
    return render(request, "contacts/case_form.html", context)
