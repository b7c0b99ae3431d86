"""Call-backs: what people said when somebody outside the unit asked them about a contact that had been drawn."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.answers import Rating
from contacts.models.records import ContactRecord


class CallBack(models.Model):
    """One person's word on one contact. It follows the record through its corrections, voids nothing and counts
    for nothing: a "no" is a question to whoever made the contact."""

    class Happened(models.TextChoices):
        YES = "yes", _("yes, it took place")
        FORGOTTEN = "forgotten", _("does not remember")
        NO = "no", _("no, says it did not take place")
        NOT_REACHED = "not_reached", _("the person was not reached")

    record = models.ForeignKey(ContactRecord, on_delete=models.PROTECT, related_name="call_backs")
    happened = models.CharField(_("did it take place"), max_length=11, choices=Happened)
    process = models.CharField(_("with the contact"), max_length=12, choices=Rating.Verdict)
    result = models.CharField(_("with what came of it"), max_length=12, choices=Rating.Verdict)
    comment = models.CharField(_("in their words"), max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["asked_at", "pk"]
        constraints = [
            # Nobody is bothered twice about one contact, whoever asks and however often the form is sent.
            models.UniqueConstraint(fields=["record"], name="contacts_call_back_once_per_record"),
            # How satisfied one is with what one does not remember is no answer.
            models.CheckConstraint(
                condition=Q(happened="yes") | Q(process="not_said", result="not_said"),
                name="contacts_call_back_rates_what_took_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.get_happened_display()}"
