"""What leaders do with an item of feedback: give it more time, have it sent up to them, put it under supervision (督办)."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.clock import Clock, reckon
from contacts.feedback_steps import locked, stated, step
from contacts.models import Actor, AuditEntry, Feedback, FeedbackStep, Officer, Unit


@transaction.atomic
def extend_feedback(feedback: Feedback, *, actor: Actor, reason: str) -> None:
    """Give a formal suggestion or proposal the longer time, once, by a leader and for a reason (R12)."""
    feedback = locked(feedback)
    if not feedback.may_be_extended:
        raise ValidationError(_("Only a formal item that is worked on can be extended, and only once."))
    reason = stated(reason, _("Say why it needs longer."))
    before = {"due_on": feedback.due_on}
    feedback.run(reckon(Clock.EXTENDED, feedback.clock_since))
    feedback.extended_by, feedback.extension_reason = actor.officer, reason
    feedback.save()
    step(feedback, FeedbackStep.Deed.EXTENDED, actor, reason)
    AuditEntry.objects.record(
        actor, "extend feedback", feedback, before=before, after={"due_on": feedback.due_on}, reason=reason
    )


@transaction.atomic
def escalate(feedback: Feedback, *, unit: Unit, day: dt.date, actor: Actor, reason: str) -> None:
    """Send it up to the leaders of a unit above. It stays where it is, and its clock runs on."""
    feedback = locked(feedback)
    if not feedback.is_pending:
        raise ValidationError(_("It is answered already."))
    if not feedback.unit.path.startswith(unit.path) or feedback.escalated_to_id == unit.pk:
        raise ValidationError(_("Choose a unit above the one that handles it, to which it did not go yet."))
    reason = stated(reason, _("Say what the leader is to decide."))
    feedback.escalated_to, feedback.escalated_on = unit, day
    feedback.save(update_fields=["escalated_to", "escalated_on"])
    step(feedback, FeedbackStep.Deed.ESCALATED, actor, f"{unit}: {reason}")
    AuditEntry.objects.record(actor, "escalate feedback", feedback, after={"to": unit.code}, reason=reason)


@transaction.atomic
def supervise(feedback: Feedback, *, report_by: dt.date, day: dt.date, actor: Actor, reason: str) -> None:
    """Put it under supervision: the unit reports to the leader by a day."""
    feedback = locked(feedback)
    if feedback.state == Feedback.State.CLOSED:
        raise ValidationError(_("It is closed. Open it again first."))
    if report_by < day:
        raise ValidationError(_("This day is over; choose today or a later one."))
    if feedback.report_by and feedback.supervised_by and _is_above(feedback.supervised_by, actor.officer):
        raise ValidationError(
            _(
                "%(name)s of %(unit)s waits for a report by %(day)s. Only they, or somebody of their unit, change that."
            ),
            params={
                "name": feedback.supervised_by.name,
                "unit": feedback.supervised_by.unit,
                "day": feedback.report_by,
            },
        )
    reason = stated(reason, _("Say what is to be done."))
    feedback.supervised_by, feedback.report_by, feedback.escalated_to = actor.officer, report_by, None
    feedback.reported_on = None
    feedback.save(update_fields=["supervised_by", "report_by", "reported_on", "escalated_to"])
    step(feedback, FeedbackStep.Deed.SUPERVISED, actor, f"{report_by}: {reason}")
    AuditEntry.objects.record(
        actor, "supervise feedback", feedback, after={"report_by": report_by}, reason=reason
    )


def _is_above(one: Officer, other: Officer | None) -> bool:
    """Does one serve in a unit above that of the other?"""
    return other is not None and one.unit_id != other.unit_id and other.unit.path.startswith(one.unit.path)


@transaction.atomic
def report_back(feedback: Feedback, *, day: dt.date, actor: Actor, text: str) -> None:
    """What the leader was waiting for."""
    feedback = locked(feedback)
    if feedback.report_by is None:
        raise ValidationError(_("No report is waited for."))
    text = stated(text, _("Say what has been done."))
    feedback.report_by, feedback.reported_on = None, day
    feedback.save(update_fields=["report_by", "reported_on"])
    step(feedback, FeedbackStep.Deed.REPORTED, actor, text)
    AuditEntry.objects.record(actor, "report on feedback", feedback, after={"report": text})
