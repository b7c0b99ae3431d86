"""A city's congress turns: 60 stay, 10 leave, 6 come up from the districts, 8 are new; and all of it goes back."""

import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.db import transaction

from contacts.imports import keeping, rosters
from contacts.imports.tables import COLUMNS, Line, Table
from contacts.models import ImportBatch, Pairing, Seat, Stakeholder, Turnover, Unit
from contacts.pairing_proposals import propose
from contacts.turnover import deeds
from schedules import coverage
from schedules.models import Obligation
from schedules.passes import run_schedule
from schedules.verify import verify
from tests.contacts.imports import wuxi
from tests.contacts.turnover.scenes import dump
from tests.schedules.scenes import at

pytestmark = pytest.mark.django_db
D = dt.date(2008, 9, 8)  # seven days of September are before it, 23 are not
EVE = dt.date(2008, 9, 7)
STAY, LEAVE, COME, NEW, STRANGERS = 60, 10, 6, 8, 5


@cache
def lines(sheet: str, kind: str) -> list[Line]:
    """The deputies of one kind on a sheet whose days, names and mobiles are beyond doubt."""
    entries = rosters.check(wuxi.table("deputies.xlsx"), wuxi.directory(), wuxi.DAY)
    fine = [e for e in entries if e.line.sheet == sheet and e.seat_kind == kind]
    names = Counter(entry.name for entry in entries)
    return [
        entry.line
        for entry in fine
        if names[entry.name] == 1
        and any(phone.kind == "mobile" for phone in entry.phones)
        and entry.said.get("birth")
        and "term_ended" not in {issue.code for issue in entry.issues}
    ]


def city() -> list[Line]:
    return lines("市级", "npc_deputy")[: STAY + LEAVE]


def districts() -> list[Line]:
    return lines("区(县)级", "npc_deputy")[:COME]


def new_line(number: int) -> Line:
    """Half of them name an officer, the others a street alone."""
    cells = {
        "name": f"新{chr(0x4E00 + number)}",
        "category": "人大代表",
        "level": "市",
        "mobile": f"139{number:08d}",
        "address": "崇安区上马墩街道",
    }
    officers = sorted(wuxi.directory().officers)
    return Line("市级", number, cells | ({"officer": officers[number]} if number % 2 else {}))


def new_roster() -> list[Line]:
    stay = [Line("市级", n, line.cells) for n, line in enumerate(city()[:STAY], 3)]
    come = [
        Line("市级", n, {k: v for k, v in line.cells.items() if k != "term"} | {"level": "市"})
        for n, line in enumerate(districts(), 300)
    ]
    strangers = [
        Line("市级", n, line.cells) for n, line in enumerate(lines("市级", "cppcc_member")[:STRANGERS], 400)
    ]
    return stay + come + [new_line(number) for number in range(500, 500 + NEW)] + strangers


@pytest.fixture(scope="module")
def imported(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The bureau, its city's deputies and those of the districts who come up later; for the whole module."""
    with django_db_blocker.unblock(), transaction.atomic():
        for name in ("units.csv", "officers.xlsx"):
            wuxi.import_file(wuxi.FOLDER / name)
        table = Table("deputies", city() + districts())
        path = wuxi.FOLDER / "deputies.xlsx"
        keeping.apply_file(path, path.name, table, wuxi.context())
        yield
        transaction.set_rollback(True)


def turned(day: dt.date = dt.date(2008, 8, 20)) -> tuple[Turnover, deeds.Turned]:
    turnover = Turnover(
        kind="npc_deputy", level="city", unit=Unit.objects.get(parent=None), term_number=15, starts_on=D
    )
    batch = ImportBatch(file_name="new.xlsx", kind="deputies", pairings_from=D)
    table = Table("deputies", new_roster())
    return turnover, deeds.apply_now(turnover, batch, table, wuxi.context(day=day), deeds.nobody_decided)


def test_the_groups_are_those_of_the_roster(imported: None) -> None:
    _turnover, found = turned()
    assert found.counts == {
        "continuing": STAY, "ended": LEAVE, "new": NEW, "moved": COME, "doubtful": 0, "refused": STRANGERS,
        "paired": len([line for line in new_roster() if line.number >= 500 and "officer" in line.cells]),
        "freed": Pairing.objects.filter(ended_on=EVE, end_reason="term ended").count(),
    }  # fmt: skip


def test_on_each_day_the_seats_and_pairings_of_that_day_are_held(imported: None) -> None:
    before = set(Seat.objects.filter(level="city").values_list("stakeholder", flat=True))
    paired = set(Pairing.objects.values_list("stakeholder", flat=True))
    turned()

    def sitting(day: dt.date) -> set[int]:
        return set(Seat.objects.active(day).filter(level="city").values_list("stakeholder", flat=True))

    assert sitting(EVE) == before
    left = before - sitting(D)
    assert (len(left), len(sitting(D) - before)) == (LEAVE, COME + NEW)
    assert set(Seat.objects.active(D).filter(level="city").values_list("term_number", flat=True)) == {15}
    held = {day: set(Pairing.objects.open(day).values_list("stakeholder", flat=True)) for day in (EVE, D)}
    assert held[EVE] == paired
    assert paired - held[D] == left & paired


def test_what_is_owed_follows_the_days_of_seats_and_pairings(imported: None) -> None:
    run_schedule(at("2008-06-20 09:00"))
    level = {key: by_level(key) for key in ("2008-08", "2008-09", "2008-10")}
    turned()
    left = set(
        Stakeholder.objects.filter(pairings__ended_on=EVE, seats__level="city").values_list("pk", flat=True)
    )
    new = set(Pairing.objects.filter(started_on=D).values_list("stakeholder", flat=True))
    for instant in ("2008-08-21 09:00", "2008-09-08 09:00", "2008-10-06 09:00"):
        run_schedule(at(instant))
        assert verify(at(instant)).violations == []
        assert owed(left) == {"call 2008-06", "call 2008-07", "call 2008-08", "visit 2008-Q3"}, instant
        assert {"call 2008-09", "call 2008-10", "visit 2008-Q4"} <= owed(new), instant
        assert not {"call 2008-08", "visit 2008-Q3"} & owed(new), instant
    assert by_level("2008-08") == level["2008-08"]
    gone, came = len(left), len(new) + paired_from_below()
    assert by_level("2008-10")["city"] == level["2008-10"]["city"] - gone + came
    assert by_level("2008-10")["district"] == level["2008-10"]["district"]  # their seats there go on


def owed(people: set[int]) -> set[str]:
    rows = Obligation.objects.live().filter(stakeholder__in=people).exclude(policy__code="report")
    return {f"{code} {key}" for code, key in rows.values_list("policy__code", "period_key").distinct()}


def by_level(key: str) -> dict[str, int]:
    found = coverage.figures(key, now=at("2008-10-06 09:00"), kind="call", by="level")
    return {group["key"]: group["owed"] for group in found["groups"]}


def paired_from_below() -> int:
    districts = Seat.objects.filter(level="district").values("stakeholder")
    return Pairing.objects.filter(stakeholder__in=districts, started_on__lt=D).count()


def test_taken_back_everything_is_as_before(imported: None) -> None:
    before = dump()
    turnover, _found = turned()
    assert dump() != before
    people = {p.stakeholder: p.officer for p in proposals(turnover)}
    deeds.pair_proposed(turnover, people, today=wuxi.DAY, actor=wuxi.context().actor)

    found, obstacles = deeds.take_back(turnover, actor=wuxi.context().actor, now=at("2008-08-21 09:00"))

    assert (found.kept, obstacles) == (set(), [])
    assert dump() == before


def proposals(turnover: Turnover) -> list[Any]:
    return [one for one in propose(deeds.unpaired(turnover, D), D) if one.officer]


def workbook(tmp_path: Path) -> Path:
    """The new roster as it comes: a workbook with a title and the headers of the old one."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "市级"
    columns = list(COLUMNS["deputies"])
    sheet.append(["新一届市人大代表名册"])
    sheet.append([COLUMNS["deputies"][name].split()[0] for name in columns])
    for line in new_roster():
        sheet.append([line.cells.get(name) for name in columns])
    path = tmp_path / "new.xlsx"
    book.save(path)
    return path


def test_the_command_answers_as_promised_and_a_dry_run_changes_nothing(
    imported: None, tmp_path: Path
) -> None:
    file, before = workbook(tmp_path), dump()
    arguments = [
        "--kind=npc_deputy",
        "--level=city",
        "--term=15",
        f"--from={D}",
        "--at=2008-08-20T09:00:00+08:00",
    ]

    def run(*more: str) -> dict[str, Any]:
        out = io.StringIO()
        call_command("turn_term", str(file), *arguments, *more, "--json", stdout=out, stderr=io.StringIO())
        answer: dict[str, Any] = json.loads(out.getvalue())
        return answer

    looked = run("--dry-run")
    assert dump() == before
    answer = run()
    assert answer == looked | {"dry_run": False}
    assert answer.keys() == {
        "dry_run", "continuing", "ended", "new", "moved", "doubtful", "refused", "paired", "freed",
    }  # fmt: skip
    assert (answer["continuing"], answer["ended"], answer["new"], answer["moved"]) == (STAY, LEAVE, NEW, COME)
    assert {remark["code"] for remark in answer["refused"]} == {"other_kind"}
    assert len({remark["row"] for remark in answer["refused"]}) == STRANGERS
