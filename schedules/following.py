"""What is planned for people follows them: when somebody is deleted who should never have been there, so is what was
owed to them, with what was told of it and the calendars of them; when two turn out to be one, one contact is owed where
two were. A merger of units is no transfer: calendar addresses stay good, and show what the unit has become."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Exists, F, Model, OuterRef

from contacts import journal
from contacts.models import ContactRecord, HandoverLine
from schedules.models import Delivery, Explanation, FeedToken, NoticeLine, Obligation, PassState
from schedules.notices.hours import Moment

MODELS = ("schedules.obligation", "schedules.feedtoken")


def take_turns() -> None:
    """Passes, recounts and merges take turns."""
    PassState.objects.select_for_update().first()


def forget(people: Collection[int]) -> None:
    owed = Obligation.objects.filter(stakeholder__in=people)
    NoticeLine.objects.filter(obligation__in=owed.values("pk")).delete()
    Explanation.objects.filter(obligation__in=owed.values("pk")).delete()
    owed.delete()
    FeedToken.objects.filter(of_person__in=people).delete()


def merged(survivor: int, absorbed: int, pen: journal.Pen) -> None:
    """One cycle where there were two (R4), in closed periods as well: they were one all along.

    Of two that are owed under one policy in one period, the one stays that binds more: live before withdrawn, not
    waived before waived (a waiver of the one call said nothing of the other, and a call to a double is what people
    waive), then the survivor's, with its planned day. What was told of the other counts as told of the one that stays,
    each stage to each officer once, and no message speaks of it twice. Reasons that were given for either stand in one
    history. What was told although a contact with the other
    had met it stands as no longer needed. Rows of one obligation go back together.
    """
    own = {
        (owed.policy_id, owed.period_key): owed for owed in Obligation.objects.filter(stakeholder=survivor)
    }
    for owed in Obligation.objects.filter(stakeholder=absorbed).order_by("pk"):
        other = own.get((owed.policy_id, owed.period_key))
        if other is None:
            _change(owed, owed.pk, pen, stakeholder_id=survivor)
            continue
        stays, goes = sorted([other, owed], key=lambda one: (*_rank(one), one is owed))
        _move_lines(goes, stays, pen)
        for explanation in goes.explanations.all():
            _change(explanation, stays.pk, pen, obligation_id=stays.pk)
        pen.deleted(stays.pk, goes)
        Obligation.objects.filter(pk=goes.pk).delete()
        if stays is owed:
            _change(owed, stays.pk, pen, stakeholder_id=survivor)
    for feed in FeedToken.objects.filter(of_person=absorbed):
        _change(feed, feed.pk, pen, of_person_id=survivor)
    _call_off_what_was_settled(survivor, absorbed, pen)
    _call_off_hand_overs_of_nobody(survivor, pen)


def _rank(owed: Obligation) -> tuple[bool, bool]:
    return owed.withdrawn_at is not None, owed.waived_at is not None


def _move_lines(goes: Obligation, stays: Obligation, pen: journal.Pen) -> None:
    lines = list(stays.notice_lines.all())
    told = {(line.stage, line.recipient_id) for line in lines}
    messages = {line.notice_id for line in lines if line.state == NoticeLine.State.TOLD}
    for line in goes.notice_lines.all():
        twice = line.state == NoticeLine.State.TOLD and line.notice_id in messages
        if (line.stage, line.recipient_id) in told or twice:
            pen.deleted(stays.pk, line)
            NoticeLine.objects.filter(pk=line.pk).delete()
        else:
            _change(line, stays.pk, pen, obligation_id=stays.pk)


def _call_off_what_was_settled(survivor: int, absorbed: int, pen: journal.Pen) -> None:
    """By now the contacts of both are the survivor's."""
    reached = list(ContactRecord.objects.reached().filter(stakeholder__in=[survivor, absorbed]))
    lines = NoticeLine.objects.told().filter(obligation__stakeholder=survivor)
    for line in lines.select_related("obligation__version"):
        owed: Obligation = line.obligation  # type: ignore[assignment]  # the lines are about obligations
        known = (
            max(record.occurred_at, record.recorded_at)
            for record in reached
            if record.kind in owed.version.kinds
            and owed.period_start <= record.occurred_on <= owed.period_end
        )
        settled = min([*known, *([owed.waived_at] if owed.waived_at else [])], default=None)
        if settled is not None and settled <= line.created_at:
            _change(line, owed.pk, pen, state=NoticeLine.State.CANCELLED)


def _call_off_hand_overs_of_nobody(survivor: int, pen: journal.Pen) -> None:
    """Whoever was handed one of the two, and the other went to somebody else at once, was handed nobody."""
    taken = HandoverLine.objects.filter(handover=OuterRef("handover"), successor=OuterRef("recipient"))
    lines = NoticeLine.objects.told().filter(~Exists(taken), handover__lines__stakeholder=survivor)
    for line in lines.exclude(recipient=F("handover__officer")):
        _change(line, line.pk, pen, state=NoticeLine.State.CANCELLED)


def _change(row: Model, group: int, pen: journal.Pen, **values: object) -> None:
    before = journal.values(row)
    for name, value in values.items():
        setattr(row, name, value)
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    pen.changed(group, row, before)


def follow_hour(officer: int, hour: int) -> None:
    """What was tried already keeps its pause."""
    waiting = Delivery.objects.filter(notice__officer=officer, state=Delivery.State.PENDING, attempts=0)
    for delivery in waiting.select_related("notice").select_for_update(of=("self",)):
        opening = Moment.opening(delivery.notice.send_on, hour)
        Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=opening)


def follow_units(merged: Collection[int], into: int, told: Callable[[Model, dict[str, Any]], None]) -> int:
    """Live subscriptions of the officers of these units count in the new one, and those to one of these units show it.
    Those that a transfer ended stay ended."""
    live = FeedToken.objects.live()
    journal.carry(live.filter(of_unit__in=merged), told, of_unit_id=into)
    return journal.carry(live.filter(unit__in=merged), told, unit_id=into)
