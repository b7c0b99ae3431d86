"""What people said in a period, by topic and by how far it has come."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Count, Q

from contacts.models import Feedback, FeedbackQuerySet

STATES = [state.value for state in Feedback.State]


def opinions(rows: FeedbackQuerySet, start: dt.date, end: dt.date, day: dt.date) -> dict[str, Any]:
    """Of the feedback `rows`, what was received from `start` to `end`, as it stands on `day`; what was answered in those
    days, whenever it was received; and all that was waiting for an answer past its day when they ended. One query."""
    ref = min(day, end)
    received = Q(received_on__range=(start, end))
    waiting = Q(answered_on=None) | Q(answered_on__gt=ref)
    found = rows.values("topic", "topic__name").annotate(
        **{state: Count("pk", filter=received & Q(state=state)) for state in STATES},
        told=Count("pk", filter=Q(answered_on__range=(start, end))),
        late=Count("pk", filter=Q(received_on__lte=ref, due_on__lt=ref) & waiting),
    )
    topics = [_topic(row) for row in found]
    shown = [topic for topic in topics if topic["total"] or topic["overdue"]]
    totals: Counter[str] = Counter()
    for topic, row in zip(topics, found, strict=True):
        totals.update({"received": topic["total"], "answered": row["told"], "overdue": topic["overdue"]})
    return {
        "received": totals["received"],
        "answered": totals["answered"],
        "overdue": totals["overdue"],
        "by_topic": sorted(shown, key=lambda topic: (-topic["total"], topic["name"] or "")),
    }


def _topic(row: dict[str, Any]) -> dict[str, Any]:
    states = {state: row[state] for state in STATES}
    return {
        "topic": row["topic"],
        "name": row["topic__name"],
        "total": sum(states.values()),
        "states": states,
        "overdue": row["late"],
    }


def waiting_longest(rows: FeedbackQuerySet, end: dt.date, day: dt.date, shown: int) -> list[dict[str, Any]]:
    """The first of the overdue ones, by id."""
    found = overdue(rows, end, day)[:shown].values_list("pk", "stakeholder", "unit__short_name", "due_on")
    return [
        {"feedback": pk, "stakeholder": person, "unit": unit, "due_on": due_on.isoformat()}
        for pk, person, unit, due_on in found
    ]


def overdue(rows: FeedbackQuerySet, end: dt.date, day: dt.date) -> FeedbackQuerySet:
    """The items behind that figure, those due first in front."""
    ref = min(day, end)
    waiting = Q(answered_on=None) | Q(answered_on__gt=ref)
    return rows.filter(waiting, received_on__lte=ref, due_on__lt=ref).order_by("due_on", "pk")
