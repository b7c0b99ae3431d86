"""What a coordinator does all day: find people in a list, come back to it, take it away; and subscribe to a calendar."""

import re

import vobject
from playwright.sync_api import expect

from contacts.models import AuditEntry
from tests import factories
from tests.browser.conftest import PHONE


def three_people(bureau):
    for name in ("王芳", "李娜"):
        factories.stakeholder(name, bureau.station)
    return bureau


def test_the_list_follows_as_one_types_and_the_address_with_it(open_page, bureau):
    three_people(bureau)
    page = open_page("/people/", officer=bureau.carol)
    expect(page.locator("tbody tr")).to_have_count(3)
    page.fill(".filter input[name=q]", "wf")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("王芳")
    expect(page).to_have_url(re.compile(r"\?q=wf$"))
    assert "q=wf" in page.get_by_role("link", name="csv").get_attribute("href")


def test_without_scripts_the_filter_works_by_its_button(open_page, bureau):
    three_people(bureau)
    page = open_page("/people/", officer=bureau.carol, script=False, size=PHONE)
    page.fill(".filter input[name=q]", "wf")
    page.get_by_role("button", name="Search").click()

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("王芳")


def test_coming_back_from_a_person_finds_the_list_as_it_was_left(open_page, bureau):
    three_people(bureau)
    page = open_page("/people/?unit=320281501000&sort=-name", officer=bureau.carol)
    page.get_by_role("link", name="张伟").click()
    page.locator(".crumbs a").click()

    expect(page).to_have_url(re.compile(r"/people/\?unit=320281501000&sort=-name$"))


def test_officers_are_suggested_as_one_types(open_page, bureau):
    page = open_page("/tasks/", officer=bureau.carol)
    page.locator(".filter-more summary").click()
    page.fill(".filter input[name=officer]", "ali")

    expect(page.locator("#officer-options option")).to_have_attribute(
        "value", f"{bureau.alice.police_number} Alice"
    )


def test_the_list_is_taken_away_as_a_file(open_page, bureau):
    page = open_page("/people/?q=zw", officer=bureau.carol)
    with page.expect_download() as download:
        page.get_by_role("link", name="csv").click()

    assert "张伟" in download.value.path().read_text("utf-8-sig")
    assert AuditEntry.objects.get(action="export").after["rows"] == 1


def test_an_officer_subscribes_on_the_phone_and_the_calendar_reads_it(open_page, bureau):
    page = open_page("/calendars/", officer=bureau.alice, size=PHONE)
    page.get_by_label("For which device or program").fill("my phone")
    page.get_by_role("button", name="Make an address").click()
    address = page.get_by_label("Address").input_value()

    assert address.startswith("http://testserver/cal/")
    answer = page.request.get(address.removeprefix("http://testserver"))
    assert answer.ok
    vobject.readOne(answer.text())

    page.get_by_role("button", name="Revoke my phone").click()
    expect(page.get_by_role("status")).to_contain_text("is revoked")
    assert page.request.get(address.removeprefix("http://testserver")).status == 404
