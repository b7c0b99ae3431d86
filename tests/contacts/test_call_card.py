"""The call card: before one dials, the last talk, what changed since, what is owed and what to ask. Of what is not known, not a
word."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import editing
from contacts.assigning import assign_feedback
from contacts.call_card import Card
from contacts.models import Actor, AuditEntry, ContactRecord, Feedback, Journal, Seat, Stakeholder, Topic
from contacts.phones import parse
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import owe

NOW = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)  # a Monday, 10:30 in the bureau
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _at_half_past_ten(time_machine):
    time_machine.move_to(NOW, tick=False)


def card(bureau, officer=None) -> Card:
    people = Stakeholder.objects.select_related("unit").prefetch_related("phones", "seats")
    return Card(people.get(pk=bureau.deputy.pk), officer or bureau.alice, NOW)


def ago(**time) -> dt.datetime:
    return NOW - dt.timedelta(**time)


def talk(bureau, days=20, by=None, **fields) -> ContactRecord:
    return factories.record(bureau.deputy, by or bureau.alice, ago(days=days), **fields)


def changes(bureau, officer=None) -> list[str]:
    return [change.text for change in card(bureau, officer).changes]


def questions(bureau, officer=None) -> list[str]:
    return [question.text for question in card(bureau, officer).questions]


def answered(bureau, record, **fields) -> Feedback:
    return factories.feedback(
        bureau.deputy, bureau.alice, record.occurred_on - dt.timedelta(days=9),
        **{"state": "answered", "result": "solved", "answered_on": record.occurred_on, "answer_record": record} | fields,
    )  # fmt: skip


# --- who it is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("npc_deputy", "Deputy 张伟"), ("cppcc_member", "Member 张伟"), ("media_supervisor", "Supervisor 张伟"),
        ("patrol_visitor", "Visitor 张伟"), ("discipline_monitor", "Monitor 张伟"),
    ],
)  # fmt: skip
def test_they_are_addressed_by_the_office_they_hold(bureau, kind, words):
    Seat.objects.update(kind=kind)

    assert card(bureau).addressed == words


@pytest.mark.parametrize(("sex", "words"), [("f", "Ms 张伟"), ("m", "Mr 张伟"), ("", "")])
def test_whoever_holds_none_is_addressed_by_sex_if_that_is_known(bureau, sex, words):
    Seat.objects.update(ended_on=TODAY - dt.timedelta(days=1))
    Stakeholder.objects.update(sex=sex)

    assert card(bureau).addressed == words
    assert card(bureau).seat_line == "No seat"


# --- the last talk -------------------------------------------------------------------------------------------


def test_the_last_talk_is_the_last_time_somebody_spoke_with_them(bureau):
    first, _second = talk(bureau, 40), talk(bureau, 20, outcome="no_answer")
    assert card(bureau).last == first

    last = talk(bureau, 10, by=bureau.bob)
    talk(bureau, 5, voided_at=NOW, void_reason="wrong person")
    assert card(bureau).last == last


def test_a_report_handed_over_is_no_talk_where_there_was_one(bureau):
    report = talk(bureau, 5, kind="report")
    assert card(bureau).last == report

    spoken = talk(bureau, 20)
    assert card(bureau).last == spoken
    assert changes(bureau) == ["Work report delivered by Alice"]


def test_the_tries_since_are_shown_the_latest_first(bureau):
    talk(bureau, 30, outcome="no_answer")
    talk(bureau, 20)
    for days in (9, 5, 3, 1):
        talk(bureau, days, outcome="left_message" if days == 1 else "no_answer")

    assert len(card(bureau).attempts) == 4
    assert [record.outcome for record in card(bureau).latest_attempts] == [
        "left_message",
        "no_answer",
        "no_answer",
    ]


# --- what changed since --------------------------------------------------------------------------------------


def test_without_a_talk_nothing_changed_since(bureau):
    factories.seat(bureau.deputy, "cppcc_member", started_on=dt.date(2026, 11, 1))

    assert changes(bureau) == []


def test_seats_that_came_and_went_since_are_told(bureau):
    talk(bureau)
    Seat.objects.update(ended_on=dt.date(2026, 11, 10))
    factories.seat(bureau.deputy, "cppcc_member", "city", started_on=dt.date(2026, 11, 12))
    factories.seat(bureau.deputy, "media_supervisor", "", started_on=dt.date(2026, 10, 1))  # before
    factories.seat(bureau.deputy, "patrol_visitor", "", started_on=dt.date(2027, 1, 1))  # to come

    held, new = changes(bureau)
    assert held.startswith("No longer held: district")
    assert new.startswith("New seat: city")


def test_another_officer_is_told_when_they_became_responsible(bureau):
    talk(bureau)
    bureau.deputy.pairings.update(ended_on=dt.date(2026, 11, 14))
    factories.pairing(bureau.bob, bureau.deputy, since=dt.date(2026, 11, 15))

    assert changes(bureau, bureau.bob) == ["Bob is responsible from then on"]


def test_that_a_colleague_spoke_with_them_after_oneself_is_told(bureau):
    talk(bureau, 30)
    talk(bureau, 10, by=bureau.bob)

    assert changes(bureau) == ["Bob spoke with them, after your own talk on 2026-10-24"]
    assert changes(bureau, bureau.bob) == []


def test_what_was_changed_on_the_roster_is_told_without_the_numbers(bureau):
    talk(bureau)
    deputy = Stakeholder.objects.get()
    deputy.employer, deputy.address = "第一棉纺厂", "江阴市澄江镇9号"
    editing.save_person(deputy, phones=[parse("13700001111")], seats=[], actor=Actor(bureau.carl))

    assert changes(bureau) == [
        "Phone numbers changed",
        "Employer and post: 第一棉纺厂",
        "The address changed",
    ]


def test_what_an_import_changed_is_told_unless_it_was_taken_back(bureau):
    talk(bureau)
    journal = Journal.objects.create(kind="import", made_at=ago(days=3), made_by=bureau.carl)
    line = journal.lines.create(
        group=bureau.deputy.pk, model="contacts.stakeholder", object_id=bureau.deputy.pk,
        before={"employer": ""}, after={"employer": "澄江中学校长"},
    )  # fmt: skip
    phone = bureau.deputy.phones.get()
    journal.lines.create(
        group=bureau.deputy.pk, model="contacts.contactphone", object_id=phone.pk, before=None, after={"e164": phone.e164}
    )  # fmt: skip
    assert changes(bureau) == ["Phone numbers changed", "Employer and post: 澄江中学校长"]

    line.undone = True
    line.save()
    assert changes(bureau) == ["Phone numbers changed"]


def test_where_their_opinions_went_since_is_told(bureau):
    record = talk(bureau)
    item = factories.feedback(bureau.deputy, bureau.alice, record.occurred_on, record=record)
    item.steps.create(
        deed="received", state="received", unit=bureau.station, officer=bureau.alice, at=ago(days=19)
    )
    assert changes(bureau) == []  # they said it in that talk

    assign_feedback(item, unit=bureau.county, day=TODAY, actor=Actor(bureau.carl))
    (change,) = card(bureau).changes
    assert change.text == f"{item.number} assigned, 江阴市局"
    assert change.url == item.get_absolute_url()


# --- what to ask ---------------------------------------------------------------------------------------------


def test_nothing_is_asked_without_a_fact(bureau):
    talk(bureau)

    assert questions(bureau) == []


def test_whoever_has_never_spoken_with_them_says_who_calls(bureau):
    talk(bureau, by=bureau.bob)

    assert questions(bureau, bureau.alice) == [
        "You have not spoken with them yet: say who you are and what you can do for them."
    ]
    assert questions(bureau, bureau.bob) == []


def test_the_talk_after_an_answer_asks_whether_it_is_really_solved_and_the_next_one_no_more(bureau):
    record = talk(bureau)
    item = answered(bureau, record, text="The crossing at the school needs a light.")
    assert questions(bureau) == [f"Is {item.number} “The crossing at the …” really solved?"]

    talk(bureau, 3)
    assert questions(bureau) == []


def test_only_somebody_outside_the_unit_that_handled_it_asks_how_satisfied_they_are(bureau):
    answered(bureau, talk(bureau), unit=bureau.county)

    assert any(text.startswith("How satisfied are they") for text in questions(bureau, bureau.carol))
    assert not any(text.startswith("How satisfied are they") for text in questions(bureau)), "Alice told it"
    assert not any(text.startswith("How satisfied are they") for text in questions(bureau, bureau.carl))


def test_what_is_not_solved_is_asked_about_once_its_day_has_come(bureau):
    record = talk(bureau)
    item = answered(bureau, record, result="planned", review_on=TODAY + dt.timedelta(days=1))
    assert questions(bureau) == []

    Feedback.objects.update(review_on=TODAY)
    assert questions(bureau) == [
        f"Has anything improved with {item.number} “{item.text[:20]}…”? It was on the plan."
    ]
    assert card(bureau).reviews == [item]


def test_topics_they_raised_within_a_year_are_asked_about_unless_spoken_of_anyway(bureau):
    traffic, noise, old = (Topic.objects.create(name=name) for name in ("Traffic", "Noise", "Lamps"))
    record, earlier = talk(bureau, 10), talk(bureau, 60)
    for topic, day in [
        (traffic, dt.date(2026, 3, 1)),
        (traffic, dt.date(2026, 8, 9)),
        (old, dt.date(2025, 10, 1)),
    ]:
        closed = {"state": "closed", "result": "solved", "answered_on": day, "answer_record": earlier}
        factories.feedback(bureau.deputy, bureau.alice, day, topic=topic, **closed)
    factories.feedback(bureau.deputy, bureau.alice, record.occurred_on, topic=noise)  # open: that is owed

    assert questions(bureau) == ["They raised “Traffic” 2 times in a year, last in 2026-08: how is it now?"]


def test_a_number_that_is_missing_or_wrong_is_asked_for(bureau):
    talk(bureau)
    talk(bureau, 1, outcome="wrong_number")
    assert questions(bureau) == ["The last call met a wrong number: ask for the right one."]

    bureau.deputy.phones.all().delete()
    assert questions(bureau) == ["No number is known: ask for one."]


def test_a_seat_that_is_missing_or_ends_soon_is_asked_about(bureau):
    talk(bureau, 80)
    Seat.objects.update(ended_on=TODAY + dt.timedelta(days=61))
    assert questions(bureau) == []

    Seat.objects.update(ended_on=TODAY + dt.timedelta(days=60))
    assert [text.split("”")[1] for text in questions(bureau)] == [" ends on 2027-01-22: do they go on?"]

    Seat.objects.update(ended_on=TODAY - dt.timedelta(days=70))
    assert questions(bureau) == ["No seat is on record today: ask which one they hold."]


# --- the page ------------------------------------------------------------------------------------------------


def page(bureau, officer) -> str:
    response = sign_in(officer).get(f"/people/{bureau.deputy.pk}/log/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_shows_it_all_with_the_number_to_dial(bureau):
    talk(bureau, summary="Spoke of the crossing.", promised="Send the map")
    factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2), due_on=dt.date(2026, 11, 20))
    owe(bureau.deputy)
    html = page(bureau, bureau.alice)

    for words in (
        "Deputy 张伟", "tel:+8613912345678", "Spoke of the crossing.", "Send the map", "overdue", "monthly call",
        "After the call",
    ):  # fmt: skip
        assert words in html, words


def test_whoever_logs_for_somebody_else_asks_for_the_number_first(bureau):
    html = page(bureau, bureau.bob)

    assert "tel:" not in html
    assert "139****5678" in html
    assert "Show in full" in html


def test_sealed_reports_leave_no_trace_on_it(bureau):
    """Nothing but the roster's own entries in the trail is read (R13)."""
    talk(bureau)
    AuditEntry.objects.record(Actor(bureau.rita), "open report", bureau.deputy, after={"employer": "secret"})

    assert changes(bureau) == []


def test_much_takes_as_many_queries_as_little(bureau):
    def ask() -> list[str]:
        client = sign_in(bureau.alice)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/people/{bureau.deputy.pk}/log/").status_code == 200
        return [query["sql"] for query in asked]

    def fill(count: int) -> None:
        for number in range(count):
            record = talk(bureau, 30 + number, promised="A map", submission=uuid.uuid4())
            talk(bureau, 5, outcome="no_answer")
            item = factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2), record=record)
            item.steps.create(
                deed="assigned", state="assigned", unit=bureau.county, officer=bureau.alice, at=ago(days=2)
            )
            factories.seat(bureau.deputy, "media_supervisor", "", started_on=dt.date(2026, 11, 5))

    fill(1)
    few = ask()
    fill(12)
    many = ask()
    assert len(many) == len(few) <= 18, "\n".join(many)
