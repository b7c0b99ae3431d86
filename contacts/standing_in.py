"""Somebody looks after an absent officer's people, and stops doing so."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry, Officer, StandIn

ONE_DAY = dt.timedelta(days=1)


@transaction.atomic
def appoint(
    absent: Officer,
    other: Officer,
    *,
    starts_on: dt.date,
    ends_on: dt.date,
    actor: Actor,
    reason: str = "",
) -> StandIn:
    """Let `other` stand in for `absent` on these days, both inclusive; one at a time. Raises ValidationError."""
    if absent.pk == other.pk:
        raise ValidationError(_("Nobody stands in for themselves; choose somebody else."))
    if ends_on < starts_on:
        raise ValidationError(_("The last day is before the first. Correct one of them."))
    active = set(
        Officer.objects.active().filter(pk__in=[absent.pk, other.pk]).locked().values_list("pk", flat=True)
    )
    for officer in (absent, other):
        if officer.pk not in active:
            raise ValidationError(
                _("The account of %(officer)s is switched off; choose somebody else."),
                params={"officer": officer.name},
            )
    overlapping = StandIn.objects.lasting(starts_on).filter(absent=absent, starts_on__lte=ends_on)
    if standing := overlapping.select_related("stand_in").first():
        raise ValidationError(
            _(
                "%(other)s stands in for %(absent)s from %(start)s to %(end)s. End that first, or choose other days."
            ),
            params={
                "other": standing.stand_in.name,
                "absent": absent.name,
                "start": standing.starts_on,
                "end": standing.ends_on,
            },
        )
    made = StandIn.objects.create(
        absent=absent, stand_in=other, unit=other.unit, starts_on=starts_on, ends_on=ends_on, reason=reason,
        made_by=actor.officer,
    )  # fmt: skip
    after = {"officer": other.police_number, "from": starts_on, "until": ends_on}
    AuditEntry.objects.record(actor, "appoint stand-in", absent, after=after, reason=reason)
    return made


@transaction.atomic
def end(stand_in: StandIn, *, on: dt.date, actor: Actor, reason: str = "") -> None:
    """End it at once: the day before `on` is its last. One that has not begun is gone; one that began on that day keeps
    it, since something may have been done on it."""
    still = StandIn.objects.lasting(on).filter(pk=stand_in.pk)
    ended = (
        still.filter(starts_on__lt=on).update(ends_on=on - ONE_DAY)
        or still.filter(starts_on=on).update(ends_on=on, ended_at=timezone.now())
        or still.delete()[0]
    )
    if not ended:
        raise ValidationError(_("It has ended already."))
    before = {"officer": stand_in.stand_in.police_number, "until": stand_in.ends_on}
    AuditEntry.objects.record(actor, "end stand-in", stand_in.absent, before=before, reason=reason)


def end_all_of(officer: Officer, *, on: dt.date, actor: Actor, reason: str) -> None:
    """For whoever is switched off, on either side."""
    rows = StandIn.objects.lasting(on).filter(Q(absent=officer) | Q(stand_in=officer))
    for row in rows.select_related("absent", "stand_in"):
        end(row, on=on, actor=actor, reason=reason)
