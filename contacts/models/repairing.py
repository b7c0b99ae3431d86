"""Requests that a person be given another officer. Without a reason, so that nothing can be read from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models.pairings import Pairing
from contacts.models.stakeholders import Stakeholder

if TYPE_CHECKING:
    from contacts.models.audit import Actor
    from contacts.models.officers import Officer


class RepairingRequestQuerySet(models.QuerySet["RepairingRequest"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.PAIR) -> RepairingRequestQuerySet:
        """For those who pair the person; never for the officer who holds them, whatever else that officer may do."""
        reach = access.reach(officer, deed)
        theirs = Pairing.objects.open(timezone.localdate()).filter(
            stakeholder=OuterRef("stakeholder"), officer__in=officer.rights.acting_for
        )
        return self.filter(reach.q(unit="stakeholder__unit__", own=Q(pk__in=[])), ~Exists(theirs))

    def undecided(self) -> RepairingRequestQuerySet:
        return self.filter(decided_at=None)

    def decide(self, outcome: str, actor: Actor) -> int:
        """Close those that nobody has decided yet; how many."""
        officer = actor.officer
        return self.undecided().update(decided_at=timezone.now(), decided_by=officer, outcome=outcome)


class RepairingRequest(models.Model):
    """Somebody asks that a person be given another officer. Pairing the person anew is the answer, or declining."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        DECLINED = "declined", _("declined")

    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects = RepairingRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for another officer")
        verbose_name_plural = _("requests for another officer")
        ordering = ["asked_at", "pk"]
        constraints = [
            # Asked twice, or by two, it is one request: nobody learns from asking whether one stands.
            models.UniqueConstraint(
                fields=["stakeholder"], condition=Q(decided_at=None), name="contacts_repairing_one_undecided"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, outcome="") | Q(decided_at__isnull=False) & ~Q(outcome=""),
                name="contacts_repairing_decided_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return str(self.stakeholder)
