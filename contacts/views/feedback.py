"""What people said: taken in, assigned, answered, closed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, find_for, reach, requires
from contacts.clock import Clock, reckon
from contacts.forms.feedback import AnswerForm, AssignForm, CloseForm, FeedbackForm
from contacts.forms.fields import ReasonForm, done
from contacts.handling import (
    answer_feedback,
    assign_feedback,
    close_feedback,
    extend_feedback,
    log_contact,
    receive_feedback,
    return_feedback,
)
from contacts.models import Actor, Feedback, Officer, Stakeholder, Unit
from contacts.requests import OfficerRequest
from contacts.tables.feedback import FeedbackListing
from contacts.views.lists import ListPage
from liaison.redirects import way_back


class Index(ListPage):
    """All feedback within reach."""

    listing = FeedbackListing
    deed = Deed.READ_FEEDBACK
    template_name = "contacts/feedback_list.html"


@requires(Deed.READ_FEEDBACK)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """One item with its steps, and what may come next."""
    rows = Feedback.objects.select_related(
        "stakeholder",
        "topic",
        "unit",
        "received_by",
        "record__officer",
        "answer_record__officer",
        "extended_by",
    )
    item = find_for(request.user, rows, Deed.READ_FEEDBACK, pk=pk)
    today = timezone.localdate()
    returning = item.return_deadline() if _handles(request.user, item) else None
    context = {
        "item": item,
        "deadline": item.deadline() if item.is_pending else None,
        "returning": returning if returning and today <= returning.day else None,
        "may_extend": item.may_be_extended and request.user.rights.may(Deed.EXTEND, item),
        "today": today,
        "overdue": item.is_overdue(today),
        "may_handle": request.user.rights.may(Deed.LOG, item),
        "moves": Feedback.MOVES[Feedback.State(item.state)],
        "steps": item.steps.select_related("officer", "unit"),
        # The unit that handles an item may lie outside the reach of those who may see the person.
        "person_in_reach": Stakeholder.objects.visible_to(request.user)
        .filter(pk=item.stakeholder_id)
        .exists(),
    }
    return render(request, "contacts/feedback_detail.html", context)


@requires(Deed.LOG)
def create(request: OfficerRequest, pk: int) -> HttpResponse:
    """Record what a person said without a contact of ours."""
    person = find_for(request.user, Stakeholder.objects.select_related("unit"), Deed.LOG, pk=pk)
    form = FeedbackForm(request.POST or None, day=timezone.localdate())
    if form.is_valid():
        item = receive_feedback(
            form.feedback(person),
            received_on=form.cleaned_data["received_on"],
            received_by=request.user,
            actor=Actor.of(request),
        )
        messages.success(
            request,
            _("Recorded as %(number)s, to be answered by %(day)s.")
            % {"number": item.number, "day": item.due_on},
        )
        return redirect(way_back(request, item.get_absolute_url()))
    context = {"form": form, "person": person, "next": way_back(request, "")}
    return render(request, "contacts/feedback_form.html", context)


@requires(Deed.LOG)
def assign(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give an item to a unit; once it was answered, that opens it again."""
    item = _item(request, pk)
    if not item.may_become(Feedback.State.ASSIGNED):
        return _too_late(request, item)
    form = AssignForm(request.POST or None, units=_units_for(request.user, item), item=item)
    if form.is_valid():
        unit, note = form.cleaned_data["unit"], form.cleaned_data["note"]
        today = timezone.localdate()
        if done(
            form, lambda: assign_feedback(item, unit=unit, day=today, actor=Actor.of(request), note=note)
        ):
            messages.success(request, _("%(unit)s handles this now.") % {"unit": unit})
            return _back(request, item)
    reopening = item.state in {Feedback.State.ANSWERED, Feedback.State.CLOSED}
    return render(
        request, "contacts/feedback_assign.html", {"form": form, "item": item, "reopening": reopening}
    )


@requires(Deed.LOG)
def send_back(request: OfficerRequest, pk: int) -> HttpResponse:
    """A wrong assignment goes back to the unit that made it, within the days that R12 gives."""
    item = _item(request, pk)
    if not _handles(request.user, item):
        raise PermissionDenied
    if not item.may_become(Feedback.State.RECEIVED):
        return _too_late(request, item)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        today, reason = timezone.localdate(), form.cleaned_data["reason"]
        if done(form, lambda: return_feedback(item, day=today, actor=Actor.of(request), reason=reason)):
            messages.success(request, _("%(number)s went back.") % {"number": item.number})
            return _back(request, item)
    context = {
        "form": form,
        "question": _("Send %(number)s back?") % {"number": item.number},
        "explanation": _(
            "It goes back to the unit that assigned it, with your reason. The person waits meanwhile."
        ),
        "verb": _("Send it back"),
        "cancel_url": item.get_absolute_url(),
    }
    return render(request, "confirm.html", context)


@requires(Deed.EXTEND)
def extend(request: OfficerRequest, pk: int) -> HttpResponse:
    """A leader gives a formal suggestion or proposal the longer time."""
    rows = Feedback.objects.select_related("stakeholder", "unit")
    item = find_for(request.user, rows, Deed.EXTEND, pk=pk)
    if not item.may_be_extended:
        return _too_late(request, item)
    form = ReasonForm(request.POST or None)
    longer = reckon(Clock.EXTENDED, item.clock_since)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if done(form, lambda: extend_feedback(item, actor=Actor.of(request), reason=reason)):
            messages.success(request, _("To be answered by %(day)s.") % {"day": longer.day})
            return _back(request, item)
    context = {
        "form": form,
        "question": _("Give %(number)s more time?") % {"number": item.number},
        "explanation": _("The answer is due on %(now)s; extended, on %(then)s. This can be done once.")
        % {"now": item.due_on, "then": longer.day},
        "verb": _("Extend"),
        "cancel_url": item.get_absolute_url(),
    }
    return render(request, "confirm.html", context)


@requires(Deed.LOG)
def answer(request: OfficerRequest, pk: int) -> HttpResponse:
    """The person was told: in a contact that stands, or in one logged here."""
    item = _item(request, pk)
    if not item.may_become(Feedback.State.ANSWERED):
        return _too_late(request, item)
    form = AnswerForm(request.POST or None, item=item, now=timezone.now())
    if form.is_valid() and done(form, lambda: _answer(item, form, request)):
        messages.success(
            request, _("Answered: %(result)s.") % {"result": item.Result(form.cleaned_data["result"]).label}
        )
        return _back(request, item)
    return render(request, "contacts/feedback_answer.html", {"form": form, "item": item})


@requires(Deed.LOG)
def close(request: OfficerRequest, pk: int) -> HttpResponse:
    """Nothing is left to do."""
    item = _item(request, pk)
    if not item.may_become(Feedback.State.CLOSED):
        return _too_late(request, item)
    form = CloseForm(request.POST if request.method == "POST" else None)  # the note may be left out
    if form.is_valid():
        note = form.cleaned_data["note"]
        if done(
            form, lambda: close_feedback(item, day=timezone.localdate(), actor=Actor.of(request), note=note)
        ):
            messages.success(request, _("%(number)s is closed.") % {"number": item.number})
            return _back(request, item)
    context = {
        "form": form,
        "question": _("Close %(number)s?") % {"number": item.number},
        "explanation": _("The person was told, and nothing is left to do."),
        "verb": _("Close it"),
        "cancel_url": item.get_absolute_url(),
    }
    return render(request, "confirm.html", context)


def _item(request: OfficerRequest, pk: int) -> Feedback:
    return find_for(
        request.user, Feedback.objects.select_related("stakeholder", "unit", "topic"), Deed.LOG, pk=pk
    )


def _handles(user: Officer, item: Feedback) -> bool:
    """Does the officer belong to the unit that has the item, or answer for it? Whoever holds the person need not."""
    return user.unit_id == item.unit_id or reach(user, Deed.LOG).covers(item.unit.path, own=False)


def _back(request: OfficerRequest, item: Feedback) -> HttpResponse:
    """To the item, unless it went out of reach with its unit."""
    seen = Feedback.objects.visible_to(request.user).filter(pk=item.pk).exists()
    return redirect(way_back(request, item.get_absolute_url()) if seen else "contacts:feedback-list")


def _too_late(request: OfficerRequest, item: Feedback) -> HttpResponse:
    """Somebody, or the same form sent twice, moved the item before."""
    messages.info(request, _("This item is %(state)s already.") % {"state": item.get_state_display()})
    return redirect(item)


@transaction.atomic
def _answer(item: Feedback, form: AnswerForm, request: OfficerRequest) -> None:
    told = form.cleaned_data
    record = form.new_record(request.user)
    if record is None:
        record = form.records[told["told_in"]]
    else:
        record, _feedback = log_contact(record, actor=Actor.of(request))
    answer_feedback(
        item,
        answer=told["answer"],
        result=told["result"],
        review_on=told["review_on"],
        record=record,
        actor=Actor.of(request),
    )


def _units_for(user: Officer, item: Feedback) -> QuerySet[Unit]:
    """Where an officer may send an item: own units, those above them, and where it is."""
    wide = reach(user, Deed.LOG)
    if wide.everything:
        return Unit.objects.open()
    above = Q(code__in=[code for code in user.unit.path.split("/") if code])
    return Unit.objects.open().filter(above | wide.q(unit="", own=Q(pk=user.unit_id)) | Q(pk=item.unit_id))
