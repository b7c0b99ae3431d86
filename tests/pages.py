"""Every address of the site, once: which row of the design's matrix it stands under, on whose things it acts, and the
form that does its deed. `test_matrix.py` asks each as everybody, `test_audit.py` sends each form.

Whoever adds an address adds a row to PAGES; without one both tests fail and name it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from contacts import conduct, unit_tree
from contacts.answering import prepare_answer
from contacts.consulting import ask_opinion, attach, kept_as
from contacts.duplicates import keep_apart
from contacts.imports import batches
from contacts.imports.results import Context
from contacts.imports.tables import recognise
from contacts.imports.workbook import Sheet
from contacts.meanwhile import Meanwhile
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
    Telling,
    Topic,
    Turnover,
    Unit,
    UnitRole,
    WorkReport,
)
from contacts.turnover import deeds
from contacts.work_reports import delivering, files, meetings, shelf
from schedules import configuring, handling
from schedules.calendars import sets
from schedules.feeds import subscribe
from schedules.forms.configuring import EndPolicyForm, PolicyForm, VersionForm
from schedules.models import (
    CyclePolicy,
    DayOverride,
    FeedToken,
    Leave,
    Notice,
    NoticeLine,
    Obligation,
    PassState,
    PeriodClosing,
    PolicyVersion,
)
from tests import factories
from tests.base import as_seen
from tests.contacts.imports import wuxi
from tests.factories import PASSWORD, Bureau
from tests.schedules.scenes import owe

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)  # a Wednesday, 10:30 in the bureau
TODAY = dt.date(2026, 11, 18)

# --- the design, section 5 -----------------------------------------------------------------------------------
# A all, U own unit and below, O own pairings, C assigned case, - no. "Masked" is asked by tests of the pages.
# Columns: system and security administrator; coordinator of city, county; leader of city, county, station;
# community officer; discipline reviewer; auditor.

DESIGN = {
    "see the roster": "- -  A U  A U U  O C -",
    "reveal a phone or address": "- -  A U  - - U  O C -",
    "edit, import the roster": "- -  A U  - - -  - - -",
    "export the roster": "- -  A U  - - -  O - -",
    "log contacts, feedback": "- -  A U  O O U  O - -",
    "read feedback": "- -  A U  A U U  O C -",
    "approve more time": "- -  - -  A U -  - - -",
    "put under supervision": "- -  - -  A U -  - - -",
    "ask how satisfied people are": "- -  A U  O O U  O - -",
    "call people back": "- -  A U  - - -  - - -",
    "pair, hand over, waive": "- -  A U  - U U  - - -",
    "ask for another officer": "- -  A U  - U U  - A -",
    "name a stand-in": "- -  A U  O U U  O - -",
    "policies, working days, topics": "- -  A -  - - -  - - -",
    "recount a closed period": "- -  A U  - - -  - - -",
    "digest": "- -  A U  A U U  O - -",
    "send a message again": "A -  A U  - - -  - - -",
    "who is behind": "- -  A U  A U U  - - -",
    "file a sealed report": "- -  A A  A A A  A A -",
    "read a sealed report": "- -  - -  - - -  - A -",  # C, and a list that says that there is none
    "write a report": "- -  A U  - - U  - - -",
    "approve a report": "- -  - -  A U -  - - -",
    "accounts": "A -  - -  - - -  - - -",
    "propose or approve a role": "A A  - -  - - -  - - -",
    "approve a role": "- A  - -  - - -  - - -",
    "read the audit trail": "- -  - -  - - -  - - A",
}
COLUMNS = "sys sec city_coordinator county_coordinator city_leader county_leader station_leader officer reviewer auditor"

# "Leaders hold pairings too: on those they are officers"; so are coordinators and reviewers. The three powers are not.
PEOPLE = {
    "alice": "officer",
    "dan": "officer",
    "bob": "station_leader officer",
    "lin": "county_leader officer",
    "lea": "city_leader officer",
    "carl": "county_coordinator officer",
    "carol": "city_coordinator officer",
    "rita": "reviewer officer",
    "sue": "sys",
    "sam": "sec",
    "ann": "auditor",
}


def cells(row: str, who: str) -> set[str]:
    """What the matrix gives somebody in a row; a case gives nothing while none is assigned."""
    letters = dict(zip(COLUMNS.split(), DESIGN[row].split(), strict=True))
    return {letters[column] for column in PEOPLE[who].split()} - {"-", "C"}


# --- addresses -----------------------------------------------------------------------------------------------

Arguments = Callable[[Bureau], list]
Form = Callable[[Bureau], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """`row`: of DESIGN; "" for everybody who is signed in; "public" for everybody.
    `about`: whose thing it is: "" nobody's; "deputy" – Alice's deputy or what hangs on him; "alice" – the officer;
    "station" – the unit; "private" – Alice's alone; "private to carl" – his; "carl" – something of the county's coordinator;
    "private to rita" – the reviewer's.
    `args` makes the thing and gives the address's arguments. `post` is the form that does the deed, sent by `doer`; None
    where the address only reads. `only_post`: it shows nothing. `sealed`: what it does leaves no entry in the trail (R13)."""

    row: str = ""
    about: str = ""
    args: Arguments = lambda bureau: []
    query: str = ""
    post: Form | None = None
    doer: str = ""
    only_post: bool = False
    sealed: bool = False


def _deputy(bureau: Bureau) -> list:
    return [bureau.deputy.pk]


def _double(bureau: Bureau) -> list:
    """The deputy once more, in the same station, held by nobody."""
    return [bureau.deputy.pk, factories.stakeholder("张伟", bureau.station, mobile="+8613912345678").pk]


def _apart(bureau: Bureau) -> list:
    one, other = Stakeholder.objects.filter(pk__in=_double(bureau))
    return [keep_apart(one, other, actor=Actor(bureau.carl)).pk]


def _merge(bureau: Bureau) -> list:
    _double(bureau)
    double = Stakeholder.objects.latest("pk")
    return [merge(bureau.deputy, double, actor=Actor(bureau.carl), day=TODAY).pk]


def _gathering(bureau: Bureau) -> list:
    made = Gathering.objects.create(title="Briefing", occurred_at=NOW, officer=bureau.alice)
    factories.record(bureau.deputy, bureau.alice, NOW, kind="meeting", gathering=made)
    return [made.pk]


def _appointment(bureau: Bureau) -> list:
    """The deputy watches over the police as well."""
    return [
        factories.seat(
            bureau.deputy, "patrol_visitor", "", unit=bureau.county, started_on=dt.date(2025, 1, 1), ended_on=dt.date(2026, 12, 31)
        ).pk
    ]  # fmt: skip


def _appointments(bureau: Bureau) -> dict[str, Any]:
    return {"people": str(_appointment(bureau)[0])}


def _briefing(bureau: Bureau) -> Gathering:
    made = Gathering.objects.create(
        title="Facts", kind="briefing", channel="chat", occurred_at=NOW, officer=bureau.alice
    )
    factories.record(bureau.deputy, bureau.alice, NOW, kind="briefing", gathering=made)
    return made


def _got_it(bureau: Bureau) -> list:
    return [_briefing(bureau).records.get().pk]


def _briefing_file(bureau: Bureau) -> list:
    upload = SimpleUploadedFile("facts.pdf", b"%PDF-1.7 facts")
    kept = kept_as(upload, "application/pdf")
    return [_briefing(bureau).files.create(added_by=bureau.alice, **kept).pk]


def _forgotten(bureau: Bureau) -> dict[str, Any]:
    return {"person": factories.stakeholder("李娜", bureau.station).number}


def _record(bureau: Bureau) -> list:
    return [factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=2), promised="A map").pk]


def _feedback(bureau: Bureau) -> list:
    return [factories.feedback(bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=9)).pk]


def _answered(bureau: Bureau) -> list:
    record = ContactRecord.objects.get(pk=_record(bureau)[0])
    item = factories.feedback(
        bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=9), state=Feedback.State.ANSWERED, result="solved",
        answer="Done.", answered_on=record.occurred_on, answer_record=record,
    )  # fmt: skip
    return [item.pk]


def _assigned(bureau: Bureau) -> list:
    """A formal suggestion, which its unit got yesterday."""
    item = factories.feedback(
        bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=1), state=Feedback.State.ASSIGNED, kind="suggestion",
        document_number=f"2026-{Feedback.objects.count()}",
    )  # fmt: skip
    return [item.pk]


def _written(bureau: Bureau) -> list:
    """An answer that nobody was told yet."""
    (pk,) = _feedback(bureau)
    prepare_answer(Feedback.objects.get(pk=pk), text="Done.", result="solved", actor=Actor(bureau.alice))
    return [pk]


def _consulted(bureau: Bureau) -> list:
    """Alice's station, by the county that handles it."""
    item = factories.feedback(bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=9), unit=bureau.county)
    asked = ask_opinion(
        item, unit=bureau.station, question="Whose road?", due_on=TODAY, day=TODAY, actor=Actor(bureau.carl)
    )
    return [asked.pk]


def _attached(bureau: Bureau) -> list:
    (pk,) = _feedback(bureau)
    upload = SimpleUploadedFile("map.pdf", b"%PDF-1.7 a map")
    return [attach(Feedback.objects.get(pk=pk), upload, "application/pdf", actor=Actor(bureau.alice)).pk]


def _supervised(bureau: Bureau) -> list:
    (pk,) = _feedback(bureau)
    Feedback.objects.filter(pk=pk).update(supervised_by=bureau.lin, report_by=TODAY)
    return [pk]


def _drawn(bureau: Bureau) -> list:
    """A contact of last month, which is over."""
    return [factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=30)).pk]


def _pattern(bureau: Bureau) -> list:
    """Ten contacts at once."""
    for _number in range(10):
        factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=2))
    return ["2026-11", bureau.alice.pk, "burst-20261116T1030"]


def _obligation(bureau: Bureau) -> list:
    stands = Obligation.objects.filter(stakeholder=bureau.deputy, period_key="2026-11").first()
    return [(stands or owe(bureau.deputy)).pk]


def _moved(bureau: Bureau) -> list:
    """By Alice, just now."""
    (pk,) = _obligation(bureau)
    owed = Obligation.objects.get(pk=pk)
    handling.move(owed, day=dt.date(2026, 11, 25), actor=Actor(bureau.alice), now=NOW)
    return [pk]


def _leave(bureau: Bureau) -> list:
    leave = Leave.objects.create(officer=bureau.alice, first_day=TODAY, last_day=TODAY)
    return [leave.pk]


def _late(bureau: Bureau) -> list:
    stands = Obligation.objects.filter(stakeholder=bureau.deputy, period_key="2026-11").first()
    return [(stands or owe(bureau.deputy, planned_on=dt.date(2026, 11, 12))).pk]


def _waived(bureau: Bureau) -> list:
    return [owe(bureau.deputy, "2026-10", waived_at=NOW, waived_by=bureau.bob, waive_reason="ill").pk]


def _notice(bureau: Bureau) -> list:
    notice, _new = Notice.objects.get_or_create(officer=bureau.alice, send_on=TODAY)
    owed = Obligation.objects.get(pk=_obligation(bureau)[0])
    NoticeLine.objects.get_or_create(notice=notice, recipient=bureau.alice, obligation=owed, stage="planned")
    return [notice.pk]


def _nothing_but_a_notice(bureau: Bureau) -> list:
    _notice(bureau)
    return []


def _feed(bureau: Bureau) -> list:
    return [_subscription(bureau)[0].pk]


def _feed_secret(bureau: Bureau) -> list:
    return [_subscription(bureau)[1]]


def _subscription(bureau: Bureau) -> tuple[FeedToken, str]:
    actor = Actor(bureau.alice)
    return subscribe(bureau.alice, name="Phone", with_names=False, with_alarm=False, actor=actor, now=NOW)


def _calendars(bureau: Bureau) -> list:
    made = sets.order(
        bureau.county, bureau.carl, since=None, until=None, with_names=True, with_alarm=False, now=NOW,
        actor=Actor(bureau.carl),
    )  # fmt: skip
    sets.make_what_is_due()
    return [made.pk]


def _closed_period(bureau: Bureau) -> list:
    PassState.objects.create(first_day=dt.date(2026, 9, 1), latest_at=NOW)
    policy = CyclePolicy.objects.get(code="call")
    PeriodClosing.objects.create(policy=policy, period_key="2026-10", closed_at=NOW)
    return []


def _roster() -> SimpleUploadedFile:
    text = "姓名,聘任单位,手机号码\n李娜,某报社,13812345678\n王芳,某报社,138\n"
    return SimpleUploadedFile("media_supervisors.csv", text.encode())


def _import(bureau: Bureau) -> list:
    """A roster of the county's, checked: one of its rows has a number that can not ring."""
    batch, _new = batches.upload(
        _roster(), "media", Actor(bureau.carl), pairings_from=TODAY, now=NOW, group=uuid.uuid4()
    )
    wuxi.work()
    return [batch.pk]


NEW_TERM = "姓名,类别,层级,手机号码,住址\n李娜,人大代表,镇,13812345678,江阴市澄江镇1号\n"


def _new_roster() -> SimpleUploadedFile:
    return SimpleUploadedFile("new_term.csv", NEW_TERM.encode())


def _township(bureau: Bureau) -> Turnover:
    return Turnover(kind="npc_deputy", level="township", unit=bureau.county, term_number=18, starts_on=TODAY)


def _turnover(bureau: Bureau) -> list:
    return [deeds.check(_township(bureau), _new_roster(), _context(bureau)).pk]


def _turned(bureau: Bureau) -> list:
    turnover = _township(bureau)
    batch = ImportBatch(
        file_name="new_term.csv", kind="deputies", officer=bureau.carl, pairings_from=TODAY, scope=bureau.county.path
    )  # fmt: skip
    rows = [line.split(",") for line in NEW_TERM.split()]
    table = recognise([Sheet(None, list(enumerate(rows, 1)))], "deputies")
    deeds.apply_now(turnover, batch, table, _context(bureau), deeds.nobody_decided)
    return [turnover.pk]


def _context(bureau: Bureau) -> Context:
    return Context(Actor(bureau.carl), NOW, TODAY, TODAY)


def _new_term(bureau: Bureau) -> dict[str, Any]:
    return {
        "kind": "npc_deputy", "level": "township", "body": "", "unit": bureau.county.pk, "term_number": "18",
        "starts_on": "2026-12-01", "ends_on": "", "file": _new_roster(),
    }  # fmt: skip


def _proposed_after_the_turn(bureau: Bureau) -> dict[str, Any]:
    came = Stakeholder.objects.filter(name="李娜").first()
    return {"pair": f"{came.pk if came else 0}:{bureau.alice.pk}"}


def _draft(bureau: Bureau) -> list:
    """The report of the station, which covers the deputy."""
    return [factories.work_report(bureau).pk]


def _submitted(bureau: Bureau) -> list:
    return [factories.work_report(bureau, "submitted").pk]


def _approved(bureau: Bureau) -> list:
    return [factories.work_report(bureau, "approved").pk]


def _issued(bureau: Bureau) -> list:
    return [factories.work_report(bureau, "issued").pk]


def _copy(bureau: Bureau) -> list:
    return [factories.work_report(bureau, "issued").copies.get().pk]


def _undelivered(bureau: Bureau) -> list:
    """Of another half-year than the one that the meeting heard."""
    return [factories.work_report(bureau, "issued", half_year="2026-H1").copies.get().pk]


def _printed(bureau: Bureau) -> list:
    (pk,) = _copy(bureau)
    shelf.put(shelf.name_of(ReportCopy.objects.select_related(*files.NEEDED).get(pk=pk)), b"%PDF-")
    return [pk]


def _delivered(bureau: Bureau) -> list:
    (pk,) = _undelivered(bureau)
    record = ContactRecord(stakeholder=bureau.deputy, officer=bureau.alice, kind="report", occurred_at=NOW)
    delivering.deliver(ReportCopy.objects.get(pk=pk), record, method="post", actor=Actor(bureau.alice))
    return [pk]


def _meeting(bureau: Bureau) -> list:
    report = WorkReport.objects.get(pk=_issued(bureau)[0])
    meeting = ReportMeeting(
        report=report, unit=bureau.station, held_on=TODAY, place="A hall", leader=bureau.bob, satisfied=1, entered_by=bureau.bob
    )  # fmt: skip
    return [meetings.hold(meeting, report.copies.all(), reports=True, actor=Actor(bureau.bob)).pk]


def _meeting_form(bureau: Bureau) -> dict[str, Any]:
    copy = ReportCopy.objects.filter(stakeholder=bureau.deputy).first()
    return {
        "held_on": "2026-11-18", "place": "A hall", "leader": bureau.bob.police_number, "present": [copy.pk if copy else 0],
        "satisfied": "1", "basically": "0", "unsatisfied": "0", "abstained": "0", "said": "", "reports": "on",
        "said-TOTAL_FORMS": "0", "said-INITIAL_FORMS": "0",
    }  # fmt: skip


def _archive(bureau: Bureau) -> list:
    """Made already, though nobody has a copy: an empty one."""
    made = files.order(bureau.county, "2026-H2", actor=Actor(bureau.carl), now=NOW)
    files.make_what_is_due()
    return [made.pk]


def _applied(bureau: Bureau) -> list:
    (pk,) = _import(bureau)
    batches.confirm(ImportBatch.objects.get(pk=pk), Actor(bureau.carl), NOW)
    wuxi.work()
    return [pk]


def _account(bureau: Bureau) -> list:
    return [bureau.dan.police_number]


def _idle_account(bureau: Bureau) -> list:
    return [factories.officer("Eve", bureau.station, is_active=False).police_number]


def _proposal(bureau: Bureau) -> list:
    role = UnitRole.objects.create(
        officer=bureau.dan, unit=bureau.other_station, role="leader", proposed_by=bureau.sue, proposed_at=NOW
    )
    return [role.pk]


def _held_role(bureau: Bureau) -> list:
    return [bureau.bob.roles.get().pk]


def _policy(bureau: Bureau) -> list:
    return [CyclePolicy.objects.get(code="call").pk]


def _policy_end(bureau: Bureau) -> dict[str, Any]:
    call = CyclePolicy.objects.get(code="call")
    return as_seen(EndPolicyForm({"starts_on": "2027-01-01", "reason": "because"}, policy=call))


def _change_ahead(bureau: Bureau) -> list:
    call = CyclePolicy.objects.get(code="call")
    ahead = PolicyVersion(starts_on=dt.date(2027, 6, 1), kind="call", cadence="month", minimum_days=10)
    configuring.change_policy(call, ahead, day=dt.date(2026, 11, 2), actor=Actor(bureau.carol))
    return [ahead.pk]


def _special_day(bureau: Bureau) -> list:
    DayOverride.objects.create(day=dt.date(2026, 12, 24))
    return ["2026-12-24"]


def _quiet_unit(bureau: Bureau) -> list:
    there = Unit.objects.filter(code="320282502000").first()
    return [(there or factories.unit("宜城二所", bureau.other_county, code="320282502000")).code]


def _change_of_units(bureau: Bureau) -> list:
    unit = Unit.objects.get(code=_quiet_unit(bureau)[0])
    made = unit_tree.rename(
        unit, name="宜城东所", short_name="宜城东所", actor=Actor(bureau.carol), now=NOW, reason="new"
    )
    return [made.pk]


def _view(bureau: Bureau) -> list:
    view = SavedView.objects.create(officer=bureau.alice, listing="stakeholders", name="Mine", query="q=zw")
    return [view.pk]


def _ticked(bureau: Bureau) -> dict[str, Any]:
    return {"people": str(bureau.deputy.pk)}


def _handover(bureau: Bureau) -> list:
    before = factories.officer("Eve", bureau.station)
    return [factories.handover(before, {bureau.deputy: bureau.alice}, TODAY).pk]


def _stand_in(bureau: Bureau) -> list:
    return [factories.stand_in(factories.officer("Eve", bureau.station), bureau.alice, TODAY, TODAY).pk]


def _asked(bureau: Bureau) -> list:
    return [RepairingRequest.objects.create(stakeholder=bureau.deputy, asked_by=bureau.rita).pk]


def _case(bureau: Bureau) -> list:
    """A sealed report on Dan, which is with Rita. Where there is another reviewer, it is Rob."""
    return [factories.case("Dan", by=bureau.alice, reviewer=bureau.rita, day=TODAY).pk]


def _other_reviewer(bureau: Bureau) -> Officer:
    known = Officer.objects.filter(name="Rob").first()
    return known or factories.reviewer("Rob", bureau.bureau)


def _question(bureau: Bureau, *, asker: Officer, second: Officer) -> ConductConsent:
    case = factories.case("Dan", by=bureau.alice, reviewer=asker, day=TODAY)
    return conduct.ask_consent(case, second=second, reviewer=asker, reason="because", now=NOW)


def _asked_of_rita(bureau: Bureau) -> list:
    return [_question(bureau, asker=_other_reviewer(bureau), second=bureau.rita).pk]


def _case_with_consent(bureau: Bureau) -> list:
    question = _question(bureau, asker=bureau.rita, second=_other_reviewer(bureau))
    conduct.decide(question, granted=True, now=NOW, day=TODAY)
    return [question.report_id]


def _to_rob(bureau: Bureau) -> dict[str, Any]:
    return {"reviewer": _other_reviewer(bureau).police_number, "reason": "because"}


def _reason(bureau: Bureau) -> dict[str, Any]:
    return {"reason": "because"}


def _proposed(bureau: Bureau) -> dict[str, Any]:
    person = factories.stakeholder("李娜", bureau.station)
    factories.seat(person)
    return {"on": "2026-11-18", "ids": [person.pk], f"to_{person.pk}": bureau.bob.police_number}


def _text(bureau: Bureau) -> dict[str, Any]:
    return {"text": "It is the county's road."}


def _nothing(bureau: Bureau) -> dict[str, Any]:
    return {}


def _contact(bureau: Bureau) -> dict[str, Any]:
    return {
        "outcome": "reached", "kind": "call", "day": "2026-11-17", "time": "09:00", "summary": "Spoke.", "promised": "",
        "said": "", "submission": str(uuid.uuid4()),
    }  # fmt: skip


def _person(bureau: Bureau) -> dict[str, Any]:
    return {
        "name": "李娜", "numbers": "13812345678", "unit": bureau.station.pk, "seats-TOTAL_FORMS": "0",
        "seats-INITIAL_FORMS": "0",
    }  # fmt: skip


def _year_s_notice(bureau: Bureau) -> dict[str, Any]:
    return {
        "year": "2027", "known": "on", "rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0",
        "rows-0-first": "2027-01-01", "rows-0-last": "2027-01-03", "rows-0-is_working": "no", "rows-0-note": "元旦",
    }  # fmt: skip


def _version(bureau: Bureau) -> dict[str, Any]:
    return {"starts_on": "2027-01-01", "kind": "visit", "cadence": "year", "seat_kinds": ["media_supervisor"]}


ROSTER, LOG, EDIT, PAIR = (
    "see the roster", "log contacts, feedback", "edit, import the roster", "pair, hand over, waive",
)  # fmt: skip
WRITE = "write a report"
EXPORT, CONFIGURE, ACCOUNTS = "export the roster", "policies, working days, topics", "accounts"
REVIEW = "read a sealed report"

PAGES: dict[str, Page] = {
    "home": Page(),
    "more": Page(),
    "login": Page("public", post=lambda bureau: {"username": bureau.alice.police_number, "password": PASSWORD}),
    "logout": Page("public", post=_nothing, doer="alice", only_post=True),
    "password_change": Page(
        post=lambda bureau: {"old_password": PASSWORD, "new_password1": "another battery", "new_password2": "another battery"},
        doer="alice",
    ),
    "set_language": Page("public"),  # both keep what they are told in a cookie, and nothing here
    "set-theme": Page("public"),
    # People, and what is done with them.
    "contacts:stakeholder-list": Page(ROSTER),
    "contacts:pairing-list": Page(ROSTER),
    "contacts:record-list": Page(ROSTER),
    "contacts:officer-list": Page(ROSTER),
    "contacts:unit-list": Page(ROSTER),
    "contacts:unit-tree": Page(ROSTER),
    "contacts:unit-detail": Page(ROSTER, "station", lambda bureau: [bureau.station.code]),
    "contacts:unit-rename": Page(
        CONFIGURE, args=lambda bureau: [bureau.station.code], doer="carol",
        post=lambda bureau: {"name": "江阴市公安局澄江一所", "short_name": "澄江一所", "reason": "because"},
    ),
    "contacts:unit-move": Page(
        CONFIGURE, args=lambda bureau: [bureau.station.code], doer="carol",
        post=lambda bureau: {"below": bureau.other_county.pk, "reason": "because"},
    ),
    "contacts:unit-merge": Page(
        CONFIGURE, args=lambda bureau: [bureau.county.code], doer="carol",
        post=lambda bureau: {
            "others": [bureau.other_county.pk], "into": "new", "code": "320290000000", "name": "澄宜分局",
            "short_name": "澄宜", "reason": "because", "confirmed": "1",
        },
    ),
    "contacts:unit-close": Page(CONFIGURE, args=_quiet_unit, post=_reason, doer="carol"),
    "contacts:unit-take-back": Page(CONFIGURE, args=_change_of_units, post=_reason, doer="carol"),
    "contacts:search": Page(ROSTER, query="?q=zhangwei"),
    "contacts:suggest-officer": Page(ROSTER, query="?q=Al"),
    "contacts:suggest-stakeholder": Page(ROSTER, query="?q=zhangwei"),
    "contacts:suggest-unit": Page(ROSTER, query="?q=3202"),
    # Many people at once.
    "contacts:ticked-pair": Page(
        PAIR, doer="bob",
        post=lambda bureau: _ticked(bureau) | {"officer": bureau.bob.police_number, "on": "2026-11-18", "reason": "why"},
    ),
    "contacts:ticked-add-seat": Page(
        EDIT, post=lambda bureau: _ticked(bureau) | {"kind": "patrol_visitor"}, doer="carl"
    ),
    "contacts:ticked-end-seat": Page(
        EDIT, post=lambda bureau: _ticked(bureau) | {"kind": "npc_deputy", "last_day": "2026-12-31"}, doer="carl"
    ),
    "contacts:ticked-export": Page(EXPORT, post=lambda bureau: _ticked(bureau) | {"form": "csv"}, doer="alice"),
    # Appointments of supervisors, visitors and monitors, and briefings to them.
    "contacts:appointment-list": Page(ROSTER),
    "contacts:appointment-renew": Page(
        EDIT, "deputy", _appointment, doer="carl",
        post=lambda bureau: {"starts_on": "2027-01-01", "ends_on": "2028-12-31", "certificate": ""},
    ),
    "contacts:appointment-end": Page(
        EDIT, "deputy", _appointment, post=lambda bureau: _reason(bureau) | {"last_day": "2026-11-30"}, doer="carl"
    ),
    "contacts:appointment-certificate": Page(
        EDIT, "deputy", _appointment, post=lambda bureau: {"handed_out_on": "2025-01-01"}, doer="carl"
    ),
    "contacts:ticked-renew": Page(
        EDIT, post=lambda bureau: _appointments(bureau) | {"ends_on": "2028-12-31", "certificates": "number"}, doer="carl"
    ),
    "contacts:ticked-certificates": Page(
        EDIT, post=lambda bureau: _appointments(bureau) | {"what": "handed_out", "day": "2026-11-18"}, doer="carl"
    ),
    "contacts:briefing-create": Page(
        LOG, doer="alice",
        post=lambda bureau: {
            "people": str(bureau.deputy.pk), f"came_{bureau.deputy.pk}": "on", "title": "Facts", "channel": "chat",
            "summary": "Nobody was hurt.", "day": "2026-11-17", "time": "09:00", "submission": str(uuid.uuid4()),
        },
    ),
    "contacts:briefing-publish": Page(
        LOG, "deputy", _got_it, doer="alice",
        post=lambda bureau: {"medium": "The Daily", "title": "Nobody hurt", "published_on": "2026-11-18"},
    ),
    "contacts:briefing-file": Page(ROSTER, "deputy", _briefing_file),
    # How one likes to see a list.
    "contacts:list-columns": Page(
        ROSTER, args=lambda bureau: ["stakeholders"], doer="alice",
        post=lambda bureau: {"show": ["seat", "sex"], "sort": "-name", "per_page": "50"},
    ),
    "contacts:view-create": Page(
        ROSTER, args=lambda bureau: ["stakeholders"], query="?q=zw", post=lambda bureau: {"name": "Mine"}, doer="alice"
    ),
    "contacts:view-update": Page(ROSTER, "private", _view, post=lambda bureau: {"name": "Ours"}, doer="alice"),
    "contacts:view-delete": Page(ROSTER, "private", _view, post=_nothing, doer="alice"),
    "contacts:export": Page(EXPORT, args=lambda bureau: ["stakeholders", "csv"]),
    "contacts:stakeholder-create": Page(EDIT, post=_person, doer="carl"),
    "contacts:stakeholder-similar": Page(EDIT, query="?name=张伟"),
    "contacts:stakeholder-detail": Page(ROSTER, "deputy", _deputy),
    "contacts:stakeholder-update": Page(
        EDIT, "deputy", _deputy, doer="carl",
        post=lambda bureau: _person(bureau) | {"opened": Meanwhile(bureau.deputy, QueryDict()).seal},
    ),
    "contacts:stakeholder-reveal": Page(
        "reveal a phone or address", "deputy", _deputy, post=_nothing, doer="bob", only_post=True
    ),
    "contacts:record-create": Page(LOG, "deputy", _deputy, post=_contact, doer="alice"),
    "contacts:record-correct": Page(LOG, "deputy", _record, post=_contact, doer="alice"),
    "contacts:record-void": Page(LOG, "deputy", _record, post=_reason, doer="alice"),
    "contacts:record-keep": Page(LOG, "deputy", _record, post=_nothing, doer="alice", only_post=True),
    "contacts:pairing-create": Page(
        PAIR, "deputy", _deputy, doer="bob",
        post=lambda bureau: {"officer": bureau.bob.police_number, "on": "2026-11-18", "reason": "because"},
    ),
    "contacts:pairing-end": Page(
        PAIR, "deputy", lambda bureau: [bureau.deputy.pairings.get().pk],
        post=lambda bureau: {"last_day": "2026-11-17", "reason": "because"}, doer="bob",
    ),
    "contacts:gathering-create": Page(
        LOG, doer="alice",
        post=lambda bureau: {
            "people": str(bureau.deputy.pk), f"came_{bureau.deputy.pk}": "on", "title": "Briefing", "kind": "meeting",
            "day": "2026-11-17", "time": "09:00", "submission": str(uuid.uuid4()),
        },
    ),
    "contacts:gathering-detail": Page(ROSTER, "deputy", _gathering),
    "contacts:gathering-add": Page(LOG, "deputy", _gathering, post=_forgotten, doer="bob"),
    "contacts:draft": Page(LOG, "deputy", lambda bureau: [f"record:{bureau.deputy.pk}"]),  # free of any trail
    # People who may be one.
    "contacts:duplicate-list": Page(EDIT),
    "contacts:duplicate-detail": Page(
        EDIT, "deputy", _double, doer="carl",
        post=lambda bureau: dict.fromkeys(["survivor", "employer", "street"], bureau.deputy.pk),
    ),
    "contacts:duplicate-apart": Page(EDIT, "deputy", _double, post=_reason, doer="carl", only_post=True),
    "contacts:duplicate-ask-again": Page(EDIT, "deputy", _apart, post=_nothing, doer="carl", only_post=True),
    "contacts:stakeholder-duplicates": Page(EDIT, "deputy", _deputy, doer="carl"),
    "contacts:merge-undo": Page(EDIT, "deputy", _merge, post=_reason, doer="carl"),
    "contacts:handover-create": Page(
        PAIR, "alice", lambda bureau: [bureau.alice.police_number], doer="bob",
        post=lambda bureau: {"on": "2026-11-18", "reason": "because", "everybody_to": bureau.bob.police_number},
    ),
    "contacts:handover-detail": Page(ROSTER, "deputy", _handover),
    "contacts:repairing-ask": Page(
        "ask for another officer", post=lambda bureau: {"person": bureau.deputy.number}, doer="rita"
    ),
    "contacts:repairing-decline": Page(PAIR, "deputy", _asked, post=_nothing, doer="bob", only_post=True),
    "contacts:stand-in-list": Page(
        "name a stand-in", doer="alice",
        post=lambda bureau: {"stand_in": bureau.bob.police_number, "starts_on": "2026-11-18", "ends_on": "2026-11-20"},
    ),
    "contacts:stand-in-end": Page(
        "name a stand-in", "alice", _stand_in, post=_nothing, doer="alice", only_post=True
    ),
    # Whether contacts took place.
    "contacts:call-back-list": Page("call people back"),
    "contacts:call-back-create": Page(
        "call people back", "deputy", _drawn, doer="carl",
        post=lambda bureau: {"happened": "yes", "process": "satisfied", "result": "basically", "comment": ""},
    ),
    "contacts:question-list": Page("call people back"),
    "contacts:question-answer": Page(
        "call people back", "alice", _pattern, doer="carl", post=lambda bureau: {"explanation": "together", "note": ""}
    ),
    # Feedback.
    "contacts:feedback-list": Page("read feedback"),
    "contacts:promise-list": Page("read feedback"),
    "contacts:feedback-detail": Page("read feedback", "deputy", _feedback),
    "contacts:feedback-create": Page(
        LOG, "deputy", _deputy, post=lambda bureau: {"kind": "oral", "text": "Scooters.", "received_on": "2026-11-17"}, doer="alice"
    ),
    "contacts:feedback-assign": Page(
        LOG, "deputy", _feedback, post=lambda bureau: {"unit": bureau.county.pk, "note": ""}, doer="alice"
    ),
    "contacts:feedback-send-back": Page(LOG, "deputy", _assigned, post=_reason, doer="alice"),
    "contacts:feedback-take": Page(
        LOG, "deputy", _feedback, post=lambda bureau: {"handler": bureau.alice.pk}, doer="alice"
    ),
    "contacts:feedback-link": Page(
        LOG, "deputy", _feedback, doer="alice", post=lambda bureau: {"other": Feedback.objects.get(pk=_feedback(bureau)[0]).number}
    ),
    "contacts:feedback-ask": Page(
        LOG, "deputy", _feedback, doer="alice",
        post=lambda bureau: {"unit": bureau.county.pk, "question": "Whose road?", "due_on": "2026-11-25"},
    ),
    "contacts:feedback-advise": Page(LOG, "deputy", _consulted, post=_text, doer="alice"),
    "contacts:feedback-note": Page(LOG, "deputy", _feedback, post=_text, doer="alice"),
    "contacts:feedback-attach": Page(
        LOG, "deputy", _feedback, doer="alice", post=lambda bureau: {"file": SimpleUploadedFile("map.pdf", b"%PDF-1.7 a map")}
    ),
    "contacts:feedback-file": Page("read feedback", "deputy", _attached),
    "contacts:feedback-extend": Page("approve more time", "deputy", _assigned, post=_reason, doer="lin"),
    "contacts:feedback-send-up": Page(
        LOG, "deputy", _feedback, post=lambda bureau: {"unit": bureau.county.pk, "text": "The city's road."}, doer="alice"
    ),
    "contacts:feedback-supervise": Page(
        "put under supervision", "deputy", _feedback, doer="lin",
        post=lambda bureau: {"report_by": "2026-11-25", "text": "Answer them."},
    ),
    "contacts:feedback-report": Page(LOG, "deputy", _supervised, post=_text, doer="alice"),
    "contacts:feedback-answer": Page(
        LOG, "deputy", _feedback, doer="alice",
        post=lambda bureau: {
            "answer": "Done.", "result": "solved", "told_in": "new", "kind": "call", "day": "2026-11-17", "time": "09:00",
        },
    ),
    "contacts:feedback-told": Page(
        LOG, "deputy", _written, doer="alice",
        post=lambda bureau: {"told_in": "new", "kind": "call", "day": "2026-11-17", "time": "09:00"},
    ),
    "contacts:feedback-rate": Page(
        "ask how satisfied people are", "deputy", _answered, doer="carl",
        post=lambda bureau: {
            "telling": Telling.objects.latest("pk").pk, "process": "satisfied", "result": "basically", "comment": "",
        },
    ),
    # Half-year work reports.
    "contacts:report-list": Page(ROSTER),
    "contacts:report-create": Page(
        WRITE, post=lambda bureau: {"unit": bureau.station.pk, "half_year": "2026-H2", "text": "We did."}, doer="carl"
    ),
    "contacts:report-detail": Page(ROSTER, "deputy", _issued),
    "contacts:report-update": Page(
        WRITE, "deputy", _issued, post=lambda bureau: {"text": "We did more.", "seen": "1"}, doer="carl"
    ),
    "contacts:report-submit": Page(WRITE, "deputy", _draft, post=_nothing, doer="bob", only_post=True),
    "contacts:report-approve": Page(
        "approve a report", "deputy", _submitted, post=lambda bureau: {"seen": "1"}, doer="lin", only_post=True
    ),
    "contacts:report-return": Page("approve a report", "deputy", _submitted, post=_reason, doer="lin"),
    "contacts:report-drop": Page(WRITE, "deputy", _draft, post=_reason, doer="bob"),
    "contacts:report-issue": Page(WRITE, "deputy", _approved, post=_nothing, doer="bob"),
    "contacts:report-meet": Page(WRITE, "deputy", _issued, post=_meeting_form, doer="bob"),
    "contacts:report-meeting": Page(ROSTER, "deputy", _meeting),
    "contacts:report-void": Page(WRITE, "deputy", _meeting, post=_reason, doer="bob"),
    "contacts:report-copies": Page(ROSTER),
    "contacts:report-copy": Page(ROSTER, "deputy", _copy),
    "contacts:report-pdf": Page(LOG, "deputy", _printed),
    "contacts:report-deliver": Page(
        LOG, "deputy", _undelivered, doer="alice",
        post=lambda bureau: {"method": "in_person", "day": "2026-11-18", "appraisal": "satisfied"},
    ),
    "contacts:report-appraise": Page(
        LOG, "deputy", _delivered, post=lambda bureau: {"appraisal": "basically"}, doer="alice"
    ),
    "contacts:report-files": Page(
        WRITE, post=lambda bureau: {"unit": bureau.station.pk, "half_year": "2026-H2"}, doer="bob"
    ),
    "contacts:report-archive": Page(WRITE, "private to carl", _archive),
    "contacts:topic-list": Page(CONFIGURE, post=lambda bureau: {"name": "Traffic"}, doer="carol"),
    "contacts:topic-hints": Page(LOG),
    "contacts:topic-merge": Page(
        CONFIGURE, args=lambda bureau: [Topic.objects.get_or_create(name="Trafic")[0].pk],
        post=lambda bureau: {"into": Topic.objects.create(name="Traffic").pk}, doer="carol",
    ),
    "contacts:feedback-topics": Page(
        LOG, "deputy", _feedback, post=lambda bureau: {"topic": Topic.objects.create(name="Traffic").pk}, doer="alice"
    ),
    "contacts:topic-update": Page(
        CONFIGURE, args=lambda bureau: [Topic.objects.get_or_create(name="Trafic")[0].pk],
        post=lambda bureau: {"name": "Traffic"}, doer="carol",
    ),
    # Imports.
    "contacts:import-list": Page(EDIT),
    "contacts:import-create": Page(
        EDIT, post=lambda bureau: {"file": _roster(), "kind": "media", "since": "2026-11-18"}, doer="carl"
    ),
    "contacts:import-detail": Page(EDIT, "carl", _import),
    "contacts:import-columns": Page(
        EDIT, "carl", _import, post=lambda bureau: {"kind": "media", "column-0": "name"}, doer="carl", only_post=True
    ),
    "contacts:import-mended": Page(EDIT, "carl", _import),
    "contacts:import-confirm": Page(EDIT, "carl", _import, post=_nothing, doer="carl", only_post=True),
    "contacts:import-take-back": Page("recount a closed period", "carl", _applied, post=_reason, doer="carl"),
    "contacts:import-drop": Page(EDIT, "carl", _import, post=_nothing, doer="carl", only_post=True),
    # The turn of a term.
    "contacts:turnover-list": Page(EDIT),
    "contacts:turnover-create": Page(EDIT, post=_new_term, doer="carl"),
    "contacts:turnover-detail": Page(EDIT, "carl", _turnover),
    "contacts:turnover-confirm": Page(EDIT, "carl", _turnover, post=_nothing, doer="carl", only_post=True),
    "contacts:turnover-drop": Page(EDIT, "carl", _turnover, post=_nothing, doer="carl", only_post=True),
    "contacts:turnover-pair": Page(EDIT, "carl", _turned, post=_proposed_after_the_turn, doer="carl", only_post=True),
    "contacts:turnover-take-back": Page(
        "recount a closed period", "carl", _turned, post=lambda bureau: {"confirmed": "yes"}, doer="carl", only_post=True
    ),
    # Sealed reports.
    "contacts:conduct-report": Page(
        "file a sealed report", doer="alice", sealed=True,
        post=lambda bureau: {"whom": "Dan", "unit": "", "text": "Rude.", "source": "A monitor", "told_on": "2026-11-17"},
    ),
    "contacts:case-list": Page(REVIEW),
    "contacts:case-figures": Page(REVIEW),
    "contacts:case-detail": Page(REVIEW, "private to rita", _case),
    "contacts:case-open": Page(REVIEW, "private to rita", _case, post=_reason, doer="rita", sealed=True),
    "contacts:case-source": Page(REVIEW, "private to rita", _case_with_consent, post=_reason, doer="rita", sealed=True),
    "contacts:case-ask": Page(REVIEW, "private to rita", _case, post=_to_rob, doer="rita", sealed=True),
    "contacts:case-note": Page(
        REVIEW, "private to rita", _case, doer="rita", sealed=True,
        post=lambda bureau: {"text": "Looked at.", "state": "checking"},
    ),
    "contacts:case-hand-on": Page(REVIEW, "private to rita", _case, post=_to_rob, doer="rita", sealed=True),
    "contacts:case-consent": Page(
        REVIEW, "private to rita", _asked_of_rita, post=lambda bureau: {"answer": "yes"}, doer="rita", sealed=True
    ),
    # Accounts, roles, the trail.
    "contacts:settings": Page(post=lambda bureau: {"language": "en"}, doer="alice"),
    "contacts:account-list": Page(ACCOUNTS),
    "contacts:account-detail": Page(
        ACCOUNTS, args=_account, doer="sue",
        post=lambda bureau: {"role": "leader", "unit": bureau.other_station.pk, "reason": "because"},
    ),
    "contacts:account-activate": Page(ACCOUNTS, args=_idle_account, post=_reason, doer="sue"),
    "contacts:account-deactivate": Page(ACCOUNTS, args=_account, post=_reason, doer="sue"),
    "contacts:account-password": Page(ACCOUNTS, args=_account, post=_reason, doer="sue"),
    "contacts:role-list": Page("propose or approve a role"),
    "contacts:role-approve": Page("approve a role", args=_proposal, post=_reason, doer="sam"),
    "contacts:role-refuse": Page("approve a role", args=_proposal, post=_reason, doer="sam"),
    "contacts:role-end": Page("approve a role", args=_held_role, post=_reason, doer="sam"),
    "contacts:audit-list": Page("read the audit trail"),
    # An officer's day, and what is owed.
    "schedules:today": Page(LOG),
    "schedules:month": Page(ROSTER),
    "schedules:leave-list": Page(
        "name a stand-in", post=lambda bureau: {"first_day": "2026-11-23", "last_day": "2026-11-25"}, doer="alice"
    ),
    "schedules:leave-remove": Page("name a stand-in", "alice", _leave, post=_nothing, doer="alice", only_post=True),
    "schedules:overview": Page(EDIT),
    "schedules:proposal-list": Page(PAIR, post=_proposed, doer="bob"),
    "schedules:notice-list": Page(),
    "schedules:notice-read": Page("", "private", _notice, post=_nothing, doer="alice", only_post=True),
    "schedules:notice-read-all": Page(args=_nothing_but_a_notice, post=_nothing, doer="alice", only_post=True),
    "schedules:obligation-list": Page(ROSTER),
    "schedules:obligation-waive": Page(PAIR, "deputy", _obligation, post=_reason, doer="bob"),
    "schedules:obligation-unwaive": Page(PAIR, "deputy", _waived, post=_nothing, doer="bob", only_post=True),
    "schedules:obligation-move": Page(
        LOG, "deputy", _obligation, post=lambda bureau: {"day": "2026-11-25", "time": ""}, doer="alice"
    ),
    "schedules:obligation-move-back": Page(LOG, "deputy", _moved, post=_nothing, doer="alice", only_post=True),
    "schedules:obligation-explain": Page(
        LOG, "deputy", _late, post=lambda bureau: {"reason": "away", "text": ""}, doer="alice"
    ),
    "schedules:recount": Page(
        "recount a closed period", args=_closed_period, doer="carl",
        post=lambda bureau: {"period": "2026-10", "reason": "because"},
    ),
    # Who is behind, and digests.
    "schedules:behind": Page("who is behind"),
    "schedules:digest": Page("digest"),
    "schedules:digest-file": Page("digest"),
    # Calendars.
    "schedules:calendar-list": Page(ROSTER, post=lambda bureau: {"name": "Phone"}, doer="alice"),
    "schedules:calendar-download": Page(EXPORT, query="?officer=x"),
    "schedules:calendar-officer": Page(EXPORT, "alice", lambda bureau: [bureau.alice.police_number]),
    "schedules:calendar-unit": Page(EXPORT, "station", lambda bureau: [bureau.station.code]),
    "schedules:calendar-person": Page(EXPORT, "deputy", _deputy),
    "schedules:calendar-sets": Page(EXPORT, post=lambda bureau: {"unit": bureau.county.code}, doer="carl"),
    "schedules:calendar-zip": Page(EXPORT, "private to carl", _calendars),
    "schedules:calendar-revoke": Page(ROSTER, "private", _feed, post=_nothing, doer="alice", only_post=True),
    "schedules:feed": Page("public", args=_feed_secret),
    # What the city's coordinator decides.
    "schedules:policy-list": Page(CONFIGURE),
    "schedules:policy-create": Page(
        CONFIGURE, post=lambda bureau: as_seen(PolicyForm({"name": "Yearly visit", **_version(bureau)})), doer="carol"
    ),
    "schedules:policy-change": Page(
        CONFIGURE, args=_policy, post=lambda bureau: as_seen(VersionForm(_version(bureau))), doer="carol"
    ),
    "schedules:policy-end": Page(
        CONFIGURE, args=_policy, post=_policy_end, doer="carol"
    ),
    "schedules:policy-take-back": Page(
        CONFIGURE, args=_change_ahead, post=_nothing, doer="carol", only_post=True
    ),
    "schedules:day-list": Page(
        CONFIGURE, post=lambda bureau: {"day": "2026-12-24", "is_working": "no", "note": ""}, doer="carol"
    ),
    "schedules:day-calendar": Page(CONFIGURE),
    "schedules:day-notice": Page(CONFIGURE, post=_year_s_notice, doer="carol"),
    "schedules:day-forget": Page(CONFIGURE, args=_special_day, post=_nothing, doer="carol", only_post=True),
    "schedules:day-year": Page(
        CONFIGURE, args=lambda bureau: [2027], post=lambda bureau: {"known": "yes"}, doer="carol", only_post=True
    ),
    "schedules:delivery-list": Page("send a message again"),
    "schedules:delivery-resend": Page(
        "send a message again", query="?all=yes", doer="carl",
        post=lambda bureau: {"deliveries": str(factories.delivery(bureau.alice, NOW, state="dead").pk)},
    ),
    "schedules:health": Page(),
    "schedules:health-machine": Page("public"),
}  # fmt: skip


def names() -> list[str]:
    """The name of every address that the site answers."""
    return sorted(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.pattern}"
        else:
            yield from _walk(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


def address(name: str, bureau: Bureau) -> str:
    page = PAGES[name]
    return reverse(name, args=page.args(bureau)) + page.query
