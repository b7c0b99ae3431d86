"""The demonstration: full, believable, the same on every machine, and never over other data."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from contacts.models import (
    AuditEntry,
    ContactRecord,
    Feedback,
    Gathering,
    Officer,
    Pairing,
    Publication,
    ReportDelivery,
    Seat,
    Stakeholder,
    Unit,
    WorkReport,
)
from schedules import demo
from schedules.demo.cast import cast
from schedules.demo.city import PASSWORD
from schedules.models import Obligation

DAY = dt.date(2026, 11, 18)
NOW = timezone.make_aware(dt.datetime(2026, 11, 18, 9, 30))
EVENING = timezone.make_aware(dt.datetime(2026, 11, 17, 23, 59))


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
        Seat.objects.values_list(
            "stakeholder__name", "certificate", "ended_on", "handed_out_on", "collected_on"
        ),
        Gathering.objects.values_list("title", "occurred_at", "officer__police_number", "channel"),
        Publication.objects.values_list("record__stakeholder__name", "medium", "title"),
        Obligation.objects.values_list("stakeholder__name", "period_key", "waive_reason"),
        WorkReport.objects.values_list("unit__code", "half_year", "state", "approved__text"),
        ReportDelivery.objects.values_list(
            "copy__stakeholder__name", "record__occurred_at", "method", "appraisal"
        ),
    ]
    with transaction.atomic():
        demo.load(day, scale=0.03)
        found = hashlib.sha256(repr([sorted(map(repr, table)) for table in tables]).encode()).hexdigest()
        transaction.set_rollback(True)
    return found


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
