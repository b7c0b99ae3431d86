"""Every address of the site, once: which row of the design's matrix it stands under, on whose things it acts, and the
form that does its deed. `test_matrix.py` asks each as everybody, `test_audit.py` sends each form.

Whoever adds an address adds a row to PAGES; without one both tests fail and name it. What it is about, `things.py` makes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from contacts.meanwhile import Meanwhile
from contacts.models import (
    Feedback,
    Telling,
    Topic,
)
from schedules.forms.configuring import PolicyForm, VersionForm
from schedules.models import PublicEdition
from tests import factories, things
from tests.base import as_seen
from tests.factories import PASSWORD, Bureau

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
    "remark on a digest": "- -  - -  A U U  - - -",
    "report on a remark": "- -  O O  O O O  O O -",
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
    "station" – the unit; "county" – that of the county above; "private" – Alice's alone; "private to carl" – his; "carl" – something of the county's coordinator;
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


ROSTER, LOG, EDIT, PAIR = (
    "see the roster", "log contacts, feedback", "edit, import the roster", "pair, hand over, waive",
)  # fmt: skip
WRITE = "write a report"
OF_COUNTY = "?unit=320281000000&period=2026-10"  # Alice's
EXPORT, CONFIGURE, ACCOUNTS = "export the roster", "policies, working days, topics", "accounts"
REVIEW = "read a sealed report"

PAGES: dict[str, Page] = {
    "home": Page(),
    "more": Page(),
    "login": Page("public", post=lambda bureau: {"username": bureau.alice.police_number, "password": PASSWORD}),
    "logout": Page("public", post=things.nothing, doer="alice", only_post=True),
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
    "contacts:unit-close": Page(CONFIGURE, args=things.quiet_unit, post=things.reason, doer="carol"),
    "contacts:unit-take-back": Page(CONFIGURE, args=things.change_of_units, post=things.reason, doer="carol"),
    "contacts:search": Page(ROSTER, query="?q=zhangwei"),
    "contacts:suggest-officer": Page(ROSTER, query="?q=Al"),
    "contacts:suggest-stakeholder": Page(ROSTER, query="?q=zhangwei"),
    "contacts:suggest-unit": Page(ROSTER, query="?q=3202"),
    # Many people at once.
    "contacts:ticked-pair": Page(
        PAIR, doer="bob",
        post=lambda bureau: things.ticked(bureau) | {"officer": bureau.bob.police_number, "on": "2026-11-18", "reason": "why"},
    ),
    "contacts:ticked-add-seat": Page(
        EDIT, post=lambda bureau: things.ticked(bureau) | {"kind": "patrol_visitor"}, doer="carl"
    ),
    "contacts:ticked-end-seat": Page(
        EDIT, post=lambda bureau: things.ticked(bureau) | {"kind": "npc_deputy", "last_day": "2026-12-31"}, doer="carl"
    ),
    "contacts:ticked-export": Page(EXPORT, post=lambda bureau: things.ticked(bureau) | {"form": "csv"}, doer="alice"),
    # Appointments of supervisors, visitors and monitors, and briefings to them.
    "contacts:appointment-list": Page(ROSTER),
    "contacts:appointment-renew": Page(
        EDIT, "deputy", things.appointment, doer="carl",
        post=lambda bureau: {"starts_on": "2027-01-01", "ends_on": "2028-12-31", "certificate": ""},
    ),
    "contacts:appointment-end": Page(
        EDIT, "deputy", things.appointment, post=lambda bureau: things.reason(bureau) | {"last_day": "2026-11-30"}, doer="carl"
    ),
    "contacts:appointment-certificate": Page(
        EDIT, "deputy", things.appointment, post=lambda bureau: {"handed_out_on": "2025-01-01"}, doer="carl"
    ),
    "contacts:ticked-renew": Page(
        EDIT, post=lambda bureau: things.appointments(bureau) | {"ends_on": "2028-12-31", "certificates": "number"}, doer="carl"
    ),
    "contacts:ticked-certificates": Page(
        EDIT, post=lambda bureau: things.appointments(bureau) | {"what": "handed_out", "day": "2026-11-18"}, doer="carl"
    ),
    "contacts:briefing-create": Page(
        LOG, doer="alice",
        post=lambda bureau: {
            "people": str(bureau.deputy.pk), f"came_{bureau.deputy.pk}": "on", "title": "Facts", "channel": "chat",
            "summary": "Nobody was hurt.", "day": "2026-11-17", "time": "09:00", "submission": str(uuid.uuid4()),
        },
    ),
    "contacts:briefing-publish": Page(
        LOG, "deputy", things.got_it, doer="alice",
        post=lambda bureau: {"medium": "The Daily", "title": "Nobody hurt", "published_on": "2026-11-18"},
    ),
    "contacts:briefing-file": Page(ROSTER, "deputy", things.briefing_file),
    # How one likes to see a list.
    "contacts:list-columns": Page(
        ROSTER, args=lambda bureau: ["stakeholders"], doer="alice",
        post=lambda bureau: {"show": ["seat", "sex"], "sort": "-name", "per_page": "50"},
    ),
    "contacts:view-create": Page(
        ROSTER, args=lambda bureau: ["stakeholders"], query="?q=zw", post=lambda bureau: {"name": "Mine"}, doer="alice"
    ),
    "contacts:view-update": Page(ROSTER, "private", things.view, post=lambda bureau: {"name": "Ours"}, doer="alice"),
    "contacts:view-delete": Page(ROSTER, "private", things.view, post=things.nothing, doer="alice"),
    "contacts:export": Page(EXPORT, args=lambda bureau: ["stakeholders", "csv"]),
    "contacts:stakeholder-create": Page(EDIT, post=things.person, doer="carl"),
    "contacts:stakeholder-similar": Page(EDIT, query="?name=张伟"),
    "contacts:stakeholder-detail": Page(ROSTER, "deputy", things.deputy),
    "contacts:stakeholder-update": Page(
        EDIT, "deputy", things.deputy, doer="carl",
        post=lambda bureau: things.person(bureau) | {"opened": Meanwhile(bureau.deputy, QueryDict()).seal},
    ),
    "contacts:stakeholder-reveal": Page(
        "reveal a phone or address", "deputy", things.deputy, post=things.nothing, doer="bob", only_post=True
    ),
    "contacts:record-create": Page(LOG, "deputy", things.deputy, post=things.contact, doer="alice"),
    "contacts:record-correct": Page(LOG, "deputy", things.record, post=things.contact, doer="alice"),
    "contacts:record-void": Page(LOG, "deputy", things.record, post=things.reason, doer="alice"),
    "contacts:record-keep": Page(LOG, "deputy", things.record, post=things.nothing, doer="alice", only_post=True),
    "contacts:pairing-create": Page(
        PAIR, "deputy", things.deputy, doer="bob",
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
    "contacts:gathering-detail": Page(ROSTER, "deputy", things.gathering),
    "contacts:gathering-add": Page(LOG, "deputy", things.gathering, post=things.forgotten, doer="bob"),
    "contacts:draft": Page(LOG, "deputy", lambda bureau: [f"record:{bureau.deputy.pk}"]),  # free of any trail
    # People who may be one.
    "contacts:duplicate-list": Page(EDIT),
    "contacts:duplicate-detail": Page(
        EDIT, "deputy", things.double, doer="carl",
        post=lambda bureau: dict.fromkeys(["survivor", "employer", "street"], bureau.deputy.pk),
    ),
    "contacts:duplicate-apart": Page(EDIT, "deputy", things.double, post=things.reason, doer="carl", only_post=True),
    "contacts:duplicate-ask-again": Page(EDIT, "deputy", things.apart, post=things.nothing, doer="carl", only_post=True),
    "contacts:stakeholder-duplicates": Page(EDIT, "deputy", things.deputy, doer="carl"),
    "contacts:merge-undo": Page(EDIT, "deputy", things.merged, post=things.reason, doer="carl"),
    "contacts:handover-create": Page(
        PAIR, "alice", lambda bureau: [bureau.alice.police_number], doer="bob",
        post=lambda bureau: {"on": "2026-11-18", "reason": "because", "everybody_to": bureau.bob.police_number},
    ),
    "contacts:handover-detail": Page(ROSTER, "deputy", things.handover),
    "contacts:repairing-ask": Page(
        "ask for another officer", post=lambda bureau: {"person": bureau.deputy.number}, doer="rita"
    ),
    "contacts:repairing-decline": Page(PAIR, "deputy", things.asked, post=things.nothing, doer="bob", only_post=True),
    "contacts:stand-in-list": Page(
        "name a stand-in", doer="alice",
        post=lambda bureau: {"stand_in": bureau.bob.police_number, "starts_on": "2026-11-18", "ends_on": "2026-11-20"},
    ),
    "contacts:stand-in-end": Page(
        "name a stand-in", "alice", things.stand_in, post=things.nothing, doer="alice", only_post=True
    ),
    # Whether contacts took place.
    "contacts:call-back-list": Page("call people back"),
    "contacts:call-back-create": Page(
        "call people back", "deputy", things.drawn, doer="carl",
        post=lambda bureau: {"happened": "yes", "process": "satisfied", "result": "basically", "comment": ""},
    ),
    "contacts:question-list": Page("call people back"),
    "contacts:question-answer": Page(
        "call people back", "alice", things.pattern, doer="carl", post=lambda bureau: {"explanation": "together", "note": ""}
    ),
    # Feedback.
    "contacts:feedback-list": Page("read feedback"),
    "contacts:promise-list": Page("read feedback"),
    "contacts:feedback-detail": Page("read feedback", "deputy", things.feedback),
    "contacts:feedback-create": Page(
        LOG, "deputy", things.deputy, post=lambda bureau: {"kind": "oral", "text": "Scooters.", "received_on": "2026-11-17"}, doer="alice"
    ),
    "contacts:feedback-assign": Page(
        LOG, "deputy", things.feedback, post=lambda bureau: {"unit": bureau.county.pk, "note": ""}, doer="alice"
    ),
    "contacts:feedback-send-back": Page(LOG, "deputy", things.assigned, post=things.reason, doer="alice"),
    "contacts:feedback-take": Page(
        LOG, "deputy", things.feedback, post=lambda bureau: {"handler": bureau.alice.pk}, doer="alice"
    ),
    "contacts:feedback-link": Page(
        LOG, "deputy", things.feedback, doer="alice", post=lambda bureau: {"other": Feedback.objects.get(pk=things.feedback(bureau)[0]).number}
    ),
    "contacts:feedback-unlink": Page(LOG, "deputy", things.linked, post=things.reason, doer="alice"),
    "contacts:feedback-ask": Page(
        LOG, "deputy", things.feedback, doer="alice",
        post=lambda bureau: {"unit": bureau.county.pk, "question": "Whose road?", "due_on": "2026-11-25"},
    ),
    "contacts:feedback-advise": Page(LOG, "deputy", things.consulted, post=things.text, doer="alice"),
    "contacts:feedback-note": Page(LOG, "deputy", things.feedback, post=things.text, doer="alice"),
    "contacts:feedback-attach": Page(
        LOG, "deputy", things.feedback, doer="alice", post=lambda bureau: {"file": SimpleUploadedFile("map.pdf", b"%PDF-1.7 a map")}
    ),
    "contacts:feedback-file": Page("read feedback", "deputy", things.attached),
    "contacts:feedback-extend": Page("approve more time", "deputy", things.assigned, post=things.reason, doer="lin"),
    "contacts:feedback-send-up": Page(
        LOG, "deputy", things.feedback, post=lambda bureau: {"unit": bureau.county.pk, "text": "The city's road."}, doer="alice"
    ),
    "contacts:feedback-supervise": Page(
        "put under supervision", "deputy", things.feedback, doer="lin",
        post=lambda bureau: {"report_by": "2026-11-25", "text": "Answer them."},
    ),
    "contacts:feedback-report": Page(LOG, "deputy", things.supervised, post=things.text, doer="alice"),
    "contacts:feedback-answer": Page(
        LOG, "deputy", things.feedback, doer="alice",
        post=lambda bureau: {
            "answer": "Done.", "result": "solved", "told_in": "new", "kind": "call", "day": "2026-11-17", "time": "09:00",
        },
    ),
    "contacts:feedback-told": Page(
        LOG, "deputy", things.written, doer="alice",
        post=lambda bureau: {"told_in": "new", "kind": "call", "day": "2026-11-17", "time": "09:00"},
    ),
    "contacts:feedback-rate": Page(
        "ask how satisfied people are", "deputy", things.answered, doer="carl",
        post=lambda bureau: {
            "telling": Telling.objects.latest("pk").pk, "process": "satisfied", "result": "basically", "comment": "",
        },
    ),
    # Half-year work reports.
    "contacts:report-list": Page(ROSTER),
    "contacts:report-create": Page(
        WRITE, post=lambda bureau: {"unit": bureau.station.pk, "half_year": "2026-H2", "text": "We did."}, doer="carl"
    ),
    "contacts:report-detail": Page(ROSTER, "deputy", things.issued),
    "contacts:report-update": Page(
        WRITE, "deputy", things.issued, post=lambda bureau: {"text": "We did more.", "seen": "1"}, doer="carl"
    ),
    "contacts:report-submit": Page(WRITE, "deputy", things.draft, post=things.nothing, doer="bob", only_post=True),
    "contacts:report-approve": Page(
        "approve a report", "deputy", things.submitted, post=lambda bureau: {"seen": "1"}, doer="lin", only_post=True
    ),
    "contacts:report-return": Page("approve a report", "deputy", things.submitted, post=things.reason, doer="lin"),
    "contacts:report-drop": Page(WRITE, "deputy", things.draft, post=things.reason, doer="bob"),
    "contacts:report-issue": Page(WRITE, "deputy", things.approved, post=things.nothing, doer="bob"),
    "contacts:report-meet": Page(WRITE, "deputy", things.issued, post=things.meeting_form, doer="bob"),
    "contacts:report-meeting": Page(ROSTER, "deputy", things.meeting),
    "contacts:report-void": Page(WRITE, "deputy", things.meeting, post=things.reason, doer="bob"),
    "contacts:report-copies": Page(ROSTER),
    "contacts:report-copy": Page(ROSTER, "deputy", things.copy),
    "contacts:report-pdf": Page(LOG, "deputy", things.printed),
    "contacts:report-deliver": Page(
        LOG, "deputy", things.undelivered, doer="alice",
        post=lambda bureau: {"method": "in_person", "day": "2026-11-18", "appraisal": "satisfied", "late": "on"},
    ),
    "contacts:report-appraise": Page(
        LOG, "deputy", things.delivered, post=lambda bureau: {"appraisal": "basically"}, doer="alice"
    ),
    "contacts:report-files": Page(
        WRITE, post=lambda bureau: {"unit": bureau.station.pk, "half_year": "2026-H2"}, doer="bob"
    ),
    "contacts:report-archive": Page(WRITE, "private to carl", things.archive),
    "contacts:topic-list": Page(CONFIGURE, post=lambda bureau: {"name": "Traffic"}, doer="carol"),
    "contacts:topic-hints": Page(LOG),
    "contacts:topic-merge": Page(
        CONFIGURE, args=lambda bureau: [Topic.objects.get_or_create(name="Trafic")[0].pk],
        post=lambda bureau: {"into": Topic.objects.create(name="Traffic").pk}, doer="carol",
    ),
    "contacts:feedback-topics": Page(
        LOG, "deputy", things.feedback, post=lambda bureau: {"topic": Topic.objects.create(name="Traffic").pk}, doer="alice"
    ),
    "contacts:topic-update": Page(
        CONFIGURE, args=lambda bureau: [Topic.objects.get_or_create(name="Trafic")[0].pk],
        post=lambda bureau: {"name": "Traffic"}, doer="carol",
    ),
    # Imports.
    "contacts:import-list": Page(EDIT),
    "contacts:import-create": Page(
        EDIT, post=lambda bureau: {"file": things.roster(), "kind": "media", "since": "2026-11-18"}, doer="carl"
    ),
    "contacts:import-detail": Page(EDIT, "carl", things.checked_import),
    "contacts:import-columns": Page(
        EDIT, "carl", things.checked_import, post=lambda bureau: {"kind": "media", "column-0": "name"}, doer="carl", only_post=True
    ),
    "contacts:import-mended": Page(EDIT, "carl", things.checked_import),
    "contacts:import-confirm": Page(EDIT, "carl", things.checked_import, post=things.nothing, doer="carl", only_post=True),
    "contacts:import-take-back": Page("recount a closed period", "carl", things.applied, post=things.reason, doer="carl"),
    "contacts:import-drop": Page(EDIT, "carl", things.checked_import, post=things.nothing, doer="carl", only_post=True),
    # The turn of a term.
    "contacts:turnover-list": Page(EDIT),
    "contacts:turnover-create": Page(EDIT, post=things.new_term, doer="carl"),
    "contacts:turnover-detail": Page(EDIT, "carl", things.turnover),
    "contacts:turnover-confirm": Page(EDIT, "carl", things.turnover, post=things.nothing, doer="carl", only_post=True),
    "contacts:turnover-drop": Page(EDIT, "carl", things.turnover, post=things.nothing, doer="carl", only_post=True),
    "contacts:turnover-pair": Page(EDIT, "carl", things.turned, post=things.proposed_after_the_turn, doer="carl", only_post=True),
    "contacts:turnover-take-back": Page(
        "recount a closed period", "carl", things.turned, post=lambda bureau: {"confirmed": "yes"}, doer="carl", only_post=True
    ),
    # Sealed reports.
    "contacts:conduct-report": Page(
        "file a sealed report", doer="alice", sealed=True,
        post=lambda bureau: {"whom": "Dan", "unit": "", "text": "Rude.", "source": "A monitor", "told_on": "2026-11-17"},
    ),
    "contacts:case-list": Page(REVIEW),
    "contacts:case-figures": Page(REVIEW),
    "contacts:case-detail": Page(REVIEW, "private to rita", things.case),
    "contacts:case-open": Page(REVIEW, "private to rita", things.case, post=things.reason, doer="rita", sealed=True),
    "contacts:case-source": Page(REVIEW, "private to rita", things.case_with_consent, post=things.reason, doer="rita", sealed=True),
    "contacts:case-ask": Page(REVIEW, "private to rita", things.case, post=things.to_rob, doer="rita", sealed=True),
    "contacts:case-note": Page(
        REVIEW, "private to rita", things.case, doer="rita", sealed=True,
        post=lambda bureau: {"text": "Looked at.", "state": "checking"},
    ),
    "contacts:case-hand-on": Page(REVIEW, "private to rita", things.case, post=things.to_rob, doer="rita", sealed=True),
    "contacts:case-consent": Page(
        REVIEW, "private to rita", things.asked_of_rita, post=lambda bureau: {"answer": "yes"}, doer="rita", sealed=True
    ),
    # Accounts, roles, the trail.
    "contacts:settings": Page(post=lambda bureau: {"language": "en"}, doer="alice"),
    "contacts:account-list": Page(ACCOUNTS),
    "contacts:account-detail": Page(
        ACCOUNTS, args=things.account, doer="sue",
        post=lambda bureau: {"role": "leader", "unit": bureau.other_station.pk, "reason": "because"},
    ),
    "contacts:account-activate": Page(ACCOUNTS, args=things.idle_account, post=things.reason, doer="sue"),
    "contacts:account-deactivate": Page(ACCOUNTS, args=things.account, post=things.reason, doer="sue"),
    "contacts:account-password": Page(ACCOUNTS, args=things.account, post=things.reason, doer="sue"),
    "contacts:role-list": Page("propose or approve a role"),
    "contacts:role-approve": Page("approve a role", args=things.proposal, post=things.reason, doer="sam"),
    "contacts:role-refuse": Page("approve a role", args=things.proposal, post=things.reason, doer="sam"),
    "contacts:role-end": Page("approve a role", args=things.held_role, post=things.reason, doer="sam"),
    "contacts:audit-list": Page("read the audit trail"),
    # An officer's day, and what is owed.
    "schedules:today": Page(LOG),
    "schedules:month": Page(ROSTER),
    "schedules:leave-list": Page(
        "name a stand-in", post=lambda bureau: {"first_day": "2026-11-23", "last_day": "2026-11-25"}, doer="alice"
    ),
    "schedules:leave-remove": Page("name a stand-in", "alice", things.leave, post=things.nothing, doer="alice", only_post=True),
    "schedules:overview": Page(EDIT),
    "schedules:proposal-list": Page(PAIR, post=things.proposed, doer="bob"),
    "schedules:notice-list": Page(),
    "schedules:notice-read": Page("", "private", things.notice, post=things.nothing, doer="alice", only_post=True),
    "schedules:notice-read-all": Page(args=things.nothing_but_a_notice, post=things.nothing, doer="alice", only_post=True),
    "schedules:obligation-list": Page(ROSTER),
    "schedules:obligation-waive": Page(PAIR, "deputy", things.obligation, post=things.reason, doer="bob"),
    "schedules:obligation-unwaive": Page(PAIR, "deputy", things.waived, post=things.nothing, doer="bob", only_post=True),
    "schedules:obligation-move": Page(
        LOG, "deputy", things.obligation, post=lambda bureau: {"day": "2026-11-25", "time": ""}, doer="alice"
    ),
    "schedules:obligation-move-back": Page(LOG, "deputy", things.moved, post=things.nothing, doer="alice", only_post=True),
    "schedules:obligation-explain": Page(
        LOG, "deputy", things.late, post=lambda bureau: {"reason": "away", "text": ""}, doer="alice"
    ),
    "schedules:recount": Page(
        "recount a closed period", args=things.closed_period, doer="carl",
        post=lambda bureau: {"period": "2026-10", "reason": "because"},
    ),
    # Who is behind, and digests.
    "schedules:behind": Page("who is behind"),
    "schedules:digest": Page("digest"),
    "schedules:digest-choices": Page(
        "digest", post=lambda bureau: {f"{bureau.station.pk}-month": "both"} | {f"{bureau.station.pk}-{of}": "never" for of in ("week", "quarter", "half_year", "year")}, doer="bob"
    ),
    "schedules:remark-list": Page("digest"),
    "schedules:remark-create": Page(
        "remark on a digest",
        post=lambda bureau: {"text": "Visit them.", "assignee": bureau.alice.police_number, "due_on": "2026-11-25"},
        doer="bob",
    ),
    "schedules:remark-detail": Page("digest", "deputy", things.remark),
    "schedules:remark-report": Page("report on a remark", "deputy", things.remark, post=lambda bureau: {"report-text": "Done."}, doer="alice"),
    "schedules:remark-again": Page(
        "remark on a digest", "deputy", things.remark,
        post=lambda bureau: {"again-text": "And then?", "again-assignee": bureau.alice.police_number, "again-due_on": "2026-11-30"},
        doer="bob",
    ),
    "schedules:remark-accept": Page("remark on a digest", "deputy", things.reported_remark, post=things.nothing, doer="bob"),
    "schedules:remark-withdraw": Page(
        "remark on a digest", "deputy", things.remark, post=lambda bureau: {"withdraw-text": "Settled."}, doer="bob"
    ),
    "schedules:digest-compare": Page("digest"),
    "schedules:edition-list": Page("digest"),
    "schedules:edition": Page(
        "digest", "county", things.drafted_edition, query=OF_COUNTY,
        post=lambda bureau: {"text": "We heard you.", "seen": PublicEdition.objects.get().seen}, doer="carl",
    ),
    "schedules:edition-submit": Page(
        WRITE, "county", things.drafted_edition, query=OF_COUNTY, post=lambda bureau: {"seen": PublicEdition.objects.get().seen}, doer="carl", only_post=True
    ),
    "schedules:edition-approve": Page(
        "approve a report", "county", things.edition, query=OF_COUNTY,
        post=lambda bureau: {"seen": PublicEdition.objects.get().seen}, doer="lin", only_post=True,
    ),
    "schedules:edition-send-back": Page(
        "approve a report", "county", things.edition, query=OF_COUNTY, post=things.reason, doer="lin", only_post=True
    ),
    "schedules:edition-file": Page("digest", "county", things.approved_edition, query=OF_COUNTY),
    "schedules:digest-rows": Page("digest", query="?of=missed"),
    "schedules:digest-file": Page("digest"),
    "schedules:digest-document": Page("digest"),
    # Calendars.
    "schedules:calendar-list": Page(ROSTER, post=lambda bureau: {"name": "Phone"}, doer="alice"),
    "schedules:calendar-download": Page(EXPORT, query="?officer=x"),
    "schedules:calendar-officer": Page(EXPORT, "alice", lambda bureau: [bureau.alice.police_number]),
    "schedules:calendar-unit": Page(EXPORT, "station", lambda bureau: [bureau.station.code]),
    "schedules:calendar-person": Page(EXPORT, "deputy", things.deputy),
    "schedules:calendar-sets": Page(EXPORT, post=lambda bureau: {"unit": bureau.county.code}, doer="carl"),
    "schedules:calendar-zip": Page(EXPORT, "private to carl", things.calendars),
    "schedules:calendar-revoke": Page(ROSTER, "private", things.feed, post=things.nothing, doer="alice", only_post=True),
    "schedules:feed": Page("public", args=things.feed_secret),
    # What the city's coordinator decides.
    "schedules:policy-list": Page(CONFIGURE),
    "schedules:policy-create": Page(
        CONFIGURE, post=lambda bureau: as_seen(PolicyForm({"name": "Yearly visit", **things.version(bureau)})), doer="carol"
    ),
    "schedules:policy-change": Page(
        CONFIGURE, args=things.policy, post=lambda bureau: as_seen(VersionForm(things.version(bureau))), doer="carol"
    ),
    "schedules:policy-end": Page(
        CONFIGURE, args=things.policy, post=things.policy_end, doer="carol"
    ),
    "schedules:policy-take-back": Page(
        CONFIGURE, args=things.change_ahead, post=things.nothing, doer="carol", only_post=True
    ),
    "schedules:day-list": Page(
        CONFIGURE, post=lambda bureau: {"day": "2026-12-24", "is_working": "no", "note": ""}, doer="carol"
    ),
    "schedules:day-calendar": Page(CONFIGURE),
    "schedules:day-notice": Page(CONFIGURE, post=things.year_s_notice, doer="carol"),
    "schedules:day-forget": Page(CONFIGURE, args=things.special_day, post=things.nothing, doer="carol", only_post=True),
    "schedules:day-year": Page(
        CONFIGURE, args=lambda bureau: [2027], post=lambda bureau: {"known": "yes"}, doer="carol", only_post=True
    ),
    "schedules:delivery-list": Page("send a message again"),
    "schedules:delivery-resend": Page(
        "send a message again", query="?all=yes", doer="carl",
        post=lambda bureau: {"deliveries": str(factories.delivery(bureau.alice, things.NOW, state="dead").pk)},
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
