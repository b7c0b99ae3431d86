"""Checks of what people enter: pairings and contacts."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from contacts.models import ContactRecord, Pairing, StandIn
from schedules.verify.facts import Facts

Found = Iterator[tuple[object, str]]


def contact_stands_on_its_day(facts: Facts) -> Found:
    """The stored day is the bureau's day of the instant (R1)."""
    rows = ContactRecord.objects.order_by("pk").annotate(day=TruncDate("occurred_at"))
    for pk, day, stored in rows.exclude(day=F("occurred_on")).values_list("pk", "day", "occurred_on"):
        yield f"contact {pk}", f"It happened on {day} and stands on {stored}."


def pairings_do_not_overlap(facts: Facts) -> Found:
    """At most one officer is responsible on a day (R4, R5)."""
    later = Pairing.objects.filter(stakeholder=OuterRef("stakeholder"), started_on__gt=OuterRef("started_on"))
    overlapping = later.filter(Q(started_on__lte=OuterRef("ended_on")))
    rows = Pairing.objects.order_by("pk").filter(
        Q(ended_on=None) & Exists(later) | Q(ended_on__isnull=False) & Exists(overlapping)
    )
    for pk, person in rows.values_list("pk", "stakeholder"):
        yield f"pairing {pk}", f"Another pairing of person {person} begins before it ends."


def unit_in_charge_follows_the_pairing(facts: Facts) -> Found:
    """Whoever has an open pairing is in the charge of its unit."""
    rows = Pairing.objects.filter(ended_on=None, started_on__lte=facts.day).exclude(
        unit=F("stakeholder__unit")
    )
    for pk, person in rows.order_by("pk").values_list("pk", "stakeholder"):
        yield f"pairing {pk}", f"Person {person} is in the charge of another unit."


def no_open_pairing_with_an_inactive_officer(facts: Facts) -> Found:
    """Whoever is responsible can sign in."""
    rows = Pairing.objects.lasting(facts.day).filter(officer__is_active=False).order_by("pk")
    for pk, officer in rows.values_list("pk", "officer__police_number"):
        yield f"pairing {pk}", f"The account of officer {officer} is switched off; hand this person over."


def one_stands_in_at_a_time(facts: Facts) -> Found:
    """An absent officer's people are looked after by one officer on a day."""
    standing = StandIn.objects.filter(ended_at=None)
    others = standing.filter(
        absent=OuterRef("absent"), starts_on__lte=OuterRef("ends_on"), ends_on__gte=OuterRef("starts_on")
    ).exclude(pk=OuterRef("pk"))
    for pk, officer in standing.filter(Exists(others)).values_list("pk", "absent__police_number"):
        yield f"stand-in {pk}", f"Another one stands in for officer {officer} on some of its days."


def corrections_name_what_they_correct(facts: Facts) -> Found:
    """A record is superseded exactly if another one, about the same person, supersedes it (R6)."""
    replacing = ContactRecord.objects.filter(supersedes=OuterRef("pk"))
    rows = ContactRecord.objects.order_by("pk")
    for pk in rows.filter(~Exists(replacing), superseded_at__isnull=False).values_list("pk", flat=True):
        yield f"contact {pk}", "It is superseded, but by nothing."
    for pk in rows.filter(Exists(replacing), superseded_at=None).values_list("pk", flat=True):
        yield f"contact {pk}", "It counts, although another one supersedes it."
    others = rows.filter(supersedes__isnull=False).exclude(supersedes__stakeholder=F("stakeholder"))
    for pk in others.values_list("pk", flat=True):
        yield f"contact {pk}", "It supersedes a contact with somebody else."
