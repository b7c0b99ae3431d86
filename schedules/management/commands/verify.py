"""`verify`: does the database keep the rules?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from schedules.verify import verify


class Command(BaseCommand):
    help = "Checks every invariant of the engine against the database; ends with 1 if one is broken. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, **options: Any) -> None:
        report = verify(timezone.now())
        for violation in report.violations:
            self.stderr.write(f"{violation.rule} {violation.check}: {violation.object}: {violation.message}")
        unasked = [name for name, count in report.counts.items() if count is None]
        if unasked:
            self.stderr.write(
                f"Not asked, for the facts have changed since the latest pass: {', '.join(unasked)}"
            )
        found = sum(count or 0 for count in report.counts.values())
        self.stderr.write(f"{len(report.counts) - len(unasked)} checks, {found} violations")
        if options["json"]:
            shown = {"violations": [asdict(one) for one in report.violations], "checks": report.counts}
            self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1))
        if found:
            sys.exit(1)
