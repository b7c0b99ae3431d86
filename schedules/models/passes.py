"""What passes leave behind: where planning stands, which periods are closed, and a heartbeat per worker."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from schedules.models.policies import CyclePolicy


class PassState(models.Model):
    """The one row that passes lock in turn. `first_day` is the day of the installation's first pass: no period that
    ended before it is ever planned (R4). `day` is the one on which planning last looked at everything that a new day
    brings, `slots` the mark of each slot that is planned and not closed, `reported_on` the day whose digests are frozen
    and whose weekly report is made."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    first_day = models.DateField()
    latest_at = models.DateTimeField()
    day = models.DateField(null=True)
    slots = models.JSONField(default=dict)
    reported_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="schedules_passstate_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.latest_at}"


class PeriodClosing(models.Model):
    """A period of a policy that is closed: nothing appears or disappears in it but by a recount (R4)."""

    policy = models.ForeignKey(CyclePolicy, on_delete=models.PROTECT, related_name="closings")
    period_key = models.CharField(_("period"), max_length=8)
    closed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        constraints = [
            models.UniqueConstraint(fields=["policy", "period_key"], name="schedules_closing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.policy}, {self.period_key}"


class Heartbeat(models.Model):
    """The last pass of one consumer, or of the command on one host: a dead scheduler can not report itself, so others
    look at the age of this. `running_since`: when the oldest of its passes began that has not ended."""

    worker = models.CharField(max_length=100, unique=True)
    version = models.CharField(max_length=30, blank=True)
    started_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)  # of the last pass that got through, as the counts are
    counts = models.JSONField(default=dict)
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # passes in a row that failed
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.worker}, {self.started_at}"
