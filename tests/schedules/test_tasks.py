"""The ring: Huey's consumers, as they really run, make a pass at once and then every minute, each by itself."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from schedules.models import Heartbeat, NoticeLine, Obligation
from schedules.passes import run_schedule
from tests import factories
from tests.schedules.processes import PATIENCE, ROOT, environment


@pytest.fixture
def consumers(tmp_path):
    """Three times `manage.py run_huey` on the database of this test, each with a queue of its own, so that no one takes
    another's ring."""
    redis = os.environ["REDIS_URL"]
    with ExitStack() as stack:
        started = []
        for number in (7, 8, 9):
            queue = urlsplit(redis)._replace(path=f"/{number}").geturl() if redis else ""
            process = subprocess.Popen(
                [sys.executable, "manage.py", "run_huey"],
                cwd=ROOT,
                env=environment(tmp_path / str(number), REDIS_URL=queue),
                stderr=subprocess.PIPE,
                text=True,
            )
            started.append(stack.enter_context(process))
            stack.callback(process.kill)
        yield started


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_three_consumers_do_the_work_of_one_show_that_they_live_and_stop_when_told(request):
    factories.small_bureau()
    connection.close()
    consumers = request.getfixturevalue("consumers")
    names = {f"{socket.gethostname()[:80]}:{consumer.pid}" for consumer in consumers}
    deadline = time.monotonic() + PATIENCE
    while set(Heartbeat.objects.exclude(finished_at=None).values_list("worker", flat=True)) != names:
        for consumer in consumers:
            assert consumer.poll() is None, consumer.stderr.read()
        assert time.monotonic() < deadline, "not every consumer made a pass"
        time.sleep(0.2)
    for consumer in consumers:
        consumer.send_signal(signal.SIGTERM)
    assert [consumer.wait(timeout=PATIENCE) for consumer in consumers] == [0, 0, 0]

    beats = Heartbeat.objects.all()
    assert {(beat.failures, beat.last_error, beat.running_since) for beat in beats} == {(0, "", None)}
    assert Obligation.objects.exists()
    before = (Obligation.objects.count(), NoticeLine.objects.count())
    assert run_schedule(timezone.now())["obligations_created"] == 0
    assert (Obligation.objects.count(), NoticeLine.objects.count()) == before
