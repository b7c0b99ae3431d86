"""The ring: Huey's consumer, as it really runs, makes a pass at once and then every minute."""

import signal
import subprocess
import sys
import time

import pytest

from schedules.models import Heartbeat
from tests.schedules.processes import ROOT, environment

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


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_consumer_makes_a_pass_and_stops_when_told(consumer):
    deadline = time.monotonic() + PATIENCE
    while not Heartbeat.objects.filter(finished_at__isnull=False).exists():
        assert consumer.poll() is None, consumer.stderr.read()
        assert time.monotonic() < deadline, "no pass was made"
        time.sleep(0.1)

    consumer.send_signal(signal.SIGTERM)

    assert consumer.wait(timeout=PATIENCE) == 0
