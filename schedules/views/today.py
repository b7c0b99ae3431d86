"""An officer's day."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contacts import drafts
from contacts.access import Deed, requires
from contacts.requests import OfficerRequest
from schedules import worklist


@requires(Deed.LOG)
def today(request: OfficerRequest) -> HttpResponse:
    """Whom to call: missed, last day, due soon, planned; and how far the month has come."""
    found = worklist.of(request.user, timezone.now())
    context = {
        "worklist": found,
        "today": found.day,
        "may_see_numbers": True,  # one's own people
        "drafts": drafts.waiting(request.user),
    }
    return render(request, "schedules/today.html", context)
