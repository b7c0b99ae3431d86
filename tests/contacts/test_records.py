"""Logging a contact in one small form, correcting and voiding it, and keeping what was promised."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.urls import reverse

from contacts import handling
from contacts.models import AuditEntry, ContactRecord, Feedback
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)  # 10:30 in the bureau


@pytest.fixture(autouse=True)
def _at_half_past_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def alice(bureau):
    return sign_in(bureau.alice)


def log_url(person):
    return reverse("contacts:record-create", args=[person.pk])


def typed(**changes):
    return {
        "outcome": "reached",
        "kind": "call",
        "day": "2026-11-23",
        "time": "10:15",
        "summary": "Spoke about the school crossing.",
        "promised": "",
        "said": "",
        "topic": "",
        "submission": str(uuid.uuid4()),
    } | changes


def errors(response):
    return {name: [str(e) for e in found] for name, found in response.context["form"].errors.items()}


def test_it_starts_with_a_call_that_reached_now(bureau, alice):
    form = alice.get(log_url(bureau.deputy)).context["form"]

    assert (form["outcome"].value(), form["kind"].value()) == ("reached", "call")
    assert (form["day"].value(), form["time"].value()) == (dt.date(2026, 11, 23), dt.time(10, 30))
    assert form["submission"].value()


def test_it_takes_the_kind_from_the_task_it_was_opened_from(bureau, alice):
    assert alice.get(log_url(bureau.deputy) + "?kind=visit").context["form"]["kind"].value() == "visit"


def test_it_logs_a_contact_and_says_so(bureau, alice):
    response = alice.post(log_url(bureau.deputy), typed(promised="Ring back on Friday"), follow=True)

    record = ContactRecord.objects.get()
    assert (record.stakeholder, record.officer, record.recorded_by) == (
        bureau.deputy,
        bureau.alice,
        bureau.alice,
    )
    assert (record.kind, record.outcome, record.promised) == ("call", "reached", "Ring back on Friday")
    assert record.occurred_at == dt.datetime(2026, 11, 23, 2, 15, tzinfo=dt.UTC)
    assert record.occurred_on == dt.date(2026, 11, 23)
    assert AuditEntry.objects.get(action="log contact").officer == bureau.alice
    assert response.redirect_chain[-1][0] == bureau.deputy.get_absolute_url()
    assert "Logged: call with 张伟, reached." in response.content.decode()


def test_it_goes_back_to_where_it_was_opened_from_but_never_elsewhere(bureau, alice):
    assert alice.post(log_url(bureau.deputy), typed(next="/feedback/")).url == "/feedback/"
    assert (
        alice.post(log_url(bureau.deputy), typed(next="https://evil.example/")).url
        == bureau.deputy.get_absolute_url()
    )
    assert (
        alice.post(log_url(bureau.deputy), typed(next="//evil.example/")).url
        == bureau.deputy.get_absolute_url()
    )


def test_a_form_sent_twice_logs_once(bureau, alice):
    form = typed(said="The crossing needs a light.")
    first = alice.post(log_url(bureau.deputy), form)
    second = alice.post(log_url(bureau.deputy), form)

    assert (first.status_code, second.status_code) == (302, 302)
    assert ContactRecord.objects.count() == Feedback.objects.count() == 1
    assert AuditEntry.objects.filter(action="log contact").count() == 1


def test_a_form_sent_twice_at_the_same_moment_logs_once(bureau, alice, monkeypatch):
    form = typed(said="The crossing needs a light.")
    alice.post(log_url(bureau.deputy), form)
    look, looks = handling.submitted_before, []
    # The second request looked before the first had saved: only the constraint stops it.
    monkeypatch.setattr(handling, "submitted_before", lambda row: look(row) if looks else looks.append(row))
    response = alice.post(log_url(bureau.deputy), form)

    assert response.status_code == 302
    assert looks
    assert ContactRecord.objects.count() == Feedback.objects.count() == 1


def test_two_forms_log_two_contacts_even_if_they_say_the_same(bureau, alice):
    alice.post(log_url(bureau.deputy), typed())
    alice.post(log_url(bureau.deputy), typed())

    assert ContactRecord.objects.count() == 2


def test_what_was_said_becomes_feedback_with_a_day_to_answer_by(bureau, alice):
    response = alice.post(log_url(bureau.deputy), typed(said="The crossing needs a light."), follow=True)

    item = Feedback.objects.get()
    assert (item.text, item.record, item.unit, item.state) == (
        "The crossing needs a light.", ContactRecord.objects.get(), bureau.station, "received",
    )  # fmt: skip
    assert item.due_on > item.received_on == dt.date(2026, 11, 23)
    assert item.number in response.content.decode()
    assert item.steps.count() == 1


def test_only_someone_who_was_reached_can_have_said_something(bureau, alice):
    response = alice.post(
        log_url(bureau.deputy), typed(outcome="no_answer", said="The crossing needs a light.")
    )

    assert "Only someone who was reached" in errors(response)["said"][0]
    assert not ContactRecord.objects.exists()


@pytest.mark.parametrize(
    ("day", "time", "field"),
    [("2026-11-24", "09:00", "day"), ("2026-11-23", "10:31", "time"), ("2027-01-01", "00:00", "day")],
)
def test_a_contact_in_the_future_is_refused_with_the_reason(bureau, alice, day, time, field):
    response = alice.post(log_url(bureau.deputy), typed(day=day, time=time))

    assert "This lies in the future" in errors(response)[field][0]
    assert not ContactRecord.objects.exists()


def test_an_error_keeps_everything_that_was_typed(bureau, alice):
    form = typed(day="2026-12-01", promised="Ring back", outcome="declined", kind="visit")
    html = alice.post(log_url(bureau.deputy), form).content.decode()

    assert "Spoke about the school crossing." in html
    assert 'value="Ring back"' in html
    assert form["submission"] in html
    for chosen in ("declined", "visit"):
        assert re.search(rf'<input[^>]*value="{chosen}"[^>]*checked', html)


def test_long_ago_is_allowed_with_a_hint(bureau, alice):
    response = alice.post(log_url(bureau.deputy), typed(day="2026-09-01", time="09:00"), follow=True)

    assert ContactRecord.objects.get().occurred_on == dt.date(2026, 9, 1)
    assert "This was 83 days ago" in response.content.decode()


def test_a_year_typed_wrongly_is_refused(bureau, alice):
    assert "look at the year" in errors(alice.post(log_url(bureau.deputy), typed(day="0202-11-01")))["day"][0]


def test_a_coordinator_may_say_that_the_paired_officer_made_the_contact(bureau):
    sign_in(bureau.carol).post(log_url(bureau.deputy), typed(officer=bureau.alice.pk))

    record = ContactRecord.objects.get()
    assert (record.officer, record.recorded_by) == (bureau.alice, bureau.carol)


def test_credit_can_not_be_given_to_anybody_else(bureau):
    response = sign_in(bureau.carol).post(log_url(bureau.deputy), typed(officer=bureau.dan.pk))

    assert "officer" in errors(response)


@pytest.mark.parametrize(
    ("name", "status"), [("dan", 404), ("lea", 403), ("lin", 403), ("bob", 200), ("sue", 403)]
)
def test_access_decides_who_may_log(bureau, name, status):
    assert sign_in(getattr(bureau, name)).get(log_url(bureau.deputy)).status_code == status


def test_the_page_tells_what_is_owed_before_one_dials(bureau, alice):
    factories.record(
        bureau.deputy, bureau.alice, NOW - dt.timedelta(days=9), summary="At ease.", promised="Send the map"
    )
    factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2), text="Too many scooters.")
    html = alice.get(log_url(bureau.deputy)).content.decode()

    assert "Send the map" in html
    assert "Too many scooters." in html
    assert 'href="tel:+8613912345678"' in html


# --- correcting, voiding, keeping ------------------------------------------------------------------------------


@pytest.fixture
def record(bureau):
    return factories.record(
        bureau.deputy, bureau.alice, NOW - dt.timedelta(days=2), summary="Wrong words", promised="A map"
    )


def deed(name, record):
    return reverse(f"contacts:record-{name}", args=[record.pk])


def test_a_correction_takes_the_place_of_the_record_which_stays(bureau, alice, record):
    response = alice.post(
        deed("correct", record), typed(summary="Right words", promised="A map", kind="visit")
    )

    assert response.status_code == 302
    record.refresh_from_db()
    corrected = ContactRecord.objects.live().get()
    assert record.superseded_at is not None
    assert record.summary == "Wrong words"
    assert (corrected.summary, corrected.kind, corrected.supersedes) == ("Right words", "visit", record)
    entry = AuditEntry.objects.get(action="correct contact")
    assert (entry.before["summary"], entry.after["summary"]) == ("Wrong words", "Right words")


def test_a_record_that_was_corrected_meanwhile_leads_to_the_newer_one(bureau, alice, record):
    alice.post(deed("correct", record), typed(summary="Right words"))
    response = alice.post(deed("correct", record), typed(summary="Other words"), follow=True)

    assert "corrected or voided meanwhile" in response.content.decode()
    assert ContactRecord.objects.live().get().summary == "Right words"


def test_voiding_needs_a_reason(bureau, alice, record):
    assert "reason" in errors(alice.post(deed("void", record), {"reason": " "}))

    alice.post(deed("void", record), {"reason": "The wrong person"})
    record.refresh_from_db()
    assert (record.void_reason, record.voided_by) == ("The wrong person", bureau.alice)
    assert AuditEntry.objects.get(action="void contact").reason == "The wrong person"


def test_voiding_twice_is_refused_in_words(bureau, alice, record):
    alice.post(deed("void", record), {"reason": "The wrong person"})
    response = alice.post(deed("void", record), {"reason": "Once more"})

    assert "corrected or voided meanwhile" in response.content.decode()


def test_a_kept_promise_is_owed_no_more(bureau, alice, record):
    assert ContactRecord.objects.promised().exists()

    alice.post(deed("keep", record), {"next": "/"})
    assert not ContactRecord.objects.promised().exists()
    assert AuditEntry.objects.filter(action="keep promise").exists()
    assert alice.get(deed("keep", record)).status_code == 405


@pytest.mark.parametrize("name", ["correct", "void", "keep"])
def test_strangers_find_no_record_and_leaders_above_may_not_touch_it(bureau, record, name):
    assert sign_in(bureau.dan).post(deed(name, record), {"reason": "x"}).status_code == 404
    assert sign_in(bureau.lin).post(deed(name, record), {"reason": "x"}).status_code == 403
