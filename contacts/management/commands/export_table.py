"""`export_table`: a list as a file, as the page of that officer would export it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone, translation

from contacts import exports
from contacts.models import Actor, Officer
from contacts.tables.base import Listing, known


class Command(BaseCommand):
    help = "Write a list to an xlsx or csv file, with what one officer may export of it. Leaves an entry in the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=known(), metavar="NAME", help=", ".join(known()))
        parser.add_argument(
            "--as", dest="number", required=True, metavar="NUMBER", help="the police number on whose behalf"
        )
        parser.add_argument("--filter", dest="filters", action="append", default=[], type=pair, metavar="K=V")
        parser.add_argument("--sort", default="", help="columns to sort by, as in the page's address")
        parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.xlsx|.csv")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        form = options["output"].suffix.lower().lstrip(".")
        if form not in exports.FORMATS:
            raise CommandError("The name of the file ends in .xlsx or .csv.", returncode=2)
        kind = known()[options["name"]]
        if unknown := {name for name, _value in options["filters"]} - set(kind.filterset.base_filters):
            offered = ", ".join(kind.filterset.base_filters)
            raise CommandError(f"No filter {', '.join(sorted(unknown))}; there are {offered}.", returncode=2)
        try:
            rows = write(kind, form, options)
        except Officer.DoesNotExist:
            self.refuse(f"No officer {options['number']} may sign in.", options["json"])
        except PermissionDenied:
            self.refuse(f"{options['number']} may not export this.", options["json"])
        except (ValueError, exports.TooManyRows, OSError, DatabaseError) as error:
            self.refuse(str(error), options["json"])
        else:
            self.stderr.write(f"{rows} rows in {options['output']}")
            if options["json"]:
                self.stdout.write(json.dumps({"rows": rows}))

    def refuse(self, why: str, as_json: bool) -> None:
        self.stderr.write(why)
        if as_json:
            self.stdout.write(json.dumps({"error": why}, ensure_ascii=False))
        sys.exit(1)


def write(kind: type[Listing], form: str, options: dict[str, Any]) -> int:
    """Export to the file, which is there in full or not at all; answers the number of rows."""
    officer = Officer.objects.active().get(police_number=options["number"])
    data = {**dict(options["filters"]), "sort": options["sort"]}
    with translation.override(officer.language or settings.LANGUAGE_CODE):
        listing = kind(officer, timezone.now())
        made = exports.export(listing, data, form, actor=Actor.command("export_table", officer))
        target: Path = options["output"]
        with tempfile.NamedTemporaryFile(
            dir=target.resolve().parent, prefix=".export-", delete=False
        ) as file:
            try:
                exports.write(made, form, file)
            except BaseException:
                os.unlink(file.name)
                raise
        os.replace(file.name, target)
    return len(made.keys)


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ArgumentTypeError("a filter reads like unit=320281000000")
    return name, value
