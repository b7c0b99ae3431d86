"""Many hand-overs at once, in a handful of queries: the rules of `handling.pair`, for imports and proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from contacts import journal
from contacts.imports.directory import OfficerRef
from contacts.models import Actor, AuditEntry, Officer, Pairing, Stakeholder, Unit


@transaction.atomic
def pair_many(
    wanted: Mapping[Stakeholder, Officer | OfficerRef],
    *,
    on: dt.date,
    actor: Actor,
    reason: str = "",
    today: dt.date | None = None,
) -> set[Stakeholder]:
    """Make each officer responsible from the day `on`; whoever was, stops on the day before (R4). Nothing happens to
    those whom their officer holds already. Answers whom it left alone because a later pairing exists."""
    today = today or timezone.localdate()
    last = last_pairings(wanted)
    refused, gone, ended, started, entries = set(), [], [], [], []
    moved: dict[int, int] = {}
    for person, officer in wanted.items():
        held, before = last.get(person.pk), None
        if held and held.started_on > on:
            refused.add(person)
            continue
        follows = not waits(held, on, today)
        if held and (held.ended_on is None or held.ended_on >= on):
            if held.officer_id == officer.pk and held.ended_on is None:
                continue
            before = {"officer": held.officer.police_number}
            if held.started_on == on:
                gone.append(held.pk)  # not one day was held; the entry below keeps it
            else:
                held.ended_on, held.end_reason = on - dt.timedelta(days=1), reason
                ended.append(held)
        if follows:
            moved[person.pk] = officer.unit_id
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
    move([person for person in wanted if person.pk in moved], moved)
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    return refused


@transaction.atomic
def end_many(
    people: Collection[Stakeholder], *, last_day: dt.date, actor: Actor, reason: str = ""
) -> tuple[list[Pairing], set[Stakeholder]]:
    """After `last_day` nobody is responsible for them. Answers the pairings that end, and whom it left alone because a
    later pairing exists."""
    last = last_pairings(people)
    refused, ended, entries = set(), [], []
    for person in people:
        held = last.get(person.pk)
        if held and held.started_on > last_day:
            refused.add(person)
        elif held and (held.ended_on is None or held.ended_on > last_day):
            before = {"ended_on": held.ended_on} if held.ended_on else None
            held.ended_on, held.end_reason = last_day, reason
            ended.append(held)
            after = {"ended_on": last_day}
            entries.append(
                AuditEntry.objects.entry(
                    actor, "end pairing", held, before=before, after=after, reason=reason
                )
            )
    Pairing.objects.bulk_update(ended, ["ended_on", "end_reason"], batch_size=500)
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    return ended, refused


def waits(held: Pairing | None, on: dt.date, today: dt.date) -> bool:
    """Does the unit in charge stay as it is until a pairing begins? It does while somebody else holds the person."""
    return on > today and held is not None and (held.ended_on is None or held.ended_on >= today)


def follow_pairings(day: dt.date) -> None:
    """Pairings that were arranged ahead have begun: the unit in charge follows them."""
    begun = Pairing.objects.filter(ended_on=None, started_on__lte=day).exclude(unit=F("stakeholder__unit"))
    rows = list(begun.select_related("stakeholder"))
    move([pairing.stakeholder for pairing in rows], {p.stakeholder_id: p.unit_id for p in rows})


def last_pairings(people: Collection[Stakeholder]) -> dict[int, Pairing]:
    """Person → the pairing that began last, locked."""
    last: dict[int, Pairing] = {}
    pks = [person.pk for person in people]
    for start in range(0, len(pks), 2000):
        rows = Pairing.objects.filter(stakeholder__in=pks[start : start + 2000])
        rows = rows.select_related("officer", "stakeholder")
        for pairing in rows.select_for_update(of=("self",)).order_by("started_on"):
            last[pairing.stakeholder_id] = pairing
    return last


def move(people: Collection[Stakeholder], unit_of: Mapping[int, Any]) -> None:
    """Put those in charge of another unit whose unit is not that one yet."""
    moved = [person for person in people if person.unit_id != unit_of[person.pk]]
    for person in moved:
        person.unit_id, person.updated_at = unit_of[person.pk], timezone.now()
    Stakeholder.objects.bulk_update(moved, ["unit", "updated_at"], batch_size=500)


@dataclass
class CarriedOver:
    carried: int
    started: list[Pairing] = field(default_factory=list)


@transaction.atomic
def carry_over(
    pairings: QuerySet[Pairing],
    unit: Unit,
    *,
    on: dt.date,
    reason: str,
    told: Callable[[Pairing, journal.Values], None],
) -> CarriedOver:
    """The officers stay responsible and count in another unit from the day `on`: what was in force before ends on the day
    before, and goes on as a pairing of the same two with the days it had; what begins later begins there. No day is
    lost, so nothing that is owed changes (R4, R5). `told` hears of each that changed, with its values before."""
    found = list(pairings.select_for_update().order_by("pk"))
    started = []
    for held in found:
        before = journal.values(held)
        if held.started_on >= on:
            held.unit = unit
        else:
            started.append(
                Pairing(
                    officer_id=held.officer_id,
                    stakeholder_id=held.stakeholder_id,
                    unit=unit,
                    started_on=on,
                    ended_on=held.ended_on,
                    reason=reason,
                    end_reason=held.end_reason,
                )
            )
            held.ended_on, held.end_reason = on - dt.timedelta(days=1), reason
        told(held, before)
    Pairing.objects.bulk_update(found, ["unit", "ended_on", "end_reason"], batch_size=500)
    Pairing.objects.bulk_create(started, batch_size=500)
    return CarriedOver(len(found), started)
