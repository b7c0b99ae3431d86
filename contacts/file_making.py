"""The worker makes the files that somebody asked for. What is due the database says; a ring of the queue, or the minute, only
asks to look.

Whoever works on an order holds it by a claim with a lease, which is said anew after every few steps. When a worker died and
its lease is over, the next one begins again; an order at which it died every time is given up.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from contacts.models import FileOrder, FileOrderQuerySet

LEASE = dt.timedelta(minutes=1)
ATTEMPTS = 3
State = FileOrder.State
Order = TypeVar("Order", bound=FileOrder)
logger = logging.getLogger(__name__)
busy: dict[type[FileOrder], threading.Lock] = defaultdict(threading.Lock)


class Lost(Exception):
    """Somebody else has taken the order over."""


class Refused(Exception):
    """Whoever asked may not have the file any more."""


def make_what_is_due(orders: type[Order], make: Callable[[Order], None]) -> None:
    """One thread of a process works, so that the others stay free for what else the worker does."""
    if not busy[orders].acquire(blocking=False):
        return
    try:
        while order := claim(orders, timezone.now()):
            try:
                make(order)
            except Lost:
                logger.warning("%s %s is made by somebody else.", orders.__name__, order.pk)
            except Refused:
                mine(order).update(state=State.FAILED)
            except Exception:  # one order keeps no other out; it is tried again in a minute
                logger.exception("The work on %s %s was broken off.", orders.__name__, order.pk)
    finally:
        busy[orders].release()


def claim(orders: type[Order], now: dt.datetime) -> Order | None:
    """The one that waits longest, claimed. One that got no further in so many attempts is given up."""
    due: FileOrderQuerySet[Order] = orders._default_manager.due(now)  # type: ignore[attr-defined]  # each has that manager
    for order in due.select_related("unit", "officer").order_by("asked_at", "pk"):
        free = due.filter(pk=order.pk, attempts=order.attempts)
        if order.attempts >= ATTEMPTS:
            free.update(state=State.FAILED)
            continue
        order.state, order.claim, order.attempts = State.MAKING, uuid.uuid4(), order.attempts + 1
        held = {"state": order.state, "claim": order.claim, "attempts": order.attempts}
        if free.update(**held, leased_until=now + LEASE, done=0):
            return order
    return None


def mine(order: FileOrder) -> QuerySet[FileOrder]:
    return type(order)._default_manager.filter(pk=order.pk, claim=order.claim, state=State.MAKING)


def say(order: FileOrder, done: int, total: int, *, further: bool = False) -> None:
    """How far it is, and that somebody is at it. Who got further may be broken off as often again."""
    fields: dict[str, Any] = {"done": done, "total": total, "leased_until": timezone.now() + LEASE}
    if not mine(order).update(**fields, **({"attempts": 1} if further else {})):
        raise Lost
