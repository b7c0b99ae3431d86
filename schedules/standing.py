"""Obligations as they stand, loaded for a page that shows a person's or an officer's few dozen of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contacts.models import ContactRecord
from schedules.coverage import State, due_soon_limit, with_status
from schedules.explaining import with_explanation
from schedules.models import Obligation
from schedules.workdays import Workdays

Standing = Any  # an Obligation with what `stand` adds to it


def stand(rows: QuerySet[Obligation], now: dt.datetime) -> list[Standing]:
    """The rows with status, explanation, policy and version, and of each whether it is `due_soon` (R7) and whether it
    `may_be_explained`."""
    day = timezone.localdate(now)
    limit = due_soon_limit(day, Workdays.load())
    stands = with_explanation(with_status(rows, now), now)
    found: list[Standing] = list(stands.select_related("policy", "version"))
    for row in found:
        row.due_soon = row.state == State.OPEN and row.due_on <= limit
        row.state_label = State(row.state).label
        late = row.due_soon or row.state == State.OPEN and row.planned_on < day
        row.may_be_explained = late or row.state == State.MISSED
    return found


def count_attempts(rows: Iterable[Standing], records: Iterable[ContactRecord]) -> None:
    """Set `attempts` of each obligation from live `records` at hand: those of its kind, within its period, that did not
    reach the person (R6)."""
    tried = [r for r in records if r.is_live and r.outcome != ContactRecord.Outcome.REACHED]
    for row in rows:
        row.attempts = sum(
            r.stakeholder_id == row.stakeholder_id
            and r.kind in row.version.kinds
            and row.period_start <= r.occurred_on <= row.period_end
            for r in tried
        )
