"""The demonstration: full, believable, the same on every machine, and never over other data."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q
from django.test import RequestFactory
from django.utils import timezone

from contacts.models import (
    AuditEntry,
    ContactPhone,
    ContactRecord,
    Feedback,
    Officer,
    Pairing,
    Seat,
    Stakeholder,
    Unit,
    UnitRole,
)
from contacts.phones import parse
from schedules import coverage, demo
from schedules.demo.calendar import first_day
from schedules.demo.cast import cast
from schedules.demo.city import PASSWORD
from schedules.models import Delivery, Digest, Notice, Obligation, PeriodClosing
from schedules.passes import run_schedule
from tests.base import sign_in

DAY = dt.date(2026, 11, 18)
NOW = timezone.make_aware(dt.datetime(2026, 11, 18, 9, 30))
EVENING = timezone.make_aware(dt.datetime(2026, 11, 17, 23, 59))


@pytest.fixture
def city(db):
    demo.load(DAY, scale=0.05)


def test_the_whole_city_has_the_size_that_is_promised(db):
    demo.settle(DAY, scale=1)
    kinds = dict(Unit.objects.order_by().values_list("kind").annotate(Count("pk")))
    assert kinds == {"bureau": 1, "department": 14, "county": 9, "station": 86, "team": 9}
    assert 640 <= Officer.objects.count() <= 660
    seats = Seat.objects.order_by()
    deputies = seats.filter(kind__in=["npc_deputy", "cppcc_member"])
    assert deputies.aggregate(n=Count("stakeholder", distinct=True))["n"] == 1761
    assert set(deputies.values_list("level", flat=True)) == {"province", "city", "district", "township"}
    others = dict(seats.exclude(pk__in=deputies).values_list("kind").annotate(Count("pk")))
    assert others == {"media_supervisor": 20, "patrol_visitor": 30, "discipline_monitor": 2000}
    assert 5 <= deputies_without_an_officer().count() <= 60
    busy = Pairing.objects.open(DAY).values("officer").annotate(n=Count("pk")).filter(n__gt=60)
    assert not busy.exists()


def deputies_without_an_officer():
    seated = Seat.objects.filter(kind__in=["npc_deputy", "cppcc_member"]).values("stakeholder")
    return Stakeholder.objects.filter(pk__in=seated).unpaired(DAY)


def test_the_same_day_gives_the_same_city_and_another_day_another_history(db):
    first, again, later = (fingerprint(day) for day in (DAY, DAY, DAY + dt.timedelta(days=1)))
    assert first == again
    assert first != later


def fingerprint(day):
    """Of what a load of that day makes, but for ids and for what hangs on them, as planned days do."""
    tables = [
        Officer.objects.values_list("police_number", "name", "unit__code", "email"),
        ContactRecord.objects.values_list(
            "occurred_at",
            "officer__police_number",
            "stakeholder__name",
            "outcome",
            "summary",
            "promised",
            "voided_at",
        ),
        Feedback.objects.values_list("text", "state", "answered_on", "unit__code", "due_on"),
        Obligation.objects.values_list("stakeholder__name", "period_key", "waive_reason"),
    ]
    with transaction.atomic():
        demo.load(day, scale=0.03)
        found = hashlib.sha256(repr([sorted(map(repr, table)) for table in tables]).encode()).hexdigest()
        transaction.set_rollback(True)
    return found


def test_its_history_is_months_long_and_ends_the_evening_before(city):
    start = first_day(DAY)
    assert 180 <= (DAY - start).days <= 320
    records = ContactRecord.objects.all()
    assert not records.filter(occurred_at__gt=EVENING).exists()
    assert not records.filter(occurred_on__lt=start).exists()
    assert not records.filter(recorded_at__lt=F("occurred_at")).exists()
    assert set(records.values_list("outcome", flat=True)) == set(ContactRecord.Outcome.values)
    promised = records.live().exclude(promised="")
    assert promised.filter(promise_kept_at=None).exists()
    assert promised.filter(promise_kept_at__isnull=False).exists()
    assert set(Feedback.objects.values_list("state", flat=True)) == set(Feedback.State.values)
    assert Feedback.objects.overdue(DAY).exists()
    assert not Feedback.objects.filter(Q(answered_on__gte=DAY) | Q(closed_on__gte=DAY)).exists()


def test_answers_were_given_in_contacts_that_reached_the_person(city):
    answered = Feedback.objects.filter(state__in=["answered", "closed"])
    assert answered.exists()
    assert not answered.exclude(
        answer_record__outcome="reached",
        answer_record__stakeholder=F("stakeholder"),
        answer_record__occurred_on=F("answered_on"),
    ).exists()
    assert not answered.filter(answered_on__lt=F("received_on")).exists()


def test_no_pairing_overlaps_another_and_some_people_were_handed_over(city):
    held = Pairing.objects.values("stakeholder").annotate(n=Count("pk")).filter(n__gt=1).values("stakeholder")
    assert held.exists()
    for person in held.values_list("stakeholder", flat=True):
        before, after = Pairing.objects.filter(stakeholder=person).order_by("started_on")
        assert before.ended_on + dt.timedelta(days=1) == after.started_on
    assert (
        not Stakeholder.objects.filter(pairings__ended_on=None)
        .exclude(pairings__unit=F("unit"))
        .filter(pairings__isnull=False)
        .exclude(pk__in=held)
        .exists()
    )


def test_every_number_could_be_dialled_and_every_address_can_not_be_reached(city):
    phones = ContactPhone.objects.values_list("e164", "kind")
    assert {(parse(e164).e164, parse(e164).kind) for e164, _kind in phones} == set(phones)
    addresses = [
        *Officer.objects.values_list("email", flat=True),
        *Stakeholder.objects.values_list("email", flat=True),
    ]
    assert all(address.endswith(".example") for address in addresses if address)


def test_what_was_owed_is_planned_closed_partly_missed_and_partly_waived(city):
    states = {row.state for row in coverage.standing(Obligation.objects.live(), now=NOW)}
    assert states == set(coverage.State.values)
    assert PeriodClosing.objects.filter(period_key="2026-10").count() == 1
    assert PeriodClosing.objects.filter(period_key="2026-Q3").count() == 1
    assert not PeriodClosing.objects.filter(closed_at__gt=NOW).exists()
    assert Digest.objects.filter(period_key="2026-10", unit__kind="bureau").exists()
    assert Notice.objects.filter(read_at=None).exists()
    assert Notice.objects.filter(read_at=None).count() < Notice.objects.count() / 3
    assert not Delivery.objects.exclude(state="sent").exists()


def test_planning_it_again_finds_nothing_to_change(city):
    counts = run_schedule(NOW)
    assert (counts["obligations_created"], counts["obligations_withdrawn"]) == (0, 0)


def test_the_last_days_stand_in_the_audit_trail(city):
    recent = ContactRecord.objects.filter(occurred_on__gt=DAY - dt.timedelta(days=15))
    assert AuditEntry.objects.filter(action="log contact").count() == recent.count() > 0


def test_everybody_who_is_named_can_sign_in_and_sees_their_start_page(city):
    named = list(cast(DAY))
    assert len({officer.pk for _work, officer in named}) == 10
    for _work, officer in named:
        assert (
            authenticate(RequestFactory().post("/"), username=officer.police_number, password=PASSWORD)
            == officer
        )
        assert sign_in(officer).get("/", follow=True).status_code == 200


def test_administrators_exclude_each_other_and_four_eyes_approved_the_roles(city):
    powers = UnitRole.objects.in_force().filter(role__in=["auditor", "system_admin", "security_admin"])
    assert powers.values("officer").distinct().count() == powers.count() == 3
    assert not UnitRole.objects.filter(proposed_by=F("approved_by")).exists()


# --- the command ---------------------------------------------------------------------------------------------


def run(**options):
    out, err = io.StringIO(), io.StringIO()
    call_command("demo", load_only=True, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def small(monkeypatch):
    """The command at a size that tests can wait for."""
    whole = demo.load
    monkeypatch.setattr(demo, "load", lambda day, **options: whole(day, scale=0.03, **options))


def test_the_command_prints_who_can_sign_in_and_does_not_make_it_twice(db, small):
    out, err = run(at=NOW)
    for work, officer in cast(DAY):
        assert f"{officer.police_number}  {work}" in out
    assert PASSWORD in out
    assert "Ready after" in err
    counted = ContactRecord.objects.count()
    _out, err = run(at=NOW)
    assert "stands already" in err
    assert ContactRecord.objects.count() == counted
    assert AuditEntry.objects.filter(action=demo.MARK).count() == 1


def test_the_next_day_it_says_for_which_day_it_was_made(db, small):
    run(at=NOW)
    _out, err = run(at=NOW + dt.timedelta(days=1))
    assert "made for 2026-11-18" in err
    assert "--fresh" in err


@pytest.mark.parametrize("fresh", [False, True])
def test_it_refuses_a_database_that_holds_other_data(bureau, fresh):
    with pytest.raises(CommandError, match="other data"):
        run(at=NOW, fresh=fresh)
    assert Officer.objects.filter(pk=bureau.alice.pk).exists()
