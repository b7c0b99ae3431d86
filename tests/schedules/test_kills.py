"""Killed thirty times: whatever dies in the middle of planning, queueing or delivering, no reminder is lost, none stands
twice in an inbox, and a kill costs at most one mail that comes twice, under its one id (R10, R11)."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from random import Random

import pytest
from django.utils import timezone

from schedules.models import DayOverride, Delivery, PassState
from schedules.verify import verify
from tests import factories
from tests.base import PATIENCE
from tests.schedules import story
from tests.schedules.deaths import DELIVERY, PLANNING, QUEUEING, Order
from tests.schedules.processes import ROOT, Launcher, environment
from tests.schedules.scenes import at
from tests.schedules.smtp import STAGES, Sink, Trap
from tests.schedules.workers import Consumers, Passes

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

log = logging.getLogger(__name__)

KILLS = 30
CONSUMERS = 3 if os.environ["REDIS_URL"] else 2
MINUTE = dt.timedelta(minutes=1)
LEASE_OVER = 16 * MINUTE


@pytest.fixture
def chance():
    """Another one each time, and said: LIAISON_SEED=… tells the same again."""
    seed = int(os.environ.get("LIAISON_SEED") or random.randrange(10**6))
    log.warning("LIAISON_SEED=%d", seed)
    return Random(seed)


@pytest.fixture
def told():
    story.begin()
    return story.tell(story.DAYS)


@pytest.fixture
def told_briefly():
    """To the Monday on which everybody is told that their calls are due soon."""
    story.begin()
    return story.tell(story.DAYS[:6])


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def launcher(tmp_path, sink):
    with Launcher(tmp_path, EMAIL_URL=sink.url) as launcher:
        yield launcher


def at_rest(now: dt.datetime) -> bool:
    """Has a pass for this instant, or a later one, done everything?"""
    planned = PassState.objects.filter(latest_at__gte=now).exists()
    return planned and set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def assert_as_told(told, sink, now, surplus) -> None:
    ending = story.Ending.read()
    assert ending.obligations == told.ending.obligations
    assert ending.lines == told.ending.lines
    assert ending.closings == told.ending.closings
    report = verify(now)
    assert report.violations == []
    assert None not in report.counts.values()
    copies = sink.copies()
    assert set(copies) == set(Delivery.objects.values_list("message_id", flat=True))
    assert copies.total() - len(copies) <= surplus
    texts = {(one["Message-ID"], one["To"], one["Subject"]) for one in sink.received}
    assert len(texts) == len(copies)
    assert story.read(sink.received) == told.read
    assert max(told.read.values()) == 1


# --- killed thirty times -------------------------------------------------------------------------------------


class Gun:
    """Kills in every part of a pass; at which statement, which message or which instant is left to chance."""

    def __init__(self, worker, sink, told, chance) -> None:
        self.worker, self.sink, self.told, self.chance = worker, sink, told, chance
        self.kills = 0
        self._parts = itertools.cycle([PLANNING, DELIVERY, QUEUEING, DELIVERY])
        self._loads = itertools.cycle([self._load_trap, self._load_shot])
        self._delay: float | None = None
        self._lasts = 0.5  # a round in which nobody dies, on this machine and under its load

    def load(self, date: dt.date) -> None:
        """Two deaths a day: one at a statement, and one at a stage of a message or after a while."""
        if self.kills < KILLS:
            part = next(self._parts)
            number = self._one_of(self.told.statements[date][part] * 3 // 4)
            Order(part, number, after=self.chance.random() < 0.5).give(self.worker.folder)
        if self.kills < KILLS - 1:
            next(self._loads)(date)

    def _load_trap(self, date: dt.date) -> None:
        self.sink.set(Trap(self.chance.choice(STAGES), self._one_of(self.told.mails[date] // 2)))

    def _load_shot(self, _date: dt.date) -> None:
        self._delay = self.chance.uniform(0, self._lasts)

    def _one_of(self, number: int) -> int:
        return self.chance.randint(1, max(1, number))

    def unload(self) -> None:
        Order.withdraw(self.worker.folder)
        self.sink.set(None)
        self._delay = None

    def fires(self, now: dt.datetime) -> bool:
        """Let passes be made at an instant: did anybody die?"""
        began, before = time.monotonic(), self.hits().total()
        self.worker.go(now)
        if self._delay is not None:
            time.sleep(self._delay)
            self.worker.shoot(self.chance)
        dead = self.worker.settle()
        self.kills += dead
        if dead > self.hits().total() - before:  # the shot has hit; else it may hit the next
            self._delay = None
        if not dead:
            self._lasts = time.monotonic() - began
        return dead > 0

    def hits(self) -> Counter[str]:
        """In which part they died, of those of whom it is known."""
        at_statements = Counter(file.read_text().split()[0] for file in self.worker.folder.glob("died-*"))
        return at_statements + Counter({DELIVERY: len(self.sink.trapped)})


def live_through_kills(worker, sink, told, chance) -> tuple[dt.datetime, int]:
    """All the days, each until its work is done in spite of everything; the last instant, and the number of kills."""
    gun = Gun(worker, sink, told, chance)
    for date, now in told.mornings():
        gun.load(date)
        while gun.fires(now) or not at_rest(now):
            assert now < at(f"{date} 13:00"), "the day's work is never done"
            now += chance.choice([MINUTE, LEASE_OVER])
        gun.unload()
    hits, copies = gun.hits(), sink.copies()
    log.warning("%d kills: %s; %d mails twice", gun.kills, dict(hits), copies.total() - len(copies))
    assert gun.kills >= KILLS
    assert min(hits[part] for part in (PLANNING, QUEUEING, DELIVERY)) >= 3
    return now, gun.kills


def test_passes_killed_thirty_times_leave_what_undisturbed_ones_do(told, launcher, sink, chance, tmp_path):
    now, kills = live_through_kills(Passes(tmp_path, launcher), sink, told, chance)
    assert_as_told(told, sink, now, surplus=kills)


def test_consumers_killed_thirty_times_leave_what_undisturbed_passes_do(
    told, launcher, sink, chance, tmp_path
):
    with Consumers(tmp_path, launcher, CONSUMERS) as consumers:
        now, kills = live_through_kills(consumers, sink, told, chance)
    assert_as_told(told, sink, now, surplus=kills)


# --- beside each other ---------------------------------------------------------------------------------------


def test_passes_that_begin_together_do_the_work_of_one(told_briefly, launcher, sink, chance, tmp_path):
    passes = [Passes(tmp_path, launcher) for _one in range(3)]
    for _date, now in told_briefly.mornings():
        for one in passes:
            one.go(now)
            time.sleep(chance.choice([0, 0, chance.uniform(0, 0.2)]))
        assert [one.settle() for one in passes] == [0, 0, 0]
        assert at_rest(now)
    assert_as_told(told_briefly, sink, now, surplus=0)


# --- stopped, and going on -----------------------------------------------------------------------------------


def test_a_pass_that_stood_still_for_a_while_does_no_harm(told_briefly, launcher, sink, chance, tmp_path):
    """Wherever it stood: perhaps in its transaction, and then the other waits for it."""
    first, second = Passes(tmp_path, launcher), Passes(tmp_path, launcher)
    for _date, now in told_briefly.mornings():
        first.go(now)
        time.sleep(chance.uniform(0, 0.5))
        os.kill(first.pid, signal.SIGSTOP)
        second.go(now + MINUTE)
        time.sleep(0.3)
        os.kill(first.pid, signal.SIGCONT)
        assert first.settle() == second.settle() == 0
        assert at_rest(now)
    assert_as_told(told_briefly, sink, now + MINUTE, surplus=0)


def test_a_worker_that_stood_still_beyond_its_lease_and_goes_on_changes_nothing(
    told_briefly, launcher, sink, tmp_path
):
    """It stopped in the middle of a message, with others claimed; meanwhile everything was delivered without it."""
    first, second = Passes(tmp_path, launcher), Passes(tmp_path, launcher)
    stopped = threading.Event()

    def stop(pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        stopped.set()

    stages = itertools.cycle(STAGES[:-1])  # those in which it waits for the mail server
    for _date, now in told_briefly.mornings():
        stopped.clear()
        sink.set(Trap(next(stages), 2, stop))
        first.go(now)
        assert stopped.wait(PATIENCE)
        second.go(now + LEASE_OVER)
        assert second.settle() == 0
        assert at_rest(now)
        before = list(Delivery.objects.order_by("pk").values())
        os.kill(first.pid, signal.SIGCONT)
        assert first.settle() == 0
        assert list(Delivery.objects.order_by("pk").values()) == before
    assert_as_told(told_briefly, sink, now + LEASE_OVER, surplus=len(told_briefly.days))


# --- told to stop --------------------------------------------------------------------------------------------


def test_serve_told_to_stop_in_the_middle_of_delivering_ends_what_it_began(sink, tmp_path):
    """In real time, in a zone where it is noon; and today is a working day."""
    now = timezone.now()
    ahead = 12 - now.hour
    today = (now + dt.timedelta(hours=ahead)).date()
    DayOverride.objects.create(day=today, is_working=True)
    bureau = factories.unit("Bureau", kind="bureau")
    officers = [factories.officer(f"Officer {number}", bureau) for number in range(12)]
    for giver, taker in itertools.pairwise(officers):
        factories.handover(giver, {factories.stakeholder(f"{giver}'s", bureau): taker}, today)
    zone = f"Etc/GMT{-ahead:+d}"  # whose sign is the other way round
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port=0"],
        cwd=ROOT,
        env=environment(tmp_path, EMAIL_URL=sink.url, TIME_ZONE=zone),
    ) as server:

        def stop(_sender: int) -> None:
            server.terminate()
            time.sleep(1)

        sink.set(Trap("arrived", 3, stop))
        try:
            assert server.wait(2 * PATIENCE) == 0
        finally:
            server.kill()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert sink.copies() == Counter(Delivery.objects.values_list("message_id", flat=True))
    assert len(sink.trapped) == 1
    assert len(sink.received) == len(officers)
