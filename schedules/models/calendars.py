"""Events of calendars as they were written, and files for all officers of a unit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.models import FileOrder, FileOrderQuerySet
from schedules.models.obligations import Obligation


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


class CalendarSetQuerySet(FileOrderQuerySet["CalendarSet"]):
    deed = Deed.EXPORT


class CalendarSet(FileOrder):
    """A zip with one calendar for each officer of a unit and of all below it (`schedules.calendars.sets`)."""

    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    with_names = models.BooleanField(_("show people's names"), default=True)
    with_alarm = models.BooleanField(_("ring at nine on the day"), default=False)
    language = models.CharField(max_length=10, blank=True)
    files = models.PositiveIntegerField(_("files"), default=0)
    events = models.PositiveIntegerField(_("events"), default=0)

    objects = CalendarSetQuerySet.as_manager()

    class Meta(FileOrder.Meta):
        verbose_name = _("calendars of a unit's officers")
        verbose_name_plural = _("calendars of units' officers")

    def __str__(self) -> str:
        return str(self.unit)
