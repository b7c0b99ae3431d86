"""What the engine made of the history: obligations, closed periods, waivers, frozen digests and what stands in inboxes:
reminders, hand-overs, and who is behind, with the reasons that were given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db.models import DateTimeField, ExpressionWrapper, F
from django.utils import timezone

from contacts.models import UnitRole
from schedules import coverage, periods, planning
from schedules.behind.figures import asked_about, since
from schedules.behind.weekly import report_week
from schedules.coverage import State
from schedules.demo import sayings
from schedules.demo.calendar import in_office
from schedules.demo.chance import chance
from schedules.digests.freezing import freeze_due, frozen_on
from schedules.models import Delivery, Explanation, Notice, Obligation, PassState, PeriodClosing
from schedules.notices import queue
from schedules.notices.hours import Moment
from schedules.workdays import ONE_DAY, Workdays

WAIVED = 0.06  # of what was missed


def plan(start: dt.date, day: dt.date) -> None:
    """As the worker would have planned. Nothing the history holds came unforeseen, so that it takes no pass for every
    day: one on its first, one before the horizon of that is reached (R4a), and today's leave the same plans."""
    workdays = Workdays.load()
    state = PassState.objects.create(first_day=start, latest_at=_early(start))
    step = dt.timedelta(days=settings.PLANNING_HORIZON_DAYS - 31)
    at = start
    while at < day:
        _plan_on(state, at, workdays)
        at += step
    _plan_on(state, day, workdays)
    closings = list(PeriodClosing.objects.all())
    for closing in closings:
        closing.closed_at = _early(periods.parse(closing.period_key).end + ONE_DAY)
    PeriodClosing.objects.bulk_update(closings, ["closed_at"])


def _plan_on(state: PassState, day: dt.date, workdays: Workdays) -> None:
    state.latest_at = _early(day)
    planning.plan(state, state.latest_at, workdays)
    state.save()


def _early(day: dt.date) -> dt.datetime:
    """Some minutes after midnight."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(0, 5)))


# --- waivers -------------------------------------------------------------------------------------------------


def waive(day: dt.date) -> int:
    """Some of what nobody did was waived by a leader of the unit, with a reason, on one of the last days."""
    rng = chance("waivers", day)
    leader_of = dict(
        UnitRole.objects.in_force()
        .filter(role=UnitRole.Role.LEADER)
        .order_by("-officer")
        .values_list("unit", "officer")
    )
    ended = Obligation.objects.live().filter(period_end__lt=day)
    missed = [row for row in coverage.standing(ended, now=_early(day)) if row.state == coverage.State.MISSED]
    missed.sort(key=lambda row: (row.stakeholder, row.kind, row.period_start))  # not in the order of ids
    chosen = [row for row in missed if row.unit in leader_of and rng.random() < WAIVED]
    rows = Obligation.objects.in_bulk([row.obligation for row in chosen])
    for one in chosen:
        row = rows[one.obligation]
        row.waived_at = in_office(row.period_end - dt.timedelta(days=rng.randint(0, 6)), rng)
        row.waived_by_id, row.waive_reason = leader_of[one.unit], rng.choice(sayings.WAIVERS)
    Obligation.objects.bulk_update(rows.values(), ["waived_at", "waived_by", "waive_reason"], batch_size=500)
    return len(rows)


# --- what officers were told ---------------------------------------------------------------------------------

TOLD_DAYS = 6  # working days before today whose messages stand in the inboxes
REPORTED_WEEKS = 2  # before this one, of which the leaders were told who was behind
EXPLAINED = 0.35  # of what is late when they are told, and as much again of the rest in the week after
UNREAD_DAYS = 2  # of these, those that not everybody has read yet


def tell(start: dt.date, day: dt.date) -> None:
    """The digests of every period as they were frozen in their days, and the messages of the last working days. Nothing
    of it goes out any more."""
    workdays = Workdays.load()
    moments = [Moment(_morning(one), workdays) for one in _freezing_days(start, day, workdays)]
    for moment in moments:
        freeze_due(moment)
        _sent()
    told = [workdays.shift(day, -number) for number in range(TOLD_DAYS, 0, -1)]
    for one in sorted({*told, *_reporting_days(day, workdays)}):
        moment = Moment(_morning(one), workdays)
        if one in told:
            queue(moment)
        if one in _reporting_days(day, workdays):
            _explain(workdays.shift(one, -1))
            report_week(moment)
        _sent()
    _explain(workdays.shift(day, -1))
    _read(day, workdays)


def _freezing_days(start: dt.date, day: dt.date, workdays: Workdays) -> Iterator[dt.date]:
    for month in periods.between(start, day, "month"):
        ripe = frozen_on(month, workdays)
        if ripe < day:
            yield ripe


def _reporting_days(day: dt.date, workdays: Workdays) -> list[dt.date]:
    """The first working days of this week and of those before, as far as they are over."""
    weeks = periods.between(day - dt.timedelta(days=7 * REPORTED_WEEKS), day, "week")
    first = (next(iter(workdays.between(week.start, week.end)), day) for week in weeks)
    return [one for one in first if one < day]


def _explain(day: dt.date) -> None:
    """On the evening of the day, some officers say why what is late or was missed has not happened."""
    rng, now = chance("explanations", day), _morning(day) + dt.timedelta(hours=12)
    wanted = asked_about(day, since(day)).filter(explanations=None)
    rows = [
        row
        for row in coverage.standing(wanted, now=now)
        if row.state == State.MISSED or row.state == State.OPEN and row.planned_on < day
    ]
    rows.sort(key=lambda row: (row.stakeholder, row.kind, row.period_start))  # not in the order of ids
    given = []
    for row in rows:
        if rng.random() < EXPLAINED:
            reason, text = rng.choice(sayings.REASONS)
            if row.attempts and reason == "away":
                reason, text = "no_answer", ""
            given.append(
                Explanation(
                    obligation_id=row.obligation,
                    officer_id=row.officer,
                    reason=reason,
                    text=text,
                    given_at=in_office(day, rng),
                )
            )
    Explanation.objects.bulk_create(given, batch_size=500)


def _sent() -> None:
    """What waits has left the house before the next day's message is made."""
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING)
    waiting.update(state=Delivery.State.SENT, attempts=1, sent_at=F("next_attempt_at"))


def _read(day: dt.date, workdays: Workdays) -> None:
    """All but the last days' messages have been read, and of these most."""
    rng = chance("inbox", day)
    recent = workdays.shift(day, -UNREAD_DAYS)
    read_at = ExpressionWrapper(F("created_at") + dt.timedelta(hours=1), DateTimeField())
    notices = list(Notice.objects.order_by("send_on", "officer").values_list("pk", "send_on"))
    read = [pk for pk, send_on in notices if send_on < recent or rng.random() < 0.6]
    for first in range(0, len(read), 500):
        Notice.objects.filter(pk__in=read[first : first + 500]).update(read_at=read_at)


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(8, 5)))
