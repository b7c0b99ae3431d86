"""Gatherings: one meeting with many people, or one briefing sent to them, of whom each has a record of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import access
from contacts.models.consulting import KeptFile
from contacts.models.records import ContactRecord

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class GatheringQuerySet(models.QuerySet["Gathering"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> GatheringQuerySet:
        """Those at which somebody within reach was."""
        theirs = ContactRecord.objects.visible_to(officer, deed).filter(gathering=OuterRef("pk"))
        return self.filter(Exists(theirs))

    def counted(self) -> GatheringQuerySet:
        """Each with `present`: how many were there."""
        live = Q(records__voided_at=None, records__superseded_at=None)
        return self.annotate(present=Count("records", filter=live))


class Gathering(models.Model):
    """What all who were there have in common. Who was there, their records say; a record that is voided took them out.

    A briefing is one to which nobody comes: official facts that go out by a `channel`, a record for each who got them.
    """

    KINDS = (ContactRecord.Kind.MEETING, ContactRecord.Kind.REPORT)  # at which people are

    class Channel(models.TextChoices):
        """How a briefing went out."""

        CHAT = "chat", _("chat group")
        EMAIL = "email", _("e-mail")
        PAPER = "paper", _("on paper")
        BY_HAND = "by_hand", _("by hand")
        PHONE = "phone", _("by telephone")

    present: int  # with `counted`

    title = models.CharField(_("title"), max_length=100)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ContactRecord.Kind, default=ContactRecord.Kind.MEETING
    )
    occurred_at = models.DateTimeField(_("day and time"))
    place = models.CharField(_("place"), max_length=100, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, blank=True)
    summary = models.TextField(_("what was said to all"), max_length=1500, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    submission = models.UUIDField(null=True, editable=False)  # of the form it came with

    objects = GatheringQuerySet.as_manager()

    class Meta:
        verbose_name = _("gathering")
        verbose_name_plural = _("gatherings")
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            # A form sent twice logs one gathering.
            models.UniqueConstraint(fields=["submission"], name="contacts_gathering_submitted_once"),
            # What is sent has a way, and nothing else has one.
            models.CheckConstraint(
                condition=Q(kind="briefing") & ~Q(channel="") | ~Q(kind="briefing") & Q(channel=""),
                name="contacts_gathering_channel_of_briefings",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-occurred_at"], name="contacts_gathering_latest"),  # briefings sent
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contacts:gathering-detail", args=[self.pk])

    @property
    def is_briefing(self) -> bool:
        return self.kind == ContactRecord.Kind.BRIEFING

    @property
    def others(self) -> int:
        """How many were there beside one who was."""
        return max(self.present - 1, 0)


class GatheringFile(KeptFile):
    """A file that went out with a briefing."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="files")

    class Meta(KeptFile.Meta):
        constraints = [
            models.UniqueConstraint(fields=["gathering", "sha256"], name="contacts_gatheringfile_once"),
        ]


class Publication(models.Model):
    """What one who got a briefing published after it."""

    record = models.ForeignKey(ContactRecord, on_delete=models.PROTECT, related_name="publications")
    medium = models.CharField(_("medium"), max_length=50)
    title = models.CharField(pgettext_lazy("of an article", "title"), max_length=200)
    published_on = models.DateField(_("published on"))
    link = models.URLField(_("link"), max_length=500, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["published_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "medium", "title", "published_on"], name="contacts_publication_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.medium}: {self.title}"
