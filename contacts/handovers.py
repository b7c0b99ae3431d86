"""Many hand-overs at once, in a handful of queries: the rules of `handling.pair`, for imports and proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from contacts.imports.directory import OfficerRef
from contacts.imports.inserting import insert
from contacts.models import Actor, AuditEntry, Officer, Pairing, Stakeholder


@transaction.atomic
def pair_many(
    wanted: Mapping[Stakeholder, Officer | OfficerRef], *, on: dt.date, actor: Actor, reason: str = ""
) -> set[Stakeholder]:
    """Make each officer responsible from the day `on`; whoever was, stops on the day before (R4). Nothing happens to
    those whom their officer holds already. Answers whom it left alone because a later pairing exists."""
    last = last_pairings(wanted)
    refused, gone, ended, started, entries = set(), [], [], [], []
    for person, officer in wanted.items():
        held, before = last.get(person.pk), None
        if held and held.started_on > on:
            refused.add(person)
            continue
        if held and (held.ended_on is None or held.ended_on >= on):
            if held.officer_id == officer.pk and held.ended_on is None:
                continue
            before = {"officer": held.officer.police_number}
            if held.started_on == on:
                gone.append(held.pk)  # not one day was held; the entry below keeps it
            else:
                held.ended_on, held.end_reason = on - dt.timedelta(days=1), reason
                ended.append(held)
        started.append(
            Pairing(
                officer_id=officer.pk,
                stakeholder=person,
                unit_id=officer.unit_id,
                started_on=on,
                reason=reason,
            )
        )
        after = {"officer": officer.police_number, "from": on}
        entries.append(
            AuditEntry.objects.entry(actor, "pair", person, before=before, after=after, reason=reason)
        )
    Pairing.objects.filter(pk__in=gone).delete()
    Pairing.objects.bulk_update(ended, ["ended_on", "end_reason"], batch_size=500)
    Pairing.objects.bulk_create(started, batch_size=500)
    move([pairing.stakeholder for pairing in started], {p.stakeholder_id: p.unit_id for p in started})
    insert(entries)
    return refused


def last_pairings(people: Collection[Stakeholder]) -> dict[int, Pairing]:
    """Person → the pairing that began last, locked."""
    last: dict[int, Pairing] = {}
    pks = [person.pk for person in people]
    for start in range(0, len(pks), 2000):
        rows = Pairing.objects.filter(stakeholder__in=pks[start : start + 2000]).select_related("officer")
        for pairing in rows.select_for_update(of=("self",)).order_by("started_on"):
            last[pairing.stakeholder_id] = pairing
    return last


def move(people: Collection[Stakeholder], unit_of: Mapping[int, Any]) -> None:
    """Put those in charge of another unit whose unit is not that one yet."""
    moved = [person for person in people if person.unit_id != unit_of[person.pk]]
    for person in moved:
        person.unit_id, person.updated_at = unit_of[person.pk], timezone.now()
    Stakeholder.objects.bulk_update(moved, ["unit", "updated_at"], batch_size=500)
