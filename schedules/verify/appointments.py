"""Checks of appointments: renewals, and the numbers of certificates."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q

from contacts.models import Seat
from schedules.verify.facts import Facts
from schedules.verify.roster import Found


def renewals_follow_what_they_renew(facts: Facts) -> Found:
    """A renewal is the same person's appointment of the same kind, and begins after the one before has ended."""
    rows = Seat.objects.filter(renews__isnull=False).order_by("pk")
    others = rows.exclude(stakeholder=F("renews__stakeholder"), kind=F("renews__kind"))
    for pk, before in others.values_list("pk", "renews"):
        yield f"seat {pk}", f"It renews seat {before}, which is another person's or of another kind."
    lasting = Q(renews__ended_on=None) | Q(started_on=None) | Q(renews__ended_on__gte=F("started_on"))
    for pk, before in rows.filter(lasting).values_list("pk", "renews"):
        yield f"seat {pk}", f"It begins before seat {before}, which it renews, has ended."


def certificates_are_of_one_person(facts: Facts) -> Found:
    """The constraint leaves renewals alone, which may keep their number; nobody else may have it."""
    same = Seat.objects.filter(kind=OuterRef("kind"), certificate=OuterRef("certificate"))
    rows = Seat.objects.exclude(certificate="").filter(renews__isnull=False).order_by("pk")
    twice = rows.filter(Exists(same.exclude(stakeholder=OuterRef("stakeholder"))))
    for pk, number in twice.values_list("pk", "certificate"):
        yield f"seat {pk}", f"Somebody else has the certificate {number} too."
