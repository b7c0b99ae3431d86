"""Answers to feedback: written, told, rated."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, reach, requires
from contacts.answering import prepare_answer, rate, tell, to_rate, untold
from contacts.forms.answers import AnswerForm, RateForm, ToldForm
from contacts.forms.fields import done
from contacts.handling import log_contact
from contacts.models import Actor, AuditEntry, Feedback, Telling
from contacts.outsiders import is_outside
from contacts.requests import OfficerRequest
from contacts.tables.promises import PromiseListing
from contacts.views.feedback_parts import back, item_for, too_late
from contacts.views.lists import ListPage


class Promises(ListPage):
    """The promise ledger: what fell due, what was kept, what was not."""

    listing = PromiseListing
    deed = Deed.READ_FEEDBACK
    template_name = "contacts/promise_list.html"


@requires(Deed.LOG)
def answer(request: OfficerRequest, pk: int) -> HttpResponse:
    """Write what the person is told, and say in which contact, if that has been done."""
    item = item_for(request, pk)
    if request.method == "GET" and (item.state == Feedback.State.CLOSED or item.rate_by):
        return too_late(request, item)
    form = AnswerForm(request.POST or None, item=item, officer=request.user, now=timezone.now())
    if form.is_bound and form.was_sent():
        return _done(request, item)
    if form.is_valid() and done(form, lambda: _answer(item, form, request)):
        return _done(request, item)
    return render(request, "contacts/feedback_answer.html", {"form": form, "item": item})


@requires(Deed.LOG)
def told(request: OfficerRequest, pk: int) -> HttpResponse:
    """Somebody was told the answer that is written."""
    item = item_for(request, pk)
    written = untold(item)
    if written is None:
        return too_late(request, item)
    form = ToldForm(request.POST or None, item=item, officer=request.user, now=timezone.now())
    if form.is_bound and form.was_sent():
        return _done(request, item)
    if form.is_valid() and done(form, lambda: _tell(item, form, request, written.text)):
        return _done(request, item)
    return render(request, "contacts/feedback_told.html", {"form": form, "item": item, "written": written})


@requires(Deed.RATE)
def rating(request: OfficerRequest, pk: int) -> HttpResponse:
    """How satisfied somebody is with the handling and with the result."""
    item = item_for(request, pk, Deed.RATE)
    tellings = to_rate(item)
    if not tellings and (request.method == "GET" or item.is_pending):
        return too_late(request, item)
    if not is_outside(request.user, item):
        messages.info(request, _("Somebody outside the unit that handled it asks how satisfied people are."))
        return redirect(item)
    revealed = "reveal" in request.POST
    form = RateForm(
        None if revealed else request.POST or None,
        tellings=tellings,
        item=item,
        initial=request.POST.dict() if revealed else {},
    )
    if form.is_valid() and done(form, lambda: rate(**form.cleaned_data, day=timezone.localdate(), actor=Actor.of(request))):  # fmt: skip
        return _done(request, item)
    people = _to_ask(request, tellings, revealed)
    context = {
        "form": form,
        "item": item,
        "people": people,
        "masked": not all(one.may_see_numbers for one in people),
    }
    return render(request, "contacts/feedback_rate.html", context)


@transaction.atomic
def _to_ask(request: OfficerRequest, tellings: QuerySet[Telling], reveal: bool) -> list[Any]:
    """Whom to ring up. Whoever may ask may see the numbers; where they stand there only on demand, that stands in the
    trail."""
    told = tellings.select_related("record__stakeholder__unit").prefetch_related(
        "record__stakeholder__phones"
    )
    people: list[Any] = [telling.record.stakeholder for telling in told]
    numbers = reach(request.user, Deed.SEE_NUMBERS)
    for person in people:
        open_to_them = numbers.covers(person.unit.path, own=False)
        person.may_see_numbers = open_to_them or reveal
        if reveal and not open_to_them:
            AuditEntry.objects.record(Actor.of(request), "reveal numbers", person)
    return people


def _done(request: OfficerRequest, item: Feedback) -> HttpResponse:
    """Say in which state the item is by now."""
    item.refresh_from_db()
    words = _("%(number)s: %(state)s.")
    messages.success(request, words % {"number": item.number, "state": item.get_state_display()})
    return back(request, item)


@transaction.atomic
def _answer(item: Feedback, form: AnswerForm, request: OfficerRequest) -> None:
    said = form.cleaned_data
    prepare_answer(
        item, text=said["answer"], result=said["result"], review_on=said["review_on"], submission=said["submission"],
        actor=Actor.of(request),
    )  # fmt: skip
    _tell(item, form, request, said["answer"])


@transaction.atomic
def _tell(item: Feedback, form: ToldForm, request: OfficerRequest, text: str) -> None:
    record = form.record(request.user, text)
    if record is None:
        return
    if record.pk is None:
        record, _feedback = log_contact(record, actor=Actor.of(request))
    tell(item, record, actor=Actor.of(request))
