"""An officer's feed and the calendar of the whole bureau for a year, against events that are written by hand and events
that the library writes every time. Both read the same rows in the same way; what differs is how events become bytes."""

from __future__ import annotations

import datetime as dt
import resource
import tempfile
from collections.abc import Callable
from typing import IO

import icalendar
from django.utils import timezone
from icalendar.prop import vDate, vDatetime, vInt, vUri

from contacts.models import Officer, Unit
from schedules.calendars import Calendar, Wishes, of_officer, of_unit
from schedules.calendars.events import Author, Event, Text, serialised
from schedules.calendars.files import header
from schedules.models import CalendarEvent
from tests.benchmarks.timing import compare, measure, seconds

YEAR = dt.timedelta(days=365)
WISHES = Wishes(language="zh-hans")


def calendars(day: dt.date):
    now = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
    officer = Officer.objects.filter(pairings__ended_on=None).order_by("-pairings__pk").first()
    feed = Calendar(of_officer(officer, officer, now), WISHES)
    yield from an_officers_feed(feed)
    root = Unit.objects.get(parent=None)
    yield from the_bureaus(Calendar(of_unit(root, None, now, since=day - YEAR + dt.timedelta(183)), WISHES))
    forget()


def an_officers_feed(feed: Calendar):
    def cold() -> None:
        forget()
        written(feed.write)

    cold()
    events = CalendarEvent.objects.count()
    yield measure("feed of an officer, nothing kept", cold, target=0.25, rounds=5, note=f"{events} events")
    written(feed.write)
    yield measure("feed of an officer, kept", lambda: written(feed.write), target=0.1, rounds=9)
    yield measure("feed of an officer, unchanged (304)", feed.etag, target=0.1, rounds=9)


def the_bureaus(calendar: Calendar):
    forget()
    first = seconds(lambda: written(calendar.write))
    events = CalendarEvent.objects.count()
    yield compare(
        "calendar of the bureau, kept",
        lambda: written(calendar.write),
        lambda: written(lambda file: by(calendar, file, by_hand)),
        target=3,
        rounds=3,
        note=f"{events} events, by hand; the first time took {first:.1f} s",
    )
    yield compare(
        "calendar of the bureau, nothing kept",
        lambda: written(calendar.write),
        lambda: written(lambda file: by(calendar, file, by_the_library)),
        target=1.1,
        rounds=3,
        before=forget,
        note="by icalendar alone",
    )
    assert by_hand(SAMPLE) == serialised(SAMPLE)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield measure(
        "calendar of the bureau, unchanged (304)",
        calendar.etag,
        target=10,
        note=f"the process has taken {peak:.0f} MiB at most",
    )


def forget() -> None:
    CalendarEvent.objects.all().delete()


def written(write: Callable[[IO[bytes]], object]) -> None:
    with tempfile.TemporaryFile() as file:
        write(file)


def by(calendar: Calendar, file: IO[bytes], write: Callable[[Event], bytes]) -> None:
    author = Author(calendar.wishes)
    file.write(header(calendar.wishes))
    for chunk in calendar.selection.chunks(author.versions):
        file.writelines(map(write, author.events(chunk)))
    file.write(b"END:VCALENDAR\r\n")


# --- by hand -------------------------------------------------------------------------------------------------


def by_hand(event: Event) -> bytes:
    stamp = f"{event.changed_at:%Y%m%dT%H%M%SZ}"
    if isinstance(event.starts, dt.datetime):
        begins = f":{event.starts:%Y%m%dT%H%M%SZ}"
        ends = f":{event.starts + dt.timedelta(minutes=30):%Y%m%dT%H%M%SZ}"
    else:
        begins = f";VALUE=DATE:{event.starts:%Y%m%d}"
        ends = f";VALUE=DATE:{event.starts + dt.timedelta(days=1):%Y%m%d}"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        f"DTSTART{begins}",
        f"DTEND{ends}",
        f"SUMMARY:{escaped(event.summary)}",
        f"DESCRIPTION:{escaped(event.description)}",
        f"CATEGORIES:{escaped(event.category)}",
        f"URL:{event.link}",
        "TRANSP:TRANSPARENT",
        f"SEQUENCE:{event.sequence}",
        "END:VEVENT",
    ]
    return b"".join(map(folded, lines))


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    whole, pieces, start = line.encode(), [], 0
    while len(whole) - start >= 75:
        end = start + 74
        while whole[end] & 0xC0 == 0x80 or whole[end - 1] == 0x5C:  # within a character, or an escaped one
            end -= 1
        pieces.append(whole[start:end])
        start = end
    return b"\r\n ".join([*pieces, whole[start:]]) + b"\r\n"


# --- by the library, without anything that we do to be quicker -----------------------------------------------


def by_the_library(event: Event) -> bytes:
    found = icalendar.Event()
    found["UID"] = Text(event.uid)
    found["DTSTAMP"] = vDatetime(event.changed_at)
    found["LAST-MODIFIED"] = vDatetime(event.changed_at)
    if isinstance(event.starts, dt.datetime):
        found["DTSTART"] = vDatetime(event.starts)
        found["DTEND"] = vDatetime(event.starts + dt.timedelta(minutes=30))
    else:
        found["DTSTART"] = vDate(event.starts, params={"VALUE": "DATE"})
        found["DTEND"] = vDate(event.starts + dt.timedelta(days=1), params={"VALUE": "DATE"})
    found["SUMMARY"] = Text(event.summary)
    found["DESCRIPTION"] = Text(event.description)
    found["CATEGORIES"] = Text(event.category)
    found["URL"] = vUri(event.link)
    found["TRANSP"] = Text("TRANSPARENT")
    found["SEQUENCE"] = vInt(event.sequence)
    return found.to_ical()


SAMPLE = Event(
    uid="call-2026-11-1@testserver",
    changed_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    sequence=1,
    starts=dt.date(2026, 11, 16),
    summary="每月电话 · 张伟",
    description="2026-11: 2026-11-01 至 2026-11-30,\nhttp://testserver/people/1/" * 3,
    category="电话",
    link="http://testserver/people/1/",
    alarm=False,
)
