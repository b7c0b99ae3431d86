"""Stand-ins: who looks after an absent officer's people from a day to a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class StandInQuerySet(models.QuerySet["StandIn"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> StandInQuerySet:
        """By the unit of the absent officer, and one's own; whoever stands in sees it and decides nothing about it."""
        own = Q(absent=officer)
        if deed == access.Deed.SEE_ROSTER:
            own |= Q(stand_in=officer)
        return self.filter(access.reach(officer, deed).q(unit="absent__unit__", own=own))

    def lasting(self, day: dt.date) -> StandInQuerySet:
        """On `day` or on some day after it, unless it was ended on its only day."""
        return self.filter(ends_on__gte=day, ended_at=None)

    def in_force(self, day: dt.date) -> StandInQuerySet:
        """On `day`; over at once for whoever may not sign in any more or was moved to another unit."""
        return self.lasting(day).filter(
            starts_on__lte=day, stand_in__is_active=True, stand_in__unit=F("unit")
        )


class StandIn(models.Model):
    """On its days, both inclusive, `stand_in` sees and does with the people whom `absent` holds what `absent` could.
    Roles are not taken over: whoever stands in for a leader leads nobody, because four eyes give roles. Nor does it
    pass on: of those for whom the absent officer stands in, nothing is seen. `unit` is where the stand-in served when
    it was made."""

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences", verbose_name=_("absent")
    )
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("stand-in")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    ended_at = models.DateTimeField(null=True, editable=False)  # on the day on which it began
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="contacts_stand_in_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(absent=F("stand_in")), name="contacts_stand_in_is_somebody_else"
            ),
        ]
        indexes = [
            # Rights, once a request: for whom does this officer stand in today?
            models.Index(fields=["stand_in", "ends_on"], name="contacts_stand_in_of_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.stand_in} for {self.absent}, {self.starts_on} – {self.ends_on}"

    @property
    def serves_there(self) -> bool:
        """Is the stand-in still where they were named? If not, it is over whatever the days say."""
        return self.stand_in.is_active and self.stand_in.unit_id == self.unit_id
