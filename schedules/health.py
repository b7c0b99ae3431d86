"""Is everything alive? Asked by people on the health page and by a monitor outside (R11). Whatever is broken, this
answers: what can not be looked at counts as failing."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from schedules.models import Delivery, Heartbeat
from schedules.notices.hours import Moment

# --- when something is failing: all thresholds stand here ------------------------------------------------------

SILENT_AFTER = dt.timedelta(minutes=5)  # the worker makes a pass every minute
HANGING_AFTER = dt.timedelta(minutes=30)  # a pass that did not end; a long night's mail may take some minutes
STUCK_AFTER = dt.timedelta(hours=1)  # a message that could not be sent for so long means a dead mail server
GIVEN_UP_LATELY = dt.timedelta(days=1)  # so long the monitor is told of a message that was given up
LONG_QUEUE = 100  # the ring and the imports put in two or three a minute
LOW_DISK = 200 * 1024 * 1024  # bytes

# What a check is called, in the order of the page; a monitor is told these words.
CHECKS = ("database", "worker", "passes", "mail", "queue", "disk")
State = Delivery.State
UNDELIVERED = [State.PENDING, State.CLAIMED, State.SENDING, State.UNKNOWN]


@dataclass
class Numbers:
    """What a monitor may keep a curve of. None: it could not be looked at, or there is none."""

    last_pass_seconds: int | None = None  # since the end of the last pass that got through
    consumers: int = 0  # that ended a pass lately
    consumers_hanging: int = 0
    passes_failed: int = 0  # in a row, of the consumers whose last pass failed
    deliveries_waiting: int | None = None
    deliveries_due: int | None = None  # of those, the ones that could leave now, or while the hours last
    deliveries_stuck: int | None = None
    deliveries_unknown: int | None = None
    deliveries_dead: int | None = None
    deliveries_dead_lately: int | None = None
    oldest_undelivered_seconds: int | None = None
    queue_length: int | None = None
    disk_free_bytes: int | None = None
    uploads_free_bytes: int | None = None


@dataclass
class Health:
    checks: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(CHECKS, False))
    numbers: Numbers = field(default_factory=Numbers)
    workers: list[Any] = field(default_factory=list)  # heartbeats, each with how it `stands`
    last_pass: dt.datetime | None = None
    oldest_undelivered: dt.datetime | None = None  # when it could have left

    @property
    def failing(self) -> list[str]:
        return [name for name, works in self.checks.items() if not works]

    @property
    def ok(self) -> bool:
        return not self.failing

    def for_monitor(self) -> dict[str, Any]:
        """Numbers and words of this module, no name of anybody or anything."""
        status = "ok" if self.ok else "failing"
        return {
            "status": status,
            "failing": self.failing,
            "checks": self.checks,
            "numbers": asdict(self.numbers),
        }


def examine(now: dt.datetime) -> Health:
    health = Health()
    _look_at_disk(health)
    _look_at_queue(health)
    try:
        connection.ensure_connection()
        _look_at_workers(health, now)
        _look_at_mail(health, now)
        health.checks["database"] = True
    except Error:
        health.checks |= dict.fromkeys(("worker", "passes", "mail"), False)
    return health


def is_silent(last_pass: dt.datetime | None, now: dt.datetime) -> bool:
    """Has no worker got through a pass for too long?"""
    return last_pass is None or now - last_pass >= SILENT_AFTER


# --- the worker ----------------------------------------------------------------------------------------------


def _look_at_workers(health: Health, now: dt.datetime) -> None:
    numbers = health.numbers
    health.last_pass = Heartbeat.objects.aggregate(last=Max("finished_at"))["last"]
    health.workers = list(Heartbeat.objects.order_by("-started_at", "worker")[:20])
    for beat in health.workers:
        beat.stands = _stands(beat, now)
    standing = [beat.stands for beat in health.workers]
    numbers.consumers = sum(not is_silent(beat.finished_at, now) for beat in health.workers)
    numbers.consumers_hanging = standing.count("hanging")
    numbers.passes_failed = sum(beat.failures for beat in health.workers if beat.stands == "failing")
    if health.last_pass:
        numbers.last_pass_seconds = _seconds(now - health.last_pass)
    health.checks["worker"] = not is_silent(health.last_pass, now)
    health.checks["passes"] = "failing" not in standing


def _stands(beat: Heartbeat, now: dt.datetime) -> str:
    """How a consumer does, in one word: `alive`, `failing`: its last pass raised; `hanging`: one does not end; `silent`."""
    if beat.failures and beat.failed_at and not is_silent(beat.failed_at, now):
        return "failing"
    if beat.running_since and now - beat.running_since >= HANGING_AFTER:
        return "hanging"
    return "silent" if is_silent(beat.finished_at, now) else "alive"


# --- mail ----------------------------------------------------------------------------------------------------


def _look_at_mail(health: Health, now: dt.datetime) -> None:
    numbers = health.numbers
    undelivered = Delivery.objects.filter(state__in=UNDELIVERED)
    waiting = Q(state__in=[State.PENDING, State.CLAIMED, State.SENDING])
    tried = waiting | Q(state=State.UNKNOWN)
    due = Q(state=State.PENDING, next_attempt_at__lte=now)
    stuck = tried & Q(attempts__gte=1) & _could_leave(now - STUCK_AFTER)
    counted = undelivered.aggregate(
        waiting=Count("pk", waiting), due=Count("pk", due), stuck=Count("pk", stuck)
    )
    # When it was given up is not written down, but it was at most a pause after it was last due.
    lately = Q(state=State.DEAD, next_attempt_at__gte=now - GIVEN_UP_LATELY)
    failed = Delivery.objects.failed().aggregate(
        unknown=Count("pk", Q(state=State.UNKNOWN)),
        dead=Count("pk", Q(state=State.DEAD)),
        dead_lately=Count("pk", lately),
    )
    for name, number in (counted | failed).items():
        setattr(numbers, f"deliveries_{name}", number)
    health.oldest_undelivered = _oldest(undelivered, now)
    if health.oldest_undelivered:
        numbers.oldest_undelivered_seconds = _seconds(now - health.oldest_undelivered)
    health.checks["mail"] = not numbers.deliveries_stuck and not numbers.deliveries_dead_lately


def _could_leave(instant: dt.datetime) -> Q:
    """Deliveries of notices that stood there at the instant, on their day and past the officer's hour, or before."""
    local, (opens, closes) = timezone.localtime(instant), settings.NOTICE_HOURS
    hour = Q(notice__officer__notice_hour__lte=local.hour)
    # An hour outside those of the setting is the nearest one within, as in `Moment.opening`.
    if local.hour < opens:
        hour = Q(pk__in=[])
    elif local.hour >= closes - 1:
        hour = Q()
    today = Q(hour, notice__send_on=local.date(), notice__created_at__lte=instant)
    return Q(notice__send_on__lt=local.date()) | today


def _oldest(undelivered: QuerySet[Delivery], now: dt.datetime) -> dt.datetime | None:
    """Since when the oldest could have left."""
    rows = undelivered.filter(_could_leave(now)).order_by("notice__send_on", "notice__created_at")
    first = rows.values_list("notice__send_on", "notice__officer__notice_hour", "notice__created_at").first()
    return max(Moment.opening(*first[:2]), first[2]) if first else None


def _seconds(age: dt.timedelta) -> int:
    return int(age.total_seconds())


# --- the machine ---------------------------------------------------------------------------------------------


def _look_at_queue(health: Health) -> None:
    try:
        health.numbers.queue_length = HUEY.pending_count()
    except Exception:  # each kind of storage has errors of its own; all mean that nobody can ring
        return
    health.checks["queue"] = health.numbers.queue_length < LONG_QUEUE


def _look_at_disk(health: Health) -> None:
    data, uploads = Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)
    health.numbers.disk_free_bytes = _free(data)
    health.numbers.uploads_free_bytes = _free(uploads)
    found = (health.numbers.disk_free_bytes, health.numbers.uploads_free_bytes)
    health.checks["disk"] = all(free is not None and free >= LOW_DISK for free in found)


def _free(folder: Path) -> int | None:
    """Bytes free in the folder, or in what it will be made in; None where nothing can be written."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:  # quotas and inodes end too
            file.write(os.urandom(4096))
        return shutil.disk_usage(folder).free
    except OSError:
        return None
