"""Nothing that was typed is lost: not with a closed browser, a lost session or a bad network; and nobody else sees it."""

import datetime as dt
import re

from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from contacts.models import ContactRecord, Draft
from tests import factories
from tests.base import until
from tests.browser.accessibility import assert_usable
from tests.browser.conftest import PHONE, session_cookie

WORDS = "We spoke of the crossing at the school, of the lights, and then of"


def begin(open_page, bureau, path="/people/{}/log/") -> Page:
    page = open_page(path.format(bureau.deputy.pk), officer=bureau.alice, size=PHONE)
    page.get_by_label("What was said").press_sequentially(WORDS)
    return page


def sign_in(page: Page, officer) -> None:
    page.get_by_label("Police number").fill(officer.police_number)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def kept_here(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))")


def kept_by_the_server() -> bool:
    return Draft.objects.filter(values__summary__0=WORDS).exists()


def test_closing_the_browser_in_the_middle_of_an_entry_loses_nothing(open_page, bureau):
    page = begin(open_page, bureau)
    page.locator("summary", has_text="We promised something").click()
    page.get_by_label("What we promised").fill("A map by Friday")
    expect(page.locator(".draft-said")).to_contain_text("Draft kept at")
    until(lambda: Draft.objects.filter(values__promised__0="A map by Friday").exists())
    assert kept_here(page) == []  # the server has it
    page.context.close()

    page = open_page("/today/", officer=bureau.alice, size=PHONE)
    expect(page.get_by_role("heading", name="Begun and not sent")).to_be_visible()
    assert_usable(page)
    page.get_by_role("link", name="Contact with 张伟").click()
    expect(page.get_by_label("What was said")).to_have_value(WORDS)
    expect(page.get_by_label("What we promised")).to_be_visible()
    page.get_by_role("button", name="Log it").click()
    page.get_by_text("Logged: call with 张伟, reached.").wait_for()

    record = ContactRecord.objects.get()
    assert (record.summary, record.promised) == (WORDS, "A map by Friday")
    assert not Draft.objects.exists()


def test_what_was_typed_in_the_last_second_is_kept_as_well(open_page, bureau):
    """The page is left before the pause after which the server is told."""
    page = begin(open_page, bureau)
    page.goto("/settings/")

    until(kept_by_the_server)


def test_a_form_that_came_back_shows_what_was_refused_and_offers_nothing_beside(open_page, bureau):
    address = f"/people/{bureau.deputy.pk}/feedback/"
    page = open_page(address, officer=bureau.alice, size=PHONE)
    page.get_by_label("Opinion or suggestion").press_sequentially("The lamps are out")
    until(Draft.objects.exists)
    page.goto(address)
    expect(page.locator(".draft")).to_contain_text("The lamps")
    page.get_by_label("formal suggestion").check()
    page.get_by_label("Opinion or suggestion").fill("A crossing.")
    page.get_by_role("button", name="Record it").click()

    expect(page.get_by_label("Document number")).to_be_focused()
    expect(page.get_by_text("Enter it as it is printed.")).to_be_in_viewport()
    expect(page.get_by_label("Opinion or suggestion")).to_have_value("A crossing.")
    page.wait_for_load_state("networkidle")
    assert page.locator(".draft").count() == 0


def test_an_entry_that_was_begun_is_offered_and_can_be_discarded(open_page, bureau):
    page = begin(open_page, bureau)
    until(kept_by_the_server)
    page.goto(f"/people/{bureau.deputy.pk}/log/")
    offer = page.locator(".draft")
    expect(offer).to_contain_text("We spoke of the crossing")
    assert_usable(page)
    page.get_by_role("button", name="Discard it").click()

    expect(offer).to_have_count(0)
    until(lambda: not Draft.objects.exists())


def test_it_is_offered_in_the_form_under_a_line_of_the_day_too(open_page, bureau):
    page = begin(open_page, bureau)
    until(kept_by_the_server)
    page.context.close()
    factories.record(bureau.deputy, bureau.alice, timezone.now() - dt.timedelta(days=9), promised="A map")
    page = open_page("/today/", officer=bureau.alice, size=PHONE)
    page.get_by_role("link", name="Log", exact=True).click()
    page.get_by_role("button", name="Continue it").click()

    expect(page.get_by_label("What was said")).to_have_value(WORDS)
    expect(page.locator(".draft")).to_have_count(0)


def test_a_session_that_is_lost_before_sending_loses_nothing(open_page, bureau):
    page = begin(open_page, bureau)
    Session.objects.all().delete()
    page.get_by_role("button", name="Log it").click()
    page.wait_for_url(re.compile("/sign-in/"))
    page.context.complaints.clear()
    sign_in(page, bureau.alice)

    expect(page.get_by_label("What was said")).to_have_value(WORDS)
    expect(page.locator(".draft-said")).to_contain_text("is back")
    page.get_by_role("button", name="Log it").click()
    page.get_by_text("Logged: call with 张伟, reached.").wait_for()
    assert ContactRecord.objects.get().summary == WORDS
    assert kept_here(page) == []


def test_without_a_network_it_stays_says_so_and_goes_when_the_network_is_back(open_page, bureau):
    page = begin(open_page, bureau)
    page.context.set_offline(True)
    page.get_by_role("button", name="Log it").click()
    expect(page.locator(".draft-said")).to_contain_text("Not sent: no connection.")
    expect(page.get_by_label("What was said")).to_have_value(WORDS)
    assert len(kept_here(page)) == 1
    assert_usable(page)

    page.context.set_offline(False)
    page.context.complaints.clear()  # what could not be loaded
    page.get_by_role("button", name="Log it").click()
    page.get_by_text("Logged: call with 张伟, reached.").wait_for()
    assert ContactRecord.objects.get().summary == WORDS
    until(lambda: not Draft.objects.exists())
    assert kept_here(page) == []


def test_typed_without_a_network_and_closed_it_is_back_in_the_form(open_page, bureau):
    page = begin(open_page, bureau)
    page.context.set_offline(True)
    page.get_by_label("What was said").press_sequentially(" more")
    expect(page.locator(".draft-said")).to_contain_text("kept on this device")
    page.evaluate("addEventListener('pagehide', (event) => event.stopImmediatePropagation(), true)")
    context = page.context
    page.close()
    context.set_offline(False)
    context.complaints.clear()

    page = context.new_page()
    page.goto(f"/people/{bureau.deputy.pk}/log/")
    expect(page.get_by_label("What was said")).to_have_value(f"{WORDS} more")
    until(lambda: Draft.objects.filter(values__summary__0=f"{WORDS} more").exists())
    assert kept_here(page) == []


def test_an_entry_that_arrived_though_its_answer_was_lost_is_logged_once(open_page, bureau):
    page, lost = begin(open_page, bureau), []

    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()
        lost.append(route)

    page.route(re.compile(r"/people/\d+/log/$"), lose_the_answer)
    page.get_by_role("button", name="Log it").click(no_wait_after=True)
    until(lambda: page.wait_for_timeout(20) or lost)
    page.unroute_all()
    page.context.complaints.clear()
    page.goto("/today/")
    expect(page.get_by_role("heading", name="Begun and not sent")).to_have_count(0)

    assert ContactRecord.objects.get().summary == WORDS


def test_another_officer_at_the_same_device_never_sees_it(open_page, live_server, bureau):
    page = begin(open_page, bureau)
    page.context.set_offline(True)
    page.get_by_label("What was said").press_sequentially(" more")
    expect(page.locator(".draft-said")).to_contain_text("kept on this device")
    page.goto("about:blank")  # before there is a network again, over which her page would send it
    page.context.set_offline(False)
    page.context.complaints.clear()
    page.context.clear_cookies()  # Alice's session is gone, her copy is not
    page.context.add_cookies([session_cookie(bureau.bob, live_server.url)])
    page.goto(f"/people/{bureau.deputy.pk}/log/")

    expect(page.get_by_label("What was said")).to_have_value("")
    expect(page.locator(".draft")).to_have_count(0)
    until(lambda: kept_here(page) == [])
    assert not Draft.objects.filter(officer=bureau.bob).exists()


def test_signing_out_wipes_what_the_device_kept(open_page, bureau):
    page = begin(open_page, bureau)
    page.evaluate(
        "localStorage.setItem('draft:0:x', JSON.stringify({form: 'record:1', at: Date.now(), typed: []}))"
    )
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in/"))

    assert kept_here(page) == []
    until(kept_by_the_server)  # and there it waits for her


def test_without_scripts_the_form_does_its_job(open_page, bureau):
    page = open_page(f"/people/{bureau.deputy.pk}/log/", officer=bureau.alice, size=PHONE, script=False)
    page.get_by_label("What was said").fill(WORDS)
    page.get_by_role("button", name="Log it").click()
    page.get_by_text("Logged: call with 张伟, reached.").wait_for()

    assert ContactRecord.objects.get().summary == WORDS


def test_nobody_signs_out_while_the_device_holds_what_the_server_has_not(open_page, bureau):
    page = begin(open_page, bureau)
    page.context.set_offline(True)
    page.get_by_label("What was said").press_sequentially(" more")
    expect(page.locator(".draft-said")).to_contain_text("kept on this device")
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_timeout(500)
    assert len(kept_here(page)) == 1

    page.context.set_offline(False)
    page.context.complaints.clear()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in/"))
    assert kept_here(page) == []
    assert Draft.objects.get().values["summary"] == [f"{WORDS} more"]
