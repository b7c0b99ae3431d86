"""Explanations: why a contact that is late has not happened yet, as whoever looks after the person says."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schedules.models.obligations import Obligation


class Explanation(models.Model):
    """The latest one counts, the earlier ones are its history. It changes no state and no figure: a reason is no
    waiver."""

    class Reason(models.TextChoices):
        AWAY = "away", _("person is away")
        NO_ANSWER = "no_answer", _("person does not answer")
        LATER = "later", _("person asked for later")
        OFFICER_AWAY = "officer_away", _("officer on leave or assigned elsewhere")
        OTHER = "other", _("another reason")

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="explanations")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    text = models.CharField(_("in a sentence"), max_length=200, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = _("explanation")
        verbose_name_plural = _("explanations")
        ordering = ["given_at", "pk"]
        constraints = [
            # "Another reason" alone explains nothing.
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(text=""), name="schedules_explanation_other_in_words"
            ),
        ]

    def __str__(self) -> str:
        reason = str(self.get_reason_display())
        return (
            gettext("%(reason)s: %(text)s") % {"reason": reason, "text": self.text} if self.text else reason
        )

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An explanation is never edited; give another one.")
        super().save(**kwargs)
