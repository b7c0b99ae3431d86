"""The database notes whose facts change, however they are written; a pass looks at these people and at nobody else."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import handling
from contacts.models import Actor, ContactRecord, Pairing, Seat
from schedules import handling as deeds
from schedules import passes, planning
from schedules.models import ChangedFacts, DayOverride, Obligation, PassState
from schedules.slots import open_slots
from schedules.workdays import Workdays
from tests import factories
from tests.schedules.scenes import at, day

NOON = at("2026-11-11 12:00")


@pytest.fixture
def planned(bureau):
    passes.run_schedule(NOON)
    assert not ChangedFacts.objects.exists()
    return bureau


def noted() -> set[int]:
    return set(ChangedFacts.objects.values_list("person", flat=True))


def a_pairing_ends(bureau):
    bureau.deputy.pairings.update(ended_on=day("2026-11-20"))


def a_pairing_is_given_to_another_officer(bureau):
    bureau.deputy.pairings.update(officer=bureau.bob)


def pairings_come_in_bulk(bureau):
    start, end = day("2020-01-01"), day("2020-02-01")
    row = {"stakeholder": bureau.deputy, "officer": bureau.alice, "unit": bureau.station}
    Pairing.objects.bulk_create([Pairing(**row, started_on=start, ended_on=end)])


def a_pairing_is_deleted(bureau):
    bureau.deputy.pairings.all().delete()


def a_seat_comes(bureau):
    factories.seat(bureau.deputy, "cppcc_member", "city")


def a_term_is_corrected(bureau):
    Seat.objects.filter(stakeholder=bureau.deputy).update(ended_on=day("2026-12-31"))


def somebody_writes_sql(bureau):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contacts_seat WHERE stakeholder_id = %s", [bureau.deputy.pk])


@pytest.mark.parametrize(
    "change",
    [
        a_pairing_ends, a_pairing_is_given_to_another_officer, pairings_come_in_bulk, a_pairing_is_deleted,
        a_seat_comes, a_term_is_corrected, somebody_writes_sql,
    ],
)  # fmt: skip
def test_whoever_writes_need_not_say_so(planned, change):
    change(planned)
    assert noted() == {planned.deputy.pk}

    passes.run_schedule(NOON)
    assert noted() == set()


def test_what_moves_from_one_person_to_another_is_noted_of_both(planned):
    other = factories.stakeholder("李娜", planned.station)
    planned.deputy.pairings.update(stakeholder=other)
    assert noted() == {planned.deputy.pk, other.pk}


def test_saving_the_same_again_notes_nothing(planned):
    planned.deputy.pairings.get().save()
    planned.deputy.seats.get().save()
    assert noted() == set()


def test_a_contact_changes_what_is_planned_only_when_it_is_taken_back(planned):
    record = factories.record(planned.deputy, planned.alice, at("2026-11-11 10:00"))
    assert noted() == set()
    ContactRecord.objects.filter(pk=record.pk).update(summary="told me about the lamps")
    assert noted() == set()

    handling.void_contact(record, reason="The wrong person.", actor=Actor(planned.alice))
    assert noted() == {planned.deputy.pk}


def test_a_waiver_and_its_end_are_noted(planned):
    call, carol = Obligation.objects.first(), Actor(planned.carol)
    deeds.waive(call, reason="in hospital", actor=carol, now=NOON)
    passes.run_schedule(NOON)
    deeds.unwaive(call, actor=carol, now=NOON)
    assert noted() == {planned.deputy.pk}


def test_what_is_noted_while_a_pass_runs_is_there_for_the_next(planned, monkeypatch):
    a_pairing_ends(planned)
    late = factories.stakeholder("李娜", planned.station)
    monkeypatch.setattr(planning, "follow_pairings", lambda day: factories.pairing(planned.alice, late))
    passes.run_schedule(NOON)
    assert noted() == {late.pk}


def test_only_whose_facts_changed_is_looked_at(planned, monkeypatch):
    for number in range(5):
        person = factories.stakeholder(f"代表{number}", planned.station)
        factories.seat(person, "npc_deputy", "city")
        factories.pairing(planned.alice, person)
    passes.run_schedule(NOON)
    looked_at: list[int] = []
    reckon = planning.Planner._difference

    def watched(self, slot, owed, standing):
        looked_at.extend(owed)
        return reckon(self, slot, owed, standing)

    monkeypatch.setattr(planning.Planner, "_difference", watched)
    a_term_is_corrected(planned)
    passes.run_schedule(NOON)
    assert set(looked_at) == {planned.deputy.pk}


def test_the_new_one_takes_the_lightest_day_of_all_that_the_officer_has(planned):
    people = [factories.stakeholder(f"代表{number:02}", planned.station) for number in range(13)]
    for person in people:
        factories.seat(person, "npc_deputy", "city")
    for person in people[:-1]:
        factories.pairing(planned.alice, person)
    passes.run_schedule(NOON)  # thirteen calls on the fourteen working days that are left
    calls = Obligation.objects.filter(period_key="2026-11", policy__code="call")
    taken = set(calls.values_list("planned_on", flat=True))
    left = set(Workdays().between(day("2026-11-11"), day("2026-11-30")))

    factories.pairing(planned.alice, people[-1])
    passes.run_schedule(NOON)
    assert {calls.get(stakeholder=people[-1]).planned_on} == left - taken


@pytest.mark.parametrize("many", [2, 2000])
def test_few_changes_or_many_whom_they_concern_is_read_from_the_notes_only_once(planned, monkeypatch, many):
    """PostgreSQL took the notes of a whole roster for a handful, and went through them for each seat of each person."""
    people = [factories.stakeholder(f"P{number}", planned.station) for number in range(5)]
    for person in people:
        factories.seat(person)
        factories.pairing(planned.alice, person)
    monkeypatch.setattr(planning, "AT_ONCE", many)
    with CaptureQueriesContext(connection) as asked:
        passes.run_schedule(NOON)
    notes = [query["sql"] for query in asked if f'FROM "{ChangedFacts._meta.db_table}"' in query["sql"]]
    assert len([sql for sql in notes if sql.startswith("SELECT")]) == 1
    assert all(sql.startswith(("SELECT", "DELETE")) for sql in notes)
    assert not noted()
    assert Obligation.objects.filter(period_key="2026-11", stakeholder__in=people).count() == 5


@pytest.mark.parametrize("dropped", ["contacts_pairing_noted_update", "contacts_seat_noted_insert"])
def test_a_trigger_that_a_migration_dropped_is_put_in_place_by_the_next(planned, dropped):
    from schedules.changes import watch

    table = dropped.split("_noted_")[0]
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TRIGGER {dropped}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
        )
    watch()
    a_term_is_corrected(planned)
    a_pairing_ends(planned)
    a_seat_comes(planned)
    assert ChangedFacts.objects.count() == 3


def test_a_day_off_concerns_the_periods_it_lies_in_and_no_other(planned):
    state = PassState.objects.get()
    DayOverride.objects.create(day=day("2026-12-30"), is_working=False)
    marks = {slot.period.key: slot.mark(Workdays.load()) for slot in open_slots(state, NOON.date())}
    changed = {
        slot.period.key
        for slot in open_slots(state, NOON.date())
        if state.slots[slot.name] != marks[slot.period.key]
    }
    assert changed == {"2026-12", "2026-Q4", "2026-H2"}


def test_a_pass_with_nothing_to_do_asks_a_handful_of_questions(planned, django_assert_max_num_queries):
    passes.run_schedule(NOON + dt.timedelta(minutes=1))
    with django_assert_max_num_queries(26):
        passes.run_schedule(NOON + dt.timedelta(minutes=2))
