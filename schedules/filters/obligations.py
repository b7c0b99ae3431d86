"""Finding obligations, by the same reckoning as every figure: state, officer and unit are those of `coverage`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from contacts.filters.base import (
    DayFilter,
    ListFilter,
    OfficerFilter,
    UnitFilter,
    by_person,
    choice_filter,
    search_filter,
)
from contacts.models import ContactRecord, Seat
from contacts.unit_history import Tree
from schedules import periods
from schedules.behind.figures import since
from schedules.coverage import State, due_soon, late, within
from schedules.models import Explanation
from schedules.workdays import Workdays

EVERY = "all"
STATES = [
    *State.choices,
    ("due_soon", _("due soon")),
    ("late", _("past the planned day")),
    ("behind", _("behind: past the planned day, or missed lately")),
]
REASONS = [("given", _("given")), ("none", _("none given")), *Explanation.Reason.choices]


class PeriodField(forms.CharField):
    """The key of a period (R2); nothing means the periods that are running."""

    def clean(self, value: Any) -> str:
        key: str = super().clean(value)
        if key and key != EVERY:
            try:
                periods.parse(key)
            except ValueError as error:
                raise ValidationError(
                    _("Write a period as 2026-11, 2026-Q4, 2026-H2, 2026 or 2026-W47.")
                ) from error
        return key


class PeriodFilter(filters.CharFilter):
    """What is owed within a period: of a quarter, its months' calls and its own visits."""

    field_class = PeriodField

    def filter(self, rows: QuerySet, key: str) -> QuerySet:
        asked = self.parent.form.cleaned_data
        state = asked.get("state")
        if key == EVERY or (state == State.MISSED and not key):  # none of which is running
            return rows
        if not key and state == "behind":
            first = asked.get("since") or since(self.parent.day)
            return rows.filter(period_start__lte=self.parent.day, period_end__gte=first)
        if not key:
            return rows.filter(period_start__lte=self.parent.day, period_end__gte=self.parent.day)
        return rows.filter(within(periods.parse(key)))


class ResponsibleUnitFilter(UnitFilter):
    """The unit in which an obligation counts (R7), and all below it, of a period as it hung then."""

    def filter(self, rows: QuerySet, code: str) -> QuerySet:
        if not code:
            return rows
        key = self.parent.form.cleaned_data.get("period")
        if not key or key == EVERY:
            path = self.parent.path_of(code)
            below = [unit.pk for unit in self.parent.units if unit.path.startswith(path)]
        else:
            chosen = next(unit for unit in self.parent.units if unit.code == code)
            last_day = min(periods.parse(key).end, self.parent.day)
            below = [unit.pk for unit in Tree.read().below(chosen.pk, last_day)]
        return rows.filter(responsible_unit_id__in=below)


class ResponsibleOfficerFilter(OfficerFilter):
    def restrict(self, rows: QuerySet, officers: QuerySet) -> QuerySet:
        return rows.filter(responsible_officer_id__in=officers.values("pk"))


class ObligationFilter(ListFilter):
    q = search_filter(by_person, _("Name, pinyin, initials or phone"))
    period = PeriodFilter(label=_("Period"), max_length=8, strip=True)
    kind = choice_filter(ContactRecord.TALK_KINDS, _("Kind"), field_name="version__kind")
    state = choice_filter(STATES, _("State"), method="in_state")
    reason = choice_filter(REASONS, _("Why not yet"), method="explained")
    since = DayFilter(label=_("Period ended since"), field_name="period_end", lookup_expr="gte")
    officer = ResponsibleOfficerFilter()
    unit = ResponsibleUnitFilter(history=True)
    seat = choice_filter(Seat.Kind.choices, _("Seat"), method="keep")
    level = choice_filter(Seat.Level.choices, _("Level"), method="keep")

    class Meta:
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.get("period") or ""
        self.filters["period"].extra["widget"] = forms.Select(choices=period_choices(self.day, chosen))

    def in_state(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        if state == "due_soon":
            return rows.filter(due_soon(self.day, self.workdays))
        if state == "late":
            return rows.filter(late(self.day))
        if state == "behind":
            return rows.filter(late(self.day) | Q(state=State.MISSED))
        return rows.filter(state=state)

    def explained(self, rows: QuerySet, name: str, reason: str) -> QuerySet:
        if reason in {"given", "none"}:
            return rows.filter(why__isnull=reason == "none")
        return rows.filter(why=reason)

    @cached_property
    def workdays(self) -> Workdays:
        return Workdays.load()

    def keep(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Kind and level are asked of one seat together, in `filter_queryset`."""
        return rows

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        kind, level = self.form.cleaned_data.get("seat"), self.form.cleaned_data.get("level")
        return rows.filter(self.owed_for(kind, level)) if kind or level else rows

    def owed_for(self, kind: str, level: str) -> Q:
        """A seat of this kind and level that the policy counts and that stood in the period, as groups by level have
        it (R7)."""
        seats = Seat.objects.filter(
            Q(started_on=None) | Q(started_on__lte=OuterRef("period_end")),
            Q(ended_on=None) | Q(ended_on__gte=OuterRef("period_start")),
            stakeholder=OuterRef("stakeholder"),
        )
        if level:
            seats = seats.filter(level=level)
        wanted = Q(pk__in=[])
        for version in self.listing.versions:  # type: ignore[attr-defined]
            counted = {kind} & set(version.seat_kinds) if kind else version.seat_kinds
            if counted:
                wanted |= Q(Exists(seats.filter(kind__in=counted)), version=version)
        return wanted


def period_choices(day: dt.date, chosen: str) -> list[tuple[str, Any]]:
    """The periods that one asks for: a year back and half a year ahead, longer ones first; and the chosen one."""
    first, last = periods.add_months(day, -13), periods.add_months(day, 6)
    choices: list[tuple[str, Any]] = [("", _("running now")), (EVERY, _("all"))]
    for cadence in ("year", "half_year", "quarter", "month"):
        choices += [(period.key, period.key) for period in periods.between(first, last, cadence)]
    if chosen and chosen not in dict(choices):
        choices.append((chosen, chosen))
    return choices
