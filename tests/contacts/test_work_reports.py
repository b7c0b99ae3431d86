"""The half-year report run: written, approved, issued, handed over, appraised. Carl coordinates the county, Lin leads it, Bob
leads the station, Alice holds the deputy."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.handling import correct_contact, log_contact, void_contact
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Feedback,
    ReportCopy,
    ReportDelivery,
    ReportMeeting,
    WorkReport,
)
from contacts.tables.reports import ReportCopyListing
from contacts.work_reports import covering, delivering, issuing, meetings, writing
from contacts.work_reports.differences import differences
from contacts.work_reports.tally import ballots, tally
from schedules.coverage import with_status
from schedules.models import Obligation
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, owe

NOW = at("2026-11-18 10:30")
TODAY = dt.date(2026, 11, 18)
HALF = "2026-H2"
State = WorkReport.State


@pytest.fixture(autouse=True)
def _at_a_known_time(time_machine):
    time_machine.move_to(NOW, tick=False)


def person(name, unit, holder=None, kind="npc_deputy"):
    made = factories.stakeholder(name, unit)
    factories.seat(made, kind)
    if holder:
        factories.pairing(holder, made)
    return made


@pytest.fixture
def three(bureau):
    """The deputy, somebody whom Bob holds, and somebody in the county's own charge."""
    bureau.wang = person("王芳", bureau.station, bureau.bob)
    bureau.li = person("李娜", bureau.county, bureau.lin, "cppcc_member")
    return bureau


def issued(bureau, at=None) -> WorkReport:
    return factories.work_report(bureau, "issued", at)


def copy_of(who) -> ReportCopy:
    return ReportCopy.objects.get(stakeholder=who)


def contact(who, by, **fields) -> ContactRecord:
    fields = {"kind": "report", "occurred_at": NOW, "submission": uuid.uuid4()} | fields
    return ContactRecord(stakeholder=who, officer=by, **fields)


def deliver(who, by, method="in_person", **more) -> ReportDelivery:
    record = more.pop("record", None) or contact(who, by)
    return delivering.deliver(copy_of(who), record, method=method, actor=Actor(by), **more)[0]


def met() -> set[str]:
    """Whose half-year's report counts as met, as coverage sees it."""
    rows = with_status(Obligation.objects.filter(period_key=HALF), NOW)
    return set(rows.filter(state="met").values_list("stakeholder__name", flat=True))


def owe_reports(*people) -> None:
    for who in people:
        owe(who, HALF, "report")


# --- the text ------------------------------------------------------------------------------------------------


def test_versions_are_kept_and_the_approved_one_stays_as_it_was(bureau):
    report = factories.work_report(bureau, "issued", text="First.")

    writing.write(report, text="Second.", seen=1, actor=Actor(bureau.bob), now=NOW)
    report.refresh_from_db()

    assert [(v.number, v.text) for v in report.versions.all()] == [(2, "Second."), (1, "First.")]
    assert (report.state, report.approved.text) == (State.DRAFT, "First.")
    assert copy_of(bureau.deputy).version.text == "First."


def test_the_same_text_is_no_new_version(bureau):
    report = factories.work_report(bureau, text="First.")
    writing.write(report, text="First.", seen=1, actor=Actor(bureau.bob), now=NOW)
    assert report.versions.count() == 1


def test_nobody_writes_over_anothers_version_and_nothing_typed_is_lost(bureau):
    report = factories.work_report(bureau)
    writing.write(report, text="Bob's.", seen=1, actor=Actor(bureau.bob), now=NOW)
    address = reverse("contacts:report-update", args=[report.pk])

    answer = sign_in(bureau.carl).post(address, {"text": "Carl's.", "seen": "1"})

    assert "Bob saved version 2 meanwhile" in answer.content.decode()
    assert "Carl&#x27;s." in answer.content.decode()
    assert "Bob&#x27;s." in answer.content.decode()
    form = answer.context["form"]
    sign_in(bureau.carl).post(address, {"text": form["text"].value(), "seen": form["seen"].value()})
    assert report.latest().text == "Carl's."


def test_a_leader_approves_the_version_that_was_read_and_not_an_own_one(bureau):
    report = factories.work_report(bureau, "submitted")
    with pytest.raises(ValidationError, match="newer version"):
        writing.approve(report, seen=7, actor=Actor(bureau.lin), now=NOW)
    with pytest.raises(ValidationError, match="yourself"):
        writing.approve(report, seen=1, actor=Actor(bureau.carl), now=NOW)  # its author
    writing.approve(report, seen=1, actor=Actor(bureau.lin), now=NOW)
    report.refresh_from_db()
    assert (report.state, report.approved_by) == (State.APPROVED, bureau.lin)


def test_what_a_leader_sends_back_says_why_until_it_is_submitted_again(bureau):
    report = factories.work_report(bureau, "submitted")
    writing.send_back(report, reason="No figures.", actor=Actor(bureau.lin))
    page = sign_in(bureau.bob).get(report.get_absolute_url()).content.decode()
    assert "Sent back: No figures." in page
    writing.submit(report, actor=Actor(bureau.bob))
    report.refresh_from_db()
    assert (report.state, report.remark) == (State.SUBMITTED, "")


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_nothing_is_issued_that_no_leader_approved(bureau, state):
    report = factories.work_report(bureau, state)
    with pytest.raises(ValidationError, match="approve"):
        issuing.issue(report, actor=Actor(bureau.carl), now=NOW)
    assert not ReportCopy.objects.exists()


def test_deeds_out_of_turn_are_refused(bureau):
    report = factories.work_report(bureau, "approved")
    for deed in (
        lambda: writing.submit(report, actor=Actor(bureau.carl)),
        lambda: writing.approve(report, seen=1, actor=Actor(bureau.lin), now=NOW),
        lambda: writing.send_back(report, reason="x", actor=Actor(bureau.lin)),
        lambda: writing.begin(bureau.station, HALF, text="x", actor=Actor(bureau.bob), now=NOW),
    ):
        with pytest.raises(ValidationError):
            deed()


def test_drafts_are_for_those_who_write_and_those_who_approve(three):
    report = issued(three)
    writing.write(report, text="Not yet.", seen=1, actor=Actor(three.bob), now=NOW)

    def reads(officer) -> str:
        return sign_in(officer).get(report.get_absolute_url()).content.decode()

    assert "Not yet." in reads(three.bob)
    assert "Not yet." in reads(three.lin)
    assert "Not yet." not in reads(three.alice)
    assert "We did what we could." in reads(three.alice)


def test_differences_are_told_by_the_paragraph():
    found = list(differences("one\ntwo\nthree", "one\n2\nthree\nfour"))
    assert found == [("same", "one"), ("gone", "two"), ("new", "2"), ("same", "three"), ("new", "four")]


# --- whom it covers ------------------------------------------------------------------------------------------


def names(people) -> set[str]:
    return set(people.values_list("name", flat=True))


def test_a_county_writes_for_its_stations_and_a_station_that_writes_covers_its_own(three):
    county = factories.work_report(three, at=three.county)
    assert names(covering.covered_by(county, TODAY)) == {"张伟", "王芳", "李娜"}

    station = factories.work_report(three)  # a draft is enough: its people wait for it
    assert names(covering.covered_by(county, TODAY)) == {"李娜"}
    assert names(covering.covered_by(station, TODAY)) == {"张伟", "王芳"}

    writing.drop(station, reason="too small", actor=Actor(three.bob))
    assert names(covering.covered_by(county, TODAY)) == {"张伟", "王芳", "李娜"}


def test_only_deputies_and_members_in_office_are_reported_to(three):
    gone = person("赵强", three.station)
    gone.seats.update(ended_on=TODAY - dt.timedelta(days=1))
    person("钱红", three.station, kind="media_supervisor")
    assert names(covering.covered_by(factories.work_report(three), TODAY)) == {"张伟", "王芳"}


def test_issuing_again_gives_newcomers_theirs_and_nobody_a_second_one(three):
    report = issued(three)
    assert report.copies.count() == 2
    again = issuing.issue(report, actor=Actor(three.carl), now=NOW)
    assert (again.new, again.renewed) == (0, 0)
    person("赵强", three.station)
    assert issuing.issue(report, actor=Actor(three.carl), now=NOW).new == 1
    county = issued(three, three.county)
    assert set(county.copies.values_list("stakeholder__name", flat=True)) == {"李娜"}


def test_a_later_version_reaches_those_who_have_not_got_theirs(three):
    report = issued(three)
    deliver(three.deputy, three.alice)
    writing.write(report, text="More.", seen=1, actor=Actor(three.bob), now=NOW)

    factories.work_report(three, "issued")

    assert copy_of(three.deputy).version.number == 1
    assert copy_of(three.wang).version.number == 2


def test_a_copy_is_of_ones_own_items_alone_and_stays_as_it_was_issued(three):
    told = factories.record(three.deputy, three.alice, at("2026-10-05 09:00"))
    factories.feedback(
        three.deputy, three.alice, dt.date(2026, 9, 1), text="A light, please.", state="answered", result="solved",
        answer="It stands.", answered_on=told.occurred_on, answer_record=told,
    )  # fmt: skip
    factories.feedback(three.deputy, three.alice, dt.date(2026, 11, 2), text="Scooters.")
    factories.feedback(three.deputy, three.alice, dt.date(2025, 3, 3), text="Long open.")
    factories.feedback(
        three.deputy, three.alice, dt.date(2025, 3, 3), text="Long done.", state="answered", result="solved", answer="x",
        answered_on=dt.date(2025, 4, 1), answer_record=told,
    )  # fmt: skip
    factories.feedback(three.wang, three.bob, dt.date(2026, 10, 1), text="Of somebody else.")

    issued(three)
    Feedback.objects.filter(text="Scooters.").update(text="Changed since.")

    copy = copy_of(three.deputy)
    assert [line["said"] for line in copy.lines] == ["Long open.", "A light, please.", "Scooters."]
    page = sign_in(three.alice).get(copy.get_absolute_url()).content.decode()
    assert "It stands." in page
    assert "澄江派出所" in page
    assert "Of somebody else." not in page
    assert "Changed since." not in page


def test_what_stood_in_the_last_report_does_not_stand_in_the_next_unless_it_is_still_promised(
    three, time_machine
):
    told = factories.record(three.deputy, three.alice, at("2026-10-05 09:00"))
    factories.feedback(
        three.deputy, three.alice, dt.date(2026, 9, 2), text="A bridge.", state="answered", result="planned",
        review_on=dt.date(2027, 6, 1), answer="It is planned.", answered_on=told.occurred_on, answer_record=told,
    )  # fmt: skip
    factories.feedback(
        three.deputy, three.alice, dt.date(2026, 9, 1), text="A light, please.", state="answered", result="solved",
        answer="It stands.", answered_on=told.occurred_on, answer_record=told,
    )  # fmt: skip
    issued(three)
    time_machine.move_to(at("2027-03-01 10:00"), tick=False)
    factories.feedback(three.deputy, three.alice, dt.date(2027, 1, 5), text="A bench.")
    issued(three)
    copy = ReportCopy.objects.get(stakeholder=three.deputy, half_year="2027-H1")
    assert [line["said"] for line in copy.lines] == ["A bridge.", "A bench."]


def test_a_thousand_copies_are_issued_in_as_many_queries_as_a_few(bureau):
    def queries(count: int) -> int:
        for number in range(count):
            factories.feedback(person(f"王{number}", bureau.station), bureau.alice, TODAY)
        report = factories.work_report(bureau, "approved")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            issuing.issue(report, actor=Actor(bureau.carl), now=NOW)
        return len(captured)

    few = queries(2)
    assert few <= 15
    assert queries(60) == few


# --- handed over ---------------------------------------------------------------------------------------------


def test_an_obligation_is_met_by_the_delivery_and_not_before(three):
    owe_reports(three.deputy, three.wang)
    issued(three)
    assert met() == set()

    delivery = deliver(three.deputy, three.alice)
    assert met() == {"张伟"}
    assert three.deputy.report_copies.delivered().count() == 1

    void_contact(delivery.record, reason="wrong person", actor=Actor(three.alice))
    assert met() == set()
    assert three.deputy.report_copies.undelivered().count() == 1


def test_a_corrected_contact_moves_the_delivery_with_it(three):
    owe_reports(three.deputy)
    issued(three)
    record = deliver(three.deputy, three.alice).record
    moved = correct_contact(record, {"occurred_at": at("2026-11-17 09:00")}, actor=Actor(three.alice))
    copy = ReportCopy.objects.with_delivery().get(stakeholder=three.deputy)
    assert copy.delivered_on == dt.date(2026, 11, 17)
    assert met() == {"张伟"}

    correct_contact(moved, {"outcome": "declined"}, actor=Actor(three.alice))
    assert met() == set()
    assert three.deputy.report_copies.undelivered().exists()


def test_the_phone_form_logs_the_report_with_what_was_said_and_the_appraisal(three):
    issued(three)
    copy, submission = copy_of(three.deputy), str(uuid.uuid4())
    form = {
        "method": "post", "day": "2026-11-18", "appraisal": "basically", "said": "More patrols.", "submission": submission,
    }  # fmt: skip
    client = sign_in(three.alice)
    for _twice in range(2):
        answer = client.post(reverse("contacts:report-deliver", args=[copy.pk]), form)
        assert answer.status_code == 302

    delivery = ReportDelivery.objects.get()
    assert (delivery.method, delivery.appraisal) == ("post", "basically")
    assert (delivery.record.kind, delivery.record.outcome, delivery.record.officer) == (
        "report",
        "reached",
        three.alice,
    )
    assert Feedback.objects.get().record == delivery.record
    page = client.get(three.deputy.get_absolute_url()).content.decode()
    assert "handed over" in page


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ({"day": "2026-11-19"}, "lies in the future"),
        ({"day": "2026-11-17"}, "issued on"),
        ({"day": ""}, "on which day"),
        ({"method": "pigeon"}, "pigeon"),
    ],
)
def test_a_delivery_that_cannot_be_is_explained_and_nothing_typed_is_lost(three, said, remedy):
    issued(three)
    form = {"method": "post", "day": "2026-11-18", "appraisal": "", "said": "Keep me."} | said
    page = sign_in(three.alice).post(
        reverse("contacts:report-deliver", args=[copy_of(three.deputy).pk]), form
    )
    assert remedy in page.content.decode()
    assert "Keep me." in page.content.decode()
    assert not ContactRecord.objects.exists()


def test_handed_over_after_its_half_year_it_asks_first(three):
    issued(three)
    ReportCopy.objects.update(half_year="2026-H1")
    WorkReport.objects.update(half_year="2026-H1")
    copy, client = copy_of(three.deputy), sign_in(three.alice)
    address = reverse("contacts:report-deliver", args=[copy.pk])
    words = "It is handed over after first half of 2026: it counts as the work report of second half of 2026."
    assert words in client.get(address).content.decode()
    form = {"method": "post", "day": "2026-11-18", "appraisal": "", "summary": "Keep me."}
    page = client.post(address, form).content.decode()

    assert "Tick this, or enter the day on which it was handed over." in page
    assert "Keep me." in page
    assert not ContactRecord.objects.exists()
    assert client.post(address, form | {"late": "on"}).status_code == 302


def test_a_report_that_was_logged_by_hand_can_be_named(three):
    log_contact(contact(three.deputy, three.alice), actor=Actor(three.alice))
    issued(three)
    copy, record = copy_of(three.deputy), ContactRecord.objects.get()
    address = reverse("contacts:report-deliver", args=[copy.pk])
    assert str(record) in sign_in(three.alice).get(address).content.decode()
    sign_in(three.alice).post(
        address, {"method": "in_person", "logged_in": record.pk, "appraisal": "satisfied"}
    )
    assert ReportDelivery.objects.live().get(copy=copy).record == record
    assert ContactRecord.objects.count() == 1


def test_whoever_logs_a_work_report_is_led_to_the_copy(three):
    address = reverse("contacts:record-create", args=[three.deputy.pk]) + "?kind=report"
    client = sign_in(three.alice)
    assert "waits to be handed over" not in client.get(address).content.decode()
    issued(three)
    way = reverse("contacts:report-deliver", args=[copy_of(three.deputy).pk])
    assert way in client.get(address).content.decode()
    deliver(three.deputy, three.alice)
    assert "waits to be handed over" not in client.get(address).content.decode()


def test_leaders_see_on_every_page_what_waits_for_them(three):
    factories.work_report(three, "submitted")

    def waits(officer) -> int:
        return (
            sign_in(officer)
            .get(reverse("contacts:record-list"))
            .content.decode()
            .count('<b class="count">1</b>')
        )

    assert waits(three.lin) > 0
    assert waits(three.bob) == 0
    writing.send_back(WorkReport.objects.get(), reason="x", actor=Actor(three.lin))
    assert waits(three.lin) == 0


def test_a_copy_is_handed_over_once(three):
    issued(three)
    deliver(three.deputy, three.alice)
    with pytest.raises(ValidationError, match="2026-11-18"):
        deliver(three.deputy, three.bob)
    assert ContactRecord.objects.count() == 1


def test_a_form_whose_contact_was_voided_is_not_sent_again(three):
    issued(three)
    record = contact(three.deputy, three.alice)
    deliver(three.deputy, three.alice, record=record)
    void_contact(record, reason="not yet", actor=Actor(three.alice))
    with pytest.raises(ValidationError, match="anew"):
        deliver(
            three.deputy, three.alice, record=contact(three.deputy, three.alice, submission=record.submission)
        )
    deliver(three.deputy, three.alice)
    assert ReportDelivery.objects.live().count() == 1


def test_an_appraisal_is_asked_later_and_corrected(three):
    issued(three)
    deliver(three.deputy, three.alice)
    address = reverse("contacts:report-appraise", args=[copy_of(three.deputy).pk])
    for answer in ("unsatisfied", "satisfied"):
        sign_in(three.alice).post(address, {"appraisal": answer})
        assert ReportDelivery.objects.get().appraisal == answer
    entries = AuditEntry.objects.filter(action="appraise").order_by("pk")
    assert [(entry.before["appraisal"], entry.after["appraisal"]) for entry in entries] == [
        ("", "unsatisfied"), ("unsatisfied", "satisfied"),
    ]  # fmt: skip


# --- meetings ------------------------------------------------------------------------------------------------


def meet(bureau, *present, reports=True, said=(), **votes) -> ReportMeeting:
    meeting = ReportMeeting(
        report=WorkReport.objects.get(), unit=bureau.station, held_on=TODAY, place="A hall", leader=bureau.bob,
        entered_by=bureau.bob, **votes,
    )  # fmt: skip
    return meetings.hold(
        meeting, [copy_of(who) for who in present], reports=reports, said=said, actor=Actor(bureau.bob)
    )


def test_hearing_the_report_in_a_meeting_meets_the_obligation(three):
    owe_reports(three.deputy, three.wang)
    issued(three)
    said = [(copy_of(three.wang), "The crossing.", None)]

    meeting = meet(three, three.deputy, three.wang, satisfied=1, abstained=1, said=said)

    assert met() == {"张伟", "王芳"}
    assert ReportDelivery.objects.live().filter(method="meeting").count() == 2
    item = Feedback.objects.get()
    assert (item.stakeholder, item.record.report_delivery.meeting) == (three.wang, meeting)

    meetings.void(meeting, reason="twice", actor=Actor(three.bob), now=NOW)
    assert met() == set()
    assert Feedback.objects.count() == 1


def test_a_meeting_without_the_report_itself_leaves_it_owed(three):
    owe_reports(three.deputy)
    issued(three)
    meet(three, three.deputy, reports=False, satisfied=1)
    assert ContactRecord.objects.get().kind == "meeting"
    assert met() == set()
    assert copy_of(three.deputy) in ReportCopy.objects.undelivered()


def test_each_meeting_is_a_meeting_of_its_own(three):
    issued(three)
    assert meet(three, three.deputy) != meet(three, three.wang)


def test_no_more_votes_than_people(three):
    issued(three)
    with pytest.raises(ValidationError, match="2 votes were cast, but only 1"):
        meet(three, three.deputy, satisfied=2)
    assert not ContactRecord.objects.exists()


def meeting_form(bureau, *present, **more):
    return {
        "held_on": "2026-11-18", "place": "A hall", "leader": bureau.bob.police_number, "reports": "on",
        "present": [copy_of(who).pk for who in present], "satisfied": "1", "basically": "0", "unsatisfied": "0",
        "abstained": "0", "said": "All agreed.", "said-TOTAL_FORMS": "1", "said-INITIAL_FORMS": "0",
        "submission": str(uuid.uuid4()),
    } | more  # fmt: skip


def test_a_meeting_is_entered_once_with_what_each_said(three):
    report = issued(three)
    wang = copy_of(three.wang).pk
    form = meeting_form(
        three, three.deputy, three.wang, **{"said-0-person": wang, "said-0-text": "The crossing."}
    )
    for _twice in range(2):
        assert (
            sign_in(three.bob).post(reverse("contacts:report-meet", args=[report.pk]), form).status_code
            == 302
        )
    meeting = ReportMeeting.objects.get()
    page = sign_in(three.alice).get(meeting.get_absolute_url()).content.decode()
    assert "All agreed." in page
    assert "张伟" in page
    assert "王芳" not in page  # Bob's, of whom Alice sees nothing
    assert "The crossing." in sign_in(three.bob).get(meeting.get_absolute_url()).content.decode()
    page = sign_in(three.bob).get(report.get_absolute_url()).content.decode()
    assert f'href="{meeting.get_absolute_url()}"' in page
    assert "satisfied 1, basically satisfied 0" in page
    assert "All agreed." in page


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ({"satisfied": "9"}, "9 votes were cast"),
        ({"leader": "Nobody"}, "choose one of those offered"),
        ({"held_on": "2026-12-01"}, "lies in the future"),
        ({"held_on": "2026-06-30"}, "begins on 2026-07-01"),
        ({"said-0-text": "Who?"}, "Say who said this"),
        ({"present": []}, "required"),
    ],
)
def test_a_meeting_that_cannot_be_is_explained(three, said, remedy):
    report = issued(three)
    form = meeting_form(three, three.deputy, **said)
    page = sign_in(three.bob).post(reverse("contacts:report-meet", args=[report.pk]), form).content.decode()
    assert remedy in page
    assert "All agreed." in page
    assert not ReportMeeting.objects.exists()


def test_nobody_is_taken_out_of_a_ballot_in_which_as_many_voted_as_were_there(three):
    """Who voted how is not kept: the meeting is voided as a whole, and entered anew."""
    report = issued(three)
    form = meeting_form(three, three.deputy, three.wang, satisfied="1", basically="1")
    sign_in(three.bob).post(reverse("contacts:report-meet", args=[report.pk]), form)
    meeting, record = ReportMeeting.objects.get(), ContactRecord.objects.get(stakeholder=three.wang)
    for deed in (
        lambda: void_contact(record, reason="She was ill.", actor=Actor(three.bob)),
        lambda: correct_contact(record, {"outcome": "no_answer"}, actor=Actor(three.bob)),
    ):
        with pytest.raises(ValidationError, match="Void the meeting, and enter it anew"):
            deed()
    meetings.void(meeting, reason="She was ill.", actor=Actor(three.bob), now=NOW)

    assert not ContactRecord.objects.live().exists()


def test_whoever_did_not_vote_can_be_taken_out_of_a_meeting(three):
    report = issued(three)
    form = meeting_form(three, three.deputy, three.wang, satisfied="1", basically="0")
    sign_in(three.bob).post(reverse("contacts:report-meet", args=[report.pk]), form)
    void_contact(
        ContactRecord.objects.get(stakeholder=three.wang), reason="She was ill.", actor=Actor(three.bob)
    )

    page = sign_in(three.bob).get(ReportMeeting.objects.get().get_absolute_url())
    assert page.context["attended"] == 1


def test_the_forms_of_a_meeting_read_the_topics_once(three):
    report = issued(three)
    with CaptureQueriesContext(connection) as captured:
        sign_in(three.bob).get(reverse("contacts:report-meet", args=[report.pk]))

    assert sum("contacts_topic" in query["sql"] for query in captured) == 1


def test_a_station_leader_holds_a_meeting_on_the_countys_text_for_the_own_people(three):
    report = issued(three, three.county)
    page = sign_in(three.bob).get(reverse("contacts:report-meet", args=[report.pk]))
    assert {copy.stakeholder.name for copy in page.context["form"].copies.values()} == {"张伟", "王芳"}
    sign_in(three.bob).post(
        reverse("contacts:report-meet", args=[report.pk]), meeting_form(three, three.wang)
    )
    assert ReportMeeting.objects.get().unit == three.station


# --- the tally -----------------------------------------------------------------------------------------------


@pytest.fixture
def told(three):
    """Three copies in the county, one elsewhere; two handed over."""
    issued(three, three.county)
    three.other = person("赵强", three.other_station, three.dan)
    issued(three, three.other_county)
    deliver(three.deputy, three.alice, appraisal="satisfied")
    deliver(three.other, three.dan, "post", appraisal="unsatisfied")
    return three


def test_the_sum_over_units_is_the_whole(told):
    rows, total = tally(told.bureau, HALF, told.carol)
    assert (total.covered, total.delivered) == (4, 2)
    assert sum(row.covered for row in rows) == 4
    assert sum(row.delivered for row in rows) == 2
    assert {str(row.unit): row.covered for row in rows} == {"江阴市局": 3, "宜兴市局": 1}
    inner, sum_ = tally(told.county, HALF, told.carl)
    assert {(str(row.unit), row.itself): row.covered for row in inner} == {
        ("江阴市局", True): 1, ("澄江派出所", False): 2,
    }  # fmt: skip
    assert (sum_.methods["in_person"], sum_.appraisals["satisfied"]) == (1, 1)


def test_every_figure_is_a_list_of_as_many_rows(told):
    listing = ReportCopyListing(told.carol, NOW)
    for unit in (told.bureau, told.county):
        for row in [*(found := tally(unit, HALF, told.carol))[0], found[1]]:
            asked = {"": row.covered, "&delivered=yes": row.delivered}
            asked |= {f"&method={value}": number for value, number in row.by_method}
            asked |= {f"&appraisal={value}": number for value, number in row.by_appraisal}
            for more, number in asked.items():
                query = f"half_year={HALF}&{row.query}{more}"
                assert listing.filtered(QueryDict(query)).rows.count() == number, query


@pytest.mark.parametrize(
    ("who", "covered"),
    [("carol", 4), ("lea", 4), ("carl", 3), ("lin", 3), ("bob", 2), ("alice", 1), ("dan", 1), ("rita", 0)],
)
def test_everybody_counts_what_they_may_see(told, who, covered):
    page = sign_in(getattr(told, who)).get(reverse("contacts:report-list"))
    assert page.context["total"].covered == covered
    rows = page.context["rows"]
    assert not rows or sum(row.covered for row in rows) == covered


def test_ballots_add_up_beside_the_appraisals_of_single_people(three):
    issued(three)
    first = meet(three, three.deputy, three.wang, satisfied=1, unsatisfied=1)
    assert ballots([first])["unsatisfied"] == 1
    _rows, total = tally(three.bureau, HALF, three.carol)
    assert not total.appraisals
    page = sign_in(three.carol).get(reverse("contacts:report-list")).content.decode()
    assert "Ballots, all meetings" in page


def test_the_pages_take_as_many_queries_for_many_as_for_few(bureau):
    def queries(name: str, *args) -> int:
        client = sign_in(bureau.carol)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name, args=args)).status_code == 200
        return len(captured)

    few = issued(bureau)
    pages = [("contacts:report-list",), ("contacts:report-detail", few.pk), ("contacts:report-meet", few.pk)]
    before = [queries(*page) for page in pages]
    for number in range(30):
        person(f"王{number}", bureau.station)
    issuing.issue(few, actor=Actor(bureau.carl), now=timezone.now())
    assert [queries(*page) for page in pages] == before
    assert max(before) <= 16, before
