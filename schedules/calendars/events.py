"""One event: what it is made of, as values that can be compared, and how the library writes it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar.prop import vDate, vDatetime, vDuration, vInt, vText, vUri

from contacts.models import ContactRecord
from schedules.calendars.selecting import Changes, Owed
from schedules.coverage import State
from schedules.models import PolicyVersion

FORMAT = f"1 {icalendar.__version__}"  # raise the number when equal facts are to be written otherwise
APPOINTMENT = dt.timedelta(minutes=30)  # how long an event with an hour lasts
ON_THE_DAY = dt.timedelta(hours=9)  # on a whole day, a quarter of an hour before would be 23:45
BEFORE_THE_HOUR = dt.timedelta(minutes=-15)
DONE = "✓ "
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass(frozen=True)
class Wishes:
    """What the reader wants. `title` names the calendar; in a download, Outlook would make a new one of it. Without a
    `language` it is the one that is active."""

    names: bool = True
    alarm: bool = False
    title: str = ""
    language: str = ""


class Event(NamedTuple):
    """All that the bytes of an event are made of. `changed_at` is to the second and in UTC, and so is `starts` where the
    officer has set an hour."""

    uid: str
    changed_at: dt.datetime
    sequence: int
    starts: dt.date | dt.datetime
    summary: str
    description: str
    category: str
    link: str
    alarm: bool

    @property
    def fingerprint(self) -> str:
        """Differs whenever the bytes may."""
        return hashlib.blake2b(f"{FORMAT} {tuple(self)!r}".encode(), digest_size=16).hexdigest()


class Author:
    """Knows what is the same for all events of a calendar: the policies, the words of its language, the address.
    `variant` is what makes the same obligation read differently."""

    def __init__(self, wishes: Wishes) -> None:
        self.wishes = wishes
        self.versions = list(PolicyVersion.objects.select_related("policy"))
        self.kinds = {version.pk: version.kinds for version in self.versions}
        self.codes = {version.policy_id: version.policy.code for version in self.versions}
        language = wishes.language or get_language() or settings.LANGUAGE_CODE
        self.variant = f"{language}{' names' if wishes.names else ''}{' alarm' if wishes.alarm else ''}"
        with translation.override(language):
            kinds = {version.pk: ContactRecord.Kind(version.kind) for version in self.versions}
            self.categories = {version: str(kind.label) for version, kind in kinds.items()}
            self.titles = {version.policy_id: clean(str(version.policy)) for version in self.versions}
            self.window = _("%(period)s: from %(first)s to %(last)s, due on %(due)s.")
        self.domain = urlsplit(settings.BASE_URL).hostname
        before, _number, after = reverse("contacts:stakeholder-detail", args=[0]).rpartition("0")
        self.before, self.after = f"{settings.BASE_URL}{before}", after
        self.zone = timezone.get_default_timezone()

    def events(self, chunk: list[Owed]) -> Iterator[Event]:
        changes = Changes(chunk, self.kinds)
        return (self.event(owed, *changes.of(owed)) for owed in chunk)

    def event(self, owed: Owed, changed_at: dt.datetime, changes: int) -> Event:
        met = owed.state == State.MET
        what = self.titles[owed.policy]
        if self.wishes.names:
            what = f"{what} · {clean(owed.name)}"
        link = f"{self.before}{owed.person}{self.after}"
        return Event(
            uid=f"{self.codes[owed.policy]}-{owed.period_key}-{owed.person}@{self.domain}",
            changed_at=changed_at.astimezone(dt.UTC).replace(microsecond=0),
            sequence=owed.sequence + changes,
            starts=self.starts(owed),
            summary=f"{DONE}{what}" if met else what,
            description=f"{self.describe(owed)}\n{link}",
            category=self.categories[owed.version],
            link=link,
            alarm=self.wishes.alarm and not met,
        )

    def starts(self, owed: Owed) -> dt.date | dt.datetime:
        """The whole planned day; with an hour of the officer's, the instant."""
        if owed.planned_time is None:
            return owed.planned_on
        return dt.datetime.combine(owed.planned_on, owed.planned_time, self.zone).astimezone(dt.UTC)

    def describe(self, owed: Owed) -> str:
        """The window in which the contact counts."""
        first, last = owed.period_start, owed.period_end
        return self.window % {"period": owed.period_key, "first": first, "last": last, "due": owed.due_on}


class Text(vText):
    r"""A TEXT value. The library's own takes the `\N` of `C:\New` for a line feed."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def clean(text: str) -> str:
    """Without control characters and separators that some clients stumble over; line feeds stay."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n"))


def serialised(event: Event) -> bytes:
    """The event as it stands in a file. The order of the lines is part of the bytes; an alarm comes last."""
    found = icalendar.Event()
    found["UID"] = Text(event.uid)
    found["DTSTAMP"] = found["LAST-MODIFIED"] = instant(event.changed_at)
    if isinstance(event.starts, dt.datetime):
        found["DTSTART"], found["DTEND"] = instant(event.starts), instant(event.starts + APPOINTMENT)
    else:
        found["DTSTART"], found["DTEND"] = whole_day(event.starts), whole_day(event.starts + dt.timedelta(1))
    found["SUMMARY"], found["DESCRIPTION"] = Text(event.summary), Text(event.description)
    found["CATEGORIES"] = word(event.category)
    found["URL"] = vUri(event.link)
    found["TRANSP"] = word("TRANSPARENT")
    found["SEQUENCE"] = vInt(event.sequence)
    if event.alarm:
        found.add_component(alarm(event))
    return found.to_ical(sorted=False)


# What many events have in common is made once: nothing changes it.
word = lru_cache(100)(Text)
instant = lru_cache(1000)(vDatetime)


@lru_cache(1000)
def whole_day(day: dt.date) -> vDate:
    return vDate(day, params={"VALUE": "DATE"})


def alarm(event: Event) -> icalendar.Alarm:
    found = icalendar.Alarm()
    found["ACTION"], found["DESCRIPTION"] = word("DISPLAY"), Text(event.summary)
    found["TRIGGER"] = vDuration(
        BEFORE_THE_HOUR if isinstance(event.starts, dt.datetime) else ON_THE_DAY, params={}
    )
    return found
