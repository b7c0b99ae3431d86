"""Patterns in what was logged, as questions; and what officers answered."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, requires
from contacts.forms.fields import done
from contacts.forms.patterns import NoteForm
from contacts.models import Actor
from contacts.months import Month, among
from contacts.patterns import note_answer, questions, settled
from contacts.requests import OfficerRequest

MONTHS = 6  # on offer, with the one that is not over


@requires(Deed.CALL_BACK)
def index(request: OfficerRequest) -> HttpResponse:
    """What there is to ask about a month, by unit and day."""
    months = _months()
    month = among(months, request.GET.get("month", "") or months[1].key)
    found = questions(request.user, month)
    context = {
        "month": month,
        "months": months,
        "questions": found,
        "settled": settled(request.user, month, found),
    }
    return render(request, "contacts/question_list.html", context)


@requires(Deed.CALL_BACK)
def answer(request: OfficerRequest, month: str, officer: int, key: str) -> HttpResponse:
    """Note what the officer said."""
    asked_of = among(_months(), month)
    found = questions(request.user, asked_of, pk=officer) if asked_of.key == month else []
    question = next((one for one in found if one.finding.key == key), None)
    if question is None:
        raise Http404
    back = f"{reverse('contacts:question-list')}?month={month}"
    if question.note:
        messages.info(request, _("Somebody asked this already."))
        return redirect(back)
    form = NoteForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: note_answer(question, asked_of, **form.cleaned_data, actor=Actor.of(request))
    ):
        messages.success(request, _("Noted what %(name)s said.") % {"name": question.officer.name})
        return redirect(back)
    context = {"form": form, "question": question, "back": back}
    return render(request, "contacts/question_answer.html", context)


def _months() -> list[Month]:
    return Month.of(timezone.localdate()).back(MONTHS)
