"""The turn of a body's term from a new roster, as the page does it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts.access import Deed
from contacts.imports import running
from contacts.imports.batches import digest
from contacts.imports.issues import Refused
from contacts.imports.results import Context, remark, scope_of
from contacts.management.commands.import_file import context_of
from contacts.models import ImportBatch, Seat, Turnover, TurnoverLine, Unit
from contacts.models.turnovers import KINDS
from contacts.turnover import deeds, words
from contacts.turnover.deeds import Turned
from contacts.turnover.grouping import Case, Group
from liaison.arguments import day, instant


class Command(BaseCommand):
    help = "Checks a body's new roster, and unless --dry-run turns its term: ends and begins seats, frees and pairs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--kind", choices=[kind for kind, _label in KINDS], required=True)
        parser.add_argument("--level", choices=Seat.Level.values, required=True)
        parser.add_argument("--body", default="", help="Only seats whose body has this name.")
        parser.add_argument(
            "--unit",
            metavar="CODE",
            help="Only people of this unit and those below it; default: all in reach.",
        )
        parser.add_argument(
            "--term", type=int, required=True, metavar="N", help="The number of the new term."
        )
        parser.add_argument(
            "--from", dest="since", type=day, required=True, metavar="DATE", help="Its first day."
        )
        parser.add_argument("--until", type=day, metavar="DATE", help="Its last day.")
        parser.add_argument(
            "--doubtful",
            choices=TurnoverLine.Choice.values,
            default="",
            help="What rows mean that may be somebody known; without it they are left out.",
        )
        parser.add_argument(
            "--by", metavar="NUMBER", help="Police number of whoever does it: their rights decide."
        )
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would happen and change nothing."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.", returncode=2)
        context = context_of(options, "turn_term")
        turnover = turnover_of(options, context)
        try:
            found = done(turnover, file, context, options["doubtful"], dry_run)
        except Refused as refused:
            self.tell({"error": {"code": refused.code, "message": refused.message}}, refused.message, options)
            sys.exit(1)
        counts = ", ".join(f"{count} {name}" for name, count in found.counts.items())
        self.tell({"dry_run": dry_run, **as_json(found)}, f"{file.name}: {counts}", options)

    def tell(self, answer: dict[str, Any], sentence: str, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        self.stderr.write(sentence)


def turnover_of(options: dict[str, Any], context: Context) -> Turnover:
    officer, until = context.actor.officer, options["until"]
    if not 1 <= options["term"] <= 999:
        raise CommandError("A term has a number from 1 to 999.", returncode=2)
    if until and until < options["since"]:
        raise CommandError("A term can not end before it begins.", returncode=2)
    units = Unit.objects.visible_to(officer, Deed.IMPORT) if officer else Unit.objects.all()
    if officer and not officer.rights.may(Deed.IMPORT):
        raise CommandError(f"{officer.police_number} may not import rosters.", returncode=1)
    if options["unit"]:
        unit = units.filter(code=options["unit"]).first()
    else:
        unit = min(units, key=lambda one: one.depth, default=None)
    if unit is None:
        raise CommandError(f"There is no unit {options['unit'] or ''} within reach.", returncode=2)
    return Turnover(
        kind=options["kind"],
        level=options["level"],
        body=options["body"].strip(),
        unit=unit,
        term_number=options["term"],
        starts_on=options["since"],
        ends_on=until,
    )


def done(turnover: Turnover, file: Path, context: Context, doubtful: str, dry_run: bool) -> Turned:
    table = running.read(file, file.name, ImportBatch.Kind.DEPUTIES)
    if dry_run:
        return deeds.turn(turnover, table, context, lambda _entry: doubtful, dry_run=True)
    batch = ImportBatch(
        file_name=file.name[-255:],
        sha256=digest(File(file.open("rb"))),
        asked="turnover",
        kind=ImportBatch.Kind.DEPUTIES,
        officer=context.actor.officer,
        scope=scope_of(context.actor.officer),
        pairings_from=turnover.starts_on,
    )
    return deeds.apply_now(turnover, batch, table, context, lambda _entry: doubtful)


def as_json(found: Turned) -> dict[str, Any]:
    """Counts of people, and the rows that were left out."""
    counts = {name: count for name, count in found.counts.items() if name not in {"doubtful", "refused"}}
    return {
        **counts,
        "doubtful": [doubt(case) for case in found.cases if case.group == Group.DOUBTFUL],
        "refused": [
            remark(result, issue)
            for case in found.cases
            if case.group == Group.REFUSED and case.entry
            for result in [case.as_rejected()]
            for issue in result.issues
        ],
    }


def doubt(case: Case) -> dict[str, Any]:
    line = case.entry.line  # type: ignore[union-attr]  # doubtful are rows alone
    return {"sheet": line.sheet, "row": line.number, "name": case.name, "other": words.named(case.other)}
