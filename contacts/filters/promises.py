"""Finding what was promised with an answer."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.filters.base import DayFilter, ListFilter, UnitFilter, by_words, choice_filter, search_filter
from contacts.models import Answer, Fate


class PromiseFilter(ListFilter):
    q = search_filter(by_words, _("Words, number or person"))
    fate = choice_filter(Fate.choices, _("State"), method="come_to")
    result = choice_filter(Answer.Result.choices[1:], _("Result"), field_name="result")
    unit = UnitFilter("feedback__unit", label=_("Handled by"), history=True)
    since = DayFilter("review_on", "gte", label=_("Promised from"))
    until = DayFilter("review_on", "lte", label=_("Promised until"))

    class Meta:
        fields: list[str] = []

    def come_to(self, rows: QuerySet, name: str, fate: str) -> QuerySet:
        return rows.filter(fate=fate)
