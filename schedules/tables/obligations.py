"""What is owed to whom, until when, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.models import ContactRecord, Pairing
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from contacts.tables.units import NUMBER
from contacts.unit_history import called_on
from liaison.markup import badge
from schedules.coverage import State, due_soon_limit, with_attempts, with_status
from schedules.explaining import in_words, with_explanation
from schedules.filters.obligations import ObligationFilter
from schedules.models import Explanation, Obligation, PolicyVersion
from schedules.workdays import Workdays


class ObligationTable(tables.Table):
    stakeholder = cells.NameColumn("stakeholder", verbose_name=_("Name"))
    policy = tables.Column(verbose_name=_("Policy"), order_by="policy_id")
    period_key = tables.Column(verbose_name=_("Period"), order_by=("period_start", "period_end"))
    planned_on = cells.DayColumn(verbose_name=_("Planned on"))
    due_on = cells.DayColumn(verbose_name=_("Due on"))
    state = tables.Column(verbose_name=_("State"))
    attempts = tables.Column(verbose_name=_("Attempts"), attrs=NUMBER, orderable=False)
    why = tables.Column(verbose_name=_("Why not yet"), orderable=False, empty_values=())
    officer = tables.Column(
        verbose_name=_("Responsible"), accessor="officer_name", order_by="officer_pinyin", default=""
    )
    unit = tables.Column(verbose_name=_("Unit"), accessor="unit_name", order_by="unit_path", default="")

    class Meta:
        order_by = "due_on"
        empty_text = _("Nothing is owed that fits. Choose another period, or clear the filter.")

    def render_state(self, record: Any) -> SafeString:
        if record.due_soon:
            return badge("due_soon", _("due soon"))
        return badge(record.state, State(record.state).label)

    def render_attempts(self, value: int) -> int | str:
        return value or ""

    def render_why(self, record: Any) -> str:
        return in_words(record) if record.state in {State.OPEN, State.MISSED} else ""

    def render_officer(self, value: str, record: Any) -> SafeString:
        return format_html('{} <span class="muted number">{}</span>', value, record.officer_number)


class ObligationListing(Listing):
    name = "obligations"
    title = _("Tasks")
    view = "schedules:obligation-list"
    filterset = ObligationFilter
    table = ObligationTable
    columns = (
        Column(_("Number of the person"), "stakeholder_id", lambda pk: f"L{pk:06d}", name="number"),
        Column(_("Name"), "stakeholder__name"),
        Column(_("Kind"), "version__kind", lambda kind: ContactRecord.Kind(kind).label, name="kind"),
        Column(_("Period"), "period_key"),
        Column(_("Planned on"), "planned_on"),
        Column(_("Due on"), "due_on"),
        Column(_("State"), "state", lambda state: State(state).label),
        Column(_("Met on"), "met_on", name="met_on"),
        Column(_("Attempts"), "attempts"),
        Column(_("Why not yet"), "why", lambda why: Explanation.Reason(why).label if why else ""),
        Column(_("In a sentence"), "why_text"),
        Column(_("Waived because"), "waive_reason", name="waive_reason"),
        Column(_("Responsible"), "officer_name"),
        Column(_("Police number"), "officer_number"),
        Column(_("Unit"), "unit_name"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return self.with_status.visible_to(self.officer, deed)  # type: ignore[attr-defined]

    @cached_property
    def versions(self) -> list[PolicyVersion]:
        return list(PolicyVersion.objects.all())

    @cached_property
    def with_status(self) -> QuerySet[Obligation]:
        """All that exist, with their status; what a query does not name costs it nothing."""
        holder = Pairing.objects.filter(pk=OuterRef("responsible_pairing_id"))
        rows = with_explanation(Obligation.objects.live(), self.now)
        rows = with_attempts(rows, self.now, self.versions)
        return with_status(rows, self.now, self.versions).annotate(
            officer_name=Subquery(holder.values("officer__name")[:1]),
            officer_pinyin=Subquery(holder.values("officer__pinyin")[:1]),
            officer_number=Subquery(holder.values("officer__police_number")[:1]),
            unit_name=Subquery(
                holder.values(then=called_on("unit", OuterRef(OuterRef("reference_day"))))[:1]
            ),
            unit_path=Subquery(holder.values("unit__path")[:1]),
        )

    def is_dear(self, data: Mapping[str, Any]) -> bool:
        """What is derived is reckoned for every row that is asked about."""
        return any(data.get(name) for name in ("state", "officer", "unit", "reason"))

    def load(self, keys: list[int]) -> Iterable[Obligation]:
        rows = self.with_status.filter(pk__in=keys).select_related("stakeholder", "policy")
        limit = due_soon_limit(timezone.localdate(self.now), Workdays.load())
        for row in rows:
            row.due_soon = row.state == State.OPEN and row.due_on <= limit
        return rows

    def values(self, keys: list[int], deed: Deed) -> QuerySet:
        return self.with_status.filter(pk__in=keys)
