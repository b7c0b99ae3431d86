"""What other programs make of our files: parsers of other authors read every officer's calendar, and every name."""

import datetime as dt
import re

import ics
import pytest
import vobject
from hypothesis import example, given
from hypothesis import strategies as st

from schedules import calendars
from schedules.calendars import Calendar, Wishes, events
from tests import factories
from tests.schedules.scenes import at, content, owe

NOW = at("2026-11-11 09:00")
NASTY = [
    r"C:\New\nothing;,\\", "a;b,c\nd\r\ne", "👮‍♀️🏳️‍🌈", "\x00\x07\x1b[31m红", "行\u2028段\u2029尾\ufeff", "王" * 50, "’\"<&>%(name)s",
    "BEGIN:VEVENT\r\nEND:VCALENDAR", " 前后 ", "é" * 37 + "王",
]  # fmt: skip


def content_of(selection, wishes: Wishes | None = None) -> bytes:
    return content(Calendar(selection, wishes or Wishes()))


def unfolded(whole: bytes) -> list[str]:
    return whole.replace(b"\r\n ", b"").decode().split("\r\n")


def well_formed(whole: bytes) -> None:
    """RFC 5545, section 3.1: lines end with CRLF, none is longer than 75 octets, no character is cut."""
    assert whole.endswith(b"END:VCALENDAR\r\n")
    assert whole.count(b"\r") == whole.count(b"\n") == whole.count(b"\r\n")
    for line in whole.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def text_of(line: str) -> str:
    """A TEXT value as the RFC reads it (section 3.3.11)."""
    signs = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n", "\\N": "\n"}
    return re.sub(r"\\[\\;,nN]", lambda found: signs[found.group()], line)


@pytest.fixture
def everybody(bureau):
    """Every officer of the bureau holds somebody with a nasty name, with whom a call, a visit and a report are owed."""
    officers = [
        bureau.alice,
        bureau.bob,
        bureau.carl,
        bureau.lin,
        bureau.dan,
        bureau.carol,
        bureau.lea,
        bureau.rita,
    ]
    for number, officer in enumerate(officers):
        for nasty in (NASTY[number % len(NASTY)], NASTY[-number]):
            person = factories.stakeholder(nasty.replace("\x00", "\x01"), officer.unit, remark="secret")
            factories.pairing(officer, person)
            owe(person, planned_on=dt.date(2026, 11, 2 + number))
            owe(person, "2026-Q4", "visit", planned_on=dt.date(2026, 12, 1), planned_time=dt.time(9, 30))
            owe(person, "2026-H2", "report", planned_on=dt.date(2026, 12, 31))
        factories.record(person, officer, at("2026-11-09 10:00"))
    return officers


@pytest.mark.parametrize(
    "wishes", [Wishes(), Wishes(names=False, alarm=True, title="联系计划, a; \\b", language="zh-hans")]
)
def test_two_other_parsers_read_every_officers_calendar_alike(everybody, wishes):
    for officer in everybody:
        whole = content_of(calendars.of_officer(officer, officer, NOW), wishes)
        well_formed(whole)
        first, second = vobject.readOne(whole.decode()), ics.Calendar(whole.decode())
        first.validate(raiseException=True)

        assert len(first.vevent_list) == len(second.events) == unfolded(whole).count("BEGIN:VEVENT") >= 6
        said = {event.uid.value: event for event in first.vevent_list}
        for event in second.events:
            other = said[event.uid]
            if "\\" not in other.summary.value:  # ics takes the n after an escaped backslash for a line feed
                assert event.name == other.summary.value
            assert event.description == other.description.value
            assert f"{event.begin.date()}" == f"{other.dtstart.value}"[:10]
            assert str(event.url) == other.url.value
        assert "secret" not in whole.decode()


def test_the_whole_bureau_is_what_its_officers_are_together(bureau, everybody):
    def blocks(found: bytes) -> list[bytes]:
        return re.findall(rb"BEGIN:VEVENT.*?END:VEVENT\r\n", found, re.DOTALL)

    whole = blocks(content_of(calendars.of_unit(bureau.bureau, bureau.carol, NOW)))
    each = [blocks(content_of(calendars.of_officer(one, bureau.carol, NOW))) for one in everybody]

    assert sorted(whole) == sorted(block for some in each for block in some)
    assert len({*whole}) == len(whole) == 6 * len(everybody)


def _event(**said) -> events.Event:
    fields = {
        "uid": "call-2026-11-1@testserver", "changed_at": NOW.astimezone(dt.UTC), "sequence": 0,
        "starts": dt.date(2026, 11, 16), "summary": "call", "description": "window", "category": "call",
        "link": "http://testserver/people/1/", "alarm": True,
    }  # fmt: skip
    return events.Event(**fields | said)


def _with_examples(test):
    for nasty in NASTY:
        test = example(nasty)(test)
    return test


@_with_examples
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_name_comes_back_as_it_was_but_for_characters_that_break_clients(name):
    clean = events.clean(name)
    event = events.serialised(_event(summary=f"call · {clean}", description=f"{clean}\nlink"))
    whole = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + event + b"END:VCALENDAR\r\n"

    well_formed(whole)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]", clean)
    lines = [line.partition(":") for line in unfolded(whole)]
    said = {name: text_of(value) for name, _colon, value in reversed(lines)}  # the event's own stand first
    assert said["SUMMARY"] == f"call · {clean}"
    assert next(text_of(value) for name, _c, value in lines if name == "DESCRIPTION") == f"{clean}\nlink"
    assert [name for name, _colon, _value in lines].count("BEGIN") == 3
    found = vobject.readOne(whole.decode())
    assert found.vevent.summary.value == f"call · {clean}"
    assert found.vevent.valarm.description.value == f"call · {clean}"


def test_nothing_of_a_name_gets_out_of_its_line(bureau):
    bureau.deputy.name = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT"
    bureau.deputy.save()
    owe(bureau.deputy, planned_on=dt.date(2026, 11, 16))
    lines = unfolded(content_of(calendars.of_officer(bureau.alice, bureau.alice, NOW)))

    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
