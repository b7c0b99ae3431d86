"""The ring: Huey's consumer, as it really runs, makes a pass at once and then every minute."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from schedules.models import Heartbeat

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


@pytest.fixture
def consumer(tmp_path):
    """`manage.py run_huey` on the database of this test, with a queue of its own."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "run_huey"],
        cwd=ROOT,
        env=environment(tmp_path),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def environment(folder: Path) -> dict[str, str]:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    redis = os.environ["REDIS_URL"]
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "s" * 60,
        "BASE_URL": "http://localhost",
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "REDIS_URL": urlsplit(redis)._replace(path="/7").geturl() if redis else "",
        "EMAIL_URL": "",
    }


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_consumer_makes_a_pass_and_stops_when_told(consumer):
    deadline = time.monotonic() + PATIENCE
    while not Heartbeat.objects.filter(finished_at__isnull=False).exists():
        assert consumer.poll() is None, consumer.stderr.read()
        assert time.monotonic() < deadline, "no pass was made"
        time.sleep(0.1)

    consumer.send_signal(signal.SIGTERM)

    assert consumer.wait(timeout=PATIENCE) == 0
