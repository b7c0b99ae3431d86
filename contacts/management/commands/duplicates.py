"""`duplicates`: the pairs of people who may be one, with what speaks for and against it."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts import duplicates
from contacts.models import Officer, Stakeholder


class Command(BaseCommand):
    help = "Names the pairs of people who may be one and the same. Nothing is merged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--weak", action="store_true", help="The weak hints instead of the likely pairs.")
        parser.add_argument(
            "--by", metavar="NUMBER", help="Police number of whoever asks: their reach decides."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(self, *, weak: bool, by: str | None, **options: Any) -> None:
        found = duplicates.find(officer_of(by), weak=weak)
        people = Stakeholder.objects.only("name").in_bulk(
            [pk for pair in found.pairs for pk in (pair.first, pair.second)]
        )
        told: list[dict[str, Any]] = [
            {
                "first": people[pair.first].number,
                "second": people[pair.second].number,
                "names": [people[pair.first].name, people[pair.second].name],
                "score": pair.score,
                "for": [one.code for one in pair.speaks_for],
                "against": [one.code for one in pair.speaks_against],
            }
            for pair in found.pairs
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"pairs": told, "more": found.more}, ensure_ascii=False, indent=1))
        else:
            for one in told:
                reasons = ", ".join([*one["for"], *(f"not {code}" for code in one["against"])])
                self.stdout.write(
                    f"{one['first']}  {one['second']}  {one['score']:3}  {one['names'][0]}  {reasons}"
                )
        self.stderr.write(f"{len(told)} pairs")


def officer_of(number: str | None) -> Officer | None:
    """On whose behalf; None is the server itself."""
    if number is None:
        return None
    officer = Officer.objects.active().filter(police_number=number).first()
    if officer is None:
        raise CommandError(f"No officer who may sign in has the police number {number}.", returncode=2)
    return officer
