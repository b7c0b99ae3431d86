"""What leaders do with an item of feedback, and what they are asked and told. A page that somebody was quicker than is led
back before anything is typed; what was typed stays, with the reason."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, requires
from contacts.clock import Clock, reckon
from contacts.forms.consulting import EscalateForm, SuperviseForm, TextForm
from contacts.forms.fields import ReasonForm
from contacts.models import Actor, Feedback
from contacts.requests import OfficerRequest
from contacts.supervising import escalate, extend_feedback, report_back, supervise
from contacts.views.feedback_parts import ask, handled_by, item_for, too_late


@requires(Deed.EXTEND)
def extend(request: OfficerRequest, pk: int) -> HttpResponse:
    """A leader gives a formal suggestion or proposal the longer time."""
    item = item_for(request, pk, Deed.EXTEND)
    if request.method == "GET" and not item.may_be_extended:
        return too_late(request, item)
    longer = reckon(Clock.EXTENDED, item.clock_since)
    return ask(
        request, item, ReasonForm(request.POST or None),
        lambda said: extend_feedback(item, actor=Actor.of(request), reason=said["reason"]),
        question=_("Give %(number)s more time?"),
        explanation=_("The answer is due on %(now)s; extended, on %(then)s. This can be done once.")
        % {"now": item.due_on, "then": longer.day},
        verb=_("Extend"),
        said=_("To be answered by %(day)s.") % {"day": longer.day},
    )  # fmt: skip


@requires(Deed.LOG)
def send_up(request: OfficerRequest, pk: int) -> HttpResponse:
    """It needs a leader."""
    item = item_for(request, pk)
    if request.method == "GET" and not item.is_pending:
        return too_late(request, item)
    return ask(
        request, item, EscalateForm(request.POST or None, item=item),
        lambda said: escalate(item, unit=said["unit"], day=timezone.localdate(), actor=Actor.of(request), reason=said["text"]),
        question=_("Send %(number)s up to the leader"),
        explanation=_("The leaders are told. The item stays with the unit that has it, and its clock runs on."),
        verb=_("Send it up"),
        said=_("%(number)s went up to the leader."),
    )  # fmt: skip


@requires(Deed.SUPERVISE)
def put(request: OfficerRequest, pk: int) -> HttpResponse:
    """Put it under supervision, with a day to report."""
    item = item_for(request, pk, Deed.SUPERVISE)
    if request.method == "GET" and item.state == Feedback.State.CLOSED:
        return too_late(request, item)
    today = timezone.localdate()
    form = SuperviseForm(request.POST or None, today=today, report_by=reckon(Clock.RETURN, today).day)
    return ask(
        request, item, form,
        lambda said: supervise(
            item, report_by=said["report_by"], day=today, actor=Actor.of(request), reason=said["text"]
        ),
        question=_("Put %(number)s under supervision"),
        explanation=_("The unit that has it is told, and reports to you by this day."),
        verb=_("Put it under supervision"),
        said=_("%(number)s is under supervision."),
    )  # fmt: skip


@requires(Deed.LOG)
def report(request: OfficerRequest, pk: int) -> HttpResponse:
    """Report to the leader who supervises it."""
    item = handled_by(request, pk)
    if request.method == "GET" and item.report_by is None:
        return too_late(request, item)
    waits = _("A leader waits for this by %(day)s.") % {"day": item.report_by} if item.report_by else ""
    return ask(
        request, item, TextForm(request.POST or None, label=_("What has been done")),
        lambda said: report_back(item, day=timezone.localdate(), actor=Actor.of(request), text=said["text"]),
        question=_("Report on %(number)s"),
        explanation=waits,
        verb=_("Report"),
        said=_("The report on %(number)s stands on the item."),
    )  # fmt: skip
