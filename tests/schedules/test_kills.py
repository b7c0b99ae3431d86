"""Killed thirty times: whatever dies in the middle of planning, queueing or delivering, no reminder is lost, none stands
twice in an inbox, and a kill costs at most one mail that comes twice, under its one id (R10, R11)."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import random
import time
from collections import Counter
from random import Random

import pytest

from schedules.models import Delivery, PassState
from schedules.verify import verify
from tests.schedules import story
from tests.schedules.deaths import DELIVERY, PLANNING, QUEUEING, Order
from tests.schedules.processes import Launcher
from tests.schedules.scenes import at
from tests.schedules.smtp import STAGES, Sink, Trap
from tests.schedules.workers import Consumers, Passes

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

KILLS = 30
CONSUMERS = 3 if os.environ["REDIS_URL"] else 2
MINUTE = dt.timedelta(minutes=1)
LEASE_OVER = 16 * MINUTE


@pytest.fixture
def chance():
    """Another one each time, and said: LIAISON_SEED=… tells the same again."""
    seed = int(os.environ.get("LIAISON_SEED") or random.randrange(10**6))
    print(f"LIAISON_SEED={seed}")
    return Random(seed)


@pytest.fixture
def told():
    story.begin()
    return story.tell()


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def launcher(tmp_path, sink):
    with Launcher(tmp_path, EMAIL_URL=sink.url) as launcher:
        yield launcher


class Gun:
    """Kills, in every part of a pass, as often as it is asked to; the numbers are left to chance."""

    def __init__(self, worker, sink, told, chance) -> None:
        self.worker, self.sink, self.told, self.chance = worker, sink, told, chance
        self.folder = worker.folder
        self.parts = itertools.cycle([PLANNING, DELIVERY, QUEUEING, DELIVERY])
        self.others = itertools.cycle(["trap", "delay"])
        self.kills = 0
        self.shots: Counter[str] = Counter()  # in the open, by what was in the database then
        self.delay: float | None = None
        self.lasts = 0.5  # a round in which nobody dies, on this machine and under its load

    def load(self, date: dt.date) -> None:
        if self.kills < KILLS:
            part = next(self.parts)
            number = self.chance.randint(1, max(1, self.told.statements[date][part] * 3 // 4))
            Order(part, number, self.chance.random() < 0.5).give(self.folder)
        if self.kills < KILLS - 1:
            if next(self.others) == "trap":
                self.sink.set(Trap(self.chance.choice(STAGES), self.chance.randint(1, max(1, self.told.mails[date] // 2))))
            else:
                self.delay = self.chance.uniform(0, self.lasts)

    def unload(self) -> None:
        Order.withdraw(self.folder)
        self.sink.set(None)
        self.delay = None

    def one_round(self, now: dt.datetime) -> int:
        """Passes at an instant; how many of those who made them died."""
        began = time.monotonic()
        self.worker.go(now)
        if self.delay is not None:
            time.sleep(self.delay)
            committed = PassState.objects.filter(latest_at__gte=now).exists()
            self.worker.shoot(self.chance)
            self.shots["delivery" if committed else "planning or queueing"] += 1
            self.delay = None
        dead = self.worker.settle()
        if not dead:
            self.lasts = time.monotonic() - began
        self.kills += dead
        return dead

    def hits(self) -> Counter[str]:
        """Where those died of whom it is known."""
        at_statements = Counter(file.read_text().split()[0] for file in self.folder.glob("died-*"))
        return at_statements + Counter({DELIVERY: len(self.sink.trapped)})


def live(gun: Gun) -> dt.datetime:
    """All the days, each until its work is done; the last instant."""
    for date in story.DAYS:
        now = at(f"{date} 08:05")
        gun.load(date)
        while gun.one_round(now) or not at_rest(now):
            assert now < at(f"{date} 13:00"), "the day's work is never done"
            now += gun.chance.choice([MINUTE, LEASE_OVER])
        gun.unload()
        if date < story.DAYS[-1]:
            story.evening(date)
    return now


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


def test_passes_killed_thirty_times_leave_what_undisturbed_ones_do(told, launcher, sink, chance, tmp_path):
    gun = Gun(Passes(tmp_path, launcher), sink, told, chance)
    now = live(gun)
    print(gun.kills, gun.hits(), gun.shots, sink.copies().total() - len(sink.copies()))
    assert gun.kills == KILLS
    assert min(gun.hits()[part] for part in (PLANNING, QUEUEING, DELIVERY)) >= 3
    assert_as_told(told, sink, now, surplus=KILLS)


def test_consumers_killed_thirty_times_leave_what_undisturbed_passes_do(told, launcher, sink, chance, tmp_path):
    with Consumers(tmp_path, launcher, CONSUMERS) as consumers:
        gun = Gun(consumers, sink, told, chance)
        now = live(gun)
    print(gun.kills, gun.hits(), gun.shots, sink.copies().total() - len(sink.copies()))
    assert gun.kills == KILLS
    assert min(gun.hits()[part] for part in (PLANNING, QUEUEING, DELIVERY)) >= 3
    assert_as_told(told, sink, now, surplus=KILLS)
