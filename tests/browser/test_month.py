"""The officer's month in a real browser: drag to another day at a desk, pick a day on a phone, and the same by keyboard
and without scripts."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from schedules.day_kinds import weeks_of
from schedules.models import Leave, Obligation
from schedules.periods import parse
from tests.browser.accessibility import assert_usable
from tests.browser.conftest import DESK, PHONE, SIZES
from tests.schedules.scenes import owe


@pytest.fixture
def owed(bureau) -> Obligation:
    """A call of next month, so that no day of its period is over."""
    first = (timezone.localdate().replace(day=1) + dt.timedelta(days=31)).replace(day=1)
    return owe(bureau.deputy, f"{first:%Y-%m}", planned_on=first + dt.timedelta(days=9))


def month_of(owed) -> str:
    return f"/month/?month={owed.period_key}"


def cell(page, day):
    return page.locator(f'[data-day="{day}"]')


def stands(owed, day) -> bool:
    owed.refresh_from_db()
    return owed.planned_on == day


def test_at_a_desk_it_is_dragged_to_another_day_and_put_back(open_page, bureau, owed):
    before, target = owed.planned_on, owed.planned_on + dt.timedelta(days=3)
    page = open_page(month_of(owed), officer=bureau.alice, size=DESK)
    assert_usable(page)
    page.locator(f"#plan-{owed.pk}").drag_to(cell(page, target))

    expect(cell(page, target).locator(".plan")).to_contain_text("张伟")
    expect(page.locator(".messages")).to_contain_text(f"planned for {target}")
    expect(page.locator(f"#plan-{owed.pk}")).to_be_focused()
    assert stands(owed, target)
    assert_usable(page)

    page.get_by_role("button", name="Take the move back").click()
    expect(cell(page, before).locator(".plan")).to_contain_text("张伟")
    assert stands(owed, before)


def test_days_outside_its_period_are_marked_while_dragging_and_take_nothing(open_page, bureau, owed):
    before = owed.planned_on
    outside = next(
        day
        for week in weeks_of(parse(owed.period_key).start)
        for day in week
        if not owed.period_start <= day <= owed.period_end
    )
    page = open_page(month_of(owed), officer=bureau.alice, size=DESK)
    page.locator(f"#plan-{owed.pk}").hover()
    page.mouse.down()
    cell(page, outside).hover()
    cell(page, outside).hover()
    expect(cell(page, outside)).to_have_class(re_class("day-refuses"))
    expect(cell(page, owed.period_end)).not_to_have_class(re_class("day-refuses"))
    page.mouse.up()

    expect(page.locator("#month-said")).to_contain_text(f"{owed.period_start} to {owed.period_end}")
    expect(page.locator(".day-refuses")).to_have_count(0)
    expect(cell(page, before).locator(".plan")).to_contain_text("张伟")
    assert stands(owed, before)


def re_class(name):
    return re.compile(rf"(^|\s){name}(\s|$)")


def test_the_later_of_two_who_drag_it_is_told_and_sees_where_it_stands(open_page, bureau, owed):
    page = open_page(month_of(owed), officer=bureau.alice, size=DESK)
    meanwhile = owed.planned_on + dt.timedelta(days=1)
    Obligation.objects.update(planned_on=meanwhile, sequence=1)
    page.locator(f"#plan-{owed.pk}").drag_to(cell(page, owed.planned_on + dt.timedelta(days=3)))

    expect(page.locator(".messages")).to_contain_text(f"Meanwhile it was moved to {meanwhile}")
    expect(cell(page, meanwhile).locator(".plan")).to_contain_text("张伟")


def test_what_the_server_does_not_take_is_said_and_stays(open_page, bureau, owed):
    page = open_page(month_of(owed), officer=bureau.alice, size=DESK)
    bureau.deputy.pairings.update(ended_on=dt.date(2026, 1, 31))  # somebody else's since
    page.locator(f"#plan-{owed.pk}").drag_to(cell(page, owed.planned_on + dt.timedelta(days=3)))

    expect(page.locator("#month-said")).to_contain_text("It was not moved.")
    expect(cell(page, owed.planned_on).locator(".plan")).to_contain_text("张伟")
    page.context.complaints.clear()  # the browser says aloud that the server answered 404


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_a_phone_a_day_is_tapped_and_another_one_picked(open_page, bureau, owed, script):
    target = owed.planned_on + dt.timedelta(days=3)
    page = open_page(month_of(owed), officer=bureau.alice, size=PHONE, script=script)
    cell(page, owed.planned_on).locator("a.day-link").click()
    plans = page.locator(".day-plans")
    expect(plans).to_contain_text("张伟")
    expect(plans).to_contain_text("澄江镇")
    if script:
        assert_usable(page)
    plans.get_by_role("link", name="Move").click()
    page.get_by_label("Planned on").fill(f"{target}")
    page.get_by_label("At", exact=False).last.fill("10:30")
    if script:
        assert_usable(page)
    page.get_by_role("button", name="Move it").click()

    expect(page.locator(".messages")).to_contain_text(f"planned for {target}")
    assert stands(owed, target)
    assert owed.planned_time == dt.time(10, 30)
    cell(page, target).locator("a.day-link").click()
    expect(page.locator(".day-plans")).to_contain_text("10:30")


def test_by_keyboard_alone(open_page, bureau, owed):
    target = owed.planned_on + dt.timedelta(days=3)
    page = open_page(month_of(owed), officer=bureau.alice, size=DESK)
    cell(page, owed.planned_on).locator("a.day-link").focus()
    page.keyboard.press("Tab")
    expect(page.locator(f"#plan-{owed.pk}")).to_be_focused()
    page.keyboard.press("Enter")
    field = page.get_by_label("Planned on")
    field.fill(f"{target}")
    field.press("Enter")

    expect(cell(page, target).locator(".plan")).to_contain_text("张伟")
    assert stands(owed, target)


@SIZES
def test_leave_is_marked_from_the_month_and_shown_in_it(open_page, bureau, owed, size):
    day = owed.planned_on
    page = open_page(f"{month_of(owed)}&day={day}", officer=bureau.alice, size=size)
    page.get_by_role("link", name="Leave from this day on").click()
    expect(page.locator("#touched")).to_contain_text("1 contact is planned for these days. Planning moves 1")
    assert_usable(page)
    page.get_by_label("Note").fill("wedding")
    page.get_by_role("button", name="Mark leave").click()

    expect(page.locator(".messages")).to_contain_text("is away from")
    expect(cell(page, day)).to_have_class(re_class("day-leave"))
    assert Leave.objects.get().first_day == day


@SIZES
def test_a_notice_is_pasted_checked_and_entered(open_page, bureau, size):
    page = open_page("/working-days/notice/?year=2027", officer=bureau.carol, size=size)
    page.get_by_label("Text of the notice").fill(
        "元旦：1月1日（周五）至3日（周日）放假。1月9日（周六）上班。"
    )
    page.get_by_role("button", name="Fill in the rows").click()
    expect(page.get_by_label("Row 2: From")).to_have_value("2027-01-09")
    page.get_by_label("Row 3: From").fill("2027-01-03")
    page.get_by_role("button", name="Enter the notice").click()
    expect(page.get_by_role("alert")).to_contain_text("Row 3, From: 2027-01-03 stands in row 1 already.")
    assert_usable(page)
    page.get_by_label("Row 3: From").fill("")
    page.get_by_role("button", name="Enter the notice").click()

    expect(page.locator(".runs").first).to_contain_text("01-01 – 01-03")
    assert_usable(page)
