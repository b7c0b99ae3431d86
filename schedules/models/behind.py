"""Weekly reports of who is behind, frozen as they were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models import Unit

if TYPE_CHECKING:
    from contacts.models import Officer


class BehindReportQuerySet(models.QuerySet["BehindReport"]):
    def visible_to(
        self, officer: Officer, deed: access.Deed = access.Deed.SEE_BEHIND
    ) -> BehindReportQuerySet:
        return self.filter(access.reach(officer, deed).q(unit="unit__", own=models.Q(pk__in=[])))


class BehindReport(models.Model):
    """Of one unit and ISO week. `figures`: as `schedules.behind.figures` has them, without the name of anybody who is
    owed a contact."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    week_key = models.CharField(_("week"), max_length=8)
    made_at = models.DateTimeField(_("as of"))
    figures = models.JSONField(encoder=DjangoJSONEncoder)

    objects = BehindReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly report")
        verbose_name_plural = _("weekly reports")
        ordering = ["-week_key", "unit"]
        constraints = [
            # A week is reported once (R10). Led by the week: each day asks whether the week has been.
            models.UniqueConstraint(fields=["week_key", "unit"], name="schedules_behind_once_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.week_key}"
