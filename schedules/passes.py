"""One pass of what the worker does. All truth is in the database: what is due is derived from it, so that a pass may
run twice, late, beside another, from cron or by hand, or be killed in the middle and run again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from contacts import conduct
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
    """Plan and queue, report, deliver. What stands in the inbox is decided in one transaction, what the day brings of
    digests and reports in another, lest a fault in one of them keep reminders from everybody; mail leaves outside any."""
    moment = Moment(now, Workdays.load())
    try:
        planned, queued, reported = _plan_and_queue(moment)
        if not reported:
            _report(moment)
        feeds.revoke_stale(now, actor=Actor.command("run_schedule"))
        conduct.settle(now)
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
def _plan_and_queue(moment: Moment) -> tuple[planning.Planned, int, bool]:
    """What was planned, how much was queued, and whether this day's reports stand."""
    state = locked_state(moment)
    if moment.now < state.latest_at:  # R4: a pass for an earlier instant only delivers
        return planning.Planned(), 0, True
    planned = planning.plan(state, moment.now, moment.workdays)
    queued = notices.queue(moment)
    state.latest_at = moment.now
    state.save()
    return planned, queued, state.reported_on == moment.today


@transaction.atomic
def _report(moment: Moment) -> None:
    """Freeze digests and report the week, once a day."""
    state = locked_state(moment)
    if state.reported_on == moment.today or moment.now < state.latest_at:  # another pass was quicker
        return
    freeze_due(moment)
    report_week(moment)
    state.reported_on = moment.today
    state.save()


def locked_state(moment: Moment) -> PassState:
    """The row that passes lock in turn; the installation's first pass makes it, and its day is kept (R4)."""
    there = PassState.objects.select_for_update().first()
    if there is None:
        PassState.objects.get_or_create(pk=1, defaults={"first_day": moment.today, "latest_at": moment.now})
        there = PassState.objects.select_for_update().get()
    return there
