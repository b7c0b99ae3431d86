"""Messages that did not arrive, or may not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.models import Officer
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from contacts.tables.stakeholders import TICK
from contacts.tables.units import NUMBER
from schedules.filters.deliveries import DeliveryFilter
from schedules.models import Delivery


class DeliveryTable(tables.Table):
    officer = tables.Column(
        verbose_name=_("Officer"),
        accessor="notice__officer",
        order_by=("notice__officer__pinyin", "notice__officer__police_number"),
    )
    unit = tables.Column(
        verbose_name=_("Unit"), accessor="notice__officer__unit", order_by="notice__officer__unit__path"
    )
    send_on = cells.DayColumn(verbose_name=_("Day"), accessor="notice__send_on")
    channel = tables.Column(verbose_name=_("Channel"), attrs=cells.NOWRAP)
    state = cells.StateColumn(Delivery.State.choices, verbose_name=_("State"))
    attempts = tables.Column(verbose_name=_("Attempts"), attrs=NUMBER)
    lease_until = cells.InstantColumn(verbose_name=_("Tried next"), default="")
    last_error = tables.Column(verbose_name=_("Last error"), default="")
    again = tables.Column(verbose_name=_("Send again"), accessor="pk", orderable=False, attrs=cells.NOWRAP)

    class Meta:
        order_by = "-send_on"
        empty_text = _("Nothing that fits was left undelivered.")

    def render_officer(self, value: Officer, record: Any) -> SafeString:
        name = format_html('{} <span class="muted number">{}</span>', value.name, value.police_number)
        return format_html(TICK, record.pk, value.name, name)

    def render_again(self, value: int, record: Any) -> SafeString:
        address = reverse("schedules:delivery-resend")
        label = _("Send again to %(name)s") % {"name": record.notice.officer}
        return format_html(
            '<a class="no-print" href="{}?pick={}" aria-label="{}">{}</a>',
            address,
            value,
            label,
            _("Send again"),
        )


class DeliveryListing(Listing):
    name = "deliveries"
    title = _("Messages that did not arrive")
    view = "schedules:delivery-list"
    filterset = DeliveryFilter
    table = DeliveryTable
    deed = Deed.RESEND
    columns = (
        Column(_("Police number"), "notice__officer__police_number"),
        Column(_("Officer"), "notice__officer__name"),
        Column(_("Unit"), "notice__officer__unit__name"),
        Column(_("Day"), "notice__send_on"),
        Column(_("Channel"), "channel", lambda channel: Delivery.Channel(channel).label),
        Column(_("Sent to"), "address", name="address"),
        Column(_("State"), "state", lambda state: Delivery.State(state).label),
        Column(_("Attempts"), "attempts"),
        Column(_("Last error"), "last_error"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return Delivery.objects.failed().visible_to(self.officer, deed)

    def load(self, keys: list[int]) -> Iterable[Delivery]:
        return Delivery.objects.filter(pk__in=keys).select_related("notice__officer__unit")
