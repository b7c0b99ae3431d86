"""Media supervisors, patrol visitors and discipline monitors: one row for each appointment, with its term, its certificate,
in what the person took part, and what came of what they found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import django_tables2 as tables
from django.db.models import Count, DateField, IntegerField, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contacts import terms
from contacts.access import Deed
from contacts.appointments import TONES
from contacts.filters.appointments import AppointmentFilter
from contacts.filters.base import ListFilter
from contacts.models import Answer, ContactRecord, Feedback, FeedbackQuerySet, Seat
from contacts.models.records import ContactRecordQuerySet
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column
from contacts.tables.stakeholders import TICK, phone_texts
from liaison.markup import badge

LATELY = dt.timedelta(days=365)


class AppointmentTable(tables.Table):
    name = cells.NameColumn("stakeholder", verbose_name=_("Name"))
    kind = tables.Column(verbose_name=_("Kind"), attrs=cells.NOWRAP)
    unit = tables.Column(verbose_name=_("Appointed by"), order_by="unit__path", default="")
    term = tables.Column(verbose_name=_("Term"), accessor="pk", order_by="ended_on")
    certificate = tables.Column(verbose_name=_("Certificate"), empty_values=())
    attended = tables.Column(
        verbose_name=pgettext_lazy("in the last 12 months", "Took part"),
        accessor="took_part",
        order_by="took_part",
    )
    findings = tables.Column(verbose_name=_("Findings"), accessor="found", order_by="found")
    reached = cells.DayColumn(verbose_name=_("Last contact"), accessor="last_reached", default="")

    ticks = False  # a box before each name, of the page's form `ticked`

    class Meta:
        order_by = "name"
        empty_text = _("No appointment fits. Rosters of supervisors, visitors and monitors bring them in.")

    def render_name(self, record: Seat) -> SafeString:
        link = cells.person_link(record.stakeholder)
        return format_html(TICK, record.pk, record.stakeholder.name, link) if self.ticks else link

    def render_kind(self, record: Seat) -> str:
        return str(cells.SHORT_KINDS[record.kind])

    def render_term(self, record: Any) -> SafeString:
        """The days, and what is left of them where that is to be thought of."""
        state = record.term_state(record.today)
        words = state.label
        if state == Seat.TermState.ENDING:
            left = (record.ended_on - record.today).days
            words = (
                ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}
                if left
                else gettext("last day")
            )
        shown = badge(TONES[state], words) if state != Seat.TermState.RUNNING else ""
        return format_html('<span class="nowrap">{}</span> {}', terms.days(record), shown)

    def render_certificate(self, record: Any) -> SafeString:
        mark = SafeString("")
        if record.is_to_collect(record.today):
            mark = badge("warn", gettext("to collect"))
        elif record.collected_on:
            mark = badge("ended", gettext("collected"))
        return format_html("{} {}", record.certificate, mark)

    def render_attended(self, value: int, record: Any) -> SafeString | str:
        if not value:
            return format_html('<span class="muted">{}</span>', gettext("never"))
        return format_html(
            '{} <span class="muted nowrap">{}</span>', value, record.took_part_last.isoformat()
        )

    def render_findings(self, value: int, record: Any) -> SafeString | str:
        solved = (
            badge("good", pgettext("of findings", "%(n)s solved") % {"n": record.solved})
            if record.solved
            else ""
        )
        pending = (
            badge("open", pgettext("of findings", "%(n)s open") % {"n": record.unanswered})
            if record.unanswered
            else ""
        )
        return format_html("{} {} {}", value, pending, solved) if value else ""


class AppointmentListing(Listing):
    name = "appointments"
    title = _("Supervisors")
    view = "contacts:appointment-list"
    filterset = AppointmentFilter
    table = AppointmentTable
    columns = (
        Column(_("Number of the person"), "stakeholder_id", lambda pk: f"L{pk:06d}", name="person"),
        Column(_("Name"), "stakeholder__name"),
        Column(_("Kind"), "kind", dict(Seat.Kind.choices).get),
        Column(_("Appointed by"), "unit__name"),
        Column(
            _("Unit in charge"), "stakeholder__unit__name", name="charge", order="stakeholder__unit__path"
        ),
        Column(_("Walk of life"), "occupation", name="occupation"),
        Column(_("Employer and post"), "stakeholder__employer", name="employer"),
        Column(_("Phone numbers"), extra="phones", sealed=True, name="phones"),
        Column(_("Certificate number"), "certificate"),
        Column(_("Certificate handed out on"), "handed_out_on", name="handed_out_on"),
        Column(_("Certificate collected on"), "collected_on", name="collected_on"),
        Column(_("From"), "started_on", name="started_on"),
        Column(_("Until"), "ended_on", name="ended_on"),
        Column(_("State"), extra="state"),
        Column(_("Why it ended early"), "end_reason", name="end_reason"),
        Column(_("Gatherings attended in the last 12 months"), "took_part"),
        Column(_("Last of them"), "took_part_last", name="took_part_last"),
        Column(_("Findings"), "found"),
        Column(_("Findings answered"), "answered", name="answered"),
        Column(_("Findings solved"), "solved", name="solved"),
        Column(_("Findings not yet answered"), "unanswered", name="unanswered"),
        Column(_("Last contact"), "last_reached"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return self.annotated(Seat.objects.appointments().visible_to(self.officer, deed))

    def page(self, data: Mapping[str, Any], nothing: bool = False) -> tuple[ListFilter, tables.Table]:
        found, table = super().page(data, nothing)
        table.ticks = self.officer.rights.may(Deed.EDIT_ROSTER)
        return found, table

    def annotated(self, seats: QuerySet) -> QuerySet:
        """Seats with what their cells and columns count; what a query does not name costs it nothing."""
        reached = (
            ContactRecord.objects.reached()
            .filter(stakeholder=OuterRef("stakeholder"))
            .order_by("-occurred_on")
        )
        found = self.findings()
        return seats.annotate(
            took_part=_counted(self.attended()),
            took_part_last=Subquery(
                self.attended().order_by().values("stakeholder").annotate(n=Max("occurred_on")).values("n")
            ),
            found=_counted(found),
            unanswered=_counted(found.pending()),
            answered=_counted(found.exclude(answer=None)),
            solved=_counted(found.filter(answer__result=Answer.Result.SOLVED)),
            last_reached=Subquery(reached.values("occurred_on")[:1]),
        )

    def attended(self) -> ContactRecordQuerySet:
        """For a query over seats: the gatherings of the last twelve months at which the person was, whichever appointment
        brought them there: a renewal does not begin at nothing."""
        since = self.day - LATELY
        return ContactRecord.objects.attended().filter(
            stakeholder=OuterRef("stakeholder"), occurred_on__gt=since, occurred_on__lte=self.day
        )

    def findings(self) -> FeedbackQuerySet:
        """For a query over seats: what the person said in the seat's time; both of its ends are inclusive. Whoever sees the
        person may read it, so that no reach is asked again."""
        first = Coalesce(OuterRef("started_on"), Value(dt.date.min), output_field=DateField())
        last = Coalesce(OuterRef("ended_on"), Value(dt.date.max), output_field=DateField())
        return Feedback.objects.filter(
            stakeholder=OuterRef("stakeholder"), received_on__gte=first, received_on__lte=last
        )

    def load(self, keys: list[int]) -> Iterable[Seat]:
        rows = self.annotated(Seat.objects.filter(pk__in=keys))
        for seat in rows.select_related("stakeholder", "unit", "renewed_by"):
            seat.today = self.day
            yield seat

    def sealed(self, keys: list[int]) -> set[int]:
        if self.officer.rights.reach(Deed.SEE_NUMBERS).everything:
            return set()
        seen = Seat.objects.visible_to(self.officer, Deed.SEE_NUMBERS).filter(pk__in=keys)
        return set(keys) - set(seen.values_list("pk", flat=True))

    def extras(self, keys: list[int]) -> Mapping[str, Mapping[int, Any]]:
        seats = list(Seat.objects.filter(pk__in=keys).select_related("renewed_by"))
        phones = phone_texts([seat.stakeholder_id for seat in seats])
        return {
            "state": {seat.pk: seat.TermState(seat.term_state(self.day)).label for seat in seats},
            "phones": {seat.pk: phones.get(seat.stakeholder_id, "") for seat in seats},
        }


def _counted(rows: QuerySet) -> Coalesce:
    """How many rows of a person a subquery holds."""
    number = rows.order_by().values("stakeholder").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number), Value(0), output_field=IntegerField())
