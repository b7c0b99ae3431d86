"""What people said: found, taken in, assigned, answered in a contact, closed, opened again."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import AuditEntry, ContactRecord, Feedback, Topic
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def item(bureau):
    return factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2))


def url(name, row):
    return reverse(f"contacts:feedback-{name}", args=[row.pk])


def found(officer, **query):
    response = sign_in(officer).get("/feedback/", query)
    assert response.status_code == 200
    return [row.record.text for row in response.context["table"].page.object_list]


# --- the list ------------------------------------------------------------------------------------------------


@pytest.fixture
def several(bureau):
    topic = Topic.objects.create(name="Traffic")
    on = dt.date
    factories.feedback(bureau.deputy, bureau.alice, on(2026, 11, 2), text="light", topic=topic)
    factories.feedback(bureau.deputy, bureau.alice, on(2026, 9, 1), text="late", due_on=on(2026, 9, 22))
    factories.feedback(
        bureau.deputy,
        bureau.alice,
        on(2026, 10, 1),
        text="county",
        unit=bureau.county,
        due_on=on(2026, 12, 1),
    )
    record = factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=30))
    factories.feedback(
        bureau.deputy, bureau.alice, on(2026, 8, 1), text="told", state="answered", result="planned", answer="Soon.",
        answered_on=record.occurred_on, answer_record=record, review_on=on(2026, 11, 1),
    )  # fmt: skip
    return topic


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({}, {"light", "late", "county", "told"}),
        ({"state": "overdue"}, {"late"}),
        ({"state": "answered"}, {"told"}),
        ({"state": "review"}, {"told"}),
        ({"unit": "320281501000"}, {"light", "late", "told"}),
        ({"unit": "320281000000"}, {"light", "late", "county", "told"}),
        ({"since": "2026-10-01", "until": "2026-10-31"}, {"county"}),
        ({"q": "soon"}, {"told"}),
        ({"q": "zhangwei"}, {"light", "late", "county", "told"}),
        ({"q": "nothing of the kind"}, set()),
        ({"since": "no day"}, set()),
        ({"state": "no state"}, set()),
    ],
)
def test_it_finds(bureau, several, query, texts):
    assert set(found(bureau.carl, **query)) == texts


def test_it_finds_by_topic_and_number(bureau, several):
    assert found(bureau.carl, topic=several.pk) == ["light"]
    assert found(bureau.carl, q=Feedback.objects.get(text="late").number) == ["late"]


@pytest.mark.parametrize(("name", "count"), [("alice", 4), ("bob", 4), ("lea", 4), ("dan", 0), ("rita", 0)])
def test_a_stranger_finds_nothing(bureau, several, name, count):
    assert len(found(getattr(bureau, name))) == count


def test_the_unit_that_handles_an_item_finds_it_though_the_person_is_not_theirs(bureau, item):
    item.unit = bureau.other_county
    item.save()
    fay = factories.officer("Fay", bureau.other_county)
    factories.role(fay, "coordinator")
    html = sign_in(fay).get(url("detail", item)).content.decode()

    assert len(found(fay)) == 1
    assert bureau.deputy.get_absolute_url() not in html
    assert sign_in(fay).get(bureau.deputy.get_absolute_url()).status_code == 404


def test_the_overdue_ones_are_counted_on_the_list_and_in_the_navigation(bureau, several):
    html = sign_in(bureau.alice).get("/feedback/").content.decode()

    assert "1 answer is overdue" in html
    assert 'class="count">1</b>' in html


def test_it_takes_as_many_queries_for_a_page_as_for_a_row(bureau, item):
    def queries():
        client = sign_in(bureau.carl)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/feedback/?per_page=50").status_code == 200
        return [query["sql"] for query in captured]

    few = queries()
    for number in range(60):
        person = factories.stakeholder(f"p{number}", bureau.station)
        factories.feedback(person, bureau.alice, TODAY)
    many = queries()
    assert len(many) == len(few) <= 10, "\n".join(many)


# --- taking in -----------------------------------------------------------------------------------------------


def test_it_is_taken_in_once_however_often_the_form_is_sent(bureau):
    form = {"text": "Scooters.", "received_on": "2026-11-16", "submission": str(uuid.uuid4())}
    for _time in range(2):
        response = sign_in(bureau.alice).post(
            reverse("contacts:feedback-create", args=[bureau.deputy.pk]), form
        )
        assert response.status_code == 302

    item = Feedback.objects.get()
    assert (item.state, item.unit, item.received_by) == ("received", bureau.station, bureau.alice)
    assert AuditEntry.objects.filter(action="receive feedback").count() == 1


def test_it_is_not_taken_in_from_the_future(bureau):
    form = {"text": "Scooters.", "received_on": "2026-11-19"}
    response = sign_in(bureau.alice).post(reverse("contacts:feedback-create", args=[bureau.deputy.pk]), form)

    assert "received_on" in response.context["form"].errors


# --- its way -------------------------------------------------------------------------------------------------


def test_it_is_assigned_to_a_unit_and_the_step_stands(bureau, item):
    sign_in(bureau.carol).post(
        url("assign", item), {"unit": bureau.county.pk, "note": "Roads are the county's."}
    )

    item.refresh_from_db()
    assert (item.state, item.unit) == ("assigned", bureau.county)
    assert item.steps.get().note == "Roads are the county's."
    html = sign_in(bureau.carol).get(url("detail", item)).content.decode()
    assert "Roads are the county&#x27;s." in html
    assert AuditEntry.objects.get(action="assign feedback").after["unit"] == bureau.county.code


def test_an_officer_sends_it_up_but_not_across(bureau, item):
    choices = sign_in(bureau.alice).get(url("assign", item)).context["form"].fields["unit"].queryset

    assert set(choices) == {bureau.bureau, bureau.county, bureau.station}


def answered(**changes):
    return {
        "answer": "A light is planned.",
        "result": "planned",
        "review_on": "2027-01-15",
        "told_in": "new",
        "kind": "call",
        "day": "2026-11-18",
        "time": "10:00",
        "submission": str(uuid.uuid4()),
    } | changes


def test_answering_logs_the_contact_in_which_the_person_was_told(bureau, item):
    response = sign_in(bureau.alice).post(url("answer", item), answered())

    assert response.status_code == 302, response.context["form"].errors
    item.refresh_from_db()
    record = ContactRecord.objects.get()
    assert (item.state, item.result, item.answer_record) == ("answered", "planned", record)
    assert (record.outcome, record.summary, record.officer) == (
        "reached",
        "A light is planned.",
        bureau.alice,
    )
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"log contact", "answer feedback"}


def test_answering_may_name_a_contact_that_stands(bureau, item):
    record = factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=1))
    factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=40), summary="before it was said")
    offered = sign_in(bureau.alice).get(url("answer", item)).context["form"].fields["told_in"].choices
    assert [value for value, _label in offered] == ["new", str(record.pk)]

    sign_in(bureau.alice).post(
        url("answer", item), answered(told_in=str(record.pk), result="solved", review_on="")
    )
    item.refresh_from_db()
    assert (item.answer_record, item.answered_on, item.review_on) == (record, dt.date(2026, 11, 17), None)
    assert ContactRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"review_on": ""}, "review_on"), ({"day": ""}, "day"), ({"time": "23:00"}, "day"), ({"answer": ""}, "answer"),
        ({"told_in": "999"}, "told_in"),
    ],
)  # fmt: skip
def test_an_answer_without_what_it_needs_is_refused_and_logs_nothing(bureau, item, changes, field):
    response = sign_in(bureau.alice).post(url("answer", item), answered(**changes))

    assert field in response.context["form"].errors
    assert not ContactRecord.objects.exists()


def test_an_answer_sent_twice_counts_once(bureau, item):
    form = answered()
    for _time in range(2):
        response = sign_in(bureau.alice).post(url("answer", item), form)
        assert response.status_code == 302

    assert ContactRecord.objects.count() == item.steps.count() == 1


def test_it_is_closed_only_after_an_answer(bureau, item):
    alice = sign_in(bureau.alice)
    assert "received already" in alice.post(url("close", item), {}, follow=True).content.decode()

    alice.post(url("answer", item), answered())
    alice.post(url("close", item), {"note": "Done."})
    item.refresh_from_db()
    assert (item.state, item.closed_on) == ("closed", TODAY)


def test_opening_again_needs_a_reason_and_counts_afresh(bureau, item):
    bob = sign_in(bureau.bob)
    bob.post(url("answer", item), answered())
    bob.post(url("close", item), {})
    assert (
        "note"
        in bob.post(url("assign", item), {"unit": bureau.station.pk, "note": ""}).context["form"].errors
    )

    bob.post(url("assign", item), {"unit": bureau.station.pk, "note": "The light does not work."})
    item.refresh_from_db()
    assert (item.state, item.answered_on) == ("assigned", None)
    assert item.due_on > TODAY


def test_the_contact_in_which_an_answer_was_given_stands_until_the_item_is_opened_again(bureau, item):
    bob = sign_in(bureau.bob)
    bob.post(url("answer", item), answered())
    record = ContactRecord.objects.get()
    void = reverse("contacts:record-void", args=[record.pk])
    correct = reverse("contacts:record-correct", args=[record.pk])
    said = {"outcome": "no_answer", "kind": "call", "day": "2026-11-18", "time": "10:00", "summary": ""}

    assert "reopen that feedback first" in bob.post(void, {"reason": "The wrong day"}).content.decode()
    assert "reopen that feedback first" in bob.post(correct, said).content.decode()
    assert ContactRecord.objects.live().get() == record

    bob.post(url("assign", item), {"unit": bureau.station.pk, "note": "It is out again."})
    bob.post(void, {"reason": "The wrong day"})
    assert not ContactRecord.objects.live().exists()


def test_correcting_the_day_of_an_answer_moves_the_day_it_was_answered_on(bureau, item):
    bob = sign_in(bureau.bob)
    bob.post(url("answer", item), answered())
    record = ContactRecord.objects.get()

    said = {"outcome": "reached", "kind": "call", "day": "2026-11-16", "time": "10:00", "summary": "Told."}
    bob.post(reverse("contacts:record-correct", args=[record.pk]), said)

    item.refresh_from_db()
    assert item.answered_on == dt.date(2026, 11, 16)
    assert item.answer_record == ContactRecord.objects.live().get()


@pytest.mark.parametrize("name", ["assign", "answer", "close"])
@pytest.mark.parametrize(
    ("who", "status"), [("dan", 404), ("lea", 403), ("lin", 403), ("rita", 404), ("sue", 403)]
)
def test_those_who_may_only_read_do_not_move_it(bureau, item, name, who, status):
    assert sign_in(getattr(bureau, who)).post(url(name, item), {}).status_code == status


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("lea", 200), ("dan", 404), ("sue", 403)])
def test_reading_follows_the_matrix(bureau, item, who, status):
    assert sign_in(getattr(bureau, who)).get(url("detail", item)).status_code == status
