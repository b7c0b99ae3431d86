"""Officers with how many people they are responsible for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from contacts.access import Deed
from contacts.filters.units import OfficerListFilter
from contacts.models import Officer, Pairing
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from contacts.tables.units import NUMBER, counted


class OfficerTable(tables.Table):
    name = tables.Column(verbose_name=_("Name"), order_by=("pinyin", "police_number"))
    police_number = tables.Column(verbose_name=_("Police number"), attrs=cells.NOWRAP)
    unit = tables.Column(verbose_name=_("Unit"), order_by="unit__path")
    post = tables.Column(verbose_name=_("Post"), default="")
    pairings_today = tables.Column(verbose_name=pgettext_lazy("how many", "Pairings"), attrs=NUMBER)

    class Meta:
        order_by = "name"
        empty_text = _("No officer fits.")

    def render_pairings_today(self, value: int, record: Any) -> SafeString | int:
        if not value:
            return value
        people = reverse("contacts:stakeholder-list")
        held = format_html(
            '<a href="{}?officer={}">{}</a> <a class="no-print" href="{}?officer={}">{}</a>',
            people, record.police_number, value, reverse("schedules:month"), record.police_number,
            pgettext("a calendar page", "Month"),
        )  # fmt: skip
        if not record.may_hand_over:
            return held
        away = reverse("contacts:handover-create", args=[record.police_number])
        return format_html('{} <a class="no-print" href="{}">{}</a>', held, away, _("Hand over"))

    def render_post(self, value: str, record: Any) -> str:
        return value or record.get_post_class_display()


class OfficerListing(Listing):
    name = "officers"
    title = _("Officers")
    view = "contacts:officer-list"
    filterset = OfficerListFilter
    table = OfficerTable
    columns = (
        Column(_("Police number"), "police_number"),
        Column(_("Name"), "name"),
        Column(_("Unit"), "unit__name"),
        Column(_("Code of the unit"), "unit__code", name="unit_code"),
        Column(_("Post"), "post"),
        Column(
            _("Class of post"), "post_class", lambda post: Officer.PostClass(post).label, name="post_class"
        ),
        Column(pgettext_lazy("how many", "Pairings"), "pairings_today"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return self.annotated(Officer.objects.visible_to(self.officer, deed))

    def annotated(self, officers: QuerySet) -> QuerySet:
        pairings = Pairing.objects.visible_to(self.officer).open(self.day)
        return officers.annotate(pairings_today=counted(pairings, "officer"))

    def load(self, keys: list[int]) -> Iterable[Officer]:
        reach = self.officer.rights.reach(Deed.PAIR)
        officers = list(self.annotated(Officer.objects.filter(pk__in=keys)).select_related("unit"))
        for officer in officers:
            officer.may_hand_over = reach.covers(officer.unit.path, own=False)
        return officers
