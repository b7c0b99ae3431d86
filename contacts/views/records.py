"""Logging a contact, correcting and voiding one, and keeping what was promised in it."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from contacts.access import Deed, find_for, requires
from contacts.call_card import Card
from contacts.forms.fields import ReasonForm
from contacts.forms.records import ContactForm, RecordForm, days_back
from contacts.handling import correct_contact, keep_promise, log_contact, void_contact
from contacts.models import Actor, ContactRecord, Feedback, Stakeholder
from contacts.requests import OfficerRequest
from liaison.redirects import way_back

LONG_AGO = 31  # days; further back, the page says what a late entry does


@requires(Deed.LOG)
def create(request: OfficerRequest, pk: int) -> HttpResponse:
    """The call card, and under it the form: log a contact with a person, and what they said."""
    people = Stakeholder.objects.select_related("unit").prefetch_related("phones", "seats")
    person = find_for(request.user, people, Deed.LOG, pk=pk)
    now = timezone.now()
    card = Card(person, request.user, now)
    form = ContactForm(
        request.POST or None,
        now=now,
        makers=card.makers,
        auto_id=f"id_{person.pk}_%s",  # several of these forms may stand open on one page
        initial={"kind": request.GET.get("kind", ContactRecord.Kind.CALL)},
    )
    if form.is_valid():
        record, feedback = log_contact(
            form.record(person),
            actor=Actor.of(request),
            said=form.cleaned_data["said"],
            topic=form.cleaned_data["topic"],
        )
        _say_what_was_logged(request, record, feedback, now)
        return redirect(way_back(request, person.get_absolute_url()))
    context = {
        "form": form,
        "person": person,
        "card": card,
        "can": card.can,
        "may_see_numbers": card.can["see_numbers"],
        "today": card.today,
        "next": way_back(request, ""),
    }
    if request.GET.get("kind") == ContactRecord.Kind.REPORT:
        context["letter"] = person.report_copies.undelivered().first()
    return render(request, "contacts/record_form.html", context)


@requires(Deed.LOG)
def correct(request: OfficerRequest, pk: int) -> HttpResponse:
    """Put a corrected record in place of one; the old one stays readable."""
    record = find_for(request.user, ContactRecord.objects.select_related("stakeholder"), Deed.LOG, pk=pk)
    person = record.stakeholder
    if not record.is_live:
        messages.warning(request, _("This record was corrected or voided meanwhile; look at the newer one."))
        return redirect(person)
    form = RecordForm(request.POST or None, now=timezone.now(), instance=record)
    if form.is_valid():
        try:
            correct_contact(record, form.changes(), actor=Actor.of(request))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The record is corrected."))
            return redirect(way_back(request, person.get_absolute_url()))
    return render(
        request,
        "contacts/record_correct.html",
        {"form": form, "person": person, "next": way_back(request, "")},
    )


@requires(Deed.LOG)
def void(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take a record out of every count, for a reason."""
    record = find_for(request.user, ContactRecord.objects.select_related("stakeholder"), Deed.LOG, pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            void_contact(record, reason=form.cleaned_data["reason"], actor=Actor.of(request))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The record no longer counts; what it met is owed again."))
            return redirect(way_back(request, record.stakeholder.get_absolute_url()))
    context = {
        "form": form,
        "question": _("Void this record?"),
        "explanation": _(
            "%(record)s, with %(name)s. It stays readable, struck through, and counts nowhere. "
            "If only something in it is wrong, correct it instead. "
            "An opinion that was said in it stays, and is still to be answered."
        )
        % {"record": record, "name": record.stakeholder.name},
        "verb": _("Void the record"),
        "danger": True,
        "cancel_url": way_back(request, record.stakeholder.get_absolute_url()),
    }
    return render(request, "confirm.html", context)


@requires(Deed.LOG)
@require_POST
def keep(request: OfficerRequest, pk: int) -> HttpResponse:
    """What was promised in this contact has been done."""
    record = find_for(request.user, ContactRecord.objects.select_related("stakeholder"), Deed.LOG, pk=pk)
    keep_promise(record, actor=Actor.of(request))
    messages.success(request, _("Kept: %(promise)s") % {"promise": record.promised})
    return redirect(way_back(request, record.stakeholder.get_absolute_url()))


def _say_what_was_logged(
    request: OfficerRequest, record: ContactRecord, feedback: Feedback | None, now: dt.datetime
) -> None:
    messages.success(
        request,
        _("Logged: %(kind)s with %(name)s, %(outcome)s.")
        % {
            "kind": record.get_kind_display(),
            "name": record.stakeholder.name,
            "outcome": record.get_outcome_display(),
        },
    )
    if feedback:
        messages.info(
            request,
            _("The opinion is number %(number)s, to be answered by %(day)s.")
            % {"number": feedback.number, "day": feedback.due_on},
        )
    if (days := days_back(record, now)) > LONG_AGO:
        messages.info(
            request,
            ngettext(
                "This was %(days)s day ago. It counts for the period in which it happened.",
                "This was %(days)s days ago. It counts for the period in which it happened.",
                days,
            )
            % {"days": days},
        )
