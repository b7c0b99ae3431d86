"""The bytes of events that were written before. An event is kept under what it was made of: whether it may be used again
its facts of now decide, not whether somebody remembered to throw it away."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from liaison.batches import batches
from schedules.calendars.events import Event, serialised
from schedules.calendars.selecting import PAST, Owed
from schedules.models import CalendarEvent

BATCH = 500
# `bulk_create` takes six times as long, a tenth of what writing the events takes.
SQL = """
    INSERT INTO schedules_calendarevent (obligation_id, variant, fingerprint, content, until) VALUES {places}
    ON CONFLICT (obligation_id, variant)
    DO UPDATE SET fingerprint = excluded.fingerprint, content = excluded.content, until = excluded.until
"""
PLACES = "(%s, %s, %s, %s, %s)"
logger = logging.getLogger(__name__)


class Shelf:
    """The kept events of one variant."""

    def __init__(self, variant: str, now: dt.datetime) -> None:
        self.variant, self.day, self.keeps = variant, timezone.localdate(now), True

    def contents(self, chunk: list[Owed], events: list[Event]) -> Iterator[bytes]:
        """The events as bytes, in the same order; those that are not there, or were made of something else, are written
        now and kept."""
        marks = [event.fingerprint for event in events]
        rows = CalendarEvent.objects.filter(variant=self.variant, obligation__in=[owed.pk for owed in chunk])
        kept = {
            (pk, mark): content
            for pk, mark, content in rows.values_list("obligation_id", "fingerprint", "content")
        }
        new = []
        for owed, mark, event in zip(chunk, marks, events, strict=True):
            if (owed.pk, mark) not in kept:
                kept[owed.pk, mark] = content = serialised(event)
                new.append((owed.pk, self.variant, mark, content, self.until(owed)))
        self.keep(new)
        return (bytes(kept[owed.pk, mark]) for owed, mark in zip(chunk, marks, strict=True))

    def until(self, owed: Owed) -> Any:
        return connection.ops.adapt_datefield_value(max(owed.planned_on, self.day) + PAST)

    def keep(self, rows: list[tuple]) -> None:
        """A calendar is given out even if its events can not be kept, as while an import holds SQLite's one lock."""
        if not rows or not self.keeps:
            return
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for some in batches(rows, BATCH):
                    places = ", ".join([PLACES] * len(some))
                    cursor.execute(SQL.format(places=places), [value for row in some for value in row])
        except DatabaseError as error:
            self.keeps = False
            logger.warning("Events of a calendar could not be kept: %s", error)


def let_go(now: dt.datetime) -> int:
    """Remove what no subscription shows any more; answers how many."""
    gone, _details = CalendarEvent.objects.filter(until__lt=timezone.localdate(now)).delete()
    return gone
