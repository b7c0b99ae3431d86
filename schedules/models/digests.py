"""Digests: the numbers and lists of one unit for one period, frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models import Unit

if TYPE_CHECKING:
    from contacts.models import Officer


class DigestQuerySet(models.QuerySet["Digest"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.DIGEST) -> DigestQuerySet:
        return self.filter(access.reach(officer, deed).q(unit="unit__", own=models.Q(pk__in=[])))

    def final(self) -> DigestQuerySet:
        """Those of periods that are over: what stands."""
        return self.filter(ahead=False)


class Digest(models.Model):
    """What the figures of a unit and a period were when they were frozen; later corrections show as a difference."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="digests", verbose_name=_("unit"))
    period_key = models.CharField(_("period"), max_length=8)
    # Made while the period still ran, for those who asked how far it is; no figure of it is ever compared with.
    ahead = models.BooleanField(_("before the period's end"), default=False)
    frozen_at = models.DateTimeField(_("as of"))
    figures = models.JSONField(encoder=DjangoJSONEncoder)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-frozen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "period_key", "ahead"], name="schedules_digest_frozen_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.period_key}"


class DigestLists(models.Model):
    """The rows behind the figures of a digest, frozen with them, as `schedules.digests.lists` has them. Apart, because
    they are many and few readers ask for them; those that were frozen earlier have none."""

    digest = models.OneToOneField(
        Digest, on_delete=models.CASCADE, primary_key=True, related_name="lists", verbose_name=_("digest")
    )
    rows = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("lists of a digest")
        verbose_name_plural = _("lists of digests")

    def __str__(self) -> str:
        return str(self.digest)


class DigestChoice(models.Model):
    """Which digests of a unit an officer wants, and when. Where there is none, leaders get those of their own units once
    they are frozen, but for weeks; nobody else gets any."""

    class When(models.TextChoices):
        NEVER = "never", _("not at all")
        FROZEN = "frozen", _("when it is over")
        AHEAD = "ahead", _("before it ends")
        BOTH = "both", _("before it ends, and when it is over")

    class Length(models.TextChoices):
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        HALF_YEAR = "half_year", _("Half-year")
        YEAR = "year", _("Year")

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_choices"
    )
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("unit"))
    cadence = models.CharField(_("length of the period"), max_length=10, choices=Length)
    when = models.CharField(_("when it is sent"), max_length=10, choices=When)

    class Meta:
        verbose_name = _("choice of digests")
        verbose_name_plural = _("choices of digests")
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "unit", "cadence"], name="schedules_digest_choice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer}: {self.unit}, {self.get_cadence_display()}, {self.get_when_display()}"
