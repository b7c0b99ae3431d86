"""What officers are told, once, on which day, and what is never told (R10)."""

import datetime as dt

import pytest
from django.db import transaction

from contacts import handling
from contacts.models import Actor, Officer
from schedules import notices
from schedules.models import DayOverride, Delivery, Digest, Notice, NoticeLine, Obligation, PolicyVersion
from schedules.notices.queueing import post
from tests import factories
from tests.schedules.scenes import at, day, moment, owe

ROBOT = Actor.command("test")
STAGES = ["planned", "due_soon", "last_day", "missed"]


def queue(text: str) -> int:
    """As in a pass."""
    with transaction.atomic():
        return notices.queue(moment(text))


def told(officer: Officer) -> list[tuple[str, str]]:
    """(day of the message, stage) of all that stands in an inbox."""
    lines = NoticeLine.objects.told().filter(notice__officer=officer).order_by("notice__send_on", "pk")
    return [(str(send_on), stage) for send_on, stage in lines.values_list("notice__send_on", "stage")]


def run_through(first: str, last: str, hours=("09:00",)) -> None:
    """A pass at these hours of every day, whose mail leaves."""
    on = day(first)
    while on <= day(last):
        for hour in hours:
            queue(f"{on} {hour}")
            due = Delivery.objects.filter(next_attempt_at__lte=at(f"{on} {hour}"), state="pending")
            due.update(state="sent")
        on += dt.timedelta(days=1)


@pytest.fixture
def call(bureau):
    """Alice's call to the deputy, planned on 12 November, due on Monday the 30th."""
    return owe(bureau.deputy, planned_on=day("2026-11-12"))


# --- stages and their days -----------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [("00:00",), ("06:30",), ("09:00",), ("00:00", "08:00", "19:59", "23:59")])
def test_each_stage_is_told_once_on_its_day(bureau, call, hours, settings):
    settings.EMAIL_ENABLED = False
    run_through("2026-11-11", "2026-12-02", hours)
    assert told(bureau.alice) == [
        ("2026-11-12", "planned"),
        ("2026-11-23", "due_soon"),
        ("2026-11-30", "last_day"),
        ("2026-12-01", "missed"),
    ]


def test_what_was_missed_is_told_to_the_leader_of_the_unit_too(bureau, call):
    run_through("2026-11-11", "2026-12-02")
    assert told(bureau.bob) == [("2026-12-01", "missed")]
    assert told(bureau.lin) == told(bureau.lea) == told(bureau.dan) == []


def test_where_a_unit_has_no_leader_the_nearest_one_above_is_told(bureau, call):
    bureau.bob.roles.update(ended_at=at("2026-11-02 09:00"))
    queue("2026-12-01 09:00")
    assert told(bureau.lin) == [("2026-12-01", "missed")]
    assert told(bureau.bob) == told(bureau.lea) == []


def test_a_leader_who_may_not_sign_in_counts_as_none(bureau, call):
    Officer.objects.filter(pk=bureau.bob.pk).update(is_active=False)
    queue("2026-12-01 09:00")
    assert told(bureau.lin) == [("2026-12-01", "missed")]


def test_a_leader_who_is_responsible_is_told_once(bureau):
    person = factories.stakeholder("李娜", bureau.station)
    factories.pairing(bureau.bob, person)
    owe(person)
    queue("2026-12-01 09:00")
    assert told(bureau.bob) == [("2026-12-01", "missed")]


def test_missed_waits_for_the_first_working_day(bureau):
    owe(bureau.deputy, "2026-10")  # ends on a Saturday
    run_through("2026-11-01", "2026-11-03")
    assert told(bureau.alice) == [("2026-11-02", "missed")]


def test_five_working_days_are_counted_over_a_holiday(bureau):
    owe(bureau.deputy, "2026-02")  # due on the 28th, a made-up Saturday
    run_through("2026-02-05", "2026-02-27")
    assert told(bureau.alice) == [("2026-02-14", "due_soon")]


def test_only_the_stages_of_the_policy_are_told(bureau, call):
    PolicyVersion.objects.filter(pk=call.version_id).update(stages=["last_day"])
    run_through("2026-11-11", "2026-12-02")
    assert told(bureau.alice) == [("2026-11-30", "last_day")]


def test_a_planned_day_after_due_soon_is_told_on_its_day(bureau):
    owe(bureau.deputy, planned_on=day("2026-11-26"))
    run_through("2026-11-20", "2026-11-29")
    assert told(bureau.alice) == [("2026-11-23", "due_soon"), ("2026-11-26", "planned")]


@pytest.mark.parametrize(
    ("planned_on", "expected"),
    [("2026-11-23", ("2026-11-23", "due_soon")), ("2026-11-30", ("2026-11-30", "last_day"))],
)
def test_of_two_stages_on_one_day_the_more_urgent_is_told(bureau, planned_on, expected):
    owe(bureau.deputy, planned_on=day(planned_on))
    run_through(planned_on, planned_on)
    assert told(bureau.alice) == [expected]


def test_a_day_moved_after_it_was_told_is_not_told_again(bureau, call):
    queue("2026-11-12 09:00")
    Obligation.objects.update(planned_on=day("2026-11-16"), arranged=True)
    run_through("2026-11-13", "2026-11-20")
    assert told(bureau.alice) == [("2026-11-12", "planned")]


# --- what is told nothing ------------------------------------------------------------------------------------


def test_what_is_met_is_told_nothing(bureau, call):
    factories.record(bureau.deputy, bureau.alice, at("2026-11-11 10:00"))
    run_through("2026-11-11", "2026-12-02")
    assert told(bureau.alice) == told(bureau.bob) == []


def test_what_is_waived_is_told_nothing_from_then_on(bureau, call):
    Obligation.objects.update(waived_at=at("2026-11-20 10:00"), waive_reason="Abroad.")
    run_through("2026-11-11", "2026-12-02")
    assert told(bureau.alice) == [("2026-11-12", "planned")]


def test_what_is_withdrawn_is_told_nothing(bureau, call):
    Obligation.objects.update(withdrawn_at=at("2026-11-02 10:00"))
    run_through("2026-11-11", "2026-12-02")
    assert told(bureau.alice) == []


def test_an_attempt_changes_nothing(bureau, call):
    factories.record(bureau.deputy, bureau.alice, at("2026-11-10 10:00"), outcome="no_answer")
    queue("2026-11-12 09:00")
    assert told(bureau.alice) == [("2026-11-12", "planned")]


def test_nobody_who_may_not_sign_in_is_told(bureau, call):
    Officer.objects.filter(pk=bureau.alice.pk).update(is_active=False)
    run_through("2026-11-11", "2026-12-02")
    assert told(bureau.alice) == []
    assert told(bureau.bob) == [("2026-12-01", "missed")]


def test_what_was_voided_is_told_after_all(bureau, call):
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-10 10:00"))
    queue("2026-11-12 09:00")
    handling.void_contact(record, reason="The wrong person.", actor=ROBOT)
    Obligation.objects.look_again()  # as planning says for everybody whose facts changed
    assert queue("2026-11-13 09:00") == 1
    assert told(bureau.alice) == [("2026-11-13", "planned")]


# --- hand-overs ----------------------------------------------------------------------------------------------


def test_after_a_hand_over_the_successor_is_told(bureau, call):
    queue("2026-11-12 09:00")
    handling.pair(bureau.deputy, bureau.dan, on=day("2026-11-20"), actor=ROBOT)
    run_through("2026-11-23", "2026-12-02")
    assert told(bureau.alice) == [("2026-11-12", "planned")]
    assert told(bureau.dan) == [
        ("2026-11-23", "due_soon"),
        ("2026-11-30", "last_day"),
        ("2026-12-01", "missed"),
    ]
    assert told(bureau.bob) == []  # the miss is Dan's station's


def test_a_hand_over_on_the_first_of_the_month_leaves_the_miss_with_the_predecessor(bureau, call):
    handling.pair(bureau.deputy, bureau.dan, on=day("2026-12-01"), actor=ROBOT)
    queue("2026-12-01 09:00")
    assert told(bureau.alice) == told(bureau.bob) == [("2026-12-01", "missed")]
    assert told(bureau.dan) == []


# --- one message a day ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "send_on"),
    [
        ("2026-11-12 00:00", "2026-11-12"),  # before the hours
        ("2026-11-12 19:59", "2026-11-12"),
        ("2026-11-12 20:00", "2026-11-13"),  # after them
        ("2026-11-13 20:00", "2026-11-16"),  # Friday night
        ("2026-11-14 10:00", "2026-11-16"),  # Saturday
        ("2026-09-29 20:00", "2026-09-30"),
        ("2026-10-01 10:00", "2026-10-08"),  # in the National Day's week
        ("2026-10-10 10:00", "2026-10-10"),  # a Saturday that is worked
    ],
)
def test_the_message_is_that_of_the_working_day_on_which_it_can_still_leave(bureau, when, send_on):
    owe(bureau.deputy, "2026-H2", "report", planned_on=day(when[:10]))
    queue(when)
    assert told(bureau.alice) == [(send_on, "planned")]


def test_a_day_off_of_the_bureau_sends_nothing(bureau, call):
    DayOverride.objects.create(day=day("2026-11-12"), is_working=False)
    queue("2026-11-12 09:00")
    assert told(bureau.alice) == [("2026-11-13", "planned")]


def test_everything_for_one_officer_on_one_day_is_one_message(bureau, call):
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-12"))
    person = factories.stakeholder("李娜", bureau.station)
    factories.pairing(bureau.alice, person)
    owe(person, planned_on=day("2026-11-12"))
    assert queue("2026-11-12 09:00") == 1
    assert len(told(bureau.alice)) == 3
    assert Notice.objects.count() == Delivery.objects.count() == 1


def test_what_arises_before_the_message_has_left_joins_it(bureau, call):
    queue("2026-11-12 07:00")
    Notice.objects.update(read_at=at("2026-11-12 07:30"))
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-12"))
    assert queue("2026-11-12 07:45") == 1
    notice = Notice.objects.get()
    assert notice.lines.count() == 2
    assert notice.read_at is None  # there is something new in it


@pytest.mark.parametrize("state", ["claimed", "sending", "sent", "unknown", "dead"])
def test_what_arises_after_the_message_has_left_stands_in_the_inbox_and_goes_out_next_day(
    bureau, call, state
):
    queue("2026-11-12 09:00")
    Delivery.objects.update(state=state)
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-12"))
    queue("2026-11-12 10:00")
    assert told(bureau.alice) == [("2026-11-12", "planned"), ("2026-11-13", "planned")]
    assert Delivery.objects.get(notice__send_on="2026-11-13").next_attempt_at == at("2026-11-13 08:00")


def test_a_message_that_was_called_off_goes_out_when_there_is_something_to_say(bureau, call):
    queue("2026-11-12 09:00")
    Delivery.objects.update(state="cancelled")
    NoticeLine.objects.update(state="cancelled")
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-12"))
    Obligation.objects.filter(pk=call.pk).update(withdrawn_at=at("2026-11-12 09:30"))
    queue("2026-11-12 10:00")
    assert told(bureau.alice) == [("2026-11-12", "planned")]
    assert Delivery.objects.get().state == "pending"


# --- run twice, run late -------------------------------------------------------------------------------------


def test_the_second_time_nothing_is_queued(bureau, call):
    assert queue("2026-11-12 09:00") == 1
    assert queue("2026-11-12 09:00") == 0
    assert NoticeLine.objects.count() == Notice.objects.count() == Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("when", "stage"),
    [
        ("2026-11-20 09:00", "planned"),
        ("2026-11-25 09:00", "due_soon"),
        ("2026-11-30 19:00", "last_day"),
        ("2026-12-04 09:00", "missed"),
        ("2026-12-30 09:00", "missed"),
    ],
)
def test_after_days_without_a_pass_only_the_latest_stage_is_told(bureau, call, when, stage):
    assert queue(when) == 1 + (stage == "missed")  # of a miss Bob is told too
    assert told(bureau.alice) == [(when[:10], stage)]
    superseded = NoticeLine.objects.filter(state="superseded", recipient=bureau.alice)
    assert list(superseded.values_list("stage", flat=True)) == STAGES[: STAGES.index(stage)]
    assert not NoticeLine.objects.filter(state="superseded", recipient=bureau.bob).exists()


def test_what_was_superseded_is_never_told(bureau, call):
    queue("2026-11-25 09:00")
    run_through("2026-11-25", "2026-11-29")
    assert told(bureau.alice) == [("2026-11-25", "due_soon")]


def test_on_the_days_off_after_a_period_nothing_stale_is_told(bureau):
    owe(bureau.deputy, "2026-10", planned_on=day("2026-10-12"))
    queue("2026-11-01 09:00")  # a Sunday: missed, but its day is Monday
    assert told(bureau.alice) == []


def test_what_was_missed_long_ago_is_told_no_more(bureau):
    owe(bureau.deputy, "2026-05")
    assert queue("2026-11-12 09:00") == 0


def test_a_backlog_of_days_becomes_one_message(bureau, call):
    """The worker queued on two days and could not send; on the third there is one message with what still matters."""
    queue("2026-11-12 09:00")
    visit = owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-13"))
    queue("2026-11-13 09:00")
    report = owe(bureau.deputy, "2026-H2", "report", planned_on=day("2026-11-16"))
    queue("2026-11-16 09:00")
    assert told(bureau.alice) == [("2026-11-16", "planned")] * 3
    assert set(Notice.objects.visible_to(bureau.alice).values_list("send_on", flat=True)) == {
        day("2026-11-16")
    }
    states = Delivery.objects.order_by("notice__send_on").values_list("state", flat=True)
    assert list(states) == ["superseded", "superseded", "pending"]
    assert {line.obligation for line in NoticeLine.objects.told()} == {call, visit, report}


def test_a_stage_that_waited_gives_way_to_the_later_one(bureau):
    call = owe(bureau.deputy, planned_on=day("2026-11-20"))
    queue("2026-11-20 20:30")  # too late for Friday's message; on Monday it is due soon
    queue("2026-11-23 08:00")
    assert told(bureau.alice) == [("2026-11-23", "due_soon")]
    assert NoticeLine.objects.get(obligation=call, stage="planned").state == "superseded"


# --- ways out of the house -----------------------------------------------------------------------------------


def test_a_delivery_waits_for_the_hours_of_its_day(bureau, call):
    queue("2026-11-12 00:10")
    delivery = Delivery.objects.get()
    assert delivery.next_attempt_at == at("2026-11-12 08:00")
    assert delivery.address == "" or delivery.address == bureau.alice.email
    assert delivery.message_id.startswith(f"<notice-{delivery.notice_id}")
    assert delivery.message_id.endswith("@testserver>")


@pytest.mark.parametrize("change", [{"email": ""}, {"notify_by_email": False}])
def test_without_an_address_or_the_wish_it_is_the_inbox_alone(bureau, call, change):
    Officer.objects.filter(pk=bureau.alice.pk).update(**change)
    queue("2026-11-12 09:00")
    assert told(bureau.alice) == [("2026-11-12", "planned")]
    assert not Delivery.objects.exists()


def test_without_a_mail_server_it_is_the_inbox_alone(bureau, call, settings):
    settings.EMAIL_ENABLED = False
    queue("2026-11-12 09:00")
    assert told(bureau.alice) == [("2026-11-12", "planned")]
    assert not Delivery.objects.exists()


def test_a_digest_goes_into_the_same_message(bureau, call):
    queue("2026-11-12 07:00")
    digest = Digest.objects.create(
        unit=bureau.station, period_key="2026-10", frozen_at=at("2026-11-04 09:00"), figures={}
    )
    with transaction.atomic():
        for _time in range(2):
            post(
                [NoticeLine(digest=digest, stage="digest", recipient=bureau.alice)],
                moment("2026-11-12 07:30"),
            )
    assert told(bureau.alice) == [("2026-11-12", "planned"), ("2026-11-12", "digest")]


# --- many ----------------------------------------------------------------------------------------------------


def test_it_takes_as_many_queries_for_many_as_for_few(bureau, django_assert_max_num_queries):
    for number in range(30):
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.pairing(bureau.alice if number % 2 else bureau.dan, person)
        owe(person, planned_on=day("2026-11-12"))
        owe(person, "2026-10")
    with django_assert_max_num_queries(33):
        queue("2026-11-12 09:00")
    assert (
        NoticeLine.objects.told().count() == 90
    )  # 30 planned; 30 missed, told to an officer and a leader each


def test_a_contact_planned_on_its_last_day_is_told_by_a_policy_without_that_stage(bureau):
    PolicyVersion.objects.filter(policy__code="call").update(stages=["planned", "due_soon"])
    owe(bureau.deputy, planned_on=day("2026-11-30"))  # due on that day, too
    run_through("2026-11-20", "2026-11-30")
    assert told(bureau.alice) == [("2026-11-23", "due_soon"), ("2026-11-30", "planned")]
