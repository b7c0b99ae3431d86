"""The two numbers that the navigation shows on every page: unread notices, and answers that are overdue."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from contacts.models import Feedback, Officer
from schedules.models import Notice


def counts(officer: Officer, day: dt.date) -> dict[str, int]:
    """Both in one query."""
    overdue = Feedback.objects.visible_to(officer).overdue(day)
    row = Officer.objects.filter(pk=officer.pk).annotate(
        unread=_count(Notice.objects.visible_to(officer).unread()), overdue=_count(overdue)
    )
    return row.values("unread", "overdue").get()


def _count(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
