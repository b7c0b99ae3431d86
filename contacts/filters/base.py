"""What the filters of all lists have in common: the search box, the unit with all below it, the seat, the officer.

A filter whose input can not be read shows the error and no row: never all of them (`ListFilter.rows`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import DayField
from contacts.models import Officer, Pairing, Seat, Stakeholder, Unit

if TYPE_CHECKING:
    from contacts.tables.base import Listing

INDENT = "\N{IDEOGRAPHIC SPACE}"


class ListFilter(filters.FilterSet):
    """Filters the rows of a listing, for its officer and its day. Declares every filter with a label of its own: the package ships
    no texts for our language code."""

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet, *, listing: Listing) -> None:
        super().__init__(data, queryset)
        self.listing = listing
        self.officer = listing.officer
        self.day = listing.day
        if "unit" in self.filters:
            self.filters["unit"].extra["choices"] = self.unit_choices(self.filters["unit"].history)

    @property
    def rows(self) -> QuerySet:
        """What the input asks for; nothing at all while it can not be read."""
        return self.qs if self.is_valid() else self.queryset.none()

    @property
    def in_use(self) -> dict[str, Any]:
        """What was asked for, as the audit trail keeps it."""
        return {name: self.data.get(name) for name in self.filters if self.data.get(name)}

    @property
    def in_words(self) -> list[tuple[Any, Any]]:
        """The same as people read it: label and value of each field that is in use."""
        fields = self.form.fields
        return [
            (fields[name].label, dict(getattr(fields[name], "choices", ())).get(value, value))
            for name, value in self.in_use.items()
        ]

    @cached_property
    def units(self) -> list[Unit]:
        names = ("code", "name", "short_name", "path", "closed_on")
        return list(Unit.objects.visible_to(self.officer).only(*names))

    def unit_choices(self, history: bool) -> list[tuple[str, str]]:
        """Open units; for lists of what was, closed ones too, marked."""
        offered = [unit for unit in self.units if history or unit.closed_on is None]
        top = min((unit.depth for unit in offered), default=0)
        return [(unit.code, f"{INDENT * (unit.depth - top)}{unit.label}") for unit in offered]

    def path_of(self, code: str) -> str:
        """The path of a unit that is among the choices."""
        return next(unit.path for unit in self.units if unit.code == code)


def search_filter(find: Callable[[QuerySet, str, str], QuerySet], hint: Any) -> filters.CharFilter:
    """The search box. `find(rows, name, words)` keeps the rows that fit."""
    return filters.CharFilter(method=find, label=_("Search"), max_length=100, help_text=hint, strip=True)


def by_words(rows: QuerySet, name: str, words: str) -> QuerySet:
    """For rows whose QuerySet has a `search`."""
    return rows.search(words)  # type: ignore[attr-defined]


def by_person(rows: QuerySet, name: str, words: str) -> QuerySet:
    """For rows that have a `stakeholder`."""
    return rows.filter(stakeholder__in=Stakeholder.objects.search(words).values("pk"))


def choice_filter(choices: Any, label: Any, **kwargs: Any) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(choices=choices, label=label, empty_label=_("all"), **kwargs)


def suggesting(kind: str) -> dict[str, Any]:
    """Attributes of a field that is offered officers, people or units as one types; works as plain text too. The
    page has a `<datalist id="officer-options">`. What the form around it says to htmx is taken back."""
    return {
        "list": f"{kind}-options",
        "autocomplete": "off",
        "hx-get": reverse_lazy(f"contacts:suggest-{kind}"),
        "hx-trigger": "input changed delay:250ms",
        "hx-target": f"#{kind}-options",
        "hx-swap": "innerHTML",
        "hx-select": "unset",
        "hx-push-url": "false",
    }


class UnitFilter(filters.ChoiceFilter):
    """A unit and all below it. `field_name` leads from a row to its unit; `history`: rows may be of closed units."""

    def __init__(self, field_name: str = "unit", label: Any = "", *, history: bool = False) -> None:
        self.history = history
        super().__init__(field_name=field_name, choices=(), label=label or _("Unit"), empty_label=_("all"))

    def filter(self, rows: QuerySet, code: str) -> QuerySet:
        if not code:
            return rows
        prefix = f"{self.field_name}__" if self.field_name else ""
        return rows.filter(**{f"{prefix}path__startswith": self.parent.path_of(code)})


class OfficerFilter(filters.CharFilter):
    """An officer by police number, name or pinyin: "100001", "100001 Alice", "al"."""

    def __init__(self, field_name: str = "officer", label: Any = "") -> None:
        super().__init__(
            field_name=field_name,
            label=label or _("Officer"),
            max_length=50,
            strip=True,
            widget=forms.TextInput(attrs=suggesting("officer")),
        )

    def filter(self, rows: QuerySet, words: str) -> QuerySet:
        if not words:
            return rows
        return self.restrict(
            rows, Officer.objects.search(words.split(" ")[0] if words[:6].isdecimal() else words)
        )

    def restrict(self, rows: QuerySet, officers: QuerySet) -> QuerySet:
        return rows.filter(**{f"{self.field_name}__in": officers.values("pk")})


class PairedOfficerFilter(OfficerFilter):
    """The officer who is responsible today; `field_name` leads from a row to its stakeholder."""

    def restrict(self, rows: QuerySet, officers: QuerySet) -> QuerySet:
        open_pairings = Pairing.objects.open(self.parent.day).filter(
            stakeholder=OuterRef(self.field_name), officer__in=officers.values("pk")
        )
        return rows.filter(Exists(open_pairings))


def with_seat(rows: QuerySet, stakeholder: str, *, kind: str, level: str, day: dt.date | None) -> QuerySet:
    """Rows whose person holds a seat of this kind and level, one seat that is both; `day` None asks for seats ever
    held. `stakeholder` leads from a row to the person."""
    if not kind and not level:
        return rows
    seats = Seat.objects.active(day) if day else Seat.objects.all()
    fits = Q(**{name: value for name, value in {"kind": kind, "level": level}.items() if value})
    return rows.filter(Exists(seats.filter(fits, stakeholder=OuterRef(stakeholder))))


class SeatFilters(ListFilter):
    """For lists of what has to do with a person: the kind and the level of a seat held today."""

    stakeholder = "stakeholder"

    kind = choice_filter(Seat.Kind.choices, _("Seat"), method="keep")
    level = choice_filter(Seat.Level.choices, _("Level"), method="keep")

    def keep(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Kind and level are asked of one seat together, in `filter_queryset`."""
        return rows

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        asked = self.form.cleaned_data
        rows = super().filter_queryset(queryset)
        return with_seat(
            rows,
            self.stakeholder,
            kind=asked.get("kind", ""),
            level=asked.get("level", ""),
            day=self.seat_day(),
        )

    def seat_day(self) -> dt.date | None:
        return self.day


class DayFilter(filters.DateFilter):
    """From or until a day."""

    field_class = DayField
