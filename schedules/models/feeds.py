"""Calendar subscriptions: revocable secrets behind an address that needs no sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Stakeholder, Unit

if TYPE_CHECKING:
    from contacts.models import Officer


class FeedTokenQuerySet(models.QuerySet["FeedToken"]):
    def visible_to(self, officer: Officer) -> FeedTokenQuerySet:
        """Everybody keeps their own subscriptions."""
        return self.filter(officer=officer)

    def live(self) -> FeedTokenQuerySet:
        """Those that are answered: neither revoked, nor of an officer who has left or moved to another unit."""
        return self.filter(revoked_at=None, officer__is_active=True, officer__unit=F("unit"))

    def stale(self) -> FeedTokenQuerySet:
        """Those whose officer has left or moved, and that nobody has revoked yet."""
        return self.filter(revoked_at=None).exclude(officer__is_active=True, officer__unit=F("unit"))


class FeedToken(models.Model):
    """A subscription of one officer, known by the SHA-256 of its secret alone. It shows the officer's own contacts, or
    those of a unit and all below it, or those with a person. `unit` is where the officer served when it was made: a
    transfer ends it."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="feed_tokens"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    of_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    of_person = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=50)
    sha256 = models.CharField(max_length=64, unique=True)
    with_names = models.BooleanField(_("show people's names"), default=False)
    with_alarm = models.BooleanField(_("ring at nine on the day"), default=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = FeedTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar subscription")
        verbose_name_plural = _("calendar subscriptions")
        ordering = ["-pk"]
        constraints = [
            # What a subscription shows is one thing.
            models.CheckConstraint(
                condition=Q(of_unit=None) | Q(of_person=None), name="schedules_feedtoken_shows_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shows(self) -> Unit | Stakeholder | None:
        """None: the officer's own contacts."""
        return self.of_unit or self.of_person
