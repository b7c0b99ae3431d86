"""What people said, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.filters.feedback import FeedbackFilter
from contacts.models import Answer, Feedback
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from liaison.markup import badge


class FeedbackTable(tables.Table):
    text = tables.Column(verbose_name=_("Opinion or suggestion"), orderable=False)
    stakeholder = tables.Column(
        verbose_name=_("Said by"),
        accessor="stakeholder__name",
        order_by="stakeholder__pinyin",
        attrs=cells.NOWRAP,
    )
    topic = tables.Column(verbose_name=_("Topic"), order_by="topic__name", default="")
    unit = tables.Column(verbose_name=_("Handled by"), order_by="unit__path")
    received_on = cells.DayColumn(verbose_name=_("Received"))
    due_on = cells.DayColumn(verbose_name=_("Answer due"))
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        order_by = "-received_on"
        empty_text = _(
            "No feedback fits. Clear the filter; what people say is recorded with a contact or on their page."
        )

    def render_text(self, value: str, record: Feedback) -> SafeString:
        return format_html(
            '<a href="{}">{}</a> {}', record.get_absolute_url(), record.number, Truncator(value).chars(90)
        )

    def render_state(self, record: Feedback) -> SafeString:
        """The state, and what is late of it; counted on the day of the listing."""
        shown, today = badge(record.state, record.get_state_display()), record.today  # type: ignore[attr-defined]
        if record.is_overdue(today):
            return format_html("{} {}", shown, badge("overdue", _now("overdue")))
        if record.review_on and record.review_on <= today:
            return format_html("{} {}", shown, badge("warn", _now("to be looked at again")))
        return shown


class FeedbackListing(Listing):
    name = "feedback"
    title = _("Feedback")
    view = "contacts:feedback-list"
    filterset = FeedbackFilter
    table = FeedbackTable
    deed = Deed.READ_FEEDBACK
    columns = (
        Column(_("Number"), "pk", lambda pk: f"F{pk:06d}"),
        Column(_("Said by"), "stakeholder__name"),
        Column(_("Number of the person"), "stakeholder_id", lambda pk: f"L{pk:06d}", name="person"),
        Column(_("Kind"), "kind", dict(Feedback.Kind.choices).get, name="kind"),
        Column(_("Document number"), "document_number", name="document"),
        Column(_("Topic"), "topic__name"),
        Column(_("Opinion or suggestion"), "text"),
        Column(_("Received"), "received_on"),
        Column(_("Received by"), "received_by__name", name="received_by", order="received_by__pinyin"),
        Column(_("State"), "state", dict(Feedback.State.choices).get),
        Column(_("Handled by"), "unit__name"),
        Column(_("Answer due"), "due_on"),
        Column(_("Answered on"), "answered_on", name="answered_on"),
        Column(_("Answer"), "answer__text", name="answer"),
        Column(_("Result"), "answer__result", dict(Answer.Result.choices).get, name="result"),
        Column(_("To be looked at again on"), "review_on", name="review_on"),
        Column(_("To be rated until"), "rate_by", name="rate_by"),
        Column(_("Report due on"), "report_by", name="report_by"),
        Column(_("Closed on"), "closed_on", name="closed_on"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return Feedback.objects.visible_to(self.officer, deed)

    def load(self, keys: list[int]) -> Iterable[Any]:
        rows = Feedback.objects.filter(pk__in=keys).select_related("stakeholder", "topic", "unit")
        for row in rows:
            row.today = self.day  # type: ignore[attr-defined]
            yield row
