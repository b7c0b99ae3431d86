"""Policies: what is owed to whom, and in which rhythm. A policy is what it is for good; its versions change (R3)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import ContactRecord


class Cadence(models.TextChoices):
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    HALF_YEAR = "half_year", _("half-year")
    YEAR = "year", _("year")


class Stage(models.TextChoices):
    """The reminders of an obligation, in the order they fall due (R10)."""

    PLANNED = "planned", _("planned for today")
    DUE_SOON = "due_soon", _("due soon")
    LAST_DAY = "last_day", _("last day")
    MISSED = "missed", _("missed")


# R4: on how many days of a period a seat and a pairing must have stood together.
MINIMUM_DAYS = {Cadence.MONTH: 10, Cadence.QUARTER: 30, Cadence.HALF_YEAR: 60, Cadence.YEAR: 120}


SHIPPED_NAMES = {
    "call": _("monthly call"),
    "visit": _("quarterly visit"),
    "report": _("half-yearly work report"),
}


class CyclePolicy(models.Model):
    """One policy through all its versions: the identity that obligations and calendar event ids hang on."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(
        _("name"), max_length=50, blank=True
    )  # empty: a shipped one, named in the reader's language

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name or str(SHIPPED_NAMES.get(self.code, self.code))


class PolicyVersion(models.Model):
    """What a policy says from `starts_on` on: it counts for the periods of its cadence that begin on or after that
    day, until those of the next version (R3). Without a start day it has always been so. `ended`: owed no more."""

    policy = models.ForeignKey(
        CyclePolicy, on_delete=models.PROTECT, related_name="versions", verbose_name=_("policy")
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    kind = models.CharField(_("kind of contact"), max_length=10, choices=ContactRecord.TALK_KINDS)
    stand_in_kinds = models.JSONField(_("kinds that stand in for it"), default=list, blank=True)
    cadence = models.CharField(_("once every"), max_length=10, choices=Cadence)
    seat_kinds = models.JSONField(_("owed to"), default=list)
    levels = models.JSONField(_("at these levels"), default=list, blank=True)  # empty: every level
    minimum_days = models.PositiveSmallIntegerField(_("minimum days"))
    stages = models.JSONField(_("reminders"), default=list)
    ended = models.BooleanField(_("ended"), default=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["policy", "starts_on"]
        constraints = [
            # Two changes that begin on one day would leave open which one counts.
            models.UniqueConstraint(fields=["policy", "starts_on"], name="schedules_version_one_per_day"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(starts_on=None), name="schedules_version_one_since_always"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}, {self.starts_on or '…'}"

    @property
    def kinds(self) -> list[str]:
        """The kinds of contact that meet it (R6)."""
        return [self.kind, *self.stand_in_kinds]
