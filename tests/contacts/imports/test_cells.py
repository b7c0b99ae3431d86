"""One cell at a time."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contacts.imports import cells

DAY = dt.date(2008, 6, 20)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("cell", "year", "month", "problem"),
    [
        ("1965.3", 1965, 3, ""),
        ("1965.03", 1965, 3, ""),
        ("1965.1", 1965, 1, ""),
        ("1965年3月", 1965, 3, ""),
        (" 1943年04月 ", 1943, 4, ""),
        ("1965-03", 1965, 3, ""),
        ("1965/3", 1965, 3, ""),
        ("1965、3", 1965, 3, ""),
        ("196503", 1965, 3, ""),
        (196511, 1965, 11, ""),
        ("19650312", 1965, 3, ""),
        ("65.3", 1965, 3, ""),
        ("１９６５．３", 1965, 3, ""),
        (dt.datetime(1972, 8, 1), 1972, 8, ""),
        (1965.3, 1965, 3, ""),
        (1965.11, 1965, 11, ""),
        (1965.12, 1965, 12, ""),
        (1965.1, 1965, None, "birth_ambiguous"),
        ("1949年", 1949, None, "birth_year_only"),
        (1950, 1950, None, "birth_year_only"),
        ("1957.13", None, None, "birth_invalid"),
        ("1957.0", None, None, "birth_invalid"),
        ("1978年15月", None, None, "birth_invalid"),
        ("1856.12", None, None, "birth_invalid"),
        ("2031.2", None, None, "birth_invalid"),
        ("属猴", None, None, "birth_invalid"),
        ("不详", None, None, ""),
        ("/", None, None, ""),
        ("", None, None, ""),
    ],
)
def test_it_reads_a_month_of_birth(cell: Any, year: int | None, month: int | None, problem: str) -> None:
    assert cells.birth(cell, DAY) == cells.Birth(year, month, problem)


def test_a_year_of_two_digits_is_the_one_that_makes_an_adult() -> None:
    assert cells.birth("05.3", dt.date(2022, 12, 31)).year == 1905
    assert cells.birth("05.3", dt.date(2023, 1, 1)).year == 2005


@pytest.mark.parametrize(
    ("cell", "start", "end", "problem"),
    [
        ("2008.1-2013.1", "2008-01-01", "2013-01-31", ""),
        ("2008.01—2013.02", "2008-01-01", "2013-02-28", ""),
        ("2008年1月至2012年2月", "2008-01-01", "2012-02-29", ""),
        ("2008年1月－2013年1月", "2008-01-01", "2013-01-31", ""),
        ("2008/1~2013/1", "2008-01-01", "2013-01-31", ""),
        ("２００８．１－２０１３．１", "2008-01-01", "2013-01-31", ""),
        ("2008-2013", "2008-01-01", "2013-12-31", ""),
        ("2008年-2013年", "2008-01-01", "2013-12-31", ""),
        ("2008-01-2013-01", "2008-01-01", "2013-01-31", ""),
        ("2008.1.15-2013.1.14", "2008-01-15", "2013-01-14", ""),
        ("2008.1至今", "2008-01-01", None, ""),
        ("2003.1-2008.1", "2003-01-01", "2008-01-31", "term_ended"),
        ("2003.7-2008.6", "2003-07-01", "2008-06-30", ""),
        ("2012.12-2007.12", None, None, "term_reversed"),
        ("2008.13-2013.1", None, None, "term_invalid"),
        ("五年", None, None, "term_invalid"),
        ("", None, None, ""),
    ],
)
def test_a_term_runs_from_its_first_to_its_last_day(
    cell: str, start: str | None, end: str | None, problem: str
) -> None:
    found = cells.term(cell, DAY)
    assert (found.started_on, found.ended_on) == tuple(
        dt.date.fromisoformat(d) if d else None for d in (start, end)
    )
    assert found.problem == problem


@pytest.mark.parametrize(
    ("cell", "number"),
    [("第十四届", 14), ("十届", 10), ("二十三届", 23), (11, 11), ("第12届", 12), ("第１２届", 12), ("两年", 2), ("51岁", 51),
     ("六十", 60), ("", None), ("本届", None), ("十四十", None)],
)  # fmt: skip
def test_it_reads_a_number_in_chinese_or_arabic_digits(cell: Any, number: int | None) -> None:
    assert cells.number(cell) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [("023451", "023451"), (23451, "023451"), ("警号023451", "023451"), ("王建国023451", "023451"), ("０２３４５１", "023451"),
     ("'023451", "023451"), (" 023451 ", "023451"), ("王建国", ""), ("", ""), ("1234567", "")],
)  # fmt: skip
def test_a_police_number_has_six_digits_whatever_the_cell_lost(cell: Any, number: str) -> None:
    assert cells.police_number(cell) == number


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("人大代表", "npc_deputy"), ("人大", "npc_deputy"), ("省人大代表", "npc_deputy"), ("政协", "cppcc_member"),
     (" 市政协委员", "cppcc_member"), ("监督员", ""), ("", "")],
)  # fmt: skip
def test_it_tells_deputies_from_members(cell: str, kind: str) -> None:
    assert cells.category(cell) == kind


@pytest.mark.parametrize(
    ("cell", "level"),
    [("省级", "province"), ("江苏省", "province"), ("市", "city"), ("无锡市", "city"), ("区（县）", "district"), ("市(县)区", "district"),
     ("县级", "district"), ("乡镇（街道）", "township"), ("层　级", ""), ("镇", "township"), ("全球", "")],
)  # fmt: skip
def test_it_reads_a_level_in_every_wording(cell: str, level: str) -> None:
    assert cells.level(cell) == level


@pytest.mark.parametrize(
    ("address", "street"),
    [("崇安区上马墩街道幸福小区14号", "上马墩街道"), ("江阴市澄江镇和平花园99号", "澄江镇"), ("黄巷街道", "黄巷街道"), ("新区江溪街道1号", "江溪街道"),
     ("北塘区北大街街道", "北大街街道"), ("新街街道湖滨小区", "新街街道"), ("新区新安街道", "新安街道"), ("安镇街道锡沪苑", "安镇街道"),
     ("江苏省无锡市江阴市澄江镇", "澄江镇"), ("惠山街道东风新村", "惠山街道"), ("某小区3号", ""), ("", "")],
)  # fmt: skip
def test_it_finds_the_street_of_an_address(address: str, street: str) -> None:
    assert cells.street(address) == street


@pytest.mark.parametrize(
    ("cell", "day"),
    [("2008.5.8", "2008-05-08"), ("2008年5月8日", "2008-05-08"), (dt.datetime(2008, 5, 8), "2008-05-08"),
     ("2008-05-08 00:00:00", "2008-05-08"), ("2008.2.30", None), ("春天", None)],
)  # fmt: skip
def test_it_reads_a_day(cell: Any, day: str | None) -> None:
    assert cells.day_of(cell) == (dt.date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("cell", "instant"),
    [("2026-03-31 14:30", "2026-03-31T14:30:00+08:00"), ("2026/3/31 9:05", "2026-03-31T09:05:00+08:00"),
     ("2026-03-31T14:30:00Z", "2026-03-31T14:30:00+00:00"), ("2026-03-31T14:30:00.5+09:00", "2026-03-31T14:30:00+09:00"),
     ("2026年3月31日 14:30", "2026-03-31T14:30:00+08:00"), ("2026-03-31", "2026-03-31T12:00:00+08:00"),
     (dt.datetime(2026, 3, 31, 14, 30), "2026-03-31T14:30:00+08:00"), ("2026-02-30 10:00", None), ("gestern", None)],
)  # fmt: skip
def test_it_reads_a_moment_on_the_bureaus_own_clock(cell: Any, instant: str | None) -> None:
    assert cells.instant(cell, SHANGHAI) == (dt.datetime.fromisoformat(instant) if instant else None)


def test_an_appointment_for_two_years_ends_on_the_day_before() -> None:
    assert cells.years_later(dt.date(2008, 5, 8), 2) == dt.date(2010, 5, 7)
    assert cells.years_later(dt.date(2008, 2, 29), 1) == dt.date(2009, 2, 28)


@pytest.mark.parametrize(
    "blank", ["", "  ", "无", "—", "-", "/", "待补", "暂缺", "待定", "不详", "\u3000", "\u200b", " 无 "]
)
def test_what_says_nothing_is_blank(blank: str) -> None:
    assert cells.text(blank) == ""


ANYTHING = st.text(max_size=25) | st.integers() | st.floats(allow_nan=False) | st.datetimes() | st.booleans()


@settings(deadline=None)
@given(value=ANYTHING | st.text(alphabet="0123456789.-年月日至今/ 十第届", max_size=20))
@example(value=1.797693134862316e307)
def test_nothing_that_stands_in_a_cell_breaks_it(value: Any) -> None:
    found = cells.birth(value, DAY)
    assert found.month is None or 1 <= found.month <= 12
    term = cells.term(value, DAY)
    assert not term.started_on or not term.ended_on or term.started_on <= term.ended_on
    for read in (
        cells.number,
        cells.police_number,
        cells.day_of,
        cells.text,
        cells.sex,
        cells.category,
        cells.level,
    ):
        read(value)
    cells.instant(value, SHANGHAI)
    cells.street(cells.text(value))


@settings(deadline=None)
@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_a_day_is_read_however_it_is_written(day: dt.date) -> None:
    for written in (
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat(),
    ):
        assert cells.day_of(written) == day
