"""R13, byte for byte. Monitor Mo, whom Dan looks after, reports on Alice; Eve takes it in. Whatever anybody but the reviewer it
goes to can ask for is the same before and after: pages, lists, counts, search, suggestions, digests, calendars, exports,
forms and their errors, commands, mails, and every table but those of sealed reports."""

from __future__ import annotations

import copy
import datetime as dt
import io
import re
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts import accounts, conduct, exports, unit_tree
from contacts.models import ConductConsent, ConductReport, Officer
from contacts.tables.base import known
from schedules import health
from schedules.passes import run_schedule
from tests import factories
from tests.base import AGAIN, sign_in
from tests.pages import PAGES
from tests.things import NOW, TODAY

# The one reported on, her station's leader, the county's coordinator, the officer of the monitor, a reviewer of her county,
# the system administrator and the auditor.
WATCHERS = ["alice", "bob", "carl", "dan"] if AGAIN else ["alice", "bob", "carl", "dan", "nora", "sue", "ann"]
REPORT = {
    "whom": "Alice",
    "text": "她让我把店关了，不然就罚款。",
    "source": "Mo 墨监督",
    "told_on": "2026-11-17",
}
INVENTED = uuid.UUID("0b1f0a52-4a0e-4b53-9a0c-5c6c9a1f7d11")
MASKS = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"'), "token"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "uuid"),  # of a form, so that it is sent once
    (re.compile(r'(name="opened"[^>]*value=)"[^"]*"'), "seal"),  # signed: the same words, another second
]


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


@pytest.fixture
def scene(built: Scene, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(accounts, "one_time_password", lambda: "chance")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1 << 40))
    with time_machine.travel(NOW, tick=False):
        yield built


class Scene:
    """A bureau in which every address of the site shows something, and nothing was reported yet."""

    def __init__(self) -> None:
        self.bureau = bureau = factories.small_bureau()
        self.nora = factories.reviewer("Nora", bureau.county)
        self.eve = factories.officer("Eve", factories.unit("宜兴和桥派出所", bureau.other_county))
        self.monitor = factories.stakeholder("墨监督", bureau.other_station, mobile="+8613900001111")
        factories.seat(self.monitor, "discipline_monitor")
        factories.pairing(bureau.dan, self.monitor)
        factories.record(self.monitor, bureau.dan, NOW - dt.timedelta(days=1))
        factories.feedback(self.monitor, bureau.dan, TODAY - dt.timedelta(days=3))
        self.made: dict[Any, list] = {}  # several addresses of one thing
        self.addresses = {name: self._address(name) for name in sorted(PAGES)}
        unit_tree.mend_paths()
        run_schedule(NOW)
        self.taker = sign_in(self.eve)
        self.clients = {name: sign_in(self.officer(name)) for name in WATCHERS}
        everything(self, "carl")  # what a process keeps between requests, it keeps by now

    def _address(self, name: str) -> str:
        if name.startswith("contacts:case-") and PAGES[name].about:
            return reverse(name, args=[INVENTED])
        page = PAGES[name]
        if page.args not in self.made:
            self.made[page.args] = page.args(self.bureau)
        return reverse(name, args=self.made[page.args]) + page.query

    def officer(self, name: str) -> Officer:
        return self.nora if name == "nora" else getattr(self.bureau, name)

    def file(self) -> None:
        response = self.taker.post(
            "/conduct/report/", {**REPORT, "unit": "", "submission": str(uuid.uuid4())}
        )
        assert response.status_code == 200
        assert ConductReport.objects.get().assignments.get().reviewer == self.bureau.rita

    def asked(self) -> Iterator[str]:
        """Every address of the site, and those that look for somebody."""
        yield from self.addresses.values()
        for words in (
            "Alice",
            self.bureau.alice.police_number,
            "墨监督",
            "13900001111",
            "罚款",
            "320281501000",
        ):
            yield f"/search/?q={words}"
            yield f"/people/?q={words}"
            yield f"/feedback/?q={words}"
            yield from (f"/suggest/{kind}/?q={words}" for kind in ("officer", "stakeholder", "unit"))
        for person in (self.monitor, self.bureau.deputy):
            yield person.get_absolute_url()
        for officer in (self.bureau.alice, self.bureau.dan):
            yield f"/people/?officer={officer.police_number}"
            yield f"/accounts/{officer.police_number}/"
        yield from (
            reverse("contacts:export", args=[name, form]) for name in known() for form in exports.FORMATS
        )


def undone(act: Callable[[], Any]) -> Any:
    with transaction.atomic():
        try:
            return act()
        finally:
            transaction.set_rollback(True)


def answer(client: Client, method: str, address: str, form: dict[str, Any] | None = None) -> tuple[Any, ...]:
    cookies = copy.deepcopy(client.cookies)
    with CaptureQueriesContext(connection) as asked:
        response = getattr(client, method)(address, form or {})
        body = b"".join(response) if response.streaming else response.content
    client.cookies = cookies
    if response.headers.get("Content-Type", "").startswith("text/html"):
        text = body.decode()
        for pattern, word in MASKS:
            text = pattern.sub(word, text)
        body = text.encode()
    location = re.sub(r"\d+", "n", response.headers.get("Location", ""))  # the key of what was made just now
    return response.status_code, location, len(asked), body


def everything(scene: Scene, who: str) -> dict[str, Any]:
    client = scene.clients[who]
    found = {address: undone(lambda a=address: answer(client, "get", a)) for address in scene.asked()}
    for name, page in PAGES.items():
        if page.post and page.doer == who and name not in LEFT_OUT:
            address = scene.addresses[name]
            found[f"{name} sent"] = undone(
                lambda p=page, a=address: answer(client, "post", a, p.post(scene.bureau))
            )
    return found


# A report of one's own is another report; the message that was not delivered would be a second one of Alice's day; and
# a page that shows what it just made shows the number that the database gave it.
LEFT_OUT = {"contacts:conduct-report", "schedules:delivery-resend", "schedules:calendar-list"}


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    assert before.keys() == after.keys()
    return [key for key in before if before[key] != after[key]]


@pytest.mark.parametrize("who", WATCHERS)
def test_every_page_gives_the_same_bytes_after_as_before(scene, who):
    before = everything(scene, who)
    scene.file()
    after = everything(scene, who)
    assert len(before) > 170
    assert not differences(before, after)


def test_every_command_and_every_mail_says_the_same(scene, tmp_path):
    before = commands(scene, tmp_path)
    scene.file()
    assert differences(before, commands(scene, tmp_path)) == []


def commands(scene: Scene, folder: Any) -> dict[str, Any]:
    alice, bureau = scene.bureau.alice.police_number, scene.bureau
    codes = [bureau.station.code, bureau.county.code, bureau.bureau.code]
    lines: list[list[str]] = [
        ["verify", "--json"],
        ["run_schedule", "--json", "--at", "2026-11-19T10:00:00+08:00"],
        ["run_schedule", "--json", "--at", "2027-01-07T10:00:00+08:00"],
        ["propose_pairings", "--json"],
        ["duplicates", "--json"],
        *(["coverage", "--period", "2026-11", "--by", by, "--json"] for by in ("unit", "officer", "level")),
        *(["export_calendar", "--officer", number] for number in (alice, bureau.dan.police_number)),
        *(["export_calendar", "--unit", code] for code in codes),
        *(["digest", "--unit", code, "--period", "2026-10", "--json"] for code in codes),
    ]
    found = {" ".join(line): undone(lambda a=line: run(*a)) for line in lines}
    for name in known():
        for who in WATCHERS:
            number, file = scene.officer(who).police_number, folder / f"{name}.csv"
            line = ["export_table", name, "--as", number, "-o", str(file)]
            found[f"{name} as {who}"] = undone(lambda a=line: run(*a)), file.exists() and file.read_bytes()
            file.unlink(missing_ok=True)
    return found


def run(*line: str) -> tuple[Any, ...]:
    out, err, ended = io.StringIO(), io.StringIO(), 0
    mail.outbox = []
    try:
        call_command(*line, stdout=out, stderr=err)
    except SystemExit as stopped:
        ended = stopped.code
    letters = [(one.to, one.subject, one.body, getattr(one, "alternatives", None)) for one in mail.outbox]
    return ended, out.getvalue(), err.getvalue(), repr(letters)


def test_no_other_table_and_no_sequence_knows_of_it(scene):
    before = tables()
    scene.file()
    assert tables() == before
    assert ConductReport.objects.count() == 1


def tables() -> dict[str, Any]:
    """Every row of every app but sealed reports', with what is only added to, and the numbers that come next."""
    found: dict[str, Any] = {}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.db_table.startswith("contacts_conduct"):
            found[model._meta.db_table] = list(model._base_manager.order_by("pk").values())
    assert {"django_session", "contacts_auditentry", "contacts_officer"} <= found.keys()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name")
        else:
            cursor.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY sequencename")
        found["sequences"] = cursor.fetchall()
    return found


# --- a real address and an invented one ----------------------------------------------------------------------

CASES = ["case-detail", "case-open", "case-source", "case-ask", "case-note", "case-hand-on", "case-consent"]
FORM = {"reason": "because", "text": "x", "state": "founded", "answer": "yes", "reviewer": "000000"}


ASKED = [("get", "", "en"), ("get", "?next=/people/", "zh-hans"), ("post", "", "en")]


def test_a_real_and_an_invented_address_answer_alike(scene):
    """Whoever asks: those without the case, a reviewer who takes no part in it, the one who filed it, and strangers."""
    scene.file()
    rob = factories.reviewer("Rob", scene.bureau.bureau)
    case, rita = ConductReport.objects.get(), scene.bureau.rita
    question = conduct.ask_consent(case, second=rob, reviewer=rita, reason="because", now=NOW)
    # A reviewer with a case, which this one is not.
    factories.case("Dan", by=scene.eve, day=TODAY, reviewer=scene.nora)
    askers = {
        **scene.clients,
        "eve": scene.taker,
        "nobody": Client(),
        "rob": sign_in(rob),
        "rita": sign_in(rita),
    }
    for name in CASES:
        real, part = (question.pk, "rob") if name == "case-consent" else (case.pk, "rita")
        for who in askers.keys() - {part}:
            for method, query, language in ASKED:
                askers[who].cookies["django_language"] = language
                one, other = (alike(askers[who], method, at(name, pk), query) for pk in (real, INVENTED))
                assert one == other, (name, who, method, query)
                assert one[0] == (302 if who == "nobody" else 404 if who in REVIEWERS else 403)


REVIEWERS = {"nora", "rob", "rita"}


def alike(client: Client, method: str, address: str, query: str) -> tuple[Any, ...]:
    """Without the address that was asked for, where the answer repeats it."""
    status, location, queries, body = undone(lambda: answer(client, method, address + query, FORM))
    return status, location.replace(re.sub(r"\d+", "n", address), "…"), queries, body


def at(name: str, pk: uuid.UUID) -> str:
    return reverse(f"contacts:{name}", args=[pk])


def test_who_is_in_the_line_by_now_gets_what_an_invented_address_gets(scene):
    scene.file()
    case, rita = ConductReport.objects.get(), scene.bureau.rita
    assert sign_in(rita).get(at("case-detail", case.pk)).status_code == 200
    rita.unit = scene.bureau.station
    rita.save()
    client = sign_in(rita)
    one, other = (answer(client, "get", at("case-detail", pk)) for pk in (case.pk, INVENTED))
    assert one == other
    assert one[0] == 404


def test_whoever_filed_it_as_a_reviewer_reads_it_neither(scene):
    """Nora reviews in the county that Dan belongs to not; what she files herself goes to Rita, and no question to her."""
    client = sign_in(scene.nora)
    client.post("/conduct/report/", {**REPORT, "whom": "Dan", "unit": ""})
    case = ConductReport.objects.get()
    assert case.assignments.get().reviewer == scene.bureau.rita
    assert client.get(at("case-detail", case.pk)).status_code == 404
    offered = sign_in(scene.bureau.rita).get(at("case-ask", case.pk))
    assert "Nora" not in offered.content.decode()
    assert not ConductConsent.objects.exists()
