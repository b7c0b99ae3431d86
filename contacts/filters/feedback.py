"""Finding what people said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.filters.base import DayFilter, ListFilter, UnitFilter, by_words, choice_filter, search_filter
from contacts.models import Answer, Feedback, FeedbackQuerySet, Topic

PENDING, OVERDUE = "pending", "overdue"
# What an item waits for, beside its state.
WAITING: dict[str, tuple[Any, Callable[[FeedbackQuerySet, dt.date], FeedbackQuerySet]]] = {
    PENDING: (_("not yet answered"), lambda rows, day: rows.pending()),
    OVERDUE: (_("overdue"), lambda rows, day: rows.overdue(day)),
    "review": (_("to be looked at again"), lambda rows, day: rows.to_review(day)),
    "promised": (_("another answer promised"), lambda rows, day: rows.promised()),
    "to_rate": (_("to be rated"), lambda rows, day: rows.to_rate()),
    "supervised": (_("under supervision"), lambda rows, day: rows.supervised()),
    "escalated": (_("sent up to the leader"), lambda rows, day: rows.escalated()),
}
STATES = [*Feedback.State.choices, *((name, label) for name, (label, _rows) in WAITING.items())]


class FeedbackFilter(ListFilter):
    q = search_filter(by_words, _("Words, number or person"))
    state = choice_filter(STATES, _("State"), method="in_state")
    result = choice_filter(Answer.Result.choices, _("Result"), field_name="answer__result")
    kind = choice_filter(Feedback.Kind.choices, _("Kind"), field_name="kind")
    unit = UnitFilter(label=_("Handled by"), history=True)
    topic = choice_filter((), _("Topic"), method="about")
    since = DayFilter("received_on", "gte", label=_("Received from"))
    until = DayFilter("received_on", "lte", label=_("Received until"))

    class Meta:
        fields: list[str] = []

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["topic"].extra["choices"] = lambda: [
            (topic.pk, topic.in_its_place) for topic in Topic.objects.in_tree()
        ]

    def about(self, rows: Any, name: str, topic: str) -> QuerySet:
        """What counts under it or a part of it, and what is filed under these too."""
        topics = Topic.objects.with_parts(int(topic)).order_by().values("pk")
        further = Feedback.further_topics.through.objects.filter(topic__in=topics).values("feedback")
        return rows.filter(Q(topic__in=topics) | Q(pk__in=further))

    def in_state(self, rows: Any, name: str, state: str) -> QuerySet:
        return WAITING[state][1](rows, self.day) if state in WAITING else rows.filter(state=state)
