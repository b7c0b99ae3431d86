"""`merge_people`: two people who were one all along, from the command line."""

from __future__ import annotations

import datetime as dt
import json
import sys
from argparse import ArgumentTypeError
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.duplicates import people_of
from contacts.management.commands.duplicates import officer_of
from contacts.merging import current_pairings, merge
from contacts.models import Actor, Pairing, Stakeholder
from liaison.arguments import instant


class Command(BaseCommand):
    help = (
        "Merges the second person into the first: everything moves, and the second number leads to the first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survivor", type=number, metavar="SURVIVOR", help="L000123")
        parser.add_argument("absorbed", type=number, metavar="ABSORBED")
        parser.add_argument(
            "--pairing", metavar="ID", help="Which pairing stays: its id, or survivor, or absorbed."
        )
        parser.add_argument(
            "--by", metavar="NUMBER", help="Police number of whoever decides: their reach counts."
        )
        parser.add_argument("--reason", default="")
        parser.add_argument("--at", type=instant, help="ISO 8601 instant that stands for now.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object on standard output.")

    def handle(
        self,
        *,
        survivor: int,
        absorbed: int,
        pairing: str | None,
        by: str | None,
        at: dt.datetime | None,
        **options: Any,
    ) -> None:
        officer, day = officer_of(by), timezone.localdate(at)
        people = people_of(officer).in_bulk([survivor, absorbed])
        try:
            if missing := {survivor, absorbed} - people.keys():
                raise ValidationError(f"Nobody within reach has the number L{min(missing):06d}.")
            made = merge(
                people[survivor],
                people[absorbed],
                pairing=chosen(pairing, people[survivor], people[absorbed], day) if pairing else None,
                actor=Actor.command("merge_people", officer),
                day=day,
                reason=options["reason"],
            )
        except ValidationError as refused:
            self.refuse(" ".join(refused.messages), options["json"])
        self.stderr.write(str(made))
        if options["json"]:
            found = {"merge": made.pk, "survivor": f"L{survivor:06d}", "absorbed": f"L{absorbed:06d}"}
            self.stdout.write(json.dumps(found))

    def refuse(self, why: str, as_json: bool) -> None:
        self.stderr.write(why)
        if as_json:
            self.stdout.write(json.dumps({"error": why}, ensure_ascii=False))
        sys.exit(1)


def number(text: str) -> int:
    digits = text.removeprefix("L").removeprefix("l")
    if not digits.isdecimal() or len(digits) > 12:
        raise ArgumentTypeError("a person's number reads like L000123")
    return int(digits)


def chosen(which: str, survivor: Stakeholder, absorbed: Stakeholder, day: dt.date) -> Pairing:
    """The pairing that is meant."""
    sides = {"survivor": survivor, "absorbed": absorbed}
    if which in sides:
        held = current_pairings(sides[which], day)
        if not held:
            raise ValidationError(f"Nobody is responsible for the {which}.")
        return held[0]
    if not which.isdecimal():
        raise CommandError("--pairing is an id, survivor or absorbed.", returncode=2)
    pairing = Pairing.objects.filter(pk=int(which), stakeholder__in=[survivor, absorbed]).first()
    if pairing is None:
        raise ValidationError(f"Neither of the two has a pairing {which}.")
    return pairing
