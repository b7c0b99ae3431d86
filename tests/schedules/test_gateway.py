"""The chat or SMS gateway beside the mail (R11), with a real server on the other side."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction

from contacts import gateways
from contacts.models import Actor, AuditEntry, Officer
from schedules import checks, notices
from schedules.models import Delivery, Digest, Notice, NoticeLine
from schedules.notices import gateway
from schedules.notices.queueing import post
from schedules.notices.resending import resend
from tests import factories
from tests.base import sign_in
from tests.schedules import gateway_server
from tests.schedules.gateway_server import cut, hang
from tests.schedules.post import Server, raising
from tests.schedules.scenes import at, day, moment, owe
from tests.schedules.test_passes import ROOT, environment

MOBILE = "13812345678"


@pytest.fixture
def sms(settings):
    """The bureau has a gateway for SMS on 127.0.0.1; nobody waits long for it."""
    with gateway_server.running() as server:
        settings.GATEWAY_URL, settings.GATEWAY_HOSTS = server.url, ["127.0.0.1"]
        yield server


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.EMAIL_BACKEND = "tests.schedules.post.Server"
    Server.reset()
    yield Server
    Server.reset()


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch):
    monkeypatch.setattr(gateway, "SECONDS", (0.5, 0.5))


@pytest.fixture
def alice(bureau, sms):
    Officer.objects.filter(pk=bureau.alice.pk).update(mobile=MOBILE, language="en")
    bureau.alice.refresh_from_db()
    return bureau.alice


@pytest.fixture
def call(bureau, alice):
    obligation = owe(bureau.deputy, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")
    return obligation


def queue(text: str) -> int:
    with transaction.atomic():
        return notices.queue(moment(text))


def deliver(text: str) -> tuple[int, int]:
    done = notices.deliver(moment(text))
    return done.sent, done.failed


def on(channel: str) -> Delivery:
    return Delivery.objects.get(channel=channel)


# --- what goes out -------------------------------------------------------------------------------------------


def test_a_message_goes_out_on_both_channels_each_once(call, sms):
    assert deliver("2026-11-12 08:00") == (2, 0)
    assert deliver("2026-11-12 08:01") == (0, 0)
    assert len(mail.outbox) == len(sms.received) == 1
    assert sms.received[0]["to"] == MOBILE
    assert on("gateway").address == MOBILE
    assert sms.received[0]["_key"] == on("gateway").message_id != on("email").message_id


def test_what_lights_up_on_a_locked_telephone_names_nobody(bureau, call, sms):
    factories.role(bureau.alice, "leader")
    digest = Digest.objects.create(
        unit=bureau.station, period_key="2026-10", frozen_at=at("2026-11-04 09:00"), figures={}
    )
    with transaction.atomic():
        post([NoticeLine(digest=digest, stage="digest", recipient=bureau.alice)], moment("2026-11-12 07:30"))
    notices.deliver(moment("2026-11-12 08:00"))
    (said,) = sms.received
    assert said["message"] == "Liaison 11-12: planned for today 1, digests 1. http://testserver/inbox/"
    assert not any("张伟" in value or "8613912345678" in value for value in said.values())


def test_it_is_written_in_the_officer_s_language(call, alice, sms):
    Officer.objects.filter(pk=alice.pk).update(language="zh-hans")
    deliver("2026-11-12 08:00")
    assert "planned" not in sms.received[0]["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"mobile": ""},
        {"mobile": "extension 5"},
        {"notify_by_gateway": False},
        {"is_active": False},
    ],
)
def test_without_a_number_or_the_wish_nothing_is_sent(bureau, alice, sms, change):
    owe(bureau.deputy, planned_on=day("2026-11-12"))
    Officer.objects.filter(pk=alice.pk).update(**change)
    queue("2026-11-12 07:00")
    assert not Delivery.objects.filter(channel="gateway").exists()
    deliver("2026-11-12 08:00")
    assert sms.received == []


def test_whoever_wants_none_meanwhile_gets_none(call, alice, sms):
    Officer.objects.filter(pk=alice.pk).update(notify_by_gateway=False)
    assert deliver("2026-11-12 08:00") == (1, 0)
    assert (on("gateway").state, on("email").state) == ("cancelled", "sent")


def test_a_gateway_that_the_bureau_gave_up_holds_nothing_up(call, sms, settings):
    settings.GATEWAY_URL = ""
    assert deliver("2026-11-12 08:00") == (1, 0)
    assert on("gateway").state == "cancelled"


def test_of_two_numbers_the_officer_s_own_counts(call, alice, sms):
    Officer.objects.filter(pk=alice.pk).update(gateway_address="+8615900000000")
    deliver("2026-11-12 08:00")
    assert sms.received[0]["to"] == "+8615900000000"


# --- what can go wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (400, "pending"),
        (401, "pending"),
        (429, "pending"),
        (500, "pending"),
        (503, "pending"),
        ((200, '{"errcode": 45009, "errmsg": "too many"}'), "pending"),
        ((200, '{"errcode": 0}'), "sent"),
        ((200, "OK"), "sent"),
        (204, "sent"),
        (502, "unknown"),
        (504, "unknown"),
        (cut, "unknown"),
        (hang, "unknown"),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value),
)
def test_what_an_answer_means(call, sms, answer, state):
    sms.answers = [answer]
    deliver("2026-11-12 08:00")
    found = on("gateway")
    assert found.state == state
    assert on("email").state == "sent"
    if state == "sent":
        return
    assert found.last_error
    assert deliver("2026-11-12 08:00:30") == (0, 0)
    assert deliver("2026-11-12 08:16") == (1, 0)
    assert {said["_key"] for said in sms.received} == {found.message_id}
    assert on("gateway").state == "sent"


@pytest.mark.parametrize(("status", "attempts"), [(400, 3), (503, 10)])
def test_what_is_refused_again_and_again_is_given_up(call, sms, status, attempts):
    sms.otherwise = status
    for hour in range(8, 20):
        for minute in (0, 20, 40):
            deliver(f"2026-11-12 {hour:02}:{minute:02}")
    deliver("2026-11-13 09:00")
    deliver("2026-11-13 12:00")
    found = on("gateway")
    assert (found.state, found.attempts) == ("dead", attempts)
    assert str(status) in found.last_error
    assert len(sms.received) == attempts


def test_no_redirect_is_followed(call, sms):
    with gateway_server.running() as other:
        sms.answers = [(307, f"http://127.0.0.1:{other.server_port}/")]
        deliver("2026-11-12 08:00")
        assert other.received == []
    assert "307" in on("gateway").last_error


def test_nothing_is_sent_to_a_host_that_is_not_allowed(call, sms, settings):
    settings.GATEWAY_HOSTS = ["sms.example"]
    assert deliver("2026-11-12 08:00") == (1, 1)
    assert sms.received == []
    assert "127.0.0.1 is no allowed host" in on("gateway").last_error


def test_an_error_does_not_tell_the_secret_of_the_address(call, sms, settings):
    settings.GATEWAY_URL = "json://user:hunter2@127.0.0.1:1/key-hunter2?:to={mobile}"
    deliver("2026-11-12 08:00")
    assert "NewConnectionError" in on("gateway").last_error
    assert "hunter2" not in on("gateway").last_error


def many(bureau, number):
    for one in range(number):
        officer = factories.officer(f"Officer {one}", bureau.station, mobile=f"138000000{one:02}")
        person = factories.stakeholder(f"代表{one}", bureau.station)
        factories.pairing(officer, person)
        owe(person, planned_on=day("2026-11-12"))
    queue("2026-11-12 07:00")


def test_a_gateway_that_hangs_is_asked_once_a_pass_and_the_mails_have_left(bureau, sms):
    many(bureau, 5)
    sms.otherwise = hang
    assert deliver("2026-11-12 08:00") == (5, 1)
    states = Counter(Delivery.objects.filter(channel="gateway").values_list("state", flat=True))
    assert states == {"unknown": 1, "pending": 4}


def test_a_dead_mail_server_does_not_hold_up_the_gateway(bureau, sms, mail_server):
    many(bureau, 5)
    mail_server.connecting = raising(ConnectionRefusedError("refused"))
    assert deliver("2026-11-12 08:00") == (5, 1)
    assert len(sms.received) == 5


# --- a channel that is dead for a day ------------------------------------------------------------------------


@pytest.fixture
def second(bureau, call):
    """Another call, planned on the next day."""
    person = factories.stakeholder("李娜", bureau.station)
    factories.pairing(bureau.alice, person)
    return owe(person, planned_on=day("2026-11-13"))


def nowhere() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"json://127.0.0.1:{held.getsockname()[1]}/?:to={{mobile}}"


def test_a_gateway_dead_for_a_day_tells_all_at_once_and_mail_nothing_twice(
    bureau, call, second, sms, settings
):
    url, settings.GATEWAY_URL = settings.GATEWAY_URL, nowhere()
    for hour in range(8, 20):
        deliver(f"2026-11-12 {hour:02}:00")
    assert (on("email").state, on("gateway").state) == ("sent", "pending")
    queue("2026-11-13 00:10")
    settings.GATEWAY_URL = url
    queue("2026-11-13 08:00")
    deliver("2026-11-13 08:00")
    assert len(sms.received) == 1
    assert "planned for today 2" in sms.received[0]["message"]
    first, next_day = mail.outbox
    assert ("张伟" in first.body, "李娜" in first.body) == (True, False)
    assert ("张伟" in next_day.body, "李娜" in next_day.body) == (False, True)
    told = {
        line.obligation_id: line.notice.send_on for line in NoticeLine.objects.told().select_related("notice")
    }
    assert told == {call.pk: day("2026-11-12"), second.pk: day("2026-11-13")}
    states = Counter(Delivery.objects.values_list("channel", "state"))
    assert states == {("email", "sent"): 2, ("gateway", "sent"): 1, ("gateway", "superseded"): 1}


def test_a_mail_server_dead_for_days_tells_all_at_once_each_stage_the_latest(
    bureau, call, second, sms, mail_server
):
    mail_server.connecting = raising(ConnectionRefusedError("refused"))
    for now in ("2026-11-12 08:00", "2026-11-13 08:00", "2026-11-23 08:00"):
        queue(now)
        deliver(now)
    assert len(sms.received) == 3
    mail_server.connecting = None
    deliver("2026-11-23 10:00")
    (message,) = mail.outbox
    assert message.body.count("张伟") == message.body.count("李娜") == 1
    assert "2 contacts to look after" in message.subject
    assert Notice.objects.visible_to(bureau.alice).count() == 3


def test_what_was_met_after_one_channel_told_it_stays_told(bureau, call, sms):
    sms.answers = [503]
    deliver("2026-11-12 08:00")
    factories.record(bureau.deputy, bureau.alice, at("2026-11-12 08:10"))
    deliver("2026-11-12 08:16")
    assert len(sms.received) == 1
    assert on("gateway").state == "cancelled"
    assert NoticeLine.objects.get().state == "told"


def test_new_lines_never_join_a_message_that_left_on_one_channel(bureau, call, sms):
    sms.answers = [503]
    deliver("2026-11-12 08:00")
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-12"))
    queue("2026-11-12 08:05")
    assert Notice.objects.count() == 2
    deliver("2026-11-12 08:16")
    assert "planned for today 1" in sms.received[-1]["message"]


# --- the hour an officer chooses -----------------------------------------------------------------------------


def choose(officer, hour, **others):
    data = {"language": "en", "notice_hour": hour, "notify_by_email": "on", "notify_by_gateway": "on"}
    return sign_in(officer).post("/settings/", data | others)


@pytest.mark.parametrize(
    ("hour", "when", "sent"),
    [
        (10, "2026-11-12 08:00", 0),
        (10, "2026-11-12 09:59:59", 0),
        (10, "2026-11-12 10:00", 2),
        (19, "2026-11-12 18:59", 0),
        (19, "2026-11-12 19:00", 2),
        (19, "2026-11-12 20:00", 0),  # quiet
        (19, "2026-11-13 08:00", 2),  # not sent at its hour: at the next pass within the hours
        (19, "2026-11-14 12:00", 0),  # Saturday
        (19, "2026-11-16 08:00", 2),
    ],
)
def test_the_message_leaves_at_the_officer_s_hour(bureau, alice, sms, hour, when, sent):
    choose(alice, hour)
    owe(bureau.deputy, planned_on=day("2026-11-12"))
    queue("2026-11-12 00:10")
    assert deliver(when) == (sent, 0)


def test_another_hour_counts_for_what_still_waits(call, alice, sms):
    choose(alice, 15)
    assert deliver("2026-11-12 14:59") == (0, 0)
    choose(alice, 9)
    assert deliver("2026-11-12 09:00") == (2, 0)
    choose(alice, 17)
    assert deliver("2026-11-12 17:00") == (0, 0)


def test_what_was_tried_keeps_its_pause_when_the_hour_changes(call, alice, sms):
    sms.answers = [503]
    deliver("2026-11-12 08:00")
    again = on("gateway").next_attempt_at
    choose(alice, 19)
    assert on("gateway").next_attempt_at == again


def test_until_the_hour_everything_of_the_day_joins_the_message(bureau, alice, sms):
    choose(alice, 15)
    owe(bureau.deputy, planned_on=day("2026-11-12"))
    queue("2026-11-12 00:10")
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-12"))
    queue("2026-11-12 14:00")
    assert deliver("2026-11-12 15:00") == (2, 0)
    assert "2 contacts" in mail.outbox[0].subject


def test_a_late_hour_that_was_missed_does_not_wait_for_the_next_evening(bureau, alice, sms):
    choose(alice, 19)
    owe(bureau.deputy, planned_on=day("2026-11-12"))
    queue("2026-11-12 00:10")
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=day("2026-11-13"))
    queue("2026-11-13 08:00")
    assert deliver("2026-11-13 08:00") == (2, 0)
    assert "2 contacts" in mail.outbox[0].subject


def test_an_hour_outside_those_of_the_setting_is_the_nearest_within(bureau, alice, sms, settings):
    Officer.objects.filter(pk=alice.pk).update(notice_hour=19)
    settings.NOTICE_HOURS = (9, 17)
    owe(bureau.deputy, planned_on=day("2026-11-12"))
    queue("2026-11-12 00:10")
    assert deliver("2026-11-12 15:59") == (0, 0)
    assert deliver("2026-11-12 16:00") == (2, 0)


@pytest.mark.parametrize("hour", ["7", "20", "8.5", "noon"])
def test_an_hour_outside_is_refused(alice, hour):
    assert "notice_hour" in choose(alice, hour).context["form"].errors
    alice.refresh_from_db()
    assert alice.notice_hour == 8


# --- the page of one's own settings --------------------------------------------------------------------------


def test_the_choice_is_shown_where_there_is_a_gateway(alice, settings):
    settings.GATEWAY_NAME = "警务短信"
    html = sign_in(alice).get("/settings/").content.decode()
    assert "Number for 警务短信" in html
    settings.GATEWAY_URL = ""
    html = sign_in(alice).get("/settings/").content.decode()
    assert "gateway" not in html


def test_a_number_is_kept_as_digits_and_the_deed_in_the_audit_trail(alice):
    choose(alice, 8, gateway_address="+86 138-0000 0000")
    alice.refresh_from_db()
    assert alice.gateway_address == "+8613800000000"
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({"gateway_address": ""}, {"gateway_address": "+8613800000000"})


WRONG = ["me@evil.example/x", "138 1234 abcd", "?:to=110", "１３８１２３４５６７８", "{id}", "1" * 16]


@pytest.mark.parametrize("address", WRONG)
def test_nothing_but_a_number_can_be_filled_in(alice, address):
    assert "gateway_address" in choose(alice, 8, gateway_address=address).context["form"].errors
    assert gateways.read(address) == ""


@pytest.mark.parametrize("address", ["a b", "a/b", "a?b=c", "a#b", "@a", "张三", "a%2Fb", "a" * 65, "a\nb"])
def test_nothing_but_an_account_can_be_filled_in(settings, address):
    settings.GATEWAY_URL = "json://sms.example/{account}"
    assert gateways.read(address) == ""
    assert gateways.read("zhang.san@police-1_x") == "zhang.san@police-1_x"


# --- before the start ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "hosts", "sentence"),
    [
        ("", [], ""),
        ("json://sms.example/?:to={mobile}", ["sms.example"], ""),
        ("wecombot://{account}", ["qyapi.weixin.qq.com"], ""),
        ("dingtalk://abcd1234@aaaabbbbcccc/{mobile}", ["oapi.dingtalk.com"], ""),
        ("json://sms.example/?:to={mobile}", ["other.example"], "leads to sms.example"),
        ("wecombot://{account}", ["weixin.qq.com"], "leads to qyapi.weixin.qq.com"),
        ("json://{account}/", ["account"], "where the host stands"),
        ("nonsense://{mobile}", ["nonsense"], "no address that apprise reads"),
        ("syslog://{account}", ["localhost"], "no address that apprise reads"),
    ],
)
def test_a_gateway_that_can_not_be_used_stops_the_start(settings, url, hosts, sentence):
    settings.GATEWAY_URL, settings.GATEWAY_HOSTS = url, hosts
    found = checks.gateway_can_be_used()
    assert bool(found) == bool(sentence)
    for error in found:
        assert "GATEWAY_URL" in error.msg
        assert sentence in error.msg


# --- sent again by hand --------------------------------------------------------------------------------------


def again(bureau, delivery, now):
    resend(delivery, actor=Actor(bureau.carol), now=at(now))


@pytest.mark.parametrize("state", ["dead", "unknown"])
def test_what_is_stuck_is_sent_again_under_the_same_id(bureau, call, sms, state):
    deliver("2026-11-12 08:00")
    before = on("gateway")
    Delivery.objects.filter(pk=before.pk).update(
        state=state, attempts=10, last_error="400", sent_at=None, lease_until=at("2026-11-12 23:00")
    )
    again(bureau, before, "2026-11-12 09:00")
    assert (before.state, before.attempts) == ("pending", 0)
    assert deliver("2026-11-12 09:00") == (1, 0)
    assert [said["_key"] for said in sms.received] == [before.message_id] * 2
    entry = AuditEntry.objects.get(action="send again")
    assert (entry.officer, entry.object_id) == (bureau.carol, str(before.pk))
    assert entry.before == {"state": state, "attempts": 10, "last_error": "400"}


@pytest.mark.parametrize("state", ["pending", "claimed", "sending", "sent", "superseded", "cancelled"])
def test_what_is_not_stuck_is_left_alone(bureau, call, state):
    Delivery.objects.update(state=state)
    with pytest.raises(ValidationError):
        again(bureau, on("gateway"), "2026-11-12 09:00")
    assert on("gateway").state == state
    assert not AuditEntry.objects.exists()


# --- beside another, and killed ------------------------------------------------------------------------------


def worker(tmp_path, sms, now):
    code = f"from tests.schedules.scenes import moment; from schedules import notices; notices.deliver(moment('{now}'))"
    return subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        cwd=ROOT,
        env=environment(
            tmp_path,
            EMAIL_URL=f"filemail:///{tmp_path / 'mails'}",
            GATEWAY_URL=sms.url,
            GATEWAY_HOSTS="127.0.0.1",
        ),
    )


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_once_send_each_message_once(tmp_path, sms):
    (tmp_path / "mails").mkdir()
    many(factories.small_bureau(), 30)
    both = [worker(tmp_path, sms, "2026-11-12 08:00") for _number in range(2)]
    assert [one.wait(timeout=120) for one in both] == [0, 0]
    assert Counter(said["to"] for said in sms.received) == {f"138000000{one:02}": 1 for one in range(30)}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_between_sending_and_sent_it_comes_twice_at_most_and_under_one_id(tmp_path, sms):
    (tmp_path / "mails").mkdir()
    many(factories.small_bureau(), 1)
    died = []

    def kill(handler):
        os.kill(one.pid, signal.SIGKILL)
        died.append(one.wait(timeout=30))
        handler.close_connection = True

    sms.answers = [kill]
    one = worker(tmp_path, sms, "2026-11-12 08:00")
    one.wait(timeout=120)
    deadline = time.monotonic() + 10
    while not died and time.monotonic() < deadline:
        time.sleep(0.02)
    assert died == [-signal.SIGKILL]
    assert on("gateway").state == "sending"
    deliver("2026-11-12 08:14")
    assert len(sms.received) == 1
    deliver("2026-11-12 08:16")
    deliver("2026-11-12 08:40")
    assert [said["_key"] for said in sms.received] == [on("gateway").message_id] * 2
    assert on("gateway").state == "sent"
