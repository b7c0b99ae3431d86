"""The bureau's days are its own, whatever the machine's clock is set to; and days that are unlike others: the ends of
periods to the microsecond, 29 February, make-up Saturdays, holidays and the end of a year (R1, R2, R8, R9, R10)."""

import datetime as dt
import json

import pytest
from django.core import mail
from django.db import connection

from schedules import coverage
from schedules.models import NoticeLine, Obligation
from schedules.passes import run_schedule
from tests import factories
from tests.schedules import processes
from tests.schedules.scenes import at, day, owe

MICROSECOND = dt.timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _no_weekly_report(monkeypatch):
    """It would be one more message for each leader."""
    monkeypatch.setattr("schedules.passes.report_week", lambda moment: None)


@pytest.fixture
def _since_2024(bureau):
    bureau.deputy.pairings.update(started_on=day("2024-01-01"))


# --- the machine's zone --------------------------------------------------------------------------------------

# What the commands say in each zone, undone afterwards so that the next finds the same.
PROGRAM = """
import io, json, os, time, django
django.setup()
from django.core.management import call_command
from django.db import transaction
from schedules.models import NoticeLine, Obligation

def said(*words):
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO())
    return out.getvalue()

def found():
    # Shortly after midnight and before it, as the bureau has it; and late on 31 October in New York.
    instants = ("2026-10-31T16:30:00+00:00", "2026-11-12T08:30", "2026-11-30T23:59:59", "2026-12-01T08:00")
    yield [said("run_schedule", "--at", instant, "--json") for instant in instants]
    yield said("coverage", "--period", "2026-11", "--at", "2026-12-01T00:30", "--json")
    yield said("export_calendar", "--officer", OFFICER, "--from", "2026-10-01", "--to", "2027-01-31")
    days = Obligation.objects.order_by("policy", "period_key", "stakeholder")
    yield [str(row) for row in days.values_list("period_key", "planned_on", "due_on")]
    lines = NoticeLine.objects.order_by("obligation__period_key", "stage", "recipient")
    yield [str(row) for row in lines.values_list("obligation__period_key", "stage", "state", "notice__send_on")]

answers = []
for zone in ("America/New_York", "UTC", "Asia/Shanghai"):
    os.environ["TZ"] = zone  # Django has set it to the bureau's; take that help away again
    time.tzset()
    with transaction.atomic():
        answers.append([time.strftime("%z"), list(found())])
        transaction.set_rollback(True)
print(json.dumps(answers))
"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_three_zones_of_the_machine_give_the_same_days(tmp_path):
    bureau = factories.small_bureau()
    factories.record(bureau.deputy, bureau.alice, at("2026-11-30 23:59:59.999"))
    connection.close()
    program = PROGRAM.replace("OFFICER", repr(bureau.alice.police_number))
    done = processes.run(program, tmp_path, TZ="America/New_York")
    assert done.returncode == 0, done.stderr
    offsets, answers = zip(*json.loads(done.stdout), strict=True)
    assert len(set(offsets)) == 3
    assert answers[0] == answers[1] == answers[2]
    _passes, coverage_said, calendar, days, lines = answers[0]
    total = json.loads(coverage_said)["total"]
    assert (total["owed"], total["met"]) == (1, 1)
    assert "BEGIN:VEVENT" in calendar
    assert days
    assert lines


# --- the ends of a period ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "met"),
    [
        ("2026-10-31 23:59:59.999999", "2026-10"),
        ("2026-11-01 00:00", "2026-11"),
        ("2026-11-30 23:59:59.999", "2026-11"),
        ("2026-11-30 23:59:59.999999", "2026-11"),
        ("2026-12-01 00:00", "2026-12"),
        ("2026-12-01 00:00:00.000001", "2026-12"),
        ("2026-11-30T16:00:00+00:00", "2026-12"),
        ("2026-11-30T10:59:59-05:00", "2026-11"),
    ],
)
def test_a_contact_falls_on_its_own_side_of_midnight(bureau, instant, met):
    for key in ("2026-10", "2026-11", "2026-12"):
        owe(bureau.deputy, key)
    factories.record(bureau.deputy, bureau.alice, at(instant))
    rows = coverage.with_status(Obligation.objects.all(), at("2027-01-02 00:00"))
    assert [row.period_key for row in rows if row.state == "met"] == [met]


def test_a_contact_counts_from_the_instant_on_at_which_it_happened(bureau):
    owe(bureau.deputy)
    happened = at("2026-11-30 23:59:59.999999")
    factories.record(bureau.deputy, bureau.alice, happened)

    def state(now: dt.datetime) -> str:
        return coverage.with_status(Obligation.objects.all(), now).get().state

    assert state(happened - MICROSECOND) == "open"
    assert state(happened) == state(happened + MICROSECOND) == "met"


def test_the_last_microsecond_of_a_period_is_open_and_the_next_is_missed(bureau):
    owe(bureau.deputy)
    end = at("2026-12-01 00:00")
    states = [
        coverage.with_status(Obligation.objects.all(), now).get().state for now in (end - MICROSECOND, end)
    ]
    assert states == ["open", "missed"]


# --- 29 February ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_since_2024")
@pytest.mark.parametrize(
    ("first", "due_on"),
    [("2028-02-01", "2028-02-29"), ("2027-02-01", "2027-02-26"), ("2032-02-02", "2032-02-27")],  # a Sunday
)
def test_february_is_due_on_its_own_last_working_day(bureau, first, due_on):
    run_schedule(at(f"{first} 08:30"))
    owed = Obligation.objects.get(policy__code="call", period_key=first[:7])
    assert owed.due_on == day(due_on)
    assert owed.period_end.day == (28 if first.startswith("2027") else 29)


@pytest.mark.usefixtures("_since_2024")
def test_on_29_february_one_is_reminded_of_the_last_day(bureau):
    run_schedule(at("2028-02-01 08:30"))
    mail.outbox.clear()
    run_schedule(at("2028-02-29 08:00"))
    told = NoticeLine.objects.told().get(obligation__period_key="2028-02", stage="last_day")
    assert told.notice.send_on == day("2028-02-29")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("year", "owed"), [(2028, True), (2027, False)])
def test_a_half_year_of_60_days_is_reached_on_29_february(bureau, year, owed):
    """From New Year to the end of February: 60 days, and 59 in most years."""
    bureau.deputy.pairings.update(
        started_on=dt.date(year, 1, 1), ended_on=dt.date(year, 3, 1) - dt.timedelta(days=1)
    )
    run_schedule(at(f"{year}-01-01 08:30"))
    assert Obligation.objects.filter(policy__code="report", period_key=f"{year}-H1").exists() is owed


# --- make-up days and holidays -------------------------------------------------------------------------------


def told_on(stage: str, key: str) -> dt.date:
    return (
        NoticeLine.objects.told()
        .get(stage=stage, obligation__period_key=key, recipient__name="Alice")
        .notice.send_on
    )


@pytest.mark.parametrize(
    ("instant", "sent"),
    [("2026-10-10 09:00", 1), ("2026-10-17 09:00", 0)],  # both are Saturdays; one is worked
)
def test_reminders_are_sent_on_a_saturday_that_is_worked(bureau, instant, sent):
    owe(bureau.deputy, "2026-10", planned_on=day(instant[:10]))
    run_schedule(at(instant))
    assert len(mail.outbox) == sent


def test_a_saturday_that_is_worked_takes_its_share_of_the_plans(bureau):
    for number in range(40):
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.seat(person)
        factories.pairing(bureau.alice, person)
    run_schedule(at("2026-10-01 08:30"))
    planned = set(Obligation.objects.filter(period_key="2026-10").values_list("planned_on", flat=True))
    assert day("2026-10-10") in planned
    assert not {day(f"2026-10-0{number}") for number in range(1, 8)} & planned
    assert day("2026-10-17") not in planned


@pytest.mark.usefixtures("_since_2024")
@pytest.mark.parametrize(
    ("year", "before", "first"),
    [
        (2025, "2025-10-08 12:00", "2025-10-09"),  # the Mid-Autumn Festival made it eight days
        (2026, "2026-10-07 12:00", "2026-10-08"),
    ],
)
def test_what_september_missed_is_told_on_the_first_working_day_after_the_holidays(
    bureau, year, before, first
):
    run_schedule(at(f"{year}-09-01 08:30"))
    run_schedule(at(f"{year}-09-30 09:00"))
    assert Obligation.objects.get(period_key=f"{year}-09").due_on == day(f"{year}-09-30")
    mail.outbox.clear()
    run_schedule(at(f"{year}-10-01 09:00"))
    run_schedule(at(before))
    assert not NoticeLine.objects.filter(stage="missed").exists()
    assert not mail.outbox
    run_schedule(at(f"{first} 08:00"))
    assert told_on("missed", f"{year}-09") == told_on("missed", f"{year}-Q3") == day(first)
    assert {message.to[0] for message in mail.outbox} == {bureau.alice.email, bureau.bob.email}


# --- the end of a year ---------------------------------------------------------------------------------------


def test_a_year_ends_on_its_last_working_day_and_what_it_missed_is_told_in_the_next(bureau):
    run_schedule(at("2026-12-01 08:30"))
    ends = {"2026-12", "2026-Q4", "2026-H2"}
    owed = Obligation.objects.filter(period_key__in=ends)
    assert set(owed.values_list("period_key", "due_on")) == {(key, day("2026-12-31")) for key in ends}
    run_schedule(at("2026-12-31 08:00"))
    run_schedule(at("2026-12-31 23:59:59"))
    assert {told_on("last_day", key) for key in ends} == {day("2026-12-31")}
    run_schedule(at("2027-01-01 00:00"))  # a Friday off, and a week-end
    run_schedule(at("2027-01-03 12:00"))
    assert not NoticeLine.objects.filter(stage="missed").exists()
    run_schedule(at("2027-01-04 08:00"))
    assert {told_on("missed", key) for key in ends} == {day("2027-01-04")}
    january = Obligation.objects.get(period_key="2027-01")
    assert january.period_start == day("2027-01-01")
    assert day("2027-01-04") <= january.planned_on <= january.due_on == day("2027-01-29")
