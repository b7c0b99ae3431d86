"""Who is responsible for whom, and how that changes hands."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contacts.handling import end_pairing, pair
from contacts.models import Actor, AuditEntry, Pairing
from tests import factories

MAY_1, JUNE_1, JUNE_10 = dt.date(2026, 5, 1), dt.date(2026, 6, 1), dt.date(2026, 6, 10)


@pytest.fixture
def carol(bureau):
    return Actor(bureau.carol, "127.0.0.1")


def test_a_hand_over_ends_the_old_pairing_on_the_day_before(bureau, carol):
    pair(bureau.deputy, bureau.bob, on=JUNE_1, actor=carol, reason="Alice moves")

    old, new = bureau.deputy.pairings.order_by("started_on")
    assert (old.officer, old.ended_on, old.end_reason) == (bureau.alice, dt.date(2026, 5, 31), "Alice moves")
    assert (new.officer, new.started_on, new.ended_on) == (bureau.bob, JUNE_1, None)


def test_the_unit_in_charge_follows_the_pairing(bureau, carol):
    pair(bureau.deputy, bureau.dan, on=JUNE_1, actor=carol)

    bureau.deputy.refresh_from_db()
    assert bureau.deputy.unit == bureau.other_station


def test_a_hand_over_on_the_day_it_began_leaves_no_pairing_without_a_day(bureau, carol):
    pair(bureau.deputy, bureau.bob, on=JUNE_1, actor=carol)
    pair(bureau.deputy, bureau.dan, on=JUNE_1, actor=carol)

    assert [p.officer for p in bureau.deputy.pairings.order_by("started_on")] == [bureau.alice, bureau.dan]


def test_a_hand_over_leaves_an_entry_with_before_and_after(bureau, carol):
    pair(bureau.deputy, bureau.bob, on=JUNE_1, actor=carol, reason="Alice moves")

    entry = AuditEntry.objects.get(action="pair")
    assert entry.officer == bureau.carol
    assert entry.before == {"officer": bureau.alice.police_number}
    assert entry.after == {"officer": bureau.bob.police_number, "from": "2026-06-01"}
    assert entry.reason == "Alice moves"


def test_it_refuses_a_day_before_the_pairing_that_stands(bureau, carol):
    pair(bureau.deputy, bureau.bob, on=JUNE_1, actor=carol)

    with pytest.raises(ValidationError, match="choose that day or a later one"):
        pair(bureau.deputy, bureau.dan, on=MAY_1, actor=carol)


def test_it_refuses_whoever_is_responsible_already(bureau, carol):
    with pytest.raises(ValidationError, match="responsible already"):
        pair(bureau.deputy, bureau.alice, on=JUNE_1, actor=carol)


def test_an_ended_pairing_leaves_a_gap_that_a_new_one_may_fill(bureau, carol):
    end_pairing(bureau.deputy.pairings.get(), last_day=MAY_1, actor=carol, reason="retired")
    assert not Pairing.objects.open(JUNE_1).filter(stakeholder=bureau.deputy).exists()

    pair(bureau.deputy, bureau.bob, on=JUNE_10, actor=carol)
    assert Pairing.objects.open(JUNE_10).get(stakeholder=bureau.deputy).officer == bureau.bob


def test_a_pairing_can_not_end_before_it_began(bureau, carol):
    with pytest.raises(ValidationError, match="can not be before"):
        end_pairing(
            bureau.deputy.pairings.get(), last_day=dt.date(2025, 12, 31), actor=carol, reason="typing error"
        )


def test_the_database_holds_at_most_one_open_pairing_per_person(bureau):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.pairing(bureau.bob, bureau.deputy, since=JUNE_1)
