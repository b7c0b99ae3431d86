"""A listing: which rows an officer sees, how they are filtered and ordered, how a page of them looks and what an
export of them says. The page, the export and the command all ask the same listing.

However many rows there are, a page takes three steps: count up to a bound, find the keys of the page in order, load
those rows in full. An export does the same in chunks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import EmptyPage, Paginator
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.module_loading import autodiscover_modules
from django_tables2.data import TableQuerysetData

from contacts.access import Deed
from contacts.filters.base import ListFilter
from contacts.models import Officer

PAGE_SIZES = (25, 50)
COUNTED = 100_000  # rows beyond are "more": counting millions would take longer than the page
CHUNK = 1000

Loader = Callable[[list[int]], Iterable[Model]]


class PageData(TableQuerysetData):
    """The rows of one page. `load` takes the keys and gives the rows, in any order, with all that their cells show.
    Where the filter is dear, `at_once` reads the keys of all rows instead of running it twice, to count and to find."""

    def __init__(self, queryset: QuerySet, load: Loader, at_once: bool = False) -> None:
        super().__init__(queryset)
        self.data: QuerySet = queryset
        self.load = load
        self.at_once = at_once
        self._length: int | None = None

    def __len__(self) -> int:
        if self._length is None and self.at_once:
            self._length = len(self.all_keys)
        if self._length is None:
            self._length = self.data.order_by().values("pk")[:COUNTED].count()
        return self._length

    @cached_property
    def all_keys(self) -> list[int]:
        return list(self.data.values_list("pk", flat=True)[:COUNTED])

    def __getitem__(self, key: slice) -> list[Model]:
        keys = self.all_keys[key] if self.at_once else list(self.data.values_list("pk", flat=True)[key])
        found = {row.pk: row for row in self.load(keys)} if keys else {}
        return [found[pk] for pk in keys if pk in found]  # one may have gone since

    def order_by(self, aliases: Any) -> None:
        super().order_by(aliases)
        self.data = in_order(self.data)


def in_order(rows: QuerySet) -> QuerySet:
    """The same order on every database: nothing known comes first, and equals stand in the order of their keys."""
    keys = rows.query.order_by or rows.model._meta.ordering
    order = [_explicit(rows.model, key) for key in keys if key not in {"pk", "-pk"}]
    last = "-pk" if keys and str(keys[-1]).startswith("-") else "pk"
    return rows.order_by(*order, last)


def _explicit(model: type[Model], key: Any) -> str | OrderBy:
    # Said aloud only where it can matter: an index in the default order can not serve NULLS FIRST.
    if not isinstance(key, str) or not _may_be_null(model, key.lstrip("-")):
        return key
    name = F(key.lstrip("-"))
    return name.desc(nulls_last=True) if key.startswith("-") else name.asc(nulls_first=True)


def _may_be_null(model: type[Model], path: str) -> bool:
    for name in path.split("__"):
        try:
            field: Any = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True  # an annotation
        if field.null:
            return True
        model = field.related_model
    return False


@dataclass(frozen=True)
class Column:
    """A column of an export: its header, and the path of its value, or the name under which `Listing.extras` has it."""

    header: Any
    path: str = ""
    show: Callable[[Any], Any] | None = None
    extra: str = ""
    sealed: bool = False  # a phone or an address: empty where the officer may not see it


class Listing:
    """One list, for one officer at one instant. Subclasses name the model's rows once and are asked by everything."""

    name: ClassVar[str]  # in addresses, and for `export_table`
    title: ClassVar[Any]
    filterset: ClassVar[type[ListFilter]]
    table: ClassVar[type[tables.Table]]
    columns: ClassVar[tuple[Column, ...]]
    deed: ClassVar[Deed] = Deed.SEE_ROSTER
    known: ClassVar[dict[str, type[Listing]]] = {}

    def __init_subclass__(cls) -> None:
        if "name" in cls.__dict__:
            Listing.known[cls.name] = cls

    def __init__(self, officer: Officer, now: dt.datetime) -> None:
        self.officer = officer
        self.now = now
        self.day = timezone.localdate(now)

    # --- what a listing says ---

    def rows(self, deed: Deed) -> QuerySet:
        """All rows within the officer's reach, with what filters and orders need."""
        raise NotImplementedError

    def load(self, keys: list[int]) -> Iterable[Model]:
        """The rows of a page, with all that their cells show."""
        raise NotImplementedError

    def values(self, keys: list[int]) -> QuerySet:
        """The rows of a chunk of an export, with every annotation that `columns` name."""
        return self.rows(Deed.EXPORT).filter(pk__in=keys)

    def extras(self, keys: list[int]) -> Mapping[str, Mapping[int, Any]]:
        """What stands in other tables: name → key of the row → text."""
        return {}

    def is_dear(self, data: Mapping[str, Any]) -> bool:
        """Does the filter take so long that it should run once?"""
        return False

    # --- what pages and exports ask ---

    @cached_property
    def label(self) -> str:
        return str(self.title)

    def filtered(self, data: Mapping[str, Any], deed: Deed | None = None) -> ListFilter:
        return self.filterset(data, self.rows(deed or self.deed), listing=self)

    def page(self, data: Mapping[str, Any]) -> tuple[ListFilter, tables.Table]:
        """The filter and the table of the page that the address asks for."""
        found = self.filtered(data)
        table = self.table(PageData(found.rows, self.load, self.is_dear(data)), order_by=self.order(data))
        size = _number(data.get("per_page"))
        turn_to(table, _number(data.get("page")) or 1, size if size in PAGE_SIZES else PAGE_SIZES[0])
        return found, table

    def order(self, data: Mapping[str, Any]) -> list[str] | None:
        """The columns to sort by that the table has; None for its own order."""
        asked = [key for key in (data.get("sort") or "").split(",") if key]
        known = self.table.base_columns
        return [
            key for key in asked if key.lstrip("-") in known and known[key.lstrip("-")].orderable is not False
        ] or None

    def keys(self, found: ListFilter, data: Mapping[str, Any]) -> list[int]:
        """The keys of all rows that the filter found, in the order of the page."""
        ordered = self.table(PageData(found.rows, self.load), order_by=self.order(data))
        return list(ordered.data.data.values_list("pk", flat=True))

    def headers(self) -> list[str]:
        return [str(column.header) for column in self.columns]

    def lines(self, keys: list[int]) -> Iterator[list[Any]]:
        """The rows of an export, one list of values each, in the order of `keys`."""
        for start in range(0, len(keys), CHUNK):
            yield from self._chunk(keys[start : start + CHUNK])

    def _chunk(self, keys: list[int]) -> Iterator[list[Any]]:
        paths = [column.path for column in self.columns if column.path]
        found = {row[0]: row[1:] for row in self.values(keys).order_by().values_list("pk", *paths)}
        extras = self.extras(keys)
        sealed = self.sealed(keys) if any(column.sealed for column in self.columns) else set()
        for key in keys:
            if key not in found:
                continue
            values = iter(found[key])
            yield [self._value(column, key, values, extras, key in sealed) for column in self.columns]

    def _value(self, column: Column, key: int, values: Iterator, extras: Mapping, sealed: bool) -> Any:
        value = next(values) if column.path else extras[column.extra].get(key, "")
        if sealed and column.sealed:
            return ""
        return column.show(value) if column.show and value not in (None, "") else value

    def sealed(self, keys: list[int]) -> set[int]:
        """Those of the keys whose phones and addresses the officer may not see."""
        return set()


def turn_to(table: tables.Table, number: int, size: int) -> None:
    """Show one page of a table; the last one when there are not so many."""
    try:
        table.paginate(per_page=size, page=max(number, 1))
    except EmptyPage:
        table.paginate(per_page=size, page=Paginator(table.rows, size).num_pages)
    table.paginator.more = len(table.rows) >= COUNTED


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 9 else None


def known() -> dict[str, type[Listing]]:
    """All listings by name, of every app."""
    autodiscover_modules("tables")
    return dict(sorted(Listing.known.items()))
