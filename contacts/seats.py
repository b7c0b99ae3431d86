"""Seats of many people at once: one that all of them get, and one kind that ends for all."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.editing import said
from contacts.models import Actor, AuditEntry, Seat, Stakeholder


@dataclass
class Outcome:
    """How many people it was done to, and how many were left out for which reason."""

    done: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def add_seats(people: Collection[Stakeholder], seat: Seat, *, actor: Actor) -> Outcome:
    """Give each the same seat. Whoever holds one of its kind, level and body in some of its time is left out."""
    people = locked(people)
    same = Seat.objects.filter(kind=seat.kind, level=seat.level, body=seat.body, stakeholder__in=people)
    held = set(same.filter(_overlaps(seat)).values_list("stakeholder", flat=True))
    values = {name: getattr(seat, name) for name in said(seat)}
    new = [Seat(stakeholder=person, **values) for person in people if person.pk not in held]
    Seat.objects.bulk_create(new, batch_size=500)
    entries = [
        AuditEntry.objects.entry(actor, "add seat", one.stakeholder, after={"seats": [said(one)]})
        for one in new
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    return Outcome(len(new), {_("hold such a seat in that time already"): len(held)})


@transaction.atomic
def end_seats(
    people: Collection[Stakeholder],
    *,
    kind: str,
    level: str = "",
    body: str = "",
    last_day: dt.date,
    actor: Actor,
) -> Outcome:
    """End the seats of a kind, and of a level and a body where they are named, after `last_day`. Those that end before
    stay as they are; one that begins later can not end then."""
    people = locked(people)
    fits = {name: value for name, value in {"kind": kind, "level": level, "body": body}.items() if value}
    seats = Seat.objects.select_for_update(of=("self",)).filter(stakeholder__in=people, **fits)
    running: dict[int, list[Seat]] = defaultdict(list)
    later = set()
    for seat in seats.exclude(ended_on__lte=last_day).select_related("unit").order_by("pk"):
        if seat.started_on and seat.started_on > last_day:
            later.add(seat.stakeholder_id)
        else:
            running[seat.stakeholder_id].append(seat)
    entries = [_end(person, running[person.pk], last_day, actor) for person in people if person.pk in running]
    Seat.objects.bulk_update([s for ended in running.values() for s in ended], ["ended_on"], batch_size=500)
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    later -= running.keys()
    without = len(people) - len(running) - len(later)
    reasons = {
        _("have no such seat that lasts so long"): without,
        _("have one that begins later"): len(later),
    }
    return Outcome(len(running), reasons)


def _end(person: Stakeholder, seats: list[Seat], last_day: dt.date, actor: Actor) -> AuditEntry:
    before: dict[str, Any] = {"seats": [said(seat) for seat in seats]}
    for seat in seats:
        seat.ended_on = last_day
    after = {"seats": [said(seat) for seat in seats]}
    return AuditEntry.objects.entry(actor, "end seat", person, before=before, after=after)


def locked(people: Collection[Stakeholder]) -> list[Stakeholder]:
    """These people, whom nobody else changes until the transaction ends; always locked in the same order."""
    keys = [person.pk for person in people]
    return list(Stakeholder.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _overlaps(seat: Seat) -> Q:
    """For a query over seats: does one last into the time of this one? A missing bound is open (R4)."""
    fits = Q()
    if seat.started_on:
        fits &= Q(ended_on=None) | Q(ended_on__gte=seat.started_on)
    if seat.ended_on:
        fits &= Q(started_on=None) | Q(started_on__lte=seat.ended_on)
    return fits
