"""Which digests one gets, and when."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contacts.access import Deed, reach, requires
from contacts.models import Actor, Unit, UnitRole
from contacts.requests import OfficerRequest
from schedules.digests.choices import of_officer
from schedules.forms.digests import LENGTHS, ChoicesForm
from schedules.models import DigestChoice


@requires(Deed.DIGEST)
def index(request: OfficerRequest) -> HttpResponse:
    """Of one's own units, of those that one chose something for, and of `unit`, a code, if it stands there."""
    within = reach(request.user, Deed.DIGEST)
    offered = Unit.objects.open().filter(within.q(unit="", own=Q(pk__in=[])))
    current = {
        unit for (unit, _cadence), when in of_officer(request.user).items() if when != DigestChoice.When.NEVER
    }
    led = request.user.roles.in_force().filter(role=UnitRole.Role.LEADER).values("unit")
    code = request.GET.get("unit", "").replace("\0", "")  # which PostgreSQL refuses
    shown = offered.filter(Q(pk__in=current) | Q(pk__in=led) | Q(code=code))
    form = ChoicesForm(request.POST or None, officer=request.user, units=shown.order_by("path"))
    if request.method == "POST" and form.is_valid():
        form.save(Actor.of(request))
        messages.success(request, _("From the next period that is due on, you get what you chose."))
        return redirect("schedules:digest-choices")
    context = {
        "form": form,
        "lengths": LENGTHS.values(),
        "offered": offered.order_by("path"),
        "after": settings.DIGEST_FREEZE_WORKING_DAYS,
        "ahead": settings.DIGEST_AHEAD_WORKING_DAYS,
    }
    return render(request, "schedules/digest_choices.html", context)
