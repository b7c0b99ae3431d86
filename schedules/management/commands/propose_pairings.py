"""An officer for everyone unpaired whom a policy in force covers."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contacts.handovers import pair_many
from contacts.models import Actor, Seat, Stakeholder, Unit
from contacts.pairing_proposals import Proposal, propose
from liaison.arguments import instant
from schedules.models import CyclePolicy


class Command(BaseCommand):
    help = "Proposes an officer for everyone unpaired whom a policy in force covers; with --apply pairs them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", metavar="CODE", help="Only people of this unit and those below it.")
        parser.add_argument("--apply", action="store_true", help="Pair them from today on.")
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, *, unit: str | None, apply: bool, at: dt.datetime | None, **options: Any) -> None:
        day = timezone.localdate(at)
        people = Stakeholder.objects.unpaired(day).filter(covered(day))
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


def covered(day: dt.date) -> Exists:
    """For a query over stakeholders: do they hold a seat that day to which a policy then in force owes a contact?"""
    wanted = Q(pk__in=[])
    for policy in CyclePolicy.objects.prefetch_related("versions"):
        begun = [
            version
            for version in policy.versions.all()
            if version.starts_on is None or version.starts_on <= day
        ]
        version = max(begun, key=lambda version: version.starts_on or dt.date.min, default=None)
        if version and not version.ended:
            owed = Q(kind__in=version.seat_kinds)
            wanted |= owed & Q(level__in=version.levels) if version.levels else owed
    return Exists(Seat.objects.active(day).filter(wanted, stakeholder=OuterRef("pk")))


def as_json(proposal: Proposal) -> dict[str, Any]:
    officer = proposal.officer.police_number if proposal.officer else None
    return {"stakeholder": proposal.stakeholder.number, "officer": officer, "why": proposal.why}
