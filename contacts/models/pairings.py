"""Pairings: which officer is responsible for which person, from a day to a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models.stakeholders import Stakeholder
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class PairingQuerySet(models.QuerySet["Pairing"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> PairingQuerySet:
        return self.filter(
            access.reach(officer, deed).q(unit="unit__", own=Q(officer__in=officer.rights.acting_for))
        )

    def open(self, day: dt.date) -> PairingQuerySet:
        """In force on `day`; both ends are inclusive (R4)."""
        return self.lasting(day).filter(started_on__lte=day)

    def lasting(self, day: dt.date) -> PairingQuerySet:
        """In force on `day` or on some day after it."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day))


class Pairing(models.Model):
    """Officer × stakeholder from a day to a day, both inclusive. A hand-over on day D ends the old one on D−1 (R4).
    `unit` is the officer's unit at the time, in which the obligations of these days count (R7)."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pairings", verbose_name=_("officer")
    )
    stakeholder = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, related_name="pairings", verbose_name=_("stakeholder")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="pairings", verbose_name=_("unit"))
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")
        ordering = ["-started_on", "-pk"]
        constraints = [
            # Two coordinators pairing one person at the same moment: the second is told, not obeyed.
            models.UniqueConstraint(
                fields=["stakeholder"],
                condition=Q(ended_on=None),
                name="contacts_pairing_one_open_per_person",
            ),
            models.UniqueConstraint(
                fields=["stakeholder", "started_on"], name="contacts_pairing_one_start_per_day"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="contacts_pairing_ends_after_start",
            ),
        ]
        indexes = [
            # Today, and access by own pairings: the open pairings of an officer.
            models.Index(fields=["officer", "ended_on", "stakeholder"], name="contacts_pairing_of_officer"),
            # Who was responsible on a day (R5): the latest start on or before it.
            models.Index(fields=["stakeholder", "started_on"], name="contacts_pairing_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.officer} – {self.stakeholder}"
