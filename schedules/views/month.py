"""An officer's month as a calendar."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode

from contacts.access import Deed, requires
from contacts.models import Officer
from contacts.requests import OfficerRequest
from schedules import handling, month
from schedules.day_kinds import COLUMNS
from schedules.models import Obligation

EARLIEST, LATEST = 2000, 2100  # years


@requires(Deed.SEE_ROSTER)
def index(request: OfficerRequest) -> HttpResponse:
    """Of oneself, or of an officer within reach: `?officer=100001&month=2026-12&day=2026-12-24`."""
    now = timezone.now()
    today = timezone.localdate(now)
    chosen = _day(request.GET.get("day"))
    first = _day(f"{request.GET['month']}-01") if request.GET.get("month") else None
    first = first or (chosen or today).replace(day=1)
    officer = _whose(request)
    found = month.of(officer, request.user, first, now)
    day = found.days.get(chosen or (today if today.month == first.month else first)) or found.days[first]
    is_own = officer.pk == request.user.pk
    context = {
        "month": found,
        "day": day,
        "chosen": chosen,
        "today": today,
        "is_own": is_own,
        "whose": "" if is_own else f"officer={officer.police_number}&",
        "here": f"{request.path}?{urlencode(_here(request, first))}",
        "moved": _moved(request),
        "weekdays": COLUMNS,
        "may_mark": request.user.rights.reach(Deed.STAND_IN).covers(officer.unit.path, own=is_own),
    }
    return render(request, "schedules/month.html", context)


def _moved(request: OfficerRequest) -> Obligation | None:
    """What was just moved, and may be put back."""
    pk = request.GET.get("moved", "")
    rows = (
        Obligation.objects.live().visible_to(request.user, Deed.LOG).select_related("stakeholder", "policy")
    )
    owed = rows.filter(pk=pk).first() if pk.isdecimal() else None
    return owed if owed and handling.last_move(owed, request.user) else None


def _whose(request: OfficerRequest) -> Officer:
    number = request.GET.get("officer")
    if not number or number == request.user.police_number:
        return request.user
    officers = Officer.objects.visible_to(request.user).select_related("unit")
    return get_object_or_404(officers, police_number=number)


def _here(request: OfficerRequest, first: dt.date) -> dict[str, str]:
    """What the address of this page says, without what was just moved."""
    kept = {name: request.GET[name] for name in ("officer", "day") if request.GET.get(name)}
    return {"month": f"{first:%Y-%m}"} | kept


def _day(text: str | None) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Http404 from error
    if day and not EARLIEST <= day.year <= LATEST:
        raise Http404
    return day
