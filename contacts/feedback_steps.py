"""What every deed on an item of feedback begins and ends with: the row locked, the move allowed, the step written."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.models import Actor, Feedback, FeedbackStep

NOTE = 500  # characters of a step's note


def locked(feedback: Feedback) -> Feedback:
    """The item as it is now, and nobody else's until this is done."""
    # Locked by itself, and read afterwards: of a row whose unit changed while one waited for it, PostgreSQL would find the
    # unit no more, and so not the row.
    Feedback.objects.select_for_update().only("pk").get(pk=feedback.pk)
    return Feedback.objects.select_related("unit", "stakeholder").get(pk=feedback.pk)


def both_locked(feedback: Feedback, other: Feedback) -> tuple[Feedback, Feedback]:
    """Two items, in the one order in which everybody locks several."""
    found = {pk: locked(Feedback(pk=pk)) for pk in sorted({feedback.pk, other.pk})}
    return found[feedback.pk], found[other.pk]


def moving(feedback: Feedback, state: str) -> Feedback:
    """The item, locked; ValidationError when it can not move to `state`, perhaps because someone else moved it."""
    feedback = locked(feedback)
    if not feedback.may_become(state):
        raise ValidationError(
            _("This item is %(now)s; it can not become %(next)s."),
            params={"now": feedback.get_state_display(), "next": Feedback.State(state).label},
        )
    return feedback


def step(feedback: Feedback, deed: FeedbackStep.Deed, actor: Actor, note: str = "") -> FeedbackStep:
    """Who did what when; stands on the item for good. Whoever has to be told of it is, with the next pass."""
    Feedback.objects.filter(pk=feedback.pk).update(look_on=None)
    return FeedbackStep.objects.create(
        feedback=feedback,
        deed=deed,
        state=feedback.state,
        due_on=feedback.due_on,
        unit=feedback.unit,
        officer=actor.officer or feedback.received_by,
        note=note[:NOTE],
    )


def stated(text: str, missing: str) -> str:
    """The text without blanks around it; ValidationError with what is `missing` where nothing is left."""
    if not text.strip():
        raise ValidationError(missing)
    return text.strip()
