"""How messages leave the house: claimed, asked again, sent, and written down (R10, R11)."""

import datetime as dt
import re
import smtplib
import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from email.utils import parseaddr
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from contacts.models import Actor, Officer, Stakeholder
from schedules import notices
from schedules.models import Delivery, Notice, NoticeLine, Obligation
from schedules.notices.delivering import LEASE, Delivered
from schedules.notices.resending import resend
from tests import factories
from tests.base import sign_in
from tests.schedules.post import Server, raising
from tests.schedules.scenes import at, day, moment, owe

MINUTE = dt.timedelta(minutes=1)


class Killed(BaseException):
    """As if the process had ended here: nothing catches it."""


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "tests.schedules.post.Server"
    Server.reset()
    yield Server
    Server.reset()


@pytest.fixture
def call(bureau):
    """Alice's call to the deputy, planned on Thursday, 12 November; queued before the hours."""
    obligation = owe(bureau.deputy, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    return obligation


def queue(text: str) -> int:
    with transaction.atomic():
        return notices.queue(moment(text))


def deliver(text: str) -> tuple[int, int]:
    done = notices.deliver(moment(text))
    assert isinstance(done, Delivered)
    return done.sent, done.failed


def delivery() -> Delivery:
    return Delivery.objects.get()


def ids() -> list[str]:
    return [message.message()["Message-ID"] for message in mail.outbox]


# --- when ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "sent"),
    [
        ("2026-11-12 07:59:59", 0),
        ("2026-11-12 08:00", 1),
        ("2026-11-12 19:59:59", 1),
        ("2026-11-12 20:00", 0),
        ("2026-11-13 09:00", 1),  # late, when it could not be in time
        ("2026-11-14 10:00", 0),  # Saturday
        ("2026-11-16 08:00", 1),
    ],
)
def test_messages_leave_on_working_days_within_the_hours(call, when, sent):
    assert deliver(when) == (sent, 0)
    assert len(mail.outbox) == sent


def test_a_message_of_tomorrow_waits_for_tomorrow(bureau):
    owe(bureau.deputy, planned_on=day("2026-11-12"))
    queue("2026-11-12 20:30")
    assert deliver("2026-11-12 19:59") == (0, 0)
    assert deliver("2026-11-13 08:00") == (1, 0)


def test_it_is_sent_once(call):
    assert deliver("2026-11-12 08:00") == (1, 0)
    assert deliver("2026-11-12 08:01") == deliver("2026-11-13 09:00") == (0, 0)
    found = delivery()
    assert found.state == "sent"
    assert found.sent_at - at("2026-11-12 08:00") < MINUTE
    assert found.claim_token is found.lease_until is None
    assert found.attempts == 1


# --- does it still matter ------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["met", "waived", "withdrawn", "handed over"])
def test_what_matters_no_more_when_it_would_leave_is_called_off(bureau, call, change):
    if change == "met":
        factories.record(bureau.deputy, bureau.alice, at("2026-11-12 07:30"))
    elif change == "waived":
        Obligation.objects.update(waived_at=at("2026-11-12 07:30"), waive_reason="Abroad.")
    elif change == "withdrawn":
        Obligation.objects.update(withdrawn_at=at("2026-11-12 07:30"))
    else:
        bureau.deputy.pairings.update(ended_on=day("2026-11-11"))
        factories.pairing(bureau.dan, bureau.deputy, day("2026-11-12"))
    assert deliver("2026-11-12 08:00") == (0, 0)
    assert delivery().state == "cancelled"
    assert NoticeLine.objects.get().state == "cancelled"
    assert mail.outbox == []


def test_what_was_handed_over_before_it_left_is_told_to_the_successor(bureau, call):
    bureau.deputy.pairings.update(ended_on=day("2026-11-11"))
    factories.pairing(bureau.dan, bureau.deputy, day("2026-11-12"))
    deliver("2026-11-12 08:00")
    assert queue("2026-11-12 08:01") == 1
    assert deliver("2026-11-12 08:02") == (1, 0)
    assert [message.to for message in mail.outbox] == [[bureau.dan.email]]


def test_only_what_still_matters_is_in_the_message(bureau):
    other = factories.stakeholder("李娜", bureau.station)
    factories.pairing(bureau.alice, other)
    for person in (bureau.deputy, other):
        owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    factories.record(bureau.deputy, bureau.alice, at("2026-11-12 07:30"))
    assert deliver("2026-11-12 08:00") == (1, 0)
    assert "李娜" in mail.outbox[0].body
    assert "张伟" not in mail.outbox[0].body


@pytest.mark.parametrize("change", [{"is_active": False}, {"notify_by_email": False}, {"email": ""}])
def test_whoever_left_or_wants_none_meanwhile_gets_none(bureau, call, change):
    Officer.objects.filter(pk=bureau.alice.pk).update(**change)
    assert deliver("2026-11-12 08:00") == (0, 0)
    assert delivery().state == "cancelled"
    assert mail.outbox == []


def test_it_goes_to_the_address_of_the_day(bureau, call):
    Officer.objects.filter(pk=bureau.alice.pk).update(email="new@police.example")
    deliver("2026-11-12 08:00")
    assert mail.outbox[0].to == ["new@police.example"]
    assert delivery().address == "new@police.example"


# --- what can go wrong ---------------------------------------------------------------------------------------


REFUSALS = [
    smtplib.SMTPRecipientsRefused({"a@police.example": (450, b"busy")}),
    smtplib.SMTPRecipientsRefused({"a@police.example": (550, b"no such mailbox")}),
    smtplib.SMTPSenderRefused(452, b"too many", "liaison@police.example"),
    smtplib.SMTPDataError(554, b"spam"),
]


@pytest.mark.parametrize("error", REFUSALS, ids=repr)
def test_a_clear_refusal_is_tried_again_later(call, server, error):
    server.answers = [raising(error)]
    assert deliver("2026-11-12 08:00") == (0, 1)
    found = delivery()
    assert found.state == "pending"
    assert found.next_attempt_at >= at("2026-11-12 08:01")
    assert type(error).__name__ in found.last_error
    assert deliver("2026-11-12 08:00:30") == (0, 0)
    assert deliver("2026-11-12 08:10") == (1, 0)


@pytest.mark.parametrize("error", REFUSALS, ids=repr)
def test_what_is_refused_again_and_again_is_given_up(call, server, error):
    server.answers = [raising(error)] * 100
    now = at("2026-11-12 08:00")
    pauses = []
    while delivery().state == "pending":
        deliver(now.isoformat())
        pauses.append(delivery().next_attempt_at - now)
        now = max(delivery().next_attempt_at, now + MINUTE)
        if not moment(now.isoformat()).may_send:
            now = at("2026-11-13 08:00")
    found = delivery()
    assert found.state == "dead"
    assert 3 <= found.attempts <= 12
    assert pauses[0] < pauses[1]
    assert deliver("2026-11-16 09:00") == (0, 0)


def test_a_refusal_of_one_does_not_hold_up_the_others(bureau, server):
    for number in range(5):
        officer = factories.officer(f"Officer {number}", bureau.station)
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.pairing(officer, person)
        owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    server.answers = [raising(REFUSALS[1])]
    assert deliver("2026-11-12 08:00") == (4, 1)


def test_a_message_that_can_not_be_made_does_not_hold_up_the_others(bureau):
    for number, address in enumerate(["one@police.example", "two\n@police.example", "three@police.example"]):
        officer = factories.officer(f"Officer {number}", bureau.station, email=address)
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.pairing(officer, person)
        owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    sent, failed = deliver("2026-11-12 08:00")
    assert sent >= 2
    assert sent + failed == 3


UNCERTAIN = [
    smtplib.SMTPServerDisconnected("after DATA"),
    TimeoutError("timed out"),
    ConnectionResetError("reset"),
]


@pytest.mark.parametrize("error", UNCERTAIN, ids=repr)
def test_an_uncertain_outcome_is_unknown_and_sent_again_under_the_same_id_after_its_lease(
    call, server, error
):
    server.answers = [raising(error)]
    assert deliver("2026-11-12 08:00") == (0, 1)
    before = delivery()
    assert before.state == "unknown"
    assert type(error).__name__ in before.last_error
    assert deliver("2026-11-12 08:14") == (0, 0)
    assert deliver("2026-11-12 08:16") == (1, 0)
    assert ids() == [before.message_id]
    assert delivery().state == "sent"


def settle(owed: Obligation, when: str) -> None:
    person = owed.stakeholder
    factories.record(person, person.pairings.get().officer, at(when))


def another_task(bureau) -> Obligation:
    person = factories.stakeholder("李娜", bureau.station)
    factories.pairing(bureau.alice, person)
    return owe(person, planned_on=day("2026-11-12"))


def test_what_may_have_arrived_is_not_written_anew_under_its_id(bureau, call, server):
    server.answers = [raising(TimeoutError("timed out"))]
    deliver("2026-11-12 08:00")
    settle(call, "2026-11-12 08:05")
    deliver("2026-11-12 08:20")  # nothing is left of it that matters
    assert delivery().state == "cancelled"
    another_task(bureau)
    queue("2026-11-12 09:00")

    assert deliver("2026-11-12 09:00") == (0, 0)
    assert deliver("2026-11-13 08:00") == (1, 0)  # the next day's message, under an id of its own
    first, second = Delivery.objects.order_by("pk")
    assert ids() == [second.message_id] != [first.message_id]
    assert "李娜" in mail.outbox[0].body


def test_what_may_have_arrived_and_is_then_refused_stays_what_it_is(bureau, call, server):
    refusal = smtplib.SMTPDataError(451, b"later")
    server.answers = [raising(TimeoutError("timed out")), raising(refusal), raising(refusal)]
    deliver("2026-11-12 08:00")
    deliver("2026-11-12 08:20")
    assert (delivery().state, delivery().may_have_left) == ("pending", True)
    another_task(bureau)
    queue("2026-11-12 08:25")
    deliver("2026-11-12 10:00")
    queue("2026-11-13 08:00")
    while deliver("2026-11-13 08:00")[0]:
        pass
    deliver("2026-11-13 12:00")

    first, second = Delivery.objects.order_by("pk")
    bodies = {message.message()["Message-ID"]: message.body for message in mail.outbox}
    assert sorted(ids()) == sorted({first.message_id, second.message_id})
    assert "李娜" not in bodies[first.message_id]
    assert "张伟" not in bodies[second.message_id]


def test_what_was_told_in_a_message_that_may_have_arrived_was_told(bureau, call, server):
    server.answers = [raising(TimeoutError("timed out"))]
    deliver("2026-11-12 08:00")
    resend(delivery(), actor=Actor(bureau.carol), now=at("2026-11-12 08:04"))
    settle(call, "2026-11-12 08:05")
    deliver("2026-11-12 08:20")

    assert delivery().state == "cancelled"
    assert NoticeLine.objects.get(obligation=call).state == "told"


def test_messages_that_hang_do_not_hold_up_those_not_tried_yet(bureau, server):
    for number in range(20):
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.pairing(factories.officer(f"Officer {number}", bureau.station), person)
        owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    server.answers = [raising(TimeoutError("timed out"))] * 1000
    for minute in range(30):
        deliver(f"2026-11-12 08:{minute:02}")

    assert not Delivery.objects.filter(attempts=0).exists()


def test_what_stays_uncertain_is_not_sent_for_ever(call, server):
    server.answers = [raising(TimeoutError("timed out"))] * 1000
    for hour in range(8, 14):
        for minute in (0, 20, 40):
            deliver(f"2026-11-12 {hour:02}:{minute:02}")
    assert delivery().state == "dead"
    assert delivery().attempts <= 12


def test_a_dead_mail_server_is_asked_once_a_pass_and_nothing_is_lost(bureau, server):
    for number in range(30):
        officer = factories.officer(f"Officer {number}", bureau.station)
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.pairing(officer, person)
        owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    server.connecting = raising(ConnectionRefusedError("refused"))
    _sent, failed = deliver("2026-11-12 08:00")
    assert failed >= 1
    assert server.connections == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"pending"}
    server.connecting = None
    assert sum(deliver(f"2026-11-12 {hour}:00")[0] for hour in ("09", "11", "13")) == 30
    assert len(set(ids())) == 30


def test_all_messages_of_a_pass_go_over_few_connections(bureau, server):
    for number in range(30):
        officer = factories.officer(f"Officer {number}", bureau.station)
        person = factories.stakeholder(f"代表{number}", bureau.station)
        factories.pairing(officer, person)
        owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    assert deliver("2026-11-12 08:00") == (30, 0)
    assert server.connections <= 2


# --- killed in the middle ------------------------------------------------------------------------------------


@pytest.fixture
def killed(call, server):
    """A worker took the message up and died while sending it, nobody knows whether before or after."""
    server.answers = [raising(Killed())]
    with pytest.raises(Killed):
        deliver("2026-11-12 08:00")
    return delivery()


def test_a_worker_that_died_while_sending_leaves_it_unknown(killed):
    assert killed.state == "sending"
    assert killed.lease_until >= at("2026-11-12 08:00") + LEASE
    assert deliver("2026-11-12 08:14") == (0, 0)
    assert mail.outbox == []


def test_a_message_that_kills_every_worker_is_given_up(killed):
    Delivery.objects.update(attempts=10)
    assert deliver("2026-11-12 08:16") == (0, 0)
    assert delivery().state == "dead"
    assert mail.outbox == []


def test_after_the_lease_it_is_sent_again_under_the_same_id(killed):
    assert deliver("2026-11-12 08:16") == (1, 0)
    assert ids() == [killed.message_id]
    assert delivery().state == "sent"
    assert deliver("2026-11-12 08:40") == (0, 0)


def test_a_worker_that_died_before_it_began_to_send_loses_nothing(call):
    Delivery.objects.update(state="claimed", lease_until=at("2026-11-12 08:15"))
    assert deliver("2026-11-12 08:14") == (0, 0)
    assert deliver("2026-11-12 08:16") == (1, 0)


def test_in_the_inbox_it_stands_once_all_the_same(bureau, killed):
    deliver("2026-11-12 08:16")
    queue("2026-11-12 08:17")
    assert NoticeLine.objects.told().filter(recipient=bureau.alice).count() == 1


def test_whoever_comes_while_it_is_being_sent_leaves_it_alone(call, server):
    inner = []
    server.answers = [lambda _message: inner.append(deliver("2026-11-12 08:00"))]
    assert deliver("2026-11-12 08:00") == (1, 0)
    assert inner == [(0, 0)]
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_passes_that_lock_the_same_deliveries_do_not_wait_for_each_other():
    """One queues, and locks them one after the other; meanwhile another one ends their leases."""
    bureau = factories.small_bureau()
    first, second = [
        Notice.objects.create(officer=officer, send_on=day("2026-11-12"))
        for officer in (bureau.alice, bureau.dan)
    ]
    for notice in (first, second):
        made = Delivery.of(notice, "email", at("2026-11-12 08:00"))
        made.state, made.lease_until, made.claim_token = "claimed", at("2026-11-12 08:15"), uuid.uuid4()
        made.save()
    with ThreadPoolExecutor() as beside:
        with transaction.atomic():
            assert second.deliveries.select_for_update().get()
            other = beside.submit(in_another_connection, lambda: deliver("2026-11-12 08:16"))
            wait([other], timeout=2)  # it need not; where the database has no row locks, it does
            assert first.deliveries.select_for_update().get()
        other.result(timeout=60)
    deliver("2026-11-12 08:17")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}  # they tell nothing


def in_another_connection(deed):
    try:
        return deed()
    finally:
        connection.close()


def test_a_worker_thought_dead_that_comes_back_changes_nothing(call, server):
    """It hangs in the mail server for longer than its lease; meanwhile another one sends."""
    server.answers = [lambda _message: deliver("2026-11-12 08:16")]
    deliver("2026-11-12 08:00")
    assert delivery().state == "sent"
    assert len(set(ids())) == 1  # twice under one id, which a mail server shows once
    assert deliver("2026-11-12 08:40") == (0, 0)


# --- the message ---------------------------------------------------------------------------------------------


@pytest.fixture
def message(bureau, call):
    deliver("2026-11-12 08:00")
    (message,) = mail.outbox
    return message


def test_it_goes_to_the_officer_under_its_own_id(bureau, message):
    assert message.to == [bureau.alice.email]
    assert parseaddr(message.from_email)[1].startswith("liaison@")
    assert ids() == [delivery().message_id]
    assert message.message()["Auto-Submitted"] == "auto-generated"
    assert message.subject.strip()
    assert "\n" not in message.subject


def test_it_says_whom_and_leads_to_the_form(bureau, message):
    link = f"http://testserver/people/{bureau.deputy.pk}/log/?kind=call&next=/inbox/"
    html = unescape(message.alternatives[0][0])
    for text in (message.body, html):
        assert "张伟" in text
        assert "澄江镇" in text
        assert link in text


def test_it_tells_no_number(message):
    for text in (message.body, message.alternatives[0][0], message.subject):
        assert "13912345678" not in text.replace(" ", "")


def test_its_styles_stand_on_the_elements(message):
    assert "style=" in message.alternatives[0][0]


@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("zh-hans", "zh-CN"), ("", "en")])
def test_it_is_written_in_the_officer_s_language(bureau, call, language, lang):
    Officer.objects.filter(pk=bureau.alice.pk).update(language=language)
    deliver("2026-11-12 08:00")
    assert f'<html lang="{lang}">' in mail.outbox[0].alternatives[0][0]


def test_people_of_one_street_stand_together(bureau):
    for name, street in [("甲", "华士镇"), ("乙", "周庄镇"), ("丙", "华士镇"), ("丁", "周庄镇")]:
        person = factories.stakeholder(name, bureau.station, street=street)
        factories.pairing(bureau.alice, person)
        owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    deliver("2026-11-12 08:00")
    body = mail.outbox[0].body
    order = sorted("甲乙丙丁", key=body.index)
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset("甲丙"), frozenset("乙丁")}


def test_the_link_asks_to_sign_in_and_opens_the_form_of_that_kind(bureau):
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    deliver("2026-11-12 08:00")
    (link,) = re.findall(r"http://testserver(\S+/log/\S*)", mail.outbox[0].body)
    sign_in_page = Client().get(link)["Location"]
    assert parse_qs(urlsplit(sign_in_page).query)["next"] == [link]
    assert sign_in(bureau.alice).get(link).context["form"]["kind"].value() == "visit"


def test_each_street_stands_once_within_each_urgency_and_those_without_one_last(bureau):
    for name, street, planned in [
        ("甲", "", "2026-11-12"),
        ("乙", "周庄镇", "2026-11-12"),
        ("丙", "华士镇", "2026-11-12"),
        ("丁", "华士镇", "2026-11-12"),
    ]:
        person = factories.stakeholder(name, bureau.station, street=street)
        factories.pairing(bureau.alice, person)
        owe(person, planned_on=day(planned))
        if name in "甲丙":
            owe(person, "2026-10")
    queue("2026-11-12 07:00")
    deliver("2026-11-12 08:00")
    (body,) = [message.body for message in mail.outbox if message.to == [bureau.alice.email]]
    found = re.findall(r"^(Missed.*|Planned.*|华士镇|周庄镇|–)$|^- (.)", body, re.MULTILINE)
    said = [heading or name for heading, name in found]
    assert said == ["Missed (2)", "华士镇", "丙", "–", "甲", "Planned for today (4)"] + [
        *("华士镇", "丙", "丁", "周庄镇", "乙", "–", "甲")
    ]


def test_where_a_leader_may_not_log_the_link_opens_the_person(bureau):
    bureau.bob.roles.update(ended_at=at("2026-10-01 09:00"))  # so Lin, who leads the county, is told
    owe(bureau.deputy, "2026-10")
    queue("2026-11-02 07:00")
    deliver("2026-11-02 08:00")
    (to_lin,) = [message for message in mail.outbox if message.to == [bureau.lin.email]]
    for text in (to_lin.body, to_lin.alternatives[0][0]):
        assert f"http://testserver/people/{bureau.deputy.pk}/" in text
        assert "/log/" not in text


def test_a_leader_reads_whose_miss_it_was(bureau):
    owe(bureau.deputy, "2026-10")
    queue("2026-11-02 07:00")
    deliver("2026-11-02 08:00")
    (to_bob,) = [message for message in mail.outbox if message.to == [bureau.bob.email]]
    (to_alice,) = [message for message in mail.outbox if message.to == [bureau.alice.email]]
    assert "Alice" in to_bob.body
    assert "Alice" in to_alice.body  # as a greeting
    assert to_alice.body.count("Alice") == 1


def test_what_was_missed_is_told_to_its_leader_once_though_the_person_is_elsewhere_now(bureau):
    """Alice has left and Dan of the other county holds the person, so that Bob alone is there to be told."""
    owe(bureau.deputy)
    bureau.deputy.pairings.update(ended_on=day("2026-11-30"))
    factories.pairing(bureau.dan, bureau.deputy, day("2026-12-01"))
    Stakeholder.objects.update(unit=bureau.other_station)
    Officer.objects.filter(pk=bureau.alice.pk).update(is_active=False)

    assert (queue("2026-12-01 08:01"), deliver("2026-12-01 08:01")) == (1, (1, 0))
    assert (queue("2026-12-01 08:02"), deliver("2026-12-01 08:02")) == (0, (0, 0))
    assert [message.to for message in mail.outbox] == [[bureau.bob.email]]
    assert NoticeLine.objects.told().filter(recipient=bureau.bob, stage="missed").exists()


def test_an_apostrophe_in_a_name_reads_as_one(bureau):
    person = factories.stakeholder("O'Neill & Sons", bureau.station)
    factories.pairing(bureau.alice, person)
    owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    deliver("2026-11-12 08:00")
    assert "O'Neill & Sons" in mail.outbox[0].body
    assert "O'Neill &amp; Sons" in mail.outbox[0].alternatives[0][0]
