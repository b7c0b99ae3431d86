"""Who is, or was, responsible for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.filters.pairings import PairingFilter
from contacts.models import Officer, Pairing
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from contacts.unit_history import of_their_day


class PairingTable(tables.Table):
    stakeholder = cells.NameColumn("stakeholder", verbose_name=_("Name"))
    officer = tables.Column(verbose_name=_("Officer"), order_by=("officer__pinyin", "officer__police_number"))
    unit = tables.Column(verbose_name=_("Unit"), accessor="unit_then", order_by="unit__path")
    started_on = cells.DayColumn(verbose_name=_("From"))
    ended_on = cells.DayColumn(verbose_name=_("Until"), default="")
    reason = tables.Column(verbose_name=_("Reason"), default="")

    class Meta:
        order_by = "-started_on"
        empty_text = _("No pairing fits.")

    def render_officer(self, value: Officer) -> SafeString:
        return format_html('{} <span class="muted number">{}</span>', value.name, value.police_number)

    def render_reason(self, value: str, record: Any) -> str:
        return record.end_reason or value


class PairingListing(Listing):
    name = "pairings"
    title = _("Pairings")
    view = "contacts:pairing-list"
    filterset = PairingFilter
    table = PairingTable
    # The first four are what an import of pairings takes.
    columns = (
        Column("police_number", "officer__police_number"),
        Column("stakeholder", "stakeholder_id", lambda pk: f"L{pk:06d}"),
        Column("started_on", "started_on"),
        Column("ended_on", "ended_on"),
        Column(_("Name"), "stakeholder__name"),
        Column(_("Officer"), "officer__name"),
        Column(_("Unit"), "unit_then"),
        Column(_("Reason"), "reason"),
        Column(_("Reason of the end"), "end_reason", name="end_reason"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return Pairing.objects.visible_to(self.officer, deed)

    def load(self, keys: list[int]) -> Iterable[Pairing]:
        rows = Pairing.objects.filter(pk__in=keys).select_related("stakeholder", "officer")
        return of_their_day(rows, self.day)

    def values(self, keys: list[int], deed: Deed) -> QuerySet:
        return of_their_day(super().values(keys, deed), self.day, short=False)
