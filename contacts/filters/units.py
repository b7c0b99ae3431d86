"""Finding units and officers."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.filters.base import ListFilter, UnitFilter, by_words, choice_filter, search_filter
from contacts.models import Officer, Unit


class UnitListFilter(ListFilter):
    q = search_filter(lambda rows, name, words: rows.filter(named(words)), _("Name or code of the unit"))
    unit = UnitFilter("", label=_("Unit and below"))
    kind = choice_filter(Unit.Kind.choices, _("Kind"))
    state = filters.ChoiceFilter(
        choices=[("closed", pgettext_lazy("of a unit", "closed")), ("all", _("all"))],
        label=_("State"),
        empty_label=pgettext_lazy("of a unit", "open"),
        method="in_state",
    )

    class Meta:
        fields: list[str] = []

    def in_state(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        return rows.filter(closed_on__isnull=False) if state == "closed" else rows

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(closed_on=None)


def named(words: str) -> Q:
    return Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code__startswith=words)


class OfficerListFilter(ListFilter):
    q = search_filter(by_words, _("Name, pinyin or police number"))
    unit = UnitFilter()
    post = choice_filter(Officer.PostClass.choices, _("Class of post"), field_name="post_class")
    state = choice_filter(
        [("active", _("may sign in")), ("inactive", _("switched off")), ("idle", _("without pairings"))],
        _("State"),
        method="in_state",
    )

    class Meta:
        fields: list[str] = []

    def in_state(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        if state == "idle":
            return rows.filter(is_active=True, pairings_today=0)
        return rows.filter(is_active=state == "active")
