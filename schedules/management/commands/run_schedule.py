"""`run_schedule`: one pass of what the worker does."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from liaison.arguments import instant
from schedules import passes


class Command(BaseCommand):
    help = "Plans, queues, freezes digests and delivers, once. Safe to run by hand, from cron, twice, or beside the worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, *, at: dt.datetime | None, **options: Any) -> None:
        counts = passes.run_schedule(at or timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(counts, indent=1))
        self.stderr.write(", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items()))
