"""Finding appointments of media supervisors, patrol visitors and discipline monitors."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.filters.base import ListFilter, UnitFilter, by_person, choice_filter, search_filter
from contacts.models import Seat
from contacts.models.stakeholders import SeatQuerySet

KINDS = [(kind.value, kind.label) for kind in Seat.APPOINTED]
COLLECT, HELD = "collect", "held"
STATES = [(HELD, _("in office")), *Seat.TermState.choices, (COLLECT, _("certificate to be collected"))]
YES, NO = "yes", "no"


class AppointmentFilter(ListFilter):
    """By the person, by the appointment, and by what came of it."""

    q = search_filter(by_person, _("Name, pinyin, initials or phone"))
    kind = choice_filter(KINDS, _("Kind"), field_name="kind")
    state = choice_filter(STATES, _("State"), method="in_state")
    unit = UnitFilter(label=_("Appointed by"), history=True)
    charge = UnitFilter("stakeholder__unit", label=_("Unit in charge"))
    took_part = choice_filter(
        [(NO, _("never")), (YES, _("yes"))], _("Took part in the last 12 months"), method="took_part_lately"
    )
    findings = choice_filter(
        [("open", _("some not yet answered")), (YES, _("any")), (NO, _("none"))],
        _("Findings"),
        method="having_found",
    )

    class Meta:
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["charge"].extra["choices"] = self.unit_choices(history=False)

    def in_state(self, rows: SeatQuerySet, name: str, state: str) -> QuerySet:
        if state == Seat.TermState.RUNNING:
            return rows.active(self.day).exclude(pk__in=Seat.objects.ending(self.day).values("pk"))
        return {
            HELD: rows.active,
            COLLECT: rows.to_collect,
            Seat.TermState.TO_COME: rows.to_come,
            Seat.TermState.ENDING: rows.ending,
            Seat.TermState.ENDED: rows.ended,
        }[state](self.day)

    def took_part_lately(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        took_part = Exists(self.listing.attended())  # type: ignore[attr-defined]
        return rows.filter(took_part if value == YES else ~took_part)

    def having_found(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        found = self.listing.findings()  # type: ignore[attr-defined]
        found = Exists(found.pending() if value == "open" else found)
        return rows.filter(~found if value == NO else found)
