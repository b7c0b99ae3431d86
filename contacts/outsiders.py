"""Who takes no part in an item's handling: only they ask how satisfied people are with it (R12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from contacts.models import Answer, CoHandling, Feedback, FeedbackStep, Officer, Unit


@dataclass
class TookPart:
    """The units that have handled an item or were asked about it, and the officers who have it in hand, wrote its answer
    or told it."""

    units: set[int] = field(default_factory=set)
    officers: set[int] = field(default_factory=set)


def took_part(items: Collection[int]) -> dict[int, TookPart]:
    """By item, in two queries however many there are."""
    found = {pk: TookPart() for pk in items}
    rows = Feedback.objects.filter(pk__in=items).order_by()
    steps = FeedbackStep.objects.filter(feedback__in=items, deed__in=FeedbackStep.HANDLING).order_by()
    asked = CoHandling.objects.filter(feedback__in=items).order_by()
    answers = Answer.objects.standing().filter(feedback__in=items).order_by()
    told = answers.filter(tellings__isnull=False)
    units = rows.values_list("pk", "unit").union(
        steps.values_list("feedback", "unit"), asked.values_list("feedback", "unit")
    )
    for pk, unit in units:
        found[pk].units.add(unit)
    officers = (
        rows.filter(handler__isnull=False)
        .values_list("pk", "handler")
        .union(
            answers.values_list("feedback", "prepared_by"),
            told.values_list("feedback", "tellings__record__officer"),
        )
    )
    for pk, officer in officers:
        found[pk].officers.add(officer)
    return found


def is_outside(officer: Officer, feedback: Feedback) -> bool:
    """May the officer ask how satisfied the person is? Not whoever is no outsider to a unit that took part, nor whoever
    took part themselves."""
    part = took_part([feedback.pk])[feedback.pk]
    units = Unit.objects.filter(pk__in=part.units)
    return officer.pk not in part.officers and all(officer.is_outside(unit) for unit in units)
