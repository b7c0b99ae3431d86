"""An item of feedback walks its whole way: assigned, taken in hand, answered, told, rated and so closed."""

import datetime as dt

import pytest
from django.utils import timezone

from contacts.models import ContactRecord, Feedback, Rating
from tests import factories
from tests.browser.conftest import DESK, PHONE

CLOSED = {"en": "closed", "zh-hans": "已办结"}


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (DESK, "en")], ids=["phone-zh", "desk-en"]
)
def test_an_item_walks_the_whole_way(open_page, bureau, size, language):
    item = factories.feedback(bureau.deputy, bureau.alice, timezone.localdate() - dt.timedelta(days=3))

    def as_(officer, link):
        """Follow a link of the item's page, behind the menu where it stands there."""
        page = open_page(item.get_absolute_url(), officer=officer, size=size, language=language)
        page.locator(f'.page-actions a[href$="/{link}/"]').click()
        return page

    def send(page):
        page.locator("main form.panel button.btn-primary").click()
        page.wait_for_url(f"**{item.get_absolute_url()}")
        item.refresh_from_db()

    page = as_(bureau.carl, "assign")
    page.locator("[name=unit]").select_option(str(bureau.station.pk))
    page.locator("[name=note]").fill("The school asks too.")
    send(page)
    assert item.state == Feedback.State.ASSIGNED

    page = as_(bureau.bob, "take")
    page.locator("[name=handler]").select_option(str(bureau.alice.pk))
    send(page)
    assert item.handler == bureau.alice

    page = as_(bureau.alice, "answer")
    page.locator("[name=answer]").fill("The light stands.")
    page.locator("label", has=page.locator("[name=result][value=solved]")).click()
    page.locator("label", has=page.locator("[name=told_in][value=later]")).click()
    send(page)
    assert item.state == Feedback.State.READY

    page = as_(bureau.alice, "told")
    send(page)
    assert (item.state, ContactRecord.objects.get().summary) == ("answered", "The light stands.")

    page = as_(bureau.carl, "rate")
    for name, verdict in (("process", "satisfied"), ("result", "basically")):
        page.locator("label", has=page.locator(f"[name={name}][value={verdict}]")).click()
    send(page)
    assert (item.state, Rating.objects.get().result) == ("closed", "basically")
    assert CLOSED[language] in page.locator(".page-head").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
