"""Feedback in the notices: who hears of which step and when; each step once, whatever happens to the worker."""

import pytest
import time_machine
from django.core import mail

from contacts.answering import answer_feedback, rate
from contacts.assigning import assign_feedback, return_feedback, take_up
from contacts.consulting import ask_opinion
from contacts.models import Actor, Feedback, Officer, Telling
from contacts.supervising import escalate, report_back, supervise
from schedules.models import NoticeLine
from schedules.notices.feedback import Asked, History, Item, Reached, steps, told_now
from schedules.passes import run_schedule
from schedules.verify import verify
from schedules.workdays import Workdays
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day

DUE = day("2026-11-23")  # a Monday
STATUTORY = Workdays()


@pytest.fixture
def item(bureau):
    """Said to Alice on 2 November, due on the 23rd."""
    return factories.feedback(bureau.deputy, bureau.alice, day("2026-11-02"), due_on=DUE)


def passes(*instants):
    for instant in instants:
        with time_machine.travel(at(instant), tick=False):
            run_schedule(at(instant))


def told(stage=None):
    lines = NoticeLine.objects.told().filter(feedback__isnull=False)
    lines = lines.filter(stage=stage) if stage else lines
    return sorted(lines.values_list("stage", "recipient__name"))


# --- which step, on which day: pure ---------------------------------------------------------------------------


def one(**fields):
    blank = dict.fromkeys(Item._fields)
    return Item(
        **blank
        | {
            "pk": 1,
            "state": "received",
            "unit": 1,
            "person_unit": 1,
            "received_by": 1,
            "taken_in_by_unit": 1,
            "due_on": DUE,
        }
        | fields
    )


@pytest.mark.parametrize(
    ("today", "stages"),
    [
        ("2026-11-15", []),
        ("2026-11-16", ["due_soon"]),  # five working days before
        ("2026-11-22", ["due_soon"]),
        ("2026-11-23", ["last_day"]),
        ("2026-11-24", ["missed"]),
        ("2026-11-29", ["missed"]),
        ("2026-11-30", ["missed", "county"]),
        ("2026-12-06", ["missed", "county"]),
        ("2026-12-07", ["missed", "county", "bureau"]),
    ],
)
def test_a_late_answer_climbs_the_ladder(today, stages):
    found = told_now(steps(one(), STATUTORY, History()), day(today))

    assert [step.stage for step in found] == stages
    assert {step.about for step in found} <= {DUE}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"state": "closed"}, set()),
        ({"state": "answered", "rate_by": day("2026-12-01"), "told_on": day("2026-11-17")}, {("rate", "2026-11-18"), ("unrated", "2026-12-02")}),
        ({"state": "answered", "review_on": DUE}, {("due_soon", "2026-11-16"), ("last_day", "2026-11-23"), ("missed", "2026-11-24"), ("county", "2026-11-30"), ("bureau", "2026-12-07")}),
        ({"state": "closed", "report_by": DUE}, {("supervised", "0001-01-01"), ("report", "2026-11-23"), ("unreported", "2026-11-24")}),
        ({"state": "closed", "reported_on": DUE}, {("reported", "2026-11-23")}),
    ],
)  # fmt: skip
def test_what_an_item_waits_for_has_its_steps(fields, expected):
    assert {
        (step.stage, step.on.isoformat()) for step in steps(one(**fields), STATUTORY, History())
    } == expected


def test_an_assignment_is_told_until_the_answer_is_due_soon():
    item, history = one(state="assigned", assigned_on=day("2026-11-10")), History({"assigned": 7})

    assert told_now(steps(item, STATUTORY, history), day("2026-11-10")) == [
        Reached("assigned", day("2026-11-10"), day("2026-11-10"), occasion=7)
    ]
    assert [step.stage for step in told_now(steps(item, STATUTORY, history), day("2026-11-16"))] == [
        "due_soon"
    ]


@pytest.mark.parametrize(
    ("fields", "history", "today", "stages"),
    [
        ({"state": "answered", "rate_by": day("2026-12-01"), "told_on": day("2026-11-17")}, {}, "2026-12-02", ["unrated"]),
        ({"state": "in_hand", "report_by": day("2026-11-16")}, {}, "2026-11-16", ["due_soon", "report"]),
        ({"state": "in_hand", "report_by": day("2026-11-13")}, {}, "2026-11-16", ["due_soon", "report", "unreported"]),
        ({"state": "closed"}, {"asked": [Asked(1, 8, day("2026-11-12")), Asked(2, 9, day("2026-11-18"))]}, "2026-11-16", ["no_opinion", "opinion"]),
    ],
)  # fmt: skip
def test_a_worker_that_was_down_tells_the_latest_of_each_ladder(fields, history, today, stages):
    found = told_now(steps(one(**fields), STATUTORY, History(**history)), day(today))

    assert [step.stage for step in found] == stages


# --- who is told ---------------------------------------------------------------------------------------------


def test_the_officer_then_the_station_the_county_and_the_bureau_each_once(bureau, item):
    passes("2026-11-16 09:00", "2026-11-16 09:01", "2026-11-23 09:00")
    assert told() == [("due_soon", "Alice"), ("last_day", "Alice")]

    passes("2026-11-24 09:00", "2026-11-25 09:00", "2026-11-30 09:00", "2026-12-07 09:00", "2026-12-08 09:00")
    assert told("missed") == [("missed", "Alice"), ("missed", "Bob")]
    assert told("county") == [("county", "Lin")]
    assert told("bureau") == [("bureau", "Lea")]
    assert verify(at("2026-12-08 09:01")).violations == []


def test_a_worker_that_was_down_tells_each_of_them_what_still_matters(bureau, item):
    passes("2026-12-10 09:00")

    assert told() == [("bureau", "Lea"), ("county", "Lin"), ("missed", "Alice"), ("missed", "Bob")]


def test_what_is_answered_is_told_no_more(bureau, item):
    passes("2026-11-16 07:00")  # queued, and not sent before eight
    with time_machine.travel(at("2026-11-16 07:30"), tick=False):
        record = factories.record(bureau.deputy, bureau.alice, at("2026-11-16 07:20"))
        answer_feedback(item, answer="Done.", result="solved", record=record, actor=Actor(bureau.alice))
    passes("2026-11-16 08:01")

    assert not [message for message in mail.outbox if item.number in message.body]
    assert told() == []


def test_it_stands_in_the_mail_and_in_the_inbox_with_the_other_reminders(bureau, item):
    passes("2026-11-16 09:00")
    (message,) = [message for message in mail.outbox if item.number in message.body]
    assert message.to == [bureau.alice.email]
    with time_machine.travel(at("2026-11-16 10:00"), tick=False):
        html = sign_in(bureau.alice).get("/inbox/").content.decode()

    assert "to be answered soon" in html
    assert item.get_absolute_url() in html


def test_whoever_has_it_in_hand_is_reminded_and_whoever_stands_in(bureau, item):
    zoe = factories.officer("Zoe", bureau.station)
    factories.stand_in(bureau.alice, zoe, day("2026-11-10"), day("2026-11-30"))
    with time_machine.travel(at("2026-11-10 09:00"), tick=False):
        take_up(item, handler=zoe, actor=Actor(bureau.bob))
    passes("2026-11-16 09:00")

    assert told() == [("due_soon", "Alice"), ("due_soon", "Zoe")]


def test_those_who_act_for_the_unit_hear_of_what_is_assigned_until_somebody_takes_it(bureau, item):
    """At a county that is its coordinator: its leaders do not answer for others, and hear of what is late."""
    with time_machine.travel(at("2026-11-10 09:00"), tick=False):
        assign_feedback(item, unit=bureau.county, day=day("2026-11-10"), actor=Actor(bureau.bob))
    passes("2026-11-10 09:01", "2026-11-16 09:00", "2026-11-24 09:00", "2026-11-30 09:00")

    assert told() == [
        ("assigned", "Carl"),
        ("due_soon", "Carl"),
        ("missed", "Carl"),
        ("missed", "Lin"),
    ]  # the county's leader heard it already


def test_what_was_promised_is_reminded_of_as_an_answer_is(bureau, item):
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-10 09:00"))
    with time_machine.travel(at("2026-11-10 10:00"), tick=False):
        answer_feedback(
            item,
            answer="Planned.",
            result="planned",
            review_on=day("2026-12-15"),
            record=record,
            actor=Actor(bureau.alice),
        )
    passes("2026-11-24 09:00")
    assert told() == []
    passes("2026-12-15 09:00", "2026-12-16 09:00")
    assert told() == [("last_day", "Alice"), ("missed", "Alice"), ("missed", "Bob")]


def test_the_coordinator_above_is_asked_to_call_whoever_was_answered(bureau, item):
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-10 09:00"))
    with time_machine.travel(at("2026-11-10 10:00"), tick=False):
        answer_feedback(item, answer="Done.", result="solved", record=record, actor=Actor(bureau.alice))
    passes("2026-11-10 11:00")
    assert told() == []
    passes("2026-11-11 09:00")
    assert told() == [("rate", "Carl")]


def answered(bureau, item, teller, instant="2026-11-10 09:00"):
    record = factories.record(item.stakeholder, teller, at(instant))
    with time_machine.travel(at("2026-11-10 10:00"), tick=False):
        answer_feedback(item, answer="Done.", result="solved", record=record, actor=Actor(teller))


def test_a_coordinator_who_took_part_is_passed_over(bureau, item):
    answered(bureau, item, bureau.carl)
    passes("2026-11-11 09:00")

    assert told() == [("rate", "Carol")]


def test_a_rating_that_is_overdue_is_told_once(bureau, item):
    answered(bureau, item, bureau.alice)
    passes("2026-11-11 09:00", "2026-11-24 09:00", "2026-11-25 09:00", "2026-11-26 09:00")

    assert told() == [("rate", "Carl"), ("unrated", "Carl")]


def test_what_the_bureau_handled_is_rated_by_a_countys_coordinator(bureau):
    """Of somebody in no county's charge: everybody of the bureau took part, or may have."""
    person = factories.stakeholder("王芳", bureau.bureau)
    item = factories.feedback(person, bureau.carol, day("2026-11-02"), due_on=DUE)
    assert not Feedback.objects.visible_to(bureau.carl).exists()
    answered(bureau, item, bureau.carol)
    passes("2026-11-11 09:00")

    assert told() == [("rate", "Carl")]
    assert Feedback.objects.visible_to(bureau.carl).get() == item
    assert not Feedback.objects.visible_to(bureau.bob).exists()


def test_what_a_county_handled_and_the_bureaus_only_coordinator_told_is_rated_by_another_countys(bureau):
    """By Eve: Carl is of the county, and Carol told it."""
    person = factories.stakeholder("王芳", bureau.county)
    item = factories.feedback(person, bureau.carl, day("2026-11-02"), due_on=DUE)
    eve = factories.officer("Eve", bureau.other_county)
    factories.role(eve, "coordinator")
    assert not Feedback.objects.visible_to(eve).exists()
    answered(bureau, item, bureau.carol)
    passes("2026-11-11 09:00")

    assert told() == [("rate", "Eve")]
    assert Feedback.objects.visible_to(eve).get() == item

    # Opened again: what Carol told counts no more.
    with time_machine.travel(at("2026-11-11 10:00"), tick=False):
        assign_feedback(
            item, unit=bureau.county, day=day("2026-11-11"), actor=Actor(bureau.carl), note="It is dark."
        )
        record = factories.record(person, bureau.carl, at("2026-11-11 09:30"))
        answer_feedback(item, answer="Done.", result="solved", record=record, actor=Actor(bureau.carl))
    passes("2026-11-12 09:00")
    assert told("rate") == [("rate", "Carol"), ("rate", "Eve")]
    assert not Feedback.objects.visible_to(eve).exists()


def test_an_opinion_that_is_overdue_is_told_to_who_owes_it_and_who_waits(bureau, item):
    with time_machine.travel(at("2026-11-10 09:00"), tick=False):
        ask_opinion(
            item,
            unit=bureau.county,
            question="Whose?",
            due_on=day("2026-11-12"),
            day=day("2026-11-10"),
            actor=Actor(bureau.alice),
        )
    passes("2026-11-10 09:01", "2026-11-11 09:00", "2026-11-12 09:00")
    assert told() == [("opinion", "Lin")]
    passes("2026-11-13 09:00", "2026-11-16 09:00")
    assert told("no_opinion") == [("no_opinion", "Alice"), ("no_opinion", "Lin")]


def test_leaders_hear_what_was_sent_up_and_what_nobody_reported(bureau, item):
    with time_machine.travel(at("2026-11-10 09:00"), tick=False):
        escalate(
            item,
            unit=bureau.bureau,
            day=day("2026-11-10"),
            actor=Actor(bureau.alice),
            reason="It needs money.",
        )
    passes("2026-11-10 09:01")
    assert told() == [("escalated", "Lea")]
    with time_machine.travel(at("2026-11-10 10:00"), tick=False):
        supervise(
            item, report_by=day("2026-11-12"), day=day("2026-11-10"), actor=Actor(bureau.lea), reason="Do it."
        )
    # Had something else been told that morning, this goes with the message of the day after.
    passes("2026-11-10 10:01", "2026-11-11 09:00", "2026-11-12 09:00", "2026-11-13 09:00")
    assert told("supervised") == [("supervised", "Alice")]
    assert told("report") == [("report", "Alice")]
    assert told("unreported") == [("unreported", "Bob"), ("unreported", "Lea")]
    with time_machine.travel(at("2026-11-13 10:00"), tick=False):
        report_back(item, day=day("2026-11-13"), actor=Actor(bureau.alice), text="The lamps stand.")
    passes("2026-11-13 10:01", "2026-11-16 09:00")
    assert told("reported") == [("reported", "Lea")]


def test_sent_up_twice_on_one_day_it_is_told_twice(bureau, item):
    for hour in ("09", "11"):
        with time_machine.travel(at(f"2026-11-10 {hour}:00"), tick=False):
            escalate(
                item, unit=bureau.county, day=day("2026-11-10"), actor=Actor(bureau.alice), reason="Money."
            )
        passes(f"2026-11-10 {hour}:01", f"2026-11-10 {hour}:02")
        Feedback.objects.update(escalated_to=None, look_on=None)

    assert told("escalated") == [("escalated", "Lin"), ("escalated", "Lin")]


def test_put_under_supervision_anew_and_reported_twice_in_a_day_each_is_told(bureau, item):
    today, lea, alice = day("2026-11-10"), Actor(bureau.lea), Actor(bureau.alice)
    for hour in ("09", "11"):
        with time_machine.travel(at(f"2026-11-10 {hour}:00"), tick=False):
            supervise(item, report_by=day("2026-11-12"), day=today, actor=lea, reason="Do it.")
        passes(f"2026-11-10 {hour}:01")
        with time_machine.travel(at(f"2026-11-10 {hour}:30"), tick=False):
            report_back(item, day=today, actor=alice, text="Done.")
        passes(f"2026-11-10 {hour}:31")

    lines = NoticeLine.objects.filter(feedback=item).order_by("pk")
    assert list(lines.values_list("stage", flat=True)) == ["supervised", "reported"] * 2


def test_who_supervised_and_left_hears_nothing_and_their_unit_does(bureau, item):
    factories.role(factories.officer("Lou", bureau.bureau), "leader")
    with time_machine.travel(at("2026-11-10 09:00"), tick=False):
        supervise(
            item, report_by=day("2026-11-12"), day=day("2026-11-10"), actor=Actor(bureau.lea), reason="Do it."
        )
    Officer.objects.filter(pk=bureau.lea.pk).update(is_active=False)
    with time_machine.travel(at("2026-11-11 09:00"), tick=False):
        report_back(item, day=day("2026-11-11"), actor=Actor(bureau.alice), text="Done.")
    passes("2026-11-11 10:00")

    assert told("reported") == [("reported", "Lou")]


def test_an_item_that_is_closed_is_supervised_no_more(bureau, item):
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-10 09:00"))
    with time_machine.travel(at("2026-11-10 10:00"), tick=False):
        answer_feedback(item, answer="Done.", result="solved", record=record, actor=Actor(bureau.alice))
        supervise(
            item, report_by=day("2026-11-12"), day=day("2026-11-10"), actor=Actor(bureau.lea), reason="See."
        )
    with time_machine.travel(at("2026-11-11 10:00"), tick=False):
        rate(
            Telling.objects.get(),
            process="satisfied",
            result="satisfied",
            day=day("2026-11-11"),
            actor=Actor(bureau.carl),
        )
    passes("2026-11-12 09:00", "2026-11-13 09:00")

    assert told() == [("reported", "Lea")]


def test_what_comes_back_or_is_taken_in_for_a_unit_is_told_to_those_who_act_for_it(bureau):
    formal = factories.feedback(
        bureau.deputy, bureau.alice, day("2026-11-09"), kind="suggestion", document_number="建〔2026〕7号"
    )
    with time_machine.travel(at("2026-11-10 09:00"), tick=False):
        assign_feedback(formal, unit=bureau.station, day=day("2026-11-10"), actor=Actor(bureau.carl))
        return_feedback(formal, day=day("2026-11-10"), actor=Actor(bureau.bob), reason="Not ours.")
        factories.feedback(bureau.deputy, bureau.carol, day("2026-11-10"))
    passes("2026-11-10 09:01", "2026-11-11 09:00")

    assert told("returned") == [("returned", "Carl")]
    assert told("arrived") == [("arrived", "Bob")]


def test_a_unit_that_is_asked_hears_of_it(bureau, item):
    with time_machine.travel(at("2026-11-10 09:00"), tick=False):
        ask_opinion(
            item,
            unit=bureau.county,
            question="Whose road?",
            due_on=day("2026-11-17"),
            day=day("2026-11-10"),
            actor=Actor(bureau.bob),
        )
    passes("2026-11-10 09:01", "2026-11-11 09:00")
    assert told() == [("opinion", "Lin")]


def test_opened_again_its_steps_are_told_afresh(bureau, item):
    passes("2026-11-16 09:00")
    with time_machine.travel(at("2026-11-17 09:00"), tick=False):
        record = factories.record(bureau.deputy, bureau.alice, at("2026-11-17 08:30"))
        answer_feedback(item, answer="Done.", result="solved", record=record, actor=Actor(bureau.alice))
        assign_feedback(
            item, unit=bureau.station, day=day("2026-11-17"), actor=Actor(bureau.bob), note="It is dark."
        )
        take_up(item, handler=bureau.alice, actor=Actor(bureau.bob))
    passes("2026-12-01 09:00")

    assert told("due_soon") == [("due_soon", "Alice"), ("due_soon", "Alice")]


def test_nothing_is_asked_of_items_at_rest(bureau, item, django_assert_num_queries):
    """A pass looks at an item on the days of its steps, and when something happened to it."""
    passes("2026-11-16 09:00")
    item.refresh_from_db()
    assert item.look_on == DUE
    Feedback.objects.update(state="received")
    with time_machine.travel(at("2026-11-17 09:00"), tick=False):
        factories.feedback(bureau.deputy, bureau.alice, day("2026-11-16"), due_on=day("2026-12-07"))
    passes("2026-11-17 09:01")
    assert not Feedback.objects.filter(look_on=None).exists()


def test_a_reader_who_lost_sight_of_it_reads_no_word_of_it(bureau, item):
    passes("2026-11-24 09:00")
    bureau.bob.roles.update(ended_at=at("2026-11-24 10:00"))
    with time_machine.travel(at("2026-11-24 11:00"), tick=False):
        html = sign_in(bureau.bob).get("/inbox/").content.decode()

    assert "an item out of your reach by now" in html
    assert item.text not in html
