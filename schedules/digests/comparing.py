"""Two digests side by side: the same figures of any two units or periods, and the difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from schedules.digests.phrases import signed
from schedules.digests.reading import Figure, Reading

NOTHING, NONE = Figure("", ""), Figure(0, "")


class Row(NamedTuple):
    label: str
    first: Figure
    second: Figure

    @property
    def difference(self) -> str:
        """How much more the first is than the second: of counts, or in points of two shares; "" where one of them knows no
        number."""
        first, second = _number(self.first), _number(self.second)
        if first is None or second is None or first[1] != second[1]:
            return ""
        return signed(first[0] - second[0]) + (_(" points") if first[1] else "")


def _number(figure: Figure) -> tuple[int, bool] | None:
    """The number, and whether it is a share."""
    text = str(figure.number)
    digits = text.removesuffix("%")
    return (int(digits), digits != text) if digits.isdigit() else None


def sections(first: Reading, second: Reading) -> Iterator[tuple[str, list[Row]]]:
    """Title and rows of each part that at least one of the two has."""
    for title, figures, nothing in _PARTS:
        one, other = figures(first), figures(second)
        rows = [
            Row(found[key].label, one.get(key, nothing), other.get(key, nothing))
            for found in ({**one, **other},)
            for key in found
        ]
        if rows:
            yield title(), rows


Figures = dict[Any, Figure]  # by what tells them apart, which is not always their name


def _tiles(reading: Reading) -> Figures:
    return {tile.label: tile for tile in reading.tiles}


def _kinds(reading: Reading) -> Figures:
    return {
        row["kind"]: Figure(row["share"], row["name"], row["rows"]["owed"])
        for row in reading.kinds
        if row["of"]
    }


def _topics(reading: Reading) -> Figures:
    return {
        topic["topic"]: Figure(topic["total"], topic["name"], topic["link"])
        for topic in reading.topics
        if topic["total"]
    }


def _groups(reading: Reading) -> Figures:
    """Of units alone: people are not compared."""
    return {
        row["unit"]: Figure(row["share"], row["name"], row["rows"]["owed"])
        for row in reading.groups
        if "unit" in row and row["of"]
    }


_PARTS: list[tuple[Callable[[], str], Callable[[Reading], Figures], Figure]] = [
    (lambda: _("Figures"), _tiles, NOTHING),
    (lambda: _("Coverage by kind"), _kinds, NOTHING),
    (lambda: _("Coverage by unit"), _groups, NOTHING),
    (lambda: _("What people said"), _topics, NONE),
]
