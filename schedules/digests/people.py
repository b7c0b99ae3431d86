"""Whom nobody reached, and who has no officer: the people behind the numbers, by id, never by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery

from contacts.models import ContactRecord, Pairing, Seat, Stakeholder

QUIET_DAYS = 90
SHOWN = 50  # of a list; its count is of all


def seated(kinds: Iterable[str], day: dt.date, person: str) -> Exists:
    """Holds a seat that a cycle is about, on that day."""
    return Exists(Seat.objects.active(day).filter(kind__in=list(kinds), stakeholder=OuterRef(person)))


def reached(
    pairings: QuerySet[Pairing], kinds: Iterable[str], start: dt.date, ref: dt.date
) -> dict[str, Any]:
    """Of the people whom `pairings` hold on `ref` and whom a cycle covers: how many, whom nobody reached from `start`
    to `ref`, and whom nobody reached for 90 days. A contact of any kind counts, whoever made it. One query."""
    last = (
        ContactRecord.objects.reached()
        .filter(stakeholder=OuterRef("stakeholder"), occurred_on__lte=ref)
        .order_by()
        .values("stakeholder")
        .annotate(day=Max("occurred_on"))
    )
    held = pairings.open(ref).filter(seated(kinds, ref, "stakeholder"))  # type: ignore[attr-defined]
    rows = list(
        held.annotate(last=Subquery(last.values("day")))
        .order_by(F("last").asc(nulls_first=True), "stakeholder")
        .values_list("stakeholder", "last")
    )
    quiet_since = ref - dt.timedelta(days=QUIET_DAYS)
    return {
        "people": len(rows),
        "not_reached": _listed(row for row in rows if row[1] is None or row[1] < start),
        "quiet": _listed(row for row in rows if row[1] is None or row[1] < quiet_since),
    }


def unpaired(people: QuerySet[Stakeholder], kinds: Iterable[str], ref: dt.date) -> dict[str, Any]:
    """Of `people`, those whom a cycle covers and who have no officer on `ref`. One query."""
    alone = people.unpaired(ref).filter(seated(kinds, ref, "pk"))  # type: ignore[attr-defined]
    return _listed((pk, None) for pk in alone.order_by("pk").values_list("pk", flat=True))


def _listed(rows: Iterable[tuple[int, dt.date | None]]) -> dict[str, Any]:
    """The count of all, and the first of them as (person, last contact)."""
    found = list(rows)
    return {
        "count": len(found),
        "first": [[pk, last.isoformat() if last else None] for pk, last in found[:SHOWN]],
    }
