"""`manage.py serve`: web server and worker live and end together."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.base import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def environment(tmp_path):
    return installation(tmp_path)


def installation(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "s" * 60,
        "BASE_URL": "http://localhost",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/liaison.sqlite3",
        "REDIS_URL": "",
        "EMAIL_URL": "",
        "DEBUG": "false",
    }


def manage(environment, *words) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_worker(pid: int) -> bool:
    return "run_huey" in Path(f"/proc/{pid}/cmdline").read_text()


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A folder with a migrated database."""
    folder = tmp_path_factory.mktemp("migrated")
    assert manage(installation(folder), "migrate", "--verbosity=0").returncode == 0
    return folder


@pytest.fixture
def served(environment, migrated, tmp_path):
    """A serving process with both children, on a port of its own: (process, port, pids of the children)."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", f"--port={port}"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: answers(port))
    yield server, port, children(server.pid)
    if server.poll() is None:
        server.terminate()
        server.wait(timeout=PATIENCE)
    server.stderr.close()


def test_it_refuses_a_database_that_is_not_migrated(environment):
    done = manage(environment, "serve", f"--port={free_port()}")
    assert done.returncode == 1
    assert "manage.py migrate" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_both_when_told_to(served, number):
    server, port, pids = served
    assert len(pids) == 2
    server.send_signal(number)
    assert server.wait(timeout=PATIENCE) == 0
    assert all(gone(pid) for pid in pids)
    assert not answers(port)


def test_it_stops_the_web_server_when_the_worker_dies(served):
    server, port, pids = served
    (worker,) = filter(is_worker, pids)
    os.kill(worker, signal.SIGKILL)
    assert server.wait(timeout=PATIENCE) == 1
    assert "worker ended by itself" in server.stderr.read()
    assert not answers(port)


def test_it_leaves_nobody_behind_when_it_is_killed(served):
    server, port, pids = served
    server.kill()
    server.wait(timeout=PATIENCE)
    until(lambda: all(gone(pid) for pid in pids))
    assert not answers(port)
