"""The rosters of a whole bureau under tests/data, what they must give, and small files made for one test."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from contacts import tasks
from contacts.imports import cells, keeping, running, tables, workbook
from contacts.imports.directory import Directory, OfficerRef, UnitRef
from contacts.imports.results import Context, Report
from contacts.imports.units import KINDS
from contacts.models import Actor, Officer

FOLDER = Path(__file__).parents[2] / "data" / "wuxi"
BROKEN = FOLDER / "broken"
DAY = dt.date(2008, 6, 20)
FILES = [
    "units.csv",
    "officers.xlsx",
    "deputies.xlsx",
    "media_supervisors.csv",
    "patrol_visitors.xlsx",
    "discipline_monitors.xlsx",
]
ROSTERS = FILES[2:]


@cache
def expected() -> dict[str, Any]:
    return json.loads((FOLDER / "expected.json").read_text())


@cache
def expected_rows() -> dict[str, dict[tuple[str | None, int], dict[str, Any]]]:
    """File → (sheet, row) → what the row says."""
    found: dict[str, dict] = {name: {} for name in ROSTERS}
    with gzip.open(FOLDER / "expected_rows.jsonl.gz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            found[row["file"]][row["sheet"], row["row"]] = row
    return found


@cache
def table(name: str) -> tables.Table:
    return tables.recognise(workbook.read(FOLDER / name, name))


@cache
def directory() -> Directory:
    """The bureau's units and officers, without a database."""
    units: dict[str, UnitRef] = {}
    for pk, line in enumerate(table("units.csv").lines, 1):
        parent = units.get(line.text("parent"))
        code, path = line.text("code"), f"{parent.path if parent else ''}{line.text('code')}/"
        kind, upper = KINDS[line.text("kind")], parent.pk if parent else None
        units[code] = UnitRef(pk, code, line.text("name"), line.text("short_name"), kind, upper, path)
    known = Directory(units.values(), [])
    officers = [
        OfficerRef(
            pk,
            cells.police_number(line.cells["police_number"]),
            line.text("name"),
            *known.named(line.text("unit")),
        )
        for pk, line in enumerate(table("officers.xlsx").lines, 1)
    ]
    return Directory(units.values(), officers)


def context(by: Officer | None = None, day: dt.date = DAY, since: dt.date | None = None) -> Context:
    now = timezone.make_aware(dt.datetime.combine(day, dt.time(9)))
    return Context(Actor.command("import_file", by), now, day, since or day)


def work() -> None:
    """What the worker does at a ring of the queue."""
    tasks.work_on_imports.call_local()


def import_file(path: Path, by: Officer | None = None, *, kind: str = "auto", **when: Any) -> Report:
    return keeping.apply_file(path, path.name, running.read(path, path.name, kind), context(by, **when))


def csv_file(path: Path, rows: list[dict[str, Any]], name: str = "roster.csv") -> Path:
    """A csv with the given rows; the keys are its headers."""
    file = path / name
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
    return file


def deputy(name: str = "钱正明", **cells_: str) -> dict[str, str]:
    """A row of a deputies' roster."""
    return {
        "姓名": name,
        "性别": "男",
        "出生年月": "1965.3",
        "类别": "人大代表",
        "层级": "市",
        "届次": "第十四届",
        "任期起止": "2008.1-2013.1",
        "工作单位及职务": "江阴机械厂厂长",
        "手机": "13900001000",
        "办公电话": "0510-82000000",
        "住址/所属街道": "江阴市澄江镇和平路1号",
        "结对单位": "",
        "结对民警警号": "",
        "备注": "",
    } | cells_


def codes(report: Report) -> set[tuple[str | None, int, str]]:
    return {(result.sheet, result.number, issue.code) for result in report.results for issue in result.issues}
