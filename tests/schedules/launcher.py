"""`python -m tests.schedules.launcher FOLDER`: forks a process for each command it is told to start (see `processes`).

What the commands run is production's code under production's settings. Around it the launcher puts what a test needs:
a clock that the folder's file `clock` moves, death at a statement (see `deaths`), a name towards the mail server that
tells the process, and a mark for each task that a consumer has in hand.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def move_clock(folder: Path) -> None:
    """`timezone.now` is what the file says, going on from there; real time without one."""
    from django.utils import timezone

    real = timezone.now

    def moved() -> dt.datetime:
        try:
            start, since = (folder / "clock").read_text().split()
        except FileNotFoundError:
            return real()
        return dt.datetime.fromisoformat(start) + dt.timedelta(seconds=time.time() - float(since))

    timezone.now = moved


def set_clock(folder: Path, now: dt.datetime) -> None:
    fresh = folder / "clock.new"
    fresh.write_text(f"{now.isoformat()} {time.time()}")
    fresh.rename(folder / "clock")


def mark_tasks(folder: Path) -> None:
    """A file for each task in hand, there before the task looks at the clock; a file for each that failed."""
    from huey import signals
    from huey.contrib.djhuey import HUEY

    def name(task: Any) -> str:
        return f"{os.getpid()}-{task.id}"

    @HUEY.signal(signals.SIGNAL_EXECUTING)
    def begins(_signal: str, task: Any) -> None:
        with locked(folder):
            (folder / "in-hand" / name(task)).touch()
            (folder / "begun" / task.id).touch()

    @HUEY.signal(signals.SIGNAL_COMPLETE, signals.SIGNAL_ERROR, signals.SIGNAL_INTERRUPTED)
    def ends(_signal: str, task: Any, error: BaseException | None = None) -> None:
        if error:
            (folder / "failed" / name(task)).write_text("".join(traceback.format_exception(error)))
        (folder / "in-hand" / name(task)).unlink()


def warm() -> None:
    """Load what every child would have to load for itself."""
    import css_inline  # noqa: F401
    from django.template.loader import get_template
    from django.urls import reverse

    import schedules.tasks  # noqa: F401
    from schedules.workdays import Workdays

    reverse("home")
    for ending in ("txt", "html"):
        get_template(f"emails/notice.{ending}")
    Workdays().between(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


def main(folder: Path) -> None:
    move_clock(folder)
    from django.conf import settings

    settings.HUEY["name"] = str(folder)  # no other test listens to

    import django

    django.setup()

    from tests.schedules import deaths

    warm()

    for name in ("in-hand", "begun", "failed", "output"):
        (folder / name).mkdir(exist_ok=True)
    deaths.watch(folder)
    mark_tasks(folder)
    running: set[int] = set()
    try:
        for line in sys.stdin:
            print(json.dumps(obey(json.loads(line), folder, running)), flush=True)  # noqa: T201
    finally:
        for pid in running:
            os.kill(pid, signal.SIGKILL)


def obey(order: dict[str, Any], folder: Path, running: set[int]) -> int | None:
    if words := order.get("start"):
        pid = os.fork()
        if not pid:
            be(words, folder)
        running.add(pid)
        return pid
    wanted = order.get("wait") or order["ended"]
    pid, status = os.waitpid(wanted, 0 if "wait" in order else os.WNOHANG)
    if not pid:
        return None
    running.discard(pid)
    return os.waitstatus_to_exitcode(status)


def be(words: list[str], folder: Path) -> None:
    """The child: the command, and nothing of the launcher after it."""
    from django.core.mail.utils import DNS_NAME
    from django.core.management import call_command

    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(folder / "output" / f"{os.getpid()}", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        DNS_NAME._fqdn = f"{os.getpid()}.example"
        call_command(*words)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
