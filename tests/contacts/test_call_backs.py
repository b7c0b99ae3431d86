"""Call-backs: chance draws, somebody outside the unit asks, and what people say is kept and does nothing else."""

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contacts.call_backs import draw, drawn, secret_seed
from contacts.handling import correct_contact, void_contact
from contacts.models import Actor, AuditEntry, CallBack, ContactRecord, Officer
from contacts.months import Month, among
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at

OCTOBER = Month(dt.date(2026, 10, 1))
LIST = reverse("contacts:call-back-list")
YES = {"happened": "yes", "process": "satisfied", "result": "basically", "comment": "He came on time."}


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(at("2026-11-18 10:30"), tick=False):
        yield


@pytest.fixture
def visit(bureau):
    """Alice's visit to the deputy in October: the only contact of her unit, so it is drawn."""
    return factories.record(
        bureau.deputy, bureau.alice, at("2026-10-14 15:00"), kind="visit", summary="About the school"
    )


def contacts(bureau, count: int, by: Officer | None = None, *, since: int = 1) -> list[ContactRecord]:
    """One on each of the first days of October, with somebody else each time."""
    by = by or bureau.alice
    made = []
    for number in range(since, since + count):
        person = factories.stakeholder(f"陈{number}", by.unit, mobile=f"+86138{by.pk:04d}{number:04d}")
        factories.pairing(by, person)
        made.append(factories.record(person, by, at(f"2026-10-{number:02d} 09:00")))
    return made


def page(who: Officer, month: str = "2026-10") -> str:
    return sign_in(who).get(LIST, {"month": month}).content.decode()


def ask(who: Officer, record: ContactRecord, **said: str):
    return sign_in(who).post(reverse("contacts:call-back-create", args=[record.pk]), YES | said, follow=True)


# --- the lots ------------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 10**6)), unique_by=lambda row: row[1], max_size=40
)  # fmt: skip


def lots(rows, k=2, *, seed=b"a", period="2026-10"):
    return draw(rows, seed=seed, period=period, k=k)


@given(ROWS, st.integers(0, 3))
def test_of_each_unit_as_many_are_drawn_as_there_are_at_most_k(rows, k):
    chosen = lots(rows, k)
    there = Counter(unit for unit, _first in rows)

    assert Counter(unit for unit, first in rows if first in chosen) == +Counter(
        {unit: min(k, count) for unit, count in there.items()}
    )
    assert chosen <= {first for _unit, first in rows}


@given(ROWS, st.randoms())
def test_in_whatever_order_they_come_the_same_ones_are_drawn(rows, chance):
    mixed = list(rows)
    chance.shuffle(mixed)

    assert lots(mixed) == lots(rows)


@given(ROWS, st.integers(1, 4))
def test_one_more_changes_nothing_unless_it_is_drawn_itself(rows, unit):
    before, after = lots(rows), lots([*rows, (unit, 10**7)])

    assert after - before <= {10**7}
    assert 10**7 in after or after == before
    assert len(before - after) <= 1


def test_chance_is_fair_and_nobody_can_reckon_it_without_the_seed():
    rows = [(1, first) for first in range(10)]
    drawn_ones = Counter(first for seed in range(1000) for first in lots(rows, seed=str(seed).encode()))

    assert set(drawn_ones) == set(range(10))
    assert all(150 < times < 250 for times in drawn_ones.values())


def test_another_month_draws_other_ones():
    rows = [(1, first) for first in range(100)]

    assert lots(rows) != lots(rows, period="2026-11")


def test_the_seed_is_made_of_the_secret_key_and_tells_nothing_of_it(settings):
    before = secret_seed()
    settings.SECRET_KEY = "another key of this installation, long enough"

    assert secret_seed() != before
    assert settings.SECRET_KEY.encode() not in secret_seed()


def test_a_correction_has_the_lot_of_what_it_corrects(bureau, settings):
    settings.CALL_BACKS_PER_UNIT = 1
    made = contacts(bureau, 8)
    (before,) = drawn([bureau.station.pk], OCTOBER, seed=b"a")
    for record in made:
        for words in ("Corrected.", "Corrected again."):
            record = correct_contact(record, {"summary": words}, actor=Actor(bureau.alice))
    (after,) = drawn([bureau.station.pk], OCTOBER, seed=b"a")

    assert ContactRecord.objects.get(pk=after).supersedes.supersedes_id == before


@pytest.mark.parametrize(
    "fields",
    [{"kind": "incoming"}, {"outcome": "no_answer"}, {"voided_at": at("2026-10-20 09:00"), "void_reason": "twice"}],
)  # fmt: skip
def test_what_reached_nobody_or_does_not_count_is_not_drawn(bureau, fields):
    factories.record(bureau.deputy, bureau.alice, at("2026-10-14 15:00"), **fields)

    assert drawn([bureau.station.pk], OCTOBER, seed=b"a") == []


def test_a_contact_counts_in_the_unit_of_the_pairing_of_its_day(bureau, visit):
    bureau.alice.unit = bureau.other_station
    bureau.alice.save()

    assert drawn([bureau.station.pk], OCTOBER, seed=b"a") == [visit.pk]
    assert drawn([bureau.other_station.pk], OCTOBER, seed=b"a") == []


# --- who sees what -------------------------------------------------------------------------------------------


def test_a_coordinator_sees_whom_to_ask_with_the_number_and_what_the_record_says(bureau, visit):
    html = page(bureau.carl)

    assert "张伟" in html
    assert "139 1234 5678" in html
    assert "visit by Alice," in html
    assert "2026-10-14 15:00" in html
    assert "About the school" in html


def test_at_most_two_of_a_unit_stand_there_and_the_same_for_everybody(bureau):
    contacts(bureau, 9)
    seen = [set(named(page(who))) for who in (bureau.carl, bureau.carol)]

    assert len(seen[0]) == 2
    assert seen[0] == seen[1]


def named(html: str) -> list[str]:
    return [f"陈{number}" for number in range(1, 10) if f"<b>陈{number}</b>" in html]


def test_a_county_sees_nothing_of_another(bureau, visit):
    other = contacts(bureau, 1, bureau.dan)[0].stakeholder
    carl, carol = page(bureau.carl), page(bureau.carol)

    assert other.name in carol
    assert other.name not in carl
    assert str(bureau.other_station) not in carl


def test_who_went_to_another_county_since_is_not_shown_to_the_one_they_left(bureau, visit):
    bureau.deputy.unit = bureau.other_station
    bureau.deputy.save()

    assert "张伟" not in page(bureau.carl)
    assert ask(bureau.carl, visit).status_code == 404
    assert "张伟" in page(bureau.carol)


def test_nobody_asks_about_their_own_unit_or_learns_who_was_drawn(bureau):
    (report,) = contacts(bureau, 1, bureau.lin)  # of the county itself, where Carl belongs
    carl = page(bureau.carl)

    assert "You belong to this unit." in carl
    assert "陈1" not in carl
    assert "outside the unit" in ask(bureau.carl, report).content.decode()
    assert not CallBack.objects.exists()
    assert "陈1" in page(bureau.carol)
    ask(bureau.carol, report)
    assert CallBack.objects.get().asked_by == bureau.carol


def test_who_leads_the_unit_as_well_is_not_outside_it(bureau, visit):
    factories.role(bureau.carl, "leader", bureau.station)

    assert "张伟" not in page(bureau.carl)
    ask(bureau.carl, visit)
    assert not CallBack.objects.exists()


def test_whoever_made_it_and_belongs_to_the_asker_s_unit_by_now_is_asked_about_by_somebody_else(
    bureau, visit
):
    bureau.alice.unit = bureau.county
    bureau.alice.save()
    html = page(bureau.carl)

    assert "Somebody else asks." in html
    assert "Note what they say" not in html
    ask(bureau.carl, visit)
    assert not CallBack.objects.exists()


def test_a_month_is_drawn_when_it_is_over(bureau):
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-17 09:00"))

    assert "张伟" not in page(bureau.carl, "2026-11")
    assert "was not drawn" in ask(bureau.carl, record).content.decode()
    assert not CallBack.objects.exists()
    with time_machine.travel(at("2026-12-01 09:00"), tick=False):
        assert "张伟" in sign_in(bureau.carl).get(LIST).content.decode()


@pytest.mark.parametrize("key", ["", "2026-13", "x", "1999-01", "2027-01"])
def test_a_month_that_is_not_on_offer_is_the_last_one(key):
    assert among(OCTOBER.back(6), key) == OCTOBER


def test_months_end_on_their_last_day():
    keys = [(month.key, month.last.day) for month in Month(dt.date(2028, 3, 1)).back(4)]

    assert keys == [("2028-03", 31), ("2028-02", 29), ("2028-01", 31), ("2027-12", 31)]


def test_more_to_ask_takes_no_more_questions(bureau, visit):
    def cost() -> int:
        client = sign_in(bureau.carol)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    contacts(bureau, 1)
    ask(bureau.carol, visit)
    before = cost()
    assert before <= 11
    for number in range(4):
        station = factories.unit(f"所{number}", bureau.county)
        first, *_others = contacts(bureau, 3, factories.officer(f"O{number}", station))
        ask(bureau.carol, first)

    assert cost() == before


def test_nobody_to_ask_is_said(bureau):
    assert "There is nobody to ask about this month." in page(bureau.carl)


# --- what people say -----------------------------------------------------------------------------------------


def test_what_they_said_is_kept_with_who_asked_and_when(bureau, visit):
    html = ask(bureau.carl, visit).content.decode()
    said, entry = CallBack.objects.get(), AuditEntry.objects.first()

    assert (said.record, said.happened, said.process, said.result) == (visit, "yes", "satisfied", "basically")
    assert (said.asked_by, said.asked_at, said.comment) == (
        bureau.carl,
        at("2026-11-18 10:30"),
        YES["comment"],
    )
    assert (entry.action, entry.officer, entry.reason) == ("call back", bureau.carl, YES["comment"])
    assert "Asked by Carl, 2026-11-18 10:30" in html
    assert "He came on time." in html
    assert "Note what they say" not in html


def test_the_same_form_twice_is_one_call_back(bureau, visit):
    ask(bureau.carl, visit)
    html = ask(bureau.carl, visit, happened="no").content.decode()

    assert "Somebody asked about this contact already." in html
    assert CallBack.objects.get().happened == "yes"


def test_the_database_keeps_one_for_each_record(bureau, visit):
    ask(bureau.carl, visit)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.create(
            record=visit, happened="no", process="not_said", result="not_said", asked_by=bureau.carol
        )


def test_the_database_keeps_no_satisfaction_with_what_did_not_take_place(bureau, visit):
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.create(
            record=visit, happened="no", process="satisfied", result="not_said", asked_by=bureau.carol
        )


def test_a_no_voids_nothing_and_asks_the_officer(bureau, visit):
    html = ask(bureau.carl, visit, happened="no").content.decode()
    visit.refresh_from_db()
    said = CallBack.objects.get()

    assert visit.is_live
    assert (said.process, said.result) == ("not_said", "not_said")
    assert "Ask Alice how it was" in html
    assert reverse("contacts:record-correct", args=[visit.pk]) in html


@pytest.mark.parametrize("missing", ["process", "result"])
def test_of_what_took_place_both_are_asked_and_nothing_typed_is_lost(bureau, visit, missing):
    html = ask(bureau.carl, visit, **{missing: ""}).content.decode()

    assert "Say how satisfied they are, or that they did not say." in html
    assert "He came on time." in html
    assert not CallBack.objects.exists()


def test_nobody_picks_whom_to_ask_about(bureau, settings):
    settings.CALL_BACKS_PER_UNIT = 1
    made = contacts(bureau, 5)
    chosen = drawn([bureau.station.pk], OCTOBER, seed=secret_seed())
    for record in made:
        ask(bureau.carl, record)

    assert list(CallBack.objects.values_list("record", flat=True)) == chosen


def test_what_was_said_follows_a_correction_and_stays_when_the_record_does_not_count(bureau, visit):
    ask(bureau.carl, visit, happened="no")
    corrected = correct_contact(visit, {"summary": "It was the day before."}, actor=Actor(bureau.alice))
    assert CallBack.objects.get().record == corrected
    assert "It was the day before." in page(bureau.carl)
    assert "already" in ask(bureau.carol, corrected).content.decode()

    void_contact(corrected, reason="Somebody else's.", actor=Actor(bureau.alice))
    html = page(bureau.carl)
    assert "no, says it did not take place" in html
    assert "Correct the record" not in html


def test_a_drawn_one_that_is_voided_makes_room_for_another(bureau, settings):
    settings.CALL_BACKS_PER_UNIT = 1
    made = contacts(bureau, 3)
    (first,) = drawn([bureau.station.pk], OCTOBER, seed=b"a")
    void_contact(ContactRecord.objects.get(pk=first), reason="Twice.", actor=Actor(bureau.alice))
    (second,) = drawn([bureau.station.pk], OCTOBER, seed=b"a")

    assert second in {record.pk for record in made} - {first}


@pytest.mark.parametrize("who", ["alice", "bob", "lin", "lea", "dan", "rita", "sue", "ann"])
def test_nobody_but_coordinators_asks(bureau, visit, who):
    assert ask(getattr(bureau, who), visit).status_code == 403
    assert not CallBack.objects.exists()
