"""Signing in, on a phone and at a desk, in both languages, light and dark, with and without a script."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_usable
from tests.browser.conftest import DESK, PHONE
from tests.factories import PASSWORD, small_bureau


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_alice_signs_in_on_her_phone(open_page, script):
    alice = small_bureau().alice
    page = open_page("/", size=PHONE, script=script)
    page.get_by_label("Police number").fill(alice.police_number)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_everybody_can_use_the_sign_in_page(open_page, language, dark, size):
    page = open_page("/sign-in/", size=size, language=language, dark=dark)
    assert_usable(page)
