"""How alike two short texts are. Chinese is written without blanks, so two characters in a row stand for a word. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

ALIKE = 0.2  # from here on two opinions may be about one matter


def pairs(text: str) -> set[str]:
    """All two letters or characters that follow each other, whatever stands between."""
    letters = [char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum()]
    return {first + second for first, second in zip(letters, letters[1:], strict=False)}


def likeness(one: set[str], other: set[str]) -> float:
    """The share of the pairs of both that they have in common (Jaccard): 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0


def most_alike(text: str, others: Iterable[tuple[int, str]], count: int) -> list[int]:
    """The keys of the texts that are alike, the most alike first."""
    own = pairs(text)
    scored = [(likeness(own, pairs(other)), place, key) for place, (key, other) in enumerate(others)]
    best = sorted((-score, place, key) for score, place, key in scored if score >= ALIKE)
    return [key for _score, _place, key in best[:count]]
