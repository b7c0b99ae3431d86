"""Deliver what is queued: claim, ask again whether it still matters, send, and write down what came of it (R11).

Nothing is sent inside a transaction, and each channel by itself: one that is dead does not hold up the others. Every
step is a conditional update that names the state and the token it expects, so that workers beside each other, or one
that was thought dead, do each other no harm. What may have been sent is sent again under the same message id: at least
once, and whoever knows the id shows it once.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, QuerySet, When

from schedules.models import Delivery, NoticeLine
from schedules.notices import attempts, channels, grouping, messages
from schedules.notices.gateway import Gateway
from schedules.notices.hours import Moment
from schedules.notices.post import Post

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=15)
AT_ONCE = 20  # claimed together; as many wait for their lease if the worker is killed
State = Delivery.State
# By day; what hung before goes last, so that a few of those do not hold up all others.
IN_TURN = (Case(When(state=State.UNKNOWN, then=1), default=0), "notice__send_on", "pk")
LEASED = [State.CLAIMED, State.SENDING, State.UNKNOWN]
Way = Post | Gateway
SENDERS: dict[str, type[Way]] = {Delivery.Channel.EMAIL: Post, Delivery.Channel.GATEWAY: Gateway}


@dataclass
class Delivered:
    """What a pass delivered, and what it could not."""

    sent: int = 0
    failed: int = 0


class Clock:
    """The pass's instant, moving on as the pass goes on: a lease counts from when it is taken."""

    def __init__(self, now: dt.datetime) -> None:
        self.start, self.began = now, time.monotonic()

    def now(self) -> dt.datetime:
        return self.start + dt.timedelta(seconds=time.monotonic() - self.began)


def deliver(moment: Moment) -> Delivered:
    """Send what is due, in the order of its days, as far as this is an hour to send (R10)."""
    done = Delivered()
    if not moment.may_send:
        return done
    clock = Clock(moment.now)
    if not _anything(clock):
        return done
    _end_leases(clock)
    for channel, sender in SENDERS.items():
        with sender() as way:
            _deliver_on(channel, way, moment, clock, done)
    return done


def _deliver_on(channel: str, way: Way, moment: Moment, clock: Clock, done: Delivered) -> None:
    """One batch after the other, until nothing is due, the server is gone, or the hours are over."""
    while Moment(clock.now(), moment.workdays).may_send and (token := _claim(channel, moment, clock)):
        for delivery, lines in _prepare(token, moment):
            if not _deliver_one(delivery, lines, way, moment, clock, done):
                _release(token, clock)
                return


# --- claiming ------------------------------------------------------------------------------------------------


def _anything(clock: Clock) -> bool:
    """Is there anything to send, or held by somebody who may be dead?"""
    waiting = Q(state=State.PENDING, next_attempt_at__lte=clock.now())
    return Delivery.objects.filter(waiting | Q(state__in=LEASED, lease_until__lte=clock.now())).exists()


@transaction.atomic
def _end_leases(clock: Clock) -> None:
    """Take from dead workers what they held: what was not begun waits again; what was, has an unknown outcome. Rows that
    another pass has locked are left to the next one: two passes that waited for each other would both be lost."""
    rows = Delivery.objects.filter(lease_until__lte=clock.now(), state__in=[State.CLAIMED, State.SENDING])
    free = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
    over = rows.filter(pk__in=list(free))
    over.filter(state=State.CLAIMED).update(state=State.PENDING, lease_until=None, claim_token=None)
    begun, text = over.filter(state=State.SENDING), "The worker stopped while sending."
    begun.filter(attempts__gte=attempts.TRIES).update(state=State.DEAD, may_have_left=True, last_error=text)
    begun.update(state=State.UNKNOWN, may_have_left=True, last_error=text)


def _due(channel: str, moment: Moment) -> QuerySet[Delivery]:
    """What waits, and what is unknown once its lease is over."""
    waiting = Delivery.objects.filter(state=State.PENDING, next_attempt_at__lte=moment.now)
    unknown = Delivery.objects.filter(state=State.UNKNOWN, lease_until__lte=moment.now)
    return (waiting | unknown).filter(channel=channel)


def _claim(channel: str, moment: Moment, clock: Clock) -> uuid.UUID | None:
    """Take up some of what is due under a token; None when nothing is. The updates decide who has them, not the
    look-up: SQLite drops the row locks, and its immediate transactions serialise instead. What is unknown stays so
    under a new lease, lest anybody should forget that it may have been sent."""
    due = _due(channel, moment)
    token = uuid.uuid4()
    held = {"claim_token": token, "lease_until": clock.now() + LEASE}
    with transaction.atomic():
        rows = due.order_by(*IN_TURN).select_for_update(skip_locked=True, of=("self",))
        taken = due.filter(pk__in=list(rows.values_list("pk", flat=True)[:AT_ONCE]))
        claimed = taken.filter(state=State.UNKNOWN).update(**held)
        claimed += taken.filter(state=State.PENDING).update(state=State.CLAIMED, **held)
    return token if claimed else None


def _held(token: uuid.UUID | None) -> QuerySet[Delivery]:
    """What was claimed under this token, is not begun, and was not taken from us meanwhile."""
    return Delivery.objects.filter(claim_token=token, state__in=[State.CLAIMED, State.UNKNOWN])


def _release(token: uuid.UUID, clock: Clock) -> None:
    _held(token).filter(state=State.CLAIMED).update(state=State.PENDING, lease_until=None, claim_token=None)
    _held(token).filter(state=State.UNKNOWN, lease_until__gt=clock.now()).update(lease_until=clock.now())


@transaction.atomic
def _prepare(token: uuid.UUID, moment: Moment) -> list[tuple[Delivery, list[NoticeLine]]]:
    """Ask again of each line whether it still matters, and call off the messages of which nothing is left."""
    claimed = list(_held(token).select_related("notice__officer").order_by(*IN_TURN))
    told = _tells(claimed)
    wanted = messages.still_wanted([notice for notices in told.values() for notice in notices], moment)
    lines = {
        pk: grouping.latest([line for notice in notices for line in wanted[notice]])
        for pk, notices in told.items()
    }
    going = [
        (delivery, lines[delivery.pk])
        for delivery in claimed
        if lines[delivery.pk] and channels.address(delivery.channel, delivery.notice.officer)
    ]
    idle = {delivery.pk for delivery in claimed} - {delivery.pk for delivery, _lines in going}
    _held(token).filter(pk__in=idle).update(state=State.CANCELLED, lease_until=None, claim_token=None)
    return going


def _tells(claimed: list[Delivery]) -> dict[int, list[int]]:
    """The notices that each tells: its own, and those of the deliveries that it took up."""
    told = {delivery.pk: [delivery.notice_id] for delivery in claimed}
    for older in Delivery.objects.filter(taken_up_by__in=told).order_by("notice__send_on"):
        told[older.taken_up_by_id].append(older.notice_id)  # type: ignore[index]
    return told


# --- sending -------------------------------------------------------------------------------------------------


def _deliver_one(
    delivery: Delivery, lines: list[NoticeLine], way: Way, moment: Moment, clock: Clock, done: Delivered
) -> bool:
    """Send one message. False when the server can not be reached, so that the rest need not be tried now."""
    if not _begin(delivery, clock):
        return True
    try:
        way.send(delivery, lines, moment)
    except Exception as error:  # whatever it was, it is written down and shown, and the others go on
        outcome = attempts.judge(error)
        log.warning("Delivery %s: %s", delivery.pk, outcome.text)
        way.hang_up()
        _fail(delivery, outcome, clock)
        done.failed += 1
        return outcome.reachable
    _end(delivery, State.SENT, sent_at=clock.now(), last_error="")
    done.sent += 1
    return True


def _begin(delivery: Delivery, clock: Clock) -> bool:
    """Say that it is being sent before it is; False when it is no longer ours."""
    delivery.address = channels.address(delivery.channel, delivery.notice.officer)
    delivery.attempts += 1
    ours = _held(delivery.claim_token).filter(pk=delivery.pk)
    begun = {"address": delivery.address, "attempts": delivery.attempts, "lease_until": clock.now() + LEASE}
    return ours.update(state=State.SENDING, **begun) == 1


def _end(delivery: Delivery, state: State, **fields: Any) -> None:
    """Write down what became of it, unless the lease was over and somebody else has it."""
    ours = Delivery.objects.filter(pk=delivery.pk, claim_token=delivery.claim_token, state=State.SENDING)
    ours.update(**{"state": state, "lease_until": None, "claim_token": None, **fields})


def _fail(delivery: Delivery, outcome: attempts.Outcome, clock: Clock) -> None:
    may_have_left = delivery.may_have_left or outcome.uncertain
    if outcome.final(delivery.attempts):
        _end(delivery, State.DEAD, last_error=outcome.text, may_have_left=may_have_left)
    elif outcome.uncertain:  # until a lease is over nobody sends it again
        lease = {"lease_until": clock.now() + LEASE}
        _end(delivery, State.UNKNOWN, last_error=outcome.text, may_have_left=True, **lease)
    else:
        tried = delivery.attempts if outcome.reachable else max(1, delivery.attempts - 1)  # not its fault
        again = clock.now() + attempts.pause(delivery.pk, tried)
        _end(delivery, State.PENDING, last_error=outcome.text, attempts=tried, next_attempt_at=again)
