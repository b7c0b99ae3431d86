"""What the addresses of `tests.pages` are about: each function makes one thing in a small bureau, and answers what its address
needs, or what its form sends."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from contacts import conduct, unit_tree
from contacts.answering import prepare_answer
from contacts.assigning import put_together
from contacts.consulting import ask_opinion, attach, kept_as
from contacts.duplicates import keep_apart
from contacts.imports import batches
from contacts.imports.results import Context
from contacts.imports.tables import recognise
from contacts.imports.workbook import Sheet
from contacts.merging import merge
from contacts.models import (
    Actor,
    ConductConsent,
    ContactRecord,
    Feedback,
    Gathering,
    ImportBatch,
    Officer,
    RepairingRequest,
    ReportCopy,
    ReportMeeting,
    SavedView,
    Stakeholder,
    Turnover,
    Unit,
    UnitRole,
    WorkReport,
)
from contacts.turnover import deeds
from contacts.work_reports import delivering, files, meetings, shelf
from schedules import configuring, handling, remarking
from schedules.calendars import sets
from schedules.digests.figures import figures
from schedules.digests.lists import ROWS
from schedules.digests.public import public_figures
from schedules.digests.scope import Scope
from schedules.feeds import subscribe
from schedules.forms.configuring import EndPolicyForm
from schedules.models import (
    CyclePolicy,
    DayOverride,
    Digest,
    FeedToken,
    Leave,
    Notice,
    NoticeLine,
    Obligation,
    PassState,
    PeriodClosing,
    PolicyVersion,
    PublicEdition,
    Remark,
)
from schedules.periods import parse
from tests import factories
from tests.base import as_seen
from tests.contacts.imports import wuxi
from tests.factories import Bureau
from tests.schedules.scenes import owe

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)  # a Wednesday, 10:30 in the bureau
TODAY = dt.date(2026, 11, 18)


def deputy(bureau: Bureau) -> list:
    return [bureau.deputy.pk]


def double(bureau: Bureau) -> list:
    """The deputy once more, in the same station, held by nobody."""
    return [bureau.deputy.pk, factories.stakeholder("张伟", bureau.station, mobile="+8613912345678").pk]


def apart(bureau: Bureau) -> list:
    one, other = Stakeholder.objects.filter(pk__in=double(bureau))
    return [keep_apart(one, other, actor=Actor(bureau.carl)).pk]


def merged(bureau: Bureau) -> list:
    double(bureau)
    absorbed = Stakeholder.objects.latest("pk")
    return [merge(bureau.deputy, absorbed, actor=Actor(bureau.carl), day=TODAY).pk]


def gathering(bureau: Bureau) -> list:
    made = Gathering.objects.create(title="Briefing", occurred_at=NOW, officer=bureau.alice)
    factories.record(bureau.deputy, bureau.alice, NOW, kind="meeting", gathering=made)
    return [made.pk]


def appointment(bureau: Bureau) -> list:
    """The deputy watches over the police as well."""
    return [
        factories.seat(
            bureau.deputy, "patrol_visitor", "", unit=bureau.county, started_on=dt.date(2025, 1, 1), ended_on=dt.date(2026, 12, 31)
        ).pk
    ]  # fmt: skip


def appointments(bureau: Bureau) -> dict[str, Any]:
    return {"people": str(appointment(bureau)[0])}


def briefing(bureau: Bureau) -> Gathering:
    made = Gathering.objects.create(
        title="Facts", kind="briefing", channel="chat", occurred_at=NOW, officer=bureau.alice
    )
    factories.record(bureau.deputy, bureau.alice, NOW, kind="briefing", gathering=made)
    return made


def got_it(bureau: Bureau) -> list:
    return [briefing(bureau).records.get().pk]


def briefing_file(bureau: Bureau) -> list:
    upload = SimpleUploadedFile("facts.pdf", b"%PDF-1.7 facts")
    kept = kept_as(upload, "application/pdf")
    return [briefing(bureau).files.create(added_by=bureau.alice, **kept).pk]


def forgotten(bureau: Bureau) -> dict[str, Any]:
    return {"person": factories.stakeholder("李娜", bureau.station).number}


def record(bureau: Bureau) -> list:
    return [factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=2), promised="A map").pk]


def feedback(bureau: Bureau) -> list:
    return [factories.feedback(bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=9)).pk]


def answered(bureau: Bureau) -> list:
    told_in = ContactRecord.objects.get(pk=record(bureau)[0])
    item = factories.feedback(
        bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=9), state=Feedback.State.ANSWERED, result="solved",
        answer="Done.", answered_on=told_in.occurred_on, answer_record=told_in,
    )  # fmt: skip
    return [item.pk]


def assigned(bureau: Bureau) -> list:
    """A formal suggestion, which its unit got yesterday."""
    item = factories.feedback(
        bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=1), state=Feedback.State.ASSIGNED, kind="suggestion",
        document_number=f"2026-{Feedback.objects.count()}",
    )  # fmt: skip
    return [item.pk]


def linked(bureau: Bureau) -> list:
    """Two items about one matter."""
    item, other = (Feedback.objects.get(pk=feedback(bureau)[0]) for _number in range(2))
    put_together(item, other, actor=Actor(bureau.alice))
    return [item.pk, other.pk]


def written(bureau: Bureau) -> list:
    """An answer that nobody was told yet."""
    (pk,) = feedback(bureau)
    prepare_answer(Feedback.objects.get(pk=pk), text="Done.", result="solved", actor=Actor(bureau.alice))
    return [pk]


def consulted(bureau: Bureau) -> list:
    """Alice's station, by the county that handles it."""
    item = factories.feedback(bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=9), unit=bureau.county)
    asked = ask_opinion(
        item, unit=bureau.station, question="Whose road?", due_on=TODAY, day=TODAY, actor=Actor(bureau.carl)
    )
    return [asked.pk]


def attached(bureau: Bureau) -> list:
    (pk,) = feedback(bureau)
    upload = SimpleUploadedFile("map.pdf", b"%PDF-1.7 a map")
    return [attach(Feedback.objects.get(pk=pk), upload, "application/pdf", actor=Actor(bureau.alice)).pk]


def supervised(bureau: Bureau) -> list:
    (pk,) = feedback(bureau)
    Feedback.objects.filter(pk=pk).update(supervised_by=bureau.lin, report_by=TODAY)
    return [pk]


def drawn(bureau: Bureau) -> list:
    """A contact of last month, which is over."""
    return [factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=30)).pk]


def pattern(bureau: Bureau) -> list:
    """Ten contacts at once."""
    for _number in range(10):
        factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=2))
    return ["2026-11", bureau.alice.pk, "burst-20261116T1030"]


def obligation(bureau: Bureau) -> list:
    stands = Obligation.objects.filter(stakeholder=bureau.deputy, period_key="2026-11").first()
    return [(stands or owe(bureau.deputy)).pk]


def moved(bureau: Bureau) -> list:
    """By Alice, just now."""
    (pk,) = obligation(bureau)
    owed = Obligation.objects.get(pk=pk)
    handling.move(owed, day=dt.date(2026, 11, 25), actor=Actor(bureau.alice), now=NOW)
    return [pk]


def leave(bureau: Bureau) -> list:
    leave = Leave.objects.create(officer=bureau.alice, first_day=TODAY, last_day=TODAY)
    return [leave.pk]


def late(bureau: Bureau) -> list:
    stands = Obligation.objects.filter(stakeholder=bureau.deputy, period_key="2026-11").first()
    return [(stands or owe(bureau.deputy, planned_on=dt.date(2026, 11, 12))).pk]


def waived(bureau: Bureau) -> list:
    return [owe(bureau.deputy, "2026-10", waived_at=NOW, waived_by=bureau.bob, waive_reason="ill").pk]


def notice(bureau: Bureau) -> list:
    notice, _new = Notice.objects.get_or_create(officer=bureau.alice, send_on=TODAY)
    owed = Obligation.objects.get(pk=obligation(bureau)[0])
    NoticeLine.objects.get_or_create(notice=notice, recipient=bureau.alice, obligation=owed, stage="planned")
    return [notice.pk]


def nothing_but_a_notice(bureau: Bureau) -> list:
    notice(bureau)
    return []


def feed(bureau: Bureau) -> list:
    return [subscription(bureau)[0].pk]


def feed_secret(bureau: Bureau) -> list:
    return [subscription(bureau)[1]]


def subscription(bureau: Bureau) -> tuple[FeedToken, str]:
    actor = Actor(bureau.alice)
    return subscribe(bureau.alice, name="Phone", with_names=False, with_alarm=False, actor=actor, now=NOW)


def calendars(bureau: Bureau) -> list:
    made = sets.order(
        bureau.county, bureau.carl, since=None, until=None, with_names=True, with_alarm=False, now=NOW,
        actor=Actor(bureau.carl),
    )  # fmt: skip
    sets.make_what_is_due()
    return [made.pk]


def closed_period(bureau: Bureau) -> list:
    PassState.objects.create(first_day=dt.date(2026, 9, 1), latest_at=NOW)
    policy = CyclePolicy.objects.get(code="call")
    PeriodClosing.objects.create(policy=policy, period_key="2026-10", closed_at=NOW)
    return []


def roster() -> SimpleUploadedFile:
    text = "姓名,聘任单位,手机号码\n李娜,某报社,13812345678\n王芳,某报社,138\n"
    return SimpleUploadedFile("media_supervisors.csv", text.encode())


def checked_import(bureau: Bureau) -> list:
    """A roster of the county's, checked: one of its rows has a number that can not ring."""
    batch, _new = batches.upload(
        roster(), "media", Actor(bureau.carl), pairings_from=TODAY, now=NOW, group=uuid.uuid4()
    )
    wuxi.work()
    return [batch.pk]


NEW_TERM = "姓名,类别,层级,手机号码,住址\n李娜,人大代表,镇,13812345678,江阴市澄江镇1号\n"


def new_roster() -> SimpleUploadedFile:
    return SimpleUploadedFile("new_term.csv", NEW_TERM.encode())


def township(bureau: Bureau) -> Turnover:
    return Turnover(kind="npc_deputy", level="township", unit=bureau.county, term_number=18, starts_on=TODAY)


def turnover(bureau: Bureau) -> list:
    return [deeds.check(township(bureau), new_roster(), context(bureau)).pk]


def turned(bureau: Bureau) -> list:
    turnover = township(bureau)
    batch = ImportBatch(
        file_name="new_term.csv", kind="deputies", officer=bureau.carl, pairings_from=TODAY, scope=bureau.county.path
    )  # fmt: skip
    rows = [line.split(",") for line in NEW_TERM.split()]
    table = recognise([Sheet(None, list(enumerate(rows, 1)))], "deputies")
    deeds.apply_now(turnover, batch, table, context(bureau), deeds.nobody_decided)
    return [turnover.pk]


def context(bureau: Bureau) -> Context:
    return Context(Actor(bureau.carl), NOW, TODAY, TODAY)


def new_term(bureau: Bureau) -> dict[str, Any]:
    return {
        "kind": "npc_deputy", "level": "township", "body": "", "unit": bureau.county.pk, "term_number": "18",
        "starts_on": "2026-12-01", "ends_on": "", "file": new_roster(),
    }  # fmt: skip


def proposed_after_the_turn(bureau: Bureau) -> dict[str, Any]:
    came = Stakeholder.objects.filter(name="李娜").first()
    return {"pair": f"{came.pk if came else 0}:{bureau.alice.pk}"}


def draft(bureau: Bureau) -> list:
    """The report of the station, which covers the deputy."""
    return [factories.work_report(bureau).pk]


def submitted(bureau: Bureau) -> list:
    return [factories.work_report(bureau, "submitted").pk]


def approved(bureau: Bureau) -> list:
    return [factories.work_report(bureau, "approved").pk]


def issued(bureau: Bureau) -> list:
    return [factories.work_report(bureau, "issued").pk]


def copy(bureau: Bureau) -> list:
    return [factories.work_report(bureau, "issued").copies.get().pk]


def undelivered(bureau: Bureau) -> list:
    """Of another half-year than the one that the meeting heard."""
    return [factories.work_report(bureau, "issued", half_year="2026-H1").copies.get().pk]


def printed(bureau: Bureau) -> list:
    (pk,) = copy(bureau)
    shelf.put(shelf.name_of(ReportCopy.objects.select_related(*files.NEEDED).get(pk=pk)), b"%PDF-")
    return [pk]


def delivered(bureau: Bureau) -> list:
    (pk,) = undelivered(bureau)
    record = ContactRecord(stakeholder=bureau.deputy, officer=bureau.alice, kind="report", occurred_at=NOW)
    delivering.deliver(ReportCopy.objects.get(pk=pk), record, method="post", actor=Actor(bureau.alice))
    return [pk]


def meeting(bureau: Bureau) -> list:
    report = WorkReport.objects.get(pk=issued(bureau)[0])
    meeting = ReportMeeting(
        report=report, unit=bureau.station, held_on=TODAY, place="A hall", leader=bureau.bob, satisfied=1, entered_by=bureau.bob
    )  # fmt: skip
    return [meetings.hold(meeting, report.copies.all(), reports=True, actor=Actor(bureau.bob)).pk]


def meeting_form(bureau: Bureau) -> dict[str, Any]:
    copy = ReportCopy.objects.filter(stakeholder=bureau.deputy).first()
    return {
        "held_on": "2026-11-18", "place": "A hall", "leader": bureau.bob.police_number, "present": [copy.pk if copy else 0],
        "satisfied": "1", "basically": "0", "unsatisfied": "0", "abstained": "0", "said": "", "reports": "on",
        "said-TOTAL_FORMS": "0", "said-INITIAL_FORMS": "0",
    }  # fmt: skip


def archive(bureau: Bureau) -> list:
    """Made already, though nobody has a copy: an empty one."""
    made = files.order(bureau.county, "2026-H2", actor=Actor(bureau.carl), now=NOW)
    files.make_what_is_due()
    return [made.pk]


def applied(bureau: Bureau) -> list:
    (pk,) = checked_import(bureau)
    batches.confirm(ImportBatch.objects.get(pk=pk), Actor(bureau.carl), NOW)
    wuxi.work()
    return [pk]


def account(bureau: Bureau) -> list:
    return [bureau.dan.police_number]


def idle_account(bureau: Bureau) -> list:
    return [factories.officer("Eve", bureau.station, is_active=False).police_number]


def proposal(bureau: Bureau) -> list:
    role = UnitRole.objects.create(
        officer=bureau.dan, unit=bureau.other_station, role="leader", proposed_by=bureau.sue, proposed_at=NOW
    )
    return [role.pk]


def held_role(bureau: Bureau) -> list:
    return [bureau.bob.roles.get().pk]


def policy(bureau: Bureau) -> list:
    return [CyclePolicy.objects.get(code="call").pk]


def policy_end(bureau: Bureau) -> dict[str, Any]:
    call = CyclePolicy.objects.get(code="call")
    return as_seen(EndPolicyForm({"starts_on": "2027-01-01", "reason": "because"}, policy=call))


def change_ahead(bureau: Bureau) -> list:
    call = CyclePolicy.objects.get(code="call")
    ahead = PolicyVersion(starts_on=dt.date(2027, 6, 1), kind="call", cadence="month", minimum_days=10)
    configuring.change_policy(call, ahead, day=dt.date(2026, 11, 2), actor=Actor(bureau.carol))
    return [ahead.pk]


def special_day(bureau: Bureau) -> list:
    DayOverride.objects.create(day=dt.date(2026, 12, 24))
    return ["2026-12-24"]


def quiet_unit(bureau: Bureau) -> list:
    there = Unit.objects.filter(code="320282502000").first()
    return [(there or factories.unit("宜城二所", bureau.other_county, code="320282502000")).code]


def change_of_units(bureau: Bureau) -> list:
    unit = Unit.objects.get(code=quiet_unit(bureau)[0])
    made = unit_tree.rename(
        unit, name="宜城东所", short_name="宜城东所", actor=Actor(bureau.carol), now=NOW, reason="new"
    )
    return [made.pk]


def view(bureau: Bureau) -> list:
    view = SavedView.objects.create(officer=bureau.alice, listing="stakeholders", name="Mine", query="q=zw")
    return [view.pk]


def ticked(bureau: Bureau) -> dict[str, Any]:
    return {"people": str(bureau.deputy.pk)}


def handover(bureau: Bureau) -> list:
    before = factories.officer("Eve", bureau.station)
    return [factories.handover(before, {bureau.deputy: bureau.alice}, TODAY).pk]


def stand_in(bureau: Bureau) -> list:
    return [factories.stand_in(factories.officer("Eve", bureau.station), bureau.alice, TODAY, TODAY).pk]


def asked(bureau: Bureau) -> list:
    return [RepairingRequest.objects.create(stakeholder=bureau.deputy, asked_by=bureau.rita).pk]


def case(bureau: Bureau) -> list:
    """A sealed report on Dan, which is with Rita. Where there is another reviewer, it is Rob."""
    return [factories.case("Dan", by=bureau.alice, reviewer=bureau.rita, day=TODAY).pk]


def other_reviewer(bureau: Bureau) -> Officer:
    known = Officer.objects.filter(name="Rob").first()
    return known or factories.reviewer("Rob", bureau.bureau)


def question(bureau: Bureau, *, asker: Officer, second: Officer) -> ConductConsent:
    case = factories.case("Dan", by=bureau.alice, reviewer=asker, day=TODAY)
    return conduct.ask_consent(case, second=second, reviewer=asker, reason="because", now=NOW)


def asked_of_rita(bureau: Bureau) -> list:
    return [question(bureau, asker=other_reviewer(bureau), second=bureau.rita).pk]


def case_with_consent(bureau: Bureau) -> list:
    asked_for = question(bureau, asker=bureau.rita, second=other_reviewer(bureau))
    conduct.decide(asked_for, granted=True, now=NOW, day=TODAY)
    return [asked_for.report_id]


def to_rob(bureau: Bureau) -> dict[str, Any]:
    return {"reviewer": other_reviewer(bureau).police_number, "reason": "because"}


def reason(bureau: Bureau) -> dict[str, Any]:
    return {"reason": "because"}


def proposed(bureau: Bureau) -> dict[str, Any]:
    person = factories.stakeholder("李娜", bureau.station)
    factories.seat(person)
    return {"on": "2026-11-18", "ids": [person.pk], f"to_{person.pk}": bureau.bob.police_number}


def text(bureau: Bureau) -> dict[str, Any]:
    return {"text": "It is the county's road."}


def nothing(bureau: Bureau) -> dict[str, Any]:
    return {}


def contact(bureau: Bureau) -> dict[str, Any]:
    return {
        "outcome": "reached", "kind": "call", "day": "2026-11-17", "time": "09:00", "summary": "Spoke.", "promised": "",
        "said": "", "submission": str(uuid.uuid4()),
    }  # fmt: skip


def person(bureau: Bureau) -> dict[str, Any]:
    return {
        "name": "李娜", "numbers": "13812345678", "unit": bureau.station.pk, "seats-TOTAL_FORMS": "0",
        "seats-INITIAL_FORMS": "0",
    }  # fmt: skip


def year_s_notice(bureau: Bureau) -> dict[str, Any]:
    return {
        "year": "2027", "known": "on", "rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0",
        "rows-0-first": "2027-01-01", "rows-0-last": "2027-01-03", "rows-0-is_working": "no", "rows-0-note": "元旦",
    }  # fmt: skip


def version(bureau: Bureau) -> dict[str, Any]:
    return {"starts_on": "2027-01-01", "kind": "visit", "cadence": "year", "seat_kinds": ["media_supervisor"]}


# --- digests -------------------------------------------------------------------------------------------------


def remark(bureau: Bureau) -> list:
    """Of the station's leader, for Alice."""
    made = remarking.give(
        bureau.station, parse("2026-10"), text="Visit those whom nobody reached.", assignee=bureau.alice,
        due_on=dt.date(2026, 11, 20), day=NOW.date(), actor=Actor(bureau.bob),
    )  # fmt: skip
    return [made.pk]


def reported_remark(bureau: Bureau) -> list:
    made = remark(bureau)
    remarking.report(Remark.objects.get(pk=made[0]), text="All visited.", actor=Actor(bureau.alice))
    return made


def edition(bureau: Bureau, state: str = PublicEdition.State.SUBMITTED) -> list:
    """Of the county's October, which is frozen; its text is Carl's, and waits for its leader. There is one: it is taken
    further."""
    period = parse("2026-10")
    digest, _new = Digest.objects.get_or_create(
        unit=bureau.county, period_key=period.key, ahead=False,
        defaults={"frozen_at": NOW - dt.timedelta(days=14), "figures": figures(Scope.of_unit(bureau.county), period.key, NOW)},
    )  # fmt: skip
    told = public_figures(digest.figures, dict.fromkeys(ROWS, []), NOW.date())
    approval = (
        {"approved_by": bureau.lin, "approved_at": NOW} if state == PublicEdition.State.APPROVED else {}
    )
    made, _new = PublicEdition.objects.update_or_create(
        digest=digest,
        defaults={
            "figures": told,
            "text": "We listened.",
            "state": state,
            "written_by": bureau.carl,
            "written_at": NOW,
            "approved_by": None,
            "approved_at": None,
            **approval,
        },
    )
    made.writers.add(bureau.carl)
    return []


def drafted_edition(bureau: Bureau) -> list:
    return edition(bureau, PublicEdition.State.DRAFT)


def approved_edition(bureau: Bureau) -> list:
    return edition(bureau, PublicEdition.State.APPROVED)
