"""The year's calendar, spans of days, and a whole year's notice entered at once (R9)."""

import pytest
import time_machine
from django.urls import reverse

from contacts.models import Actor, AuditEntry
from schedules import configuring, notice_text
from schedules.day_kinds import describe, runs
from schedules.models import DayOverride, KnownYear
from schedules.workdays import Workdays
from tests.base import sign_in
from tests.schedules.scenes import at, day

NOTICE_2026 = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。"""


@pytest.fixture(autouse=True)
def _at_a_known_time():
    with time_machine.travel(at("2026-11-18 10:30"), tick=False):
        yield


def year(number):
    return list(describe(day(f"{number}-01-01"), day(f"{number}-12-31"), Workdays.load()).values())


def said(lines):
    return [(str(line.first)[5:], str(line.last)[5:], line.is_working) for line in lines]


# --- the text of a notice -------------------------------------------------------------------------------------


def test_the_notice_of_2026_is_read_as_the_library_knows_it(db):
    lines = notice_text.read(NOTICE_2026, 2026)
    off = {one for line in lines if not line.is_working for one in line.days}
    worked = {one for line in lines if line.is_working for one in line.days}

    assert [line.note for line in lines[:3]] == ["元旦", "元旦", "春节"]
    assert len(off) == 33
    found = list(runs(year(2026)))
    assert off == {one.date for run in found if not run.is_worked for one in run.days}
    assert worked == {one.date for run in found if run.is_worked for one in run.days}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("元旦：2026年12月30日至2027年1月1日放假调休，共3天。", [("12-30", "01-01", False)]),
        ("清明节：4月5日放假。", [("04-05", "04-05", False)]),
        (
            "国庆节、中秋节:10月1日(周三)至8日(周三)放假调休,共8天。9月28日(周日)上班。",
            [("10-01", "10-08", False), ("09-28", "09-28", True)],
        ),
        ("春节：1月28日至2月4日放假。", [("01-28", "02-04", False)]),
        ("元旦：13月1日放假。", []),
        ("元旦：3日至1日放假。", []),
        ("Nothing of the kind.", []),
        ("", []),
    ],
)
def test_what_is_written_otherwise_is_read_or_left_out(text, lines):
    assert said(notice_text.read(text, 2027)) == lines


# --- spans of days --------------------------------------------------------------------------------------------


def decide(bureau, **fields):
    data = {"day": "2026-12-21", "until": "", "is_working": "no", "note": "flood"} | fields
    return sign_in(bureau.carol).post(reverse("schedules:day-list"), data, follow=True).content.decode()


def test_a_span_of_days_is_decided_at_once_each_with_its_entry(bureau):
    assert "Noted for 2026-12-21 – 2026-12-23" in decide(bureau, until="2026-12-23")

    assert set(DayOverride.objects.values_list("day", "note")) == {
        (day(f"2026-12-{number}"), "flood") for number in (21, 22, 23)
    }
    assert AuditEntry.objects.filter(action="set working day").count() == 3


@pytest.mark.parametrize("until", ["2026-12-20", "2027-03-01"])
def test_a_span_that_can_not_be_meant_is_refused_whole(bureau, until):
    assert "at most two months" in decide(bureau, until=until)
    assert not DayOverride.objects.exists()


def test_the_page_warns_of_years_that_nobody_knows(bureau):
    address = reverse("schedules:day-list")
    assert "make-up days of 2027 are not known" in sign_in(bureau.carol).get(address).content.decode()

    configuring.set_year_known(2027, known=True, actor=Actor(bureau.carol))
    assert "are not known" not in sign_in(bureau.carol).get(address).content.decode()


# --- the year -------------------------------------------------------------------------------------------------


def calendar(bureau, number, language="en"):
    client = sign_in(bureau.carol, language=language)
    return client.get(reverse("schedules:day-calendar"), {"year": number})


def test_the_year_names_what_is_off_in_a_row_and_each_make_up_day(bureau):
    DayOverride.objects.create(day=day("2026-12-24"), note="flood")
    html = calendar(bureau, 2026).content.decode()

    assert "Tomb-Sweeping Day" in html
    assert "04-04 – 04-06" in html
    assert "02-15 – 02-23" in html
    assert "02-14" in html
    assert "day off by decision: flood" in html
    assert "清明节" in calendar(bureau, 2026, "zh-hans").content.decode()


def test_a_year_that_nobody_knows_says_so(bureau):
    assert "make-up days of 2027 are not known" in calendar(bureau, 2027).content.decode()
    assert "are not known" not in calendar(bureau, 2026).content.decode()


@pytest.mark.parametrize("number", ["x", "1999", "-1", "20260"])
def test_a_year_that_is_none_does_not_exist(bureau, number):
    assert calendar(bureau, number).status_code == 404


# --- the whole notice at once ---------------------------------------------------------------------------------

ROWS = [
    ("2027-01-01", "2027-01-03", "no", "元旦"),
    ("2027-02-05", "2027-02-11", "no", "春节"),
    ("2027-01-30", "", "yes", "春节"),
]


def enter(bureau, rows=ROWS, **fields):
    data = {"year": "2027", "known": "on", "text": ""} | fields
    data |= {"rows-TOTAL_FORMS": str(len(rows) + 2), "rows-INITIAL_FORMS": str(len(rows))}
    for number, row in enumerate([*rows, ("", "", "no", ""), ("", "", "no", "")]):
        for name, value in zip(("first", "last", "is_working", "note"), row, strict=True):
            data[f"rows-{number}-{name}"] = value
    return sign_in(bureau.carol).post(reverse("schedules:day-notice"), data)


def test_a_notice_is_entered_at_once_with_one_entry_and_the_year_is_known(bureau):
    configuring.set_day(day("2027-02-05"), is_working=True, note="", actor=Actor(bureau.carol))
    response = enter(bureau)

    assert response.url == "/working-days/year/?year=2027"
    workdays = Workdays.load()
    assert workdays.knows(2027)
    assert day("2027-02-05") not in workdays
    assert day("2027-01-30") in workdays
    assert DayOverride.objects.count() == 11
    entry = AuditEntry.objects.get(action="enter notice")
    assert entry.before["days"] == ["2027-02-05 working day"]
    assert entry.after["days"][0] == "2027-01-01 – 2027-01-03 day off 元旦"


def test_the_year_stays_unknown_unless_it_is_said(bureau):
    enter(bureau, known="")

    assert not KnownYear.objects.exists()
    assert DayOverride.objects.count() == 11


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("2027-05-05", "2027-05-01", "no", "劳动节"), "Row 4, Until: The last day is before the first"),
        (("2027-05-01", "2027-07-05", "no", "劳动节"), "Row 4, Until: More than twenty days in a row"),
        (("2026-05-01", "2026-05-05", "no", "劳动节"), "Row 4, From: This day is not in 2027"),
        (("1 May", "", "no", "劳动节"), "Row 4, From: Enter a valid date"),
        (("", "", "no", "劳动节"), "Row 4, From: This field is required"),
        (("2027-01-03", "", "yes", ""), "Row 4, From: 2027-01-03 stands in row 1 already"),
    ],
)
def test_what_is_wrong_names_its_row_and_field_and_nothing_typed_is_lost(bureau, row, why):
    html = enter(bureau, [*ROWS, row], text="As pasted.").content.decode()

    assert why in html
    assert "Nothing was entered yet." in html
    assert not DayOverride.objects.exists()
    assert not KnownYear.objects.exists()
    assert "As pasted." in html
    for value in ("2027-02-11", "春节", *filter(None, row[:2])):
        assert f'value="{value}"' in html


def test_an_empty_notice_is_none(bureau):
    assert "Fill in at least one row" in enter(bureau, []).content.decode()


def test_a_row_that_was_filled_in_from_the_text_may_be_emptied(bureau):
    assert enter(bureau, [*ROWS, ("", "", "no", "")]).status_code == 302


def test_a_holiday_that_begins_in_the_year_before_is_entered(bureau):
    enter(bureau, [("2026-12-31", "2027-01-02", "no", "元旦")])

    assert DayOverride.objects.filter(day="2026-12-31").exists()


def test_the_pasted_text_fills_in_the_rows_and_enters_nothing(bureau):
    html = enter(bureau, [], read="yes", year="2026", text=NOTICE_2026).content.decode()

    assert "13 rows were read" in html
    assert 'name="rows-1-first" value="2026-01-04"' in html
    assert not DayOverride.objects.exists()
    assert "No holiday could be read" in enter(bureau, ROWS, read="yes", text="Hello").content.decode()
