"""What stands around every page: bars, menus, theme and language, and the administrators' pages inside it."""

import re

import pytest
from playwright.sync_api import expect

from contacts.models import Actor, AuditEntry
from tests.browser.accessibility import assert_usable
from tests.browser.conftest import DESK, PHONE
from tests.factories import small_bureau


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (DESK, True)], ids=["phone, light", "desk, dark"])
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("alice", "/settings/"),
        ("alice", "/more/"),
        ("alice", "/password/"),
        ("sue", "/accounts/?q=a&role=leader"),
        ("sue", "/accounts/{dan}/"),
        ("sue", "/accounts/{dan}/deactivate/"),
        ("sam", "/roles/"),
        ("ann", "/audit/"),
    ],
)
def test_everybody_can_use_it(open_page, who, path, size, dark):
    bureau = small_bureau()
    AuditEntry.objects.record(
        Actor(bureau.dan, "10.0.0.1"), "change settings", bureau.dan, after={"language": "en"}
    )
    page = open_page(
        path.format(dan=bureau.dan.police_number), officer=getattr(bureau, who), size=size, dark=dark
    )
    assert_usable(page)


def test_a_dark_device_gets_a_dark_page_and_a_switch_outlives_it(open_page):
    page = open_page("/more/", officer=small_bureau().alice, dark=True, size=PHONE)
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")

    with page.expect_response("**/theme/"):
        page.get_by_role("main").get_by_role("button", name="Light").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_the_theme_can_be_switched_without_scripts(open_page):
    page = open_page("/more/", officer=small_bureau().alice, script=False, size=PHONE)
    page.get_by_role("main").get_by_role("button", name="Dark").click()
    expect(page).to_have_url(page.url)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_account_menu_opens_without_scripts_and_signs_out(open_page):
    page = open_page("/settings/", officer=small_bureau().alice, script=False)
    page.locator("summary", has_text="Alice").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_menu_closes_by_escape_and_a_slash_leads_to_the_search(open_page):
    page = open_page("/settings/", officer=small_bureau().alice)
    page.locator("summary", has_text="Alice").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_the_list_follows_the_filter_as_one_types(open_page):
    page = open_page("/accounts/", officer=small_bureau().sue)
    expect(page.locator("#results tbody tr")).to_have_count(11)
    page.locator("main [type=search]").fill("dan")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page.locator("main [type=search]")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/accounts/\?q=dan$"))


def test_a_phone_shows_four_places_and_more(open_page):
    page = open_page("/settings/", officer=small_bureau().alice, size=PHONE)
    shown = [item for item in page.locator(".nav-main a").all() if item.is_visible()]
    assert [item.inner_text().strip() for item in shown] == ["Today", "People", "Feedback", "Tasks", "More"]
    for item in shown:
        box = item.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
