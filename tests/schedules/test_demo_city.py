"""What stands in the city of the demonstration, at a twentieth of its size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Count, F, Q
from django.test import RequestFactory
from django.utils import timezone

from contacts.models import (
    Answer,
    AuditEntry,
    ContactPhone,
    ContactRecord,
    Feedback,
    FeedbackStep,
    Gathering,
    Officer,
    Pairing,
    Rating,
    ReportCopy,
    Seat,
    Signer,
    Stakeholder,
    Telling,
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


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(DAY, scale=0.05)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def city(loaded, db):
    """The same for each test, which may change it."""


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


def test_what_is_not_answered_is_due_by_its_clock_and_some_was_handed_in_on_paper(city):
    pending = Feedback.objects.pending()
    assert pending.filter(assigned_on=None).exists()
    assert all(item.due_on == item.deadline().day for item in pending)
    assert set(Feedback.objects.values_list("kind", flat=True)) == set(Feedback.Kind.values)


def test_some_were_opened_again_and_some_signed_by_several(city):
    reopened = FeedbackStep.objects.filter(deed="reopened")
    assert reopened.exists()
    assert not Answer.objects.filter(
        feedback__in=reopened.values("feedback"),
        set_aside_on=None,
        prepared_at__lt=F("feedback__clock_since"),
    ).exists()
    assert Signer.objects.exists()


def test_no_letter_cites_an_answer_that_came_after_it(city):
    for copy in ReportCopy.objects.all():
        assert all(line.get("answered_on", "") <= copy.issued_on.isoformat() for line in copy.lines)


def test_answers_were_given_in_contacts_that_reached_the_person(city):
    answered = Feedback.objects.filter(state__in=["answered", "closed"])
    assert answered.exists()
    told = Telling.objects.all()
    assert not told.exclude(
        record__outcome="reached",
        record__stakeholder=F("answer__feedback__stakeholder"),
        record__occurred_on=F("answer__told_on"),
    ).exists()
    assert answered.filter(answer__follows__isnull=False).exists()
    assert answered.promised().exists()
    assert Rating.objects.filter(process="basically").exists()
    assert not answered.filter(answered_on__lt=F("received_on")).exists()


def test_some_terms_end_soon_some_certificates_are_out_and_briefings_went_out_all_the_year(city):
    seats = Seat.objects.appointments()
    for found in (seats.active(DAY), seats.ending(DAY), seats.ended(DAY), seats.to_collect(DAY)):
        assert 0 < found.count() < seats.count()
    assert seats.filter(renews__isnull=False).exists()
    briefings = Gathering.objects.filter(kind="briefing")
    assert len({f"{at:%Y-%m}" for at in briefings.values_list("occurred_at", flat=True)}) >= 6
    attended = ContactRecord.objects.attended().filter(stakeholder__seats__in=seats)
    assert attended.exists()
    assert Feedback.objects.filter(stakeholder__seats__in=seats, answer__isnull=False).exists()


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
