"""Which digests an officer may look at, and the figures they are shown: frozen ones as they were frozen."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from contacts import access
from contacts.access import Deed
from contacts.models import Officer, Unit
from schedules import coverage
from schedules.digests.figures import figures
from schedules.digests.scope import Scope
from schedules.models import Digest
from schedules.periods import Period

OWN = "own"  # instead of a unit's code


@dataclass(frozen=True)
class Shown:
    """What is shown: as it was frozen, with the figures of now beside it, or as it is now."""

    figures: dict[str, Any]
    frozen_at: dt.datetime | None = None
    now: dict[str, Any] | None = None

    @property
    def changes(self) -> list[tuple[str, int, int]]:
        """What has changed since it was frozen: name, then, now."""
        if self.now is None:
            return []
        return [
            (name, then, now)
            for name, then in headline(self.figures).items()
            if (now := headline(self.now)[name]) != then
        ]


def headline(found: dict[str, Any]) -> dict[str, int]:
    """The figures that a frozen digest is compared by."""
    return {name: found["coverage"]["total"][name] for name in coverage.FIGURES} | {
        "not_reached": found["not_reached"]["count"],
        "received": found["feedback"]["received"],
        "answered": found["feedback"]["answered"],
    }


def shown(scope: Scope, period: Period, now: dt.datetime, *, compare: bool = True) -> Shown:
    """The frozen figures, if they were frozen by `now`, else those of now."""
    digest = frozen(scope, period, now)
    if digest is None:
        return Shown(figures(scope, period.key, now))
    live = figures(scope, period.key, now) if compare else None
    return Shown(digest.figures, digest.frozen_at, live)


def frozen(scope: Scope, period: Period, now: dt.datetime) -> Digest | None:
    if scope.officer is not None:
        return None
    return Digest.objects.filter(unit=scope.unit, period_key=period.key, frozen_at__lte=now).first()


def scope_for(officer: Officer, code: str) -> Scope | None:
    """The unit of that code with all below it, or the officer's own figures; None outside what they may look at."""
    reach = access.reach(officer, Deed.DIGEST)
    if code == OWN:
        return Scope.of_officer(officer) if reach.own else None
    if not re.fullmatch(r"[0-9A-Za-z-]{1,12}", code):
        return None
    # One query for the unit and its subtree: its code stands in the path of each.
    within = reach.q(unit="", own=Q(pk__in=[]))
    units = list(Unit.objects.filter(within, path__contains=f"{code}/").order_by("path"))
    top = next((unit for unit in units if unit.code == code), None)
    return Scope(top, tuple(unit for unit in units if top.contains(unit))) if top else None


def first_scope(officer: Officer) -> str:
    """Where the page begins: the highest unit whose digest the officer may see, else their own figures."""
    reach = access.reach(officer, Deed.DIGEST)
    if reach.everything:
        return Unit.objects.filter(parent=None).values_list("code", flat=True).first() or OWN
    return reach.paths[0].rstrip("/").rsplit("/", 1)[-1] if reach.paths else OWN


def code_above(officer: Officer, scope: Scope) -> str:
    """The code of the unit above, if that may be looked at too."""
    if scope.unit is None or scope.unit.parent_id is None:
        return ""
    reach = access.reach(officer, Deed.DIGEST)
    above = scope.unit.path.rstrip("/").rsplit("/", 1)[0] + "/"
    may = reach.everything or any(above.startswith(path) for path in reach.paths)
    return above.rstrip("/").rsplit("/", 1)[-1] if may else ""
