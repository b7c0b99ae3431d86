"""An officer's leave: marked and taken back, each a transaction with its audit entry. The next pass moves what was
planned for these days and not arranged by people (R8)."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry, Officer, Pairing
from schedules.coverage import State, with_status
from schedules.models import Leave, Obligation

LONGEST = dt.timedelta(days=366)  # more is a year typed wrongly


@transaction.atomic
def mark(
    officer: Officer, *, first: dt.date, last: dt.date, today: dt.date, actor: Actor, note: str = ""
) -> Leave:
    """The officer is away from `first` to `last`, both inclusive. Raises ValidationError."""
    if last < first:
        raise ValidationError(_("The last day is before the first. Correct one of them."))
    if last < today:
        raise ValidationError(_("These days are over; choose a last day of today or later."))
    if last - first > LONGEST:
        raise ValidationError(_("Leave of more than a year: look at the years of the two days."))
    Officer.objects.filter(pk=officer.pk).locked().get()  # two who mark at once take turns
    if standing := Leave.objects.filter(officer=officer).within(first, last).first():
        raise ValidationError(
            _(
                "Leave from %(start)s to %(end)s stands already. Remove that first, or choose days outside of it."
            ),
            params={"start": standing.first_day, "end": standing.last_day},
        )
    leave = Leave.objects.create(officer=officer, first_day=first, last_day=last, note=note)
    AuditEntry.objects.record(
        actor, "mark leave", leave, after={"first_day": first, "last_day": last, "note": note}
    )
    return leave


@transaction.atomic
def remove(leave: Leave, *, actor: Actor) -> None:
    """The officer is there on these days after all. What was moved stays where it is (R8)."""
    gone = Leave.objects.select_for_update().filter(pk=leave.pk).first()
    if gone is None:
        raise ValidationError(_("This leave has been removed already."))
    before = {"first_day": gone.first_day, "last_day": gone.last_day, "note": gone.note}
    AuditEntry.objects.record(actor, "remove leave", gone, before=before)
    gone.delete()


class Touched(NamedTuple):
    """How many planned contacts stand on days of leave, and how many of them people arranged, which stay."""

    planned: int
    arranged: int

    @property
    def moving(self) -> int:
        return self.planned - self.arranged


def touched(officer: Officer, first: dt.date, last: dt.date, now: dt.datetime) -> Touched:
    """What is open and planned for the officer on these days."""
    held = Pairing.objects.filter(officer=officer).values("stakeholder")
    rows = Obligation.objects.live().filter(stakeholder__in=held, planned_on__range=(first, last))
    own = with_status(rows.order_by(), now).filter(state=State.OPEN, responsible_officer_id=officer.pk)
    arranged = list(own.values_list("arranged", flat=True))
    return Touched(len(arranged), sum(arranged))
