"""`export_calendar`: what an officer, or a unit and all below it, has planned, as iCalendar."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone, translation

from contacts.models import Actor, AuditEntry, Officer, Unit
from schedules import calendars


class Command(BaseCommand):
    help = "Write planned contacts as iCalendar, to a file or to standard output. Leaves an entry in the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--officer", metavar="NUMBER", help="a police number")
        whose.add_argument("--unit", metavar="CODE", help="a unit's code; with all units below it")
        parser.add_argument(
            "--from", dest="since", type=dt.date.fromisoformat, metavar="DATE", help="default: 90 days ago"
        )
        parser.add_argument(
            "--to", dest="until", type=dt.date.fromisoformat, metavar="DATE", help="default: in 400 days"
        )
        parser.add_argument("-o", "--output", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = export(options, timezone.now())
            if options["output"]:
                options["output"].write_bytes(content)
        except (Officer.DoesNotExist, Unit.DoesNotExist):
            self.refuse(f"There is no {options['officer'] or options['unit']}.")
        except OSError as error:
            self.refuse(str(error))
        else:
            if not options["output"]:
                self.stdout.write(content.decode(), ending="")

    def refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(1)


@transaction.atomic
def export(options: dict[str, Any], now: dt.datetime) -> bytes:
    """Whoever holds the server stands for nobody: what comes out is all that the officer or the unit is responsible for."""
    span = {"since": options["since"], "until": options["until"]}
    whose: Officer | Unit
    if options["officer"]:
        whose = officer = Officer.objects.get(police_number=options["officer"])
        rows, language = calendars.of_officer(officer, None, now, **span), officer.language
    else:
        whose = Unit.objects.get(code=options["unit"])
        rows, language = calendars.of_unit(whose, None, now, **span), ""
    with translation.override(language or settings.LANGUAGE_CODE):
        content = calendars.calendar(rows, calendars.Wishes())
    AuditEntry.objects.record(Actor.command("export_calendar"), "export calendar", whose)
    return content
