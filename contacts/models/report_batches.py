"""Files of work reports: one for each person and one for each unit, made by the worker."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import access
from contacts.half_years import HalfYear
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class ReportBatchQuerySet(models.QuerySet["ReportBatch"]):
    def visible_to(
        self, officer: Officer, deed: access.Deed = access.Deed.WRITE_REPORT
    ) -> ReportBatchQuerySet:
        """What one asked for oneself: it holds what one could see then. Only while one may still have the whole unit."""
        return self.filter(access.reach(officer, deed).q(unit="unit__", own=Q(pk__in=[])), officer=officer)

    def due(self, now: dt.datetime) -> ReportBatchQuerySet:
        """To be made: nobody has begun, or whoever did has not been heard of for the length of a lease."""
        waits = Q(state=ReportBatch.State.WAITING)
        return self.filter(waits | Q(state=ReportBatch.State.MAKING, leased_until__lte=now))


class ReportBatch(models.Model):
    """All copies of a half-year for the people of a unit and of all below it (`contacts.work_reports.files`). Whoever works
    on it holds `claim` until `leased_until`, and says so again and again; the archive is there once it is whole."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a file", "waiting")
        MAKING = "making", _("being made")
        READY = "ready", pgettext_lazy("of a file", "ready")
        FAILED = "failed", _("could not be made")
        REMOVED = "removed", pgettext_lazy("of a file", "removed")

    DUE = (State.WAITING, State.MAKING)

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    half_year = models.CharField(_("half-year"), max_length=7)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_from = models.GenericIPAddressField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)  # of so many people
    total = models.PositiveIntegerField(default=0)
    stations = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=60, blank=True)  # the archive's name in the storage
    ready_at = models.DateTimeField(null=True)

    objects = ReportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("files of work reports")
        verbose_name_plural = _("files of work reports")
        ordering = ["-pk"]
        indexes = [
            # What the worker has to do, asked every minute.
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["waiting", "making"]),
                name="contacts_reportbatch_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.half_year}"

    @property
    def period(self) -> HalfYear:
        return HalfYear.parse(self.half_year)
