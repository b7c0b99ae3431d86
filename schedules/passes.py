"""One pass of what the worker does. All truth is in the database: what is due is derived from it, so that a pass may
run twice, late, beside another, from cron or by hand, or be killed in the middle and run again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from contacts.models import Actor
from schedules import feeds, notices, planning
from schedules.behind.weekly import report_week
from schedules.digests.freezing import freeze_due
from schedules.heartbeats import beating
from schedules.models import PassState
from schedules.notices.hours import Moment
from schedules.workdays import Workdays


@beating
def run_schedule(now: dt.datetime) -> dict[str, int]:
    """Plan, queue, freeze digests, deliver. What stands in the inbox is decided in one transaction; mail leaves after
    it, outside any."""
    moment = Moment(now, Workdays.load())
    try:
        planned, queued = _plan_and_queue(moment)
        feeds.revoke_stale(now, actor=Actor.command("run_schedule"))
    except Exception:
        notices.deliver(moment)  # what is queued was promised, whatever planning stumbles over (R11)
        raise
    delivered = notices.deliver(moment)
    return {
        "obligations_created": planned.created,
        "obligations_withdrawn": planned.withdrawn,
        "notices_queued": queued,
        "notices_delivered": delivered.sent,
        "notices_failed": delivered.failed,
    }


@transaction.atomic
def _plan_and_queue(moment: Moment) -> tuple[planning.Planned, int]:
    state = locked_state(moment)
    if moment.now < state.latest_at:  # R4: a pass for an earlier instant only delivers
        return planning.Planned(), 0
    new_day = state.day != moment.today
    planned = planning.plan(state, moment.now, moment.workdays)
    queued = notices.queue(moment)
    if new_day:
        freeze_due(moment)
        report_week(moment)
    state.latest_at = moment.now
    state.save()
    return planned, queued


def locked_state(moment: Moment) -> PassState:
    """The row that passes lock in turn; the installation's first pass makes it, and its day is kept (R4)."""
    there = PassState.objects.select_for_update().first()
    if there is None:
        PassState.objects.get_or_create(pk=1, defaults={"first_day": moment.today, "latest_at": moment.now})
        there = PassState.objects.select_for_update().get()
    return there
