"""What people said: taken in, assigned, answered, closed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, find_for, reach, requires
from contacts.answering import still_to_tell, untold
from contacts.assigning import (
    assign_feedback,
    put_together,
    receive_feedback,
    return_feedback,
    take_apart,
    take_up,
)
from contacts.clock import reckon
from contacts.forms.feedback import AssignForm, FeedbackForm, LinkForm, TakeUpForm
from contacts.forms.fields import ReasonForm, done
from contacts.likeness import most_alike
from contacts.models import Actor, Feedback, Officer, Stakeholder, Unit
from contacts.outsiders import is_outside
from contacts.requests import OfficerRequest
from contacts.tables.feedback import FeedbackListing
from contacts.views.feedback_parts import ask, back, handled_by, handles, item_for, too_late
from contacts.views.lists import ListPage
from liaison.redirects import way_back

COMPARED, SIMILAR = 500, 3  # open items that are compared with one, and shown as similar


class Index(ListPage):
    """All feedback within reach."""

    listing = FeedbackListing
    deed = Deed.READ_FEEDBACK
    template_name = "contacts/feedback_list.html"


@requires(Deed.READ_FEEDBACK)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """One item with its steps, and what may come next."""
    rows = Feedback.objects.select_related(
        "stakeholder", "topic", "unit", "received_by", "record__officer", "extended_by", "handler", "supervised_by", "escalated_to",
        "answer",
    )  # fmt: skip
    user = request.user
    item = find_for(user, rows, Deed.READ_FEEDBACK, pk=pk)
    today = timezone.localdate()
    may_handle, ours = user.rights.may(Deed.LOG, item), handles(user, item)
    returning = item.return_deadline() if ours else None
    waiting = untold(item)
    answers = item.answers.select_related("prepared_by", "followed_by")
    co_handling = list(item.co_handling.select_related("unit", "asked_by", "given_by"))
    context = {
        "item": item,
        "deadline": item.deadline() if item.is_pending else None,
        "returning": returning if returning and today <= returning.day else None,
        "may_extend": item.may_be_extended and user.rights.may(Deed.EXTEND, item),
        "may_supervise": item.state != Feedback.State.CLOSED and user.rights.may(Deed.SUPERVISE, item),
        "may_rate": bool(item.rate_by) and user.rights.may(Deed.RATE, item) and is_outside(user, item),
        "today": today,
        "overdue": item.is_overdue(today),
        "may_handle": may_handle,
        "ours": may_handle and ours,
        "may_assign": may_handle and (ours or not item.is_pending),
        "may_answer": may_handle and (item.is_pending or item.review_on is not None),
        "moves": Feedback.MOVES[Feedback.State(item.state)],
        "untold": waiting,
        "to_tell": still_to_tell(item) if waiting else [],
        "signers": [signer.stakeholder for signer in item.signers.select_related("stakeholder")],
        "answers": answers.prefetch_related("tellings__record__officer", "tellings__record__stakeholder", "tellings__rating__rated_by"),
        "co_handling": [(asked, asked.given_at is None and asked.may_give(user)) for asked in co_handling],
        "attachments": item.attachments.select_related("added_by"),
        "related": item.related.visible_to(user),
        "further_topics": item.further_topics.all(),
        "similar": _similar(user, item) if item.is_pending else [],
        "steps": item.steps.select_related("officer", "unit"),
        # The unit that handles an item may lie outside the reach of those who may see the person.
        "person_in_reach": Stakeholder.objects.visible_to(user).filter(pk=item.stakeholder_id).exists(),
    }  # fmt: skip
    return render(request, "contacts/feedback_detail.html", context)


@requires(Deed.LOG)
def create(request: OfficerRequest, pk: int) -> HttpResponse:
    """Record what a person said without a contact of ours."""
    person = find_for(request.user, Stakeholder.objects.select_related("unit"), Deed.LOG, pk=pk)
    form = FeedbackForm(
        request.POST or None,
        day=timezone.localdate(),
        person=person,
        officer=request.user,
        initial={"record": request.GET.get("record")},
    )
    if form.is_bound and (before := form.sent_before()):
        return redirect(way_back(request, before.get_absolute_url()))
    item = form.feedback() if form.is_valid() else None
    if item and done(form, lambda: _receive(item, form, request)):
        messages.success(
            request,
            _("Recorded as %(number)s, to be answered by %(day)s.")
            % {"number": item.number, "day": item.due_on},
        )
        return redirect(way_back(request, item.get_absolute_url()))
    context = {"form": form, "person": person, "next": way_back(request, "")}
    return render(request, "contacts/feedback_form.html", context)


def _receive(item: Feedback, form: FeedbackForm, request: OfficerRequest) -> None:
    said = form.cleaned_data
    receive_feedback(
        item,
        received_on=said["received_on"],
        received_by=request.user,
        signers=said["signers"],
        actor=Actor.of(request),
    )


@requires(Deed.LOG)
def assign(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give an item to a unit; once it was answered, that opens it again."""
    item = item_for(request, pk)
    if item.is_pending and not handles(request.user, item):
        raise PermissionDenied
    form = AssignForm(request.POST or None, units=_units_for(request.user, item), item=item)
    if form.is_bound and not item.is_pending and "reopening" not in request.POST:
        form.add_error(
            None, _("It was answered meanwhile. Read the answer, and open it again if that is not enough.")
        )
    if form.is_valid():
        unit, note = form.cleaned_data["unit"], form.cleaned_data["note"]
        today = timezone.localdate()
        if done(
            form, lambda: assign_feedback(item, unit=unit, day=today, actor=Actor.of(request), note=note)
        ):
            messages.success(request, _("%(unit)s handles this now.") % {"unit": unit})
            return back(request, item)
    due_on = reckon(item.clock, timezone.localdate()).day if item.waits_for_its_clock else item.due_on
    context = {"form": form, "item": item, "due_on": due_on, "reopening": not item.is_pending}
    return render(request, "contacts/feedback_assign.html", context)


@requires(Deed.LOG)
def take(request: OfficerRequest, pk: int) -> HttpResponse:
    """Somebody of the unit takes it in hand."""
    item = handled_by(request, pk)
    if request.method == "GET" and not item.may_become(Feedback.State.IN_HAND):
        return too_late(request, item)
    return ask(
        request, item, TakeUpForm(request.POST or None, item=item, officer=request.user),
        lambda said: take_up(item, handler=said["handler"], actor=Actor.of(request)),
        question=_("Who takes %(number)s in hand?"),
        explanation=_("Whoever has it in hand is reminded of it, and can no longer send it back."),
        verb=_("Take it in hand"),
        said=_("%(number)s is in hand."),
    )  # fmt: skip


@requires(Deed.LOG)
def send_back(request: OfficerRequest, pk: int) -> HttpResponse:
    """A wrong assignment goes back to the unit that made it, within the days that R12 gives."""
    item = handled_by(request, pk)
    if request.method == "GET" and not item.may_become(Feedback.State.RECEIVED):
        return too_late(request, item)
    today = timezone.localdate()
    return ask(
        request, item, ReasonForm(request.POST or None),
        lambda said: return_feedback(item, day=today, actor=Actor.of(request), reason=said["reason"]),
        question=_("Send %(number)s back?"),
        explanation=_(
            "It goes back to the unit that assigned it, with your reason. The person waits meanwhile."
        ),
        verb=_("Send it back"),
        said=_("%(number)s went back."),
    )  # fmt: skip


@requires(Deed.LOG)
def link(request: OfficerRequest, pk: int) -> HttpResponse:
    """Put it together with another item about the same matter."""
    item = item_for(request, pk)
    return ask(
        request, item, LinkForm(request.POST or None, officer=request.user),
        lambda said: put_together(item, said["other"], actor=Actor.of(request)),
        question=_("Put %(number)s together with another item"),
        explanation=_("An opinion and a formal suggestion may be about one matter. Each keeps its own clock and gets its own answer."),
        verb=_("Put them together"),
        said=_("%(number)s and the other item lead to each other now."),
    )  # fmt: skip


@requires(Deed.LOG)
def unlink(request: OfficerRequest, pk: int, other: int) -> HttpResponse:
    """They were put together by mistake."""
    item = item_for(request, pk)
    another = find_for(request.user, item.related.all(), Deed.LOG, pk=other)
    return ask(
        request, item, ReasonForm(request.POST or None),
        lambda said: take_apart(item, another, actor=Actor.of(request), reason=said["reason"]),
        question=_("Take %(number)s and the other item apart?"),
        explanation=_("They no longer lead to each other. That they did stays among the steps of both."),
        verb=_("Take them apart"),
        said=_("%(number)s and the other item stand by themselves again."),
    )  # fmt: skip


def _similar(user: Officer, item: Feedback) -> list[Feedback]:
    """Open items that may be about the same matter: for joint handling, each with its own answer."""
    others = Feedback.objects.visible_to(user, Deed.LOG).pending().exclude(pk=item.pk).exclude(related=item)
    keys = most_alike(item.text, others.order_by("pk").values_list("pk", "text")[:COMPARED], SIMILAR)
    found = Feedback.objects.filter(pk__in=keys).select_related("stakeholder", "unit").in_bulk()
    return [found[key] for key in keys]


def _units_for(user: Officer, item: Feedback) -> QuerySet[Unit]:
    """Where an officer may send an item: own units, those above them, and where it is."""
    wide = reach(user, Deed.LOG)
    if wide.everything:
        return Unit.objects.open()
    above = Q(code__in=[code for code in user.unit.path.split("/") if code])
    return Unit.objects.open().filter(above | wide.q(unit="", own=Q(pk=user.unit_id)) | Q(pk=item.unit_id))
