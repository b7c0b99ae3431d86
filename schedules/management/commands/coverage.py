"""`coverage`: the one status function, from the command line."""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.models import ContactRecord, Unit
from liaison.arguments import instant
from schedules import coverage, periods


def period_key(text: str) -> str:
    try:
        return periods.parse(text).key
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = "How many contacts are owed in a period, met, open, missed and waived: in total and by group."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--period", type=period_key, required=True, metavar="KEY", help="2026-11, 2026-Q4, …"
        )
        parser.add_argument("--kind", choices=[kind for kind, _label in ContactRecord.TALK_KINDS])
        parser.add_argument("--unit", metavar="CODE", help="This unit and all below it.")
        parser.add_argument("--by", choices=["unit", "officer", "level"], default="unit")
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(
        self, *, period: str, kind: str | None, by: str, at: dt.datetime | None, **options: Any
    ) -> None:
        unit = None
        if options["unit"] and (unit := Unit.objects.filter(code=options["unit"]).first()) is None:
            raise CommandError(f"There is no unit {options['unit']}.", returncode=2)
        asked = periods.parse(period)
        if unit and (absence := unit.absence(asked.start, asked.end)):
            self.stderr.write(absence)
        found = coverage.figures(period, kind=kind, unit=unit, by=by, now=at or timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            for group in [*found["groups"], {"key": "", "name": "total", **found["total"]}]:
                figures = "  ".join(f"{name} {group[name]}" for name in coverage.FIGURES)
                self.stdout.write(f"{group['key']:14} {group['name']:24} {figures}")
