"""Which digest an address asks for: `unit` is a code, or "own"; `period` a key. Without them: the highest unit one may
see, this month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.http import Http404
from django.utils import timezone

from contacts.models import Officer
from schedules import periods
from schedules.digests.scope import Scope
from schedules.digests.shown import scope_for
from schedules.periods import Period


def asked(officer: Officer, query: Mapping[str, str], now: dt.datetime) -> tuple[Scope, Period]:
    """404 for what does not exist for the officer, or lies in the future."""
    today = timezone.localdate(now)
    try:
        period = periods.parse(query.get("period") or periods.containing(today, "month").key)
    except ValueError as error:
        raise Http404 from error
    scope = scope_for(officer, query.get("unit", ""))
    if scope is None or period.start > today:
        raise Http404
    return scope, period
