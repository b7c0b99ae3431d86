"""Signs of life: a row for each consumer says when its pass began and ended, and what went wrong. A dead worker can not
report itself, so others look at the age of these rows (R11)."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import os
import socket
import threading
import traceback
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from django.conf import settings
from django.db import Error, OperationalError
from django.db.models import F
from django.utils import timezone

from schedules.models import Heartbeat

log = logging.getLogger(__name__)

GONE_AFTER = dt.timedelta(days=1)
Pass = Callable[[dt.datetime], dict[str, int]]

_running: dict[int, dt.datetime] = {}  # thread of this process → when the pass that it makes began


def consumer() -> str:
    """The name of this process among the consumers; several may run on one host."""
    return f"{_host()}:{os.getpid()}"


def by_hand() -> str:
    """The name under which passes go that a command made: all those of a host leave one row."""
    return _host()


def _host() -> str:
    return socket.gethostname()[:80]


def beating(make: Pass) -> Callable[..., dict[str, int]]:
    """A pass that shows in two statements that it is made, and how it ended. In real time, even if it is asked to
    stand at another instant."""

    @functools.wraps(make)
    def shown(now: dt.datetime, *, worker: str = "") -> dict[str, int]:
        worker = worker or by_hand()
        try:
            _begin(worker)
            counts = make(now)
        except Exception as error:
            _end_failed(worker, error)
            raise
        _end(worker, finished_at=timezone.now(), counts=counts, failures=0)
        return counts

    return shown


def remove_gone(now: dt.datetime) -> None:
    """Forget consumers that were stopped or killed long ago. Whoever calls this lives, so that the last sign of the only
    worker stays."""
    Heartbeat.objects.filter(started_at__lt=now - GONE_AFTER).delete()


def _begin(worker: str) -> None:
    _running[threading.get_ident()] = timezone.now()
    beat = Heartbeat(
        worker=worker,
        version=metadata.version("stakeholder-liaison"),
        started_at=timezone.now(),
        running_since=min(list(_running.values())),
    )
    Heartbeat.objects.bulk_create(
        [beat],
        update_conflicts=True,
        unique_fields=["worker"],
        update_fields=["version", "started_at", "running_since"],
    )


def _end(worker: str, **fields: object) -> None:
    """A pass that hangs in another thread stays seen."""
    _running.pop(threading.get_ident(), None)
    still = min(list(_running.values()), default=None)
    Heartbeat.objects.filter(worker=worker).update(running_since=still, **fields)


def _end_failed(worker: str, error: Exception) -> None:
    try:
        _end(worker, failed_at=timezone.now(), failures=F("failures") + 1, last_error=described(error))
    except Error as gone:  # what failed may be the database; then the silence tells it
        log.warning("The failure of a pass could not be written down. %s", described(gone))


def described(error: Exception) -> str:
    """What failed and where, for the health page. Never what a database says about values, nor any other text that may
    hold somebody's data; only what the server or the system says about itself."""
    text = type(error).__name__
    if isinstance(error, OperationalError):
        text += ": " + str(error).partition("\n")[0]
    elif isinstance(error, OSError) and error.strerror:
        text += f": {error.strerror}"
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    where = f" ({Path(ours[-1].filename).relative_to(settings.BASE_DIR)}:{ours[-1].lineno})" if ours else ""
    return text[: 500 - len(where)] + where


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts
