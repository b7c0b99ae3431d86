"""A bureau that does not exist, loaded and served with one command."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections
from django.utils import timezone

from contacts.models import Unit
from liaison.arguments import instant
from schedules import demo
from schedules.demo.cast import cast
from schedules.demo.city import PASSWORD


class Command(BaseCommand):
    help = "Loads a synthetic bureau of full size, prints who can sign in, and serves web and worker until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at", type=instant, help="ISO 8601; the history ends on the evening before that day."
        )
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--fresh", action="store_true", help="Throw an earlier demonstration away first.")
        parser.add_argument("--load-only", action="store_true", help="Do not serve.")

    def handle(
        self, *, at: dt.datetime | None, host: str, port: int, fresh: bool, load_only: bool, **options
    ) -> None:
        day = timezone.localdate(at)
        call_command("migrate", verbosity=0, interactive=False)
        demand_own_database()
        if fresh and demo.made_for():
            start_over()
        made_for = demo.made_for()
        if made_for is None:
            self.load(day)
        elif made_for == day:
            self.stderr.write("The demonstration of today stands already; --fresh makes it anew.")
        else:
            self.stderr.write(
                f"This demonstration was made for {made_for}; --fresh makes one whose history ends today."
            )
        site = own_address(port)
        self.introduce(day, site)
        if not load_only:
            call_command("serve", host=host, port=port, stderr=self.stderr)

    def load(self, day: dt.date) -> None:
        self.stderr.write(f"Making a bureau with a history up to {day} …")
        since = time.monotonic()
        demo.load(day, say=self.stderr.write)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stderr.write(f"Ready after {time.monotonic() - since:.0f} s.")

    def introduce(self, day: dt.date, site: str) -> None:
        self.stdout.write(f"\nSign in at {site}/ with a police number and the password {PASSWORD}\n\n")
        for work, officer in cast(day):
            self.stdout.write(
                f"  {officer.police_number}  {work:24}{officer.name}, {officer.unit.name} {officer.post}"
            )
        if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
            self.stdout.write(
                f"\nMails are written to {getattr(settings, 'EMAIL_FILE_PATH', '')}, none is sent.\n"
            )
        self.stdout.flush()


def own_address(port: int) -> str:
    """Where the site is found; on this machine, at the port it is served on, which links in mails follow."""
    if settings.BASE_URL.startswith("http://localhost:"):
        os.environ["BASE_URL"] = f"http://localhost:{port}"
        return os.environ["BASE_URL"]
    return settings.BASE_URL


def demand_own_database() -> None:
    """Demonstration people must never stand among real ones."""
    if Unit.objects.exists() and demo.made_for() is None:
        raise CommandError(
            "This database holds other data. Give the demonstration an empty one: DATA_DIR or DATABASE_URL."
        )


def start_over() -> None:
    """Back to an empty database; on SQLite that is another file."""
    if connection.vendor == "sqlite":
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)
    else:
        call_command("migrate", "contacts", "zero", verbosity=0, interactive=False)
    for folder in (settings.MEDIA_ROOT, getattr(settings, "EMAIL_FILE_PATH", None)):
        if folder and Path(folder).is_relative_to(settings.DATA_DIR):
            shutil.rmtree(folder, ignore_errors=True)
    call_command("migrate", verbosity=0, interactive=False)
