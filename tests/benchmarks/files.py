"""Rosters coming in and tables going out."""

from __future__ import annotations

import csv
import io
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from contacts.models import Stakeholder
from tests.base import sign_in
from tests.benchmarks.pages import NotAnswered, coordinator, fetch
from tests.benchmarks.timing import Failure, Result, compare, seconds

ROOT = Path(__file__).resolve().parents[2]
ROSTERS = ROOT / "tests" / "data" / "wuxi"
FILES = [
    "units.csv", "officers.xlsx", "deputies.xlsx", "media_supervisors.csv", "patrol_visitors.xlsx",
    "discipline_monitors.xlsx",
]  # fmt: skip


def files() -> Iterator[Result | Failure]:
    yield from importing()
    yield exporting()


def importing() -> Iterator[Result]:
    """All six rosters of a bureau through the command, into an empty database, and once more."""
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as folder:
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/liaison.sqlite3",
        }
        environment["DJANGO_SETTINGS_MODULE"] = "liaison.settings"

        def manage(*words: str) -> None:
            command = [sys.executable, "manage.py", *words]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

        def once() -> None:
            manage("import_file", *(str(ROSTERS / name) for name in FILES), "--json")

        manage("migrate", "--verbosity=0")
        first, again = seconds(once), seconds(once)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        yield Result("import of six rosters", first, None, 15, f"largest process {peak:.0f} MiB")
        yield Result("import of the same again", again, None, 15)


def exporting() -> Result | Failure:
    """The roster as csv, against the shortest loop that writes as many rows and columns of model instances."""
    client = sign_in(coordinator())

    def baseline() -> None:
        writer = csv.writer(io.StringIO())
        people = Stakeholder.objects.select_related("unit").prefetch_related(
            "phones", "seats", "pairings__officer"
        )
        for person in people:
            fields = [
                person.number,
                person.name,
                person.sex,
                person.employer,
                person.address,
                person.unit.name,
            ]
            fields += [" ".join(str(phone) for phone in person.phones.all())]
            fields += [" ".join(str(seat) for seat in person.seats.all())]
            writer.writerow(fields + [pairing.officer.name for pairing in person.pairings.all()])

    try:
        return compare(
            "export of the roster as csv",
            lambda: fetch(client, "/export/stakeholders.csv"),
            baseline,
            target=1,
            rounds=3,
        )
    except NotAnswered as error:
        return Failure("export of the roster as csv", str(error))
