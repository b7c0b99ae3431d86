"""A coordinator imports two files from a phone: send, wait, look, confirm, see what became of them."""

import threading
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import expect

from contacts.imports import work
from contacts.models import Stakeholder
from tests.browser.accessibility import accessibility_problems, excess_width
from tests.browser.conftest import PHONE
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import deputy


def in_the_worker() -> None:
    """What the worker's thread does at the ring."""

    def run() -> None:
        work.do_what_is_due()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [
        wuxi.csv_file(tmp_path, [deputy(手机="1390000100"), deputy("周平", 层级="全球")], "deputies.csv"),
        wuxi.csv_file(tmp_path, [{"姓名": "李娜", "新闻单位": "某报社", "手机": "13900001001"}], "media.csv"),
    ]


def test_carol_imports_two_files_from_her_phone(open_page, bureau, files):
    page = open_page("/imports/add/", officer=bureau.carol, size=PHONE)
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Check the files").click()
    page.get_by_text("Files are being worked on.").wait_for()
    page.get_by_role("link", name="deputies.csv").click()
    page.get_by_text("It waits for its turn.").wait_for()
    assert not accessibility_problems(page) + excess_width(page)
    page.go_back()
    in_the_worker()
    page.get_by_text("Look at each of them").wait_for()  # by itself
    assert not accessibility_problems(page) + excess_width(page)

    page.get_by_role("link", name="deputies.csv").click()
    page.get_by_text("1 row can not be imported; the others can.").wait_for()
    page.locator(".tile.bad").click()
    page.get_by_text("“全球” is no level.").wait_for()
    assert not accessibility_problems(page) + excess_width(page)
    page.get_by_role("link", name="Meaning of the columns").click()
    expect(page.locator("#columns select")).to_have_count(15)
    assert not accessibility_problems(page) + excess_width(page)

    page.get_by_role("link", name="The files sent with it").click()
    page.get_by_role("button", name="Import 2 files").click()
    page.get_by_text("2 files are being imported.").wait_for()
    in_the_worker()
    page.get_by_text("applied").first.wait_for()
    page.get_by_role("link", name="deputies.csv").click()
    page.get_by_text("The file was imported. 1 row was not.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Workbook with what to mend").click()
    assert download.value.suggested_filename == "deputies What to mend.xlsx"
    assert set(Stakeholder.objects.values_list("name", flat=True)) == {"张伟", "钱正明", "李娜"}


def test_without_scripts_one_looks_again(open_page, bureau, files):
    page = open_page("/imports/add/", officer=bureau.carol, size=PHONE, script=False)
    page.get_by_label("Files").set_input_files(files[:1])
    page.get_by_role("button", name="Check the files").click()
    page.get_by_text("Checking the file").wait_for()
    in_the_worker()
    page.get_by_role("link", name="Look again").click()
    page.get_by_text("1 row can not be imported; the others can.").wait_for()
