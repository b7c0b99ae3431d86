"""Conduct reports: what is said about officers, sealed (R13). Tables of their own, with random ids and encrypted text, that
no list, count, search, timeline or export touches. A report points to no officer and no unit, so that none of them shows
by what can not be deleted that there is one; and nothing here says who filed it, or when within its week."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.seals import SealedTextField

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class Sealed(models.Model):
    """What belongs to a report. Random ids leave no gap in any sequence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class ConductReportQuerySet(models.QuerySet["ConductReport"]):
    def visible_to(self, officer: Officer) -> ConductReportQuerySet:
        """Those that are with the officer. Whether they may still open them, `contacts.reviewing.Desk` knows: it takes
        what is sealed, which no query reads."""
        return self.filter(assignments__in=ConductAssignment.objects.open().filter(reviewer=officer))


class ConductReport(Sealed):
    """A sealed report. Who filed it is not kept here, and whoever filed it can not read it back."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("of a case", "open")
        CHECKING = "checking", pgettext_lazy("of a case", "being checked")
        FOUNDED = "founded", _("founded")
        UNFOUNDED = "unfounded", _("unfounded")
        PASSED_ON = "passed_on", _("passed on")

    CLOSED = (State.FOUNDED, State.UNFOUNDED, State.PASSED_ON)

    # The receipt. Made of the form that was sent, so that the same form sent twice is one report.
    number = models.CharField(_("number"), max_length=14, unique=True)
    # The Monday of the week it was filed in: a day could be matched with who was on duty or called whom.
    week = models.DateField(_("week"))
    apart = SealedTextField()  # contacts.reviewers.Apart: who must not read it
    whom = SealedTextField(_("whom it concerns"))
    text = SealedTextField(_("what was reported"))
    state = models.CharField(
        pgettext_lazy("of a case", "state"), max_length=10, choices=State, default=State.OPEN
    )

    objects = ConductReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("conduct report")
        verbose_name_plural = _("conduct reports")
        ordering = ["-week", "number"]

    @property
    def is_closed(self) -> bool:
        return self.state in self.CLOSED


class ConductSource(models.Model):
    """Who said it, apart from what was said."""

    report = models.OneToOneField(
        ConductReport, on_delete=models.PROTECT, primary_key=True, related_name="source"
    )
    text = SealedTextField(_("source"))
    told_on = SealedTextField(_("told on"), null=True)  # a day; it would name a contact of the source's

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return str(self.pk)


class ConductAssignmentQuerySet(models.QuerySet["ConductAssignment"]):
    def open(self) -> ConductAssignmentQuerySet:
        return self.filter(ended_at=None)


class ConductAssignment(Sealed):
    """A reviewer on a case, until it is handed on or taken from them; nobody else opens it. It has no beginning: the first
    one's would be the moment of filing."""

    report = models.ForeignKey(ConductReport, on_delete=models.PROTECT, related_name="assignments")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = SealedTextField(_("reason"), null=True)  # null: no longer allowed to have it

    objects = ConductAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = [F("ended_at").asc(nulls_last=True)]
        constraints = [
            # Two passes, or a pass and a hand-on, give a case to one reviewer.
            models.UniqueConstraint(
                fields=["report"], condition=Q(ended_at=None), name="contacts_conduct_one_reviewer"
            ),
        ]


class ConductOpening(Sealed):
    """Every opening, with its reason; only ever added to, which the database holds too."""

    class What(models.TextChoices):
        REPORT = "report", pgettext_lazy("sealed", "report")
        SOURCE = "source", _("source")

    report = models.ForeignKey(ConductReport, on_delete=models.PROTECT, related_name="openings")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=6, choices=What)
    opened_at = models.DateTimeField()
    reason = SealedTextField(_("reason"))

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["opened_at"]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Openings are only added to.")


class ConductConsentQuerySet(models.QuerySet["ConductConsent"]):
    def waiting(self) -> ConductConsentQuerySet:
        return self.filter(decided_at=None)

    def in_force(self, day: dt.date) -> ConductConsentQuerySet:
        return self.filter(lasts_until__gte=day)


class ConductConsent(Sealed):
    """A reviewer asks another one to let them open the source of one case; granted, it lasts some days."""

    report = models.ForeignKey(ConductReport, on_delete=models.PROTECT, related_name="consents")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = SealedTextField(_("reason"))
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    lasts_until = models.DateField(null=True)  # null: not decided, or refused

    objects = ConductConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(asker=F("second")), name="contacts_conduct_four_eyes"),
            models.CheckConstraint(
                condition=Q(lasts_until=None) | Q(decided_at__isnull=False),
                name="contacts_conduct_lasts_once_granted",
            ),
            # Sent twice, a question is asked once.
            models.UniqueConstraint(
                fields=["report", "asker"], condition=Q(decided_at=None), name="contacts_conduct_asked_once"
            ),
        ]

    @property
    def is_refused(self) -> bool:
        return self.decided_at is not None and self.lasts_until is None


class ConductNote(Sealed):
    """What a reviewer found out, and the state that the case was in from then on."""

    report = models.ForeignKey(ConductReport, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ConductReport.State)
    text = SealedTextField(_("note"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["at"]
