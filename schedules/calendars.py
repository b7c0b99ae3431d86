"""The one place that builds iCalendar (RFC 5545): who plans which contact on which day, as an officer's calendar shows it.

An obligation is one event on its planned day, never a bar over its period. Its UID is made of policy, period and person
alone, and equal facts make equal bytes, so that a subscription changes only where something changed. A contact that is
met keeps its event, marked; one that is withdrawn or waived has none. No phone, note or address stands in a calendar.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Timezone
from icalendar.parser import Contentline

from contacts.access import Deed
from contacts.models import ContactRecord, Officer, Pairing, Unit
from schedules.coverage import State, with_status
from schedules.models import Obligation

PAST, AHEAD = dt.timedelta(days=90), dt.timedelta(days=400)
APPOINTMENT = dt.timedelta(minutes=30)  # how long an event with an hour lasts
DONE = "✓ "
CHUNK = 1000
CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODID = "-//Stakeholder Liaison//Contact calendar//EN"
REFRESH = "PT6H"
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass(frozen=True)
class Wishes:
    """What the reader wants. `title` names the calendar; in a download, Outlook would make a new one of it."""

    names: bool = True
    alarm: bool = False
    title: str = ""


# --- what stands in it ---------------------------------------------------------------------------------------


def of_officer(
    officer: Officer, viewer: Officer | None, now: dt.datetime, **span: dt.date | None
) -> QuerySet[Any]:
    """What `officer` is responsible for, as far as `viewer` may take it out; None is whoever holds the server."""
    rows = _standing(Pairing.objects.filter(officer=officer), viewer, now, **span)
    return rows.filter(responsible_officer_id=officer.pk)


def of_unit(unit: Unit, viewer: Officer | None, now: dt.datetime, **span: dt.date | None) -> QuerySet[Any]:
    """What the officers of the unit and of all below it are responsible for."""
    rows = _standing(Pairing.objects.filter(unit__path__startswith=unit.path), viewer, now, **span)
    return rows.filter(responsible_unit_id__in=Unit.objects.subtree(unit).values("pk"))


def _standing(
    pairings: QuerySet[Pairing],
    viewer: Officer | None,
    now: dt.datetime,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[Any]:
    """What is owed, or was met, towards people of these pairings and planned within the span: without one, from 90
    days back to 400 ahead."""
    day = timezone.localdate(now)
    rows = Obligation.objects.live().filter(
        stakeholder__in=pairings.values("stakeholder"),
        planned_on__gte=since or day - PAST,
        planned_on__lte=until or day + AHEAD,
    )
    if viewer:
        rows = rows.visible_to(viewer, Deed.EXPORT)
    return with_status(rows, now).exclude(state=State.WAIVED)


# --- how it reads --------------------------------------------------------------------------------------------


def calendar(rows: QuerySet[Obligation], wishes: Wishes) -> bytes:
    """The file. `rows` come from `of_officer` or `of_unit`; texts are in the language that is active."""
    events = b"".join(serialised(rows, wishes))
    if not events:  # a calendar must hold a component
        events = Timezone.from_tzid(settings.TIME_ZONE).to_ical()
    return b"".join(map(folded, header(wishes))) + events + b"END:VCALENDAR\r\n"


def serialised(rows: QuerySet[Obligation], wishes: Wishes) -> Iterator[bytes]:
    """The events one after the other; of a whole bureau's, only so many are in memory at once."""
    ordered = rows.select_related("policy", "version", "stakeholder").order_by("planned_on", "pk")
    found = ordered.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        changes = Changes(chunk)
        for owed in chunk:
            yield b"".join(map(folded, event(owed, wishes, *changes.of(owed))))


def header(wishes: Wishes) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODID}"
    yield "CALSCALE:GREGORIAN"
    if wishes.title:
        title = re.sub(r"[,;\\\n]", " ", clean(wishes.title))
        yield f"NAME:{title}"
        yield f"X-WR-CALNAME:{title}"
        yield f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"
        yield f"X-PUBLISHED-TTL:{REFRESH}"


def event(owed: Obligation, wishes: Wishes, changed_at: dt.datetime, changes: int) -> Iterator[str]:
    """One obligation. The order of the lines is part of the bytes: an alarm comes last."""
    met = owed.state == State.MET
    kind = ContactRecord.Kind(owed.version.kind).label
    what = f"{owed.policy} · {owed.stakeholder}" if wishes.names else str(owed.policy)
    link = f"{settings.BASE_URL}{reverse('contacts:stakeholder-detail', args=[owed.stakeholder_id])}"
    stamp = f"{changed_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    yield "BEGIN:VEVENT"
    yield f"UID:{uid(owed)}"
    yield f"DTSTAMP:{stamp}"
    yield from times(owed)
    yield f"SUMMARY:{escaped((DONE if met else '') + what)}"
    yield f"DESCRIPTION:{escaped(describe(owed, link))}"
    yield f"CATEGORIES:{escaped(str(kind))}"
    yield f"URL:{link}"
    yield "TRANSP:TRANSPARENT"
    yield f"SEQUENCE:{owed.sequence + changes}"
    yield f"LAST-MODIFIED:{stamp}"
    if wishes.alarm and not met:
        yield from alarm(owed, what)
    yield "END:VEVENT"


def uid(owed: Obligation) -> str:
    """The same for good: of policy, period and person, at the installation's domain. Never of the officer or the day."""
    domain = urlsplit(settings.BASE_URL).hostname
    return f"{owed.policy.code}-{owed.period_key}-{owed.stakeholder_id}@{domain}"


def times(owed: Obligation) -> Iterator[str]:
    """The whole planned day, its end exclusive; with an hour of the officer's, half an hour in UTC."""
    if owed.planned_time is None:
        yield f"DTSTART;VALUE=DATE:{owed.planned_on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{owed.planned_on + dt.timedelta(days=1):%Y%m%d}"
        return
    local = dt.datetime.combine(owed.planned_on, owed.planned_time, timezone.get_default_timezone())
    start = local.astimezone(dt.UTC)
    yield f"DTSTART:{start:%Y%m%dT%H%M%SZ}"
    yield f"DTEND:{start + APPOINTMENT:%Y%m%dT%H%M%SZ}"


def alarm(owed: Obligation, text: str) -> Iterator[str]:
    """At nine on the day; a quarter of an hour before an hour. On a whole day, -PT15M would ring at 23:45."""
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{escaped(text)}"
    yield f"TRIGGER:{'PT9H' if owed.planned_time is None else '-PT15M'}"
    yield "END:VALARM"


def describe(owed: Obligation, link: str) -> str:
    """The window in which the contact counts, and where to log it after signing in."""
    window = _("%(period)s: from %(first)s to %(last)s, due on %(due)s.") % {
        "period": owed.period_key,
        "first": owed.period_start,
        "last": owed.period_end,
        "due": owed.due_on,
    }
    return f"{window}\n{link}"


class Changes:
    """When the event of an obligation last changed, and how often its contact did: entering, correcting and voiding
    a contact change it too. Records are never deleted, so neither goes back."""

    def __init__(self, obligations: list[Obligation]) -> None:
        self.touched: dict[tuple[int, str], list[tuple[dt.date, list[dt.datetime]]]] = defaultdict(list)
        records = ContactRecord.objects.filter(
            stakeholder__in={owed.stakeholder_id for owed in obligations},
            outcome=ContactRecord.Outcome.REACHED,
            occurred_on__gte=min(owed.period_start for owed in obligations),
            occurred_on__lte=max(owed.period_end for owed in obligations),
        )
        fields = ["stakeholder_id", "kind", "occurred_on", "recorded_at", "superseded_at", "voided_at"]
        for person, kind, day, *instants in records.values_list(*fields):
            self.touched[person, kind].append((day, [instant for instant in instants if instant]))

    def of(self, owed: Obligation) -> tuple[dt.datetime, int]:
        touches = [
            instant
            for kind in owed.version.kinds
            for day, instants in self.touched.get((owed.stakeholder_id, kind), ())
            if owed.period_start <= day <= owed.period_end
            for instant in instants
        ]
        return max([owed.changed_at, *touches]), len(touches)


# --- RFC 5545, section 3 -------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Without control characters and separators that some clients stumble over; line feeds stay."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n"))


def escaped(text: str) -> str:
    r"""As a TEXT value. The library's own takes the `\N` of `C:\New` for a line feed."""
    return clean(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A content line, in pieces of at most 75 octets."""
    whole = line.encode()
    return (whole if len(whole) <= 75 else Contentline(line).to_ical()) + b"\r\n"
