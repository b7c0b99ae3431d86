"""The audit trail of the last days, for those who want to see what it keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from contacts.handling import RECORD_FIELDS
from contacts.models import Actor, AuditEntry, ContactRecord, Officer

DAYS = 14


def leave(records: Iterable[ContactRecord], last: dt.date) -> None:
    """Entries for the contacts that were logged in the last fortnight, from the desks of those who made them."""
    since = last - dt.timedelta(days=DAYS)
    AuditEntry.objects.bulk_create(
        [
            AuditEntry.objects.entry(
                Actor(record.officer, desk(record.officer)),
                "log contact",
                record,
                after={field: getattr(record, field) for field in RECORD_FIELDS},
                at=record.recorded_at,
            )
            for record in records
            if record.occurred_on > since
        ],
        batch_size=1000,
    )


def desk(officer: Officer) -> str:
    """An address of a network that is set aside for examples (RFC 5737)."""
    return f"198.51.100.{int(officer.police_number) % 250 + 1}"
