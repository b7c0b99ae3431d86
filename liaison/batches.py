"""Much in pieces that fit into one query on every database."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 2000  # rows, or keys in a query: SQLite takes only so many


def batches(rows: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some
