"""The browser's language decides, a switch remembers, and an officer's settings do so for good."""

import datetime as dt

import pytest
from django.forms import DateField, DateInput
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from contacts.models import AuditEntry
from tests.base import sign_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def page(client: Client, path: str = "/sign-in/", **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("zh-CN,zh;q=0.9", "zh-CN"),
        ("zh-Hans", "zh-CN"),
        ("en-GB,en", "en"),
        ("en-US;q=0.5,zh-TW;q=0.1", "en"),
    ],
)
def test_the_browsers_language_decides_at_first(client, asked, given):
    assert f'<html lang="{given}"' in page(client, **{"Accept-Language": asked})


@pytest.mark.parametrize("asked", ["fr", ""])
def test_whoever_asks_for_neither_is_answered_in_the_sites_own(client, settings, asked):
    settings.LANGUAGE_CODE = "zh-hans"
    assert '<html lang="zh-CN"' in page(client, **{"Accept-Language": asked})


def test_the_switch_remembers_on_the_sign_in_page_already(client):
    response = client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert response["Location"] == "/sign-in/"
    assert int(response.cookies["django_language"]["max-age"]) >= 30 * 24 * 3600
    assert '<html lang="en"' in page(client, **{"Accept-Language": "zh-CN"})


def test_a_switch_leads_to_no_other_site(client):
    for path, form in [("/language/", {"language": "en"}), ("/theme/", {"theme": "dark"})]:
        response = client.post(path, form | {"next": "https://elsewhere.example/"})
        assert response["Location"] == "/"


def test_the_theme_is_in_the_first_byte_that_the_server_sends(client):
    assert 'data-theme="auto" data-bs-theme="light"' in page(client)
    client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert 'data-theme="dark" data-bs-theme="dark"' in page(client)


def test_a_theme_that_is_none_changes_nothing(client):
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in page(client)
    assert "theme" not in client.post("/theme/", {"theme": "pink"}).cookies


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_days_and_instants_read_the_same_in_both_languages(language):
    at = dt.datetime(2026, 3, 1, 8, 5)
    with translation.override(language):
        assert Template("{{ at }} {{ at.date }} {{ at.time }}").render(Context({"at": at})) == (
            "2026-03-01 08:05 2026-03-01 08:05"
        )
        field = DateField(widget=DateInput(attrs={"type": "date"}))
        assert 'value="2026-03-01"' in field.widget.render("day", at.date())
        assert field.clean("2026-03-01") == at.date()


def test_settings_change_language_and_mail_with_one_audit_entry(bureau):
    client = sign_in(bureau.alice)
    client.post("/settings/", {"language": "zh-hans"})

    bureau.alice.refresh_from_db()
    assert (bureau.alice.language, bureau.alice.notify_by_email) == ("zh-hans", False)
    assert '<html lang="zh-CN"' in page(client, "/settings/")
    entry = AuditEntry.objects.get()
    assert entry.action == "change settings"
    assert entry.before == {"language": "", "notify_by_email": True}
    assert entry.after == {"language": "zh-hans", "notify_by_email": False}


def test_saving_settings_unchanged_records_nothing(bureau):
    client = sign_in(bureau.alice)
    for _time in range(2):
        client.post("/settings/", {"language": "en", "notify_by_email": "on"})
    assert AuditEntry.objects.count() == 1


def test_a_new_browser_learns_the_language_at_sign_in(bureau):
    bureau.alice.language = "en"
    bureau.alice.save()
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.post("/sign-in/", {"username": bureau.alice.police_number, "password": PASSWORD})
    assert '<html lang="en"' in page(client, "/settings/")
