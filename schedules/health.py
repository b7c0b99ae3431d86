"""Is everything alive? Asked by people on the health page and by a monitor outside (R11)."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, connection

from schedules.models import Delivery, Heartbeat

SILENT_AFTER = dt.timedelta(minutes=5)  # the worker makes a pass every minute
STUCK_AFTER = dt.timedelta(hours=1)  # a message that could not be sent for so long means a dead mail server
RECENTLY = dt.timedelta(days=1)
LOW_DISK = 200 * 1024 * 1024  # bytes


@dataclass
class Health:
    """What was found. `checks` is all that a monitor is told."""

    checks: dict[str, bool] = field(default_factory=dict)
    workers: list[Heartbeat] = field(default_factory=list)
    last_pass: dt.datetime | None = None
    stuck: int = 0
    unknown: int = 0
    dead: int = 0
    free_disk: int = 0

    @property
    def ok(self) -> bool:
        return all(self.checks.values())


def examine(now: dt.datetime) -> Health:
    health = Health(free_disk=shutil.disk_usage(settings.DATA_DIR).free)
    health.checks["disk"] = health.free_disk >= LOW_DISK
    try:
        connection.ensure_connection()
        _look_at_worker(health, now)
        _look_at_mail(health, now)
        health.checks["database"] = True
    except DatabaseError:
        health.checks |= {"database": False, "worker": False, "mail": False}
    return health


def _look_at_worker(health: Health, now: dt.datetime) -> None:
    health.workers = list(Heartbeat.objects.order_by("-finished_at", "worker")[:20])
    health.last_pass = max((beat.finished_at for beat in health.workers if beat.finished_at), default=None)
    health.checks["worker"] = health.last_pass is not None and now - health.last_pass < SILENT_AFTER


def _look_at_mail(health: Health, now: dt.datetime) -> None:
    State = Delivery.State
    waiting = Delivery.objects.filter(
        state__in=[State.PENDING, State.CLAIMED, State.SENDING], attempts__gte=1
    )
    health.stuck = waiting.filter(notice__created_at__lt=now - STUCK_AFTER).count()
    health.unknown = Delivery.objects.filter(state=State.UNKNOWN).count()
    recent = Delivery.objects.filter(notice__created_at__gte=now - RECENTLY)
    health.dead = recent.filter(state=State.DEAD).count()
    health.checks["mail"] = not health.stuck and not health.dead


def undelivered() -> list[Delivery]:
    """What did not reach its address, or may not have, newest first; for coordinators and administrators."""
    failed = Delivery.objects.filter(state__in=[Delivery.State.DEAD, Delivery.State.UNKNOWN])
    return list(failed.select_related("notice__officer__unit").order_by("-pk")[:50])
