"""Many pairings at once, in a handful of queries: the rules of `handling.pair`, for imports, proposals, terms and units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from contacts import journal
from contacts.imports.directory import OfficerRef
from contacts.inserting import insert
from contacts.models import (
    Actor,
    AuditEntry,
    Officer,
    Pairing,
    RepairingRequest,
    Stakeholder,
    Unit,
)
from liaison.batches import batches

ONE_DAY = dt.timedelta(days=1)


class Left(StrEnum):
    """Why somebody was left alone, by the codes that imports give it."""

    LATER = "pairing_later"
    INACTIVE = "officer_inactive"


@transaction.atomic
def pair_many(
    wanted: Mapping[Stakeholder, Officer | OfficerRef],
    *,
    on: dt.date,
    actor: Actor,
    reason: str = "",
    today: dt.date | None = None,
    pen: journal.Pen | None = None,
) -> dict[Stakeholder, Left]:
    """Make each officer responsible from the day `on`; whoever was, stops on the day before (R4). Nothing happens to
    those whom their officer holds already. Answers whom it left alone: because a later pairing exists, or because the
    officer may not sign in. `pen` writes down what is changed, each with its person."""
    today, pen = today or timezone.localdate(), pen or journal.Blank()
    lock(wanted)
    active = active_among(officer.pk for officer in wanted.values())
    last = last_pairings(wanted)
    moved: dict[int, int] = {}
    refused: dict[Stakeholder, Left] = {}
    gone, ended, started, entries = [], [], [], []
    for person, officer in wanted.items():
        held, before = last.get(person.pk), None
        if held and held.started_on > on:
            refused[person] = Left.LATER
            continue
        if officer.pk not in active:
            refused[person] = Left.INACTIVE
            continue
        follows = not waits(held, on, today)
        if held and (held.ended_on is None or held.ended_on >= on):
            if held.officer_id == officer.pk and held.ended_on is None:
                continue
            before = {"officer": held.officer.police_number}
            if held.started_on == on:
                gone.append(held.pk)  # not one day was held; the entry below keeps it
                pen.deleted(person.pk, held)
            else:
                was = journal.values(held)
                held.ended_on, held.end_reason = on - ONE_DAY, reason
                ended.append(held)
                pen.changed(person.pk, held, was)
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
    for pairing in started:
        pen.created(pairing.stakeholder_id, pairing)
    move([person for person in wanted if person.pk in moved], moved, pen)
    insert(entries)
    answer_requests([pairing.stakeholder_id for pairing in started], actor)
    return refused


@transaction.atomic
def pair_proposed(
    wanted: Mapping[Stakeholder, Officer],
    *,
    asked: Collection[int],
    on: dt.date,
    actor: Actor,
    reason: str = "",
) -> dict[Stakeholder, Left]:
    """The same for those only whom nobody holds from the day on, and for those of `asked` (keys of people) for whom the
    request for another officer still stands. Somebody may have been quicker: they are among those that it answers."""
    lock(wanted)
    held = set(
        Pairing.objects.lasting(on).filter(stakeholder__in=wanted).values_list("stakeholder", flat=True)
    )
    requests = RepairingRequest.objects.undecided().filter(stakeholder__in=asked)
    held -= set(requests.values_list("stakeholder", flat=True))
    left = dict.fromkeys((person for person in wanted if person.pk in held), Left.LATER)
    free = {person: officer for person, officer in wanted.items() if person not in left}
    return left | pair_many(free, on=on, actor=actor, reason=reason)


def lock(people: Iterable[Stakeholder]) -> None:
    """Whoever pairs locks the people first, in the order of their keys, and then the officers: two at once take turns."""
    for some in batches(sorted({person.pk for person in people})):
        rows = Stakeholder.objects.filter(pk__in=some).order_by("pk")
        list(rows.select_for_update().values_list("pk"))


def answer_requests(people: Collection[int], actor: Actor) -> None:
    """Whoever is paired anew got the other officer that was asked for."""
    for some in batches(sorted(people)):
        requests = RepairingRequest.objects.filter(stakeholder__in=some)
        requests.decide(RepairingRequest.Outcome.DONE, actor)


def active_among(officers: Iterable[int]) -> set[int]:
    """Those who may sign in, locked so that they still may when the transaction ends."""
    rows = Officer.objects.active().filter(pk__in=set(officers)).locked()
    return set(rows.values_list("pk", flat=True))


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
    insert(entries)
    return ended, refused


def waits(held: Pairing | None, on: dt.date, today: dt.date) -> bool:
    """Does the unit in charge stay as it is until a pairing begins? It does while somebody else holds the person."""
    return on > today and held is not None and (held.ended_on is None or held.ended_on >= today)


def follow_pairings(day: dt.date) -> None:
    """Pairings that were arranged ahead have begun: the unit in charge follows them."""
    begun = Pairing.objects.open(day).exclude(unit=F("stakeholder__unit"))
    rows = list(begun.select_related("stakeholder"))
    move([pairing.stakeholder for pairing in rows], {p.stakeholder_id: p.unit_id for p in rows})


def last_pairings(people: Collection[Stakeholder]) -> dict[int, Pairing]:
    """Person → the pairing that began last, locked."""
    last: dict[int, Pairing] = {}
    for some in batches(person.pk for person in people):
        rows = Pairing.objects.filter(stakeholder__in=some).select_related("officer", "stakeholder")
        for pairing in rows.select_for_update(of=("self",)).order_by("started_on"):
            last[pairing.stakeholder_id] = pairing
    return last


def move(people: Collection[Stakeholder], unit_of: Mapping[int, Any], pen: journal.Pen | None = None) -> None:
    """Put those in charge of another unit whose unit is not that one yet."""
    moved = [person for person in people if person.unit_id != unit_of[person.pk]]
    for person in moved:
        was = {"unit_id": person.unit_id}
        person.unit_id, person.updated_at = unit_of[person.pk], timezone.now()
        if pen:
            pen.changed(person.pk, person, was)
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
