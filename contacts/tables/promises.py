"""The promise ledger: answers that promise another one (R12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.filters.promises import PromiseFilter
from contacts.models import Answer, Fate
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from liaison.markup import badge

TONES = {Fate.DUE: "warn", Fate.BROKEN: "bad", Fate.KEPT: "good", Fate.LATE: "warn"}


class PromiseTable(tables.Table):
    text = tables.Column(verbose_name=_("What was promised"), orderable=False)
    stakeholder = tables.Column(
        verbose_name=_("To"),
        accessor="feedback__stakeholder__name",
        order_by="feedback__stakeholder__pinyin",
        attrs=cells.NOWRAP,
    )
    unit = tables.Column(
        verbose_name=_("Handled by"), accessor="feedback__unit", order_by="feedback__unit__path"
    )
    told_on = cells.DayColumn(verbose_name=_("Told on"))
    review_on = cells.DayColumn(verbose_name=_("Promised until"))
    kept_on = cells.DayColumn(verbose_name=_("Answered again on"), default="")
    fate = tables.Column(verbose_name=_("State"), orderable=False)

    class Meta:
        order_by = ("kept_on", "review_on")  # what is still owed comes first
        empty_text = _("No promise fits. An answer with any result but solved makes one.")

    def render_text(self, value: str, record: Answer) -> SafeString:
        item = record.feedback
        return format_html(
            '<a href="{}">{}</a> {}', item.get_absolute_url(), item.number, Truncator(value).chars(90)
        )

    def render_fate(self, value: str) -> SafeString:
        return badge(TONES.get(Fate(value), value), Fate(value).label)


class PromiseListing(Listing):
    name = "promises"
    title = _("Promises")
    view = "contacts:promise-list"
    filterset = PromiseFilter
    table = PromiseTable
    deed = Deed.READ_FEEDBACK
    columns = (
        Column(_("Number"), "feedback_id", lambda pk: f"F{pk:06d}"),
        Column(_("To"), "feedback__stakeholder__name"),
        Column(_("Opinion or suggestion"), "feedback__text", name="said"),
        Column(_("What was promised"), "text"),
        Column(_("Result"), "result", dict(Answer.Result.choices).get, name="result"),
        Column(_("Handled by"), "feedback__unit__name"),
        Column(_("Told on"), "told_on"),
        Column(_("Promised until"), "review_on"),
        Column(_("Answered again on"), "kept_on"),
        Column(_("State"), "fate", dict(Fate.choices).get),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return Answer.objects.promises(self.day).visible_to(self.officer, deed)

    def load(self, keys: list[int]) -> Iterable[Any]:
        rows = Answer.objects.promises(self.day).filter(pk__in=keys)
        return rows.select_related("feedback__stakeholder", "feedback__unit")
