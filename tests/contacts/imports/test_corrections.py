"""A corrected roster: what it changes, what it leaves alone, and on whose behalf."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.appointing import renew
from contacts.imports import running, tables, taking_back
from contacts.imports.issues import Refused
from contacts.imports.results import Report
from contacts.imports.workbook import Sheet
from contacts.models import Actor, AuditEntry, ContactPhone, ImportBatch, Officer, Pairing, Seat, Stakeholder
from contacts.pairing import follow_pairings
from tests import factories
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import deputy
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
OUTSIDE = dt.date(2008, 9, 1)


@pytest.fixture
def roster(bureau: Bureau, tmp_path: Path) -> Any:
    """Import rows of deputies; the bureau has one deputy already."""

    def imported(*rows: dict[str, str], by: Officer | None = None, **when: Any) -> Report:
        return wuxi.import_file(wuxi.csv_file(tmp_path, list(rows)), by, **when)

    return imported


def outcomes(report: Report) -> list[str]:
    return [result.outcome for result in report.results]


def person(name: str = "钱正明") -> Stakeholder:
    return Stakeholder.objects.get(name=name)


def numbers(name: str = "钱正明") -> list[str]:
    return [phone.e164 for phone in person(name).phones.all()]


def test_a_row_brings_a_person_with_seat_numbers_and_the_station_of_the_street(
    roster: Any, bureau: Bureau
) -> None:
    assert outcomes(roster(deputy())) == ["created"]
    made = person()
    assert (made.sex, made.birth, made.street, made.unit, made.initials) == (
        "m",
        "1965-03",
        "澄江镇",
        bureau.station,
        "qzm",
    )
    assert numbers() == ["+8613900001000", "+8651082000000"]
    seat = made.seats.get()
    assert (seat.kind, seat.level, seat.term_number) == ("npc_deputy", "city", 14)
    assert (seat.started_on, seat.ended_on) == (dt.date(2008, 1, 1), dt.date(2013, 1, 31))
    entry = AuditEntry.objects.get(action="import", object_id=str(made.pk))
    assert entry.after["phones"] == ["+8613900001000", "+8651082000000"]


def test_a_corrected_cell_changes_that_field_and_leaves_its_trace(roster: Any) -> None:
    roster(deputy())
    report = roster(deputy(出生年月="1965.4", 工作单位及职务="江阴中学校长"))
    assert outcomes(report) == ["updated"]
    assert next(report.results).changes == {
        "birth": ["1965-03", "1965-04"],
        "employer": ["江阴机械厂厂长", "江阴中学校长"],
    }
    assert (person().birth, person().employer) == ("1965-04", "江阴中学校长")
    entry = AuditEntry.objects.filter(action="import").latest("pk")
    assert entry.before == {"birth": "1965-03", "employer": "江阴机械厂厂长"}
    assert entry.after == {"birth": "1965-04", "employer": "江阴中学校长"}


def test_a_corrected_term_changes_the_seat(roster: Any) -> None:
    roster(deputy())
    assert outcomes(roster(deputy(届次="第十五届"))) == ["updated"]
    assert outcomes(roster(deputy(届次="第十五届", 任期起止="2008.1至今"))) == ["updated"]
    seat = person().seats.get()
    assert (seat.term_number, seat.started_on, seat.ended_on) == (15, dt.date(2008, 1, 1), None)


def test_a_blank_cell_wipes_nothing(roster: Any) -> None:
    roster(deputy(备注="上届连任"))
    report = roster(
        deputy(
            性别="", 出生年月="待补", 任期起止="", 手机="无", 办公电话="", **{"住址/所属街道": ""}, 备注=""
        )
    )
    assert outcomes(report) == ["unchanged"]
    assert (person().sex, person().birth, person().remark, len(numbers())) == ("m", "1965-03", "上届连任", 2)


def test_a_cell_that_can_not_be_read_wipes_nothing(roster: Any) -> None:
    roster(deputy())
    assert outcomes(roster(deputy(出生年月="1965.13", 手机="139000010", 任期起止="2013.1-2008.1"))) == [
        "unchanged"
    ]
    assert (person().birth, len(numbers())) == ("1965-03", 2)


def test_a_year_says_nothing_against_a_month(roster: Any) -> None:
    roster(deputy())
    assert outcomes(roster(deputy(出生年月="1965年"))) == ["unchanged"]


def test_a_new_mobile_takes_the_place_of_the_old_one_of_the_roster(roster: Any) -> None:
    roster(deputy())
    ContactPhone.objects.create(
        stakeholder=person(), e164="+8613811112222", kind="mobile", position=9
    )  # by hand
    assert outcomes(roster(deputy(手机="13900002000", 办公电话=""))) == ["updated"]
    assert sorted(numbers()) == ["+8613811112222", "+8613900002000", "+8651082000000"]


def test_what_was_corrected_by_hand_outlives_the_old_file(roster: Any) -> None:
    roster(deputy())
    Stakeholder.objects.update(employer="江阴机械厂副厂长")
    ContactPhone.objects.filter(e164="+8613900001000").update(e164="+8613900009999")
    assert outcomes(roster(deputy())) == ["unchanged"]
    assert person().employer == "江阴机械厂副厂长"
    assert "+8613900009999" in numbers()
    assert "+8613900001000" not in numbers()


def test_a_file_that_says_something_new_changes_even_what_was_corrected_by_hand(roster: Any) -> None:
    roster(deputy())
    Stakeholder.objects.filter(name="钱正明").update(employer="江阴机械厂副厂长")
    assert outcomes(roster(deputy(工作单位及职务="江阴纺织厂厂长"))) == ["updated"]
    assert person().employer == "江阴纺织厂厂长"


def test_a_corrected_name_is_no_new_person(roster: Any) -> None:
    roster(deputy("钱正名"))
    assert outcomes(roster(deputy("钱正明"))) == ["updated"]
    assert Seat.objects.filter(level="city").get().stakeholder.pinyin == "qian zheng ming"


def test_namesakes_stay_apart_and_each_finds_their_own(roster: Any) -> None:
    one, two = deputy(), deputy(手机="13900002000", 出生年月="1971.5", 工作单位及职务="教师", 办公电话="")
    assert outcomes(roster(one, two)) == ["created", "created"]
    report = roster(two | {"备注": "本届新当选"}, one)
    assert outcomes(report) == ["updated", "unchanged"]
    assert not wuxi.codes(report) & {("possible_duplicate",)}
    assert Stakeholder.objects.get(remark="本届新当选").birth == "1971-05"


def test_a_second_seat_is_flagged_and_not_merged(roster: Any) -> None:
    report = roster(deputy(), deputy(层级="省", 届次="第十一届"))
    assert outcomes(report) == ["created", "created"]
    assert (None, 3, "possible_duplicate") in wuxi.codes(report)
    assert "2" in list(report.results)[1].issues[-1].message
    assert Stakeholder.objects.filter(name="钱正明").count() == 2


def test_another_term_is_a_new_seat_of_the_same_person(roster: Any) -> None:
    roster(deputy())
    report = roster(
        deputy(届次="第十五届", 任期起止="2013.1-2018.1", 工作单位及职务="江阴纺织厂厂长"),
        day=dt.date(2013, 2, 1),
    )
    assert outcomes(report) == ["created"]
    assert sorted(seat.term_number for seat in person().seats.all()) == [14, 15]
    assert person().employer == "江阴纺织厂厂长"
    again = roster(
        deputy(届次="第十五届", 任期起止="2013.1-2018.1", 工作单位及职务="江阴纺织厂厂长"),
        day=dt.date(2013, 2, 1),
    )
    assert outcomes(again) == ["unchanged"]


def test_the_same_row_twice_is_taken_once(roster: Any) -> None:
    report = roster(deputy(), deputy())
    assert outcomes(report) == ["created", "unchanged"]
    assert (None, 3, "typed_twice") in wuxi.codes(report)


def test_a_refused_row_keeps_nobody_else_out(roster: Any) -> None:
    report = roster(deputy(""), deputy("孙立"), deputy("周平", 层级="全球"), deputy("吴敏", 备注="长" * 501))
    assert outcomes(report) == ["rejected", "created", "rejected", "rejected"]
    assert wuxi.codes(report) >= {
        (None, 2, "name_missing"),
        (None, 4, "level_unknown"),
        (None, 5, "text_too_long"),
    }


# --- officers named in a roster ------------------------------------------------------------------------------


def test_an_officer_named_in_the_roster_is_responsible_from_that_day(roster: Any, bureau: Bureau) -> None:
    roster(deputy(结对民警警号=bureau.dan.police_number), since=OUTSIDE)
    pairing = Pairing.objects.get(stakeholder=person())
    assert (pairing.officer, pairing.unit, pairing.started_on) == (bureau.dan, bureau.other_station, OUTSIDE)
    assert person().unit == bureau.other_station


def test_another_officer_in_a_later_roster_is_a_hand_over(roster: Any, bureau: Bureau) -> None:
    roster(deputy(结对民警警号=bureau.alice.police_number))
    report = roster(deputy(结对民警警号=bureau.dan.police_number), since=OUTSIDE)
    assert outcomes(report) == ["updated"]
    old, new = Pairing.objects.filter(stakeholder=person()).order_by("started_on")
    assert (old.officer, old.ended_on) == (bureau.alice, OUTSIDE - dt.timedelta(days=1))
    assert (new.officer, new.started_on, new.ended_on) == (bureau.dan, OUTSIDE, None)
    assert person().unit == bureau.station  # whoever holds the person until then
    follow_pairings(OUTSIDE)
    assert person().unit == bureau.other_station
    entry = AuditEntry.objects.filter(action="pair").latest("pk")
    assert entry.before == {"officer": bureau.alice.police_number}


def test_a_hand_over_on_the_page_outlives_the_old_roster(roster: Any, bureau: Bureau) -> None:
    roster(deputy(结对民警警号=bureau.alice.police_number))
    Pairing.objects.filter(stakeholder=person()).update(officer=bureau.bob)
    assert outcomes(roster(deputy(结对民警警号=bureau.alice.police_number), since=OUTSIDE)) == ["unchanged"]
    assert Pairing.objects.get(stakeholder=person()).officer == bureau.bob


def test_an_officer_is_not_made_responsible_before_a_later_pairing(roster: Any, bureau: Bureau) -> None:
    roster(deputy(结对民警警号=bureau.alice.police_number), since=OUTSIDE)
    report = roster(deputy(结对民警警号=bureau.dan.police_number), since=wuxi.DAY)
    assert outcomes(report) == ["unchanged"]
    assert (None, 2, "pairing_later") in wuxi.codes(report)
    assert Pairing.objects.get(stakeholder=person()).officer == bureau.alice


# --- on whose behalf -----------------------------------------------------------------------------------------


def test_a_county_coordinator_imports_the_rows_of_the_county_alone(roster: Any, bureau: Bureau) -> None:
    report = roster(
        deputy("孙立", 结对民警警号=bureau.alice.police_number),
        deputy("周平", 结对民警警号=bureau.dan.police_number),
        deputy("吴敏", **{"住址/所属街道": "宜城街道"}),
        deputy("郑新", **{"住址/所属街道": ""}),
        by=bureau.carl,
    )
    assert outcomes(report) == ["created", "rejected", "rejected", "created"]
    assert {code for _sheet, _row, code in wuxi.codes(report)} >= {"unit_out_of_reach"}
    assert person("郑新").unit == bureau.county  # placed by nothing: theirs, not the bureau's


def test_people_of_another_county_are_neither_changed_nor_named(roster: Any, bureau: Bureau) -> None:
    stranger = factories.stakeholder(
        "钱正明", bureau.other_station, mobile="+8613900001000", birth_year=1965, birth_month=3
    )
    factories.seat(stranger, level="city")
    report = roster(deputy(手机="13900001000"), by=bureau.carl)
    assert outcomes(report) == ["created"]
    assert {code for _sheet, _row, code in wuxi.codes(report)} == {"unpaired"}
    stranger.refresh_from_db()
    assert stranger.employer == ""


def test_an_import_on_behalf_of_somebody_is_theirs_in_the_audit_trail(roster: Any, bureau: Bureau) -> None:
    roster(deputy(), by=bureau.carol)
    assert set(AuditEntry.objects.values_list("officer", flat=True)) == {bureau.carol.pk}
    assert AuditEntry.objects.get(action="import file").after["created"] == 1


@pytest.mark.parametrize(
    "cells",
    [
        {"届次": "第99999999999届"},
        {"任期起止": "0001.1-9999.12"},
        {"出生年月": "9" * 60},
        {"手机": "/".join(["13900001000"] * 15)},
        {"手机": "1" * 5000},
        {"姓名": "钱" * 5000},
        {"姓名": "（" * 40},
        {"结对单位": "公安局" * 1000},
        {"备注": "\x00\x07=cmd|' /C calc'!A0"},
        {"工作单位及职务": "🦀" * 150},
    ],
)
def test_a_hostile_cell_is_flagged_or_kept_as_text_and_breaks_nothing(
    bureau: Bureau, tmp_path: Path, cells: dict[str, str]
) -> None:
    rows = [deputy(), deputy("孙立") | cells]
    table = tables.recognise(
        [Sheet("名册", [(n, list(row)) for n, row in enumerate([rows[0], *(r.values() for r in rows)], 1)])]
    )
    report = running.apply(table, "hostile.xlsx", wuxi.context())
    assert next(report.results).outcome == "created"
    assert report.rows == 2


@pytest.mark.parametrize(
    "cells",
    [
        {"年龄": "5000"},
        {"年龄": 0},
        {"聘期（年）": 999},
        {"聘任日期": "0001.1.1"},
        {"聘任日期": "2199.12.31", "年龄": 120},
    ],
)
def test_an_impossible_age_or_span_breaks_nothing(
    bureau: Bureau, tmp_path: Path, cells: dict[str, object]
) -> None:
    row = {
        "姓名": "孙立",
        "年龄": 42,
        "联系电话": "",
        "聘任单位": "江阴市局",
        "聘书编号": "1",
        "聘任日期": "2008.5.8",
        "聘期（年）": 2,
    }
    report = wuxi.import_file(wuxi.csv_file(tmp_path, [row | cells]))
    assert outcomes(report) == ["created"]


def test_more_rows_than_sqlite_should_take_at_once_ask_for_a_smaller_file(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ROWS_ON_SQLITE", 1)
    file = wuxi.csv_file(tmp_path, [deputy(), deputy("孙立")])
    if connection.vendor != "sqlite":
        assert len(running.read(file, file.name).lines) == 2
        return
    with pytest.raises(Refused) as refused:
        running.read(file, file.name)
    assert refused.value.message.startswith("The file has 2 rows; at most 1 can be imported at once.")


# --- certificates --------------------------------------------------------------------------------------------


def monitor(name: str, certificate: str, mobile: str = "", **cells: str) -> dict[str, str]:
    row = {
        "姓名": name,
        "联系电话": mobile,
        "聘任单位": "江阴市局",
        "聘书编号": certificate,
        "聘任日期": "2008.5.8",
    }
    return row | cells


def test_one_certificate_under_two_names_is_refused_the_second_time(roster: Any) -> None:
    report = roster(monitor("孙立", "第1号", "13900000001"), monitor("周平", "第1号", "13900000002"))
    assert outcomes(report) == ["created", "rejected"]
    assert (None, 3, "certificate_taken") in wuxi.codes(report)
    again = roster(monitor("周平", "第1号", "13900000002"), monitor("周平", "第1号"))
    assert outcomes(again) == ["rejected", "rejected"]


def test_a_certificate_that_is_filled_in_later_may_not_be_anothers(roster: Any) -> None:
    roster(monitor("孙立", "第1号", "13900000001"), monitor("周平", "第2号", "13900000002"))
    Seat.objects.filter(certificate="第2号").update(certificate="")
    assert outcomes(roster(monitor("周平", "第1号", "13900000002"))) == ["rejected"]
    assert outcomes(roster(monitor("周平", "第3号", "13900000002"))) == ["updated"]


def test_a_person_who_is_known_by_the_certificate_may_have_a_new_name_and_number(roster: Any) -> None:
    roster(monitor("孙力", "第1号", "13900000001"))
    assert outcomes(roster(monitor("孙力", "第1号", "13900000009"))) == ["updated"]
    assert outcomes(roster(monitor("孙立", "第1号", "13900000009"))) == ["updated"]
    assert numbers("孙立") == ["+8613900000009"]


def test_a_roster_of_the_old_term_changes_nothing_of_a_renewal_under_the_same_number(roster: Any) -> None:
    row = monitor("孙立", "第1号", "13900000001", **{"聘期（年）": "2"})
    roster(row)
    seat = Seat.objects.get(certificate="第1号")
    renewal = renew(
        seat, starts_on=dt.date(2010, 5, 8), ends_on=dt.date(2012, 5, 7), certificate="第1号", actor=Actor.command("test")
    )  # fmt: skip

    assert outcomes(roster(row)) == ["unchanged"]
    assert outcomes(roster(row | {"聘任日期": "2010.5.8"})) == ["unchanged"]
    renewal.refresh_from_db()
    assert (renewal.started_on, renewal.ended_on) == (dt.date(2010, 5, 8), dt.date(2012, 5, 7))


@pytest.mark.parametrize("certificate", ["第1号", "第7号"])
def test_a_later_roster_with_the_next_term_renews_the_appointment_and_corrects_nothing(
    roster: Any, certificate: str
) -> None:
    """Under the same number or another one; and once, however often it is imported."""
    roster(monitor("孙立", "第1号", "13900000001", **{"聘期（年）": "2"}))
    later = monitor("孙立", certificate, "13900000001", **{"聘期（年）": "2", "聘任日期": "2010.5.8"})
    report = roster(later)
    assert outcomes(report) == ["created"]
    assert (None, 2, "renews") in wuxi.codes(report)
    assert outcomes(roster(later)) == ["unchanged"]

    seats = Seat.objects.filter(stakeholder__name="孙立")
    first, second = seats.order_by("started_on")
    assert first.stakeholder == second.stakeholder
    assert second.renews == first
    assert (first.started_on, first.ended_on) == (dt.date(2008, 5, 8), dt.date(2010, 5, 7))
    assert (second.started_on, second.ended_on) == (dt.date(2010, 5, 8), dt.date(2012, 5, 7))

    batch = ImportBatch.objects.order_by("pk")[1]
    taking_back.take_back(batch, actor=Actor.command("test"), reason="the wrong file", now=timezone.now())
    assert seats.get() == first


def test_a_renewed_appointment_stays_when_its_import_is_taken_back(roster: Any) -> None:
    roster(monitor("孙立", "第1号", "13900000001"))
    seat = Seat.objects.get(certificate="第1号")
    renew(seat, starts_on=dt.date(2010, 5, 8), ends_on=None, certificate="第1号", actor=Actor.command("test"))
    batch = ImportBatch.objects.latest("pk")
    taking_back.take_back(batch, actor=Actor.command("test"), reason="the wrong file", now=timezone.now())

    assert Seat.objects.filter(certificate="第1号").count() == 2
