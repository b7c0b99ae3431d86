"""Which digests an officer may look at, and the figures they are shown: frozen ones as they were frozen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import Q

from contacts import access
from contacts.access import Deed
from contacts.models import Fate, Officer
from contacts.unit_history import Tree
from schedules import coverage, periods
from schedules.digests.earlier import before
from schedules.digests.figures import reckon
from schedules.digests.lists import Lists
from schedules.digests.scope import Scope
from schedules.models import Digest, DigestLists
from schedules.periods import Period

OWN = "own"  # instead of a unit's code


@dataclass(frozen=True)
class Shown:
    """What is shown: as it was frozen, with the figures of now beside it, or as it is now."""

    figures: dict[str, Any]
    afresh: Callable[[], Lists]  # what the records have behind them now
    kept: Callable[[], Lists | None] | None = None  # what was frozen behind them
    frozen_at: dt.datetime | None = None
    now: dict[str, Any] | None = None
    # Code of a unit right below → its totals of the periods before, as they were frozen.
    below: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def lists(self) -> tuple[Lists, bool]:
        """The lists behind the figures, and whether they are as old as these: what was frozen before lists were kept has
        only those of now."""
        if self.kept is None:
            return self.afresh(), True
        kept = self.kept()
        return (self.afresh(), False) if kept is None else (kept, True)

    @property
    def changes(self) -> list[tuple[str, int, int]]:
        """What has changed since it was frozen: name, then, now."""
        if self.now is None:
            return []
        current = headline(self.now)
        return [
            (name, then, current[name])
            for name, then in headline(self.figures).items()
            if current[name] != then
        ]


def headline(found: dict[str, Any]) -> dict[str, int]:
    """The figures that a frozen digest is compared by: all that depend on its period alone, of those that it knows."""
    heard, promises = found["feedback"], found.get("promises", {})
    numbers = {
        **{name: found["coverage"]["total"][name] for name in coverage.FIGURES},
        **{name: found[name]["count"] for name in ("not_reached", "quiet", "unpaired")},
        **{name: heard.get(name) for name in ("received", "answered", "overdue", "waiting")},
        **{name: promises.get(name) for name in ("promised", Fate.BROKEN.value)},
        "asked": found.get("satisfaction", {}).get("asked"),
    }
    return {name: number for name, number in numbers.items() if number is not None}


def shown(scope: Scope, period: Period, now: dt.datetime, *, compare: bool = True) -> Shown:
    """The frozen figures, if they were frozen by `now`, else those of now."""
    there, below = _frozen(scope, period, now)
    digest = there.pop(period.key, None)
    known = {key: one.figures["trend"][-1] for key, one in there.items()}
    if digest is None:
        return Shown(*reckon(scope, period.key, now, known), below=below)
    live = reckon(scope, period.key, now, known).figures if compare else None
    return Shown(
        digest.figures,
        lambda: reckon(scope, period.key, now, known).lists(),
        partial(_kept, digest),
        digest.frozen_at,
        live,
        below,
    )


def trends_below(digest: Digest) -> dict[str, Any]:
    """By code of the units right below, the totals of the periods before, as they were frozen. One query."""
    last = before(periods.parse(digest.period_key))[-1]
    rows = Digest.objects.final().filter(unit__parent=digest.unit, period_key=last.key)
    return dict(rows.values_list("unit__code", "figures__trend"))


def _kept(digest: Digest) -> Lists | None:
    return DigestLists.objects.filter(digest=digest).values_list("rows", flat=True).first()


def _frozen(scope: Scope, period: Period, now: dt.datetime) -> tuple[dict[str, Digest], dict[str, Any]]:
    """By the key of the period: of this one and of those before; and the trends of the units right below, as the digests of
    the period before have them. One query."""
    if scope.unit is None:
        return {}, {}
    earlier = before(period)
    own = Q(unit=scope.unit, period_key__in=[period.key, *(one.key for one in earlier)])
    beneath = Q(unit__parent=scope.unit, period_key=earlier[-1].key)
    there, below = {}, {}
    for digest in Digest.objects.final().filter(own | beneath).select_related("unit"):
        if digest.unit_id != scope.unit.pk:
            below[digest.unit.code] = digest.figures["trend"]
        elif digest.frozen_at <= now or digest.period_key != period.key:
            there[digest.period_key] = digest
    return there, below


def scope_for(officer: Officer, code: str = "", deed: Deed = Deed.DIGEST) -> Scope | None:
    """The unit of that code with all below it, or the officer's own figures; without a code the highest unit whose
    digest they may see, or what else the deed is about. None outside what they may look at, which is asked of where units hang today."""
    reach = access.reach(officer, deed)
    if code == OWN or not (code or reach.everything or reach.paths):
        return Scope.of_officer(officer) if reach.own else None
    if not re.fullmatch(r"[0-9A-Za-z-]{0,12}", code):
        return None
    tree = Tree.read()
    units = (unit for unit in tree.on(dt.date.max).values() if reach.covers(unit.path, own=False))
    top = next((unit for unit in units if code in {"", unit.code}), None)
    return Scope(top, tree=tree) if top else None


def code_above(officer: Officer, scope: Scope) -> str:
    """The code of the unit above, if that may be looked at too."""
    if scope.unit is None or scope.unit.parent_id is None:
        return ""
    reach = access.reach(officer, Deed.DIGEST)
    above = scope.unit.path.rstrip("/").rsplit("/", 1)[0] + "/"
    may = reach.everything or any(above.startswith(path) for path in reach.paths)
    return above.rstrip("/").rsplit("/", 1)[-1] if may else ""
