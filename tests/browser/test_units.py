"""The city's coordinator makes two counties one, at a desk and on a phone, and takes it back."""

from playwright.sync_api import expect

from contacts.models import Unit
from tests.browser.accessibility import accessibility_problems, excess_width
from tests.browser.conftest import SIZES


@SIZES
def test_two_counties_become_one_and_two_again(open_page, bureau, size):
    page = open_page("/units/tree/", officer=bureau.carol, size=size)
    problems = accessibility_problems(page) + excess_width(page)
    page.get_by_role("link", name="江阴市局").click()
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("宜兴市局").check()
    page.get_by_label("Code").fill("320290000000")
    page.get_by_label("Name of the unit").fill("无锡市公安局澄宜分局")
    page.get_by_label("Short name").fill("澄宜分局")
    page.get_by_label("Reason").fill("The districts are one.")
    problems += accessibility_problems(page) + excess_width(page)
    page.get_by_role("button", name="Look at what moves").click()

    expect(page.locator("main")).to_contain_text("2 units below")
    problems += accessibility_problems(page) + excess_width(page)
    page.get_by_role("button", name="Change something").click()
    expect(page.get_by_label("Reason")).to_have_value("The districts are one.")
    page.get_by_role("button", name="Look at what moves").click()
    page.get_by_role("button", name="Merge").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("无锡市公安局澄宜分局")
    expect(page.locator("main")).to_contain_text("江阴市局 became part of 澄宜分局.")
    problems += accessibility_problems(page) + excess_width(page)
    page.get_by_role("link", name="Take back").click()
    problems += accessibility_problems(page) + excess_width(page)
    page.get_by_label("Reason").fill("It was too early.")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("status")).to_contain_text("taken back")
    assert not problems
    assert sorted(Unit.objects.values_list("code", flat=True)) == [
        "320200000000", "320281000000", "320281501000", "320282000000", "320282501000",
    ]  # fmt: skip


@SIZES
def test_a_unit_that_is_not_empty_leads_to_a_merger(open_page, bureau, size):
    page = open_page(f"/units/{bureau.station.code}/close/", officer=bureau.carol, size=size)
    problems = accessibility_problems(page) + excess_width(page)
    page.get_by_role("link", name="Move all of it to another unit").click()

    expect(page.get_by_label("They become part of")).to_be_visible()
    assert not problems
