"""Finding messages that did not arrive."""

from __future__ import annotations

from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.filters.base import ListFilter, UnitFilter, choice_filter, search_filter
from contacts.models import Officer, Unit
from schedules.models import Delivery

FAILED = [choice for choice in Delivery.State.choices if choice[0] in {"dead", "unknown"}]


def by_officer(rows: QuerySet, name: str, words: str) -> QuerySet:
    return rows.filter(notice__officer__in=Officer.objects.search(words).values("pk"))


class DeliveryFilter(ListFilter):
    q = search_filter(by_officer, _("Name, pinyin or police number"))
    state = choice_filter(FAILED, _("State"))
    channel = choice_filter(Delivery.Channel.choices, _("Channel"))
    unit = UnitFilter("notice__officer__unit", history=True)

    class Meta:
        fields: list[str] = []

    @cached_property
    def units(self) -> list[Unit]:
        """Administrators see no roster, but every unit."""
        return list(Unit.objects.visible_to(self.officer, Deed.RESEND))
