"""The audit trail is only added to, by whatever way somebody tries to change it."""

import pytest
from django.db import DatabaseError, connection, transaction

from contacts.models import Actor, AuditEntry


@pytest.fixture
def entry(bureau) -> AuditEntry:
    return AuditEntry.objects.record(Actor(bureau.carol), "change person", bureau.deputy)


def test_an_entry_can_not_be_saved_again(entry):
    with pytest.raises(TypeError, match="only added to"):
        entry.save()


def test_an_entry_can_not_be_deleted(entry):
    with pytest.raises(TypeError, match="only added to"):
        entry.delete()


@pytest.mark.parametrize("deed", [lambda rows: rows.update(reason="another"), lambda rows: rows.delete()])
def test_entries_can_not_be_changed_in_bulk(entry, deed):
    with pytest.raises(TypeError, match="only added to"):
        deed(AuditEntry.objects.all())


def test_the_database_itself_refuses_a_change(entry):
    with (
        pytest.raises(DatabaseError, match="only added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE contacts_auditentry SET reason = 'another'")
