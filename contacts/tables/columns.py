"""Columns of an export, and the same ones on a page: what a column says is declared once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.utils.text import Truncator

SHOWN = 80  # characters of a cell


@dataclass(frozen=True)
class Column:
    """A column of an export: its header, and the path of its value, or the name under which `Listing.extras` has it.
    One with a `name` may be chosen for the page as well, beside those of the table."""

    header: Any
    path: str = ""
    show: Callable[[Any], Any] | None = None
    extra: str = ""
    sealed: bool = False  # a phone or an address: empty where the officer may not see it
    name: str = ""
    order: str = ""  # the path to order by, where it is not `path`: pinyin, say

    @property
    def orderable(self) -> bool:
        """May the page be ordered by it? What is sealed would tell itself by its place."""
        return bool(self.name and self.path) and not self.sealed


class OfferedColumn(tables.Column):
    """A column of the export on the page. The listing puts the values into the row's `offered`."""

    def __init__(self, column: Column) -> None:
        super().__init__(
            verbose_name=column.header,
            accessor=f"offered__{column.name}",
            order_by=column.order or column.path or None,
            orderable=column.orderable,
            default="",
        )

    def render(self, value: Any) -> str:
        return value.isoformat() if isinstance(value, dt.date) else Truncator(value).chars(SHOWN)
