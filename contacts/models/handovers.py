"""Hand-overs: an officer who moves or leaves, and who takes over each of their people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models.stakeholders import Stakeholder
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> HandoverQuerySet:
        """The hand-overs of the units within reach, and those in which one takes somebody over. Whom one sees of the
        people in it is asked of them."""
        took_over = HandoverLine.objects.filter(handover=OuterRef("pk"), successor=officer)
        return self.filter(access.reach(officer, deed).q(unit="unit__", own=Exists(took_over)))


class Handover(models.Model):
    """`officer` hands people over from the day `on`; `unit` is the one that they were in. The pairings say who is
    responsible: this row says what was done at once, why, and who has to be told."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("officer")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.officer}, {self.on}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:handover-detail", args=[self.pk])


class HandoverLine(models.Model):
    """One person, and who takes them over."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="lines")
    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            # One hand-over gives a person to one officer.
            models.UniqueConstraint(fields=["handover", "stakeholder"], name="contacts_handover_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.stakeholder}: {self.successor}"
