"""The hand-over sheet: of each person what the successor needs to begin, in as many queries for sixty as for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from contacts.access import Deed
from contacts.models import ContactRecord, Feedback, Handover, HandoverLine, Officer, Stakeholder

CONTACTS = 3  # the latest of each person


@dataclass
class Entry:
    """One person. `in_reach`: the reader sees the person today; before the hand-over a successor knows the name alone."""

    line: HandoverLine
    in_reach: bool
    may_see_numbers: bool = False
    contacts: list[ContactRecord] = field(default_factory=list)
    promises: list[ContactRecord] = field(default_factory=list)
    pending: list[Feedback] = field(default_factory=list)

    @property
    def person(self) -> Stakeholder:
        return self.line.stakeholder


def read_sheet(handover: Handover, reader: Officer, day: dt.date) -> list[Entry]:
    """Those of the hand-over whom the reader sees, and whom they will take over; others are not there."""
    lines = handover.lines.select_related("stakeholder", "successor").prefetch_related(
        "stakeholder__phones", "stakeholder__seats"
    )
    seen = _within(Stakeholder.objects.visible_to(reader), lines)
    dialled = _within(Stakeholder.objects.visible_to(reader, Deed.SEE_NUMBERS), lines)
    entries = {}
    for line in lines.order_by("successor__pinyin", "stakeholder__street", "stakeholder__pinyin"):
        pk = line.stakeholder_id
        if pk in seen or handover.on > day and line.successor_id == reader.pk:
            entries[pk] = Entry(line, pk in seen, pk in dialled)
    _add_contacts(entries, reader, seen)
    _add(entries, "pending", _pending(reader, seen))
    return list(entries.values())


def _within(people: QuerySet[Stakeholder], lines: QuerySet[HandoverLine]) -> set[int]:
    return set(people.filter(pk__in=lines.values("stakeholder")).values_list("pk", flat=True))


def _add_contacts(entries: dict[int, Entry], reader: Officer, people: Collection[int]) -> None:
    """The latest of each, and whatever was promised and not yet kept."""
    latest = Window(
        RowNumber(), partition_by=F("stakeholder"), order_by=[F("occurred_at").desc(), F("pk").desc()]
    )
    records: QuerySet[Any] = ContactRecord.objects.visible_to(reader).live().filter(stakeholder__in=people)
    rows = records.annotate(place=latest).filter(
        Q(place__lte=CONTACTS) | Q(promise_kept_at=None) & ~Q(promised="")
    )
    found = list(rows.select_related("officer").order_by("-occurred_at", "-pk"))
    _add(entries, "contacts", (record for record in found if record.place <= CONTACTS))
    _add(entries, "promises", (r for r in found if r.promised and r.promise_kept_at is None))


def _pending(reader: Officer, people: Collection[int]) -> QuerySet[Feedback]:
    return Feedback.objects.visible_to(reader).pending().filter(stakeholder__in=people).order_by("due_on")


def _add(entries: dict[int, Entry], name: str, rows: Iterable[ContactRecord | Feedback]) -> None:
    for row in rows:
        getattr(entries[row.stakeholder_id], name).append(row)
