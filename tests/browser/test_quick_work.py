"""A coordinator's quick work, on a phone and at a desk: find from anywhere, and edit beside somebody else."""

import pytest
from playwright.sync_api import expect

from contacts.models import Stakeholder
from tests import factories
from tests.browser.accessibility import assert_usable
from tests.browser.conftest import DESK, PHONE

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


@SIZES
def test_ctrl_k_and_a_few_letters_lead_to_a_person(open_page, bureau, size):
    factories.stakeholder("王芳", bureau.station)
    page = open_page("/settings/", officer=bureau.carol, size=size)
    page.keyboard.press("Control+k")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("wangf")
    expect(page.locator("#hits")).to_contain_text("王芳")
    assert_usable(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("王芳")


def test_the_hits_fold_away_by_escape_and_by_turning_to_something_else(open_page, bureau):
    page = open_page("/settings/", officer=bureau.carol)
    box, hits = page.locator("#search"), page.locator("#hits a")
    box.press_sequentially("zhang")
    expect(hits).to_have_count(2)  # the deputy, and all people
    box.press("ArrowDown")
    box.page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(hits).to_have_count(0)
    expect(box).to_be_focused()

    box.press_sequentially("w")
    expect(hits).to_have_count(2)
    page.locator("h1").click()
    expect(hits).to_have_count(0)


def test_without_scripts_the_search_leads_to_a_page_of_what_fits(open_page, bureau):
    factories.stakeholder("张敏", bureau.station)
    page = open_page("/settings/", officer=bureau.carol, script=False, size=PHONE)
    page.fill("#search", "zhang")
    page.locator("#search").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("zhang")
    page.get_by_role("link", name="张敏").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("张敏")


@SIZES
def test_the_second_to_save_is_told_and_saves_knowingly(open_page, bureau, size):
    page = open_page(f"/people/{bureau.deputy.pk}/edit/", officer=bureau.carol, size=size)
    other = open_page(f"/people/{bureau.deputy.pk}/edit/", officer=bureau.carl)
    other.get_by_label("employer and post").fill("第一棉纺厂")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Saved.")).to_be_visible()

    page.get_by_label("remark").fill("hers")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed this person while you typed")
    expect(page.locator(".meanwhile")).to_contain_text("Carl")
    expect(page.get_by_label("employer and post")).to_have_value("第一棉纺厂")
    expect(page.get_by_label("remark")).to_have_value("hers")
    assert_usable(page)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    person = Stakeholder.objects.get()
    assert (person.employer, person.remark) == ("第一棉纺厂", "hers")
