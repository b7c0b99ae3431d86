"""`export_calendar`: what an officer, or a unit and all below it, has planned, or what is owed to a person, as iCalendar."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand
from django.utils import timezone

from contacts.models import Actor, AuditEntry, Officer, Stakeholder, Unit
from schedules import calendars


class Command(BaseCommand):
    help = "Write planned contacts as iCalendar, to a file or to standard output. Leaves an entry in the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--officer", metavar="NUMBER", help="a police number")
        whose.add_argument("--unit", metavar="CODE", help="a unit's code; with all units below it")
        whose.add_argument("--person", metavar="NUMBER", help="a person's number, like L000123")
        parser.add_argument(
            "--from", dest="since", type=dt.date.fromisoformat, metavar="DATE", help="default: 90 days ago"
        )
        parser.add_argument(
            "--to", dest="until", type=dt.date.fromisoformat, metavar="DATE", help="default: in 400 days"
        )
        parser.add_argument("-o", "--output", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with export(options, timezone.now()) as file:
                self.give(file, options["output"])
        except ObjectDoesNotExist:
            named = options["officer"] or options["unit"] or options["person"]
            self.refuse(f"There is no {named}.")
        except OSError as error:
            self.refuse(str(error))

    def give(self, file: IO[bytes], output: Path | None) -> None:
        if output is None:
            for line in file:
                self.stdout.write(line.decode(), ending="")
            return
        with output.open("wb") as target:
            shutil.copyfileobj(file, target)

    def refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(1)


def export(options: dict[str, Any], now: dt.datetime) -> IO[bytes]:
    """Whoever holds the server stands for nobody: what comes out is all that the officer or the unit is responsible for."""
    span = {"since": options["since"], "until": options["until"]}
    whose: Officer | Unit | Stakeholder
    language = ""
    if options["officer"]:
        whose = officer = Officer.objects.get(police_number=options["officer"])
        selection, language = calendars.of_officer(officer, None, now, **span), officer.language
    elif options["unit"]:
        whose = Unit.objects.get(code=options["unit"])
        selection = calendars.of_unit(whose, None, now, **span)
    else:
        whose = Stakeholder.objects.get(pk=key_of(options["person"]))
        selection = calendars.of_person(whose, None, now, **span)
    wishes = calendars.Wishes(language=language or settings.LANGUAGE_CODE)
    file, written = calendars.Calendar(selection, wishes).spool()
    after = {"events": written.events}
    AuditEntry.objects.record(Actor.command("export_calendar"), "export calendar", whose, after=after)
    return file


def key_of(number: str) -> int:
    """Of a person, from what every export shows; 0 is nobody."""
    digits = number.strip().upper().removeprefix("L")
    return int(digits) if digits.isdecimal() and len(digits) <= 12 else 0
