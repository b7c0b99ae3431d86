"""The answer to an item of feedback: written, told to everybody who asked, rated by somebody else (R12).

Answered means that the person was told, in a contact record that counts; what is written and not told is no answer. Any
result but solved promises another answer on a day, and only a rating closes an item.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.assigning import assign_feedback
from contacts.clock import Clock, reckon
from contacts.feedback_steps import locked, moving, step
from contacts.models import (
    Actor,
    Answer,
    AuditEntry,
    ContactRecord,
    Feedback,
    FeedbackStep,
    Rating,
    Stakeholder,
    Telling,
)
from contacts.outsiders import is_outside

Result, Verdict = Answer.Result, Rating.Verdict


@transaction.atomic
def prepare_answer(
    feedback: Feedback, *, text: str, result: str, review_on: dt.date | None = None, submission: UUID | None = None, actor: Actor
) -> Answer:  # fmt: skip
    """Write what the person is to be told. One that nobody was told yet is written anew; the second answer to what was
    promised stands beside the first."""
    feedback = locked(feedback)
    second = feedback.state == Feedback.State.ANSWERED
    if second and feedback.review_on is None or feedback.state == Feedback.State.CLOSED:
        raise ValidationError(_("The last answer was final. Open the item again to give another one."))
    if result == Result.SOLVED:
        review_on = None
    elif review_on is None and not (second and result in Answer.LAST_WORDS):
        raise ValidationError(_("Any result but solved needs a day on which it is looked at again."))
    answer = untold(feedback)
    if answer and answer.tellings.exists():
        raise ValidationError(
            _("Somebody was told the answer that stands already; tell the others the same.")
        )
    answer = answer or Answer(feedback=feedback, follows=feedback.answer)
    answer.text, answer.result, answer.review_on = text.strip(), result, review_on
    answer.submission = submission
    answer.prepared_by, answer.prepared_at = actor.officer or feedback.received_by, timezone.now()
    answer.save()
    if not second:
        feedback.state = Feedback.State.READY
        feedback.save(update_fields=["state"])
    step(feedback, FeedbackStep.Deed.PREPARED, actor, answer.text)
    AuditEntry.objects.record(
        actor, "prepare answer", feedback, after={"answer": answer.text, "result": result}
    )
    return answer


@transaction.atomic
def tell(feedback: Feedback, record: ContactRecord, *, actor: Actor) -> None:
    """Somebody who asked was told the answer that stands, in `record`: a live contact that reached them, not before it
    was asked. Once all of them were, the item is answered (R12)."""
    feedback = moving(feedback, Feedback.State.ANSWERED)
    # As it stands, and stays till the end.
    record = ContactRecord.objects.select_for_update().get(pk=record.pk)
    answer = untold(feedback)
    if answer is None:
        raise ValidationError(_("Write the answer first."))
    person = next((one for one in still_to_tell(feedback) if one.pk == record.stakeholder_id), None)
    if person is None or not record.is_live or record.outcome != ContactRecord.Outcome.REACHED:
        raise ValidationError(
            _("Name a contact in which %(name)s was reached and told."),
            params={"name": feedback.stakeholder.name},
        )
    if record.occurred_on < asked_on(feedback):
        raise ValidationError(
            _("That contact was before %(day)s, when this was asked. Name a later one."),
            params={"day": asked_on(feedback)},
        )
    before = told_last(feedback).get(person.pk)
    if before and record.occurred_at <= before:
        raise ValidationError(
            _(
                "%(name)s was told the answer before this one then, or later. Name the contact that came after it."
            ),
            params={"name": person.name},
        )
    Telling.objects.create(answer=answer, record=record)
    if not still_to_tell(feedback):
        _answered(feedback, answer)
    step(feedback, FeedbackStep.Deed.ANSWERED, actor, person.name)
    AuditEntry.objects.record(
        actor,
        "answer feedback",
        feedback,
        after={"told": person.number, "answer": answer.text, "result": answer.result},
    )


def _answered(feedback: Feedback, answer: Answer) -> None:
    """Everybody was told."""
    answer.told_on = max(telling.record.occurred_on for telling in answer.tellings.select_related("record"))
    answer.save(update_fields=["told_on"])
    feedback.state, feedback.answer = Feedback.State.ANSWERED, answer
    feedback.answered_on = feedback.answered_on or answer.told_on
    feedback.review_on, feedback.escalated_to = answer.review_on, None
    feedback.rate_by = None if answer.is_promise else reckon(Clock.RATING, answer.told_on).day
    feedback.save()


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
    """Both at once: what the person was told, and in which contact."""
    prepare_answer(feedback, text=answer, result=result, review_on=review_on, actor=actor)
    tell(feedback, record, actor=actor)


def untold(feedback: Feedback) -> Answer | None:
    """The answer that is written and not yet told to everybody."""
    return feedback.answers.standing().filter(told_on=None).first()


def still_to_tell(feedback: Feedback) -> list[Stakeholder]:
    """Who has not been told the answer that is written, or would be."""
    told = Telling.objects.filter(
        answer__feedback=feedback, answer__told_on=None, answer__set_aside_on=None
    ).values_list("record__stakeholder", flat=True)
    known = set(told)
    return [person for person in feedback.to_be_told() if person.pk not in known]


def told_last(feedback: Feedback) -> dict[int, dt.datetime]:
    """Person → when they were told an answer of the item last. The next one is told in a later contact."""
    counts = Telling.objects.filter(answer__feedback=feedback, record__voided_at=None)
    told = counts.values("record__stakeholder").order_by()
    return dict(told.values_list("record__stakeholder", Max("record__occurred_at")))


def asked_on(feedback: Feedback) -> dt.date:
    """The day from which on an answer can be told: that of the last answer, or since when the clock runs."""
    return (feedback.answer and feedback.answer.told_on) or feedback.clock_since


# --- rating --------------------------------------------------------------------------------------------------


def to_rate(feedback: Feedback) -> QuerySet[Telling]:
    """Those who were told the last answer, and have not been asked yet."""
    rows = Telling.objects.filter(answer=feedback.answer, rating=None).select_related("record__stakeholder")
    return rows if feedback.rate_by else rows.none()


def may_be_left(feedback: Feedback) -> bool:
    """Was it opened again for somebody's dissatisfaction before? Then whoever rates may leave it at that."""
    unsatisfied = Q(process=Verdict.DISSATISFIED) | Q(result=Verdict.DISSATISFIED)
    return Rating.objects.filter(
        unsatisfied, telling__answer__feedback=feedback, telling__answer__set_aside_on__isnull=False
    ).exists()


@transaction.atomic
def rate(
    telling: Telling, *, process: str, result: str, comment: str = "", leave: bool = False, day: dt.date, actor: Actor
) -> Rating:  # fmt: skip
    """How satisfied the person is, asked by somebody outside the unit that handled it. Whoever is not satisfied has the item
    opened again, with a clock of its own; the second time whoever asks may `leave` it at that, and says why. When everybody
    was asked, it is closed (R12)."""
    feedback = moving(telling.answer.feedback, Feedback.State.CLOSED)
    if not to_rate(feedback).filter(pk=telling.pk).exists():
        raise ValidationError(_("This answer has been rated meanwhile, or is not the last one."))
    if actor.officer is None or not is_outside(actor.officer, feedback):
        raise ValidationError(_("Somebody outside the unit that handled it asks how satisfied people are."))
    rating = Rating(telling=telling, process=process, result=result, comment=comment.strip())
    rating.rated_on, rating.rated_by = day, actor.officer
    if rating.is_dissatisfied and not rating.comment:
        raise ValidationError(_("Say what they are not satisfied with, in their words."))
    if leave and not may_be_left(feedback):
        raise ValidationError(_("It has not been opened again for this yet."))
    rating.save()
    step(feedback, FeedbackStep.Deed.RATED, actor, rating.comment)
    AuditEntry.objects.record(
        actor, "rate answer", feedback, after={"process": process, "result": result}, reason=rating.comment
    )
    if rating.is_dissatisfied and not leave:
        unit = feedback.unit
        while unit.closed_on and unit.parent:
            unit = unit.parent
        assign_feedback(feedback, unit=unit, day=day, actor=actor, note=rating.comment)
    elif not to_rate(feedback).exists():
        _close(feedback, day, actor)
    return rating


def _close(feedback: Feedback, day: dt.date, actor: Actor) -> None:
    feedback.state, feedback.closed_on, feedback.rate_by = Feedback.State.CLOSED, day, None
    supervised = feedback.report_by is not None
    if supervised:  # that it is closed is the report
        feedback.report_by, feedback.reported_on = None, day
    feedback.save()
    step(feedback, FeedbackStep.Deed.CLOSED, actor)
    if supervised:
        step(feedback, FeedbackStep.Deed.REPORTED, actor)
    AuditEntry.objects.record(actor, "close feedback", feedback, after={"closed_on": day})


# --- the contact in which somebody was told ------------------------------------------------------------------


def refuse_if_told_in(record: ContactRecord) -> None:
    """What counts as told because of this contact must not lose it."""
    told = record.tellings.filter(answer__set_aside_on=None).select_related("answer__feedback").first()
    if told and told.answer.told_on is None:
        raise ValidationError(
            _(
                "In this contact one of several was told the answer to %(number)s. Assign that item anew first."
            ),
            params={"number": told.answer.feedback.number},
        )
    if told:
        raise ValidationError(
            _("The answer to %(number)s was given in this contact. Open that item again first."),
            params={"number": told.answer.feedback.number},
        )


def follow_correction(record: ContactRecord, corrected: ContactRecord) -> None:
    """Answers told in a record were told in what corrects it, on its day."""
    told = list(record.tellings.select_related("answer"))
    record.tellings.update(record=corrected)
    for telling in told:
        answer = telling.answer
        if answer.told_on is None:
            continue
        answer.told_on = max(answer.tellings.values_list("record__occurred_on", flat=True))
        since = answer.follows.told_on if answer.follows else answer.feedback.clock_since
        if answer.set_aside_on is None and since and corrected.occurred_on < since:
            raise ValidationError(
                _(
                    "An answer was given in this contact to what was asked on %(day)s; it was not before that."
                ),
                params={"day": since},
            )
        answer.save(update_fields=["told_on"])
        if answer.set_aside_on is None:
            _follow_day(answer)


def _follow_day(answer: Answer) -> None:
    feedback = locked(answer.feedback)
    if answer.follows_id is None:
        feedback.answered_on = answer.told_on
    if feedback.rate_by and feedback.answer_id == answer.pk and answer.told_on:
        feedback.rate_by = reckon(Clock.RATING, answer.told_on).day
    feedback.save(update_fields=["answered_on", "rate_by"])
