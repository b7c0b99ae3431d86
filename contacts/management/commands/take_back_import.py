"""Take an applied import back, as far as nobody touched since what it brought."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.access import Deed
from contacts.imports import taking_back
from contacts.journal import TakenBack
from contacts.models import Actor, ImportBatch, Officer
from contacts.obstacle_words import explain
from liaison.arguments import instant
from liaison.batches import batches


class Command(BaseCommand):
    help = "Takes an import back: what it created goes, what it changed is as before; what was touched since stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "pk", type=int, metavar="ID", help="The import's number, as in the address of its page."
        )
        parser.add_argument(
            "--by", metavar="NUMBER", help="Police number of whoever takes it back: their rights decide."
        )
        parser.add_argument("--reason", default="", help="Why; kept in the audit trail.")
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would happen and change nothing."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, *, pk: int, by: str | None, reason: str, dry_run: bool, **options: Any) -> None:
        if not reason.strip() and not dry_run:
            raise CommandError("Give a --reason.", returncode=2)
        officer, now = officer_of(by), options["at"] or timezone.now()
        batch = find(pk, officer)
        actor = Actor.command("take_back_import", officer)
        answer: dict[str, Any] = {"dry_run": dry_run, "import": pk}
        try:
            if dry_run:
                found = taking_back.look(batch, actor=actor, now=now)
            else:
                seen = batch.journal.taken_back_at if batch.journal else None
                found = taking_back.take_back(batch, actor=actor, reason=reason, now=now, seen=seen)
            answer |= {"gone": len(found.gone), "restored": len(found.restored)}
            answer["kept"] = kept(batch, found, officer)
            self.stderr.write(f"{batch}: {len(found.restored)} restored, {len(found.kept)} kept")
        except ValidationError as refused:
            answer["error"] = " ".join(refused.messages)
            self.stderr.write(answer["error"])
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        if "error" in answer:
            sys.exit(1)


def officer_of(number: str | None) -> Officer | None:
    if not number:
        return None
    officer = Officer.objects.active().filter(police_number=number).first()
    if officer is None:
        raise CommandError(f"No officer who may sign in has the police number {number}.", returncode=2)
    return officer


def find(pk: int, officer: Officer | None) -> ImportBatch:
    """The import, if there is one within reach."""
    rows = ImportBatch.objects.select_related("journal")
    rows = rows.visible_to(officer, Deed.RECOUNT) if officer else rows.filter(turnover=None)
    batch = rows.filter(pk=pk).first()
    if batch is None:
        raise CommandError(f"There is no import {pk} that could be taken back.", returncode=2)
    return batch


def kept(batch: ImportBatch, found: TakenBack, officer: Officer | None) -> list[dict[str, Any]]:
    """What stayed: the row that brought it, and in words what stands in the way."""
    answer = []
    for some in batches(sorted(found.kept)):
        rows = list(taking_back.first_rows(batch).filter(group__in=some).order_by("pk"))
        lines = found.lines or taking_back.obstacles(batch).filter(group__in=some)
        for stayed in explain(batch, rows, lines, officer):
            row = stayed.row
            told = {"sheet": row.sheet or None, "row": row.number, "name": row.name}
            answer.append(told | {"why": [str(why) for why in stayed.why]})
    return answer
