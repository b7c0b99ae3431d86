"""Meetings in which leaders report to deputies and members, who appraise the work by vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models.reports import ReportCopy, WorkReport
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class ReportMeetingQuerySet(models.QuerySet["ReportMeeting"]):
    def visible_to(
        self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER
    ) -> ReportMeetingQuerySet:
        """By the unit that held it; to be read, by somebody within reach who was there too."""
        reach = access.reach(officer, deed)
        wanted = reach.q(unit="unit__", own=Q(pk__in=[]))
        if deed is access.Deed.SEE_ROSTER and not reach.everything:
            there = ReportCopy.objects.visible_to(officer).filter(deliveries__meeting=OuterRef("pk"))
            wanted |= Q(Exists(there))
        return self.filter(wanted)

    def standing(self) -> ReportMeetingQuerySet:
        return self.filter(voided_at=None)


class ReportMeeting(models.Model):
    """Who was there, `attendances` say. The ballot is secret: only its count is kept."""

    report = models.ForeignKey(WorkReport, on_delete=models.PROTECT, related_name="meetings")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit that held it")
    )
    held_on = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=100)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who reported")
    )
    satisfied = models.PositiveSmallIntegerField(_("satisfied"), default=0)
    basically = models.PositiveSmallIntegerField(_("basically satisfied"), default=0)
    unsatisfied = models.PositiveSmallIntegerField(_("not satisfied"), default=0)
    abstained = models.PositiveSmallIntegerField(_("abstained"), default=0)
    said = models.TextField(_("note of the meeting"), max_length=4000, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(_("reason"), max_length=200, blank=True)
    submission = models.UUIDField(null=True, editable=False)  # of the form it came with

    objects = ReportMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("report meeting")
        verbose_name_plural = _("report meetings")
        ordering = ["-held_on", "-pk"]
        constraints = [
            # A form sent twice enters one meeting.
            models.UniqueConstraint(fields=["submission"], name="contacts_reportmeeting_submitted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.held_on}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:report-meeting", args=[self.pk])

    def present(self) -> QuerySet[Any]:
        """The attendances that count: of a voided meeting all that it had."""
        return self.attendances.all() if self.voided_at else self.attendances.filter(record__voided_at=None)

    @property
    def votes(self) -> int:
        return self.satisfied + self.basically + self.unsatisfied + self.abstained
