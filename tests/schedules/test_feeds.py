"""Personal calendar addresses: who gets one, who can use it, and when it ends."""

import datetime as dt
import hashlib
import logging

import pytest
import vobject
from django.test import Client
from django.urls import reverse

from contacts import unit_tree
from contacts.handling import pair
from contacts.merging import merge
from contacts.models import Actor, AuditEntry
from contacts.unit_merging import merge as merge_units
from contacts.unmerging import unmerge
from schedules import feeds
from schedules.models import FeedToken
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, owe

NOW = at("2026-11-11 09:00")


@pytest.fixture(autouse=True)
def _at_a_known_time(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def call(bureau):
    return owe(bureau.deputy, planned_on=dt.date(2026, 11, 16))


def subscribe(officer, **shows) -> tuple[FeedToken, str]:
    wanted = {"with_names": False, "with_alarm": False, "now": NOW, "actor": Actor(officer)} | shows
    feed, secret = feeds.subscribe(officer, name="phone", **wanted)
    return feed, reverse("schedules:feed", args=[secret])


def read(address: str) -> bytes:
    return b"".join(Client().get(address).streaming_content)


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
    calendar = vobject.readOne(b"".join(response.streaming_content).decode())
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
        assert b"BEGIN:VEVENT" not in read(address)


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


# --- what one shows ------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(bureau):
    """Dan's, in the other county."""
    other = factories.stakeholder("李娜", bureau.other_station)
    factories.pairing(bureau.dan, other)
    owe(other, planned_on=dt.date(2026, 11, 17))
    return other


def test_one_of_a_unit_shows_all_below_it(bureau, call, elsewhere):
    _feed, county = subscribe(bureau.carl, of_unit=bureau.county, with_names=True)
    _feed, everything = subscribe(bureau.carol, of_unit=bureau.bureau, with_names=True)

    assert "张伟" in read(county).decode()
    assert "李娜" not in read(county).decode()
    assert read(everything).count(b"BEGIN:VEVENT") == 2
    assert "X-WR-CALNAME:Contacts of 江阴市局" in read(county).decode()


def test_one_of_a_unit_answers_only_while_the_whole_unit_may_be_taken_out(bureau, call):
    _feed, address = subscribe(bureau.carl, of_unit=bureau.county)
    assert read(address).count(b"BEGIN:VEVENT") == 1

    role = bureau.carl.roles.get()
    role.ended_at = NOW
    role.save()
    assert Client().get(address).status_code == 404
    assert Client().head(address).status_code == 404
    assert Client().get(address, headers={"If-None-Match": "*"}).status_code == 404

    for name in ("alice", "bob", "lin", "lea", "dan", "rita", "sue", "ann"):  # not even if they had got one
        _feed, address = subscribe(getattr(bureau, name), of_unit=bureau.county)
        assert Client().get(address).status_code == 404


def test_one_of_a_person_answers_only_while_the_person_may_be_taken_out(bureau, call):
    _feed, address = subscribe(bureau.alice, of_person=bureau.deputy)
    content = read(address).decode()
    assert content.count("BEGIN:VEVENT") == 1
    assert f"X-WR-CALNAME:Contacts with {bureau.deputy.number}" in content
    assert "张伟" not in content

    pair(bureau.deputy, bureau.bob, on=dt.date(2026, 11, 10), actor=Actor(bureau.carol))
    assert Client().get(address).status_code == 404
    assert read(subscribe(bureau.bob, of_person=bureau.deputy)[1]).count(b"BEGIN:VEVENT") == 1
    for name in ("dan", "lea", "sue"):
        _feed, address = subscribe(getattr(bureau, name), of_person=bureau.deputy)
        assert Client().get(address).status_code == 404


def test_whoever_takes_on_a_power_that_watches_gets_no_calendar_any_more(bureau, call):
    _feed, address = subscribe(bureau.alice)
    factories.role(bureau.alice, "auditor")

    assert Client().get(address).status_code == 404


def test_a_hand_over_moves_the_event_from_one_to_the_other_under_the_same_id(bureau, call):
    _feed, alices = subscribe(bureau.alice)
    _feed, bobs = subscribe(bureau.bob)
    _feed, units = subscribe(bureau.carl, of_unit=bureau.county)
    before, whole = read(alices), read(units)
    assert b"BEGIN:VEVENT" not in read(bobs)

    pair(bureau.deputy, bureau.bob, on=dt.date(2026, 11, 11), actor=Actor(bureau.carol))

    assert b"BEGIN:VEVENT" not in read(alices)
    uid = f"UID:call-2026-11-{bureau.deputy.pk}@testserver".encode()
    assert before.count(uid) == read(bobs).count(uid) == 1
    assert read(units) == whole


def test_the_form_offers_units_to_whom_may_take_them_out_whole(bureau, call, elsewhere):
    address = reverse("schedules:calendar-list")
    for name, codes in [("carl", 2), ("carol", 5)]:
        form = sign_in(getattr(bureau, name)).get(address).context["form"]
        assert form.fields["of_unit"].queryset.count() == codes
    alice = sign_in(bureau.alice)
    assert "of_unit" not in alice.get(address).context["form"].fields

    carl = sign_in(bureau.carl)
    page = carl.post(address, {"name": "desk", "of_unit": bureau.county.code})
    assert read(page.context["address"].removeprefix("http://testserver")).count(b"BEGIN:VEVENT") == 1
    assert AuditEntry.objects.get(action="subscribe calendar").after["of_unit"] == bureau.county.code
    for wrong in (
        {"of_unit": bureau.other_county.code},
        {"of_unit": bureau.county.code, "stakeholder": bureau.deputy.number},
        {"stakeholder": elsewhere.number},
    ):
        assert carl.post(address, {"name": "desk"} | wrong).context["form"].errors
    assert FeedToken.objects.count() == 1

    page = alice.post(
        address, {"name": "phone", "stakeholder": f"{bureau.deputy.number} 张伟", "with_names": "on"}
    )
    assert "Contacts with 张伟" in read(page.context["address"].removeprefix("http://testserver")).decode()
    assert "张伟" in alice.get(address).content.decode()


def test_an_unchanged_one_is_answered_without_an_event_being_read_or_written(bureau, call, monkeypatch):
    _feed, address = subscribe(bureau.alice)
    etag = Client().get(address)["ETag"]
    monkeypatch.setattr("schedules.calendars.keeping.Shelf.contents", None)

    assert Client().get(address, headers={"If-None-Match": f'"old", W/{etag}'}).status_code == 304


def test_head_says_how_long_it_is_and_no_more(bureau, call):
    _feed, address = subscribe(bureau.alice)
    got, asked = Client().get(address), Client().head(address)

    assert asked["Content-Length"] == got["Content-Length"] == str(len(read(address)))
    assert asked["ETag"] == got["ETag"]
    assert b"".join(asked.streaming_content) == b""


def test_one_of_somebody_who_was_merged_shows_whom_they_are_now(bureau, call):
    double = factories.stakeholder("张伟", bureau.station)
    feed, address = subscribe(bureau.carl, of_person=double)
    made = merge(bureau.deputy, double, actor=Actor(bureau.carl), day=NOW.date())
    assert read(address).count(b"BEGIN:VEVENT") == 1

    unmerge(made, actor=Actor(bureau.carl), reason="two after all")
    feed.refresh_from_db()
    assert feed.of_person == double


def test_one_of_a_unit_that_was_merged_shows_what_it_has_become(bureau, call):
    feed, address = subscribe(bureau.carol, of_unit=bureau.county, with_names=True)
    made = merge_units(
        [bureau.county], bureau.other_county, actor=Actor(bureau.carol), now=NOW, reason="one county"
    )
    feed.refresh_from_db()
    assert feed.of_unit == bureau.other_county
    assert "张伟" in read(address).decode()

    unit_tree.take_back(made, actor=Actor(bureau.carol), now=NOW, reason="two after all")
    feed.refresh_from_db()
    assert feed.of_unit == bureau.county


def test_one_of_the_own_unit_follows_its_merger_in_both_and_back(bureau, call):
    factories.role(bureau.carl, "coordinator", bureau.other_county)
    feed, _address = subscribe(bureau.carl, of_unit=bureau.county)
    made = merge_units(
        [bureau.county], bureau.other_county, actor=Actor(bureau.carol), now=NOW, reason="one county"
    )
    feed.refresh_from_db()
    assert feed.unit == feed.of_unit == bureau.other_county

    unit_tree.take_back(made, actor=Actor(bureau.carol), now=NOW, reason="two after all")
    feed.refresh_from_db()
    assert feed.unit == feed.of_unit == bureau.county
