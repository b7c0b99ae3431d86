"""A coordinator turns a term: at the desk from the upload to taking it back, on the phone deciding a doubt."""

from playwright.sync_api import expect

from contacts.models import Stakeholder
from tests import factories
from tests.browser.accessibility import accessibility_problems, excess_width
from tests.browser.conftest import DESK, PHONE
from tests.contacts.turnover.scenes import begun, member, roster, row

MOBILE, OTHER_MOBILE = "13900001001", "13900001002"


def test_a_term_is_turned_and_taken_back_at_the_desk(open_page, bureau):
    member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    factories.officer("Eve", bureau.station, post_class="station_leader")
    file = roster(row("孙立", MOBILE), row("李娜", OTHER_MOBILE))
    page = open_page("/turnovers/add/", officer=bureau.carl, size=DESK)
    page.get_by_label("Kind").select_option("npc_deputy")
    page.get_by_label("Level").select_option("district")
    page.get_by_label("Term", exact=True).fill("18")
    page.get_by_label("First day of the new term").fill("2027-01-01")
    page.get_by_label("New roster").set_input_files(
        {"name": "roster.csv", "mimeType": "text/csv", "buffer": file.read()}
    )
    page.get_by_role("button", name="Check the roster").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.locator(".tile", has_text="ended").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("张伟")

    page.get_by_role("button", name="Turn the term").click()
    expect(page.locator("#proposals tbody")).to_contain_text("李娜")
    assert not accessibility_problems(page)
    page.get_by_role("button", name="Pair the ticked ones").click()
    expect(page.locator("#proposals")).to_contain_text("Everybody who came is paired.")

    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("main")).to_contain_text("3 people go back to how they were")
    assert not accessibility_problems(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("main")).to_contain_text("Taken back by Carl")
    assert not Stakeholder.objects.filter(name="李娜").exists()


def test_a_doubt_is_decided_on_the_phone(open_page, bureau):
    person = member("孙立", bureau.station, MOBILE)
    turnover = begun(bureau.carl, bureau.county, row("孙立", OTHER_MOBILE))
    page = open_page(turnover.get_absolute_url(), officer=bureau.carl, size=PHONE)
    assert not accessibility_problems(page) + excess_width(page)
    page.get_by_label("the same person").check()
    page.get_by_role("button", name="Turn the term").click()
    expect(page.locator("main")).to_contain_text("The term is turned.")
    assert not accessibility_problems(page) + excess_width(page)
    assert person.seats.filter(term_number=18).exists()
