"""Two ways of doing the same work, measured in turns, so that what else the machine does hits both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    name: str
    ours: float  # seconds, median
    baseline: float | None  # seconds, median; None where the target is absolute
    target: float  # of the ratio, or in seconds
    note: str = ""

    @property
    def figure(self) -> float:
        return self.ours / self.baseline if self.baseline else self.ours

    @property
    def reached(self) -> bool:
        return self.figure <= self.target

    def __str__(self) -> str:
        unit = "×" if self.baseline else "s"
        baseline = f"{self.baseline * 1000:10.1f}" if self.baseline else " " * 10
        verdict = "" if self.reached else "  over"
        return (
            f"{self.name:<44}{self.ours * 1000:10.1f}{baseline}"
            f"{self.figure:9.2f} {unit}  (≤ {self.target:g}){verdict}  {self.note}"
        )


@dataclass(frozen=True)
class Failure:
    """Work that could not be done at all."""

    name: str
    why: str
    reached = False

    def __str__(self) -> str:
        return f"{self.name:<44}{self.why}"


HEADER = f"{'work':<44}{'ours ms':>10}{'base ms':>10}{'figure':>9}"


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compare(
    name: str,
    ours: Callable[[], object],
    baseline: Callable[[], object],
    *,
    target: float,
    rounds: int = 15,
    note: str = "",
    before: Callable[[], object] = lambda: None,
) -> Result:
    """`before` runs ahead of each, outside the clock."""

    def timed(work: Callable[[], object]) -> float:
        before()
        return seconds(work)

    timed(ours), timed(baseline)  # caches and lazy imports
    pairs = [(timed(ours), timed(baseline)) for _ in range(rounds)]
    return Result(name, *(statistics.median(column) for column in zip(*pairs, strict=True)), target, note)


def measure(
    name: str, work: Callable[[], object], *, target: float, rounds: int = 1, note: str = ""
) -> Result:
    """Against an absolute target, in seconds."""
    return Result(name, statistics.median(seconds(work) for _ in range(rounds)), None, target, note)
