"""What happened with one person, newest first: contacts and attempts, and what was said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from contacts.models import ContactRecord, Feedback, Gathering, Officer, Stakeholder


@dataclass
class Entry:
    """One thing that happened: a contact with what was said in it, or an opinion that came by itself."""

    day: dt.date
    record: ContactRecord | None = None
    feedback: list[Feedback] = field(default_factory=list)


@dataclass
class History:
    """Everything about one person, read once: a person's life with us is some hundred rows, not thousands."""

    records: list[ContactRecord]  # newest first, without those that a correction replaced
    feedback: list[Feedback]

    @classmethod
    def of(cls, person: Stakeholder, officer: Officer) -> History:
        records = person.records.visible_to(officer).filter(superseded_at=None)
        theirs = Q(stakeholder=person) | Q(signers__stakeholder=person)
        feedback = (
            Feedback.objects.visible_to(officer)
            .filter(theirs)
            .distinct()
            .select_related("unit", "topic", "answer")
            .prefetch_related("answer__tellings")
            .order_by("-received_on", "-pk")
        )
        found = list(records.select_related("officer", "voided_by", "supersedes"))
        _add_gatherings(found)
        return cls(found, list(feedback))

    @cached_property
    def entries(self) -> list[Entry]:
        said_in: dict[int | None, list[Feedback]] = {}
        for item in self.feedback:
            said_in.setdefault(item.record_id, []).append(item)
        contacts = [Entry(record.occurred_on, record, said_in.pop(record.pk, [])) for record in self.records]
        alone = [Entry(item.received_on, None, [item]) for items in said_in.values() for item in items]
        return sorted(contacts + alone, key=lambda entry: entry.day, reverse=True)

    @cached_property
    def last(self) -> ContactRecord | None:
        """The last time the person was reached."""
        return next((record for record in self.records if record.has_reached), None)

    @cached_property
    def promises(self) -> list[ContactRecord]:
        return [r for r in self.records if r.is_live and r.promised and r.promise_kept_at is None]

    @cached_property
    def pending(self) -> list[Feedback]:
        return sorted((item for item in self.feedback if item.is_pending), key=lambda item: item.due_on)


def _add_gatherings(records: list[ContactRecord]) -> None:
    """Those at which the contacts were, with how many were there; no query where there was none."""
    keys = {record.gathering_id for record in records if record.gathering_id}
    found = Gathering.objects.counted().in_bulk(keys) if keys else {}
    for record in records:
        if record.gathering_id:
            record.gathering = found[record.gathering_id]
