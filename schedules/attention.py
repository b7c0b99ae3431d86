"""What every page asks for its frame: unread notices, answers that are overdue, and for those who can do something
about it, whether the worker lives; remarks of leaders that wait for one; for
leaders, work reports and public editions that wait for their approval."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, F, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from contacts.access import Deed
from contacts.models import Feedback, Officer, WorkReport
from schedules import health
from schedules.models import Heartbeat, Notice, PublicEdition, Remark


def counts(officer: Officer, now: dt.datetime) -> dict[str, Any]:
    """All in one query."""
    overdue = Feedback.objects.visible_to(officer).overdue(timezone.localdate(now))
    passes = Heartbeat.objects.order_by(F("finished_at").desc(nulls_last=True)).values("finished_at")
    row = Officer.objects.filter(pk=officer.pk).annotate(
        unread=_count(Notice.objects.visible_to(officer).unread()),
        overdue=_count(overdue),
        last_pass=Subquery(passes[:1]),
        remarks=_count(Remark.objects.waiting_for(officer)),
        editions=_count(PublicEdition.objects.to_approve_by(officer)),
        to_approve=_count(WorkReport.objects.visible_to(officer, Deed.APPROVE_REPORT).submitted()),
    )
    found = row.values("unread", "overdue", "last_pass", "remarks", "editions", "to_approve").get()
    return found | {
        "at_digests": found["remarks"] + found["editions"],
        "silent": may_mend(officer) and health.is_silent(found["last_pass"], now),
    }


def may_mend(officer: Officer) -> bool:
    """Whoever looks after the server, or after the whole bureau's liaison work."""
    return officer.rights.may(Deed.MANAGE_ACCOUNTS) or officer.rights.may(Deed.CONFIGURE)


def _count(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
