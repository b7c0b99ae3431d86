"""Public editions of digests, for the bureau's notice board (警务公开栏)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from contacts import access
from schedules.models.digests import Digest

if TYPE_CHECKING:
    from contacts.models import Officer


class PublicEditionQuerySet(models.QuerySet["PublicEdition"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.DIGEST) -> PublicEditionQuerySet:
        return self.filter(access.reach(officer, deed).q(unit="digest__unit__", own=Q(pk__in=[])))

    def to_approve_by(self, officer: Officer) -> PublicEditionQuerySet:
        """What was handed in, by somebody else."""
        there = self.visible_to(officer, access.Deed.APPROVE_REPORT)
        return there.filter(state=PublicEdition.State.SUBMITTED).exclude(writers=officer)


class PublicEdition(models.Model):
    """What of a frozen digest may hang on the wall: `figures` as `schedules.digests.public` has them, and a text. Nobody
    prints it before a leader other than its writer approved just this text."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waits for approval")
        APPROVED = "approved", _("approved")

    digest = models.OneToOneField(Digest, on_delete=models.PROTECT, related_name="edition")
    figures = models.JSONField()
    text = models.TextField(_("text"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")  # all who ever wrote at it
    written_at = models.DateTimeField(default=timezone.now)
    remark = models.CharField(_("remark"), max_length=500, blank=True)  # why it was sent back
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    turn = models.PositiveSmallIntegerField(
        default=0
    )  # how many times it was handed in, approved or sent back

    objects = PublicEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("public edition")
        verbose_name_plural = _("public editions")
        ordering = ["-digest__frozen_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="approved", approved_by__isnull=False, approved_at__isnull=False)
                | ~Q(state="approved") & Q(approved_by=None, approved_at=None),
                name="schedules_edition_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.digest)

    def get_absolute_url(self) -> str:
        query = urlencode({"unit": self.digest.unit.code, "period": self.digest.period_key})
        return f"{reverse('schedules:edition')}?{query}"

    @property
    def seen(self) -> str:
        """Tells this text from the next."""
        return str(self.written_at.timestamp())
