"""A work report is handed over on a phone, and files to print are waited for."""

import re

import pytest
from playwright.sync_api import expect

from contacts.models import ReportBatch, ReportDelivery
from contacts.work_reports import shelf
from tests import factories
from tests.browser.conftest import PHONE


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no-scripts"])
def test_alice_hands_a_report_over(open_page, bureau, script):
    factories.work_report(bureau, "issued")
    page = open_page(bureau.deputy.get_absolute_url(), officer=bureau.alice, size=PHONE, script=script)

    page.get_by_role("link", name="Enter the delivery").click()
    page.get_by_text("by post").click()
    page.get_by_text("basically satisfied").click()
    page.locator(".log-form details summary").click()
    page.get_by_label("Opinion or suggestion").fill("More patrols.")
    page.get_by_role("button", name="It was handed over").click()

    page.get_by_text("张伟 has the report").wait_for()
    page.get_by_text("More patrols.").first.wait_for()
    delivery = ReportDelivery.objects.get()
    assert (delivery.method, delivery.appraisal) == ("post", "basically")


def test_a_short_letter_is_printed_on_one_page_without_the_frame(open_page, bureau):
    copy = factories.work_report(bureau, "issued").copies.get()
    page = open_page(copy.get_absolute_url(), officer=bureau.alice)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.emulate_media(media="print")
    assert page.locator(".letterhead").is_visible()
    assert not page.get_by_role("link", name="Enter the delivery").is_visible()


def test_the_page_of_the_files_tells_by_itself_when_they_are_ready(open_page, bureau, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    factories.work_report(bureau, "issued")
    page = open_page("/work-reports/files/", officer=bureau.bob)
    page.get_by_label("Unit, with all below it").select_option(str(bureau.station.pk))
    page.get_by_role("button", name="Make them").click()
    page.get_by_text("It waits for its turn.").wait_for()

    ReportBatch.objects.update(state="making", done=1, total=2, leased_until="2099-01-01T00:00Z")
    page.get_by_text("1 of 2 people").wait_for()
    shelf.put("reports/archives/x.zip", b"PK")
    ReportBatch.objects.update(state="ready", file="reports/archives/x.zip", ready_at="2026-11-18T00:00Z")
    page.get_by_role("link", name="Download").wait_for()
    expect(page.locator("progress")).to_have_count(0)
