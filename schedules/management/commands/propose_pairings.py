"""An officer for everyone unpaired whom a policy in force covers."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.models import Actor, Unit
from contacts.pairing import pair_many
from contacts.pairing_proposals import Proposal, propose
from liaison.arguments import instant
from schedules.facts import awaiting_an_officer


class Command(BaseCommand):
    help = "Proposes an officer for everyone unpaired whom a policy in force covers; with --apply pairs them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", metavar="CODE", help="Only people of this unit and those below it.")
        parser.add_argument("--apply", action="store_true", help="Pair them from today on.")
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, *, unit: str | None, apply: bool, at: dt.datetime | None, **options: Any) -> None:
        day = timezone.localdate(at)
        people = awaiting_an_officer(day)
        if unit:
            try:
                people = people.filter(unit__path__startswith=Unit.objects.get(code=unit).path)
            except Unit.DoesNotExist as error:
                raise CommandError(f"There is no unit {unit}.", returncode=2) from error
        proposals = propose(people, day)
        if apply:
            wanted = {one.stakeholder: one.officer for one in proposals if one.officer}
            pair_many(wanted, on=day, actor=Actor.command("propose_pairings"), reason="proposed")
        if options["json"]:
            self.stdout.write(
                json.dumps({"proposed": [as_json(one) for one in proposals]}, ensure_ascii=False, indent=1)
            )
        found = sum(one.officer is not None for one in proposals)
        self.stderr.write(f"{found} proposed, {len(proposals) - found} for a person to decide.")


def as_json(proposal: Proposal) -> dict[str, Any]:
    officer = proposal.officer.police_number if proposal.officer else None
    return {"stakeholder": proposal.stakeholder.number, "officer": officer, "why": proposal.why}
