"""The writes that touch several models, each one function named after the deed.

Every one is a transaction of its own with its audit entry inside, takes the `actor` on whose behalf it is done and the
day or instant it is done at, and expects that the caller has asked for the right. What it refuses, it refuses with a
ValidationError whose message says the remedy.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.clock import Clock, reckon
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Feedback,
    FeedbackStep,
    Officer,
    Pairing,
    RepairingRequest,
    ReportDelivery,
    Stakeholder,
    Topic,
    Unit,
)
from contacts.pairing import waits

RECORD_FIELDS = ("kind", "outcome", "occurred_at", "summary", "promised")


# --- pairings ------------------------------------------------------------------------------------------------


@transaction.atomic
def pair(
    stakeholder: Stakeholder, officer: Officer, *, on: dt.date, actor: Actor, reason: str = ""
) -> Pairing:
    """Make `officer` responsible from the day `on`. Whoever was, stops on the day before (R4); the unit in charge
    follows, on that day if somebody holds the person until then. Raises ValidationError when a later pairing exists, the
    officer may not sign in, or nothing would change."""
    stakeholder = Stakeholder.objects.select_for_update().get(pk=stakeholder.pk)
    # Nobody switches the officer off or moves them to another unit meanwhile: the pairing keeps the one of its day.
    locked = Officer.objects.active().locked().select_related("unit").filter(pk=officer.pk).first()
    if locked is None:
        raise ValidationError(
            _("The account of %(officer)s is switched off; choose somebody else."),
            params={"officer": officer.name},
        )
    officer = locked
    last = stakeholder.pairings.order_by("-started_on").first()
    if last and last.started_on > on:
        raise ValidationError(
            _("A pairing of %(name)s starts on %(day)s; choose that day or a later one."),
            params={"name": stakeholder.name, "day": last.started_on},
        )
    before, follows = None, not waits(last, on, timezone.localdate())
    if last and (last.ended_on is None or last.ended_on >= on):
        if last.officer_id == officer.pk and last.ended_on is None:
            raise ValidationError(_("%(officer)s is responsible already."), params={"officer": officer.name})
        before = {"officer": last.officer.police_number}
        if last.started_on == on:
            last.delete()  # not one day was held; the entry below keeps it
        else:
            last.ended_on, last.end_reason = on - dt.timedelta(days=1), reason
            last.save()
    pairing = Pairing.objects.create(
        stakeholder=stakeholder, officer=officer, unit=officer.unit, started_on=on, reason=reason
    )
    if follows:
        Stakeholder.objects.filter(pk=stakeholder.pk).update(unit=officer.unit, updated_at=timezone.now())
    requests = RepairingRequest.objects.filter(stakeholder=stakeholder)
    requests.decide(RepairingRequest.Outcome.DONE, actor)
    AuditEntry.objects.record(
        actor,
        "pair",
        stakeholder,
        before=before,
        after={"officer": officer.police_number, "from": on},
        reason=reason,
    )
    return pairing


@transaction.atomic
def end_pairing(pairing: Pairing, *, last_day: dt.date, actor: Actor, reason: str) -> None:
    """End an open pairing after `last_day`; nobody is responsible then, and the person stands on the list of those."""
    pairing = Pairing.objects.select_for_update().get(pk=pairing.pk)
    if pairing.ended_on is not None:
        raise ValidationError(_("This pairing has ended already."))
    if last_day < pairing.started_on:
        raise ValidationError(
            _("The pairing started on %(day)s; its last day can not be before."),
            params={"day": pairing.started_on},
        )
    pairing.ended_on, pairing.end_reason = last_day, reason
    pairing.save()
    AuditEntry.objects.record(actor, "end pairing", pairing, after={"ended_on": last_day}, reason=reason)


# --- contacts ------------------------------------------------------------------------------------------------


def log_contact(
    record: ContactRecord, *, actor: Actor, said: str = "", topic: Topic | None = None
) -> tuple[ContactRecord, Feedback | None]:
    """Save a new record, with the feedback that was `said` in it. What came with the same form before stands: that
    is returned, and nothing is logged a second time."""
    if before := _submitted_before(record):
        return before, before.feedback.first()
    try:
        return _log_contact(record, actor, said, topic)
    except IntegrityError:
        if before := _submitted_before(record):  # it came twice at the same moment
            return before, before.feedback.first()
        raise


@transaction.atomic
def _log_contact(
    record: ContactRecord, actor: Actor, said: str, topic: Topic | None
) -> tuple[ContactRecord, Feedback | None]:
    record.recorded_by = record.recorded_by if record.recorded_by_id else actor.officer  # type: ignore[assignment]
    record.save(force_insert=True)
    AuditEntry.objects.record(actor, "log contact", record, after=_state(record))
    feedback = None
    if said.strip():
        feedback = receive_feedback(
            Feedback(stakeholder=record.stakeholder, record=record, topic=topic, text=said.strip()),
            received_on=record.occurred_on,
            received_by=record.officer,
            actor=actor,
        )
    return record, feedback


@transaction.atomic
def correct_contact(record: ContactRecord, changes: dict[str, Any], *, actor: Actor) -> ContactRecord:
    """Put a corrected record in place of a live one, which is kept. Credit stays with whoever made the contact."""
    record = _live(record)
    before = _state(record)
    ContactRecord.objects.filter(pk=record.pk).update(superseded_at=timezone.now())
    corrected = ContactRecord(
        stakeholder=record.stakeholder,
        officer=record.officer,
        recorded_by=actor.officer or record.recorded_by,
        promise_kept_at=record.promise_kept_at,
        supersedes=record,
        **{field: getattr(record, field) for field in RECORD_FIELDS} | changes,
    )
    corrected.save(force_insert=True)
    if corrected.outcome != ContactRecord.Outcome.REACHED:
        _refuse_if_answered_in(record)
    record.feedback.update(record=corrected)
    _answered_in(record).update(answered_on=corrected.occurred_on)
    record.answers.update(answer_record=corrected)
    ReportDelivery.objects.filter(record=record).update(record=corrected)
    AuditEntry.objects.record(actor, "correct contact", corrected, before=before, after=_state(corrected))
    return corrected


@transaction.atomic
def void_contact(record: ContactRecord, *, reason: str, actor: Actor) -> None:
    """Take a record out of every count, for a reason; what it met is owed again at once (R6)."""
    record = _live(record)
    if not reason.strip():
        raise ValidationError(_("Say why this record does not count."))
    _refuse_if_answered_in(record)
    record.voided_at, record.voided_by, record.void_reason = timezone.now(), actor.officer, reason.strip()
    record.save()
    AuditEntry.objects.record(actor, "void contact", record, before=_state(record), reason=record.void_reason)


@transaction.atomic
def keep_promise(record: ContactRecord, *, actor: Actor) -> None:
    """What was promised in this contact has been done."""
    changed = ContactRecord.objects.live().filter(pk=record.pk, promise_kept_at=None).exclude(promised="")
    if changed.update(promise_kept_at=timezone.now()):
        AuditEntry.objects.record(actor, "keep promise", record, after={"promised": record.promised})


def _submitted_before(row: Any) -> Any:
    """What was saved when the form that `row` came with was sent for the first time, or None."""
    if row.submission is None:
        return None
    return type(row).objects.filter(stakeholder=row.stakeholder, submission=row.submission).first()


def _live(record: ContactRecord) -> ContactRecord:
    """The record, locked; ValidationError when someone corrected or voided it meanwhile."""
    record = ContactRecord.objects.select_for_update().get(pk=record.pk)
    if not record.is_live:
        raise ValidationError(_("This record was corrected or voided meanwhile; look at the newer one."))
    return record


def _answered_in(record: ContactRecord) -> QuerySet[Feedback]:
    """What counts as answered because the person was told in this contact; not what was opened again since (R12)."""
    return record.answers.filter(state__in=[Feedback.State.ANSWERED, Feedback.State.CLOSED])


def _refuse_if_answered_in(record: ContactRecord) -> None:
    if _answered_in(record).exists():
        raise ValidationError(_("An answer was given in this contact; reopen that feedback first."))


def _state(record: ContactRecord) -> dict[str, Any]:
    return {field: getattr(record, field) for field in RECORD_FIELDS}


# --- feedback ------------------------------------------------------------------------------------------------


def receive_feedback(
    feedback: Feedback, *, received_on: dt.date, received_by: Officer, actor: Actor
) -> Feedback:
    """Take in what a person said, once for a form. It starts with the unit in charge of them, and its clock
    starts (R12)."""
    if before := _submitted_before(feedback):
        return before
    try:
        return _receive_feedback(feedback, received_on, received_by, actor)
    except IntegrityError:
        if before := _submitted_before(feedback):
            return before
        raise


@transaction.atomic
def _receive_feedback(
    feedback: Feedback, received_on: dt.date, received_by: Officer, actor: Actor
) -> Feedback:
    feedback.received_on, feedback.received_by = received_on, received_by
    feedback.run(reckon(feedback.first_clock, received_on))
    if feedback.unit_id is None:
        feedback.unit = feedback.stakeholder.unit
    feedback.save(force_insert=True)
    _step(feedback, FeedbackStep.Deed.RECEIVED, actor)
    AuditEntry.objects.record(
        actor,
        "receive feedback",
        feedback,
        after={"text": feedback.text, "due_on": feedback.due_on}
        | ({"document": feedback.document_number} if feedback.is_formal else {}),
    )
    return feedback


@transaction.atomic
def assign_feedback(feedback: Feedback, *, unit: Unit, day: dt.date, actor: Actor, note: str = "") -> None:
    """Give the item to a unit. The clock of a formal one starts with that; after an answer this is a reopening, and
    counting starts afresh (R12)."""
    if unit.closed_on:
        raise ValidationError(_("%(unit)s is closed; choose a unit that is open."), params={"unit": unit})
    feedback = _moving(feedback, Feedback.State.ASSIGNED)
    before = {"unit": feedback.unit.code, "state": feedback.state}
    deed = FeedbackStep.Deed.ASSIGNED
    if not feedback.is_pending:
        deed = FeedbackStep.Deed.REOPENED
        feedback.answered_on, feedback.closed_on = None, None
        feedback.extended_by, feedback.extension_reason = None, ""
        feedback.run(reckon(feedback.first_clock, day))
    elif feedback.is_formal and feedback.state == Feedback.State.RECEIVED:
        feedback.run(reckon(feedback.clock, day))
    if feedback.state != Feedback.State.ASSIGNED or feedback.unit != unit:
        feedback.assigned_on = day  # a note to the same unit gives it no more time to send the item back
    feedback.state, feedback.unit = Feedback.State.ASSIGNED, unit
    feedback.save()
    _step(feedback, deed, actor, note)
    AuditEntry.objects.record(
        actor,
        "assign feedback",
        feedback,
        before=before,
        after={"unit": unit.code, "due_on": feedback.due_on},
        reason=note,
    )


@transaction.atomic
def return_feedback(feedback: Feedback, *, day: dt.date, actor: Actor, reason: str) -> None:
    """Send a wrong assignment back to the unit that made it, within the days that R12 gives. The clock of an oral opinion
    goes on; a formal one gets its own with the next assignment."""
    feedback = _moving(feedback, Feedback.State.RECEIVED)
    last = feedback.return_deadline()
    if last is None or day > last.day:
        raise ValidationError(
            _(
                "The days for sending it back are over. Assign it to the unit that it belongs to, or answer it."
            )
        )
    before = {"unit": feedback.unit.code, "state": feedback.state}
    feedback.unit, feedback.state, feedback.assigned_on = _assigner(feedback), Feedback.State.RECEIVED, None
    feedback.save()
    _step(feedback, FeedbackStep.Deed.RETURNED, actor, reason)
    AuditEntry.objects.record(
        actor, "return feedback", feedback, before=before, after={"unit": feedback.unit.code}, reason=reason
    )


def _assigner(feedback: Feedback) -> Unit:
    """The unit of whoever assigned the item last; where they gave it to their own unit, the one above."""
    deeds = [FeedbackStep.Deed.ASSIGNED, FeedbackStep.Deed.REOPENED]
    step = feedback.steps.filter(deed__in=deeds).select_related("officer__unit").last()
    unit: Unit | None = step.officer.unit if step else feedback.unit
    while unit and (unit.pk == feedback.unit_id or unit.closed_on):
        unit = unit.parent
    if unit is None:
        raise ValidationError(
            _("There is no unit above %(unit)s. Assign it to the unit that it belongs to, or answer it."),
            params={"unit": feedback.unit},
        )
    return unit


@transaction.atomic
def extend_feedback(feedback: Feedback, *, actor: Actor, reason: str) -> None:
    """Give a formal suggestion or proposal the longer time, once, by a leader and for a reason (R12)."""
    feedback = Feedback.objects.select_for_update().select_related("unit").get(pk=feedback.pk)
    if not feedback.may_be_extended:
        raise ValidationError(_("Only a formal item that is worked on can be extended, and only once."))
    if not reason.strip():
        raise ValidationError(_("Say why it needs longer."))
    before = {"due_on": feedback.due_on}
    feedback.run(reckon(Clock.EXTENDED, feedback.clock_since))
    feedback.extended_by, feedback.extension_reason = actor.officer, reason.strip()
    feedback.save()
    _step(feedback, FeedbackStep.Deed.EXTENDED, actor, feedback.extension_reason)
    AuditEntry.objects.record(
        actor, "extend feedback", feedback, before=before, after={"due_on": feedback.due_on}, reason=reason
    )


@transaction.atomic
def answer_feedback(
    feedback: Feedback,
    *,
    answer: str,
    result: str,
    record: ContactRecord,
    actor: Actor,
    review_on: dt.date | None = None,
) -> None:
    """The person was told, in `record`, which must be a live contact that reached them (R12)."""
    feedback = _moving(feedback, Feedback.State.ANSWERED)
    if record.stakeholder_id != feedback.stakeholder_id or not record.is_live or record.outcome != "reached":
        raise ValidationError(
            _("Name a contact in which %(name)s was reached and told."),
            params={"name": feedback.stakeholder.name},
        )
    if result != Feedback.Result.SOLVED and review_on is None:
        raise ValidationError(_("Any result but solved needs a day on which it is looked at again."))
    feedback.state, feedback.answer, feedback.result = Feedback.State.ANSWERED, answer, result
    feedback.review_on = review_on if result != Feedback.Result.SOLVED else None
    feedback.answered_on, feedback.answer_record = record.occurred_on, record
    feedback.save()
    _step(feedback, FeedbackStep.Deed.ANSWERED, actor, answer[:500])
    AuditEntry.objects.record(actor, "answer feedback", feedback, after={"answer": answer, "result": result})


@transaction.atomic
def close_feedback(feedback: Feedback, *, day: dt.date, actor: Actor, note: str = "") -> None:
    """Nothing is left to do. What is not solved stays open for its review day."""
    feedback = _moving(feedback, Feedback.State.CLOSED)
    feedback.state, feedback.closed_on = Feedback.State.CLOSED, day
    feedback.save()
    _step(feedback, FeedbackStep.Deed.CLOSED, actor, note)
    AuditEntry.objects.record(actor, "close feedback", feedback, after={"closed_on": day}, reason=note)


def _moving(feedback: Feedback, state: str) -> Feedback:
    """The item, locked; ValidationError when it can not move to `state`, perhaps because someone else moved it."""
    feedback = Feedback.objects.select_for_update().select_related("unit", "stakeholder").get(pk=feedback.pk)
    if not feedback.may_become(state):
        raise ValidationError(
            _("This item is %(now)s; it can not become %(next)s."),
            params={"now": feedback.get_state_display(), "next": Feedback.State(state).label},
        )
    return feedback


def _step(feedback: Feedback, deed: FeedbackStep.Deed, actor: Actor, note: str = "") -> None:
    FeedbackStep.objects.create(
        feedback=feedback,
        deed=deed,
        state=feedback.state,
        due_on=feedback.due_on,
        unit=feedback.unit,
        officer=actor.officer or feedback.received_by,
        note=note,
    )
