"""A listing: which rows an officer sees, how they are filtered and ordered, how a page of them looks and what an
export of them says. The page, the export and the command all ask the same listing.

However many rows there are, a page takes three steps: count up to a bound, find the keys of the page in order, load
those rows in full. An export does the same in chunks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import EmptyPage, Paginator
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.module_loading import autodiscover_modules
from django_tables2.data import TableQuerysetData

from contacts.access import Deed
from contacts.filters.base import ListFilter
from contacts.models import Officer
from contacts.tables.columns import Column, OfferedColumn

PAGE_SIZES = (25, 50)
COUNTED = 100_000  # rows beyond are "more": counting millions would take longer than the page
CHUNK = 1000
BESIDES = ("page", "per_page", "view")  # what an address holds beside filter, order and columns

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


class Listing:
    """One list, for one officer at one instant. Subclasses name the model's rows once and are asked by everything."""

    name: ClassVar[str]  # in addresses, and for `export_table`
    title: ClassVar[Any]
    view: ClassVar[str] = ""  # the name of its page's address
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

    def values(self, keys: list[int], deed: Deed) -> QuerySet:
        """The rows of a chunk of an export or of a page, with every annotation that `columns` name."""
        return self.rows(deed).filter(pk__in=keys)

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

    def page(self, data: Mapping[str, Any], nothing: bool = False) -> tuple[ListFilter, tables.Table]:
        """The filter and the table of the page that the address asks for; `nothing`: whatever it asks, no row."""
        found = self.filtered(data)
        chosen = self.chosen(data)
        rows = found.rows.none() if nothing else found.rows
        table = self._table(PageData(rows, self._loader(chosen), self.is_dear(data)), data, chosen)
        size = _number(data.get("per_page"))
        turn_to(table, _number(data.get("page")) or 1, size if size in PAGE_SIZES else PAGE_SIZES[0])
        return found, table

    @classmethod
    def asked(cls, data: Mapping[str, Any]) -> str:
        """What an address asks for as a query, always in the same order: the filter, the order, the columns. What the
        listing does not know comes last, so that it is not taken for less."""
        known = [*cls.filterset.base_filters, "sort", "columns"]
        others = [name for name in data if name not in {*known, *BESIDES}]
        return urlencode([(name, data[name]) for name in [*known, *others] if data.get(name)])

    @classmethod
    def knows(cls, data: Mapping[str, Any]) -> bool:
        """Is there a filter for all that the address asks?"""
        return set(data) <= {*cls.filterset.base_filters, "sort", "columns", *BESIDES}

    @classmethod
    def offered(cls) -> dict[str, str]:
        """All columns that the page can show, name → header: those of the table, then those of the export."""
        own = {name: str(column.verbose_name) for name, column in cls.table.base_columns.items()}
        return own | {column.name: str(column.header) for column in cls.columns if column.name}

    @classmethod
    def chosen(cls, data: Mapping[str, Any]) -> list[str]:
        """The columns to show, in their order. The table's first one, which names the row, always leads."""
        standard, offered = list(cls.table.base_columns), cls.offered()
        asked = [name for name in (data.get("columns") or "").split(",") if name in offered]
        return list(dict.fromkeys([standard[0], *asked])) if asked else standard

    @classmethod
    def orderable(cls) -> list[str]:
        """The columns to sort by."""
        own = [name for name, column in cls.table.base_columns.items() if column.orderable is not False]
        return own + [column.name for column in cls.columns if column.orderable]

    def order(self, data: Mapping[str, Any]) -> list[str] | None:
        """The columns to sort by that the page has; None for the table's own order."""
        known = self.orderable()
        return [key for key in (data.get("sort") or "").split(",") if key.lstrip("-") in known] or None

    def _table(self, rows: PageData, data: Mapping[str, Any], chosen: list[str]) -> tables.Table:
        order = self.order(data)
        wanted = {*chosen, *(key.lstrip("-") for key in order or ())}
        more = [(column.name, OfferedColumn(column)) for column in self.columns if column.name in wanted]
        table = self.table(rows, order_by=order, extra_columns=more, sequence=[*chosen, "..."])
        for name in table.columns.names():
            if name not in chosen:
                table.columns.hide(name)
        return table

    def _loader(self, chosen: list[str]) -> Loader:
        """`load`, with the values of the columns that were chosen from the export."""
        columns = [column for column in self.columns if column.name and column.name in chosen]
        if not columns:
            return self.load

        def load(keys: list[int]) -> Iterator[Model]:
            more = dict(self._read(keys, columns, self.deed))
            for row in self.load(keys):
                values = more.get(row.pk, [])
                row.offered = dict(zip((column.name for column in columns), values, strict=False))  # type: ignore[attr-defined]
                yield row

        return load

    def keys(self, found: ListFilter, data: Mapping[str, Any]) -> list[int]:
        """The keys of all rows that the filter found, in the order of the page."""
        ordered = self._table(PageData(found.rows, self.load), data, [])
        return list(ordered.data.data.values_list("pk", flat=True))

    def headers(self) -> list[str]:
        return [str(column.header) for column in self.columns]

    def lines(self, keys: list[int]) -> Iterator[list[Any]]:
        """The rows of an export, one list of values each, in the order of `keys`."""
        for start in range(0, len(keys), CHUNK):
            for _key, line in self._read(keys[start : start + CHUNK], self.columns, Deed.EXPORT):
                yield line

    def _read(
        self, keys: list[int], columns: Sequence[Column], deed: Deed
    ) -> Iterator[tuple[int, list[Any]]]:
        paths = [column.path for column in columns if column.path]
        found = {row[0]: row[1:] for row in self.values(keys, deed).order_by().values_list("pk", *paths)}
        extras = self.extras(keys) if any(column.extra for column in columns) else {}
        sealed = self.sealed(keys) if any(column.sealed for column in columns) else set()
        for key in keys:
            if key not in found:
                continue
            values = iter(found[key])
            yield key, [self._value(column, key, values, extras, key in sealed) for column in columns]

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
