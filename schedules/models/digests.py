"""Digests: the numbers and lists of one unit for one period, frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


class Digest(models.Model):
    """What the figures of a unit and a period were when they were frozen; later corrections show as a difference."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="digests", verbose_name=_("unit"))
    period_key = models.CharField(_("period"), max_length=8)
    frozen_at = models.DateTimeField(_("as of"))
    figures = models.JSONField(encoder=DjangoJSONEncoder)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-frozen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "period_key"], name="schedules_digest_frozen_once"),
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
