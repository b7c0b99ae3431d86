"""Helpers that tests call by name; fixtures stand in conftest.py, people in factories.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client

if TYPE_CHECKING:
    from contacts.models import Officer

PATIENCE = 60  # seconds for what another process or thread does
# CI runs the suite on SQLite first, and again on PostgreSQL. What chance or size alone makes long is shorter the second
# time, where it is enough to see that the databases agree; how a page looks is seen half the first time, half the second.
AGAIN = connection.vendor == "postgresql"


def until(comes_true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not comes_true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def sign_in(officer: Officer, *, language: str = "en", **headers: str) -> Client:
    """A client of its own for this officer, who reads English unless told otherwise."""
    client = Client(headers={"Accept-Language": language, **headers})
    client.force_login(officer, backend="contacts.backends.OfficerBackend")
    return client


def as_seen(form: Any) -> dict[str, Any]:
    """What a form sends whose effect was shown before."""
    assert form.is_valid(), form.errors
    return {**form.data, "seen": form.mark()}
