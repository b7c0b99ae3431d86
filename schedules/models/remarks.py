"""Leaders' remarks (批示) on digests: each is an assignment to an officer, with a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models import Unit, UnitRole

if TYPE_CHECKING:
    from contacts.models import Officer


class RemarkQuerySet(models.QuerySet["Remark"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.DIGEST) -> RemarkQuerySet:
        """Those on the units that one looks after, and those assigned to officers of these or to oneself. With the deed
        REMARK: those that one may go on deciding about, as a leader of the unit for which they were given or of one
        above, and not as whoever is to report."""
        reach = access.reach(officer, deed)
        if deed == access.Deed.REMARK:
            given = self.filter(reach.q(unit="given_for__", own=Q(pk__in=[])))
            return given.filter(~Q(assignee=officer) | Q(author=officer))
        mine = Q(assignee__in=officer.rights.acting_for)
        return self.filter(reach.q(unit="unit__", own=mine) | reach.q(unit="assignee__unit__", own=mine))

    def waiting_for(self, officer: Officer) -> RemarkQuerySet:
        """What the officer is to report on, and what was reported to them: as whoever gave it, or as a leader of that unit
        once they lead it no more."""
        leaders = UnitRole.objects.in_force().filter(role=UnitRole.Role.LEADER)
        leads = Exists(leaders.filter(officer=officer, unit=OuterRef("given_for")))
        author_leads = Exists(
            leaders.filter(officer=OuterRef("author"), officer__is_active=True, unit=OuterRef("given_for"))
        )
        to_report = Q(assignee__in=officer.rights.acting_for, state=Remark.State.OPEN)
        reported = Q(author_leads, author=officer) | Q(leads & ~author_leads)
        seen = self.visible_to(officer)
        return seen.filter(to_report | reported & Q(state=Remark.State.REPORTED))


class Remark(models.Model):
    """What a leader said about the digest of a unit and a period, or about a figure of it, to somebody who reports back."""

    class State(models.TextChoices):
        OPEN = "open", _("to be done")
        REPORTED = "reported", _("reported back")
        DONE = "done", _("accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    period_key = models.CharField(_("period"), max_length=8)
    figure = models.CharField(max_length=20, blank=True)  # of `schedules.digests.lists`
    text = models.TextField(_("remark"), max_length=1000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    # The unit whose leader gave it, whose leaders go on deciding about it.
    given_for = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("assigned to")
    )
    due_on = models.DateField(_("report by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField(default=timezone.now)
    submission = models.UUIDField(null=True, unique=True)  # a form sent twice gives it once

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("leader's remark")
        verbose_name_plural = _("leaders' remarks")
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=["open", "reported"]),
                name="schedules_remark_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.period_key}"

    def get_absolute_url(self) -> str:
        return reverse("schedules:remark-detail", args=[self.pk])

    @property
    def is_settled(self) -> bool:
        return self.state in {self.State.DONE, self.State.WITHDRAWN}

    def is_late(self, day: dt.date) -> bool:
        return self.state == self.State.OPEN and self.due_on < day


class RemarkStep(models.Model):
    """What was done about a remark, by whom, when."""

    class Deed(models.TextChoices):
        GIVEN = "given", _("assigned")
        REPORTED = "reported", _("reported")
        AGAIN = "again", _("asked again")
        ACCEPTED = "accepted", _("accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    remark = models.ForeignKey(Remark, on_delete=models.CASCADE, related_name="steps")
    deed = models.CharField(max_length=10, choices=Deed)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.TextField(max_length=1000, blank=True)
    # Of what assigns it: to whom, and by when.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    due_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("step of a remark")
        verbose_name_plural = _("steps of remarks")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}, {self.at:%Y-%m-%d}"
