"""Real processes on the suite's database: as they are started in production, or forked from one that is warm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180


def environment(data: Path, **others: str) -> dict[str, str]:
    """Production's settings, on the database of the test that asks."""
    db = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{db['NAME']}"
    else:
        url = f"postgres://{db['USER']}:{quote(db['PASSWORD'])}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
    redis = os.environ["REDIS_URL"]
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "s" * 60,
        "BASE_URL": "http://testserver",
        "DATA_DIR": str(data),
        "DATABASE_URL": url,
        "REDIS_URL": urlsplit(redis)._replace(path="/7").geturl() if redis else "",
        "EMAIL_URL": "",
        "DEBUG": "false",
        "DJANGO_SETTINGS_MODULE": "liaison.settings",
        "LOG_LEVEL": "WARNING",
        **others,
    }


def run(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A program of Python in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def manage(*words: str, folder: Path, before: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with these words, after a line of Python."""
    code = f"from django.core.management import execute_from_command_line as run\n{before}\nrun({['manage.py', *words]!r})"
    return run(code, folder, **more)


class Launcher:
    """Runs management commands in processes forked from one that has loaded everything and holds no connection: real
    processes, without the seconds that each would take to start."""

    def __init__(self, folder: Path, **others: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.schedules.launcher", str(folder)],
            cwd=ROOT,
            env=environment(folder / "data", **others),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Launcher:
        return self

    def __exit__(self, *_exception: object) -> None:
        """It kills whoever still runs."""
        self.process.communicate(timeout=60)

    def start(self, *words: str) -> int:
        """The process id."""
        return self._ask({"start": words})

    def wait(self, pid: int) -> int:
        """The exit status; minus the signal that ended it."""
        return self._ask({"wait": pid})

    def ended(self, pid: int) -> int | None:
        """The same, or None while it runs."""
        return self._ask({"ended": pid})

    def run(self, *words: str) -> int:
        return self.wait(self.start(*words))

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
