"""What stands in a calendar: an officer's, a unit's or a person's, as far as its reader may take it out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from contacts.access import Deed
from contacts.models import ContactRecord, Officer, Pairing, Stakeholder, Unit
from schedules.coverage import State, with_status
from schedules.models import Obligation, PolicyVersion

PAST, AHEAD = dt.timedelta(days=90), dt.timedelta(days=400)
CHUNK = 2000  # obligations that are in memory at once
ORDER = ("stakeholder", "planned_on", "pk")  # a chunk is about few people: their records are read once


class Owed(NamedTuple):
    """One obligation, as far as its event needs it."""

    pk: int
    policy: int
    version: int
    period_key: str
    period_start: dt.date
    period_end: dt.date
    due_on: dt.date
    planned_on: dt.date
    planned_time: dt.time | None
    sequence: int
    changed_at: dt.datetime
    person: int
    name: str
    state: str
    responsible: int | None = None  # the officer or the unit, as the selection asks for it


COLUMNS = (
    "pk", "policy", "version", "period_key", "period_start", "period_end", "due_on", "planned_on", "planned_time",
    "sequence", "changed_at", "stakeholder", "stakeholder__name", "state",
)  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """`owed` is what may stand in the calendar by all that is stored. Of what is derived (coverage), `by` names the
    officer or the unit that is responsible, and `wanted` holds the keys that it may be; without `by`, it may be anybody."""

    owed: QuerySet[Obligation]
    now: dt.datetime
    by: str = ""
    wanted: Collection[int] = ()

    def chunks(self, versions: Collection[PolicyVersion]) -> Iterator[list[Owed]]:
        """What stands in it, in pieces. The keys are read first and at once, so that nothing that is moved meanwhile
        stands there twice or not at all; and no cursor stays open over what is written between two pieces. What is derived
        is derived once for each, and so chosen here and not in the WHERE, where a database would do it over."""
        keys = list(self.owed.order_by(*ORDER).values_list("pk", flat=True))
        for first in range(0, len(keys), CHUNK):
            some = Obligation.objects.filter(pk__in=keys[first : first + CHUNK]).order_by(*ORDER)
            columns = (*COLUMNS, self.by) if self.by else COLUMNS
            rows = starmap(Owed, with_status(some, self.now, versions).values_list(*columns))
            yield [owed for owed in rows if owed.state != State.WAIVED and self._holds(owed)]

    def _holds(self, owed: Owed) -> bool:
        return not self.by or owed.responsible in self.wanted


Span = dt.date | None


def of_officer(officer: Officer, viewer: Officer | None, now: dt.datetime, **span: Span) -> Selection:
    """What `officer` is responsible for, as far as `viewer` may take it out; None is whoever holds the server."""
    return of_officers([officer.pk], viewer, now, **span)


def of_officers(
    officers: Collection[int], viewer: Officer | None, now: dt.datetime, **span: Span
) -> Selection:
    held = Pairing.objects.filter(officer__in=officers)
    owed = _owed(held, viewer, now, **span)
    return Selection(owed, now, "responsible_officer_id", frozenset(officers))


def of_unit(unit: Unit, viewer: Officer | None, now: dt.datetime, **span: Span) -> Selection:
    """What the officers of the unit and of all below it are responsible for."""
    owed = _owed(Pairing.objects.filter(unit__path__startswith=unit.path), viewer, now, **span)
    if unit.parent_id is None:  # everybody's
        return Selection(owed, now)
    units = Unit.objects.subtree(unit).values_list("pk", flat=True)
    return Selection(owed, now, "responsible_unit_id", frozenset(units))


def of_person(person: Stakeholder, viewer: Officer | None, now: dt.datetime, **span: Span) -> Selection:
    """What is owed to the person, whoever is responsible for it."""
    return Selection(_owed(Pairing.objects.filter(stakeholder=person), viewer, now, **span), now)


def _owed(
    held: QuerySet[Pairing],
    viewer: Officer | None,
    now: dt.datetime,
    *,
    since: Span = None,
    until: Span = None,
) -> QuerySet[Obligation]:
    """What is owed, or was met, towards people of these pairings and planned within the span: without one, from 90
    days back to 400 ahead."""
    day = timezone.localdate(now)
    owed = Obligation.objects.live().filter(
        stakeholder__in=held.values("stakeholder"),
        planned_on__gte=since or day - PAST,
        planned_on__lte=until or day + AHEAD,
    )
    return owed.visible_to(viewer, Deed.EXPORT) if viewer else owed


class Changes:
    """When the event of an obligation last changed, and how often its contact did: entering, correcting and voiding
    a contact change it too. Records are never deleted, so neither goes back."""

    def __init__(self, obligations: list[Owed], kinds: dict[int, list[str]]) -> None:
        """`kinds` of contact that each version of a policy counts."""
        self.kinds = kinds
        self.touched: dict[tuple[int, str], list[tuple[dt.date, list[dt.datetime]]]] = defaultdict(list)
        if not obligations:
            return
        records = ContactRecord.objects.filter(
            stakeholder__in={owed.person for owed in obligations},
            outcome=ContactRecord.Outcome.REACHED,
            occurred_on__gte=min(owed.period_start for owed in obligations),
            occurred_on__lte=max(owed.period_end for owed in obligations),
        ).order_by()
        fields = ["stakeholder_id", "kind", "occurred_on", "recorded_at", "superseded_at", "voided_at"]
        for person, kind, day, *instants in records.values_list(*fields):
            self.touched[person, kind].append((day, [instant for instant in instants if instant]))

    def of(self, owed: Owed) -> tuple[dt.datetime, int]:
        touches = [
            instant
            for kind in self.kinds[owed.version]
            for day, instants in self.touched.get((owed.person, kind), ())
            if owed.period_start <= day <= owed.period_end
            for instant in instants
        ]
        return max([owed.changed_at, *touches]), len(touches)
