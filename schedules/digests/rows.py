"""The rows behind a figure made readable: whom and what they are about, for a page or a sheet, with the rights of the reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from contacts.models import ContactRecord, Fate, Feedback, Officer, Pairing, Rating, Stakeholder
from schedules.coverage import State, with_status
from schedules.models import Obligation

CHUNK = 1000


class Cell(NamedTuple):
    """What stands in a cell, and where it leads."""

    value: Any
    link: str = ""


NOBODY = [Cell(""), Cell("")]  # neither name nor number


@dataclass(frozen=True)
class Reader:
    """Whose names and opinions are shown, and how: of others the number stands there alone."""

    people: QuerySet[Stakeholder]
    feedback: QuerySet[Feedback]
    now: dt.datetime
    show: Callable[[str], str] = str

    def person(self, pk: int, name: str | None) -> list[Cell]:
        link = reverse("contacts:stakeholder-detail", args=[pk]) if name else ""
        return [Cell(self.show(name) if name else "", link), Cell(Stakeholder(pk=pk).number)]

    def names(self, wanted: set[int]) -> dict[int, str]:
        return dict(self.people.filter(pk__in=wanted).order_by().values_list("pk", "name"))

    def items(self, wanted: set[int]) -> dict[int, dict[str, Any]]:
        fields = ("stakeholder", "topic__name", "state", "received_on", "due_on", "unit__short_name")
        found = self.feedback.filter(pk__in=wanted).order_by().values("pk", *fields)
        return {row["pk"]: row for row in found}


class Table:
    """How the rows of one kind are written: `headers`, and of up to `CHUNK` rows their cells."""

    def __init__(
        self, headers: Callable[[], list[str]], cells: Callable[[Sequence[Any], Reader], Iterator[list[Cell]]]
    ):
        self.headers, self.cells = headers, cells

    def all(self, rows: Sequence[Any], reader: Reader) -> Iterator[list[Cell]]:
        for first in range(0, len(rows), CHUNK):
            yield from self.cells(rows[first : first + CHUNK], reader)


def _tasks(rows: Sequence[Any], reader: Reader) -> Iterator[list[Cell]]:
    kinds = dict(ContactRecord.Kind.choices)
    found = {
        row["pk"]: row
        for row in with_status(Obligation.objects.filter(pk__in={row.pk for row in rows}), reader.now)
        .order_by()
        .values("pk", "stakeholder", "due_on", "state", "withdrawn_at", "responsible_officer_id")
    }
    names = reader.names({row["stakeholder"] for row in found.values()})
    officers = dict(
        Officer.objects.filter(pk__in={row["responsible_officer_id"] for row in found.values()}).values_list(
            "pk", "name"
        )
    )
    for row in rows:
        is_now = found.get(row.pk, {})
        name = names.get(is_now.get("stakeholder", 0))
        yield [
            *(reader.person(is_now["stakeholder"], name) if is_now else NOBODY),
            Cell(str(kinds[row.kind])),
            Cell(is_now.get("due_on")),
            Cell(str(State(row.state).label)),
            Cell(_since(row.state, is_now) if name or not is_now else ""),
            Cell(row.attempts or ""),
            Cell(officers.get(is_now["responsible_officer_id"], "") if name else ""),
        ]


def _since(then: str, is_now: dict[str, Any]) -> str:
    """What an obligation is now, if that is something else than when it was counted. Where two people turned out to be
    one, or an import was taken back, it is gone."""
    if not is_now or is_now["withdrawn_at"]:
        return _("owed no more")
    return str(State(is_now["state"]).label) if is_now["state"] != then else ""


def _people(rows: Sequence[Any], reader: Reader) -> Iterator[list[Cell]]:
    wanted = {row.pk for row in rows}
    names = reader.names(wanted)
    units = dict(Stakeholder.objects.filter(pk__in=wanted).order_by().values_list("pk", "unit__short_name"))
    pairings = Pairing.objects.open(timezone.localdate(reader.now)).filter(stakeholder__in=wanted)
    held = {
        pk: beside
        for pk, *beside in pairings.order_by().values_list("stakeholder", "officer__name", "unit__short_name")
    }
    for row in rows:
        name = names.get(row.pk)
        officer, unit = held.get(row.pk, ("", units.get(row.pk, ""))) if name else ("", "")
        yield [
            *reader.person(row.pk, name),
            Cell(row.last and parse_date(row.last)),
            Cell(officer),
            Cell(unit),
        ]


def _items(rows: Sequence[Any], reader: Reader) -> Iterator[list[Cell]]:
    states = dict(Feedback.State.choices)
    found = reader.items({row.pk for row in rows})
    names = reader.names({row["stakeholder"] for row in found.values()})
    for row in rows:
        is_now = found.get(row.pk)
        yield [
            _item(row.pk, is_now),
            *_whose(reader, is_now, names),
            *(
                Cell(is_now and is_now[field])
                for field in ("topic__name", "received_on", "due_on", "unit__short_name")
            ),
            Cell(str(states[row.state])),
            Cell(str(states[is_now["state"]]) if is_now and is_now["state"] != row.state else ""),
        ]


def _promises(rows: Sequence[Any], reader: Reader) -> Iterator[list[Cell]]:
    fates = dict(Fate.choices)
    found = reader.items({row.pk for row in rows})
    names = reader.names({row["stakeholder"] for row in found.values()})
    for row in rows:
        is_now = found.get(row.pk)
        yield [
            _item(row.pk, is_now),
            *_whose(reader, is_now, names),
            Cell(is_now and is_now["unit__short_name"]),
            Cell(parse_date(row.due_on)),
            Cell(str(fates[row.fate])),
        ]


def _ratings(rows: Sequence[Any], reader: Reader) -> Iterator[list[Cell]]:
    verdicts = dict(Rating.Verdict.choices)
    ratings = Rating.objects.filter(pk__in={row.pk for row in rows}).order_by()
    fields = ratings.values_list(
        "pk", "telling__answer__feedback", "telling__record__stakeholder", "rated_on"
    )
    asked = {pk: (item, person, day) for pk, item, person, day in fields}
    found = reader.items({item for item, _person, _day in asked.values()})
    names = reader.names({person for _item, person, _day in asked.values()})
    for row in rows:
        item, person, day = asked.get(row.pk, (0, 0, None))
        yield [
            _item(item, found.get(item)),
            *(reader.person(person, names.get(person) if item in found else None) if person else NOBODY),
            Cell(day),
            Cell(str(verdicts[row.process])),
            Cell(str(verdicts[row.result])),
        ]


def _item(pk: int, is_now: dict[str, Any] | None) -> Cell:
    link = reverse("contacts:feedback-detail", args=[pk]) if is_now else ""
    return Cell(Feedback(pk=pk).number if pk else "", link)


def _whose(reader: Reader, is_now: dict[str, Any] | None, names: dict[int, str]) -> list[Cell]:
    if is_now is None:  # another unit's by now
        return NOBODY
    return reader.person(is_now["stakeholder"], names.get(is_now["stakeholder"]))


TABLES = {
    "tasks": Table(
        lambda: [_("Name"), _("Number"), _("Kind"), _("Due on"), _("State"), _("Now"), _("Attempts"), _("Responsible")],
        _tasks,
    ),
    "people": Table(lambda: [_("Name"), _("Number"), _("Last reached"), _("Officer"), _("Unit")], _people),
    "items": Table(
        lambda: [_("Item"), _("Name"), _("Number"), _("Topic"), _("Received"), _("Answer due"), _("Handled by"), _("State"), _("Now")],
        _items,
    ),
    "promises": Table(
        lambda: [_("Item"), _("Name"), _("Number"), _("Handled by"), _("Promised until"), _("What became of it")],
        _promises,
    ),
    "ratings": Table(
        lambda: [_("Item"), _("Name"), _("Number"), _("Asked on"), _("With the handling"), _("With the result")],
        _ratings,
    ),
}  # fmt: skip
