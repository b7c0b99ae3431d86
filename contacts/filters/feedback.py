"""Finding what people said."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.filters.base import DayFilter, ListFilter, UnitFilter, by_words, choice_filter, search_filter
from contacts.models import Feedback, Topic

OVERDUE, REVIEW = "overdue", "review"
STATES = [*Feedback.State.choices, (OVERDUE, _("overdue")), (REVIEW, _("to be looked at again"))]


class FeedbackFilter(ListFilter):
    q = search_filter(by_words, _("Words, number or person"))
    state = choice_filter(STATES, _("State"), method="in_state")
    kind = choice_filter(Feedback.Kind.choices, _("Kind"), field_name="kind")
    unit = UnitFilter(label=_("Handled by"), history=True)
    topic = choice_filter((), _("Topic"), field_name="topic")
    since = DayFilter("received_on", "gte", label=_("Received from"))
    until = DayFilter("received_on", "lte", label=_("Received until"))

    class Meta:
        fields: list[str] = []

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["topic"].extra["choices"] = lambda: Topic.objects.values_list("pk", "name")

    def in_state(self, rows: Any, name: str, state: str) -> QuerySet:
        if state == OVERDUE:
            return rows.overdue(self.day)
        if state == REVIEW:
            return rows.to_review(self.day)
        return rows.filter(state=state)
