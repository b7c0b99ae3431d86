"""Two people who were one all along: everything moves, one cycle remains, and all of it can be taken back."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts import duplicates, handling, merging
from contacts.answering import answer_feedback
from contacts.imports.finding import Finder
from contacts.merging import merge
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Distinct,
    Feedback,
    Handover,
    HandoverLine,
    ImportBatch,
    ImportRow,
    Merge,
    Officer,
    Pairing,
    RepairingRequest,
    ReportCopy,
    Stakeholder,
)
from contacts.unmerging import foresee, unmerge
from contacts.work_reports import delivering
from schedules.coverage import with_status
from schedules.models import Notice, NoticeLine, Obligation
from schedules.passes import run_schedule
from schedules.verify import verify
from tests import factories
from tests.base import AGAIN
from tests.contacts.imports import wuxi
from tests.dumps import differences, everything
from tests.factories import Bureau
from tests.schedules.scenes import at, owe

DAY = dt.date(2026, 11, 18)


@pytest.fixture
def twin(bureau: Bureau) -> Stakeholder:
    """The deputy once more, as the township's roster has him; Dan holds him there."""
    person = factories.stakeholder(
        "张伟", bureau.other_station, mobile="+8613912345678", email="w@zhang.example"
    )
    factories.seat(person, level="township")
    factories.pairing(bureau.dan, person, dt.date(2026, 3, 1))
    return person


@pytest.fixture
def join(bureau: Bureau, twin: Stakeholder) -> Any:
    """`join()` merges the twin into the deputy; Alice stays."""

    def join(**how: Any) -> Merge:
        how.setdefault("pairing", bureau.deputy.pairings.first())
        return merge(bureau.deputy, twin, actor=Actor(bureau.carol), day=DAY, **how)

    return join


def take_back(made: Merge, bureau: Bureau) -> Any:
    return unmerge(made, actor=Actor(bureau.carol), reason="two cousins")


def held(person: Stakeholder) -> list[tuple]:
    rows = person.pairings.order_by("started_on").values_list("officer__name", "started_on", "ended_on")
    return [(name, str(start), end and str(end)) for name, start, end in rows]


# --- what moves ----------------------------------------------------------------------------------------------


def test_renewed_appointments_move_together_and_go_back_together(bureau, twin, join):
    """The older of the twin's says what the deputy's says; as long as the renewal names it, both stay."""
    days = {"started_on": dt.date(2020, 1, 1), "ended_on": dt.date(2022, 12, 31)}
    factories.seat(bureau.deputy, "patrol_visitor", "", **days)
    before = factories.seat(twin, "patrol_visitor", "", **days)
    renewal = factories.seat(twin, "patrol_visitor", "", renews=before, started_on=dt.date(2023, 1, 1))
    made = join()

    assert set(bureau.deputy.seats.filter(kind="patrol_visitor", renews=None)) >= {before}
    assert bureau.deputy.seats.get(renews=before) == renewal
    take_back(made, bureau)
    assert set(Stakeholder.objects.get(pk=twin.pk).seats.filter(kind="patrol_visitor")) == {before, renewal}


def test_nobody_has_forgotten_a_table_that_points_to_people() -> None:
    """A new table moves by itself. Think whether a new key is enough, and add it here; RULES has those that need more."""
    found = {(relation.related_model._meta.label, relation.field.name) for relation in merging.relations()}
    assert found == {
        ("contacts.ContactPhone", "stakeholder"),
        ("contacts.Seat", "stakeholder"),
        ("contacts.Pairing", "stakeholder"),
        ("contacts.ContactRecord", "stakeholder"),
        ("contacts.Feedback", "stakeholder"),
        ("contacts.Signer", "stakeholder"),
        ("contacts.ImportRow", "stakeholder"),
        ("contacts.HandoverLine", "stakeholder"),
        ("contacts.RepairingRequest", "stakeholder"),
        ("contacts.ReportCopy", "stakeholder"),
        ("contacts.TurnoverLine", "stakeholder"),
        ("contacts.TurnoverLine", "other"),
        ("contacts.Distinct", "first"),
        ("contacts.Distinct", "second"),
    }


def test_everything_of_the_one_is_the_others_then(bureau, twin, join) -> None:
    record = factories.record(twin, bureau.dan, at("2026-11-03 09:00"))
    said = factories.feedback(twin, bureau.dan, DAY, record=record)
    other = factories.stakeholder("张伟", bureau.station)
    apart = duplicates.keep_apart(twin, other, actor=Actor(bureau.carol))

    join()

    deputy = Stakeholder.objects.get(pk=bureau.deputy.pk)
    assert {seat.level for seat in deputy.seats.all()} == {"district", "township"}
    assert [phone.e164 for phone in deputy.phones.all()] == ["+8613912345678"]
    for row in (record, said):
        row.refresh_from_db()
        assert row.stakeholder == deputy
    apart.refresh_from_db()
    assert (apart.first, apart.second) == (deputy, other)
    assert not Stakeholder.objects.filter(pk=twin.pk).exists()
    entry = AuditEntry.objects.get(action="merge people")
    assert entry.before["absorbed"]["number"] == twin.number
    assert (entry.officer, entry.after["officer"]) == (bureau.carol, bureau.alice.police_number)


def test_of_each_field_the_survivors_value_stays_or_the_only_one_or_the_one_that_was_chosen(
    bureau, twin, join
) -> None:
    Stakeholder.objects.filter(pk=twin.pk).update(
        employer="村委会", street="宜城街道", birth_year=1965, birth_month=3
    )
    Stakeholder.objects.filter(pk=bureau.deputy.pk).update(birth_year=1965)

    join(keep={"street": "absorbed"})

    deputy = Stakeholder.objects.get(pk=bureau.deputy.pk)
    assert (deputy.employer, deputy.street) == ("澄江中学校长", "宜城街道")
    assert (deputy.email, deputy.birth) == ("w@zhang.example", "1965-03")


def test_two_seats_that_say_the_same_are_one(bureau, twin, join) -> None:
    factories.seat(twin)
    join()
    assert sorted(bureau.deputy.seats.values_list("level", flat=True)) == ["district", "township"]


def hand_over(giver: Any, day: dt.date, *lines: tuple[Stakeholder, Any]) -> Handover:
    made = Handover.objects.create(
        officer=giver, unit=giver.unit, on=day, reason="moves", made_at=at(f"{day} 08:00")
    )
    for person, successor in lines:
        HandoverLine.objects.create(handover=made, stakeholder=person, successor=successor)
    return made


def test_in_one_hand_over_of_both_the_survivors_successor_stands_and_the_other_reads_nothing_of_it(
    bureau, twin, join
) -> None:
    first = hand_over(bureau.lin, DAY, (bureau.deputy, bureau.alice), (twin, bureau.dan))
    hand_over(bureau.lin, DAY, (twin, bureau.dan))
    run_schedule(at("2026-11-18 09:00"))

    made = join()

    assert sorted(HandoverLine.objects.values_list("stakeholder", "successor")) == [
        (bureau.deputy.pk, bureau.alice.pk),
        (bureau.deputy.pk, bureau.dan.pk),
    ]
    told = NoticeLine.objects.told().filter(handover=first)
    assert {line.recipient for line in told} == {bureau.lin, bureau.alice}
    take_back(made, bureau)
    assert {line.recipient for line in told.all()} == {bureau.lin, bureau.alice, bureau.dan}


def test_of_two_requests_for_another_officer_one_waits_on(bureau, twin, join) -> None:
    for person in (bureau.deputy, twin):
        RepairingRequest.objects.create(stakeholder=person)
    RepairingRequest.objects.create(stakeholder=twin, decided_at=timezone.now(), outcome="declined")
    made = join()
    assert list(RepairingRequest.objects.values_list("stakeholder", flat=True)) == [bureau.deputy.pk] * 2
    take_back(made, bureau)
    assert RepairingRequest.objects.filter(stakeholder=twin).count() == 2


# --- pairings ------------------------------------------------------------------------------------------------


def test_if_both_have_an_officer_somebody_must_say_who_stays(join) -> None:
    with pytest.raises(ValidationError, match="Say which pairing stays"):
        join(pairing=None)


def test_one_officer_who_holds_both_goes_on_holding_the_one(bureau, twin, join) -> None:
    twin.pairings.update(officer=bureau.alice, unit=bureau.station)
    join(pairing=None)
    assert held(bureau.deputy) == [("Alice", "2026-01-01", None)]


def test_the_survivors_pairing_stays_and_the_others_days_that_clash_with_it_go(bureau, twin, join) -> None:
    factories.pairing(bureau.bob, twin, dt.date(2025, 6, 1), ended_on=dt.date(2026, 2, 1))
    join()
    assert held(bureau.deputy) == [("Bob", "2025-06-01", "2025-12-31"), ("Alice", "2026-01-01", None)]


def test_the_others_pairing_stays_from_the_day_on_and_the_survivors_ends_on_the_day_before(
    bureau, twin, join
) -> None:
    join(pairing=twin.pairings.get(), reason="lives there")
    assert held(bureau.deputy) == [("Alice", "2026-01-01", "2026-11-17"), ("Dan", "2026-11-18", None)]
    assert bureau.deputy.pairings.get(officer=bureau.alice).end_reason == "lives there"
    bureau.deputy.refresh_from_db()
    assert bureau.deputy.unit == bureau.other_station


def test_a_pairing_of_which_not_one_day_was_held_goes(bureau, twin, join) -> None:
    bureau.deputy.pairings.update(started_on=DAY)
    join(pairing=twin.pairings.get())
    assert held(bureau.deputy) == [("Dan", "2026-03-01", None)]


def test_whoever_held_the_absorbed_stands_on_the_days_on_which_nobody_held_the_survivor(
    bureau, twin, join
) -> None:
    bureau.deputy.pairings.update(started_on=dt.date(2026, 9, 1))
    factories.pairing(bureau.bob, bureau.deputy, dt.date(2026, 5, 1), ended_on=dt.date(2026, 5, 31))
    join()
    assert held(bureau.deputy) == [
        ("Dan", "2026-03-01", "2026-04-30"),
        ("Bob", "2026-05-01", "2026-05-31"),
        ("Dan", "2026-06-01", "2026-08-31"),
        ("Alice", "2026-09-01", None),
    ]


def test_a_pairing_that_ended_meanwhile_can_not_be_the_one_that_stays(bureau, join) -> None:
    stale = bureau.deputy.pairings.get()
    bureau.deputy.pairings.update(ended_on=DAY - dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="ended meanwhile"):
        join(pairing=stale)


# --- what is owed --------------------------------------------------------------------------------------------


def test_one_call_is_owed_where_two_were_in_closed_months_too(bureau, twin, join) -> None:
    run_schedule(at("2026-10-05 09:00"))
    run_schedule(at("2026-11-17 09:00"))
    calls = Obligation.objects.live().filter(policy__code="call", period_key__in=["2026-10", "2026-11"])
    assert calls.count() == 4

    join()
    run_schedule(at("2026-11-18 09:00"))

    assert sorted(calls.values_list("stakeholder", "period_key")) == [
        (bureau.deputy.pk, "2026-10"),
        (bureau.deputy.pk, "2026-11"),
    ]
    assert verify(at("2026-11-18 09:00")).violations == []


@pytest.mark.parametrize(
    ("own", "others", "stays"),
    [
        ({}, {}, "own"),
        ({"withdrawn_at": at("2026-11-02 09:00")}, {}, "others"),
        ({"waived_at": at("2026-11-02 09:00"), "waive_reason": "ill"}, {}, "others"),
        ({}, {"waived_at": at("2026-11-02 09:00"), "waive_reason": "a double"}, "own"),
        (
            {"withdrawn_at": at("2026-11-02 09:00")},
            {"waived_at": at("2026-11-02 09:00"), "waive_reason": "ill"},
            "others",
        ),
    ],
)
def test_of_two_that_are_owed_the_one_stays_that_binds_more(bureau, twin, join, own, others, stays) -> None:
    both = {"own": owe(bureau.deputy, **own), "others": owe(twin, **others)}
    join()
    assert list(Obligation.objects.values_list("pk", "stakeholder")) == [(both[stays].pk, bureau.deputy.pk)]


def told(owed: Obligation, officer: Any, stage: str, when: str) -> NoticeLine:
    notice, _new = Notice.objects.get_or_create(officer=officer, send_on=at(when).date())
    return NoticeLine.objects.create(
        notice=notice, recipient=officer, obligation=owed, stage=stage, created_at=at(when)
    )


def test_what_was_told_moves_each_stage_to_each_officer_once_and_nothing_twice_in_one_message(
    bureau, twin, join
) -> None:
    own, others = owe(bureau.deputy), owe(twin)
    told(own, bureau.alice, "planned", "2026-11-10 09:00")
    told(others, bureau.alice, "due_soon", "2026-11-10 09:00")
    told(others, bureau.alice, "planned", "2026-11-09 09:00")
    moved = told(others, bureau.dan, "planned", "2026-11-10 09:00")

    join()

    assert NoticeLine.objects.count() == 2
    moved.refresh_from_db()
    assert moved.obligation == own


def test_what_was_told_after_the_other_had_been_called_is_needed_no_more(bureau, twin, join) -> None:
    line = told(owe(bureau.deputy), bureau.alice, "planned", "2026-11-10 09:00")
    factories.record(twin, bureau.dan, at("2026-11-05 09:00"))

    made = join()

    line.refresh_from_db()
    assert line.state == NoticeLine.State.CANCELLED
    assert verify(at("2026-11-18 09:00")).counts["told_nothing_of_what_was_settled"] == 0
    take_back(made, bureau)
    line.refresh_from_db()
    assert line.state == NoticeLine.State.TOLD


def test_a_contact_with_either_meets_what_is_owed(bureau, twin, join) -> None:
    owed = owe(bureau.deputy)
    factories.record(twin, bureau.dan, at("2026-11-05 09:00"))
    join()
    found = with_status(Obligation.objects.all(), at("2026-11-18 10:00")).get(pk=owed.pk)
    assert (found.state, found.responsible_officer_id) == ("met", bureau.alice.pk)


# --- where the number leads ----------------------------------------------------------------------------------


def test_the_absorbed_number_leads_to_the_survivor_through_every_door(bureau, twin, join) -> None:
    join()
    bureau.deputy.refresh_from_db()
    assert list(Stakeholder.objects.search(twin.number)) == [bureau.deputy]
    assert Finder([twin.number], wuxi.context(bureau.carol)).find(twin.number) == [bureau.deputy]


def test_a_number_leads_through_a_chain_of_merges(bureau, twin, join) -> None:
    join()
    third = factories.stakeholder("张伟", bureau.station)
    merge(third, bureau.deputy, actor=Actor(bureau.carol), day=DAY)
    assert Merge.objects.successors([twin.pk, bureau.deputy.pk, third.pk]) == {
        twin.pk: third.pk,
        bureau.deputy.pk: third.pk,
    }


def test_what_files_said_of_the_absorbed_is_found_under_the_survivor(bureau, twin, join) -> None:
    batch = ImportBatch.objects.create(file_name="x", kind="contacts", pairings_from=DAY)
    rows = [
        ImportRow.objects.create(
            batch=batch,
            number=number,
            outcome="created",
            stakeholder=person,
            values={},
            key=f"{kind}:{person.pk}:{rest}",
        )
        for number, (person, kind, rest) in enumerate(
            [
                (bureau.deputy, "record", "100001:c:1700000000:0"),
                (twin, "record", "100001:c:1700000000:0"),
                (twin, "record", "100001:c:1700000000:1"),
                (twin, "pairing", "100001:20260301"),
            ]
        )
    ]
    join()
    assert [ImportRow.objects.get(pk=row.pk).key for row in rows] == [
        f"record:{bureau.deputy.pk}:100001:c:1700000000:0",
        f"record:{bureau.deputy.pk}:100001:c:1700000000:1",
        f"record:{bureau.deputy.pk}:100001:c:1700000000:2",
        f"pairing:{bureau.deputy.pk}:100001:20260301",
    ]


# --- refused -------------------------------------------------------------------------------------------------


def test_a_merge_of_somebody_who_is_gone_is_refused_and_says_so(bureau, twin, join) -> None:
    join()
    with pytest.raises(ValidationError, match="merged one of the two meanwhile"):
        merge(twin, bureau.deputy, actor=Actor(bureau.carol), day=DAY)
    assert Merge.objects.count() == 1


def test_two_of_whom_somebody_said_that_they_are_not_the_same_are_not_merged(bureau, twin, join) -> None:
    apart = duplicates.keep_apart(bureau.deputy, twin, actor=Actor(bureau.carl))
    with pytest.raises(ValidationError, match="not the same"):
        join()
    duplicates.ask_again(apart, actor=Actor(bureau.carl))
    join()


def test_deciding_twice_that_two_are_not_the_same_decides_once(bureau, twin) -> None:
    for pair in ((bureau.deputy, twin), (twin, bureau.deputy)):
        duplicates.keep_apart(*pair, actor=Actor(bureau.carol))
    assert Distinct.objects.count() == 1
    assert AuditEntry.objects.filter(action="keep people apart").count() == 1


# --- taken back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["deputy", "twin"])
def test_taken_back_everything_is_as_it_was(bureau, twin, join, side) -> None:
    factories.seat(twin)
    factories.record(twin, bureau.dan, at("2026-11-03 09:00"))
    factories.pairing(bureau.bob, twin, dt.date(2025, 6, 1), ended_on=dt.date(2026, 2, 1))
    run_schedule(at("2026-11-17 09:00"))
    before = everything()

    made = join(pairing={"deputy": bureau.deputy, "twin": twin}[side].pairings.get(ended_on=None))
    assert foresee(made).lines == []
    assert not Stakeholder.objects.filter(pk=twin.pk).exists()
    found = take_back(made, bureau)

    assert differences(before, everything()) == {}
    assert (found.lines, found.contacts, found.feedback) == ([], 0, 0)
    assert AuditEntry.objects.get(action="unmerge people").reason == "two cousins"


def test_a_merge_is_taken_back_once(bureau, join) -> None:
    made = join()
    take_back(made, bureau)
    with pytest.raises(ValidationError, match="already"):
        take_back(made, bureau)


def test_merges_of_one_person_are_taken_back_in_reverse_order(bureau, twin, join) -> None:
    first = join()
    third = factories.stakeholder("张伟", bureau.station)
    last = merge(third, bureau.deputy, actor=Actor(bureau.carol), day=DAY)
    with pytest.raises(ValidationError, match="Take that back first"):
        take_back(first, bureau)
    take_back(last, bureau)
    take_back(first, bureau)
    assert Stakeholder.objects.filter(pk=twin.pk).exists()


def in_hand(copy: ReportCopy, by: Officer) -> ContactRecord:
    """Handed over in November."""
    record = factories.record(copy.stakeholder, by, at("2026-11-16 09:00"), kind="report")
    return delivering.deliver(copy, record, method="post", actor=Actor(by))[0].record


@pytest.fixture
def two_copies(bureau, twin, time_machine) -> dict[Stakeholder, ReportCopy]:
    """Both units have issued their report."""
    time_machine.move_to(at("2026-11-12 09:00"))
    for unit in (bureau.station, bureau.other_station):
        factories.work_report(bureau, "issued", unit)
    return {copy.stakeholder: copy for copy in ReportCopy.objects.select_related("stakeholder", "report")}


@pytest.mark.parametrize("handed_over", ["neither", "survivor", "absorbed", "both"])
def test_of_two_copies_of_a_half_year_the_one_that_was_handed_over_stays(
    bureau, twin, join, two_copies, handed_over
) -> None:
    for side, person, officer in (("survivor", bureau.deputy, bureau.alice), ("absorbed", twin, bureau.dan)):
        if handed_over in {side, "both"}:
            in_hand(two_copies[person], officer)
    before = everything()

    made = join()

    copy = ReportCopy.objects.get()
    assert copy.stakeholder == bureau.deputy
    assert copy == two_copies[twin if handed_over == "absorbed" else bureau.deputy]
    assert copy.deliveries.count() == {"neither": 0, "both": 2}.get(handed_over, 1)

    take_back(made, bureau)
    assert not differences(before, everything())


def test_a_copy_stays_with_the_contact_in_which_it_was_handed_over_since(
    bureau, twin, join, two_copies
) -> None:
    two_copies[bureau.deputy].delete()
    made = join()
    in_hand(ReportCopy.objects.select_related("report", "stakeholder").get(), bureau.alice)

    found = take_back(made, bureau)

    assert ReportCopy.objects.get().stakeholder == bureau.deputy
    assert {line.model for line in found.lines} == {"contacts.reportcopy"}
    assert verify(timezone.now()).counts["deliveries_are_contacts_with_their_person"] == 0


def test_a_contact_stays_with_the_copy_that_it_was_named_for_since(bureau, twin, join, two_copies) -> None:
    two_copies[twin].delete()
    said = factories.record(twin, bureau.dan, at("2026-11-16 09:00"), kind="report")
    made = join()
    said.refresh_from_db()
    delivering.deliver(two_copies[bureau.deputy], said, method="post", actor=Actor(bureau.alice))

    take_back(made, bureau)

    said.refresh_from_db()
    assert said.stakeholder == bureau.deputy
    assert verify(timezone.now()).counts["deliveries_are_contacts_with_their_person"] == 0


def test_what_came_since_stays_and_corrections_follow_what_they_correct(bureau, twin, join) -> None:
    old = factories.record(twin, bureau.dan, at("2026-11-03 09:00"))
    made = join()
    old.refresh_from_db()
    corrected = handling.correct_contact(old, {"summary": "A bridge."}, actor=Actor(bureau.dan))
    new = factories.record(bureau.deputy, bureau.alice, timezone.now())

    found = take_back(made, bureau)

    for record in (old, corrected, new):
        record.refresh_from_db()
    assert (old.stakeholder, corrected.stakeholder, new.stakeholder) == (twin, twin, bureau.deputy)
    assert found.contacts == 1
    assert verify(timezone.now()).counts["corrections_name_what_they_correct"] == 0


def test_an_opinion_stays_with_the_contact_in_which_it_was_answered_since(bureau, twin, join) -> None:
    said = factories.feedback(twin, bureau.dan, dt.date(2026, 11, 3))
    made = join()
    call = factories.record(bureau.deputy, bureau.alice, timezone.now())
    said.refresh_from_db()
    answer_feedback(said, answer="Done.", result="solved", record=call, actor=Actor(bureau.alice))

    found = take_back(made, bureau)

    said.refresh_from_db()
    assert said.stakeholder == bureau.deputy
    assert [(line.model, line.object_id) for line in found.lines] == [("contacts.feedback", said.pk)]
    assert verify(timezone.now()).counts["answered_means_told"] == 0


def test_a_contact_in_which_the_survivors_opinion_was_answered_stays_with_its_corrections(
    bureau, twin, join
) -> None:
    call = factories.record(twin, bureau.dan, at("2026-11-03 09:00"))
    said = factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2))
    made = join()
    call.refresh_from_db()
    answer_feedback(said, answer="Done.", result="solved", record=call, actor=Actor(bureau.alice))
    handling.correct_contact(call, {"summary": "The light."}, actor=Actor(bureau.dan))

    take_back(made, bureau)

    assert set(ContactRecord.objects.values_list("stakeholder", flat=True)) == {bureau.deputy.pk}
    counts = verify(timezone.now()).counts
    assert (counts["answered_means_told"], counts["corrections_name_what_they_correct"]) == (0, 0)


def test_pairings_that_were_changed_since_stay_and_it_says_so(bureau, twin, join) -> None:
    made = join(pairing=twin.pairings.get())
    handling.pair(
        bureau.deputy, bureau.bob, on=DAY + dt.timedelta(days=1), actor=Actor(bureau.carol), reason="moved"
    )

    found = take_back(made, bureau)

    assert {line.model for line in found.lines} == {"contacts.pairing"}
    assert [name for name, _start, _end in held(bureau.deputy)] == ["Alice", "Dan", "Bob"]
    assert held(Stakeholder.objects.get(pk=twin.pk)) == []
    counts = verify(timezone.now()).counts
    assert (counts["pairings_do_not_overlap"], counts["unit_in_charge_follows_the_pairing"]) == (0, 0)


def test_a_pairing_does_not_return_to_an_officer_who_has_left(bureau, twin, join) -> None:
    made = join()
    bureau.dan.is_active = False
    bureau.dan.save()

    take_back(made, bureau)

    assert held(Stakeholder.objects.get(pk=twin.pk)) == []
    assert verify(timezone.now()).counts["no_open_pairing_with_an_inactive_officer"] == 0


def test_nobody_returns_to_a_unit_that_was_closed_since(bureau, twin, join) -> None:
    twin.pairings.all().delete()
    made = join()
    Officer.objects.filter(unit=bureau.other_station).update(unit=bureau.other_county)
    bureau.other_station.closed_on = dt.date(2026, 11, 20)
    bureau.other_station.save()

    take_back(made, bureau)

    assert Stakeholder.objects.get(pk=twin.pk).unit == bureau.other_county
    assert verify(timezone.now()).counts["closed_units_are_empty"] == 0


def test_a_field_that_was_edited_since_stays_and_it_says_which(bureau, twin, join) -> None:
    made = join()
    Stakeholder.objects.filter(pk=bureau.deputy.pk).update(email="new@zhang.example")

    found = foresee(made)

    assert [line.obstacle for line in found.lines] == [{"email": ["w@zhang.example", "new@zhang.example"]}]


# --- any two people ------------------------------------------------------------------------------------------

days = st.integers(0, 330).map(lambda number: dt.date(2026, 1, 1) + dt.timedelta(days=number))


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    """What one of two people has behind them."""
    bounds = sorted(draw(st.sets(days, max_size=5)))
    spans = list(zip(bounds[::2], bounds[1::2], strict=False))
    return {
        "fields": draw(st.fixed_dictionaries({"employer": st.sampled_from(["", "A", "B"]), "sex": st.sampled_from(["", "m"])})),
        "seats": draw(st.lists(st.sampled_from(["district", "township"]), max_size=3)),
        "phones": draw(st.sets(st.integers(0, 3), max_size=3)),
        "spans": spans,
        "open": bounds[-1] if len(bounds) % 2 else None,
        "contacts": draw(st.lists(days, max_size=4)),
        "owed": draw(st.sets(st.sampled_from(["2026-09", "2026-10", "2026-11", "2026-12"]))),
        "waived": draw(st.booleans()),
        "apart": draw(st.booleans()),
    }  # fmt: skip


def make(life: dict[str, Any], bureau: Bureau, officer: Any, other: Stakeholder) -> Stakeholder:
    person = factories.stakeholder("李强", officer.unit, **life["fields"])
    for level in life["seats"]:
        factories.seat(person, level=level)
    for position, number in enumerate(sorted(life["phones"])):
        person.phones.create(e164=f"+861391234560{number}", kind="mobile", position=position)
    for start, end in life["spans"]:
        factories.pairing(officer, person, start, ended_on=end)
    if life["open"]:
        factories.pairing(officer, person, life["open"])
    for day in life["contacts"]:
        record = factories.record(person, officer, at(f"{day} 09:00"))
        factories.feedback(person, officer, day, record=record)
    waiver = {"waived_at": at("2026-09-01 09:00"), "waive_reason": "ill"} if life["waived"] else {}
    for key in sorted(life["owed"]):
        told(owe(person, key, **waiver), officer, "planned", f"{key}-03 09:00")
    if life["apart"]:
        duplicates.keep_apart(person, other, actor=Actor(bureau.carol))
    return person


class AnyTwoPeople(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.bureau = factories.small_bureau()

    @settings(max_examples=10 if AGAIN else 25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        one=lives(), two=lives(), same_officer=st.booleans(), kept=st.integers(0, 1), side=st.integers(0, 1)
    )
    def test_merged_and_taken_back_are_as_they_were(self, one, two, same_officer, kept, side) -> None:
        bureau = self.bureau
        officers = [bureau.alice, bureau.alice if same_officer else bureau.dan]
        people = [
            make(life, bureau, officer, bureau.deputy)
            for life, officer in zip([one, two], officers, strict=True)
        ]
        before = everything()
        current = [merging.current_pairings(person, DAY) for person in people]
        made = merge(
            people[kept], people[1 - kept], pairing=current[side][0] if all(current) else None,
            actor=Actor(bureau.carol), day=DAY,
        )  # fmt: skip

        counts = verify(at("2026-12-31 12:00")).counts
        assert not {name for name, number in counts.items() if number}
        assert Pairing.objects.filter(stakeholder=people[kept], ended_on=None).count() <= 1

        found = unmerge(made, actor=Actor(bureau.carol), reason="no")

        assert found.lines == []
        assert differences(before, everything()) == {}
        assert not Feedback.objects.exclude(stakeholder__in=[*people, bureau.deputy]).exists()
