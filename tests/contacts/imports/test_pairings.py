"""Importing pairings with their days: they never overlap, and a new holder ends the old one on the day before."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from contacts.imports.results import Report
from contacts.models import AuditEntry, Officer, Pairing
from tests import factories
from tests.contacts.imports import wuxi
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def imported(bureau: Bureau, tmp_path: Path) -> Any:
    def run(*rows: tuple, by: Officer | None = None) -> Report:
        cells = [
            dict(zip(("police_number", "stakeholder", "started_on", "ended_on"), row, strict=True))
            for row in rows
        ]
        return wuxi.import_file(wuxi.csv_file(tmp_path, cells), by, day=DAY)

    return run


def outcomes(report: Report) -> list[str]:
    return [result.outcome for result in report.results]


def held(bureau: Bureau) -> list[tuple[str, str, str | None]]:
    return [
        (p.officer.name, p.started_on.isoformat(), p.ended_on.isoformat() if p.ended_on else None)
        for p in Pairing.objects.filter(stakeholder=bureau.deputy)
        .order_by("started_on")
        .select_related("officer")
    ]


def test_a_new_holder_ends_the_old_one_on_the_day_before(imported: Any, bureau: Bureau) -> None:
    report = imported((bureau.dan.police_number, bureau.deputy.number, "2026-03-01", ""))
    assert outcomes(report) == ["created"]
    assert held(bureau) == [("Alice", "2026-01-01", "2026-02-28"), ("Dan", "2026-03-01", None)]
    bureau.deputy.refresh_from_db()
    assert bureau.deputy.unit == bureau.other_station
    assert AuditEntry.objects.get(action="pair").before == {"officer": bureau.alice.police_number}


def test_without_a_day_it_counts_from_the_day_of_the_import(imported: Any, bureau: Bureau) -> None:
    imported((bureau.dan.police_number, bureau.deputy.number, "", ""))
    assert held(bureau)[1] == ("Dan", "2026-03-01", None)


def test_a_person_may_be_named_by_name_and_mobile(imported: Any, bureau: Bureau) -> None:
    factories.stakeholder("张伟", bureau.station, mobile="+8613900000001")
    assert outcomes(imported((bureau.dan.police_number, "张伟/139 1234 5678", "2026-03-01", ""))) == [
        "created"
    ]
    report = imported((bureau.dan.police_number, "张伟", "2026-03-01", ""))
    assert wuxi.codes(report) == {(None, 2, "stakeholder_ambiguous")}


def test_the_same_file_again_changes_nothing_even_after_a_hand_over(imported: Any, bureau: Bureau) -> None:
    row = (bureau.dan.police_number, bureau.deputy.number, "2026-03-01", "")
    imported(row)
    assert outcomes(imported(row)) == ["unchanged"]
    Pairing.objects.filter(officer=bureau.dan).update(officer=bureau.bob)
    assert outcomes(imported(row)) == ["unchanged"]
    assert [name for name, _start, _end in held(bureau)] == ["Alice", "Bob"]


def test_a_history_comes_in_any_order(imported: Any, bureau: Bureau) -> None:
    Pairing.objects.all().delete()
    number = bureau.deputy.number
    report = imported(
        (bureau.bob.police_number, number, "2026-02-01", ""),
        (bureau.dan.police_number, number, "2025-01-01", "2025-06-30"),
        (bureau.alice.police_number, number, "2025-07-01", "2026-01-31"),
    )
    assert outcomes(report) == ["created"] * 3
    assert [name for name, _start, _end in held(bureau)] == ["Dan", "Alice", "Bob"]
    bureau.deputy.refresh_from_db()
    assert bureau.deputy.unit == bureau.station


def test_three_in_a_row_end_each_other(imported: Any, bureau: Bureau) -> None:
    number = bureau.deputy.number
    imported(
        (bureau.bob.police_number, number, "2026-02-01", ""),
        (bureau.dan.police_number, number, "2026-03-01", ""),
    )
    assert held(bureau) == [
        ("Alice", "2026-01-01", "2026-01-31"),
        ("Bob", "2026-02-01", "2026-02-28"),
        ("Dan", "2026-03-01", None),
    ]


def test_a_last_day_ends_the_pairing(imported: Any, bureau: Bureau) -> None:
    report = imported((bureau.alice.police_number, bureau.deputy.number, "2026-01-01", "2026-02-15"))
    assert outcomes(report) == ["updated"]
    assert held(bureau) == [("Alice", "2026-01-01", "2026-02-15")]
    assert AuditEntry.objects.get(action="end pairing").after == {"ended_on": "2026-02-15"}


def test_a_later_start_of_whoever_holds_the_person_already_changes_nothing(
    imported: Any, bureau: Bureau
) -> None:
    assert outcomes(imported((bureau.alice.police_number, bureau.deputy.number, "2026-03-01", ""))) == [
        "unchanged"
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("999999", "L1", "2026-03-01", ""), "officer_not_found"),
        ((None, "L999999", "2026-03-01", ""), "stakeholder_not_found"),
        ((None, "赵无名/13900000009", "2026-03-01", ""), "stakeholder_not_found"),
        ((None, None, "春天", ""), "day_invalid"),
        ((None, None, "2026-03-01", "2026-02-01"), "period_reversed"),
        ((None, None, "2025-06-01", "2026-06-01"), "pairing_overlaps"),
    ],
)
def test_a_row_that_can_not_be_is_refused(imported: Any, bureau: Bureau, row: tuple, code: str) -> None:
    number, who, start, end = row
    report = imported((number or bureau.dan.police_number, who or bureau.deputy.number, start, end))
    assert outcomes(report) == ["rejected"]
    assert code in {found for _sheet, _row, found in wuxi.codes(report)}
    assert held(bureau) == [("Alice", "2026-01-01", None)]


def test_a_county_coordinator_can_neither_give_away_nor_take(imported: Any, bureau: Bureau) -> None:
    stranger = factories.stakeholder("李强", bureau.other_station)
    report = imported(
        (bureau.dan.police_number, bureau.deputy.number, "2026-03-01", ""),
        (bureau.alice.police_number, stranger.number, "2026-03-01", ""),
        by=bureau.carl,
    )
    assert wuxi.codes(report) == {(None, 2, "unit_out_of_reach"), (None, 3, "stakeholder_not_found")}
    assert Pairing.objects.count() == 1
