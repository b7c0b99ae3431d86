"""A calendar is put together: a header and events, most of which were written before."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import IO, Any

import icalendar
from django.conf import settings

from schedules.calendars.events import FORMAT, Author, Event, Wishes, clean
from schedules.calendars.keeping import Shelf
from schedules.calendars.selecting import Owed, Selection

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODID = "-//Stakeholder Liaison//Contact calendar//EN"
REFRESH = dt.timedelta(hours=6)
END = b"END:VCALENDAR\r\n"
IN_MEMORY = 1024 * 1024  # bytes; longer files wait on the disk


@dataclass(frozen=True)
class Written:
    """What was written. `etag` follows from all that the bytes are made of, and needs none of them."""

    etag: str
    events: int


@dataclass(frozen=True)
class Calendar:
    """One file."""

    selection: Selection
    wishes: Wishes = field(default_factory=Wishes)

    def write(self, target: IO[bytes]) -> Written:
        author = Author(self.wishes)
        shelf = Shelf(author.variant, self.selection.now)
        seal, events = Seal(self.wishes), 0
        target.write(header(self.wishes))
        for chunk, made in self._events(author):
            seal.add(made)
            target.writelines(shelf.contents(chunk, made))
            events += len(chunk)
        target.write(ending(events))
        return Written(seal.etag, events)

    def etag(self) -> str:
        """What `write` would answer, without a byte written or read from the shelf."""
        seal = Seal(self.wishes)
        for _chunk, made in self._events(Author(self.wishes)):
            seal.add(made)
        return seal.etag

    def spool(self) -> tuple[IO[bytes], Written]:
        """The file, ready to be read from its beginning; whoever answers with it closes it."""
        file: Any = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        written = self.write(file)
        file.seek(0)
        return file, written

    def _events(self, author: Author) -> Iterator[tuple[list[Owed], list[Event]]]:
        for chunk in self.selection.chunks(author.versions):
            yield chunk, list(author.events(chunk))


class Seal:
    """The ETag: SHA-256 of the header, of what an empty calendar holds, and of what each event is made of."""

    def __init__(self, wishes: Wishes) -> None:
        self.hash = hashlib.sha256(f"{FORMAT} {settings.TIME_ZONE} ".encode() + header(wishes))

    def add(self, events: list[Event]) -> None:
        for event in events:
            self.hash.update(event.fingerprint.encode())

    @property
    def etag(self) -> str:
        return f'"{self.hash.hexdigest()}"'


def header(wishes: Wishes) -> bytes:
    found = icalendar.Calendar()
    found["VERSION"], found["PRODID"] = icalendar.vText("2.0"), icalendar.vText(PRODID)
    found["CALSCALE"] = icalendar.vText("GREGORIAN")
    if wishes.title:
        title = re.sub(r"[,;\\\n]", " ", clean(wishes.title))
        refresh = icalendar.vDuration(REFRESH)
        found["NAME"] = found["X-WR-CALNAME"] = icalendar.vText(title)
        found.add("REFRESH-INTERVAL", refresh, parameters={"VALUE": "DURATION"})
        found["X-PUBLISHED-TTL"] = icalendar.vText(refresh.to_ical().decode())
    return found.to_ical().removesuffix(END)


def ending(events: int) -> bytes:
    """A calendar must hold a component: where there is no event, it is the bureau's time zone."""
    return END if events else time_zone(settings.TIME_ZONE) + END


@cache
def time_zone(name: str) -> bytes:
    return icalendar.Timezone.from_tzid(name).to_ical()
