"""What stands in the cells of several tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from contacts import phones
from contacts.models import ContactPhone, Seat, Stakeholder
from liaison.markup import badge

NOWRAP = {"td": {"class": "nowrap"}}


class NameColumn(tables.Column):
    """A person, in the order of pinyin. `path` leads from the row to the stakeholder."""

    def __init__(self, path: str = "", **kwargs: Any) -> None:
        prefix = f"{path}__" if path else ""
        kwargs.setdefault("accessor", path or "name")
        kwargs.setdefault("attrs", NOWRAP)
        super().__init__(order_by=f"{prefix}pinyin", **kwargs)

    def render(self, value: Any, record: Any) -> SafeString:
        person = value if isinstance(value, Stakeholder) else record
        return person_link(person)


class DayColumn(tables.Column):
    """A day as 2026-11-23: the same in both languages, and short."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", NOWRAP)
        super().__init__(**kwargs)

    def render(self, value: dt.date) -> str:
        return value.isoformat()


class InstantColumn(tables.Column):
    """An instant as the bureau's day and time; the package's own column compiles a template for each cell."""

    def __init__(self, form: str = "%Y-%m-%d %H:%M", **kwargs: Any) -> None:
        self.form = form
        kwargs.setdefault("attrs", NOWRAP)
        super().__init__(**kwargs)

    def render(self, value: dt.datetime) -> str:
        return timezone.localtime(value).strftime(self.form)


class StateColumn(tables.Column):
    """A state as a badge; `labels` has the words."""

    def __init__(self, labels: Any, **kwargs: Any) -> None:
        self.labels = dict(labels)
        super().__init__(**kwargs)

    def render(self, record: Any, bound_column: Any) -> SafeString:
        state = bound_column.accessor.resolve(record)  # `value` would be what the model displays
        return badge(state, self.labels[state])


def person_link(person: Stakeholder) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("contacts:stakeholder-detail", args=[person.pk]), person.name
    )


def to_the_second(instant: dt.datetime) -> str:
    """The bureau's day and time of an instant, so exact that an import of it finds the record that it came from."""
    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M:%S}"


def phone(e164: str | None, extension: str, *, dial: bool) -> SafeString | str:
    """A number to tap, or without its middle."""
    if not e164:
        return ""
    if not dial:
        return phones.masked(e164)
    uri = ContactPhone(e164=e164, extension=extension).uri
    return format_html('<a class="nowrap" href="{}">{}</a>', uri, phones.shown(e164, extension))


BREAK = SafeString("<br>")

# Short for a cell: "district · deputy".
SHORT_KINDS: dict[str, Any] = {
    Seat.Kind.NPC_DEPUTY: pgettext_lazy("short", "deputy"),
    Seat.Kind.CPPCC_MEMBER: pgettext_lazy("short", "CPPCC member"),
    Seat.Kind.MEDIA_SUPERVISOR: pgettext_lazy("short", "media supervisor"),
    Seat.Kind.PATROL_VISITOR: pgettext_lazy("short", "patrol visitor"),
    Seat.Kind.DISCIPLINE_MONITOR: pgettext_lazy("short", "discipline monitor"),
}
SHORT_LEVELS: dict[str, Any] = {
    Seat.Level.PROVINCE: pgettext_lazy("short", "province"),
    Seat.Level.CITY: pgettext_lazy("short", "city"),
    Seat.Level.DISTRICT: pgettext_lazy("short", "district"),
    Seat.Level.TOWNSHIP: pgettext_lazy("short", "township"),
}


def seat_text(seat: Seat) -> str:
    """A seat in few words."""
    words = [SHORT_LEVELS[seat.level]] if seat.level else []
    return " · ".join(str(word) for word in [*words, SHORT_KINDS[seat.kind]])


def seats(held: list[Seat]) -> SafeString:
    return format_html_join(BREAK, "{}", ((text,) for text in dict.fromkeys(map(seat_text, held))))
