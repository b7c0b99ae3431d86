"""A coordinator takes an import back on a phone, and reads what stayed and why."""

from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import ImportBatch, Stakeholder
from tests import factories
from tests.browser.accessibility import accessibility_problems, excess_width
from tests.browser.conftest import PHONE
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import deputy


def test_an_import_is_taken_back_on_a_phone(open_page, bureau, tmp_path):
    rows = [deputy(), deputy("孙立", 手机="13900001001")]
    wuxi.import_file(wuxi.csv_file(tmp_path, rows), bureau.carol)
    batch = ImportBatch.objects.get()
    called = Stakeholder.objects.get(name="孙立")
    factories.record(called, bureau.alice, timezone.now())

    page = open_page(batch.get_absolute_url(), officer=bureau.carol, size=PHONE)
    page.get_by_role("link", name="Take it back").click()
    expect(page.get_by_text("1 contact record hangs on it now")).to_be_visible()
    assert not accessibility_problems(page) + excess_width(page)
    page.get_by_label("Reason").fill("The wrong file.")
    page.get_by_role("button", name="Take it back").click()

    page.get_by_text("The import was taken back in part.").wait_for()
    expect(page.get_by_role("link", name="孙立")).to_be_visible()
    assert not accessibility_problems(page) + excess_width(page)
    assert set(Stakeholder.objects.values_list("name", flat=True)) == {"张伟", "孙立"}
