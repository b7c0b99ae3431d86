"""Drafts: what was typed and not sent is there when one comes back, for nobody else, and no longer than it is of use."""

import datetime as dt
import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts import drafts
from contacts.merging import merge
from contacts.models import Actor, AuditEntry, ContactRecord, Draft, Feedback
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)  # 10:30 in the bureau


@pytest.fixture(autouse=True)
def _at_half_past_ten(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def alice(bureau):
    return sign_in(bureau.alice)


def page_of(person, form="record"):
    return f"/drafts/{form}:{person.pk}/"


def typed(**changes):
    return {
        "outcome": "reached", "kind": "call", "day": "2026-11-23", "time": "10:15", "summary": "Half a sen",
        "promised": "", "said": "", "topic": "", "submission": str(uuid.uuid4()),
    } | changes  # fmt: skip


def test_what_is_typed_is_offered_again(bureau, alice):
    entry = typed()
    assert alice.post(page_of(bureau.deputy), entry).json() == {"sent": False}

    html = alice.get(page_of(bureau.deputy)).content.decode()
    assert "You began an entry at 10:30." in html
    assert "Half a sen" in html
    assert entry["submission"] in html


def test_what_is_kept_again_takes_the_place_of_what_was_kept_before(bureau, alice):
    entry = typed()
    alice.post(page_of(bureau.deputy), entry)
    alice.post(page_of(bureau.deputy), entry | {"summary": "Half a sentence"})

    assert Draft.objects.get().values["summary"] == ["Half a sentence"]


def test_what_comes_late_does_not_take_the_place_of_what_was_typed_after_it(bureau, alice):
    entry = typed()
    alice.post(page_of(bureau.deputy), entry | {"summary": "newer", "age": "0"})
    alice.post(page_of(bureau.deputy), entry | {"summary": "older", "age": "5000"})

    assert Draft.objects.get().values["summary"] == ["newer"]


def test_two_entries_about_one_person_are_two_drafts(bureau, alice):
    alice.post(page_of(bureau.deputy), typed(summary="one"))
    alice.post(page_of(bureau.deputy), typed(summary="two"))

    assert alice.get(page_of(bureau.deputy)).content.decode().count("data-draft-offer") == 2


def test_a_character_that_no_database_takes_is_left_out(bureau, alice):
    alice.post(page_of(bureau.deputy), typed(summary="Half\0 a sen"))

    assert Draft.objects.get().values["summary"] == ["Half a sen"]


def test_neither_the_token_of_the_page_nor_the_way_back_is_kept(bureau, alice):
    alice.post(page_of(bureau.deputy), typed(csrfmiddlewaretoken="secret", next="/today/", age="3"))

    assert not {"csrfmiddlewaretoken", "next", "age"} & Draft.objects.get().values.keys()


def test_sending_the_form_ends_its_draft_and_no_other(bureau, alice):
    entry, other = typed(), typed(summary="another")
    for each in (entry, other):
        alice.post(page_of(bureau.deputy), each)
    alice.post(f"/people/{bureau.deputy.pk}/log/", entry)

    assert Draft.objects.get().values["summary"] == ["another"]


def test_a_form_that_comes_back_with_errors_keeps_its_draft(bureau, alice):
    entry = typed(day="2026-12-24")
    alice.post(page_of(bureau.deputy), entry)
    alice.post(f"/people/{bureau.deputy.pk}/log/", entry)

    assert Draft.objects.exists()
    assert not ContactRecord.objects.exists()


def test_an_entry_that_arrived_though_its_answer_was_lost_is_no_draft_any_more(bureau, alice):
    entry = typed()
    alice.post(f"/people/{bureau.deputy.pk}/log/", entry)

    assert alice.post(page_of(bureau.deputy), entry).json() == {"sent": True}
    assert not Draft.objects.exists()


def test_what_was_sent_from_another_page_is_not_offered(bureau, alice):
    entry = typed()
    alice.post(page_of(bureau.deputy), entry)
    factories.record(bureau.deputy, bureau.alice, NOW, submission=entry["submission"])

    assert "data-draft-offer" not in alice.get(page_of(bureau.deputy)).content.decode()
    assert "Begun and not sent" not in alice.get("/today/").content.decode()


def test_an_opinion_and_an_answer_keep_drafts_too(bureau, alice):
    item = factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2))
    for form, words in (
        (page_of(bureau.deputy, "feedback"), "Scooters"),
        (page_of(item, "answer"), "Lights"),
    ):
        alice.post(form, {"text": words, "submission": str(uuid.uuid4())})
        assert words in alice.get(form).content.decode()

    sent = {"kind": "oral", "text": "Scooters", "received_on": "2026-11-20"}
    sent["submission"] = str(Draft.objects.get(form__startswith="feedback").submission)
    alice.post(f"/people/{bureau.deputy.pk}/feedback/", sent)
    assert Feedback.objects.filter(text="Scooters").exists()
    assert not Draft.objects.filter(form__startswith="feedback").exists()


def test_the_day_lists_what_was_begun_and_leads_back_to_it(bureau, alice):
    item = factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2))
    entry = typed()
    alice.post(page_of(bureau.deputy), entry)
    alice.post(page_of(item, "answer"), {"answer": "The light stands", "submission": str(uuid.uuid4())})

    html = alice.get("/today/").content.decode()
    assert "Begun and not sent" in html
    assert f"/people/{bureau.deputy.pk}/log/?draft={entry['submission']}" in html
    assert f"Answer to 张伟, {item.number}" in html


def test_whoever_is_out_of_reach_is_not_named_any_more(bureau, alice):
    alice.post(page_of(bureau.deputy), typed())
    bureau.deputy.pairings.update(ended_on=dt.date(2026, 11, 1))

    assert "Begun and not sent" not in alice.get("/today/").content.decode()
    assert alice.get(page_of(bureau.deputy)).status_code == 404


def test_what_was_begun_about_somebody_who_was_merged_goes_on_with_the_other(bureau, alice):
    double = factories.stakeholder("张伟", bureau.station)
    factories.pairing(bureau.alice, double)
    alice.post(page_of(double), typed())
    merge(bureau.deputy, double, actor=Actor(bureau.carl), day=dt.date(2026, 11, 23))

    assert "Half a sen" in alice.get(page_of(bureau.deputy)).content.decode()


# --- whose they are ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bob", "carol", "carl"])
def test_nobody_else_sees_a_draft_or_throws_it_away(bureau, alice, name):
    """Though all of them may log a contact with the same person."""
    entry = typed(summary="Between us")
    alice.post(page_of(bureau.deputy), entry)
    other = sign_in(getattr(bureau, name))

    assert "Between us" not in other.get(page_of(bureau.deputy)).content.decode()
    assert "Between us" not in other.get("/today/").content.decode()
    other.delete(f"{page_of(bureau.deputy)}?draft={Draft.objects.get().pk}")
    other.post(page_of(bureau.deputy), entry | {"summary": "Mine"})
    assert Draft.objects.get(officer=bureau.alice).values["summary"] == ["Between us"]


def test_a_draft_is_thrown_away_when_asked_to(bureau, alice):
    alice.post(page_of(bureau.deputy), typed())
    address = f"{page_of(bureau.deputy)}?draft={Draft.objects.get().pk}"

    assert alice.delete(address).json() == {"gone": 1}
    assert alice.delete(address).json() == {"gone": 0}


@pytest.mark.parametrize(("name", "status"), [("dan", 404), ("lea", 403), ("lin", 403), ("sue", 403)])
def test_whoever_may_not_send_the_form_keeps_no_draft_of_it(bureau, name, status):
    client = sign_in(getattr(bureau, name))

    assert client.post(page_of(bureau.deputy), typed()).status_code == status
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "form", ["password:1", "account:1", "conduct:1", "record:x", "record:", "record:9999999999999"]
)
def test_no_other_form_keeps_drafts(bureau, alice, form):
    assert alice.post(f"/drafts/{form}/", typed()).status_code == 404


def test_only_the_long_forms_of_the_liaison_work_ask_for_it():
    """Never a form with a password, an account or a sealed report."""
    root = Path(settings.BASE_DIR) / "templates"
    marked = {path.name for path in root.rglob("*.html") if "data-draft=" in path.read_text(encoding="utf-8")}

    assert marked == {
        "_record_form.html",
        "feedback_form.html",
        "feedback_answer.html",
        "gathering_form.html",
        "briefing_form.html",
    }
    for name in marked:
        assert not re.search(
            r'type="(password|file)"', (root / "contacts" / name).read_text(encoding="utf-8")
        )


def test_it_leaves_no_word_in_the_audit_trail(bureau, alice):
    before = AuditEntry.objects.count()
    alice.post(page_of(bureau.deputy), typed(summary="Between us"))

    assert AuditEntry.objects.count() == before


def test_a_lost_session_is_said_and_not_mistaken_for_kept(bureau, alice):
    """The script sees a redirect to the sign-in page, and keeps its own copy."""
    alice.session.flush()

    assert alice.post(page_of(bureau.deputy), typed()).status_code == 302
    assert not Draft.objects.exists()


# --- how much and how long -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [{"submission": ""}, {"submission": "no number"}, {"summary": "x" * (Draft.LONGEST + 1)}]
)
def test_what_can_not_be_kept_is_refused(bureau, alice, wrong):
    response = alice.post(page_of(bureau.deputy), typed(**wrong))

    assert response.status_code == 400
    assert response.json()["refused"]
    assert not Draft.objects.exists()


def test_of_very_many_the_oldest_go(bureau, alice, monkeypatch):
    monkeypatch.setattr(Draft, "MOST", 3)
    for number in range(5):
        alice.post(page_of(bureau.deputy), typed(summary=str(number), age=str((5 - number) * 1000)))

    assert [draft.values["summary"][0] for draft in Draft.objects.all()] == ["4", "3", "2"]


def test_what_nobody_came_back_to_is_let_go_and_so_is_what_was_sent(bureau, alice):
    for days in (13, 15):
        Draft.objects.create(
            officer=bureau.alice, form=f"record:{bureau.deputy.pk}", submission=uuid.uuid4(), values={},
            typed_at=timezone.now() - dt.timedelta(days=days),
        )  # fmt: skip
    entry = typed()
    alice.post(page_of(bureau.deputy), entry)
    factories.record(bureau.deputy, bureau.alice, NOW, submission=entry["submission"])
    drafts.let_go(timezone.now())

    assert [(timezone.now() - draft.typed_at).days for draft in Draft.objects.all()] == [13]


def test_a_page_of_somebody_without_drafts_asks_for_none(bureau, alice):
    with CaptureQueriesContext(connection) as asked:
        alice.get("/today/")

    assert not [query for query in asked if 'FROM "contacts_draft"' in query["sql"].split("EXISTS")[0]]


def test_many_drafts_take_as_many_queries_as_one(bureau, alice):
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert alice.get("/today/").status_code == 200
        return len(asked)

    alice.post(page_of(bureau.deputy), typed())
    one = ask()
    for number in range(8):
        person = factories.stakeholder(f"p{number}", bureau.station)
        factories.pairing(bureau.alice, person)
        alice.post(page_of(person), typed())

    assert ask() == one
