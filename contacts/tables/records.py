"""The contacts that happened, and the attempts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.filters.records import RecordFilter
from contacts.models import ContactRecord, Officer
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column


class RecordTable(tables.Table):
    stakeholder = cells.NameColumn("stakeholder", verbose_name=_("Name"))
    occurred_at = cells.InstantColumn(verbose_name=_("When"))
    kind = tables.Column(verbose_name=_("Kind"), attrs=cells.NOWRAP)
    outcome = cells.StateColumn(ContactRecord.Outcome.choices, verbose_name=_("Outcome"), accessor="outcome")
    summary = tables.Column(verbose_name=_("What was said"), orderable=False, default="")
    officer = tables.Column(verbose_name=_("Made by"), order_by=("officer__pinyin", "officer__police_number"))
    unit = tables.Column(
        verbose_name=_("Unit in charge"), accessor="stakeholder__unit", order_by="stakeholder__unit__path"
    )

    class Meta:
        order_by = "-occurred_at"
        empty_text = _("No contact fits.")

    def render_kind(self, record: Any) -> str:
        return record.get_kind_display()

    def render_summary(self, value: str) -> str:
        return Truncator(value).chars(80)

    def render_officer(self, value: Officer) -> SafeString:
        return format_html('{} <span class="muted number">{}</span>', value.name, value.police_number)


class RecordListing(Listing):
    name = "contacts"
    title = _("Contacts")
    view = "contacts:record-list"
    filterset = RecordFilter
    table = RecordTable
    # The first six are what an import of contacts takes.
    columns = (
        Column("police_number", "officer__police_number"),
        Column("stakeholder", "stakeholder_id", lambda pk: f"L{pk:06d}"),
        Column("kind", "kind"),
        Column("outcome", "outcome"),
        Column("occurred_at", "occurred_at", cells.to_the_second),
        Column("summary", "summary"),
        Column(_("Name"), "stakeholder__name"),
        Column(_("Kind"), "kind", lambda kind: ContactRecord.Kind(kind).label),
        Column(_("Outcome"), "outcome", lambda outcome: ContactRecord.Outcome(outcome).label),
        Column(_("What we promised"), "promised", name="promised"),
        Column(_("Officer"), "officer__name"),
        Column(_("Unit in charge"), "stakeholder__unit__name"),
        Column(_("Reason of voiding"), "void_reason", name="void_reason"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return ContactRecord.objects.visible_to(self.officer, deed)

    def load(self, keys: list[int]) -> Iterable[ContactRecord]:
        return ContactRecord.objects.filter(pk__in=keys).select_related("stakeholder__unit", "officer")
