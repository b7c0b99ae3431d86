"""Finding copies of work reports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.filters.base import (
    ListFilter,
    PairedOfficerFilter,
    UnitFilter,
    by_person,
    choice_filter,
    search_filter,
)
from contacts.half_years import HalfYear
from contacts.models import Appraisal, ReportDelivery, WorkReport

YES, NO = "yes", "no"
BACK = 6  # half-years that are offered


class ReportCopyFilter(ListFilter):
    q = search_filter(by_person, _("Name, pinyin, number or phone of the person"))
    half_year = choice_filter((), _("Half-year"), field_name="half_year")
    report = choice_filter((), _("Report of"), field_name="report")
    delivered = choice_filter([(YES, _("yes")), (NO, _("no"))], _("Handed over"), method="is_delivered")
    method = choice_filter(ReportDelivery.Method.choices, _("How"), field_name="method")
    appraisal = choice_filter(
        [*Appraisal.choices, (NO, _("not appraised"))], _("Appraisal"), method="is_appraised"
    )
    officer = PairedOfficerFilter("stakeholder")
    unit = UnitFilter("stakeholder__unit", _("Unit in charge"), history=True)
    alone = choice_filter([(YES, _("yes"))], _("The unit alone"), method="in_unit_alone")

    class Meta:
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one, offered = HalfYear.containing(self.day).after, []
        for _each in range(BACK):
            offered.append((one.key, str(one)))
            one = one.before
        self.filters["report"].extra["choices"] = self.reports
        self.filters["half_year"].extra["choices"] = offered

    def reports(self) -> list[tuple[int, str]]:
        """Those of which there are copies within reach."""
        found = WorkReport.objects.visible_to(self.officer).exclude(issued_at=None).select_related("unit")
        return [(report.pk, str(report)) for report in found]

    def is_delivered(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(delivery_id__isnull=value == NO)

    def is_appraised(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Whoever has their copy and has not said what they think, or said this."""
        return rows.filter(delivery_id__isnull=False, appraisal="" if value == NO else value)

    def in_unit_alone(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Without the units below the one that is asked for."""
        return rows.filter(stakeholder__unit__code=self.data.get("unit") or "")
