"""Checks of the half-year report run: copies and what says that they were handed over."""

from __future__ import annotations

from django.db.models import Count, F, Q

from contacts.models import ReportCopy, ReportDelivery, ReportMeeting
from schedules.verify.facts import Facts
from schedules.verify.roster import Found


def copies_are_of_their_report(facts: Facts) -> Found:
    """A copy is of a version of its own report, and stands in that report's half-year."""
    fits = Q(half_year=F("report__half_year"), version__report=F("report"))
    for pk in ReportCopy.objects.exclude(fits).order_by("pk").values_list("pk", flat=True):
        yield f"copy {pk}", "Its version or half-year is that of another report."


def deliveries_are_contacts_with_their_person(facts: Facts) -> Found:
    """A copy was handed over in a contact with the person it is for, and follows a correction of that contact (R6)."""
    rows = ReportDelivery.objects.order_by("pk")
    others = rows.exclude(record__stakeholder=F("copy__stakeholder"))
    for pk in others.values_list("pk", flat=True):
        yield f"delivery {pk}", "Its contact was with somebody else."
    for pk in rows.filter(record__superseded_at__isnull=False).values_list("pk", flat=True):
        yield f"delivery {pk}", "Its contact was corrected; it names the one before."


def votes_were_cast_by_those_present(facts: Facts) -> Found:
    """No ballot has more votes than people who were there."""
    votes = F("satisfied") + F("basically") + F("unsatisfied") + F("abstained")
    there = Count("attendances", filter=Q(attendances__record__voided_at=None))
    rows = ReportMeeting.objects.standing().annotate(there=there, cast=votes)
    for pk in rows.filter(cast__gt=F("there")).order_by("pk").values_list("pk", flat=True):
        yield f"report meeting {pk}", "More votes were cast than people were there."
