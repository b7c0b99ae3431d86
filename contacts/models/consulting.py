"""Who else takes part in handling an item: units asked for their opinion, and files that belong to it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed, reach
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


def attached_as(attachment: KeptFile, name: str) -> str:
    """A name of our own: what people call their files stays out of the file system."""
    return f"attachments/{uuid.uuid4()}"


class CoHandling(models.Model):
    """A unit that the handling unit asked for its opinion, and what it said. The lead and the clock stay where they are."""

    feedback = models.ForeignKey("contacts.Feedback", on_delete=models.CASCADE, related_name="co_handling")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit asked"))
    question = models.CharField(_("what is asked"), max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    due_on = models.DateField(_("opinion due on"))
    opinion = models.TextField(_("opinion"), max_length=2000, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("opinion of another unit")
        verbose_name_plural = _("opinions of other units")
        ordering = ["pk"]
        constraints = [
            # Asked again once it has answered.
            models.UniqueConstraint(
                fields=["feedback", "unit"], condition=Q(given_at=None), name="contacts_cohandling_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(given_at=None, given_by=None, opinion="")
                | Q(given_at__isnull=False, given_by__isnull=False) & ~Q(opinion=""),
                name="contacts_cohandling_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feedback}, {self.unit}"

    def may_give(self, officer: Officer) -> bool:
        """Of those who read the item: whoever serves in the unit asked, or answers for it."""
        return officer.unit_id == self.unit_id or reach(officer, Deed.LOG).covers(self.unit.path, own=False)


class KeptFile(models.Model):
    """A file that somebody attached. Kept outside the web's folders, served to whoever may read what it hangs on, each time
    with an entry in the trail."""

    name = models.CharField(_("file name"), max_length=120)
    media_type = models.CharField(max_length=100)
    file = models.FileField(upload_to=attached_as, max_length=60)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Attachment(KeptFile):
    """A file that belongs to an item: a photograph, a letter."""

    feedback = models.ForeignKey("contacts.Feedback", on_delete=models.CASCADE, related_name="attachments")

    class Meta(KeptFile.Meta):
        constraints = [
            models.UniqueConstraint(fields=["feedback", "sha256"], name="contacts_attachment_once"),
        ]
