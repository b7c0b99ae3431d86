"""Openings of sealed reports are only added to. Their reason can be sealed anew under another key, and that is all."""

from django.db import migrations

FIXED = "id, report_id, reviewer_id, what, opened_at"
SQLITE = [
    f"""CREATE TRIGGER contacts_conductopening_no_update BEFORE UPDATE OF {FIXED} ON contacts_conductopening
    BEGIN SELECT RAISE(ABORT, 'openings are only added to'); END""",
]
# On SQLite a DELETE trigger would also stop the test runner's flush; there the model alone refuses deletions.
POSTGRESQL = [
    """CREATE FUNCTION contacts_conductopening_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'openings are only added to'; END $$""",
    f"""CREATE TRIGGER contacts_conductopening_no_change BEFORE UPDATE OF {FIXED} OR DELETE ON contacts_conductopening
    FOR EACH ROW EXECUTE FUNCTION contacts_conductopening_refuse()""",
]
SQLITE_REVERSE = ["DROP TRIGGER contacts_conductopening_no_update"]
POSTGRESQL_REVERSE = [
    "DROP TRIGGER contacts_conductopening_no_change ON contacts_conductopening",
    "DROP FUNCTION contacts_conductopening_refuse",
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
    dependencies = [("contacts", "0027_sealed_reports")]

    operations = [migrations.RunPython(forward, backward)]
