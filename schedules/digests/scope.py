"""Whose digest it is: a unit with all below it, or one officer's own figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from contacts.models import Feedback, Officer, Pairing, Stakeholder, Unit
from contacts.unit_history import Tree

Row = TypeVar("Row")


@dataclass(frozen=True)
class Scope:
    """`unit` with all below it as they hung and were called on the last of `days`, or today; without unit and officer,
    the whole bureau."""

    unit: Unit | None = None
    officer: Officer | None = None
    tree: Tree | None = field(default=None, repr=False, compare=False)
    days: tuple[dt.date, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def of_unit(cls, unit: Unit) -> Scope:
        return cls(unit, tree=Tree.read())

    @classmethod
    def of_officer(cls, officer: Officer) -> Scope:
        return cls(officer=officer)

    def on(self, *days: dt.date) -> Scope:
        """The same as of these days: what counted in it on any of them."""
        return replace(self, days=days)

    def __str__(self) -> str:
        return str(self.officer or self.unit)

    @cached_property
    def units(self) -> list[Unit]:
        """In the order of their paths, the unit itself first."""
        if self.tree is None:
            return []
        day = self.days[-1] if self.days else dt.date.max
        return self.tree.below(self.unit.pk, day) if self.unit else list(self.tree.on(day).values())

    @cached_property
    def keys(self) -> set[int] | None:
        """Of all units that count; None is no bound."""
        if self.tree is None or self.unit is None or self.unit.parent_id is None:
            return None
        days = self.days or (dt.date.max,)
        return {unit.pk for day in days for unit in self.tree.below(self.unit.pk, day)}

    def holds(self, unit: int) -> bool:
        return self.keys is None or unit in self.keys

    def within(self, by_unit: dict[int, list[Row]]) -> Iterator[Row]:
        """Everything that counts in it, of what is sorted by unit."""
        keys: Iterable[int] = by_unit if self.officer is not None else (unit.pk for unit in self.units)
        for key in list(keys):
            if key in by_unit:
                yield from by_unit[key]

    @property
    def key(self) -> dict[str, str]:
        """What names it in figures."""
        if self.officer is not None:
            return {"officer": self.officer.police_number, "name": self.officer.name}
        return {"unit": self.unit.code, "name": self.units[0].name} if self.unit else {}

    @property
    def standing(self) -> dict[str, Any]:
        """For `coverage.standing`."""
        return {"officer": self.officer} if self.officer is not None else {"units": self.keys}

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
        return Q() if self.keys is None else Q(unit__in=self.keys)
