"""What changed between two versions of a text, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"


def differences(before: str, after: str) -> Iterator[tuple[str, str]]:
    """(SAME, GONE or NEW, a paragraph), in the order in which they are read."""
    old, new = before.splitlines(), after.splitlines()
    for tag, left, left_end, right, right_end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            yield from ((SAME, line) for line in new[right:right_end])
        else:
            yield from ((GONE, line) for line in old[left:left_end])
            yield from ((NEW, line) for line in new[right:right_end])
