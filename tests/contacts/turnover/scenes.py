"""Short words for tests of turnovers: a body, its people, and a new roster."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contacts.imports.results import Context
from contacts.models import (
    Actor,
    ContactPhone,
    Officer,
    Pairing,
    Seat,
    Stakeholder,
    Turnover,
    TurnoverLine,
    Unit,
)
from contacts.turnover import deeds
from tests import factories
from tests.contacts.imports.wuxi import deputy

DAY = dt.date(2026, 12, 1)  # the first one of the new term
EVE = dt.date(2026, 11, 30)
TODAY = dt.date(2026, 11, 18)
OLD = dt.date(2021, 12, 1)


def context(by: Officer | None, day: dt.date = TODAY) -> Context:
    now = timezone.make_aware(dt.datetime.combine(day, dt.time(10, 30)))
    return Context(Actor(by), now, day, day)


def roster(*rows: dict[str, str], name: str = "roster.csv") -> SimpleUploadedFile:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)))
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile(name, out.getvalue().encode())


def row(name: str, mobile: str = "", **cells: str) -> dict[str, str]:
    """A row of a district congress's new roster, of somebody in Alice's street."""
    return (
        deputy(name, 手机=mobile, 层级="区", 届次="", 任期起止="", 办公电话="")
        | {
            "住址/所属街道": "江阴市澄江镇",
            "出生年月": "",
            "性别": "",
            "工作单位及职务": "",
        }
        | cells
    )


def member(
    name: str, unit: Unit, mobile: str = "", *, held_by: Officer | None = None, **seat: Any
) -> Stakeholder:
    """Somebody who holds a seat in the district's congress."""
    person = factories.stakeholder(name, unit, mobile=f"+86{mobile}" if mobile else "")
    factories.seat(person, **{"started_on": OLD, "term_number": 17} | seat)
    if held_by:
        factories.pairing(held_by, person)
    return person


def begun(by: Officer, unit: Unit, *rows: dict[str, str], day: dt.date = TODAY, **fields: Any) -> Turnover:
    """A turnover of the district's congress, checked and not confirmed."""
    wanted = {"kind": "npc_deputy", "level": "district", "term_number": 18, "starts_on": DAY} | fields
    return deeds.check(Turnover(unit=unit, **wanted), roster(*rows), context(by, day))


def confirmed(turnover: Turnover, by: Officer, day: dt.date = TODAY, **choices: str) -> Turnover:
    """Confirmed as shown. `choices`: name → what was decided of their doubtful row."""
    lines = turnover.lines.filter(name__in=choices, group="doubtful")
    decided = {(line.sheet, line.number): choices[line.name] for line in lines}
    assert deeds.confirm(turnover, decided, context(by, day)) == []
    return Turnover.objects.select_related("batch", "journal", "unit").get(pk=turnover.pk)


def groups(turnover: Turnover) -> dict[str, str]:
    """Name → "group why"."""
    return {line.name: f"{line.group} {line.why}".strip() for line in turnover.lines.all()}


def line(turnover: Turnover, name: str) -> TurnoverLine:
    return turnover.lines.get(name=name)


def dump() -> dict[str, list[dict[str, Any]]]:
    """All people, with their seats, numbers and pairings, but for the time of the last change."""
    tables = (Stakeholder, Seat, ContactPhone, Pairing)
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in tables}
    return {
        name: [{key: value for key, value in row.items() if key != "updated_at"} for row in found]
        for name, found in rows.items()
    }
