"""Web server and worker as one command."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

GRACE_SECONDS = 60  # longer than the worker's own shutdown_timeout; whoever still runs after it is killed
PR_SET_PDEATHSIG = 1


class Command(BaseCommand):
    help = "Runs the web server and the Huey worker; both stop together, whichever stops first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--host", default="127.0.0.1", help="The address to listen on (default: this machine only)."
        )
        parser.add_argument(
            "--processes", type=int, default=2, help="Processes of the web server (default: 2)."
        )

    def handle(self, *, port: int, host: str, processes: int, **options) -> None:
        demand_migrated_database()
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        children = {
            "web server": start(*web_server(host, port, processes)),
            "worker": start(sys.executable, "manage.py", "run_huey"),
        }
        self.stderr.write(f"Web server and worker on http://{host}:{port} (Ctrl-C stops both).")
        try:
            ended = wait(children, stop)
        finally:
            stop_all(children.values())
        if ended:
            raise CommandError(
                f"The {ended} ended by itself (status {children[ended].returncode}); all is stopped."
            )


def demand_migrated_database() -> None:
    """Migrations are an administrator's decision, after a backup; serving never runs them."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The database is not up to date: run `manage.py migrate` first (after a backup).")


def web_server(host: str, port: int, processes: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "liaison.wsgi", f"--bind={host}:{port}"]
    command += [f"--workers={processes}", "--threads=2", "--preload", "--no-control-socket"]
    command += ["--graceful-timeout=20", "--log-level=warning"]
    # A heartbeat on a slow disk would look like a hung process; gunicorn makes and removes its files there.
    if os.path.isdir("/dev/shm"):  # noqa: S108  # nosec B108
        command.append("--worker-tmp-dir=/dev/shm")
    return command


def start(*command: str) -> subprocess.Popen[bytes]:
    """A child out of the terminal's reach: Ctrl-C is for the parent, which tells the children in order."""
    return subprocess.Popen(  # noqa: S603 - the command is ours
        command,
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )


def die_with_parent() -> None:
    """On Linux, a parent killed with SIGKILL leaves no server behind that holds the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait(children: dict[str, subprocess.Popen[bytes]], stop: threading.Event) -> str | None:
    """Until told to stop (None) or until a child ends (its name)."""
    while not stop.wait(0.2):
        for name, child in children.items():
            if child.poll() is not None:
                return name
    return None


def stop_all(children: Iterable[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
