"""The database itself notes whose facts change: triggers on what planning and reminders read.

They are put in place after every `migrate`, since a later migration may make a table anew, and SQLite then drops its triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from contacts.models import ContactRecord, Pairing, Seat
from schedules.models import ChangedFacts, Leave, Obligation

# What planning reads of each. A contact that is added meets something and takes nothing away, so it is not looked for.
WATCHED: list[tuple[type[models.Model], tuple[str, ...], tuple[str, ...]]] = [
    (Pairing, ("INSERT", "UPDATE", "DELETE"), ("stakeholder", "officer", "started_on", "ended_on")),
    (Seat, ("INSERT", "UPDATE", "DELETE"), ("stakeholder", "kind", "level", "started_on", "ended_on")),
    (
        ContactRecord,
        ("UPDATE", "DELETE"),
        ("stakeholder", "kind", "outcome", "occurred_at", "occurred_on", "superseded_at", "voided_at"),
    ),
    (Obligation, ("UPDATE",), ("stakeholder", "waived_at")),
]
NOTES = ChangedFacts._meta.db_table
# Whose plans may have to make room: everybody whom the officer holds. Leave that is taken back moves nothing.
ON_LEAVE = ("INSERT", "UPDATE")
OF_OFFICER = (
    f"INSERT INTO {NOTES} (person) SELECT stakeholder_id FROM {Pairing._meta.db_table} "  # noqa: S608  # nosec B608
    "WHERE officer_id = NEW.officer_id;"
)


def watch(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Put the triggers in place where they are not."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    if NOTES not in there:  # migrated back to before it
        return
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sqlite() -> Iterator[str]:
    note = f"INSERT INTO {NOTES} (person) SELECT {{}}.stakeholder_id"
    says = {
        "INSERT": f"{note.format('NEW')};",
        "UPDATE": f"{note.format('OLD')}; {note.format('NEW')} WHERE NEW.stakeholder_id <> OLD.stakeholder_id;",
        "DELETE": f"{note.format('OLD')};",
    }
    for model, events, fields in WATCHED:
        for event in events:
            condition = _differs(model, fields, "IS NOT") if event == "UPDATE" else ""
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {_name(model, event)} AFTER {event} ON {model._meta.db_table} "
                f"FOR EACH ROW {condition} BEGIN {says[event]} END"
            )
    for event in ON_LEAVE:
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {_name(Leave, event)} AFTER {event} ON {Leave._meta.db_table} "
            f"FOR EACH ROW BEGIN {OF_OFFICER} END"
        )


def _postgresql() -> Iterator[str]:
    yield f"""CREATE OR REPLACE FUNCTION {NOTES}_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN INSERT INTO {NOTES} (person) VALUES (OLD.stakeholder_id); END IF;
        IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.stakeholder_id <> OLD.stakeholder_id
            THEN INSERT INTO {NOTES} (person) VALUES (NEW.stakeholder_id); END IF;
        RETURN NULL; END $$"""  # noqa: S608  # nosec B608 - names of our own tables
    for model, events, fields in WATCHED:
        for event in events:
            condition = _differs(model, fields, "IS DISTINCT FROM") if event == "UPDATE" else ""
            yield (
                f"CREATE OR REPLACE TRIGGER {_name(model, event)} AFTER {event} ON {model._meta.db_table} "
                f"FOR EACH ROW {condition} EXECUTE FUNCTION {NOTES}_note()"
            )
    yield f"""CREATE OR REPLACE FUNCTION {NOTES}_note_leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {OF_OFFICER} RETURN NULL; END $$"""
    for event in ON_LEAVE:
        yield (
            f"CREATE OR REPLACE TRIGGER {_name(Leave, event)} AFTER {event} ON {Leave._meta.db_table} "
            f"FOR EACH ROW EXECUTE FUNCTION {NOTES}_note_leave()"
        )


def _differs(model: type[models.Model], fields: tuple[str, ...], unlike: str) -> str:
    columns = [model._meta.get_field(name).column for name in fields]  # type: ignore[union-attr]
    return f"WHEN ({' OR '.join(f'OLD.{column} {unlike} NEW.{column}' for column in columns)})"


def _name(model: type[models.Model], event: str) -> str:
    return f"{model._meta.db_table}_noted_{event.lower()}"
