"""Finding pairings."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.filters.base import (
    DayFilter,
    OfficerFilter,
    SeatFilters,
    UnitFilter,
    by_person,
    choice_filter,
    search_filter,
)
from contacts.models.pairings import PairingQuerySet

STATES = [("open", _("in force")), ("ended", _("ended"))]


class PairingFilter(SeatFilters):
    """By the person, by whoever is or was responsible, and by a day on which it was in force."""

    q = search_filter(by_person, _("Name, pinyin, initials or phone"))
    unit = UnitFilter(history=True)
    officer = OfficerFilter()
    state = choice_filter(STATES, _("State"), method="in_state")
    on = DayFilter(label=_("In force on"), method="in_force")

    class Meta:
        fields: list[str] = []

    def in_state(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        still = Q(ended_on=None) | Q(ended_on__gte=self.day)
        return rows.filter(still) if state == "open" else rows.exclude(still)

    def in_force(self, rows: PairingQuerySet, name: str, day: dt.date) -> QuerySet:
        return rows.open(day)
