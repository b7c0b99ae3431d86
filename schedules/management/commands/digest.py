"""`digest`: the leaders' digest of a unit and a period, as figures or as a file."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.models import Feedback, Stakeholder, Unit
from contacts.names import masked
from liaison.arguments import instant
from schedules import periods
from schedules.digests import document, workbook
from schedules.digests.names import names
from schedules.digests.reading import Reading
from schedules.digests.rows import Reader
from schedules.digests.scope import Scope
from schedules.digests.shown import Shown, shown
from schedules.management.commands.coverage import period_key

SUFFIXES = {".html", ".pdf", ".xlsx"}


class Command(BaseCommand):
    help = "The digest of a unit and all below it: frozen figures where they are frozen. Names in files are masked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", required=True, metavar="CODE")
        parser.add_argument(
            "--period", type=period_key, required=True, metavar="KEY", help="2026-11, 2026-Q4, …"
        )
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument("-o", "--output", type=file, metavar="FILE", help=".html, .pdf or .xlsx")
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(
        self, *, unit: str, period: str, at: dt.datetime | None, output: Path | None, **options: Any
    ) -> None:
        found = Unit.objects.filter(code=unit).first()
        if found is None:
            raise CommandError(f"There is no unit {unit}.", returncode=2)
        asked = periods.parse(period)
        if absence := found.absence(asked.start, asked.end):
            self.stderr.write(absence)
        now = at or timezone.now()
        digest = shown(Scope.of_unit(found), asked, now, compare=False)
        figures = digest.figures
        if output:
            reader = Reader(Stakeholder.objects.all(), Feedback.objects.all(), now, masked)
            write(digest, reader, output)
            self.stderr.write(f"Wrote {output}.")
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1))
        elif not output:
            for tile in Reading(figures).tiles:
                self.stdout.write(f"{tile.number!s:>8}  {tile.label}")


def file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in SUFFIXES:
        raise ArgumentTypeError(f"{text!r} ends neither in .html nor in .pdf nor in .xlsx.")
    return path


def write(digest: Shown, reader: Reader, path: Path) -> None:
    reading = Reading(digest.figures, names(digest.figures, reader.people, reader.show), digest.below)
    try:
        if path.suffix == ".xlsx":
            with workbook.write(reading, digest.lists(), reader) as made, path.open("wb") as target:
                shutil.copyfileobj(made, target)
        elif path.suffix == ".pdf":
            path.write_bytes(document.pdf(reading))
        else:
            path.write_text(document.html(reading), encoding="utf-8")
    except document.NoPango as error:
        raise CommandError("This machine lacks pango, without which no PDF can be written.") from error
    except OSError as error:
        raise CommandError(f"{path} can not be written: {error.strerror}.") from error
