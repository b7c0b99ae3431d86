"""Finding people."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.filters.base import (
    PairedOfficerFilter,
    SeatFilters,
    UnitFilter,
    by_words,
    choice_filter,
    search_filter,
)
from contacts.models import Seat
from contacts.models.stakeholders import StakeholderQuerySet

STATES = [("paired", _("paired")), ("unpaired", _("nobody responsible")), ("former", _("no seat today"))]


class StakeholderFilter(SeatFilters):
    """Kind and level are those of a seat held today; of people without one, those of any seat they held."""

    stakeholder = "pk"

    q = search_filter(by_words, _("Name, pinyin, initials or phone"))
    unit = UnitFilter(label=_("Unit in charge"))
    officer = PairedOfficerFilter("pk")
    state = choice_filter(STATES, _("State"), method="in_state")

    class Meta:
        fields: list[str] = []

    def in_state(self, rows: StakeholderQuerySet, name: str, state: str) -> QuerySet:
        if state == "paired":
            return rows.paired(self.day)
        if state == "unpaired":
            return rows.unpaired(self.day)
        return rows.exclude(Exists(Seat.objects.active(self.day).filter(stakeholder=OuterRef("pk"))))

    def seat_day(self) -> dt.date | None:
        return None if self.form.cleaned_data.get("state") == "former" else self.day
