"""Journals: what one deed changed, row by row, so that it can be taken back."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Journal(models.Model):
    """One deed over many rows. `contacts.journal` writes it and takes it back."""

    class Kind(models.TextChoices):
        IMPORT = "import", _("import")
        MERGE = "merge", _("merging of people")
        TURNOVER = "turnover", _("turn of terms")
        UNITS = "units", _("change of the unit tree")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    made_at = models.DateTimeField(_("when"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(_("taken back at"), null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("journal")
        verbose_name_plural = _("journals")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.made_at:%Y-%m-%d %H:%M}"


class JournalLineQuerySet(models.QuerySet["JournalLine"]):
    def standing(self) -> JournalLineQuerySet:
        """What was not taken back."""
        return self.filter(undone=False)

    def stuck(self) -> JournalLineQuerySet:
        """What stayed when it was taken back, with what stands in the way."""
        return self.standing().filter(obstacle__isnull=False)


class JournalLine(models.Model):
    """One row that the deed created (`before` null), deleted (`after` null) or changed (both hold what differs, by the
    field's attname). Lines of one `group`, the key of the thing they belong to, go back together. `obstacle` says
    why a line stayed, in whole or in part; contacts/obstacles.py knows its forms."""

    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="lines")
    group = models.BigIntegerField()
    model = models.CharField(max_length=50)  # "contacts.seat"
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    undone = models.BooleanField(default=False)
    obstacle = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    objects = JournalLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal line")
        verbose_name_plural = _("journal lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(before__isnull=False) | models.Q(after__isnull=False),
                name="contacts_journalline_says_something",
            ),
        ]
        indexes = [
            models.Index(fields=["journal", "group"], name="contacts_journalline_groups"),
            models.Index(fields=["model", "object_id"], name="contacts_journalline_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
