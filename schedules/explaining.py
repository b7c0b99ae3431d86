"""Why a contact has not happened yet: beside the obligation wherever it is shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from schedules import coverage
from schedules.models import Explanation, Obligation
from schedules.workdays import Workdays


def with_explanation(obligations: QuerySet[Obligation], now: dt.datetime) -> QuerySet[Any]:
    """Annotate `why`, `why_text` and `why_at` of the latest explanation that was given by `now`; null without one."""
    given = Explanation.objects.filter(obligation=OuterRef("pk"), given_at__lte=now)
    latest = given.order_by("-given_at", "-pk")
    return obligations.annotate(
        why=Subquery(latest.values("reason")[:1]),
        why_text=Subquery(latest.values("text")[:1]),
        why_at=Subquery(latest.values("given_at")[:1]),
    )


def in_words(owed: Any) -> str:
    """Of an obligation with its explanation; "" without one."""
    return str(Explanation(reason=owed.why, text=owed.why_text)) if owed.why else ""


def may_be_explained(day: dt.date, workdays: Workdays) -> Q:
    """For a query with status: of what is late, due soon or missed one may say why."""
    return coverage.late(day) | coverage.due_soon(day, workdays) | Q(state=coverage.State.MISSED)
