"""What must not happen beside itself: two imports would each find nobody there, and the tree of units has to stay one."""

from __future__ import annotations

from django.db import connection

IMPORTS = 0x6C696169_736F6E  # "liaison": by this number they wait for each other on PostgreSQL


def one_at_a_time() -> None:
    """Imports, turns of terms, and changes to the tree of units, until the transaction ends; nobody else waits. SQLite lets
    one transaction write at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTS])
