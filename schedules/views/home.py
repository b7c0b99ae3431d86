"""The start page: the first thing each kind of officer needs."""

import datetime as dt

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from contacts import duplicates
from contacts.access import Column, Deed, requires, signed_in
from contacts.models import Feedback, Officer, Pairing, RepairingRequest, Seat, Stakeholder
from contacts.requests import OfficerRequest
from schedules import existence, facts
from schedules.models import Delivery

COORDINATORS = {Column.CITY_COORDINATOR, Column.COUNTY_COORDINATOR}
LEADERS = {Column.CITY_LEADER, Column.COUNTY_LEADER, Column.STATION_LEADER}
# Who takes no part in the liaison work begins with what they watch over.
POWERS = [
    (Deed.MANAGE_ACCOUNTS, "contacts:account-list"),
    (Deed.APPROVE_ROLE, "contacts:role-list"),
    (Deed.READ_AUDIT, "contacts:audit-list"),
]


@signed_in
def index(request: OfficerRequest) -> HttpResponse:
    return redirect(_place(request.user))


@requires(Deed.EDIT_ROSTER)
def overview(request: OfficerRequest) -> HttpResponse:
    """What needs a coordinator, as numbers that lead to it."""
    user, day = request.user, timezone.localdate()
    feedback = Feedback.objects.visible_to(user)
    deliveries = Delivery.objects.visible_to(user)
    context = {
        "unpaired": _unpaired(user, day),
        "duplicates": len(duplicates.find(user).pairs),
        "asked": RepairingRequest.objects.visible_to(user).undecided().count(),
        "overdue": feedback.overdue(day).count(),
        "review": feedback.to_review(day).count(),
        "to_rate": feedback.to_rate().count(),
        "dead": deliveries.filter(state=Delivery.State.DEAD).count(),
        "unknown": deliveries.filter(state=Delivery.State.UNKNOWN).count(),
    }
    return render(request, "schedules/overview.html", context)


def _unpaired(officer: Officer, day: dt.date) -> list[tuple[Seat.Kind, int]]:
    """For each kind of seat that a policy in force asks contacts for: how many people nobody is responsible for."""
    kinds = {
        kind
        for versions in facts.versions_by_policy().values()
        for version, period in existence.in_force(versions, day, day)
        if day in period
        for kind in version.seat_kinds
    }
    people = Stakeholder.objects.visible_to(officer).unpaired(day)
    seats = Seat.objects.active(day).filter(kind__in=kinds, stakeholder__in=people).order_by()
    counted = dict(seats.values_list("kind").annotate(Count("stakeholder", distinct=True)))
    return [(kind, counted.get(kind, 0)) for kind in Seat.Kind if kind in kinds]


def _place(officer: Officer) -> str:
    """Whoever holds someone begins with the day's list; others with what their role asks of them."""
    rights = officer.rights
    if not rights.may(Deed.LOG):
        return next((place for deed, place in POWERS if rights.may(deed)), "contacts:settings")
    if not rights.columns & (COORDINATORS | LEADERS) or _holds_anyone(officer):
        return "schedules:today"
    return "schedules:overview" if rights.columns & COORDINATORS else "schedules:digest"


def _holds_anyone(officer: Officer) -> bool:
    own = officer.rights.acting_for
    return Pairing.objects.open(timezone.localdate()).filter(officer__in=own).exists()
