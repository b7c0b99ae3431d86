"""From a number of the digest to its list, from there to a remark, and back to the leader who gave it; and a public edition from
its first text to the wall."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Topic
from schedules import periods
from schedules.digests.freezing import freeze_due
from schedules.models import PassState, PublicEdition, Remark
from schedules.notices.hours import Moment
from schedules.workdays import Workdays
from tests import factories
from tests.browser.conftest import DESK, PHONE
from tests.schedules.scenes import owe

pytestmark = pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (DESK, "en")], ids=["phone-zh", "desk-en"]
)


@pytest.fixture
def month(bureau):
    """The month before, frozen: one call was missed, and six opinions came in."""
    today = timezone.localdate()
    month = periods.containing(today, "month").preceding()
    PassState.objects.create(first_day=month.start, latest_at=timezone.now())
    owe(bureau.deputy, month.key)
    topic = Topic.objects.create(name="停车")
    for _n in range(6):
        factories.feedback(bureau.deputy, bureau.alice, month.start, topic=topic)
    workdays = Workdays.load()
    later = timezone.make_aware(dt.datetime.combine(workdays.shift(month.end, 4), dt.time(8)))
    with transaction.atomic():
        freeze_due(Moment(later, workdays))
    return month


def test_a_remark_goes_from_a_figure_to_the_officer_and_back(open_page, bureau, month, size, language):
    def open_as(officer, address):
        return open_page(address, officer=officer, size=size, language=language)

    page = open_as(bureau.lin, f"/digest/?period={month.key}")
    page.locator("a.tile.bad").first.click()
    page.wait_for_url("**/digest/rows/**")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator('.page-actions a[href*="/remarks/add/"]').click()
    page.locator("[name=text]").fill("请逐一走访。")
    page.locator("[name=assignee]").fill(bureau.bob.police_number)
    page.locator("[name=due_on]").fill((timezone.localdate() + dt.timedelta(days=7)).isoformat())
    page.locator("main form.panel button.btn-primary").click()
    page.wait_for_url("**/digest/remarks/*/")
    remark = Remark.objects.get()
    assert (remark.figure, remark.assignee) == ("missed", bureau.bob)

    page = open_as(bureau.bob, "/digest/remarks/")
    page.locator("tbody a").first.click()
    page.locator("[name=report-text]").fill("已走访。")
    page.locator("main form.panel button.btn-primary").click()
    page.wait_for_url(f"**{remark.get_absolute_url()}")

    page = open_as(bureau.lin, remark.get_absolute_url())
    page.locator("main form.buttons button.btn-primary").click()
    page.wait_for_url(f"**{remark.get_absolute_url()}")
    remark.refresh_from_db()
    assert remark.state == Remark.State.DONE
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_an_edition_is_written_approved_and_printed(open_page, bureau, month, size, language):
    address = f"/digest/public/?unit={bureau.county.code}&period={month.key}"

    def open_as(officer):
        return open_page(address, officer=officer, size=size, language=language)

    page = open_as(bureau.carl)
    page.locator("[name=text]").fill("我们听取了意见。")
    page.locator("main form.panel button").click()
    page.locator('.page-actions form[action*="submit"] button').click()
    page.wait_for_load_state()
    page = open_as(bureau.lin)
    assert "6" in page.locator(".edition").inner_text()
    page.locator('.page-actions form[action*="approve"] button').click()
    page.wait_for_selector('.page-actions a[href*="file.pdf"]')
    assert PublicEdition.objects.get().approved_by == bureau.lin
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
