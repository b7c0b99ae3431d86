"""What each row of the rosters says, held against the expected rows one by one. No database."""

from functools import cache
from typing import Any

import pytest

from contacts.imports import rosters
from contacts.imports.rosters import Entry
from tests.contacts.imports import wuxi

LEVELS = {"省": "province", "市": "city", "区(县)": "district", "乡镇街道": "township"}
CATEGORIES = {"人大代表": "npc_deputy", "政协委员": "cppcc_member"}
SEXES = {"男": "m", "女": "f"}


@cache
def entries(name: str) -> list[Entry]:
    return rosters.check(wuxi.table(name), wuxi.directory(), wuxi.DAY)


def same_day(said: str | None, wanted: str | None) -> bool:
    """A month or year is met by its first or last day."""
    return said == wanted if said is None or wanted is None else said.startswith(wanted)


def differences(entry: Entry, row: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    said, numbers = (
        entry.said,
        {kind: [str(p) for p in entry.phones if p.kind == kind] for kind in ("mobile", "landline")},
    )
    got = {
        "name": entry.name,
        "sex": said.get("sex"),
        "mobiles": numbers["mobile"],
        "landlines": numbers["landline"],
        "issues": sorted((issue.code, issue.column, issue.value) for issue in entry.issues),
    }
    wanted = {
        "name": row["name"],
        "sex": SEXES.get(row["sex"]),
        "mobiles": row["mobiles"],
        "landlines": row["landlines"],
        "issues": sorted((issue["kind"], issue["column"], issue["value"]) for issue in row["issues"]),
    }
    if "birth" in row:
        got["birth"], wanted["birth"] = said.get("birth"), row["birth"]
    if "age" in row:
        got["age"], wanted["age"] = said.get("birth"), str(2008 - row["age"])
    if "certificate" in row:
        got["certificate"], wanted["certificate"] = said.get("certificate"), row["certificate"]
    if "appointed" in row:
        got["appointed"], wanted["appointed"] = said["term"][0], row["appointed"]
        got["unit"], wanted["unit"] = said.get("appointing"), row.get("unit")
    if "level" in row:
        wanted |= {
            "level": LEVELS[row["level"]],
            "kind": CATEGORIES[row["category"]],
            "term": row["congress"],
        }
        wanted |= {name: row[name] for name in ("employer", "street", "officer", "unit")}
        got |= {"level": said["level"], "kind": entry.seat_kind, "term": said["term_number"]}
        got |= {name: said.get(name) for name in ("employer", "street", "officer")}
        # The unit of the pairing: the officer's own, or the one that is named without an officer.
        own = entry.officer and wuxi.directory().units[entry.officer.unit_id].code
        got["unit"] = own or (said.get("unit") if entry.line.text("pairing_unit") else None)
        for index, name in enumerate(("term_start", "term_end")):
            day = said.get("term", [None, None])[index]
            got[name], wanted[name] = (None, None) if same_day(day, row[name]) else (day, row[name])
    return {name: (got[name], wanted[name]) for name in got if got[name] != wanted[name]}


@pytest.mark.parametrize("name", wuxi.ROSTERS)
def test_each_row_says_what_is_expected_of_it(name: str) -> None:
    rows = wuxi.expected_rows()[name]
    found = entries(name)
    assert len(found) == len(rows)
    wrong = {
        (entry.line.sheet, entry.line.number): difference
        for entry in found
        if (difference := differences(entry, rows[entry.line.sheet, entry.line.number]))
    }
    assert wrong == {}


@pytest.mark.parametrize("name", ["deputies.xlsx", "discipline_monitors.xlsx"])
def test_the_remarks_are_counted_as_expected(name: str) -> None:
    for code, wanted in wuxi.expected()["files"][name]["issues"].items():
        found = {
            (e.line.sheet, e.line.number) for e in entries(name) for issue in e.issues if issue.code == code
        }
        assert found == {(row["sheet"], row["row"]) for row in wanted["rows"]}, code


@pytest.mark.parametrize("name", wuxi.ROSTERS)
def test_the_numbers_are_counted_as_expected(name: str) -> None:
    found = entries(name)
    wanted = wuxi.expected()["files"][name]["phones"]
    mobiles = [str(p) for e in found for p in e.phones if p.kind == "mobile"]
    landlines = [str(p) for e in found for p in e.phones if p.kind == "landline"]
    assert (len(mobiles), len(set(mobiles))) == (wanted["mobiles"], wanted["distinct_mobiles"])
    assert len(landlines) == wanted["landlines"]
    assert len(set(landlines)) == wanted["distinct_landlines_with_extension"]
    assert sum(not entry.phones for entry in found) == wanted["rows_without_any_valid_phone"]


def test_the_unit_in_charge_is_the_officers_else_the_named_else_the_streets_else_the_appointing_one() -> None:
    units = wuxi.directory().units
    stations = {
        unit.short_name.removesuffix("派出所"): unit for unit in units.values() if unit.kind == "station"
    }
    units_of_street = {
        stem + suffix: unit for stem, unit in stations.items() for suffix in ("街道", "镇", "镇街道")
    }
    for entry in entries("deputies.xlsx"):
        row = wuxi.expected_rows()["deputies.xlsx"][entry.line.sheet, entry.line.number]
        if entry.officer:
            assert entry.unit == units[entry.officer.unit_id]
        elif row["unit"]:
            assert entry.unit.code == row["unit"]
        elif row["street"]:
            assert entry.unit == units_of_street[row["street"]]
        else:
            assert entry.unit.kind == "bureau"
    for entry in entries("discipline_monitors.xlsx"):
        assert entry.unit.code == entry.said.get("appointing", "320200000000")


def test_huishan_street_belongs_to_beitang_not_to_huishan() -> None:
    station = wuxi.directory().station_of("惠山街道", "惠山街道东风新村8号102室")
    assert wuxi.directory().units[station.parent_id].short_name == "北塘分局"


@pytest.mark.parametrize("name", ["市局", "无锡市局", "无锡市公安局"])
def test_the_bureau_is_known_by_all_its_names(name: str) -> None:
    assert [wuxi.directory().units[pk].kind for pk in wuxi.directory().named(name)] == ["bureau"]


@pytest.mark.parametrize(
    "name",
    [
        "广瑞路派出所",
        "广瑞路所",
        "崇安分局广瑞路派出所",
        "崇安分局 广瑞路派出所",
        "无锡市公安局崇安分局广瑞路派出所",
        "无锡市局崇安分局广瑞路派出所",
    ],
)
def test_a_station_is_known_by_all_its_names(name: str) -> None:
    assert [wuxi.directory().units[pk].short_name for pk in wuxi.directory().named(name)] == ["广瑞路派出所"]
