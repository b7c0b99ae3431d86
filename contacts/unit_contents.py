"""What is in a unit today: what moves with it, and what keeps it from being closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from contacts.models import Feedback, Officer, Pairing, Stakeholder, Unit, UnitRole


@dataclass(frozen=True)
class Contents:
    """How much of what belongs to some units today."""

    units: int = 0
    officers: int = 0
    people: int = 0
    pairings: int = 0
    feedback: int = 0
    roles: int = 0

    @classmethod
    def of(cls, units: Collection[int] | QuerySet, day: dt.date) -> Contents:
        """`units`: how many open ones hang right below and are not among them."""
        within = {"unit__in": units}
        return cls(
            units=Unit.objects.open().filter(parent__in=units).exclude(pk__in=units).count(),
            officers=Officer.objects.filter(**within).count(),
            people=Stakeholder.objects.filter(**within).count(),
            pairings=open_pairings(day).filter(**within).count(),
            feedback=open_feedback().filter(**within).count(),
            roles=open_roles().filter(**within).count(),
        )

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    @property
    def words(self) -> list[str]:
        """ "4 officers", "12 people", … of what there is."""
        found = [
            (self.units, ngettext("%(n)d unit below", "%(n)d units below", self.units)),
            (self.officers, ngettext("%(n)d officer", "%(n)d officers", self.officers)),
            (self.people, ngettext("%(n)d person in charge", "%(n)d people in charge", self.people)),
            (self.pairings, ngettext("%(n)d pairing", "%(n)d pairings", self.pairings)),
            (self.feedback, ngettext("%(n)d open feedback item", "%(n)d open feedback items", self.feedback)),
            (self.roles, ngettext("%(n)d role", "%(n)d roles", self.roles)),
        ]
        return [words % {"n": number} for number, words in found if number]


def open_pairings(day: dt.date) -> QuerySet[Pairing]:
    """In force on the day or later."""
    return Pairing.objects.filter(Q(ended_on=None) | Q(ended_on__gte=day))


def open_feedback() -> QuerySet[Feedback]:
    return Feedback.objects.exclude(state=Feedback.State.CLOSED)


def open_roles() -> QuerySet[UnitRole]:
    """In force, or proposed."""
    return UnitRole.objects.filter(ended_at=None)
