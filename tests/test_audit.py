"""Nothing is written without an entry in the audit trail: every address that accepts a form is sent one that does its
deed, and every other is held to write nothing at all."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.audit_words import field_name
from contacts.models import AuditEntry
from tests import pages, things
from tests.base import sign_in
from tests.pages import PAGES

WRITES = ("INSERT", "UPDATE", "DELETE")
# Sessions are the web's own; the trail of failed sign-ins is axes'; a feed notes when it was read last; the order that a
# click on a header asks for is remembered without a word, and whatever else is said of a view of a list has its entry;
# events of calendars are kept as they were written, to be written once.
FREE = ("django_session", "axes_", "schedules_feedtoken", "contacts_savedview", "schedules_calendarevent")


def changes(captured: CaptureQueriesContext) -> list[str]:
    """What was written, sessions and the like aside."""
    return [
        query["sql"]
        for query in captured
        if query["sql"].startswith(WRITES) and not any(table in query["sql"].split("(")[0] for table in FREE)
    ]


def besides_the_trail(captured: CaptureQueriesContext) -> list[str]:
    return [sql for sql in changes(captured) if "contacts_auditentry" not in sql]


@pytest.mark.parametrize("name", sorted(name for name, page in PAGES.items() if page.post))
def test_what_a_form_does_stands_in_the_trail(bureau, name):
    with time_machine.travel(things.NOW, tick=False):
        page = PAGES[name]
        address, form = pages.address(name, bureau), page.post(bureau)
        client = sign_in(getattr(bureau, page.doer)) if page.doer else Client()
        before = AuditEntry.objects.count()
        with CaptureQueriesContext(connection) as captured:
            response = client.post(address, form)

    assert response.status_code in {200, 302}
    errors = (
        getattr(response.context["form"], "errors", None)
        if response.context and "form" in response.context
        else None
    )
    assert not errors, errors
    assert changes(captured), "the form did nothing: give it what it needs in tests/pages.py"
    entries = AuditEntry.objects.all()[: AuditEntry.objects.count() - before]
    if page.sealed:
        assert not entries
        return
    doer = getattr(bureau, page.doer or "alice")
    assert {(entry.officer, entry.via) for entry in entries} == {(doer, "web")}
    assert all(entry.address == "127.0.0.1" for entry in entries)
    nameless = {
        f"{entry.object_type}: {key}"
        for entry in entries
        for key in {**(entry.before or {}), **(entry.after or {})}
        if field_name(entry.object_type, key) is key
    }
    assert not nameless, "give it a name in contacts/audit_words.py"


@pytest.mark.parametrize("name", sorted(name for name, page in PAGES.items() if not page.post))
def test_what_has_no_form_writes_nothing(bureau, name):
    with time_machine.travel(things.NOW, tick=False):
        address = pages.address(name, bureau)
        for who in ("alice", "carol", "ann"):
            client = sign_in(getattr(bureau, who))
            with CaptureQueriesContext(connection) as captured:
                client.post(address, {"reason": "because", "name": "x"})
            assert not besides_the_trail(captured)


@pytest.mark.parametrize("name", sorted(name for name, page in PAGES.items() if not page.only_post))
def test_looking_writes_nothing_but_the_trail(bureau, name):
    with time_machine.travel(things.NOW, tick=False):
        address = pages.address(name, bureau)
        for who in ("alice", "carol", "ann"):
            client = sign_in(getattr(bureau, who))
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            assert not besides_the_trail(captured)
