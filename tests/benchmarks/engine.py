"""What planning, passes and figures cost, against what the database needs for the same work in plain SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial

from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from schedules import coverage, passes, periods, planning
from schedules.models import (
    BehindReport,
    CalendarEvent,
    Delivery,
    Digest,
    Explanation,
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
    analyse()
    note = f"{Obligation.objects.count()} obligations; the pass before it took {catching_up:.1f} s"
    yield measure(
        "a pass with nothing to do", lambda: passes.run_schedule(now), target=0.05, rounds=9, note=note
    )
    yield compare(
        "the same, against one question in SQL",
        lambda: passes.run_schedule(now),
        partial(ask, UNTOLD, today=day, horizon=day + dt.timedelta(days=7), past=day - dt.timedelta(days=31)),
        target=1,
        rounds=9,
    )
    yield a_morning(Workdays.load().shift(day, 1))
    yield coverage_of_a_quarter(day, now)
    yield from planning_a_year(now)


def a_morning(day: dt.date) -> Result:
    """The first pass of a day, with all that it tells, and writing as many lines by hand. Nothing of it stays."""
    now = timezone.make_aware(dt.datetime.combine(day, dt.time(8, 5)))
    there = set(NoticeLine.objects.values_list("pk", flat=True))
    told: list[tuple] = []

    def first() -> None:
        passes.run_schedule(now)
        told[:] = [row for row in NoticeLine.objects.values_list() if row[0] not in there]

    undone(first)()
    columns = ", ".join(field.column for field in NoticeLine._meta.concrete_fields[1:])
    places = ", ".join("%s" for _field in NoticeLine._meta.concrete_fields[1:])

    table = NoticeLine._meta.db_table
    notice = [field.attname for field in NoticeLine._meta.concrete_fields].index("notice_id")
    rows = [(*row[1:notice], None, *row[notice + 1 :]) for row in told]  # their notices were undone

    def baseline() -> None:
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)

    return compare(
        "the first pass of a day",
        undone(lambda: passes.run_schedule(now)),
        undone(baseline),
        target=20,
        rounds=3,
        note=f"{len(told)} lines; by hand: writing these lines",
    )


def coverage_of_a_quarter(day: dt.date, now: dt.datetime) -> Result:
    period = periods.containing(day, "quarter")
    return compare(
        "coverage of the bureau for a quarter",
        lambda: coverage.figures(period.key, now=now),
        partial(
            ask,
            FIGURES,
            now=connection.ops.adapt_datetimefield_value(now),
            today=day,
            start=period.start,
            end=period.end,
        ),
        target=2,
        rounds=5,
        note="by unit; the same in one statement",
    )


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
    models = (
        CalendarEvent, Explanation, Delivery, NoticeLine, Notice, Digest, BehindReport, PeriodClosing, PassState,
    )  # fmt: skip
    for model in models:
        model.objects.all().delete()


def undone(work: Callable[[], object]) -> Callable[[], None]:
    """The work, and nothing of it stays."""

    def once() -> None:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)

    return once


def ask(sql: str, **values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.fetchall()


def analyse() -> None:
    """As after every bulk load."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# What is unmet, near enough, and told to nobody: asked of every obligation that runs, as a pass without memory would.
UNTOLD = """
SELECT o.id FROM schedules_obligation o JOIN schedules_policyversion v ON v.id = o.version_id
WHERE o.withdrawn_at IS NULL AND o.waived_at IS NULL AND o.period_start <= %(today)s AND o.period_end >= %(past)s
  AND (o.planned_on <= %(today)s OR o.due_on <= %(horizon)s)
  AND NOT EXISTS (SELECT 1 FROM contacts_contactrecord r WHERE r.stakeholder_id = o.stakeholder_id AND r.kind = v.kind
    AND r.occurred_on BETWEEN o.period_start AND o.period_end AND r.outcome = 'reached'
    AND r.voided_at IS NULL AND r.superseded_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM schedules_noticeline l WHERE l.obligation_id = o.id)
"""
FIGURES = """
SELECT unit, state, COUNT(*), SUM(attempts) FROM (
  SELECT state, attempts, COALESCE(
    (SELECT p.unit_id FROM contacts_pairing p WHERE p.stakeholder_id = d.stakeholder_id AND p.started_on <= d.day
     ORDER BY p.started_on DESC LIMIT 1),
    (SELECT p.unit_id FROM contacts_pairing p WHERE p.stakeholder_id = d.stakeholder_id
     ORDER BY p.started_on LIMIT 1)) AS unit
  FROM (
    SELECT stakeholder_id, attempts,
      CASE WHEN met IS NOT NULL THEN 'met' WHEN waived_at <= %(now)s THEN 'waived'
        WHEN period_end < %(today)s THEN 'missed' ELSE 'open' END AS state,
      CASE WHEN met IS NOT NULL THEN met WHEN period_end < %(today)s THEN period_end ELSE %(today)s END AS day
    FROM (
      SELECT o.*,
        (SELECT MIN(r.occurred_on) FROM contacts_contactrecord r WHERE r.stakeholder_id = o.stakeholder_id
          AND r.kind = v.kind AND r.occurred_on BETWEEN o.period_start AND o.period_end AND r.occurred_at <= %(now)s
          AND r.outcome = 'reached' AND r.voided_at IS NULL AND r.superseded_at IS NULL) AS met,
        (SELECT COUNT(*) FROM contacts_contactrecord r WHERE r.stakeholder_id = o.stakeholder_id
          AND r.kind = v.kind AND r.occurred_on BETWEEN o.period_start AND o.period_end AND r.occurred_at <= %(now)s
          AND r.outcome <> 'reached' AND r.voided_at IS NULL AND r.superseded_at IS NULL) AS attempts
      FROM schedules_obligation o JOIN schedules_policyversion v ON v.id = o.version_id
      WHERE o.withdrawn_at IS NULL AND o.period_start >= %(start)s AND o.period_end <= %(end)s) s) d) u
GROUP BY unit, state
"""
