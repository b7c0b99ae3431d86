"""A real browser on a real server, signed in as somebody, on a screen of some size."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.base import AGAIN, until
from tests.browser.chromium import FLAGS, chromium

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SIZES = pytest.mark.parametrize(
    "size", [pytest.param(DESK, id="desk") if AGAIN else pytest.param(PHONE, id="phone")]
)


@pytest.fixture(scope="session")
def browser(django_db_setup) -> Iterator[Browser]:
    """One browser for all tests.

    From its start on, Playwright's event loop counts as running in this thread, and beside one Django hands out another
    connection than before, which does not know the rows that a committing test has to give back.
    """
    path = chromium()
    assert path, "These tests need Debian's chromium."
    rows = connection._test_serialized_contents
    with sync_playwright() as playwright:
        connection._test_serialized_contents = rows
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
        connection.close()


@pytest.fixture
def under_way() -> Iterator[list[object]]:
    """The requests that the live server has not ended yet: a page that is closed may still send what was typed last. What a
    test's own client asks for comes from another handler."""
    begun: list[object] = []

    def begin(sender, **_signal) -> None:
        if issubclass(sender, WSGIHandler):
            begun.append(sender)

    def end(sender, **_signal) -> None:
        if sender and issubclass(sender, WSGIHandler):
            begun.pop()

    request_started.connect(begin)
    request_finished.connect(end)
    yield begun
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def open_page(
    browser: Browser, live_server, transactional_db, django_db_serialized_rollback, under_way
) -> Iterator[Callable[..., Page]]:
    """`open_page("/path/", officer=alice, size=PHONE, language="en", dark=False, script=True)`.

    A page error or a refused script fails the test that met it.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(path="/", *, officer=None, size=DESK, language="en", dark=False, script=True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=size,
            is_mobile=size is PHONE,
            has_touch=size is PHONE,
            locale={"en": "en-GB", "zh-hans": "zh-CN"}[language],
            timezone_id=settings.TIME_ZONE,
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        context.set_default_timeout(10_000)
        context.complaints = errors
        contexts.append(context)
        if officer:
            context.add_cookies([session_cookie(officer, live_server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    until(lambda: not under_way)  # else they meet the emptying of the tables
    assert not errors, "The browser complained: " + "; ".join(errors)


def session_cookie(officer, url: str) -> dict[str, str]:
    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = "contacts.backends.OfficerBackend"
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}
