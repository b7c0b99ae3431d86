"""Importing the tree of units, and the officers in it."""

from pathlib import Path
from typing import Any

import pytest

from contacts.imports.issues import Refused
from contacts.imports.results import Report
from contacts.models import AuditEntry, Officer, Unit
from tests.contacts.imports import wuxi
from tests.factories import Bureau

pytestmark = pytest.mark.django_db


def unit(code: str, name: str, kind: str, parent: str = "") -> dict[str, str]:
    return {"单位代码": code, "单位名称": name, "单位简称": name, "单位类别": kind, "上级单位代码": parent}


def officer(number: str, name: str, unit_name: str, **cells: str) -> dict[str, str]:
    return {
        "警号": number,
        "姓名": name,
        "单位": unit_name,
        "职务": "民警",
        "职务类别": "社区民警",
        "手机": "",
        "电子邮箱": "",
    } | cells


@pytest.fixture
def imported(tmp_path: Path, db: None) -> Any:
    def run(*rows: dict[str, str], by: Officer | None = None) -> Report:
        return wuxi.import_file(wuxi.csv_file(tmp_path, list(rows)), by)

    return run


def outcomes(report: Report) -> list[str]:
    return [result.outcome for result in report.results]


def test_a_unit_may_stand_before_the_one_above_it(imported: Any) -> None:
    report = imported(
        unit("320281501000", "澄江派出所", "派出所", "320281000000"),
        unit("320281000000", "江阴市公安局", "县级局", "320200000000"),
        unit("320200000000", "无锡市公安局", "市局"),
    )
    assert outcomes(report) == ["created"] * 3
    assert Unit.objects.get(code="320281501000").path == "320200000000/320281000000/320281501000/"


def test_a_unit_that_moves_takes_those_below_along(imported: Any, bureau: Bureau) -> None:
    row = unit(bureau.county.code, bureau.county.name, "县级局", bureau.other_county.code) | {
        "单位简称": "江阴市局"
    }
    assert outcomes(imported(row)) == ["updated"]
    bureau.station.refresh_from_db()
    assert bureau.station.path.startswith("320200000000/320282000000/320281000000/")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (unit("", "甲", "派出所", "320200000000"), "code_missing"),
        (unit("1", "", "派出所", "320200000000"), "name_missing"),
        (unit("1", "甲", "商店", "320200000000"), "kind_unknown"),
        (unit("1", "甲", "派出所", "999"), "parent_unknown"),
        (unit("1", "甲", "派出所"), "root_exists"),
        (unit("1", "长" * 101, "派出所", "320200000000"), "text_too_long"),
    ],
)
def test_a_unit_that_can_not_be_is_refused(
    imported: Any, bureau: Bureau, row: dict[str, str], code: str
) -> None:
    report = imported(row)
    assert outcomes(report) == ["rejected"]
    assert code in {found for _sheet, _row, found in wuxi.codes(report)}


def test_only_who_coordinates_the_whole_bureau_imports_units(imported: Any, bureau: Bureau) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        imported(unit("320281502000", "要塞派出所", "派出所", bureau.county.code), by=bureau.carl)
    assert outcomes(
        imported(unit("320281502000", "要塞派出所", "派出所", bureau.county.code), by=bureau.carol)
    ) == ["created"]


def test_an_officer_comes_without_a_password_and_can_not_sign_in_yet(imported: Any, bureau: Bureau) -> None:
    assert outcomes(imported(officer("23451", "曾虎", "江阴市局澄江派出所", 手机="13912345678"))) == [
        "created"
    ]
    made = Officer.objects.get(police_number="023451")
    assert (made.unit, made.post_class, made.mobile, made.initials) == (
        bureau.station,
        "community_officer",
        "+8613912345678",
        "zh",
    )
    assert not made.has_usable_password()


def test_a_corrected_officer_keeps_the_password_and_what_is_not_said(imported: Any, bureau: Bureau) -> None:
    password, number = bureau.alice.password, bureau.alice.police_number
    report = imported(officer(number, "Alice", bureau.other_station.name, 职务="", 职务类别=""))
    assert outcomes(report) == ["updated"]
    bureau.alice.refresh_from_db()
    assert (bureau.alice.unit, bureau.alice.password) == (bureau.other_station, password)
    assert bureau.alice.email
    entry = AuditEntry.objects.get(action="import")
    assert (entry.before, entry.after) == ({"unit": bureau.station.code}, {"unit": bureau.other_station.code})


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (officer("12", "甲", "市局"), "number_invalid"),
        (officer("023451", "", "市局"), "name_missing"),
        (officer("023451", "甲", "月球分局"), "unit_missing"),
        (officer("023451", "甲", "市局", 职务类别="经理"), "kind_unknown"),
    ],
)
def test_an_officer_who_can_not_be_is_refused(
    imported: Any, bureau: Bureau, row: dict[str, str], code: str
) -> None:
    report = imported(row)
    assert (outcomes(report), wuxi.codes(report)) == (["rejected"], {(None, 2, code)})


def test_a_county_coordinator_can_neither_place_nor_fetch_an_officer_elsewhere(
    imported: Any, bureau: Bureau
) -> None:
    report = imported(
        officer("023451", "甲", bureau.other_station.name),
        officer(bureau.dan.police_number, "Dan", bureau.station.name),
        officer("023452", "乙", bureau.station.name),
        by=bureau.carl,
    )
    assert outcomes(report) == ["rejected", "rejected", "created"]


def test_a_number_or_address_that_can_not_be_read_is_left_out_and_named(
    imported: Any, bureau: Bureau
) -> None:
    report = imported(officer("023451", "甲", "市局", 手机="139", 电子邮箱="nobody"))
    assert outcomes(report) == ["created"]
    assert wuxi.codes(report) == {(None, 2, "phone_invalid"), (None, 2, "email_invalid")}
