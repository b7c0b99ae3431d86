"""A coordinator's quick work, on a phone and at a desk: find from anywhere, keep a list as one likes it, do one thing to
many people, and edit beside somebody else."""

import re

import pytest
from playwright.sync_api import expect

from contacts.models import Pairing, SavedView, Stakeholder
from tests import factories
from tests.base import until
from tests.browser.accessibility import assert_usable
from tests.browser.conftest import PHONE, SIZES


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


@SIZES
def test_a_view_is_saved_and_found_again(open_page, bureau, size):
    factories.stakeholder("王芳", bureau.station)
    page = open_page("/people/?state=unpaired", officer=bureau.carol, size=size)
    page.locator(".list-bar summary", has_text="Saved views").click()
    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name", exact=True).fill("Without an officer")
    assert_usable(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".list-bar summary", has_text="Without an officer")).to_be_visible()

    page.goto("/people/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator(".list-bar summary", has_text="Saved views").click()
    assert_usable(page)
    page.get_by_role("link", name="Without an officer", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("王芳")


def test_what_is_typed_into_the_filter_is_what_is_saved(open_page, bureau):
    page = open_page("/people/", officer=bureau.carol)
    page.fill(".filter input[name=q]", "zw")
    expect(page).to_have_url(re.compile("q=zw"))
    page.locator(".list-bar summary", has_text="Saved views").click()
    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name", exact=True).fill("zw")
    page.get_by_role("button", name="Save").click()

    expect(page).to_have_url(re.compile(r"/people/\?q=zw$"))
    assert SavedView.objects.get().query == "q=zw"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@SIZES
def test_columns_are_chosen_and_moved(open_page, bureau, size, script):
    page = open_page("/people/", officer=bureau.carol, size=size, script=script)
    page.get_by_role("link", name="Columns").click()
    page.get_by_label("Phone", exact=True).uncheck()
    page.get_by_label("Employer and post", exact=True).check()
    for place in (3, 4):
        page.get_by_role("button", name="Unit in charge: further down").click()
        expect(page.locator(".arrange li").nth(place)).to_contain_text("Unit in charge")
    expect(page.get_by_label("Phone", exact=True)).not_to_be_checked()
    if script:
        assert_usable(page)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_contain_text("shows these columns from now on")
    cells = page.locator("tbody tr").first.locator("td")
    labels = [cell.get_attribute("data-label") for cell in cells.all()]
    assert labels == ["Name", "Seat", "Officer", "Last reached", "Unit in charge", "Employer and post"]


def test_the_order_of_a_header_is_there_the_next_time(open_page, bureau):
    page = open_page("/people/", officer=bureau.carol)
    page.get_by_role("link", name="Unit in charge").click()
    until(
        SavedView.objects.filter(officer=bureau.carol, listing="stakeholders", query__contains="sort").exists
    )
    page.goto("/people/")

    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Unit in charge")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@SIZES
def test_an_officer_is_assigned_to_the_ticked(open_page, bureau, size, script):
    for name in ("王芳", "李娜", "赵云"):
        factories.stakeholder(name, bureau.station)
    page = open_page("/people/?state=unpaired", officer=bureau.carol, size=size, script=script)
    page.get_by_label("王芳").check()
    page.get_by_label("赵云").check()
    page.locator(".list-bar summary", has_text="With those who are ticked").click()
    page.get_by_role("button", name="Assign an officer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Assign an officer: 2 people")
    if script:
        assert_usable(page)
    page.get_by_label("Officer", exact=True).fill("Alice")
    page.get_by_label("Reason").fill("new people")
    page.get_by_role("button", name="Assign").click()

    expect(page.get_by_text("done for 2 people")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert Pairing.objects.filter(officer=bureau.alice).count() == 3


def test_all_that_the_filter_shows_can_be_meant(open_page, bureau):
    for number in range(30):
        factories.stakeholder(f"王{number}", bureau.station)
    page = open_page("/people/?state=unpaired", officer=bureau.carol)
    page.locator(".list-bar summary", has_text="With those who are ticked").click()
    assert_usable(page)
    page.get_by_label("all 30 people that the filter shows").check()
    page.get_by_role("button", name="Add a seat").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Add a seat: 30 people")


@SIZES
def test_who_may_be_the_same_one_shows_while_one_types(open_page, bureau, size):
    page = open_page("/people/add/", officer=bureau.carol, size=size)
    page.get_by_label("Name", exact=True).press_sequentially("张伟")
    expect(page.locator("#similar")).to_contain_text("held by Alice")
    assert_usable(page)
    page.get_by_label("Name", exact=True).fill("王芳")

    expect(page.locator("#similar")).not_to_contain_text("Alice")
