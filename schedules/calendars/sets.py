"""One calendar for each officer of a unit, in a zip that the worker makes (`contacts.file_making`). One that dies leaves a file
that nobody refers to, and the next finds the events that were written already on the shelf."""

from __future__ import annotations

import datetime as dt
import os
import re
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation

from contacts import file_making
from contacts.file_making import Lost, Refused, mine, say
from contacts.models import Actor, AuditEntry, Officer, Pairing, Unit
from schedules.calendars.events import Wishes
from schedules.calendars.files import Calendar
from schedules.calendars.selecting import of_officer
from schedules.models import CalendarSet

FOLDER = "calendars"  # of the storage
AT_ONCE = 10  # officers between two words
KEPT = dt.timedelta(days=7)
ORPHANED = dt.timedelta(days=1)  # of a worker that died
MOST = 60  # characters of an officer's name in the name of a file
State = CalendarSet.State


# --- what people do ------------------------------------------------------------------------------------------


@transaction.atomic
def order(
    unit: Unit, officer: Officer, *, since: dt.date | None, until: dt.date | None, with_names: bool, with_alarm: bool,
    now: dt.datetime, actor: Actor,
) -> CalendarSet:  # fmt: skip
    """Have a set made for the officers of the unit and of all below it, of what `officer` may take out."""
    made = CalendarSet.objects.create(
        officer=officer,
        unit=unit,
        since=since,
        until=until,
        with_names=with_names,
        with_alarm=with_alarm,
        asked_at=now,
        asked_from=actor.address,
        language=translation.get_language() or "",
    )
    after = {"since": since, "until": until, "with_names": with_names, "with_alarm": with_alarm}
    AuditEntry.objects.record(actor, "order calendars", made, after=after)
    return made


@transaction.atomic
def opened(one: CalendarSet, actor: Actor) -> IO[bytes] | None:
    """The file, for whoever takes it away; None if it is there no more."""
    try:
        file = default_storage.open(one.file) if one.state == State.READY else None
    except FileNotFoundError:
        file = None
    if file:
        AuditEntry.objects.record(actor, "download calendars", one)
    return file


# --- what the worker does ------------------------------------------------------------------------------------


def make_what_is_due() -> None:
    file_making.make_what_is_due(CalendarSet, make)


def make(one: CalendarSet) -> None:
    """Write the zip, then say that it is there."""
    now = timezone.now()
    officers = list(owners(one))
    name = f"{FOLDER}/{uuid.uuid4().hex}"
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as target:
            os.chmod(target.fileno(), settings.FILE_UPLOAD_PERMISSIONS)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                written = [events for events in add_each(archive, one, officers, now) if events]
        finish(one, name, written)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def owners(one: CalendarSet) -> QuerySet[Officer]:
    """The officers who serve in the unit or below it and have held somebody; Refused if the unit is out of reach."""
    if not CalendarSet.objects.visible_to(one.officer).filter(pk=one.pk).exists():
        raise Refused
    held = Pairing.objects.filter(officer=OuterRef("pk"))
    serving = Officer.objects.active().filter(unit__path__startswith=one.unit.path)
    return serving.filter(Exists(held)).order_by("police_number")


def add_each(
    archive: zipfile.ZipFile, one: CalendarSet, officers: list[Officer], now: dt.datetime
) -> Iterator[int]:
    """Add each officer's calendar, the same as the download; yields how many events it has. One without any is left out."""
    wishes = Wishes(names=one.with_names, alarm=one.with_alarm, language=one.language)
    span = {"since": one.since, "until": one.until}
    say(one, 0, len(officers))
    for done, officer in enumerate(officers, 1):
        selection = of_officer(officer, one.officer, now, **span)
        file, written = Calendar(selection, wishes).spool()
        with file:
            if written.events:
                add(archive, file_name(officer), file, timezone.localtime(now))
        if done % AT_ONCE == 0:
            say(one, done, len(officers))
        yield written.events


def add(archive: zipfile.ZipFile, name: str, file: IO[bytes], at: dt.datetime) -> None:
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    with archive.open(entry, "w") as target:
        for piece in iter(lambda: file.read(1 << 16), b""):
            target.write(piece)


@transaction.atomic
def finish(one: CalendarSet, name: str, written: list[int]) -> None:
    counts = {"files": len(written), "events": sum(written)}
    if not mine(one).update(state=State.READY, file=name, ready_at=timezone.now(), claim=None, **counts):
        raise Lost
    AuditEntry.objects.record(
        Actor(one.officer, one.asked_from, "worker"), "make calendars", one, after=counts
    )


def file_name(officer: Officer) -> str:
    """Number and name: every system can store it, and a person can read it."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f]', "", officer.name)[:MOST].strip(" .")
    return f"{officer.police_number} {name}".strip() + ".ics"


def let_go(now: dt.datetime) -> None:
    """Of files that were there long enough, and of those that belong to no set."""
    for one in CalendarSet.objects.filter(state=State.READY, ready_at__lt=now - KEPT):
        with transaction.atomic():
            if CalendarSet.objects.filter(pk=one.pk, state=State.READY).update(state=State.REMOVED, file=""):
                AuditEntry.objects.record(Actor.command("worker"), "remove calendars", one)
        default_storage.delete(one.file)
    if not default_storage.exists(FOLDER):
        return
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    old = [name for name in names if default_storage.get_modified_time(name) < now - ORPHANED]
    if old:
        known = set(CalendarSet.objects.exclude(file="").values_list("file", flat=True))
        for name in old:
            if name not in known:
                default_storage.delete(name)
