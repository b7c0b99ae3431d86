"""Those who make the passes in a test, as processes that can be killed: `run_schedule` as cron would start it, or Huey's
consumers beside each other."""

from __future__ import annotations

import datetime as dt
import os
import signal
from pathlib import Path
from random import Random

from huey import RedisHuey, SqliteHuey

from schedules import tasks
from tests.base import until
from tests.schedules.launcher import locked, set_clock
from tests.schedules.processes import Launcher, environment

KILLED = -signal.SIGKILL


class Passes:
    """A process for each pass."""

    def __init__(self, folder: Path, launcher: Launcher) -> None:
        self.folder, self.launcher = folder, launcher

    def go(self, now: dt.datetime) -> None:
        self.pid = self.launcher.start("run_schedule", "--at", now.isoformat())

    def shoot(self, chance: Random) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def settle(self) -> int:
        """Wait for the end of what was begun: how many died."""
        status = self.launcher.wait(self.pid)
        assert status in {0, KILLED}, (self.folder / "output" / str(self.pid)).read_text()
        return int(status == KILLED)


class Consumers:
    """Consumers beside each other on one queue. They do not ring by themselves: here nobody may make a pass while the
    day goes on, for what it finds half done it would tell a day too early."""

    def __init__(self, folder: Path, launcher: Launcher, number: int) -> None:
        self.folder, self.launcher = folder, launcher
        (folder / "data").mkdir(exist_ok=True)
        redis = environment(folder / "data")["REDIS_URL"]
        self.queue = (
            RedisHuey(str(folder), url=redis)
            if redis
            else SqliteHuey(str(folder), filename=str(folder / "data" / "queue.sqlite3"))
        )
        self.pids = [self._start() for _one in range(number)]
        self.rung: set[str] = set()
        self.dead = 0

    def __enter__(self) -> Consumers:
        return self

    def __exit__(self, *_exception: object) -> None:
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
            self.launcher.wait(pid)
        self.queue.flush()
        self.queue.storage.close()

    def go(self, now: dt.datetime) -> None:
        """Once nobody has a task in hand it is `now`, and rung for each. A task looks at the clock only after it is
        marked as in hand, so that none goes on at an earlier instant."""
        until(lambda: self._move_clock(now))
        rings = [tasks.ring.s() for _one in self.pids]
        self.rung = {ring.id for ring in rings}
        for ring in rings:
            self.queue.storage.enqueue(tasks.ring.huey.serialize_task(ring))

    def _start(self) -> int:
        return self.launcher.start("run_huey", "--no-periodic")

    def _move_clock(self, now: dt.datetime) -> bool:
        with locked(self.folder):
            if not self.busy():
                set_clock(self.folder, now)
                return True
        self.replace_the_dead()
        return False

    def shoot(self, chance: Random) -> None:
        """One of those who have something in hand."""
        os.kill(chance.choice(sorted(self.busy()) or self.pids), signal.SIGKILL)

    def settle(self) -> int:
        """Wait until every ring was followed, or has died with who took it; the dead are replaced: how many they were."""
        before = self.dead
        until(
            lambda: (
                self.replace_the_dead() == 0
                and not len(self.queue)
                and (self.dead > before or all((self.folder / "begun" / ring).exists() for ring in self.rung))
                and not self.busy()
            )
        )
        failures = [file.read_text() for file in (self.folder / "failed").iterdir()]
        assert not failures, failures[0]
        return self.dead - before

    def busy(self) -> set[int]:
        """Who has a task in hand."""
        return {int(mark.name.split("-")[0]) for mark in (self.folder / "in-hand").iterdir()}

    def replace_the_dead(self) -> int:
        dead = 0
        for place, pid in enumerate(self.pids):
            status = self.launcher.ended(pid)
            if status is not None:
                assert status == KILLED, (self.folder / "output" / str(pid)).read_text()
                for mark in (self.folder / "in-hand").glob(f"{pid}-*"):
                    mark.unlink()
                self.pids[place] = self._start()
                dead += 1
        self.dead += dead
        return dead
