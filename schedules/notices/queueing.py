"""Queue what is to be told: lines into the one notice of each officer and day, which at once is their inbox (R10)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from django.db.models import Q

from schedules.models import Delivery, Notice, NoticeLine
from schedules.notices import backlog, channels, editions, feedback, handing, remarks, reports, stages
from schedules.notices.hours import Moment
from schedules.notices.recipients import Recipients
from schedules.notices.stages import Due

BATCH = 1000
# What a line is about → what tells it from others to the same officer.
_ABOUT = {
    "obligation": ["obligation", "stage"],
    "digest": ["digest"],
    "handover": ["handover"],
    "behind": ["behind"],
    "feedback": ["feedback", "stage", "about_on", "occasion"],
    "report_version": ["report_version", "stage", "occasion"],
    "remark": ["remark", "stage", "occasion"],
    "edition": ["edition", "stage", "occasion"],
}


def queue(moment: Moment) -> int:
    """Tell what has fallen due; how many notices got something new. Call it under the lock of the passes and inside
    their transaction: a line stands in the inbox together with the decision that it is told, or not at all."""
    found = stages.find(stages.to_look_at(moment.today), moment)
    recipients = Recipients.of(found.due, moment.today)
    told, replaced = [], []
    for one in found.due:
        officers = recipients.for_(one)
        told += [
            NoticeLine(obligation_id=one.obligation_id, stage=one.stage, recipient_id=officer)
            for officer in officers
        ]
        if officers:  # else somebody may sign in again, or take over
            found.looks[one.look_on].append(one.obligation_id)
        if one.officer_id in recipients.active:
            replaced += [_replaced(one, stage) for stage in one.earlier]
    found.settle()
    _replace_waiting(told, moment)
    post(told, moment)
    _stamp(replaced, {line.recipient_id: line.notice_id for line in told}, moment)  # type: ignore[misc]
    NoticeLine.objects.bulk_create(
        replaced, BATCH, ignore_conflicts=True
    )  # those told in their day stay told
    said, others = (
        feedback.untold(moment),
        [handing.untold(), reports.untold(moment), remarks.untold(moment), editions.untold(moment)],
    )
    _replace_waiting(said, moment)
    for lines in [said, *others]:
        post(lines, moment)
    backlog.merge(moment)
    return len({line.recipient_id for line in chain(told, said, *others)})


def post(lines: list[NoticeLine], moment: Moment) -> int:
    """Put lines, each with its recipient, into the inbox and on their way; how many notices got something. All are
    about things of one sort. One that was cancelled once is told after all. Under the same lock."""
    if not lines:
        return 0
    notices = _open_notices({line.recipient_id for line in lines}, moment)
    _stamp(lines, {officer: notice.pk for officer, notice in notices.items()}, moment)
    about = next(fields for name, fields in _ABOUT.items() if getattr(lines[0], f"{name}_id"))
    NoticeLine.objects.bulk_create(
        lines,
        BATCH,
        update_conflicts=True,
        unique_fields=[*about, "recipient"],
        update_fields=["notice", "state", "created_at"],
    )
    Notice.objects.filter(pk__in=[notice.pk for notice in notices.values()]).update(read_at=None)
    return len(notices)


def _replaced(one: Due, stage: str) -> NoticeLine:
    """An earlier stage of which nobody needs to hear any more."""
    return NoticeLine(
        obligation_id=one.obligation_id,
        stage=stage,
        recipient_id=one.officer_id,  # type: ignore[misc]  # whoever is told has one
        state=NoticeLine.State.SUPERSEDED,
    )


def _stamp(lines: Iterable[NoticeLine], notice_of: dict[int, int], moment: Moment) -> None:
    for line in lines:
        line.notice_id, line.created_at = notice_of[line.recipient_id], moment.now


# --- the notice that takes up a line -------------------------------------------------------------------------


def _open_notices(officers: set[int], moment: Moment) -> dict[int, Notice]:
    """For each officer the notice of today's message or, where that has left, of the next working day's; made where
    it is missing, with its deliveries."""
    days = [moment.send_on, moment.next_send_on]
    left = set()  # locked, so that none of them leaves meanwhile
    for delivery in Delivery.objects.select_for_update(of=("self",)).filter(
        notice__send_on__in=days, notice__officer__in=officers
    ):
        at_rest = delivery.state in {Delivery.State.PENDING, Delivery.State.CANCELLED}
        if delivery.may_have_left or not at_rest:
            left.add(delivery.notice_id)
    standing = {
        (notice.officer_id, notice.send_on): notice
        for notice in Notice.objects.filter(send_on__in=days, officer__in=officers)
    }
    chosen: dict[int, Notice] = {}
    for officer in officers:
        notice = standing.get((officer, days[0]))
        if notice and notice.pk in left:
            notice = standing.get((officer, days[1])) or Notice(officer_id=officer, send_on=days[1])
        chosen[officer] = notice or Notice(officer_id=officer, send_on=days[0])
    missing = [notice for notice in chosen.values() if notice.pk is None]
    for notice in missing:
        notice.created_at = moment.now
    Notice.objects.bulk_create(missing, BATCH)
    channels.open_for(chosen.values())
    return chosen


# --- what a later line replaces ------------------------------------------------------------------------------


def _replace_waiting(told: list[NoticeLine], moment: Moment) -> None:
    """What stands in a message that has not left, and is now told at a later stage, is not told in it too. One that
    is for the inbox alone has not left before its day."""
    if not told:
        return
    now_told = {(line.obligation_id, line.feedback_id, line.recipient_id) for line in told}
    recipients = {line.recipient_id for line in told}
    # Locked, so that none of them leaves meanwhile; in the order in which `_open_notices` locks them.
    held = Delivery.objects.waiting().filter(notice__officer__in=recipients).select_for_update(of=("self",))
    inbox_alone = Q(notice__deliveries=None, notice__send_on__gte=moment.today)
    waiting = NoticeLine.objects.told().filter(
        Q(notice__in=[delivery.notice_id for delivery in held]) | inbox_alone,
        Q(obligation__isnull=False) | Q(feedback__isnull=False),
        recipient__in=recipients,
    )
    replaced = [
        pk
        for pk, *about in waiting.values_list("pk", "obligation", "feedback", "recipient")
        if tuple(about) in now_told
    ]
    if replaced:
        NoticeLine.objects.filter(pk__in=replaced).update(state=NoticeLine.State.SUPERSEDED)
