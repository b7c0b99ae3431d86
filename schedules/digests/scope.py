"""Whose digest it is: a unit with all below it, or one officer's own figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from contacts.models import Feedback, Officer, Pairing, Stakeholder, Unit


@dataclass(frozen=True)
class Scope:
    """`units` are the unit and all below it, in the order of their paths."""

    unit: Unit | None = None
    units: tuple[Unit, ...] = field(default=(), repr=False)
    officer: Officer | None = None

    @classmethod
    def of_unit(cls, unit: Unit) -> Scope:
        return cls(unit, tuple(Unit.objects.subtree(unit).order_by("path")))

    @classmethod
    def of_officer(cls, officer: Officer) -> Scope:
        return cls(officer=officer)

    def __str__(self) -> str:
        return str(self.officer or self.unit)

    @property
    def key(self) -> dict[str, str]:
        """What names it in figures."""
        if self.officer is not None:
            return {"officer": self.officer.police_number, "name": self.officer.name}
        return {"unit": self.unit.code, "name": self.unit.name} if self.unit else {}

    @property
    def standing(self) -> dict[str, Any]:
        """For `coverage.standing`."""
        return {"officer": self.officer} if self.officer is not None else {"unit": self.unit}

    def feedback(self) -> QuerySet[Feedback]:
        """A unit's are those it handles, or a unit below it; an officer's those that were said to them."""
        return Feedback.objects.filter(self._where("received_by"))

    def pairings(self) -> QuerySet[Pairing]:
        return Pairing.objects.filter(self._where("officer"))

    def people(self) -> QuerySet[Stakeholder]:
        """In whose charge: nobody's is an officer's."""
        return Stakeholder.objects.none() if self.officer else Stakeholder.objects.filter(self._where(""))

    def _where(self, officer: str) -> Q:
        if self.officer is not None:
            return Q(**{officer: self.officer})
        return Q(unit__path__startswith=self.unit.path) if self.unit and self.unit.parent_id else Q()
