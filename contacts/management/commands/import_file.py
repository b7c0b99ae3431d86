"""Rosters, pairings and contacts from workbooks and csv files, each file in one transaction."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from contacts.access import Deed
from contacts.imports import keeping, running
from contacts.imports.issues import Refused
from contacts.imports.results import Context
from contacts.imports.tables import KINDS, Table
from contacts.imports.wordings import wordings_of
from contacts.models import Actor, Officer
from liaison.arguments import day, instant


class Command(BaseCommand):
    help = "Checks files, and unless --dry-run imports their good rows; files that build on each other may go in at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--kind", choices=[*KINDS, "auto"], default="auto")
        parser.add_argument(
            "--by", metavar="NUMBER", help="Police number of whoever imports: their rights decide."
        )
        parser.add_argument(
            "--from", dest="since", type=day, metavar="DATE", help="From when pairings in a roster count."
        )
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would happen and change nothing."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, *, files: list[Path], kind: str, dry_run: bool, **options: Any) -> None:
        for path in files:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.", returncode=2)
        context = context_of(options)
        tables = [read(path, kind, context) for path in files]
        answers: dict[int, dict[str, Any]] = {}
        with running.turn() if dry_run else contextlib.nullcontext():
            for index in sorted(range(len(files)), key=lambda index: order(tables[index])):
                answers[index] = answer(files[index], tables[index], context)
                self.tell(answers[index])
            if dry_run:  # all files together, so that a roster finds the officers of the file before it
                transaction.set_rollback(True)
        if options["json"]:
            found = {"dry_run": dry_run, "files": [answers[index] for index in range(len(files))]}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        if any("error" in one for one in answers.values()):
            sys.exit(1)

    def tell(self, found: dict[str, Any]) -> None:
        if "error" in found:
            self.stderr.write(f"{found['file']}: {found['error']['message']}")
            return
        counts = ", ".join(f"{found[name]} {name}" for name in ("rows", "created", "updated", "unchanged"))
        self.stderr.write(
            f"{found['file']}: {counts}, {len(found['flagged'])} flagged, {len(found['rejected'])} rejected"
        )


def context_of(options: dict[str, Any], command: str = "import_file") -> Context:
    now = options["at"] or timezone.now()
    today = timezone.localdate(now)
    officer = None
    if options["by"]:
        officer = Officer.objects.active().filter(police_number=options["by"]).first()
        if officer is None:
            raise CommandError(
                f"No officer who may sign in has the police number {options['by']}.", returncode=2
            )
    return Context(Actor.command(command, officer), now, today, options["since"] or today)


def read(path: Path, kind: str, context: Context) -> Table | Refused:
    try:
        if context.actor.officer and not context.actor.officer.rights.may(Deed.IMPORT):
            raise Refused("not_allowed")
        return running.read(path, path.name, kind, wordings_of(context.actor.officer))
    except Refused as refused:
        return refused


def order(table: Table | Refused) -> int:
    return -1 if isinstance(table, Refused) else KINDS.index(table.kind)


def answer(path: Path, table: Table | Refused, context: Context) -> dict[str, Any]:
    try:
        if isinstance(table, Refused):
            raise table
        return keeping.apply_file(path, path.name, table, context).as_json()
    except Refused as refused:
        return {"file": path.name, "error": {"code": refused.code, "message": refused.message}}
