"""`verify` finds nothing where the rules are kept, and each breach by its name."""

import datetime as dt
import io
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from contacts import handling
from contacts.models import (
    Actor,
    ContactRecord,
    Feedback,
    Handover,
    Officer,
    Pairing,
    Rating,
    ReportCopy,
    ReportDelivery,
    ReportMeeting,
    ReportVersion,
    Seat,
    Signer,
    Stakeholder,
    Telling,
    Unit,
    UnitPast,
    UnitRole,
    WorkReport,
)
from schedules import coverage
from schedules.digests.figures import reckon
from schedules.digests.public import public_figures
from schedules.digests.scope import Scope
from schedules.models import (
    BehindReport,
    ChangedFacts,
    Delivery,
    Digest,
    DigestLists,
    Explanation,
    Leave,
    Notice,
    NoticeLine,
    Obligation,
    PassState,
    PeriodClosing,
    PolicyVersion,
    PublicEdition,
)
from schedules.passes import run_schedule
from schedules.verify import CHECKS, verify
from tests import factories
from tests.schedules.scenes import at, day

ROBOT = Actor.command("test")
NOW = at("2026-12-01 09:00")


@pytest.fixture(scope="module")
def history(django_db_setup: None, django_db_blocker: Any) -> Iterator[factories.Bureau]:
    """Passes on six days around the end of November; of three people one was called, one was handed over."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield live_through(factories.small_bureau())
        transaction.set_rollback(True)


@pytest.fixture
def kept(history, db):
    """The same, for one test to break."""
    return history


def live_through(bureau: factories.Bureau) -> factories.Bureau:
    for name, holder in [("李娜", bureau.alice), ("王芳", bureau.dan)]:
        person = factories.stakeholder(
            name, bureau.station if holder is bureau.alice else bureau.other_station
        )
        factories.seat(person)
        factories.pairing(holder, person)
    for date in ("2026-11-12", "2026-11-13", "2026-11-23"):
        run_schedule(at(f"{date} 09:00"))
    factories.record(bureau.deputy, bureau.alice, at("2026-11-24 10:00"))
    handling.pair(
        Stakeholder.objects.get(name="李娜"), bureau.bob, on=day("2026-11-25"), actor=ROBOT, reason="moved"
    )
    for date in ("2026-11-25", "2026-11-30", "2026-12-01"):
        run_schedule(at(f"{date} 09:00"))
    return bureau


def broken() -> set[str]:
    return {violation.check for violation in verify(NOW).violations}


def test_it_finds_nothing_where_passes_did_their_work(kept):
    report = verify(NOW)
    assert report.violations == []
    assert set(report.counts.values()) == {0}
    assert NoticeLine.objects.filter(stage="missed").exists()  # there was something to look at
    assert Delivery.objects.filter(state="sent").exists()


def test_it_changes_nothing(kept):
    before = (
        list(Obligation.objects.values()),
        list(NoticeLine.objects.values()),
        list(PassState.objects.values()),
    )
    verify(NOW)
    assert before == (
        list(Obligation.objects.values()),
        list(NoticeLine.objects.values()),
        list(PassState.objects.values()),
    )


def test_a_renewal_on_the_day_after_is_no_breach(kept):
    renewed()
    run_schedule(NOW)
    assert verify(NOW).violations == []


# --- what somebody with a console could do -------------------------------------------------------------------


def contact_on_another_day():
    ContactRecord.objects.update(occurred_on=day("2026-11-23"))


def wrong_span():
    Obligation.objects.filter(period_key="2027-03").update(period_end=day("2027-04-02"))


def version_of_another_policy():
    visit = PolicyVersion.objects.get(kind="visit")
    Obligation.objects.filter(period_key="2027-03").update(version=visit)


def version_not_in_force():
    version = PolicyVersion.objects.get(kind="call")
    old = PolicyVersion.objects.create(
        policy=version.policy,
        starts_on=day("2020-01-01"),
        kind="call",
        cadence="month",
        seat_kinds=version.seat_kinds,
        minimum_days=10,
        stages=version.stages,
    )
    replan()
    Obligation.objects.filter(period_key="2027-03").update(version=version)
    assert Obligation.objects.filter(version=old).exists()


def replan():
    run_schedule(NOW + dt.timedelta(minutes=1))


def overlapping_pairings():
    Pairing.objects.filter(ended_on__isnull=False).update(ended_on=day("2026-11-28"))


def another_unit_in_charge():
    Stakeholder.objects.filter(name="王芳").update(unit=Stakeholder.objects.get(name="张伟").unit)


def switched_off():
    Officer.objects.filter(name="Dan").update(is_active=False)


def handed_over_in_silence():
    carl = Officer.objects.get(name="Carl")
    made = factories.handover(carl, {Stakeholder.objects.get(name="王芳"): carl}, day("2026-11-30"))
    Handover.objects.filter(pk=made.pk).update(made_at=at("2026-11-30 08:00"))


def behind_in_silence():
    NoticeLine.objects.filter(behind__isnull=False, recipient__name="Bob").delete()


def behind_told_to_another():
    Notice.objects.filter(officer__name="Bob").update(officer=Officer.objects.get(name="Carol"))
    lines = NoticeLine.objects.filter(behind__isnull=False, recipient__name="Bob")
    lines.update(recipient=Officer.objects.get(name="Carol"))


def report_of_another_week():
    BehindReport.objects.filter(unit__parent=None, week_key="2026-W49").update(week_key="2026-W40")


def explained_too_early():
    Explanation.objects.create(
        obligation=Obligation.objects.get(stakeholder__name="王芳", period_key="2026-11"),
        officer=Officer.objects.get(name="Dan"),
        reason="away",
        given_at=at("2026-10-30 09:00"),
    )


def two_stand_in():
    alice, bob, carl = (Officer.objects.get(name=name) for name in ("Alice", "Bob", "Carl"))
    for other in (bob, carl):
        factories.stand_in(other, alice, day("2026-11-02"), day("2026-11-06"))


def deleted():
    untold = Obligation.objects.exclude(notice_lines__isnull=False)
    untold.filter(period_key="2027-03").delete()


def invented():
    somebody = factories.stakeholder("赵敏", Stakeholder.objects.first().unit)
    row = Obligation.objects.filter(period_key="2027-03").first()
    row.pk, row.stakeholder = None, somebody
    row.save(force_insert=True)


def from_before():
    row = Obligation.objects.filter(period_key="2026-11").first()
    row.pk, row.period_key = None, "2026-10"
    row.period_start, row.period_end = day("2026-10-01"), day("2026-10-31")
    row.due_on = row.planned_on = day("2026-10-30")
    row.save(force_insert=True)


def not_closed():
    PeriodClosing.objects.all().delete()


def closed_too_early():
    closing = PeriodClosing.objects.first()
    PeriodClosing.objects.create(policy=closing.policy, period_key="2027-01", closed_at=NOW)


def beyond():
    row = Obligation.objects.filter(period_key="2027-03").first()
    row.pk, row.period_key = None, "2027-11"
    row.period_start, row.period_end = day("2027-11-01"), day("2027-11-30")
    row.due_on = row.planned_on = day("2027-11-30")
    row.save(force_insert=True)


def corrected_by_nothing():
    ContactRecord.objects.update(superseded_at=NOW)


def due_too_early():
    Obligation.objects.filter(period_key="2027-03").update(due_on=F("due_on") - dt.timedelta(days=1))


def planned_on_a_day_off():
    Obligation.objects.filter(period_key="2027-03").update(planned_on=day("2027-03-06"))


def planned_on_leave():
    row = Obligation.objects.filter(period_key="2027-03", stakeholder__name="张伟").first()
    officer = row.stakeholder.pairings.get().officer
    Leave.objects.create(officer=officer, first_day=row.planned_on, last_day=row.planned_on)
    ChangedFacts.objects.all().delete()


def told_to_another():
    NoticeLine.objects.filter(recipient__name="Dan").update(recipient=Officer.objects.get(name="Carol"))


def told_twice_in_a_message():
    line = NoticeLine.objects.told().filter(obligation__period_key="2026-11").first()
    line.pk, line.stage = None, "planned" if line.stage != "planned" else "due_soon"
    NoticeLine.objects.filter(obligation=line.obligation, recipient=line.recipient, stage=line.stage).delete()
    line.save(force_insert=True)


def told_of_what_was_met():
    NoticeLine.objects.filter(obligation__stakeholder__name="张伟").update(created_at=at("2026-11-30 09:00"))


def told_of_what_was_waived():
    Obligation.objects.update(waived_at=at("2026-11-11 09:00"), waive_reason="Abroad.")


def told_too_late():
    NoticeLine.objects.told().exclude(stage="missed").update(created_at=at("2027-09-01 09:00"))


def never_told():
    NoticeLine.objects.filter(stage="missed").delete()


def sent_at_night():
    Delivery.objects.update(sent_at=at("2026-11-13 03:00"))


def sent_and_never_tried():
    Delivery.objects.update(attempts=0)


def held_by_nobody():
    Delivery.objects.update(state="sending", claim_token=None, lease_until=None)


def waiting_and_held():
    Delivery.objects.update(state="pending", claim_token=uuid.uuid4())


def another_message_id():
    delivery = Delivery.objects.first()
    Delivery.objects.filter(pk=delivery.pk).update(message_id="<notice-0.email@testserver>")


def answered_in_no_contact():
    answered(state="answered")
    ContactRecord.objects.update(outcome="no_answer")


def answered(**fields):
    record = ContactRecord.objects.get()
    return factories.feedback(
        record.stakeholder, record.officer, day("2026-11-24"), answer_record=record, **fields
    )


def one_signer_was_not_told():
    record = ContactRecord.objects.get()
    Signer.objects.create(
        feedback=answered(state="answered"),
        stakeholder=factories.stakeholder("李娜", record.stakeholder.unit),
    )


def promised_for_another_day():
    item = answered(state="answered", result="planned", review_on=day("2026-12-20"))
    Feedback.objects.filter(pk=item.pk).update(review_on=day("2026-12-21"))


def to_be_rated_on_another_day():
    answered(state="answered", rate_by=day("2026-12-20"))


def answered_by_another_items_answer():
    item, other = answered(state="answered"), answered(state="answered")
    Feedback.objects.filter(pk=item.pk).update(answer=other.answer)


def closed_and_never_rated():
    answered(state="closed")
    Rating.objects.all().delete()


def rated_by_whoever_told():
    answered(state="closed")


def rated_by_who_told_another_signer():
    item, who = answered(state="closed"), Officer.objects.get(name="Carl")
    record = ContactRecord.objects.get()
    told = factories.record(factories.stakeholder("赵敏", record.stakeholder.unit), who, record.occurred_at)
    Telling.objects.create(answer=item.answer, record=told)
    Rating.objects.update(rated_by=who)


def answered_before_it_was_asked():
    Feedback.objects.filter(pk=answered(state="answered").pk).update(clock_since=day("2026-12-20"))


def nobody_is_left_to_rate():
    answered(state="answered")
    UnitRole.objects.all().delete()


def due_on_another_day():
    record = ContactRecord.objects.get()
    factories.feedback(record.stakeholder, record.officer, day("2026-11-24"), due_on=day("2026-12-16"))


def assigned_on_no_day():
    record = ContactRecord.objects.get()
    factories.feedback(
        record.stakeholder, record.officer, day("2026-11-24"), due_on=day("2026-12-15"), state="assigned", assigned_on=None,
    )  # fmt: skip


def path_of_another_place():
    Unit.objects.filter(short_name="宜城派出所").update(path="elsewhere/")


def officer_in_a_closed_unit():
    Unit.objects.filter(short_name="宜城派出所").update(closed_on=day("2026-11-01"))


def past_from_before():
    station = Unit.objects.get(short_name="宜城派出所")
    Unit.objects.filter(pk=station.pk).update(opened_on=day("2026-01-01"))
    UnitPast.objects.create(unit=station, until=day("2025-12-31"), name="x", kind="station")


def case_with_whom_it_names():
    rita, alice = Officer.objects.get(name="Rita"), Officer.objects.get(name="Alice")
    factories.case("Rita", by=alice, day=day("2026-11-30"), reviewer=rita)


def source_opened_alone():
    rita, alice = Officer.objects.get(name="Rita"), Officer.objects.get(name="Alice")
    case = factories.case("Dan", by=alice, day=day("2026-11-30"), reviewer=rita)
    case.openings.create(what="source", reviewer=rita, reason="a look", opened_at=NOW)


def handed_over() -> ReportDelivery:
    """The deputy's copy, in the call that there was."""
    deputy = Stakeholder.objects.get(name="张伟")
    writer, now = Officer.objects.get(name="Carl"), at("2026-11-30 09:00")
    report = WorkReport.objects.create(unit=deputy.unit, half_year="2026-H2")
    version = ReportVersion.objects.create(report=report, number=1, text="x", author=writer, at=now)
    copy = ReportCopy.objects.create(
        report=report, stakeholder=deputy, half_year="2026-H2", version=version, issued_on=now.date()
    )
    return ReportDelivery.objects.create(
        copy=copy, record=ContactRecord.objects.get(stakeholder=deputy), method="post"
    )


def copy_of_another_half_year():
    handed_over()
    ReportCopy.objects.update(half_year="2026-H1")


def handed_to_somebody_else():
    copy = handed_over().copy
    ReportCopy.objects.filter(pk=copy.pk).update(stakeholder=Stakeholder.objects.get(name="李娜"))


def left_behind_by_a_correction():
    record = handed_over().record
    ContactRecord.objects.filter(pk=record.pk).update(superseded_at=NOW)


def voted_in_absence():
    delivery, leader = handed_over(), Officer.objects.get(name="Bob")
    ReportMeeting.objects.create(
        report=delivery.copy.report, unit=leader.unit, held_on=day("2026-11-30"), place="x", leader=leader,
        entered_by=leader, satisfied=1,
    )  # fmt: skip


def renewed(**changes):
    """Of the deputy, who patrols as well: for another year, and then with a mistake."""
    person = Stakeholder.objects.get(name="张伟")
    before = factories.seat(person, "patrol_visitor", "", certificate="A1", ended_on=day("2026-11-30"))
    made = factories.seat(
        person, "patrol_visitor", "", certificate="A1", started_on=day("2026-12-01"), renews=before
    )
    Seat.objects.filter(pk=made.pk).update(**changes)


def renewed_too_early():
    renewed(started_on=day("2026-11-30"))


def renewed_for_another():
    renewed(stakeholder=Stakeholder.objects.get(name="李娜"))


def renewed_as_something_else():
    renewed(kind="discipline_monitor")


def certificate_of_another():
    renewed(certificate="B1")
    factories.seat(Stakeholder.objects.get(name="李娜"), "patrol_visitor", "", certificate="B1")


# --- digests -------------------------------------------------------------------------------------------------


def frozen() -> Digest:
    """Of Alice's county."""
    county = Unit.objects.get(code="320281000000")
    found, lists = reckon(Scope.of_unit(county), "2026-11", NOW)
    digest = Digest.objects.create(unit=county, period_key="2026-11", frozen_at=NOW, figures=found)
    DigestLists.objects.create(digest=digest, rows=lists())
    assert not broken()
    return digest


def list_without_a_row():
    lists = DigestLists.objects.get(digest=frozen())
    lists.rows["tasks"].pop()
    lists.save()


def line_that_counts_too_much():
    digest = frozen()
    digest.figures["coverage"]["groups"][0]["met"] += 1
    digest.save()


def edition(**fields: Any) -> None:
    digest = frozen()
    made = PublicEdition.objects.create(
        digest=digest, figures=public_figures(digest.figures, DigestLists.objects.get(digest=digest).rows, NOW.date()) | fields.pop("told", {}),
        written_by=Officer.objects.get(name="Carl"), **fields,
    )  # fmt: skip
    made.writers.add(made.written_by)


def small_number_on_the_wall():
    edition(told={"heard": {"total": 13, "rows": [["Parking", 10], ["Noise", 3]]}})


def approved_by_its_writer():
    edition(state="approved", approved_by=Officer.objects.get(name="Carl"), approved_at=NOW)


BREACHES = [
    (list_without_a_row, "lists_are_as_long_as_their_figures"),
    (line_that_counts_too_much, "lines_make_up_the_total"),
    (small_number_on_the_wall, "editions_keep_small_numbers_to_themselves"),
    (approved_by_its_writer, "editions_keep_small_numbers_to_themselves"),
    (renewed_too_early, "renewals_follow_what_they_renew"),
    (renewed_for_another, "renewals_follow_what_they_renew"),
    (renewed_as_something_else, "renewals_follow_what_they_renew"),
    (certificate_of_another, "certificates_are_of_one_person"),
    (copy_of_another_half_year, "copies_are_of_their_report"),
    (handed_to_somebody_else, "deliveries_are_contacts_with_their_person"),
    (left_behind_by_a_correction, "deliveries_are_contacts_with_their_person"),
    (voted_in_absence, "votes_were_cast_by_those_present"),
    (path_of_another_place, "paths_are_where_units_hang"),
    (officer_in_a_closed_unit, "closed_units_are_empty"),
    (past_from_before, "pasts_end_before_units_do"),
    (contact_on_another_day, "contact_stands_on_its_day"),
    (wrong_span, "period_is_that_of_its_key"),
    (version_of_another_policy, "version_is_of_its_policy"),
    (version_not_in_force, "version_is_the_one_in_force"),
    (overlapping_pairings, "pairings_do_not_overlap"),
    (another_unit_in_charge, "unit_in_charge_follows_the_pairing"),
    (switched_off, "no_open_pairing_with_an_inactive_officer"),
    (handed_over_in_silence, "every_hand_over_was_told"),
    (behind_in_silence, "every_report_was_told"),
    (behind_told_to_another, "every_report_was_told"),
    (report_of_another_week, "report_is_of_its_week"),
    (explained_too_early, "explained_once_it_began"),
    (two_stand_in, "one_stands_in_at_a_time"),
    (deleted, "nothing_owed_is_missing"),
    (invented, "nothing_exists_that_is_not_owed"),
    (from_before, "nothing_from_before_the_first_pass"),
    (not_closed, "periods_that_ended_are_closed"),
    (closed_too_early, "no_period_is_closed_before_its_end"),
    (beyond, "nothing_beyond_the_horizon"),
    (corrected_by_nothing, "corrections_name_what_they_correct"),
    (due_too_early, "due_day_is_the_last_working_day"),
    (planned_on_a_day_off, "planned_day_is_worked"),
    (planned_on_leave, "planned_day_is_not_on_leave"),
    (told_to_another, "told_to_whom_the_message_is"),
    (told_twice_in_a_message, "told_once_in_a_message"),
    (told_of_what_was_met, "told_nothing_of_what_was_settled"),
    (told_of_what_was_waived, "told_nothing_of_what_was_settled"),
    (told_too_late, "told_in_its_time"),
    (never_told, "nothing_due_is_untold"),
    (sent_at_night, "sent_within_the_hours"),
    (sent_and_never_tried, "delivery_is_what_its_state_says"),
    (held_by_nobody, "delivery_is_what_its_state_says"),
    (waiting_and_held, "delivery_is_what_its_state_says"),
    (another_message_id, "message_id_is_made_of_its_notice"),
    (answered_in_no_contact, "answered_means_told"),
    (due_on_another_day, "clock_and_state_agree"),
    (assigned_on_no_day, "clock_and_state_agree"),
    (one_signer_was_not_told, "answered_means_told"),
    (promised_for_another_day, "answers_follow_their_item"),
    (to_be_rated_on_another_day, "answers_follow_their_item"),
    (answered_by_another_items_answer, "answers_follow_their_item"),
    (closed_and_never_rated, "closed_means_rated"),
    (rated_by_whoever_told, "rated_by_others"),
    (rated_by_who_told_another_signer, "rated_by_others"),
    (answered_before_it_was_asked, "no_answer_before_its_question"),
    (nobody_is_left_to_rate, "somebody_may_rate"),
    (case_with_whom_it_names, "no_case_is_with_whom_it_names"),
    (source_opened_alone, "no_source_is_opened_alone"),
]


@pytest.mark.parametrize(("breach", "check"), BREACHES, ids=[breach.__name__ for breach, _check in BREACHES])
def test_it_finds_a_breach(kept, breach, check):
    breach()
    assert check in broken()


def test_it_finds_a_status_that_is_not_what_the_records_say(kept, monkeypatch):
    honest = coverage._contacts_within
    monkeypatch.setattr(coverage, "_contacts_within", lambda now: honest(now).filter(kind="visit"))
    assert broken() >= {"status_is_what_records_and_pairings_say"}


def test_it_finds_groups_that_do_not_make_up_the_total(kept, monkeypatch):
    honest = coverage.count

    def careless(tally, row):
        honest(tally, row)
        tally["met"] += 1

    monkeypatch.setattr(coverage, "count", careless)
    assert "groups_make_up_the_total" in broken()


def test_it_finds_a_group_that_was_lost(kept, monkeypatch):
    honest = coverage._named
    monkeypatch.setattr(coverage, "_named", lambda *arguments: honest(*arguments)[1:])
    assert "groups_make_up_the_total" in broken()


def test_every_check_has_a_breach_in_these_tests():
    held = {check for _breach, check in BREACHES}
    held |= {"status_is_what_records_and_pairings_say", "groups_make_up_the_total"}
    assert {check.name for check in CHECKS} == held


def test_what_the_next_pass_will_put_right_is_no_breach(kept):
    Pairing.objects.filter(stakeholder__name="王芳").update(ended_on=day("2026-12-31"))
    report = verify(NOW)
    assert report.violations == []
    assert report.counts["nothing_exists_that_is_not_owed"] is None
    run_schedule(NOW)
    assert verify(NOW).counts["nothing_exists_that_is_not_owed"] == 0


# --- as a command --------------------------------------------------------------------------------------------


def command(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify", *words, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_ends_with_0_where_all_is_well(kept):
    code, out, err = command("--json")
    assert code == 0
    assert json.loads(out)["violations"] == []
    assert "0 violations" in err


def test_the_command_ends_with_1_and_says_what_is_broken(kept):
    not_closed()
    code, out, err = command("--json")
    assert code == 1
    (first, *_others) = json.loads(out)["violations"]
    assert first["rule"] == "R4"
    assert first["check"] == "periods_that_ended_are_closed"
    assert "2026-11" in first["object"]
    assert "2026-11" in err


def test_without_json_nothing_stands_on_standard_output(kept):
    assert command()[1] == ""


def test_of_many_violations_some_are_shown_and_all_are_counted(kept):
    due_too_early()
    for number in range(60):
        person = factories.stakeholder(f"代表{number}", kept.station)
        factories.seat(person)
        factories.pairing(kept.alice, person)
    run_schedule(NOW)
    Obligation.objects.filter(period_key="2027-03").update(due_on=F("due_on") - dt.timedelta(days=1))
    report = verify(NOW)
    shown = [one for one in report.violations if one.check == "due_day_is_the_last_working_day"]
    assert len(shown) == 50
    assert report.counts["due_day_is_the_last_working_day"] == 63
