"""Checks of what was told, and of how it left the house (R10, R11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from contacts.models import AuditEntry, ContactRecord, Handover, UnitRole
from schedules import periods
from schedules.models import BehindReport, Delivery, Explanation, NoticeLine, Obligation, Stage
from schedules.notices import handing, stages
from schedules.notices.hours import Moment
from schedules.notices.recipients import Recipients
from schedules.verify.facts import Facts

Found = Iterator[tuple[object, str]]
State = Delivery.State
GRACE = dt.timedelta(minutes=15)  # a batch that was begun within the hours is ended


def told_to_whom_the_message_is(facts: Facts) -> Found:
    rows = NoticeLine.objects.told().filter(Q(notice=None) | ~Q(notice__officer=F("recipient")))
    for pk, recipient in rows.order_by("pk").values_list("pk", "recipient"):
        yield f"line {pk}", f"It is for officer {recipient} and stands in no message to them."


def told_once_in_a_message(facts: Facts) -> Found:
    """Of an obligation one message tells one stage."""
    rows = NoticeLine.objects.told().filter(obligation__isnull=False).order_by()
    twice = rows.values("notice", "obligation").annotate(number=Count("pk")).filter(number__gt=1)
    for notice, obligation in twice.values_list("notice", "obligation"):
        yield f"notice {notice}", f"It tells of obligation {obligation} twice."


def told_nothing_of_what_was_settled(facts: Facts) -> Found:
    """Nothing was told of an obligation that was known to be met or waived by then. What was told by a pass that ran
    ahead of the clock is left out: what people enter bears the real time."""
    told = NoticeLine.objects.told().filter(created_at__lte=facts.asked_at).order_by("pk")
    for version in facts.versions.values():
        known = ContactRecord.objects.reached().filter(
            stakeholder=OuterRef("obligation__stakeholder"),
            kind__in=version.kinds,
            occurred_on__gte=OuterRef("obligation__period_start"),
            occurred_on__lte=OuterRef("obligation__period_end"),
            occurred_at__lte=OuterRef("created_at"),
            recorded_at__lte=OuterRef("created_at"),
        )
        for pk in told.filter(Exists(known), obligation__version=version).values_list("pk", flat=True):
            yield f"line {pk}", "The contact was on record when it was told."
    for pk in told.filter(obligation__waived_at__lte=F("created_at")).values_list("pk", flat=True):
        yield f"line {pk}", "The contact was waived when it was told."


def told_in_its_time(facts: Facts) -> Found:
    """What was missed is told after the period, everything else within it."""
    rows = NoticeLine.objects.told().filter(obligation__isnull=False).annotate(day=TruncDate("created_at"))
    early = Q(stage=Stage.MISSED, day__lte=F("obligation__period_end"))
    late = ~Q(stage=Stage.MISSED) & Q(day__gt=F("obligation__period_end"))
    for pk, stage, day in rows.filter(early | late).order_by("pk").values_list("pk", "stage", "day"):
        yield f"line {pk}", f"The stage {stage} was told on {day}."


def nothing_due_is_untold(facts: Facts) -> Found:
    """At the latest pass every stage that had fallen due was told to everybody whom it concerns."""
    found = stages.find(stages.current(facts.day), Moment(facts.now, facts.workdays)).due
    touched = Obligation.objects.filter(pk__in=[one.obligation_id for one in found], changed_at__gt=facts.now)
    since = set(touched.values_list("pk", flat=True))
    recipients = Recipients.of(found, facts.day)
    for one in found:
        if one.obligation_id not in since and list(recipients.for_(one)):
            yield f"obligation {one.obligation_id}", f"Nobody was told its stage {one.stage}."


def every_hand_over_was_told(facts: Facts) -> Found:
    """Whatever was handed over by the latest pass was told to both sides."""
    if facts.state is None:
        return
    made = dict(Handover.objects.filter(made_at__lte=facts.now).values_list("pk", "officer"))
    told = set(NoticeLine.objects.filter(handover__isnull=False).values_list("handover", "recipient"))
    for handover, officer in sorted(handing.recipients(made) - told):
        yield f"hand-over {handover}", f"Officer {officer} was not told."


def every_report_was_told(facts: Facts) -> Found:
    """Who is behind was told to everybody who led the unit then, and to nobody who never did. Whose account was switched
    on again may not have been there to be told."""
    told = set(NoticeLine.objects.filter(behind__isnull=False).values_list("behind", "recipient"))
    back = set(AuditEntry.objects.filter(action="activate account").values_list("object_id", flat=True))
    leads = Q(unit__roles__role=UnitRole.Role.LEADER, unit__roles__approved_at__isnull=False)
    then = Q(unit__roles__approved_at__lte=F("made_at")) & (
        Q(unit__roles__ended_at=None) | Q(unit__roles__ended_at__gt=F("made_at"))
    )
    owing = BehindReport.objects.filter(figures__total__owed__gt=0).order_by()
    due = owing.filter(leads & then, unit__roles__officer__is_active=True)
    for report, officer in sorted(set(due.values_list("pk", "unit__roles__officer")) - told):
        if str(officer) not in back:
            yield f"weekly report {report}", f"Officer {officer} leads the unit and was not told."
    for report, officer in sorted(told - set(owing.filter(leads).values_list("pk", "unit__roles__officer"))):
        yield f"weekly report {report}", f"Officer {officer} was told and never led the unit."


def report_is_of_its_week(facts: Facts) -> Found:
    rows = BehindReport.objects.order_by("pk").values_list("pk", "week_key", "made_at")
    for pk, week_key, made_at in rows.iterator(chunk_size=5000):
        if (day := timezone.localdate(made_at)) not in periods.parse(week_key):
            yield f"weekly report {pk}", f"It is of {week_key} and was made on {day}."


def explained_once_it_began(facts: Facts) -> Found:
    """Nobody says why a contact is late before its period begins."""
    early = Explanation.objects.annotate(day=TruncDate("given_at")).filter(
        day__lt=F("obligation__period_start")
    )
    for pk, obligation, day in early.order_by("pk").values_list("pk", "obligation", "day"):
        yield f"explanation {pk}", f"It was given on {day}, before obligation {obligation} began."


def sent_within_the_hours(facts: Facts) -> Found:
    opens, closes = settings.NOTICE_HOURS
    for pk, sent_at in Delivery.objects.filter(state=State.SENT).order_by("pk").values_list("pk", "sent_at"):
        local = timezone.localtime(sent_at)
        if local.hour < opens or (local - GRACE).hour >= closes:
            yield f"delivery {pk}", f"It was sent at {local:%H:%M}."


def delivery_is_what_its_state_says(facts: Facts) -> Found:
    held = Q(claim_token__isnull=False, lease_until__isnull=False)
    says = {
        State.PENDING: Q(claim_token=None, sent_at=None),
        State.CLAIMED: held,
        State.SENDING: held & Q(attempts__gte=1),
        State.SENT: Q(sent_at__isnull=False, attempts__gte=1),
        State.UNKNOWN: Q(lease_until__isnull=False, attempts__gte=1) & ~Q(last_error=""),
        State.DEAD: Q(attempts__gte=1) & ~Q(last_error=""),
    }
    for state, condition in says.items():
        rows = Delivery.objects.filter(state=state).exclude(condition).order_by("pk")
        for pk in rows.values_list("pk", flat=True):
            yield f"delivery {pk}", f"It can not be {state.value} with what else it says."


def message_id_is_made_of_its_notice(facts: Facts) -> Found:
    rows = Delivery.objects.order_by("pk").values_list("pk", "notice", "channel", "message_id")
    for pk, notice, channel, message_id in rows.iterator(chunk_size=5000):
        if not message_id.startswith(f"<notice-{notice}.{channel}@"):
            yield f"delivery {pk}", f"Its message id is {message_id}."
