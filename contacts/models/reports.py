"""Half-year work reports: the text of a unit with its versions, the copy of each person, and how it reached them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.half_years import HalfYear
from contacts.models.records import ContactRecord
from contacts.models.stakeholders import Stakeholder
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class Appraisal(models.TextChoices):
    """评议: how content people are with the work that was reported."""

    SATISFIED = "satisfied", _("satisfied")
    BASICALLY = "basically", _("basically satisfied")
    UNSATISFIED = "unsatisfied", _("not satisfied")


class WorkReportQuerySet(models.QuerySet["WorkReport"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> WorkReportQuerySet:
        """By its unit; to be read, by a copy for somebody within reach too."""
        reach = access.reach(officer, deed)
        wanted = reach.q(unit="unit__", own=Q(pk__in=[]))
        if deed is access.Deed.SEE_ROSTER and not reach.everything:
            wanted |= Q(Exists(ReportCopy.objects.visible_to(officer).filter(report=OuterRef("pk"))))
        return self.filter(wanted)

    def standing(self) -> WorkReportQuerySet:
        """Those that cover their people: begun, and not given up."""
        return self.exclude(state=WorkReport.State.DROPPED)

    def submitted(self) -> WorkReportQuerySet:
        """Those that wait for a leader."""
        return self.filter(state=WorkReport.State.SUBMITTED)


class WorkReport(models.Model):
    """What one unit reports for one half-year. Its text stands in versions; `approved` is the one that a leader approved,
    which copies are made of. A newer version needs a new approval, and the copies keep the old one until then."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for approval")
        APPROVED = "approved", _("approved")
        ISSUED = "issued", _("issued")
        DROPPED = "dropped", _("given up")

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="work_reports", verbose_name=_("unit")
    )
    half_year = models.CharField(_("half-year"), max_length=7)  # "2026-H2"
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    times_submitted = models.PositiveSmallIntegerField(default=0)
    remark = models.CharField(_("why it was sent back"), max_length=500, blank=True)
    approved = models.ForeignKey(
        "ReportVersion", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("version")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    issued_at = models.DateTimeField(_("issued at"), null=True)

    objects = WorkReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("work report")
        verbose_name_plural = _("work reports")
        ordering = ["-half_year", "unit__path"]
        constraints = [
            # Two who begin at the same moment write one report.
            models.UniqueConstraint(fields=["unit", "half_year"], name="contacts_workreport_once"),
            # Nothing goes out that no leader approved.
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "issued"])
                | Q(approved__isnull=False, approved_by__isnull=False, approved_at__isnull=False),
                name="contacts_workreport_approved_by_a_leader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.half_year}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:report-detail", args=[self.pk])

    @property
    def period(self) -> HalfYear:
        return HalfYear.parse(self.half_year)

    @property
    def tone(self) -> str:
        """The colour of its state."""
        tones = {self.State.SUBMITTED: "warn", self.State.APPROVED: "good", self.State.ISSUED: "good"}
        return tones.get(self.State(self.state), self.state)

    def latest(self) -> ReportVersion:
        return self.versions.select_related("author").order_by("-number")[0]


class ReportVersion(models.Model):
    """A text of a report as somebody saved it; never changed."""

    report = models.ForeignKey(WorkReport, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"), max_length=20_000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["report", "-number"]
        constraints = [
            # Two who save at once save two versions, or the second is told.
            models.UniqueConstraint(fields=["report", "number"], name="contacts_reportversion_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.number}"


class ReportCopyQuerySet(models.QuerySet["ReportCopy"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> ReportCopyQuerySet:
        """The copies of the people within reach."""
        own = access.holds(officer)
        return self.filter(access.reach(officer, deed).q(unit="stakeholder__unit__", own=own))

    def with_delivery(self) -> ReportCopyQuerySet:
        """Annotate `delivery_id`, `delivered_on`, `method` and `appraisal` of the delivery that counts, or null."""
        counts = ReportDelivery.objects.live().filter(copy=OuterRef("pk"))
        first = counts.order_by("record__occurred_at", "pk")
        return self.annotate(
            delivery_id=Subquery(first.values("pk")[:1]),
            delivered_on=Subquery(first.values("record__occurred_on")[:1]),
            method=Subquery(first.values("method")[:1]),
            appraisal=Subquery(first.values("appraisal")[:1]),
        )

    def delivered(self) -> ReportCopyQuerySet:
        return self.filter(Exists(ReportDelivery.objects.live().filter(copy=OuterRef("pk"))))

    def undelivered(self) -> ReportCopyQuerySet:
        return self.filter(~Exists(ReportDelivery.objects.live().filter(copy=OuterRef("pk"))))


class ReportCopy(models.Model):
    """The report for one person: a version of the text, and what they said and what was done about it as it stood when the
    copy was issued (`contacts.said_and_done` writes and reads `lines`). That it was issued meets nothing."""

    report = models.ForeignKey(WorkReport, on_delete=models.PROTECT, related_name="copies")
    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="report_copies")
    half_year = models.CharField(_("half-year"), max_length=7)  # the report's
    version = models.ForeignKey(ReportVersion, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=20, blank=True)  # how the letter addresses them after the name
    lines = models.JSONField(default=list)
    issued_on = models.DateField(_("issued on"))

    objects = ReportCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of a work report")
        verbose_name_plural = _("copies of work reports")
        ordering = ["-half_year", "stakeholder__pinyin", "pk"]
        constraints = [
            # One report a half-year, whichever unit writes it.
            models.UniqueConstraint(fields=["stakeholder", "half_year"], name="contacts_reportcopy_once"),
        ]
        indexes = [models.Index(fields=["half_year", "stakeholder"], name="contacts_reportcopy_half_year")]

    def __str__(self) -> str:
        return f"{self.stakeholder} {self.half_year}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:report-copy", args=[self.pk])


def latest_letter() -> dict[str, Subquery]:
    """For a query over stakeholders: their latest copy, and the day on which it was handed over, or null."""
    latest = ReportCopy.objects.filter(stakeholder=OuterRef("pk")).with_delivery().order_by("-half_year")
    columns = {"letter_id": "pk", "letter_half_year": "half_year", "letter_delivered_on": "delivered_on"}
    return {name: Subquery(latest.values(column)[:1]) for name, column in columns.items()}


class ReportDeliveryQuerySet(models.QuerySet["ReportDelivery"]):
    def live(self) -> ReportDeliveryQuerySet:
        """Those that count: their contact stands, and it was a work report that reached the person (R6)."""
        return self.filter(
            record__voided_at=None,
            record__superseded_at=None,
            record__outcome=ContactRecord.Outcome.REACHED,
            record__kind=ContactRecord.Kind.REPORT,
        )


class ReportDelivery(models.Model):
    """The contact in which a copy was handed over, or its report was heard. Whether and when that was, the contact alone
    says: corrected or voided, it is so here at once."""

    class Method(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        POST = "post", _("by post")
        MEETING = "meeting", _("in a meeting")
        EMAIL = "email", _("by e-mail")

    copy = models.ForeignKey(ReportCopy, on_delete=models.PROTECT, related_name="deliveries")
    record = models.OneToOneField(ContactRecord, on_delete=models.PROTECT, related_name="report_delivery")
    method = models.CharField(_("how"), max_length=10, choices=Method)
    appraisal = models.CharField(_("appraisal"), max_length=12, choices=Appraisal, blank=True)
    meeting = models.ForeignKey(
        "ReportMeeting", on_delete=models.PROTECT, null=True, related_name="attendances"
    )

    objects = ReportDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery of a work report")
        verbose_name_plural = _("deliveries of work reports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.copy}, {self.get_method_display()}"
