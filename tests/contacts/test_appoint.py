"""`manage.py appoint`: the first administrators, before anybody can sign in."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contacts.access import Deed
from contacts.models import AuditEntry, Officer
from tests import factories


@pytest.fixture
def first(db) -> Officer:
    """Erin, imported with the roster: she has no password yet."""
    bureau = factories.unit("无锡市公安局", kind="bureau", code="320200000000")
    return Officer.objects.create_user("200001", "Erin", bureau)


def appoint(*words: str) -> str:
    out = StringIO()
    call_command("appoint", *words, stdout=out)
    return out.getvalue()


def test_it_lets_the_first_administrator_in(first):
    printed = appoint("200001", "system_admin")
    password = printed.split("One-time password: ")[1].strip()
    erin = Officer.objects.get(pk=first.pk)
    assert erin.check_password(password)
    assert erin.must_change_password
    assert erin.rights.may(Deed.MANAGE_ACCOUNTS)
    assert {entry.via for entry in AuditEntry.objects.all()} == {"appoint"}


def test_it_leaves_a_password_alone_that_is_in_use(bureau):
    assert "password" not in appoint(bureau.dan.police_number, "coordinator", "--unit", bureau.county.code)
    assert Officer.objects.get(pk=bureau.dan.pk).rights.may(Deed.IMPORT)


@pytest.mark.parametrize(
    "words",
    [("999999", "leader"), ("200001", "leader", "--unit", "000000000000")],
    ids=["no such officer", "no such unit"],
)
def test_it_says_who_or_what_is_missing(first, words):
    with pytest.raises(CommandError, match="no such"):
        appoint(*words)


def test_it_keeps_the_three_powers_apart(first):
    appoint("200001", "system_admin")
    with pytest.raises(CommandError, match="one that it excludes"):
        appoint("200001", "auditor")
    assert Officer.objects.get(pk=first.pk).roles.in_force().count() == 1
