"""Finding contacts."""

from __future__ import annotations

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
from contacts.models import ContactRecord
from contacts.models.records import ContactRecordQuerySet

STATES = [("live", _("counts")), ("voided", _("voided")), ("superseded", _("corrected since"))]


class RecordFilter(SeatFilters):
    """By the person, by whoever made the contact, by its day. Without a state: what counts."""

    q = search_filter(by_person, _("Name, pinyin, initials or phone"))
    since = DayFilter(label=_("From"), field_name="occurred_on", lookup_expr="gte")
    until = DayFilter(label=_("Until"), field_name="occurred_on", lookup_expr="lte")
    unit = UnitFilter("stakeholder__unit", label=_("Unit in charge"))
    contact = choice_filter(ContactRecord.Kind.choices, _("Kind"), field_name="kind")
    attended = choice_filter([("yes", _("yes"))], _("Took part in a gathering"), method="at_gatherings")
    outcome = choice_filter(ContactRecord.Outcome.choices, _("Outcome"))
    officer = OfficerFilter(label=_("Made by"))
    state = choice_filter(STATES, _("State"), method="in_state")

    class Meta:
        fields: list[str] = []

    def at_gatherings(self, rows: ContactRecordQuerySet, name: str, value: str) -> QuerySet:
        return rows.attended()

    def in_state(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        """Applied in `filter_queryset`, because saying nothing says something too."""
        return rows

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        state = self.form.cleaned_data.get("state") or "live"
        wanted = {
            "live": Q(voided_at=None, superseded_at=None),
            "voided": Q(voided_at__isnull=False),
            "superseded": Q(superseded_at__isnull=False),
        }[state]
        return super().filter_queryset(queryset.filter(wanted))
