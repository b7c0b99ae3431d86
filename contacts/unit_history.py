"""What units were called and where they hung on a day. Read at once, then asked without a query."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from contacts.models import Unit, UnitPast


class Tree:
    """All units with their pasts. `on(day)` is the tree as it stood when that day ended: closed units too, and those that
    were not there yet, at their first place, since what was counted in them has to count somewhere. Which of them there
    were, `Unit.exists_within` says."""

    def __init__(self, units: Iterable[Unit], pasts: Iterable[UnitPast]) -> None:
        self.units = {unit.pk: unit for unit in units}
        self.pasts = _by_unit(pasts)
        self._known: dict[dt.date | None, dict[int, Unit]] = {None: _in_order(self.units)}

    @classmethod
    def read(cls) -> Tree:
        return cls(Unit.objects.all(), UnitPast.objects.all())

    @cached_property
    def turns(self) -> list[dt.date]:
        """The last days before something changed."""
        return sorted({past.until for pasts in self.pasts.values() for past in pasts})

    def on(self, day: dt.date) -> dict[int, Unit]:
        """By key, in the order of their paths. What has changed since is not to be saved: `Unit.as_of` says so."""
        later = bisect_left(self.turns, day)
        turn = self.turns[later] if later < len(self.turns) else None
        if turn not in self._known and turn is not None:
            self._known[turn] = self._as_they_were(turn)
        return self._known[turn]

    def below(self, unit: int, day: dt.date) -> list[Unit]:
        """The unit and all that hung below it."""
        then = self.on(day)
        return [other for other in then.values() if then[unit].contains(other)]

    def _as_they_were(self, day: dt.date) -> dict[int, Unit]:
        then = {
            pk: _as_it_was(unit, past_of(self.pasts.get(pk, ()), day), day) for pk, unit in self.units.items()
        }
        paths: dict[int, str] = {}

        def path(unit: Unit) -> str:
            if unit.pk not in paths:
                above = path(then[unit.parent_id]) if unit.parent_id else ""
                paths[unit.pk] = f"{above}{unit.code}/"
            return paths[unit.pk]

        for unit in then.values():
            unit.path = path(unit)
        return _in_order(then)


def called_on(unit: str, day: Any, *, short: bool = True) -> Coalesce:
    """For a query: what the unit that the path `unit` leads to was called on `day`, of which the pasts are asked one level
    further in."""
    pasts = UnitPast.objects.filter(unit=OuterRef(unit), until__gte=day).order_by("until")
    return Coalesce(Subquery(pasts.values(then=_name("", short))[:1]), _name(f"{unit}__", short))


def _name(prefix: str, short: bool) -> Any:
    """As `Unit.__str__` has it, or in full."""
    name = F(f"{prefix}name")
    if not short:
        return name
    return Case(When(**{f"{prefix}short_name": ""}, then=name), default=F(f"{prefix}short_name"))


def of_their_day(pairings: QuerySet, today: dt.date, *, short: bool = True) -> QuerySet[Any]:
    """Annotate `unit_then`: what the unit was called on the last day of each."""
    last_day = Coalesce(OuterRef("ended_on"), Value(today))
    return pairings.annotate(unit_then=called_on("unit", last_day, short=short))


def past_of(pasts: Iterable[UnitPast], day: dt.date) -> UnitPast | None:
    """Of the pasts of one unit, in order, the one that the day lies in."""
    return next((past for past in pasts if past.until >= day), None)


def _by_unit(pasts: Iterable[UnitPast]) -> dict[int, list[UnitPast]]:
    found: dict[int, list[UnitPast]] = defaultdict(list)
    for past in sorted(pasts, key=lambda past: past.until):
        found[past.unit_id].append(past)
    return dict(found)


def _in_order(units: dict[int, Unit]) -> dict[int, Unit]:
    return dict(sorted(units.items(), key=lambda item: item[1].path))


def _as_it_was(unit: Unit, past: UnitPast | None, day: dt.date) -> Unit:
    shown = past or unit
    then = Unit(
        pk=unit.pk,
        code=unit.code,
        name=shown.name,
        short_name=shown.short_name,
        kind=shown.kind,
        parent_id=shown.parent_id,
        opened_on=unit.opened_on,
        closed_on=unit.closed_on,
        successor_id=unit.successor_id,
    )
    then.as_of = day
    return then
