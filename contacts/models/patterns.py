"""What officers said when they were asked about a pattern in their records."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PatternNote(models.Model):
    """The answer to one question of `contacts.patterns`, which is named by its month, its officer and its `key`. The words
    of the question are kept: the records that gave rise to it may be corrected afterwards."""

    class Explanation(models.TextChoices):
        TOGETHER = "together", _("made one after the other, and entered together")
        OCCASION = "occasion", _("one occasion with several people: a meeting, a visit, a notice to all")
        NOTES = "notes", _("kept on paper or in a list first, or entered by somebody else")
        NO_ACCESS = "no_access", _("no computer, network or time before: night duty, an operation, leave")
        OTHER = "other", _("something else, see below")

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pattern_notes"
    )
    month = models.CharField(max_length=7)
    key = models.CharField(max_length=40)
    question = models.CharField(_("question"), max_length=300)
    explanation = models.CharField(_("what it was"), max_length=10, choices=Explanation)
    note = models.CharField(_("note"), max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("note on a question")
        verbose_name_plural = _("notes on questions")
        ordering = ["asked_at", "pk"]
        constraints = [
            # Nobody is asked twice; the second of two coordinators is told so.
            models.UniqueConstraint(
                fields=["month", "officer", "key"], name="contacts_pattern_note_once_per_question"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.get_explanation_display()}"
