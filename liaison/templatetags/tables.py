"""Rendering of django-tables2 tables: its own templates ask each column anew for every cell, and twenty times as much."""

from collections.abc import Iterator

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import Table
from django_tables2.columns.base import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import AttributeDict, computed_values

register = template.Library()


@register.simple_tag
def table_rows(table: Table) -> SafeString:
    """The `<tr>`s of the table's page. Each cell names its column in `data-label`, which a phone shows as its label.

    A column's `attrs["td"]` is read once for the table, so it may not hold callables; `row_attrs` may.
    """
    columns = [(column.name, _td(column)) for column in table.columns]
    rows = table.paginated_rows
    return mark_safe("".join(_tr(table, row, columns) for row in rows))  # noqa: S308  (every part is escaped below)


def _td(column: BoundColumn) -> SafeString:
    attrs = AttributeDict({**column.attrs["td"], "data-label": column.header})
    return format_html("<td {}>", attrs.as_html())


def _tr(table: Table, row: BoundRow, columns: list[tuple[str, SafeString]]) -> str:
    attrs = ""
    if table.row_attrs:
        values = computed_values(table.row_attrs, kwargs={"table": table, "record": row.record})
        attrs = f" {AttributeDict(values).as_html()}"
    return f"<tr{attrs}>{''.join(_cells(row, columns))}</tr>\n"


def _cells(row: BoundRow, columns: list[tuple[str, SafeString]]) -> Iterator[str]:
    for name, td in columns:
        yield f"{td}{conditional_escape(row.get_cell(name))}</td>"


@register.filter
def sort_state(column: BoundColumn) -> str:
    """For `aria-sort`."""
    if not column.is_ordered:
        return "none"
    return "descending" if column.order_by_alias.is_descending else "ascending"
