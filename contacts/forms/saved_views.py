"""A name for a view of a list; and which columns the list shows, in which order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import SavedView
from contacts.tables.base import PAGE_SIZES, Listing


class SavedViewForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"), max_length=SavedView._meta.get_field("name").max_length
    )
    by_itself = forms.BooleanField(label=_("Show it by itself whenever I open the list"), required=False)


class ColumnsForm(forms.Form):
    """`order`: all columns the list offers, as they stand; `show`: those that are ticked. The first one always is."""

    sort = forms.ChoiceField(label=_("Order"), required=False)
    per_page = forms.ChoiceField(label=_("Rows per page"), required=False)

    def __init__(self, listing: Listing, asked: Any, data: Any = None) -> None:
        """`asked` is what the page shows now."""
        offered, table_order = listing.offered(), listing.table._meta.order_by or ()
        sizes = [(str(size), str(size)) for size in PAGE_SIZES]
        super().__init__(
            data,
            initial={
                "sort": ",".join(listing.order(asked) or table_order),
                "per_page": asked.get("per_page") or sizes[0][0],
            },
        )
        words = {"": _("%(column)s, ascending"), "-": _("%(column)s, descending")}
        self.fields["sort"].choices = [  # type: ignore[attr-defined]
            (sign + name, words[sign] % {"column": offered[name]})
            for name in listing.orderable()
            for sign in words
        ]
        self.fields["per_page"].choices = sizes  # type: ignore[attr-defined]
        chosen = data.getlist("show") if data else listing.chosen(asked)
        known = data.getlist("order") if data else listing.chosen(asked)
        first = next(iter(listing.table.base_columns))
        names = dict.fromkeys([first, *(name for name in known if name in offered), *offered])
        self.offered, self.names, self.shown = offered, list(names), {first, *chosen}

    def move(self, name: str, step: int) -> None:
        """Put a column one place up (-1) or down (1); the first one stays."""
        if name not in self.names[1:]:
            return
        place = self.names.index(name)
        self.names.remove(name)
        self.names.insert(max(place + step, 1), name)

    @property
    def rows(self) -> list[tuple[str, str, bool]]:
        """Of each column its name, its header, and whether it is shown."""
        return [(name, self.offered[name], name in self.shown) for name in self.names]

    @property
    def columns(self) -> list[str]:
        return [name for name in self.names if name in self.shown]
