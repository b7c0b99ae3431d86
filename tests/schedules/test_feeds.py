"""Personal calendar addresses: who gets one, who can use it, and when it ends."""

import datetime as dt
import hashlib
import logging

import pytest
import vobject
from django.test import Client
from django.urls import reverse

from contacts.models import Actor, AuditEntry
from schedules import feeds
from schedules.models import FeedToken
from tests.base import sign_in
from tests.schedules.scenes import at, owe

NOW = at("2026-11-11 09:00")


@pytest.fixture(autouse=True)
def _at_a_known_time(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def call(bureau):
    return owe(bureau.deputy, planned_on=dt.date(2026, 11, 16))


def subscribe(officer, *, with_names=False, with_alarm=False) -> tuple[FeedToken, str]:
    feed, secret = feeds.subscribe(
        officer, name="phone", with_names=with_names, with_alarm=with_alarm, now=NOW, actor=Actor(officer)
    )
    return feed, reverse("schedules:feed", args=[secret])


def test_the_page_shows_a_new_address_once(bureau, call):
    client = sign_in(bureau.alice)
    page = client.post(reverse("schedules:calendar-list"), {"name": "my phone", "with_names": "on"})
    address = page.context["address"]

    assert address.startswith("http://testserver/cal/")
    assert address in page.content.decode()
    secret = address.split("/")[-2]
    assert len(secret) >= 43  # 32 bytes
    feed = FeedToken.objects.get(officer=bureau.alice)
    assert feed.sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in client.get(reverse("schedules:calendar-list")).content.decode()
    assert secret not in str(AuditEntry.objects.filter(action="subscribe calendar").values())


def test_a_client_reads_it_without_signing_in_and_gets_no_cookie(bureau, call):
    _feed, address = subscribe(bureau.alice)
    response = Client().get(address, headers={"Accept": "application/json"})

    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Content-Disposition" not in response
    assert "Last-Modified" not in response
    assert not response.cookies
    calendar = vobject.readOne(response.content.decode())
    assert [event.dtstart.value for event in calendar.vevent_list] == [dt.date(2026, 11, 16)]


def test_a_client_that_has_it_already_is_told_so(bureau, call):
    _feed, address = subscribe(bureau.alice)
    etag = Client().get(address)["ETag"]

    again = Client().get(
        address, headers={"If-None-Match": etag, "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}
    )
    assert (again.status_code, again.content) == (304, b"")

    call.planned_on, call.changed_at = dt.date(2026, 11, 17), NOW + dt.timedelta(minutes=1)
    call.save()
    assert Client().get(address, headers={"If-None-Match": etag}).status_code == 200


def test_it_answers_head_and_nothing_that_writes(bureau, call):
    _feed, address = subscribe(bureau.alice)

    assert Client().head(address).status_code == 200
    assert Client().post(address).status_code == 405


def test_it_holds_what_its_own_officer_is_responsible_for_and_no_more(bureau, call):
    for name in ("bob", "carol", "dan", "lea"):
        _feed, address = subscribe(getattr(bureau, name))
        assert b"BEGIN:VEVENT" not in Client().get(address).content


@pytest.mark.parametrize("secret", ["x" * 43, "..", "%00", "张"])
def test_a_wrong_secret_does_not_exist(bureau, secret):
    assert Client().get(reverse("schedules:feed", args=[secret])).status_code == 404


def test_a_revoked_one_does_not_exist_any_more_and_others_do(bureau, call):
    first, address = subscribe(bureau.alice)
    _second, other = subscribe(bureau.alice)
    sign_in(bureau.alice).post(reverse("schedules:calendar-revoke", args=[first.pk]))

    assert Client().get(address).status_code == 404
    assert Client().get(other).status_code == 200
    assert AuditEntry.objects.get(action="revoke calendar").officer == bureau.alice


def test_nobody_revokes_or_sees_anothers(bureau):
    feed, _address = subscribe(bureau.alice)

    for name in ("dan", "bob", "carol"):
        client = sign_in(getattr(bureau, name))
        assert client.post(reverse("schedules:calendar-revoke", args=[feed.pk])).status_code == 404
        assert not client.get(reverse("schedules:calendar-list")).context["feeds"]


def test_it_ends_when_the_officer_leaves(bureau, call):
    _feed, address = subscribe(bureau.alice)
    bureau.alice.is_active = False
    bureau.alice.save()

    assert Client().get(address).status_code == 404


def test_it_ends_with_a_transfer_and_stays_ended_after_coming_back(bureau, call):
    feed, address = subscribe(bureau.alice)
    bureau.alice.unit = bureau.other_station
    bureau.alice.save()
    assert Client().get(address).status_code == 404

    assert feeds.revoke_stale(NOW, actor=Actor.command("run_schedule")) == 1
    assert feeds.revoke_stale(NOW, actor=Actor.command("run_schedule")) == 0
    bureau.alice.unit = bureau.station
    bureau.alice.save()
    assert Client().get(address).status_code == 404
    feed.refresh_from_db()
    assert feed.revoked_at == NOW


def test_it_notes_when_it_was_last_used_but_not_at_every_look(
    bureau, call, time_machine, django_assert_num_queries
):
    feed, address = subscribe(bureau.alice)
    Client().get(address)
    feed.refresh_from_db()
    assert feed.last_used_at == NOW

    time_machine.move_to(NOW + dt.timedelta(minutes=5))
    Client().get(address)
    feed.refresh_from_db()
    assert feed.last_used_at == NOW


def test_the_secret_does_not_reach_the_log(bureau, caplog):
    from liaison.logs import without_secrets

    handler = logging.Handler()
    lines: list[str] = []
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    handler.addFilter(without_secrets)
    logging.getLogger("django.request").addHandler(handler)
    try:
        Client().get(reverse("schedules:feed", args=["a-secret-that-is-wrong"]))
    finally:
        logging.getLogger("django.request").removeHandler(handler)

    assert lines == ["Not Found: /cal/…/feed.ics"]
