"""Whose an item of feedback is: taken in, assigned, taken in hand, sent back, opened again (R12).

Every deed is one transaction with its step and its audit entry inside, and expects that the caller has asked for the
right. What it refuses, it refuses with a ValidationError whose message says the remedy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contacts.clock import reckon
from contacts.feedback_steps import both_locked, moving, step
from contacts.models import Actor, AuditEntry, Feedback, FeedbackStep, Officer, Signer, Stakeholder, Unit
from contacts.submissions import submitted_before
from contacts.topics import hold


def receive_feedback(
    feedback: Feedback,
    *,
    received_on: dt.date,
    received_by: Officer,
    actor: Actor,
    signers: Collection[Stakeholder] = (),
) -> Feedback:
    """Take in what a person said, once for a form. It starts with the unit in charge of them, and its clock
    starts (R12). `signers`: who signed beside them."""
    if before := submitted_before(feedback):
        return before
    try:
        return _receive_feedback(feedback, received_on, received_by, actor, signers)
    except IntegrityError:
        if before := submitted_before(feedback):
            return before
        if (
            Feedback.objects.filter(document_number=feedback.document_number)
            .exclude(document_number="")
            .exists()
        ):
            raise ValidationError(_("Somebody entered this document at the same moment.")) from None
        raise


@transaction.atomic
def _receive_feedback(
    feedback: Feedback,
    received_on: dt.date,
    received_by: Officer,
    actor: Actor,
    signers: Collection[Stakeholder],
) -> Feedback:
    if feedback.topic:
        hold([feedback.topic])
    feedback.received_on, feedback.received_by = received_on, received_by
    feedback.run(reckon(feedback.first_clock, received_on))
    if feedback.unit_id is None:
        feedback.unit = feedback.stakeholder.unit
    feedback.save(force_insert=True)
    Signer.objects.bulk_create(Signer(feedback=feedback, stakeholder=person) for person in signers)
    step(feedback, FeedbackStep.Deed.RECEIVED, actor)
    AuditEntry.objects.record(
        actor,
        "receive feedback",
        feedback,
        after={"text": feedback.text, "due_on": feedback.due_on}
        | ({"document": feedback.document_number} if feedback.is_formal else {})
        | ({"signers": [person.number for person in signers]} if signers else {}),
    )
    return feedback


@transaction.atomic
def assign_feedback(feedback: Feedback, *, unit: Unit, day: dt.date, actor: Actor, note: str = "") -> None:
    """Give the item to a unit. The clock of a formal one starts with that; after an answer this is a reopening, and
    counting starts afresh (R12); the longer time that a leader gave runs on. An answer that was written and not told is set
    aside."""
    if unit.closed_on:
        raise ValidationError(_("%(unit)s is closed; choose a unit that is open."), params={"unit": unit})
    feedback = moving(feedback, Feedback.State.ASSIGNED)
    before = {"unit": feedback.unit.code, "state": feedback.state}
    stays = feedback.is_pending and feedback.assigned_on and feedback.unit == unit
    deed = FeedbackStep.Deed.ASSIGNED
    if not feedback.is_pending:
        deed = FeedbackStep.Deed.REOPENED
        feedback.answer, feedback.answered_on, feedback.closed_on = None, None, None
        feedback.review_on, feedback.rate_by = None, None
        feedback.extended_by, feedback.extension_reason = None, ""
        feedback.run(reckon(feedback.first_clock, day))
    elif feedback.waits_for_its_clock:
        feedback.run(reckon(feedback.clock, day))
    feedback.answers.standing().update(set_aside_on=day)
    if not stays:
        feedback.assigned_on = day  # a note to the same unit gives it no more time to send the item back
    feedback.state, feedback.unit, feedback.handler = Feedback.State.ASSIGNED, unit, None
    feedback.returned_on = None
    feedback.save()
    step(feedback, deed, actor, note)
    AuditEntry.objects.record(
        actor,
        "assign feedback",
        feedback,
        before=before,
        after={"unit": unit.code, "due_on": feedback.due_on},
        reason=note,
    )


@transaction.atomic
def take_up(feedback: Feedback, *, handler: Officer, actor: Actor) -> None:
    """Somebody of the unit has it in hand from now on, or somebody else of it has."""
    feedback = moving(feedback, Feedback.State.IN_HAND)
    if not handler.is_active or handler.unit_id != feedback.unit_id:
        raise ValidationError(
            _("Choose somebody of %(unit)s who may sign in."), params={"unit": feedback.unit}
        )
    if feedback.state == Feedback.State.IN_HAND and feedback.handler == handler:
        return  # sent twice, or seen late: it is so already
    before = {"state": feedback.state, "handler": feedback.handler and feedback.handler.police_number}
    feedback.state, feedback.handler = Feedback.State.IN_HAND, handler
    feedback.save()
    step(feedback, FeedbackStep.Deed.TAKEN_UP, actor, "" if handler == actor.officer else handler.name)
    AuditEntry.objects.record(
        actor, "take up feedback", feedback, before=before, after={"handler": handler.police_number}
    )


@transaction.atomic
def return_feedback(feedback: Feedback, *, day: dt.date, actor: Actor, reason: str) -> None:
    """Send a wrong assignment back to the unit that made it, within the days that R12 gives. The clock of an oral opinion
    goes on; a formal one gets its own with the next assignment."""
    feedback = moving(feedback, Feedback.State.RECEIVED)
    last = feedback.return_deadline()
    if last is None or day > last.day:
        raise ValidationError(
            _(
                "The days for sending it back are over. Assign it to the unit that it belongs to, or answer it."
            )
        )
    before = {"unit": feedback.unit.code, "state": feedback.state}
    feedback.unit, feedback.state, feedback.assigned_on = _assigner(feedback), Feedback.State.RECEIVED, None
    feedback.returned_on = day
    feedback.save()
    step(feedback, FeedbackStep.Deed.RETURNED, actor, reason)
    AuditEntry.objects.record(
        actor, "return feedback", feedback, before=before, after={"unit": feedback.unit.code}, reason=reason
    )


def _assigner(feedback: Feedback) -> Unit:
    """The unit of whoever assigned the item last; where they gave it to their own unit, the one above."""
    deeds = [FeedbackStep.Deed.ASSIGNED, FeedbackStep.Deed.REOPENED]
    last = feedback.steps.filter(deed__in=deeds).select_related("officer__unit").last()
    unit: Unit | None = last.officer.unit if last else feedback.unit
    while unit and (unit.pk == feedback.unit_id or unit.closed_on):
        unit = unit.parent
    if unit is None:
        raise ValidationError(
            _("There is no unit above %(unit)s. Assign it to the unit that it belongs to, or answer it."),
            params={"unit": feedback.unit},
        )
    return unit


@transaction.atomic
def put_together(feedback: Feedback, other: Feedback, *, actor: Actor) -> None:
    """Two items about one matter, of either track; each keeps its own clock and gets its own answer."""
    feedback, other = both_locked(feedback, other)
    if feedback == other or feedback.related.filter(pk=other.pk).exists():
        raise ValidationError(_("These stand together already."))
    feedback.related.add(other)
    for one, another in ((feedback, other), (other, feedback)):
        step(one, FeedbackStep.Deed.LINKED, actor, another.number)
    AuditEntry.objects.record(actor, "link feedback", feedback, after={"with": other.number})


@transaction.atomic
def take_apart(feedback: Feedback, other: Feedback, *, actor: Actor, reason: str) -> None:
    """They were put together by mistake."""
    feedback, other = both_locked(feedback, other)
    if not feedback.related.filter(pk=other.pk).exists():
        raise ValidationError(_("These do not stand together any more."))
    feedback.related.remove(other)
    for one, another in ((feedback, other), (other, feedback)):
        step(one, FeedbackStep.Deed.PARTED, actor, f"{another.number}: {reason}")
    AuditEntry.objects.record(
        actor, "unlink feedback", feedback, before={"with": other.number}, reason=reason
    )
