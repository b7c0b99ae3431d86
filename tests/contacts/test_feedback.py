"""What people said: found, taken in, assigned, answered in a contact, closed, opened again."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Answer, AuditEntry, ContactRecord, Feedback, Telling, Topic
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


def told_in(item):
    """The contact in which the one person was told the answer."""
    return Telling.objects.get(answer=item.answer).record


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
    form = {"kind": "oral", "text": "Scooters.", "received_on": "2026-11-16", "submission": str(uuid.uuid4())}
    for _time in range(2):
        response = sign_in(bureau.alice).post(
            reverse("contacts:feedback-create", args=[bureau.deputy.pk]), form
        )
        assert response.status_code == 302

    item = Feedback.objects.get()
    assert (item.state, item.unit, item.received_by) == ("received", bureau.station, bureau.alice)
    assert AuditEntry.objects.filter(action="receive feedback").count() == 1


def test_a_document_whose_form_is_sent_twice_leads_to_the_one_item(bureau):
    page = reverse("contacts:feedback-create", args=[bureau.deputy.pk])
    form = {
        "kind": "proposal",
        "document_number": "2026-7",
        "text": "A crossing.",
        "received_on": "2026-11-16",
    }
    form["submission"] = str(uuid.uuid4())
    answers = [sign_in(bureau.alice).post(page, form) for _time in range(2)]

    item = Feedback.objects.get()
    assert [answer.url for answer in answers] == [item.get_absolute_url()] * 2
    response = sign_in(bureau.alice).post(page, form | {"submission": "no number"})
    assert response.status_code == 200


def test_it_is_not_taken_in_from_the_future(bureau):
    form = {"kind": "oral", "text": "Scooters.", "received_on": "2026-11-19"}
    response = sign_in(bureau.alice).post(reverse("contacts:feedback-create", args=[bureau.deputy.pk]), form)

    assert "received_on" in response.context["form"].errors


def formal(bureau, **fields):
    fields = {"kind": "suggestion", "document_number": "2026-114"} | fields
    return factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2), **fields)


def test_a_formal_suggestion_is_taken_in_with_its_document_and_the_statutory_clock(bureau):
    page = reverse("contacts:feedback-create", args=[bureau.deputy.pk])
    form = {
        "kind": "suggestion",
        "document_number": "2026-114",
        "text": "A crossing.",
        "received_on": "2026-11-16",
    }
    sign_in(bureau.alice).post(page, form)
    item = Feedback.objects.get()

    assert (item.kind, item.document_number, item.clock) == ("suggestion", "2026-114", "formal")
    assert item.due_on == dt.date(2027, 2, 16)
    assert found(bureau.carl, kind="suggestion") == found(bureau.carl, q="2026-114") == ["A crossing."]
    assert found(bureau.carl, kind="oral") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document_number": ""}, "document_number"),
        ({"kind": "oral"}, "kind"),
        ({"document_number": "2026-001"}, "document_number"),  # entered already
    ],
)
def test_the_tracks_are_never_mixed_and_a_document_is_entered_once(bureau, changes, field):
    formal(bureau, document_number="2026-001")
    page = reverse("contacts:feedback-create", args=[bureau.deputy.pk])
    form = {
        "kind": "proposal",
        "document_number": "2026-114",
        "text": "A crossing.",
        "received_on": "2026-11-16",
    }
    response = sign_in(bureau.alice).post(page, form | changes)

    assert list(response.context["form"].errors) == [field]
    assert Feedback.objects.count() == 1


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
    assert (item.state, item.answer.result, told_in(item)) == ("answered", "planned", record)
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
    assert [value for value, _label in offered] == ["new", str(record.pk), "later"]

    sign_in(bureau.alice).post(
        url("answer", item), answered(told_in=str(record.pk), result="solved", review_on="")
    )
    item.refresh_from_db()
    assert (told_in(item), item.answered_on, item.review_on) == (record, dt.date(2026, 11, 17), None)
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

    assert ContactRecord.objects.count() == 1
    assert [step.deed for step in item.steps.all()] == ["prepared", "answered"]


def rated(**changes):
    return {"process": "satisfied", "result": "basically", "comment": ""} | changes


def test_it_is_closed_once_it_is_rated_and_not_before_everybody_was_told(bureau, item):
    carl = sign_in(bureau.carl)
    assert "received already" in carl.post(url("rate", item), rated(), follow=True).content.decode()

    sign_in(bureau.alice).post(url("answer", item), answered(result="solved"))
    carl.post(url("rate", item), rated(telling=Telling.objects.get().pk))
    item.refresh_from_db()
    assert (item.state, item.closed_on, item.rate_by) == ("closed", TODAY, None)


def test_opening_again_needs_a_reason_and_counts_afresh(bureau, item):
    bob = sign_in(bureau.bob)
    bob.post(url("answer", item), answered())
    assert (
        "note"
        in bob.post(url("assign", item), {"unit": bureau.station.pk, "note": "", "reopening": "yes"})
        .context["form"]
        .errors
    )

    bob.post(
        url("assign", item),
        {"unit": bureau.station.pk, "note": "The light does not work.", "reopening": "yes"},
    )
    item.refresh_from_db()
    assert (item.state, item.answered_on, item.answer, item.review_on) == ("assigned", None, None, None)
    assert item.due_on > TODAY
    assert Answer.objects.get().set_aside_on == TODAY


def test_the_contact_in_which_an_answer_was_given_stands_until_the_item_is_opened_again(bureau, item):
    bob = sign_in(bureau.bob)
    bob.post(url("answer", item), answered())
    record = ContactRecord.objects.get()
    void = reverse("contacts:record-void", args=[record.pk])
    correct = reverse("contacts:record-correct", args=[record.pk])
    said = {"outcome": "no_answer", "kind": "call", "day": "2026-11-18", "time": "10:00", "summary": ""}

    for page in (bob.post(void, {"reason": "The wrong day"}), bob.post(correct, said)):
        assert f"The answer to {item.number} was given in this contact." in page.content.decode()
    assert ContactRecord.objects.live().get() == record

    bob.post(url("assign", item), {"unit": bureau.station.pk, "note": "It is out again.", "reopening": "yes"})
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
    assert told_in(item) == ContactRecord.objects.live().get()


@pytest.mark.parametrize("name", ["assign", "answer", "note"])
@pytest.mark.parametrize(
    ("who", "status"), [("dan", 404), ("lea", 403), ("lin", 403), ("rita", 404), ("sue", 403)]
)
def test_those_who_may_only_read_do_not_move_it(bureau, item, name, who, status):
    assert sign_in(getattr(bureau, who)).post(url(name, item), {}).status_code == status


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("lea", 200), ("dan", 404), ("sue", 403)])
def test_reading_follows_the_matrix(bureau, item, who, status):
    assert sign_in(getattr(bureau, who)).get(url("detail", item)).status_code == status


# --- the clocks ----------------------------------------------------------------------------------------------


def assign(officer, item, unit, note=""):
    reopening = {} if item.is_pending else {"reopening": "yes"}
    sign_in(officer).post(url("assign", item), {"unit": unit.pk, "note": note} | reopening)
    item.refresh_from_db()


def test_a_formal_one_counts_from_its_assignment_and_an_oral_one_from_its_day(bureau, item):
    suggestion = formal(bureau)
    said = {
        item: "The answer is due on 2026-11-23, whoever gives it.",
        suggestion: "The statutory time runs from today: the answer is due on 2027-02-18.",
    }
    for one in (item, suggestion):
        assert said[one] in sign_in(bureau.carl).get(url("assign", one)).content.decode()
        assign(bureau.carl, one, bureau.station)
    assert (item.clock_since, item.due_on) == (dt.date(2026, 11, 2), dt.date(2026, 11, 23))
    assert (suggestion.clock_since, suggestion.due_on) == (TODAY, dt.date(2027, 2, 18))

    with time_machine.travel(NOW + dt.timedelta(days=7), tick=False):
        assign(bureau.bob, suggestion, bureau.county)  # passed on: the clock goes on
    assert (suggestion.unit, suggestion.due_on) == (bureau.county, dt.date(2027, 2, 18))


def test_how_the_day_was_reckoned_stands_on_the_page(bureau):
    suggestion = formal(bureau)
    assign(bureau.carl, suggestion, bureau.station)
    html = sign_in(bureau.alice).get(url("detail", suggestion)).content.decode()

    assert "From 2026-11-18; the first day that counts is the next working day, 2026-11-19." in html
    assert "3 months end on 2027-02-18." in html
    assert "Law on Deputies" in html


def test_a_wrong_assignment_goes_back_to_whoever_made_it_with_the_reason(bureau, item):
    assign(bureau.carl, item, bureau.station)
    response = sign_in(bureau.bob).post(url("send-back", item), {"reason": "The road is the city's."})
    item.refresh_from_db()
    step = item.steps.last()

    assert response.status_code == 302
    assert (item.state, item.unit, item.assigned_on) == ("received", bureau.county, None)
    assert item.due_on == dt.date(2026, 11, 23)  # the person waits all the same
    assert (step.deed, step.note, step.officer) == ("returned", "The road is the city's.", bureau.bob)
    assert AuditEntry.objects.filter(action="return feedback", reason="The road is the city's.").exists()


def test_what_the_own_unit_assigned_goes_up(bureau, item):
    assign(bureau.bob, item, bureau.station)
    sign_in(bureau.bob).post(url("send-back", item), {"reason": "Not ours."})
    item.refresh_from_db()

    assert item.unit == bureau.county


@pytest.mark.parametrize(("later", "state"), [(7, "received"), (8, "assigned")])
def test_it_goes_back_within_five_working_days_and_no_later(bureau, item, later, state):
    assign(bureau.carl, item, bureau.station)
    with time_machine.travel(NOW + dt.timedelta(days=later), tick=False):
        offered = b"Send back" in sign_in(bureau.bob).get(url("detail", item)).content
        response = sign_in(bureau.bob).post(url("send-back", item), {"reason": "Not ours."})
    item.refresh_from_db()

    assert item.state == state
    assert offered == (state == "received")
    if state == "assigned":
        assert "The days for sending it back are over." in response.content.decode()


def test_assigned_again_to_the_same_unit_it_can_be_sent_back_no_longer(bureau, item):
    assign(bureau.carl, item, bureau.station)
    with time_machine.travel(NOW + dt.timedelta(days=7), tick=False):
        assign(bureau.bob, item, bureau.station, "Please.")

    assert item.assigned_on == TODAY


def test_whoever_holds_the_person_does_not_send_back_what_another_unit_has(bureau, item):
    assign(bureau.carl, item, bureau.county)
    page = sign_in(bureau.alice).get(url("detail", item)).content

    assert b"Send back" not in page
    assert sign_in(bureau.alice).post(url("send-back", item), {"reason": "Not theirs."}).status_code == 403


def test_nobody_above_the_bureau_takes_it_back(bureau, item):
    carol_assigns = bureau.carol
    assign(carol_assigns, item, bureau.bureau)
    response = sign_in(carol_assigns).post(url("send-back", item), {"reason": "Not ours."})
    item.refresh_from_db()

    assert item.state == "assigned"
    assert "There is no unit above" in response.content.decode()


def test_a_returned_formal_one_counts_from_its_next_assignment(bureau):
    suggestion = formal(bureau)
    assign(bureau.carl, suggestion, bureau.station)
    sign_in(bureau.bob).post(url("send-back", suggestion), {"reason": "Not ours."})
    with time_machine.travel(NOW + dt.timedelta(days=5), tick=False):
        assign(bureau.carl, suggestion, bureau.station)

    assert suggestion.due_on == dt.date(2027, 2, 23)


def test_a_leader_extends_a_formal_one_once_with_a_reason(bureau):
    suggestion = formal(bureau)
    assign(bureau.carl, suggestion, bureau.station)
    leader = sign_in(bureau.lin)
    empty = leader.post(url("extend", suggestion), {"reason": " "})
    leader.post(url("extend", suggestion), {"reason": "Three bureaus take part."})
    suggestion.refresh_from_db()
    again = leader.post(url("extend", suggestion), {"reason": "Longer still."})
    html = leader.get(url("detail", suggestion)).content.decode()

    assert list(empty.context["form"].errors) == ["reason"]
    assert (suggestion.clock, suggestion.due_on) == ("extended", dt.date(2027, 5, 18))
    assert (suggestion.extended_by, suggestion.extension_reason) == (bureau.lin, "Three bureaus take part.")
    assert "only once" in again.content.decode()
    assert "Longer still." in again.content.decode()
    assert suggestion.steps.filter(deed="extended").count() == 1
    assert "6 months end on 2027-05-18." in html
    assert "Three bureaus take part." in html


def test_an_oral_one_is_not_extended(bureau, item):
    assign(bureau.carl, item, bureau.station)
    sign_in(bureau.lin).post(url("extend", item), {"reason": "Longer."})
    item.refresh_from_db()

    assert (item.clock, item.due_on) == ("oral", dt.date(2026, 11, 23))


def test_opened_again_a_formal_one_has_its_first_clock_afresh(bureau):
    record = factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=1))
    suggestion = formal(
        bureau, state="answered", result="solved", answered_on=record.occurred_on, answer_record=record, clock="extended",
        extended_by=bureau.lin, extension_reason="Three bureaus take part.",
    )  # fmt: skip
    assign(bureau.carl, suggestion, bureau.station, "It is dark again.")

    assert (suggestion.clock, suggestion.due_on) == ("formal", dt.date(2027, 2, 18))
    assert (suggestion.extended_by, suggestion.extension_reason) == (None, "")
    assert suggestion.steps.last().deed == "reopened"
