"""Events of calendars as they were written, and files for all officers of a unit."""

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
from contacts.models import Unit
from schedules.models.obligations import Obligation

if TYPE_CHECKING:
    from contacts.models import Officer


class CalendarEvent(models.Model):
    """The bytes of an obligation's event in one variant (language, names, alarm), and the fingerprint of all that they
    were made of (`schedules.calendars.keeping`): nobody has to keep it up, and every row may be thrown away."""

    # No constraint in the database: who reads a calendar must never keep anybody from deleting an obligation.
    obligation = models.ForeignKey(
        Obligation, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    variant = models.CharField(max_length=30)
    fingerprint = models.CharField(max_length=32)
    content = models.BinaryField()
    until = models.DateField(db_index=True)  # no subscription shows it after that day

    class Meta:
        verbose_name = _("event of a calendar")
        verbose_name_plural = _("events of calendars")
        constraints = [
            # Two readers at once keep an event once.
            models.UniqueConstraint(
                fields=["obligation", "variant"], name="schedules_calendarevent_once_per_variant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.variant}"


class CalendarSetQuerySet(models.QuerySet["CalendarSet"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.EXPORT) -> CalendarSetQuerySet:
        """What one asked for oneself: it holds what one could see then. Only while one may still take out the whole
        unit."""
        return self.filter(access.reach(officer, deed).q(unit="unit__", own=Q(pk__in=[])), officer=officer)

    def due(self, now: dt.datetime) -> CalendarSetQuerySet:
        """To be made: nobody has begun, or whoever did has not been heard of for the length of a lease."""
        waits = Q(state=CalendarSet.State.WAITING)
        return self.filter(waits | Q(state=CalendarSet.State.MAKING, leased_until__lte=now))


class CalendarSet(models.Model):
    """A zip with one calendar for each officer of a unit and of all below it, made by the worker
    (`schedules.calendars.sets`). Whoever works on it holds `claim` until `leased_until`, and says so again and again; the
    file is there once it is whole."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a file", "waiting")
        MAKING = "making", _("being made")
        READY = "ready", pgettext_lazy("of a file", "ready")
        FAILED = "failed", _("could not be made")
        REMOVED = "removed", pgettext_lazy("of a file", "removed")

    DUE = (State.WAITING, State.MAKING)

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    with_names = models.BooleanField(_("show people's names"), default=True)
    with_alarm = models.BooleanField(_("ring at nine on the day"), default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_from = models.GenericIPAddressField(null=True)
    language = models.CharField(max_length=10, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)  # of so many officers
    total = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(_("files"), default=0)
    events = models.PositiveIntegerField(_("events"), default=0)
    file = models.CharField(max_length=60, blank=True)  # its name in the storage
    ready_at = models.DateTimeField(null=True)

    objects = CalendarSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendars of a unit's officers")
        verbose_name_plural = _("calendars of units' officers")
        ordering = ["-pk"]
        indexes = [
            # What the worker has to do, asked every minute.
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["waiting", "making"]),
                name="schedules_calendarset_due",
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)
