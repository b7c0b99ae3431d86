"""One briefing, many people, on a phone: ticked in the list, logged once, looked at and corrected afterwards."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from contacts.models import ContactRecord, Draft, Feedback, Gathering
from tests import factories
from tests.base import until
from tests.browser.accessibility import assert_usable
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_drafts import sign_in

PAGE = "/gatherings/add/"


@pytest.fixture
def people(bureau):
    """Three whom Alice holds."""
    names = ("李娜", "王芳")
    others = [factories.stakeholder(name, bureau.station, employer="澄江中学") for name in names]
    for person in others:
        factories.pairing(bureau.alice, person)
    return [bureau.deputy, *others]


@pytest.mark.parametrize(("size", "script"), [(PHONE, True), (PHONE, False), (DESK, True)])
def test_a_briefing_is_logged_from_the_ticks_of_the_list(open_page, bureau, people, size, script):
    page = open_page("/people/", officer=bureau.alice, size=size, script=script)
    page.get_by_label("张伟").check()
    page.get_by_label("李娜").check()
    page.locator(".list-bar summary", has_text="With those who are ticked").click()
    page.get_by_role("button", name="Log a gathering").click()
    page.get_by_label("Title").fill("Autumn briefing")
    page.locator("summary", has_text="What 李娜 said").click()
    page.locator(f"#id_said_{people[1].pk}").fill("The lamps are dark.")
    if script:
        assert_usable(page)
    page.get_by_role("button", name="Log the gathering").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Autumn briefing")
    expect(page.get_by_role("status")).to_contain_text("a record for each of 2 people")
    if script:
        assert_usable(page)
    assert Feedback.objects.get().stakeholder == people[1]

    page.get_by_role("link", name="Was not there").nth(1).click()
    page.get_by_label("Reason").fill("Was ill")
    page.get_by_role("button", name="Void the record").click()
    expect(page.get_by_role("heading", name="Struck")).to_be_visible()
    page.get_by_role("link", name="Add somebody").click()
    page.get_by_label("Person", exact=True).fill(people[2].number)
    if script:
        assert_usable(page)
    page.get_by_role("button", name="Add to the gathering").click()
    expect(page.locator(".count").last).to_have_text("2")
    assert Gathering.objects.counted().get().present == 2


def test_one_that_was_begun_goes_on_with_its_own_people(open_page, bureau, people):
    page = open_page(f"{PAGE}?pick={people[1].pk}", officer=bureau.alice, size=PHONE)
    page.get_by_label("Title").fill("Autumn briefing")
    page.locator("summary", has_text="What 李娜 said").click()
    page.locator(f"#id_said_{people[1].pk}").fill("The lamps are dark.")
    until(lambda: Draft.objects.filter(values__has_key=f"said_{people[1].pk}").exists())
    page.context.close()

    page = open_page(f"{PAGE}?pick={people[2].pk}", officer=bureau.alice, size=PHONE)  # about somebody else
    page.get_by_role("button", name="Continue it").click()
    expect(page.locator(f"#id_said_{people[1].pk}")).to_have_value("The lamps are dark.")
    expect(page.get_by_label("Title")).to_have_value("Autumn briefing")
    page.get_by_role("button", name="Log the gathering").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Autumn briefing")

    assert ContactRecord.objects.get().stakeholder == people[1]
    assert not Draft.objects.exists()


def test_a_session_that_is_lost_before_sending_loses_none_of_the_people(open_page, bureau, people):
    page = open_page(f"{PAGE}?pick={people[1].pk}", officer=bureau.carol, size=PHONE)  # who holds nobody
    page.get_by_label("Title").fill("Autumn briefing")
    Session.objects.all().delete()
    page.get_by_role("button", name="Log the gathering").click()
    page.wait_for_url(re.compile("/sign-in/"))
    sign_in(page, bureau.carol)
    page.wait_for_url(re.compile("/gatherings/add/$"))  # a form without these people
    until(lambda: page.wait_for_timeout(20) or Draft.objects.exists())
    page.goto("/today/")
    page.get_by_role("link", name="Gathering", exact=True).click()
    expect(page.get_by_label("Title")).to_have_value("Autumn briefing")
    page.get_by_role("button", name="Log the gathering").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Autumn briefing")

    assert ContactRecord.objects.get().stakeholder == people[1]


def test_a_long_list_is_narrowed_by_name_or_pinyin_and_what_is_ticked_stays(open_page, bureau, people):
    for number in range(8):
        factories.pairing(bureau.alice, factories.stakeholder(f"赵{number}", bureau.station))
    page = open_page(PAGE, officer=bureau.alice, size=PHONE)
    rows = page.locator(".attendee:visible")
    expect(rows).to_have_count(11)
    page.get_by_label("李娜", exact=False).first.check()
    page.get_by_label("Look for somebody in this list").fill("wangf")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("王芳")
    assert_usable(page)
    page.get_by_label("Look for somebody in this list").press("Enter")
    page.get_by_label("Look for somebody in this list").fill("")

    expect(rows).to_have_count(11)
    assert page.locator(f"#id_came_{people[1].pk}").is_checked()
