"""Units with how many officers and pairings they have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.access import Deed
from contacts.filters.units import UnitListFilter
from contacts.models import Officer, Pairing, Stakeholder, Unit
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from liaison.markup import badge

NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}


def counted(rows: QuerySet, by: str) -> Coalesce:
    """How many of `rows` belong to the row at hand through `by`."""
    counts = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), Value(0))


class UnitTable(tables.Table):
    name = tables.Column(verbose_name=_("Unit"), order_by="path")
    kind = tables.Column(verbose_name=_("Kind"))
    officers_today = tables.Column(verbose_name=pgettext_lazy("how many", "Officers"), attrs=NUMBER)
    people = tables.Column(verbose_name=pgettext_lazy("how many", "People"), attrs=NUMBER)
    pairings_today = tables.Column(verbose_name=pgettext_lazy("how many", "Pairings"), attrs=NUMBER)
    code = tables.Column(verbose_name=_("Code"), attrs=cells.NOWRAP)

    class Meta:
        order_by = "name"
        empty_text = _("No unit fits.")

    def render_name(self, value: str, record: Any) -> SafeString:
        closed = badge("closed", _("closed %(day)s") % {"day": record.closed_on}) if record.closed_on else ""
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), value, closed)

    def render_people(self, value: int, record: Any) -> SafeString:
        return format_html(
            '<a href="{}?unit={}">{}</a>', reverse("contacts:stakeholder-list"), record.code, value
        )


class UnitListing(Listing):
    name = "units"
    title = _("Units")
    view = "contacts:unit-list"
    filterset = UnitListFilter
    table = UnitTable
    columns = (
        Column(_("Code"), "code"),
        Column(_("Name of the unit"), "name"),
        Column(_("Short name"), "short_name", name="short_name"),
        Column(_("Kind"), "kind", lambda kind: Unit.Kind(kind).label),
        Column(_("Code of the parent unit"), "parent__code", name="parent_code"),
        Column(pgettext_lazy("of a unit", "Closed on"), "closed_on", name="closed_on"),
        Column(pgettext_lazy("how many", "Officers"), "officers_today"),
        Column(pgettext_lazy("how many", "People"), "people"),
        Column(pgettext_lazy("how many", "Pairings"), "pairings_today"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return self.annotated(Unit.objects.visible_to(self.officer, deed))

    def annotated(self, units: QuerySet) -> QuerySet:
        """Each unit's own numbers, without those below it, of people whom the officer may see."""
        people = Stakeholder.objects.visible_to(self.officer)
        pairings = Pairing.objects.visible_to(self.officer).open(self.day)
        return units.annotate(
            officers_today=counted(Officer.objects.active(), "unit"),
            people=counted(people, "unit"),
            pairings_today=counted(pairings, "unit"),
        )

    def load(self, keys: list[int]) -> Iterable[Unit]:
        return self.annotated(Unit.objects.filter(pk__in=keys))
