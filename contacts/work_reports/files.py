"""Work reports as files: one for each person, one for each unit that is in charge of people, and an archive of them, made by
the worker (`contacts.file_making`).

A file's name holds a fingerprint of what is in it, and a file is there in full or not at all: what is there is done. Whoever
takes up a batch that was broken off, asks for one twice, or asks after a newer version was approved, makes what is missing.
"""

from __future__ import annotations

import datetime as dt
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contacts import file_making
from contacts.access import Deed
from contacts.file_making import Lost, Refused, mine, say
from contacts.models import Actor, AuditEntry, Officer, ReportBatch, ReportCopy, Unit
from contacts.work_reports import shelf
from contacts.work_reports.letters import Press, Sheets
from liaison.batches import batches

NEEDED = ("report__unit", "version", "stakeholder__unit__parent")
AT_ONCE = 60  # letters that are set together; a unit of more people has its file in parts
KEPT = dt.timedelta(days=7)  # archives
LETTERS_KEPT = dt.timedelta(days=90)
UNFINISHED = dt.timedelta(days=1)  # what a worker that died left behind
State = ReportBatch.State


# --- what people do ------------------------------------------------------------------------------------------


@transaction.atomic
def order(unit: Unit, half_year: str, *, actor: Actor, now: dt.datetime) -> ReportBatch:
    """Have the files of all people in the charge of the unit and of all below it made. One that is on its way for the same
    officer, unit and half-year is not ordered twice."""
    officer: Officer = actor.officer  # type: ignore[assignment]  # the archive is for whoever asks
    on_its_way = ReportBatch.objects.filter(state__in=ReportBatch.DUE, officer=officer)
    if there := on_its_way.filter(unit=unit, half_year=half_year).first():
        return there
    made = ReportBatch.objects.create(
        officer=officer, unit=unit, half_year=half_year, asked_at=now, asked_from=actor.address
    )
    AuditEntry.objects.record(actor, "order report files", made, after={"half_year": half_year})
    return made


@transaction.atomic
def opened(batch: ReportBatch, actor: Actor) -> IO[bytes] | None:
    """The archive, for whoever takes it away; None if it is there no more."""
    found = shelf.opened(batch.file) if batch.state == State.READY else None
    if found:
        AuditEntry.objects.record(actor, "download report files", batch)
    return found


@transaction.atomic
def letter(copy: ReportCopy, actor: Actor) -> IO[bytes] | None:
    """One person's file, if it was made of the copy as it stands."""
    found = shelf.opened(shelf.name_of(copy))
    if found:
        AuditEntry.objects.record(actor, "download report", copy)
    return found


# --- what the worker does ------------------------------------------------------------------------------------


def make_what_is_due() -> None:
    file_making.make_what_is_due(ReportBatch, make)


def make(batch: ReportBatch) -> None:
    """Make what is missing, then the archive, then say that it is there."""
    copies = wanted(batch)
    charges = copies.order_by("stakeholder__unit__path").values_list("stakeholder__unit", flat=True)
    per_unit = Counter(charges)
    batch.total, done = per_unit.total(), 0
    say(batch, done, batch.total)
    press = LazyPress()
    entries: dict[str, str] = {}  # name in the storage → name in the archive
    for unit in per_unit:
        of_unit = copies.filter(stakeholder__unit=unit).order_by("stakeholder__pinyin", "pk")
        for number, part in enumerate(batches(of_unit.select_related(*NEEDED), AT_ONCE), 1):
            for made in make_part(part, press):
                say(batch, done + made, batch.total, further=True)
            done += len(part)
            say(batch, done, batch.total)
            entries |= named(part, number if per_unit[unit] > AT_ONCE else None)
    finish(batch, archive(entries, batch), len(per_unit))
    remove_outdated(set(entries))


def wanted(batch: ReportBatch) -> QuerySet[ReportCopy]:
    """The copies for the people of the unit and of all below it; Refused if the unit is out of the officer's reach by now."""
    if not ReportBatch.objects.visible_to(batch.officer).filter(pk=batch.pk).exists():
        raise Refused
    within = ReportCopy.objects.visible_to(batch.officer, Deed.WRITE_REPORT).filter(half_year=batch.half_year)
    return within.filter(stakeholder__unit__path__startswith=batch.unit.path)


class LazyPress:
    """For a batch of which everything is there already, no press is started."""

    def __init__(self) -> None:
        self.press: Press | None = None

    def set(self, copies: Sequence[ReportCopy]) -> Sheets:
        self.press = self.press or Press()
        return self.press.set(copies)


def make_part(copies: Sequence[ReportCopy], press: LazyPress) -> Iterator[int]:
    """The file of each person and the one of all of them, as far as they are not there. Yields how many it has made."""
    names = {copy: shelf.name_of(copy) for copy in copies}
    missing = [copy for copy, name in names.items() if not default_storage.exists(name)]
    together = shelf.name_of_part(copies)
    if not missing and default_storage.exists(together):
        return
    sheets = press.set(copies)
    for made, copy in enumerate(missing, 1):
        shelf.put(names[copy], sheets.of(copy))
        yield made
    shelf.put(together, sheets.all())
    yield len(missing)


def named(copies: Sequence[ReportCopy], number: int | None) -> dict[str, str]:
    """Name in the storage → name in the archive: a folder for each unit below the one above it. `number`: of the part."""
    unit = copies[0].stakeholder.unit
    folder = "/".join(shelf.storable(str(one)) for one in (unit.parent, unit) if one)
    with translation.override(settings.LANGUAGE_CODE):
        everybody = shelf.storable(_("%(unit)s, everybody") % {"unit": unit})
    found = {shelf.name_of_part(copies): f"{folder}/{everybody}{f' {number}' if number else ''}.pdf"}
    for copy in copies:
        person = copy.stakeholder
        found[shelf.name_of(copy)] = f"{folder}/{shelf.storable(f'{person.number} {person.name}')}.pdf"
    return found


def archive(entries: Mapping[str, str], batch: ReportBatch) -> str:
    """All files in one, as they are: PDFs are compressed already."""
    name = f"{shelf.FOLDER}/archives/{uuid.uuid4().hex}.zip"
    with shelf.written(name) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:
        for number, (stored, shown) in enumerate(entries.items()):
            if number % 100 == 0:
                say(batch, batch.total, batch.total)
            made.write(default_storage.path(stored), shown)
    return name


@transaction.atomic
def finish(batch: ReportBatch, name: str, units: int) -> None:
    said = {"state": State.READY, "file": name, "ready_at": timezone.now(), "claim": None, "stations": units}
    if not mine(batch).update(**said):
        default_storage.delete(name)
        raise Lost
    after = {"files": batch.total, "units": units}
    AuditEntry.objects.record(
        Actor(batch.officer, batch.asked_from, "worker"), "make report files", batch, after=after
    )


# --- what is kept --------------------------------------------------------------------------------------------


def remove_outdated(current: set[str]) -> None:
    """Files of the same people and units that a newer version took the place of."""
    owners = {name.rpartition("-")[0] for name in current}
    for folder in ("people", "units"):
        for name in shelf.listed(folder):
            if name not in current and name.rpartition("-")[0] in owners:
                default_storage.delete(name)


def let_go(now: dt.datetime) -> None:
    """Of archives that were there long enough, of letters that nobody prints any more, and of what was never finished."""
    for batch in ReportBatch.objects.filter(state=State.READY, ready_at__lt=now - KEPT):
        with transaction.atomic():
            ready = ReportBatch.objects.filter(pk=batch.pk, state=State.READY)
            if ready.update(state=State.REMOVED, file=""):
                AuditEntry.objects.record(Actor.command("worker"), "remove report files", batch)
        default_storage.delete(batch.file)
    known = set(ReportBatch.objects.exclude(file="").values_list("file", flat=True))
    for folder in ("people", "units", "archives"):
        for name in shelf.listed(folder):
            age = now - default_storage.get_modified_time(name)
            finished = name in known if folder == "archives" else not name.endswith(shelf.DRAFT)
            if age > LETTERS_KEPT or age > UNFINISHED and not finished:
                default_storage.delete(name)
