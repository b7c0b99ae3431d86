"""Leave: the days on which an officer is away, so that nothing is planned for them (R8)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts import access

if TYPE_CHECKING:
    from contacts.models import Officer


class LeaveQuerySet(models.QuerySet["Leave"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> LeaveQuerySet:
        """By the unit of the officer who is away, and one's own, as it is with stand-ins."""
        return self.filter(access.reach(officer, deed).q(unit="officer__unit__", own=Q(officer=officer)))

    def on(self, day: dt.date) -> LeaveQuerySet:
        return self.within(day, day)

    def within(self, first: dt.date, last: dt.date) -> LeaveQuerySet:
        """That has a day in the span, both ends included."""
        return self.filter(first_day__lte=last, last_day__gte=first)

    def lasting(self, day: dt.date) -> LeaveQuerySet:
        """On `day` or on some day after it."""
        return self.filter(last_day__gte=day)


class Leave(models.Model):
    """An officer is away on these days, both inclusive. Planning avoids them unless nothing else remains. It names
    nobody who stands in: that is another decision."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="leaves", verbose_name=_("officer")
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    note = models.CharField(_("note"), max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave days")
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="schedules_leave_ends_after_start"
            ),
        ]
        indexes = [
            # The month page and planning: the leave of an officer within a span.
            models.Index(fields=["officer", "last_day"], name="schedules_leave_of_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.officer}, {self.first_day} – {self.last_day}"
