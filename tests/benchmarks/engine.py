"""What a pass costs, against what the database needs for as many rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from schedules import passes, planning
from schedules.models import (
    Delivery,
    Digest,
    Notice,
    NoticeLine,
    Obligation,
    PassState,
    PeriodClosing,
)
from schedules.workdays import Workdays
from tests.benchmarks.timing import Result, compare, measure, seconds

YEAR = 365
COPY = "bench_obligations"


def engine(day: dt.date) -> Iterator[Result]:
    now = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
    catching_up = seconds(lambda: passes.run_schedule(now))
    yield measure(
        "pass with nothing to do",
        lambda: passes.run_schedule(now),
        target=0.05,
        rounds=9,
        note=f"{Obligation.objects.count()} obligations; the pass before it took {catching_up:.1f} s",
    )
    yield from planning_a_year(now)


def planning_a_year(now: dt.datetime) -> Iterator[Result]:
    """A year ahead for everybody paired, into an empty table, and the same rows by one INSERT … SELECT."""
    forget_everything()
    workdays = Workdays.load()

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {Obligation._meta.db_table}")

    def ours() -> None:
        begun = PassState(first_day=now.date(), latest_at=now)
        with transaction.atomic(), override_settings(PLANNING_HORIZON_DAYS=YEAR):
            planning.plan(begun, now, workdays)

    def baseline() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {Obligation._meta.db_table} SELECT * FROM {COPY}")

    empty(), ours()
    rows = Obligation.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {COPY} AS SELECT * FROM {Obligation._meta.db_table}")
    yield compare(
        "planning a year", ours, baseline, target=1.2, rounds=3, note=f"{rows} obligations", before=empty
    )


def forget_everything() -> None:
    for model in (Delivery, NoticeLine, Notice, Digest, PeriodClosing, PassState):
        model.objects.all().delete()
