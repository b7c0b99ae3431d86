"""The start page: the first thing each kind of officer needs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from contacts.access import Deed, signed_in

# The first that an officer may do decides. Whoever holds pairings begins with today's list.
PLACES = [
    (Deed.LOG, "schedules:today"),
    (Deed.DIGEST, "schedules:digest"),
    (Deed.MANAGE_ACCOUNTS, "contacts:account-list"),
    (Deed.APPROVE_ROLE, "contacts:role-list"),
    (Deed.READ_AUDIT, "contacts:audit-list"),
]


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    return redirect(next((place for deed, place in PLACES if request.user.rights.may(deed)), "contacts:settings"))
