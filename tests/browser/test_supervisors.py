"""The coordinator's supervisors on a phone: three are renewed together, and a briefing goes to those in office."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import ContactRecord, Feedback, Gathering, Seat
from tests import factories
from tests.browser.accessibility import assert_usable, excess_width
from tests.browser.conftest import DESK, PHONE


@pytest.fixture
def supervisors(bureau) -> list[Seat]:
    """Four news professionals whose terms end within a month."""
    today = timezone.localdate()
    end = today + dt.timedelta(days=30)
    return [
        factories.seat(
            factories.stakeholder(name, bureau.station, employer="江阴日报社记者"), "media_supervisor", "",
            unit=bureau.bureau, certificate=f"舆监{number}号", started_on=today - dt.timedelta(days=700), ended_on=end,
        )
        for number, name in enumerate(("陈静", "李娜", "王芳", "赵敏"), 1)
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "script"), [(PHONE, True), (PHONE, False), (DESK, True)])
def test_three_are_renewed_and_a_briefing_is_logged(open_page, bureau, supervisors, size, script):
    page = open_page("/people/", officer=bureau.carol, size=size, script=script)
    page.get_by_role("link", name="Supervisors").click()
    page.get_by_role("link", name="Ends soon").click()
    expect(page.get_by_text("30 days left")).to_have_count(4)
    for name in ("陈静", "李娜", "王芳"):
        page.get_by_label(name, exact=True).check()
    if script:
        assert_usable(page)
    page.locator(".list-bar summary", has_text="With those who are ticked").click()
    page.get_by_role("button", name="Renew").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Renew appointments: 3 people")
    until = supervisors[0].ended_on + dt.timedelta(days=730)
    page.get_by_label("Until").fill(until.isoformat())
    if script:
        assert_usable(page)
    page.get_by_role("button", name="Renew").click()
    expect(page.get_by_role("status")).to_contain_text("done for 3 appointments")
    expect(page.get_by_text("30 days left")).to_have_count(1)  # the list is that of before
    assert Seat.objects.filter(renews__in=supervisors[:3], ended_on=until).count() == 3

    page.get_by_role("link", name="Log a briefing").click()
    page.get_by_label("Title").fill("No fire")
    page.get_by_label("Text of the briefing").fill("Nothing burns.")
    page.locator(f"#id_came_{supervisors[3].stakeholder_id}").uncheck()
    if script:
        assert_usable(page)
    page.get_by_role("button", name="Log the briefing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No fire")
    expect(page.get_by_role("status")).to_contain_text("a record for each of 3 people")
    assert Gathering.objects.get().records.count() == 3

    page.get_by_role("link", name="Note a publication").first.click()
    page.get_by_label("Medium").fill("江阴日报")
    page.get_by_label("Title").fill("A quiet night")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("A quiet night")).to_be_visible()
    page.get_by_role("link", name="Record feedback").first.click()
    page.get_by_label("Opinion or suggestion").fill("Tell us sooner.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No fire")
    if script:
        assert_usable(page)
    assert Feedback.objects.get().record in ContactRecord.objects.filter(kind="briefing")


def test_the_page_of_a_person_tells_of_each_appointment(open_page, bureau, supervisors):
    seat = supervisors[0]
    factories.seat(seat.stakeholder, "patrol_visitor", "", unit=bureau.county)
    factories.feedback(seat.stakeholder, bureau.alice, timezone.localdate())
    page = open_page(seat.stakeholder.get_absolute_url(), officer=bureau.carol, size=PHONE)

    expect(page.locator("#appointments article")).to_have_count(2)
    expect(page.locator("#appointments")).to_contain_text("All together: gatherings 0, findings 1")
    assert_usable(page)
    page.locator("#appointments").get_by_role("link", name="not yet answered 1").first.click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_menu_of_ticked_ones_opens_within_a_phone_s_screen(open_page, bureau, supervisors):
    for address in ("/people/", "/people/appointments/"):
        page = open_page(address, officer=bureau.carol, size=PHONE, language="zh-hans")
        page.locator(".list-bar summary").last.click()

        assert not excess_width(page)
