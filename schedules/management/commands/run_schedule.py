"""`run_schedule`: one pass of what the worker does."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error
from django.utils import timezone

from liaison.arguments import instant
from schedules import heartbeats, passes


class Command(BaseCommand):
    help = "Plans, queues, freezes digests and delivers, once. Safe to run by hand, from cron, twice, or beside the worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, *, at: dt.datetime | None, **options: Any) -> None:
        try:
            counts = passes.run_schedule(at or timezone.now())
        except (Error, OSError) as error:
            self._refuse(heartbeats.described(error), options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(counts, indent=1))
        self.stderr.write(", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items()))

    def _refuse(self, why: str, as_json: bool) -> NoReturn:
        """The database or the disk failed the pass; what was not committed is undone, and the next pass does it."""
        self.stderr.write(f"The pass did not get through: {why}")
        if as_json:
            self.stdout.write(json.dumps({"error": why}))
        sys.exit(1)
