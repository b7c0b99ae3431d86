"""The lists behind the figures of a digest: of every figure the rows that it counts, as ids.

They are made from the same material as the figures and are frozen with them, so a list has as many rows as its figure
says, however the records were corrected since. Whoever looks at one is asked for their rights then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from contacts.models import Officer
from schedules.coverage import State
from schedules.digests.material import Material
from schedules.digests.scope import Scope

Lists = dict[str, list[Any]]


class Task(NamedTuple):
    """One obligation, as it counted."""

    pk: int
    state: str
    soon: bool
    kind: str
    group: str  # the line of the figures in which it counts: the code of a unit, or an officer's number
    attempts: int


class Held(NamedTuple):
    """One person whom a cycle covers: held by an officer, or alone."""

    pk: int
    group: str
    last: str | None  # day of the last contact that reached them
    alone: bool
    reached: bool  # in the period
    quiet: bool


class Said(NamedTuple):
    """One opinion that was received or answered in the period, or waited at its end."""

    pk: int
    topic: int | None
    state: str
    received: bool
    answered: bool
    waiting: bool
    overdue: bool


class Promised(NamedTuple):
    """One answer that promised another by a day of the period."""

    pk: int  # of the opinion
    fate: str
    due_on: str


class Rated(NamedTuple):
    """One person who was asked how satisfied they are."""

    pk: int
    process: str
    result: str


class Behind(NamedTuple):
    """Which rows a figure counts, and by what its parts are told apart."""

    rows: str
    label: Any
    fits: Callable[[Any], bool]
    by: tuple[str, ...] = ()


ROWS: dict[str, Any] = {"tasks": Task, "people": Held, "items": Said, "promises": Promised, "ratings": Rated}
TASK_PARTS, ITEM_PARTS = ("kind", "group"), ("topic", "state")
NO_TOPIC = "none"
BEHIND = {
    "owed": Behind("tasks", _("owed"), lambda row: True, TASK_PARTS),
    "met": Behind("tasks", _("met"), lambda row: row.state == State.MET, TASK_PARTS),
    "open": Behind("tasks", _("open"), lambda row: row.state == State.OPEN, TASK_PARTS),
    "due_soon": Behind("tasks", _("due soon"), lambda row: row.soon, TASK_PARTS),
    "missed": Behind("tasks", _("missed"), lambda row: row.state == State.MISSED, TASK_PARTS),
    "waived": Behind("tasks", _("waived"), lambda row: row.state == State.WAIVED, TASK_PARTS),
    "attempts": Behind("tasks", _("attempts"), lambda row: row.attempts > 0, TASK_PARTS),
    "people": Behind("people", _("people who are held"), lambda row: not row.alone, ("group",)),
    "not_reached": Behind(
        "people", _("not reached in this period"), lambda row: not (row.alone or row.reached)
    ),
    "quiet": Behind("people", _("not reached for 90 days"), lambda row: row.quiet and not row.alone),
    "unpaired": Behind("people", _("without an officer"), lambda row: row.alone),
    "received": Behind("items", _("opinions received"), lambda row: row.received, ITEM_PARTS),
    "answered": Behind("items", _("opinions answered"), lambda row: row.answered, ITEM_PARTS),
    "waiting": Behind("items", _("opinions that waited at the end"), lambda row: row.waiting, ITEM_PARTS),
    "overdue": Behind("items", _("answers overdue"), lambda row: row.overdue, ITEM_PARTS),
    "promised": Behind("promises", _("promises due"), lambda row: True, ("fate",)),
    "asked": Behind(
        "ratings", _("people asked how satisfied they are"), lambda row: True, ("process", "result")
    ),
}


def select(lists: Lists, figure: str, parts: Mapping[str, str] | None = None) -> list[Any]:
    """The rows that a figure counts, or of it the part with these values; KeyError for a figure that there is not."""
    wanted = BEHIND[figure]
    parts = {name: value for name, value in (parts or {}).items() if name in wanted.by and value}
    rows = (ROWS[wanted.rows]._make(row) for row in lists[wanted.rows])
    return [
        row for row in rows if wanted.fits(row) and all(_part(row, name) == parts[name] for name in parts)
    ]


def _part(row: Any, name: str) -> str:
    value = getattr(row, name)
    return NO_TOPIC if value is None else str(value)


# --- making them ---------------------------------------------------------------------------------------------


def behind(scope: Scope, found: Material, figures: dict[str, Any], limit: dt.date) -> Lists:
    """The rows behind `figures`, which were added up from the same scope, material and limit; each list in the order in
    which the page shows it."""
    line = _lines(scope, figures["coverage"]["groups"])
    people = chain(scope.within(found.people), scope.within(found.unpaired))
    return {
        "tasks": [
            Task(
                row.obligation,
                row.state,
                row.state == State.OPEN and row.due_on <= limit,
                row.kind,
                line(row.unit, row.officer),
                row.attempts,
            )
            for row in sorted(scope.within(found.owed), key=lambda row: (row.due_on, row.obligation))
        ],
        "people": [
            Held(
                one.pk,
                line(one.unit, one.officer),
                one.last.isoformat() if one.last else None,
                one.officer is None,
                one.reached_since(found.period.start),
                not one.reached_since(found.quiet_since),
            )
            for one in sorted(people, key=lambda one: one.order)
        ],
        "items": [
            Said(
                item.pk,
                item.topic,
                item.state,
                item.received_on in found.period,
                item.answered_on is not None and item.answered_on in found.period,
                item.is_waiting(found.ref),
                item.is_late(found.ref),
            )
            for item in sorted(scope.within(found.said), key=lambda item: (item.due_on, item.pk))
        ],
        "promises": [
            Promised(one.feedback, one.fate(found.ref), one.review_on.isoformat())
            for one in sorted(scope.within(found.promises), key=lambda one: (one.review_on, one.feedback))
        ],
        "ratings": [Rated(*one) for one in sorted(scope.within(found.rated))],
    }


def _lines(scope: Scope, groups: Iterable[dict[str, Any]]) -> Callable[[int, int | None], str]:
    """The line of the figures in which something counts that is in a unit and an officer's: that of the unit itself, or
    of the unit right below that it hangs under; of a unit with none below, the officer's."""
    numbers = [group["officer"] for group in groups if "officer" in group]
    if numbers or not scope.units:
        officers = dict(Officer.objects.filter(police_number__in=numbers).values_list("pk", "police_number"))
        return lambda unit, officer: officers.get(officer, "") if officer else ""
    top, *below = scope.units
    lines = [unit for unit in below if unit.parent_id == top.pk]
    codes = {
        unit.pk: next((one.code for one in lines if one.contains(unit)), top.code) for unit in scope.units
    }
    return lambda unit, officer: codes.get(unit, "")
