"""Calendars as files: what stands in them, and whom they are given to."""

import datetime as dt
import io
import re

import icalendar
import pytest
import vobject
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.handling import pair, void_contact
from contacts.models import Actor, AuditEntry, ContactRecord, Stakeholder
from schedules import calendars
from schedules.calendars import Calendar, Wishes
from schedules.handling import move, waive
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, chosen, content, owe

NOW = at("2026-11-11 09:00")


@pytest.fixture
def call(bureau):
    return owe(bureau.deputy, planned_on=dt.date(2026, 11, 16))


def ics(officer, wishes: Wishes | None = None, now=NOW, **span) -> bytes:
    selection = calendars.of_officer(officer, officer, now, **span)
    return content(Calendar(selection, wishes or Wishes()))


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def events(whole: bytes) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(whole).walk("VEVENT")


def event(officer, **kwargs) -> icalendar.Event:
    [found] = events(ics(officer, **kwargs))
    return found


def text(found: icalendar.Event) -> str:
    """The event with its folded lines joined."""
    return found.to_ical().decode().replace("\r\n ", "")


# --- one event -----------------------------------------------------------------------------------------------


def test_an_obligation_is_one_whole_day_on_the_day_it_is_planned(bureau, call):
    found = event(bureau.alice)

    assert (dt.date(2026, 11, 16), dt.date(2026, 11, 17)) == (found.DTSTART, found.DTEND)
    assert found["TRANSP"] == "TRANSPARENT"
    assert "DTSTART;VALUE=DATE:20261116" in text(found)


def test_an_hour_of_the_officers_stands_in_utc(bureau, call):
    move(call, day=dt.date(2026, 11, 17), time=dt.time(14, 30), actor=Actor(bureau.alice), now=NOW)

    assert "DTSTART:20261117T063000Z" in text(event(bureau.alice))
    assert "DTEND:20261117T070000Z" in text(event(bureau.alice))


def test_its_id_is_made_of_policy_period_and_person_alone(bureau, call):
    uid = event(bureau.alice)["UID"]
    assert uid == f"call-2026-11-{bureau.deputy.pk}@testserver"

    move(call, day=dt.date(2026, 11, 20), actor=Actor(bureau.alice), now=NOW)
    pair(bureau.deputy, bureau.bob, on=dt.date(2026, 11, 5), actor=Actor(bureau.carol))
    assert event(bureau.bob)["UID"] == uid


def test_a_move_raises_the_sequence_and_the_time_of_the_change(bureau, call):
    before = event(bureau.alice)
    later = NOW + dt.timedelta(hours=1)
    move(call, day=dt.date(2026, 11, 20), actor=Actor(bureau.alice), now=later)
    after = event(bureau.alice)

    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.DTSTAMP == after.LAST_MODIFIED == later


def test_a_contact_that_is_met_stays_with_a_mark_and_without_an_alarm(bureau, call):
    assert "BEGIN:VALARM" in text(event(bureau.alice, wishes=Wishes(alarm=True)))
    factories.record(bureau.deputy, bureau.alice, at("2026-11-10 10:00"))
    found = event(bureau.alice, wishes=Wishes(alarm=True))

    assert found["SUMMARY"].startswith("✓ ")
    assert not found.walk("VALARM")


def test_voiding_the_contact_takes_the_mark_away_and_counts_as_a_change(bureau, call):
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-10 10:00"))
    met = event(bureau.alice)
    void_contact(record, reason="wrong person", actor=Actor(bureau.alice))
    void = event(bureau.alice)

    assert not void["SUMMARY"].startswith("✓")
    assert void["SEQUENCE"] > met["SEQUENCE"]
    assert void.DTSTAMP > met.DTSTAMP


def test_a_waived_or_withdrawn_one_is_left_out(bureau, call):
    visit = owe(bureau.deputy, "2026-Q4", "visit", planned_on=dt.date(2026, 11, 18))
    waive(call, reason="abroad", actor=Actor(bureau.bob), now=NOW)
    assert [found["UID"].partition("-")[0] for found in events(ics(bureau.alice))] == ["visit"]

    visit.withdrawn_at = NOW
    visit.save()
    assert not events(ics(bureau.alice))


def test_a_waived_one_that_was_met_after_all_stays(bureau, call):
    waive(call, reason="abroad", actor=Actor(bureau.bob), now=NOW)
    factories.record(bureau.deputy, bureau.alice, NOW)

    assert event(bureau.alice)["SUMMARY"].startswith("✓ ")


def test_no_phone_note_or_address_stands_in_it(bureau, call):
    Stakeholder.objects.update(address="澄江路 1 号", remark="a secret", email="zw@example.org")
    found = text(event(bureau.alice, wishes=Wishes(names=True, alarm=True)))

    for private in ["139", "5678", "澄江路", "澄江镇", "secret", "zw@", "澄江中学"]:
        assert private not in found
    assert "张伟" in found


def test_the_name_stands_in_it_only_if_the_officer_wants_it(bureau, call):
    assert "张伟" not in ics(bureau.alice, Wishes(names=False, alarm=True, title="x")).decode()


def test_it_says_the_window_and_links_to_a_page_that_asks_for_sign_in(bureau, call):
    found = event(bureau.alice)

    assert "2026-11-01" in found["DESCRIPTION"]
    assert "2026-11-30" in found["DESCRIPTION"]
    assert found["URL"] == f"http://testserver/people/{bureau.deputy.pk}/"


def test_the_alarm_rings_at_nine_and_stands_last(bureau, call):
    lines = text(event(bureau.alice, wishes=Wishes(alarm=True))).split("\r\n")

    assert "TRIGGER:PT9H" in lines
    assert lines[-3:] == ["END:VALARM", "END:VEVENT", ""]


# --- the whole -----------------------------------------------------------------------------------------------


def test_equal_facts_make_equal_bytes_whenever_they_are_asked_for(bureau, call):
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=dt.date(2026, 12, 2))

    assert ics(bureau.alice) == ics(bureau.alice, now=NOW + dt.timedelta(minutes=37))


@pytest.mark.parametrize("wishes", [Wishes(), Wishes(names=False, alarm=True, title="联系计划, Alice")])
def test_another_parser_reads_it_without_complaint(bureau, call, wishes):
    factories.record(bureau.deputy, bureau.alice, at("2026-11-10 10:00"))
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=dt.date(2026, 12, 2), planned_time=dt.time(9, 30))
    whole = ics(bureau.alice, wishes)
    calendar = vobject.readOne(whole.decode())
    calendar.validate(raiseException=True)

    assert [found.dtstart.value for found in calendar.vevent_list] == [
        dt.date(2026, 11, 16),
        dt.datetime(2026, 12, 2, 1, 30, tzinfo=dt.UTC),
    ]
    assert [found.uid.value for found in calendar.vevent_list] == [found["UID"] for found in events(whole)]


def test_an_empty_calendar_holds_a_time_zone_because_it_must_hold_something(bureau):
    empty = ics(bureau.alice)

    assert not events(empty)
    assert empty.count(b"BEGIN:VTIMEZONE") == 1
    vobject.readOne(empty.decode())


def test_a_download_has_no_name_and_a_feed_has_one_without_signs_that_break(bureau, call):
    assert b"X-WR-CALNAME" not in ics(bureau.alice)
    assert b"\r\nMETHOD" not in ics(bureau.alice)

    feed = ics(bureau.alice, Wishes(title="a, b; c\\d\ne")).decode()
    assert re.search(r"^X-WR-CALNAME:a  b  c d e\r$", feed, re.MULTILINE)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in feed
    assert "X-PUBLISHED-TTL:PT6H\r\n" in feed


def test_it_holds_ninety_days_back_and_four_hundred_ahead(bureau):
    for key, day in [("2026-08", "2026-08-12"), ("2026-09", "2026-09-10"), ("2027-12", "2027-12-16")]:
        owe(bureau.deputy, key, planned_on=dt.date.fromisoformat(day))

    assert [found.DTSTART.isoformat() for found in events(ics(bureau.alice))] == ["2026-09-10", "2027-12-16"]
    assert [found.DTSTART.month for found in events(ics(bureau.alice, until=dt.date(2026, 9, 30)))] == [9]


def test_a_hand_over_takes_the_open_ones_to_the_successor_and_leaves_the_met_ones(bureau, call):
    owe(bureau.deputy, "2026-10", planned_on=dt.date(2026, 10, 12))
    factories.record(bureau.deputy, bureau.alice, at("2026-10-12 10:00"))
    pair(bureau.deputy, bureau.bob, on=dt.date(2026, 11, 5), actor=Actor(bureau.carol))

    alices = calendars.of_officer(bureau.alice, bureau.carol, NOW)
    bobs = calendars.of_officer(bureau.bob, bureau.carol, NOW)
    assert [owed.period_key for owed in chosen(alices)] == ["2026-10"]
    assert [owed.period_key for owed in chosen(bobs)] == ["2026-11"]


def test_a_unit_has_the_calendars_of_all_below_it(bureau, call):
    other = factories.stakeholder("李娜", bureau.other_station)
    factories.seat(other)
    factories.pairing(bureau.dan, other)
    owe(other, planned_on=dt.date(2026, 11, 17))

    def people(unit, viewer):
        return {owed.name for owed in chosen(calendars.of_unit(unit, viewer, NOW))}

    assert people(bureau.bureau, bureau.carol) == {"张伟", "李娜"}
    assert people(bureau.county, bureau.carol) == {"张伟"}
    assert people(bureau.bureau, bureau.carl) == {"张伟"}


def test_it_takes_as_many_queries_for_many_as_for_one(bureau, call):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ics(bureau.alice)
        return len(asked)

    ics(bureau.alice)
    before = count()
    for number in range(5):
        person = factories.stakeholder(f"王{number}", bureau.station)
        factories.pairing(bureau.alice, person)
        owe(person, planned_on=dt.date(2026, 11, 17))
    ics(bureau.alice)  # written and kept
    assert count() == before <= 5


# --- downloads and the command -------------------------------------------------------------------------------


def test_a_coordinator_downloads_an_officers_calendar(bureau, time_machine):
    time_machine.move_to(NOW)
    owe(bureau.deputy, planned_on=dt.date(2026, 11, 16))
    response = sign_in(bureau.carol).get(
        reverse("schedules:calendar-officer", args=[bureau.alice.police_number])
    )

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    assert len(events(body(response))) == 1
    assert AuditEntry.objects.get(action="export calendar").officer == bureau.carol


@pytest.mark.parametrize(
    ("who", "officer", "unit"),
    [("carol", 200, 200), ("carl", 200, 200), ("alice", 200, 200), ("bob", 403, 200), ("lea", 403, 403), ("dan", 404, 404),
     ("sue", 403, 403)],
)  # fmt: skip
def test_calendars_are_given_to_whom_the_matrix_gives_them(bureau, who, officer, unit):
    client = sign_in(getattr(bureau, who))
    person = {"bob": 403, "dan": 404}.get(who, officer)

    assert client.get(reverse("schedules:calendar-person", args=[bureau.deputy.pk])).status_code == person

    assert (
        client.get(reverse("schedules:calendar-officer", args=[bureau.alice.police_number])).status_code
        == officer
    )
    assert client.get(reverse("schedules:calendar-unit", args=[bureau.station.code])).status_code == unit


def test_the_form_leads_to_the_download_or_says_what_is_missing(bureau):
    client = sign_in(bureau.carol)
    address = reverse("schedules:calendar-download")

    assert client.get(address, {"officer": "alice"}).url.endswith(f"{bureau.alice.police_number}.ics")
    assert client.get(address, {"unit": bureau.county.code}).url.endswith(f"{bureau.county.code}.ics")
    assert client.get(address).status_code == 400
    assert client.get(address, {"officer": "nobody"}).status_code == 400
    person = bureau.deputy.number
    assert client.get(address, {"stakeholder": f"{person} 张伟"}).url.endswith(f"/{bureau.deputy.pk}.ics")
    assert client.get(address, {"stakeholder": person, "with_alarm": "on"}).url.endswith(".ics?with_alarm=on")
    assert client.get(address, {"stakeholder": "L999999"}).status_code == 400
    assert client.get(address, {"stakeholder": person, "officer": "alice"}).status_code == 400


def test_export_calendar_writes_the_officers_or_the_units_calendar(bureau, call, tmp_path, time_machine):
    time_machine.move_to(NOW)
    out = io.StringIO()
    call_command("export_calendar", "--officer", bureau.alice.police_number, stdout=out)
    call_command("export_calendar", "--unit", bureau.county.code, "-o", str(tmp_path / "x.ics"))
    call_command("export_calendar", "--person", bureau.deputy.number, "-o", str(tmp_path / "y.ics"))

    assert len(events(out.getvalue().encode())) == 1
    assert (tmp_path / "x.ics").read_bytes() == (tmp_path / "y.ics").read_bytes() == out.getvalue().encode()
    assert set(AuditEntry.objects.filter(action="export calendar").values_list("via", flat=True)) == {
        "export_calendar"
    }


def test_export_calendar_obeys_its_span_and_refuses_whom_it_does_not_know(bureau, call, time_machine):
    time_machine.move_to(NOW)
    out = io.StringIO()
    call_command(
        "export_calendar", "--officer", bureau.alice.police_number, "--from", "2026-11-17", stdout=out
    )
    assert not events(out.getvalue().encode())

    for nobody in (["--officer", "000000"], ["--unit", "1"], ["--person", "L999999"], ["--person", "张伟"]):
        with pytest.raises(SystemExit) as refused:
            call_command("export_calendar", *nobody, stderr=io.StringIO())
        assert refused.value.code == 1
    with pytest.raises(CommandError):
        call_command("export_calendar")


def test_records_that_count_for_nothing_change_no_byte(bureau, call):
    before = ics(bureau.alice)
    factories.record(
        bureau.deputy, bureau.alice, at("2026-11-10 10:00"), outcome=ContactRecord.Outcome.NO_ANSWER
    )

    assert ics(bureau.alice) == before
