"""Deliver what is queued: claim, ask again whether it still matters, send, and write down what came of it (R11).

No mail is sent inside a transaction. Every step is a conditional update that names the state and the token it expects,
so that workers beside each other, or one that was thought dead, do each other no harm. What may have been sent is sent
again under the same message id: at least once, and a mail server that knows the id shows it once.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet

from schedules.models import Delivery, NoticeLine
from schedules.notices import attempts, messages
from schedules.notices.hours import Moment

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=15)
AT_ONCE = 20  # claimed together; as many wait for their lease if the worker is killed
State = Delivery.State


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
    _end_leases(clock)
    with Post() as post:
        while claimed := _claim(moment, clock):
            for number, (pk, token) in enumerate(claimed):
                if not _deliver_one(pk, token, post, moment, clock, done):
                    _release(claimed[number + 1 :])
                    return done
    return done


# --- claiming ------------------------------------------------------------------------------------------------


def _end_leases(clock: Clock) -> None:
    """Take from dead workers what they held: what was not begun waits again; what was, has an unknown outcome."""
    over = Delivery.objects.filter(lease_until__lte=clock.now())
    over.filter(state=State.CLAIMED).update(state=State.PENDING, lease_until=None, claim_token=None)
    over.filter(state=State.SENDING).update(
        state=State.UNKNOWN, last_error="The worker stopped while sending."
    )


def _due(moment: Moment) -> QuerySet[Delivery]:
    """What waits, and what is unknown once its lease is over."""
    waiting = Delivery.objects.filter(state=State.PENDING, next_attempt_at__lte=moment.now)
    unknown = Delivery.objects.filter(state=State.UNKNOWN, lease_until__lte=moment.now)
    return waiting | unknown


def _claim(moment: Moment, clock: Clock) -> list[tuple[int, uuid.UUID]]:
    """Take up some of what is due. The update decides who has them, not the look-up: SQLite drops the row locks, and
    its immediate transactions serialise instead."""
    token = uuid.uuid4()
    with transaction.atomic():
        rows = (
            _due(moment).order_by("notice__send_on", "pk").select_for_update(skip_locked=True, of=("self",))
        )
        ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        _due(moment).filter(pk__in=ids).update(
            state=State.CLAIMED, claim_token=token, lease_until=clock.now() + LEASE
        )
    return [(pk, token) for pk in ids]


def _release(claimed: list[tuple[int, uuid.UUID]]) -> None:
    for pk, token in claimed:
        _move(pk, token, State.CLAIMED, State.PENDING, lease_until=None, claim_token=None)


def _move(pk: int, token: uuid.UUID, before: State, after: State, **fields: Any) -> bool:
    """Move a delivery that we hold from one state to another; False when it is no longer ours."""
    held = Delivery.objects.filter(pk=pk, claim_token=token, state=before)
    return held.update(state=after, **fields) == 1


# --- sending -------------------------------------------------------------------------------------------------


class Post:
    """One connection to the mail server for a whole pass, opened when there is something to send."""

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.hang_up()

    def send(self, message: EmailMessage) -> None:
        """Raises Unreachable when the message can not have left."""
        if self.connection is None:
            self.connection = self._open()
        message.connection = self.connection
        message.send()

    def _open(self) -> BaseEmailBackend:
        connection = get_connection()
        try:
            connection.open()
        except OSError as error:  # smtplib's errors are OSErrors too
            raise attempts.Unreachable(str(error)) from error
        return connection

    def hang_up(self) -> None:
        """After an error nobody knows what state the connection is in; the next message gets a new one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _deliver_one(
    pk: int, token: uuid.UUID, post: Post, moment: Moment, clock: Clock, done: Delivered
) -> bool:
    """Send one message. False when the mail server can not be reached, so that the rest need not be tried now."""
    prepared = _prepare(pk, token, moment, clock)
    if prepared is None:
        return True
    try:
        post.send(messages.compose(*prepared, moment))
    except Exception as error:  # whatever it was, it is written down and shown, and the others go on
        outcome = attempts.judge(error)
        log.warning("Delivery %s: %s", pk, outcome.text)
        post.hang_up()
        _write_down(pk, token, outcome, clock)
        done.failed += 1
        return outcome.reachable
    _move(
        pk,
        token,
        State.SENDING,
        State.SENT,
        sent_at=clock.now(),
        lease_until=None,
        claim_token=None,
        last_error="",
    )
    done.sent += 1
    return True


@transaction.atomic
def _prepare(
    pk: int, token: uuid.UUID, moment: Moment, clock: Clock
) -> tuple[Delivery, list[NoticeLine]] | None:
    """Ask again whether it still matters, and say that it is being sent before it is; None when it is not to be."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("notice__officer")
        .filter(pk=pk, claim_token=token, state=State.CLAIMED)
        .first()
    )
    if delivery is None:
        return None
    officer = delivery.notice.officer
    lines = messages.still_wanted(delivery.notice, moment)
    if not lines or not officer.reachable_by_mail:
        _move(pk, token, State.CLAIMED, State.CANCELLED, lease_until=None, claim_token=None)
        return None
    delivery.address = officer.email
    _move(
        pk,
        token,
        State.CLAIMED,
        State.SENDING,
        address=officer.email,
        attempts=delivery.attempts + 1,
        lease_until=clock.now() + LEASE,
    )
    return delivery, lines


def _write_down(pk: int, token: uuid.UUID, outcome: attempts.Outcome, clock: Clock) -> None:
    delivery = Delivery.objects.get(pk=pk)
    if outcome.uncertain:  # the lease runs on: until it is over nobody sends it again
        _move(pk, token, State.SENDING, State.UNKNOWN, last_error=outcome.text)
    elif outcome.final(delivery.attempts):
        _move(
            pk, token, State.SENDING, State.DEAD, last_error=outcome.text, lease_until=None, claim_token=None
        )
    else:
        again = clock.now() + attempts.pause(pk, delivery.attempts)
        _move(
            pk,
            token,
            State.SENDING,
            State.PENDING,
            last_error=outcome.text,
            next_attempt_at=again,
            lease_until=None,
            claim_token=None,
        )
