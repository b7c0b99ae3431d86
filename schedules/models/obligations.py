"""Obligations: one contact that is owed to one person, by one policy, in one period."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models import Stakeholder
from schedules.models.policies import CyclePolicy, PolicyVersion

if TYPE_CHECKING:
    from contacts.models import Officer


LOOK_NOW, LOOK_NO_MORE = dt.date.min, dt.date.max


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> ObligationQuerySet:
        """The obligations towards the people within reach."""
        return self.filter(
            access.reach(officer, deed).q(unit="stakeholder__unit__", own=access.holds(officer))
        )

    def live(self) -> ObligationQuerySet:
        """Those that exist; a withdrawn one is kept only so that nothing is told twice and event ids stay (R4)."""
        return self.filter(withdrawn_at=None)

    def look_again(self) -> int:
        """Their reminders are reckoned anew by the next pass."""
        return self.update(remind_on=LOOK_NOW)


class Obligation(models.Model):
    """Stakeholder × policy × period (R4). Whether it is met, by which contact, and who is responsible is stored
    nowhere: `schedules.coverage` derives it from records and pairings, so that every correction counts at once."""

    stakeholder = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, related_name="obligations", verbose_name=_("stakeholder")
    )
    policy = models.ForeignKey(
        CyclePolicy, on_delete=models.PROTECT, related_name="+", verbose_name=_("policy")
    )
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="obligations")
    period_key = models.CharField(_("period"), max_length=8)
    period_start = models.DateField()
    period_end = models.DateField()  # its last day
    due_on = models.DateField(_("due on"))
    planned_on = models.DateField(_("planned on"))
    planned_time = models.TimeField(_("planned at"), null=True, blank=True)
    # The officer chose the day: planning leaves it alone.
    arranged = models.BooleanField(_("arranged by hand"), default=False)
    # From this day on a pass looks whether a stage is to be told.
    remind_on = models.DateField(default=LOOK_NOW)
    waived_at = models.DateTimeField(null=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    waive_reason = models.CharField(_("reason"), max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(default=0)  # RFC 5545 SEQUENCE: raised when day or hour change
    changed_at = models.DateTimeField()  # RFC 5545 LAST-MODIFIED of the planned day

    if TYPE_CHECKING:  # what `schedules.coverage.with_status` and its callers annotate
        state: str
        state_label: str
        due_soon: bool
        attempts: int
        responsible_officer_id: int | None
        held_by: str

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["planned_on", "pk"]
        constraints = [
            # Two passes at once plan every contact once (R4).
            models.UniqueConstraint(
                fields=["stakeholder", "policy", "period_key"], name="schedules_obligation_once_per_period"
            ),
            models.CheckConstraint(
                condition=Q(planned_on__gte=F("period_start"), planned_on__lte=F("period_end")),
                name="schedules_obligation_planned_within_period",
            ),
            models.CheckConstraint(
                condition=Q(waived_at=None) | ~Q(waive_reason=""),
                name="schedules_obligation_waived_for_a_reason",
            ),
        ]
        indexes = [
            # Coverage and digests: everything live of a period.
            models.Index(
                fields=["period_key", "policy"],
                condition=Q(withdrawn_at=None),
                name="schedules_obligation_period",
            ),
            # Reminders and lists: what falls on or before a day.
            models.Index(
                fields=["planned_on"], condition=Q(withdrawn_at=None), name="schedules_obligation_planned"
            ),
            # What a pass looks at: everything told or met moves behind the day, to its next stage or for good.
            models.Index(
                fields=["remind_on"],
                condition=Q(withdrawn_at=None),
                name="schedules_obligation_remind",
            ),
            models.Index(
                fields=["period_end"], condition=Q(withdrawn_at=None), name="schedules_obligation_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stakeholder}, {self.policy}, {self.period_key}"
