"""The audit trail is only added to, whatever code or console writes to the database."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER contacts_auditentry_no_update BEFORE UPDATE ON contacts_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END""",
]
# On SQLite a DELETE trigger would also stop the test runner's flush; there the model alone refuses deletions.
POSTGRESQL = [
    """CREATE FUNCTION contacts_auditentry_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit trail is only added to'; END $$""",
    """CREATE TRIGGER contacts_auditentry_no_change BEFORE UPDATE OR DELETE ON contacts_auditentry
    FOR EACH ROW EXECUTE FUNCTION contacts_auditentry_refuse()""",
]
SQLITE_REVERSE = ["DROP TRIGGER contacts_auditentry_no_update"]
POSTGRESQL_REVERSE = [
    "DROP TRIGGER contacts_auditentry_no_change ON contacts_auditentry",
    "DROP FUNCTION contacts_auditentry_refuse",
]


def forward(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def backward(apps, schema_editor):
    for statement in (
        POSTGRESQL_REVERSE if schema_editor.connection.vendor == "postgresql" else SQLITE_REVERSE
    ):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [migrations.RunPython(forward, backward)]
