"""Copies of work reports: who has theirs, how, and what they think."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.filters.reports import ReportCopyFilter
from contacts.models import Appraisal, ReportCopy, ReportDelivery
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from liaison.markup import badge

METHODS, APPRAISALS = dict(ReportDelivery.Method.choices), dict(Appraisal.choices)
TONES = {"satisfied": "good", "basically": "due", "unsatisfied": "bad"}


class ReportCopyTable(tables.Table):
    stakeholder = tables.Column(
        verbose_name=_("Name"),
        accessor="stakeholder__name",
        order_by="stakeholder__pinyin",
        attrs=cells.NOWRAP,
    )
    half_year = tables.Column(verbose_name=_("Half-year"), attrs=cells.NOWRAP)
    report = tables.Column(
        verbose_name=_("Report of"), accessor="report__unit", order_by="report__unit__path"
    )
    unit = tables.Column(
        verbose_name=_("Unit in charge"), accessor="stakeholder__unit", order_by="stakeholder__unit__path"
    )
    delivered_on = tables.Column(verbose_name=_("Handed over"), empty_values=(), attrs=cells.NOWRAP)
    method = tables.Column(verbose_name=_("How"), default="")
    appraisal = tables.Column(verbose_name=_("Appraisal"), default="")

    class Meta:
        order_by = "stakeholder"
        empty_text = _("No copy fits. Copies are made when a report is issued.")

    def render_stakeholder(self, value: str, record: ReportCopy) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def render_delivered_on(self, value: Any) -> SafeString | str:
        return value.isoformat() if value else badge("open", _now("not yet handed over"))

    def render_method(self, value: str) -> str:
        return str(METHODS[value])

    def render_appraisal(self, value: str) -> SafeString:
        return badge(TONES[value], APPRAISALS[value])


class ReportCopyListing(Listing):
    name = "report-copies"
    title = _("Copies of work reports")
    view = "contacts:report-copies"
    filterset = ReportCopyFilter
    table = ReportCopyTable
    columns = (
        Column(_("Number of the person"), "stakeholder_id", lambda pk: f"L{pk:06d}", name="person"),
        Column(_("Name"), "stakeholder__name"),
        Column(_("Half-year"), "half_year"),
        Column(_("Report of"), "report__unit__name"),
        Column(_("Version"), "version__number", name="version"),
        Column(_("Unit in charge"), "stakeholder__unit__name"),
        Column(_("Issued on"), "issued_on", name="issued_on"),
        Column(_("Handed over"), "delivered_on"),
        Column(_("How"), "method", METHODS.get),
        Column(_("Appraisal"), "appraisal", APPRAISALS.get),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return ReportCopy.objects.visible_to(self.officer, deed).with_delivery()

    def load(self, keys: list[int]) -> Iterable[ReportCopy]:
        copies = ReportCopy.objects.filter(pk__in=keys).with_delivery()
        return copies.select_related("stakeholder__unit", "report__unit")
