"""What waited too long: after days without a worker or a server an officer gets one message, not one for each day."""

from __future__ import annotations

from collections import defaultdict

from schedules.models import Delivery, Notice, NoticeLine
from schedules.notices.hours import Moment

State = Delivery.State


def merge(moment: Moment) -> None:
    """On each channel the newest message takes up those that never left. Where nothing of a notice has left on any
    channel, its lines move into the newest, in the inbox too. What went out on another channel stays where it was told,
    and this one tells it together with the newest. What may have left goes out again by itself, under its own id."""
    if not moment.may_send:
        return
    waiting: dict[tuple[int, str], list[Delivery]] = defaultdict(list)
    rows = Delivery.objects.filter(
        state=State.PENDING, may_have_left=False, notice__send_on__lte=moment.today
    )
    for delivery in rows.select_related("notice").order_by("notice__send_on").select_for_update(of=("self",)):
        waiting[delivery.notice.officer_id, delivery.channel].append(delivery)
    for *old, newest in waiting.values():
        if old:
            _take_up(old, newest)


def _take_up(old: list[Delivery], newest: Delivery) -> None:
    keys = [delivery.pk for delivery in old]
    whole = Delivery.objects.waiting().filter(pk__in=keys)
    moved = NoticeLine.objects.filter(notice__in=list(whole.values_list("notice", flat=True)))
    if moved.update(notice=newest.notice):
        Notice.objects.filter(pk=newest.notice_id).update(read_at=None)
    Delivery.objects.filter(taken_up_by__in=keys).update(taken_up_by=newest)
    Delivery.objects.filter(pk__in=keys).update(state=State.SUPERSEDED, taken_up_by=newest)
    due = min(
        delivery.next_attempt_at for delivery in [*old, newest] if not delivery.attempts or delivery is newest
    )
    Delivery.objects.filter(pk=newest.pk).update(next_attempt_at=due)
