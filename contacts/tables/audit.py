"""Table of the audit trail."""

import re
from collections.abc import Iterator
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts.audit_words import ACTIONS, field_name, value_name
from contacts.models import AuditEntry
from contacts.tables.base import Listing
from contacts.tables.cells import InstantColumn

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


class AuditTable(tables.Table):
    at = InstantColumn(order_by="id", form="%Y-%m-%d %H:%M:%S")
    officer = tables.Column(order_by="officer__pinyin", empty_values=(), attrs={"td": {"class": "nowrap"}})
    action = tables.Column()
    object_text = tables.Column()
    change = tables.Column(verbose_name=_("Before → after"), orderable=False, empty_values=())
    reason = tables.Column(orderable=False)
    address = tables.Column()
    via = tables.Column()

    class Meta:
        model = AuditEntry
        fields = ["at", "officer", "action", "object_text", "change", "reason", "address", "via"]
        default = ""
        empty_text = _("No entry matches.")

    def render_officer(self, record: AuditEntry) -> str:
        return f"{record.officer.name} ({record.officer.police_number})" if record.officer else "—"

    def render_action(self, value: str) -> object:
        return ACTIONS.get(value, value)

    def render_change(self, record: AuditEntry) -> SafeString | str:
        before, after = record.before or {}, record.after or {}
        listing = Listing.known.get(str(after.get("table")))
        lines: list[tuple[Any, Any]] = [
            (field_name(record.object_type, name), _change(record.object_type, before, after, name))
            for name in [*before, *(name for name in after if name not in before)]
            if not (listing and name in {"table", "filter"})
        ]
        if listing:
            lines = [
                (field_name("", "table"), listing.title),
                *_filter(listing, after.get("filter") or {}),
                *lines,
            ]
        return (
            format_html("<ul class=changes>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))
            if lines
            else ""
        )


def _filter(listing: type[Listing], asked: dict[str, str]) -> Iterator[tuple[Any, Any]]:
    """What an export's filter asked for, in the words of the list's page."""
    for name, value in asked.items():
        field = listing.filterset.base_filters.get(name)
        choices = field.extra.get("choices", ()) if field else ()
        said = dict(choices).get(value, value) if isinstance(choices, list | tuple) else value
        yield (field.label if field else name), said


def _change(model: str, before: dict[str, object], after: dict[str, object], name: str) -> str:
    """What it was and what it became, or, where nothing was before, what it is."""
    if name not in before:
        return _shown(model, name, after[name])
    return f"{_shown(model, name, before[name])} → {_shown(model, name, after.get(name))}"


def _shown(model: str, name: str, value: object) -> str:
    if isinstance(value, dict):
        parts = (f"{field_name(model, key)} = {_shown(model, key, part)}" for key, part in value.items())
        return ", ".join(parts) or "–"
    if isinstance(value, list):
        return ", ".join(_shown(model, name, one) for one in value) or "–"
    if value in (None, ""):
        return "–"
    if not isinstance(value, str):
        return str(value)
    at = parse_datetime(value) if INSTANT.match(value) else None
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else str(value_name(model, name, value))
