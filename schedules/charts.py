"""Geometry of the charts that templates draw as inline SVG; numbers in, coordinates out, nothing of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 22, 26  # room for the scale, and for the labels above and below
PAINT = {
    "met": ' fill="#1a4f94"',
    "waived": ' fill="url(#hatch)" stroke="#1a4f94"',
    "missed": ' fill="#fce8e6" stroke="#a3231b"',
    "open": ' fill="#fff" stroke="#8593a5" stroke-dasharray="3 2"',
}


@dataclass(frozen=True)
class Segment:
    """One part of a bar; `kind` is its class, so that style sheet and printer tell the parts apart."""

    kind: str
    y: float
    height: float

    @property
    def paint(self) -> SafeString:
        """For where no style sheet reaches into a drawing: the same as its class says."""
        return mark_safe(PAINT[self.kind])  # noqa: S308 - a constant


@dataclass(frozen=True)
class Bar:
    label: str
    note: str  # above the bar
    x: float
    width: float
    segments: tuple[Segment, ...]

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def top(self) -> float:
        return min((segment.y for segment in self.segments), default=HEIGHT - BOTTOM) - 5


@dataclass(frozen=True)
class Line:
    y: float
    label: str


@dataclass(frozen=True)
class StackedBars:
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    kinds: tuple[str, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def stacked_bars(rows: Sequence[dict[str, Any]], kinds: Sequence[str]) -> StackedBars:
    """A bar per row of `{"label", "note", kind: number, …}`; the scale ends at a round number above the highest."""
    top = _round_up(max((sum(row[kind] for kind in kinds) for row in rows), default=0))
    room = (WIDTH - LEFT - RIGHT) / max(1, len(rows))
    bars = tuple(
        Bar(
            row["label"], row["note"], round(LEFT + room * (number + 0.14), 1), round(room * 0.72, 1),
            tuple(_segments(row, kinds, top)),
        )
        for number, row in enumerate(rows)
    )  # fmt: skip
    lines = tuple(Line(_y(top * part / 4, top), f"{top * part / 4:g}") for part in range(5))
    return StackedBars(bars, lines, tuple(kinds))


THICKNESS, GAP = 26, 6  # of a lying bar, and the room below it
LABELS, NUMBERS = 130, 60  # room before and behind it


@dataclass(frozen=True)
class Length:
    """A lying bar."""

    label: str
    number: int
    y: int
    width: float

    @property
    def middle(self) -> float:
        return self.y + THICKNESS / 2

    @property
    def end(self) -> float:
        """Where the number stands, behind the bar."""
        return LABELS + self.width + GAP


@dataclass(frozen=True)
class Lengths:
    bars: tuple[Length, ...]
    width: int = WIDTH
    left: int = LABELS
    thickness: int = THICKNESS

    @property
    def height(self) -> int:
        return len(self.bars) * (THICKNESS + GAP)


def lengths(numbers: Sequence[tuple[str, int]]) -> Lengths:
    """A bar for each, below each other, as long as its number."""
    room, top = WIDTH - LABELS - NUMBERS, max((number for _label, number in numbers), default=0) or 1
    return Lengths(
        tuple(
            Length(label, number, place * (THICKNESS + GAP), round(room * number / top, 1))
            for place, (label, number) in enumerate(numbers)
        )
    )


def _segments(row: dict[str, Any], kinds: Sequence[str], top: int):
    below = 0
    for kind in kinds:
        if row[kind]:
            y = _y(below + row[kind], top)
            yield Segment(kind, y, round(_y(below, top) - y, 1))
            below += row[kind]


def _y(value: float, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _round_up(value: int) -> int:
    """The next of 4, 8, 12 … 36, 40, 80, 120 …: a scale whose quarters are whole numbers."""
    step = 4
    while step * 9 < value:
        step *= 10
    return max(step, -(-value // step) * step)
