"""Leave: who is away, marked and removed, with a word on what is planned for these days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.access import Deed, find_for, requires
from contacts.forms.fields import done
from contacts.models import Actor, Officer, StandIn
from contacts.requests import OfficerRequest
from liaison.redirects import way_back
from schedules import leaves
from schedules.forms.leaves import LeaveForm
from schedules.models import Leave

PER_PAGE = 25


@requires(Deed.STAND_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """Leave of today and later that one may see, and the form that marks more. Days in the query, or sent to `look`, are
    only looked at: what is planned for them."""
    user, now = request.user, timezone.now()
    day = timezone.localdate(now)
    asked = request.GET if {"first_day", "last_day"} <= request.GET.keys() else None
    form = LeaveForm(request.POST or asked, editor=user, initial={"first_day": day, **request.GET.dict()})
    context: dict[str, Any] = {"form": form, "today": day, "next": way_back(request, "")}
    marks = request.method == "POST" and "look" not in request.POST
    if marks and form.is_valid() and _mark(request, form, day):
        return redirect(way_back(request, reverse("schedules:leave-list")))
    if form.is_valid():
        context["touched"] = leaves.touched(*form.span, now)
        context["stand_in_query"] = stand_in_query(*form.span)
    context["page_obj"] = _rows(request, day)
    context["absences"] = _absences_without_leave(user, day)
    if user.rights.may(Deed.PAIR):
        context["nearby"] = Officer.objects.active().filter(unit=user.unit_id)
    return render(request, "schedules/leave_list.html", context)


def _mark(request: OfficerRequest, form: LeaveForm, day: dt.date) -> bool:
    officer, first, last = form.span
    if not done(form, lambda: leaves.mark(
        officer, first=first, last=last, today=day, actor=Actor.of(request), note=form.cleaned_data["note"]
    )):  # fmt: skip
        return False
    found = leaves.touched(officer, first, last, timezone.now())
    messages.success(
        request,
        _("%(officer)s is away from %(first)s to %(last)s. Planned contacts that the next pass moves to other days of their periods: %(moving)s; arranged by hand, and left where they are: %(arranged)s.")
        % {"officer": officer.name, "first": first, "last": last, "moving": found.moving, "arranged": found.arranged},
    )  # fmt: skip
    return True


@requires(Deed.STAND_IN)
@require_POST
def remove(request: OfficerRequest, pk: int) -> HttpResponse:
    leave = find_for(request.user, Leave.objects.select_related("officer"), Deed.STAND_IN, pk=pk)
    try:
        leaves.remove(leave, actor=Actor.of(request))
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        messages.success(
            request, _("Removed: %(leave)s. What is planned stays where it is.") % {"leave": leave}
        )
    return redirect(way_back(request, reverse("schedules:leave-list")))


def stand_in_query(officer: Officer, first: dt.date, last: dt.date) -> str:
    """For the address of the page that names a stand-in for these days."""
    return urlencode({"absent": officer.police_number, "starts_on": str(first), "ends_on": str(last)})


def _rows(request: OfficerRequest, day: dt.date) -> Any:
    user = request.user
    rows = Leave.objects.visible_to(user).lasting(day).select_related("officer__unit")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    reach = user.rights.reach(Deed.STAND_IN)
    for row in page.object_list:
        row.may_remove = reach.covers(row.officer.unit.path, own=row.officer_id == user.pk)  # type: ignore[attr-defined]
        row.stand_in_query = stand_in_query(row.officer, row.first_day, row.last_day)  # type: ignore[attr-defined]
    return page


def _absences_without_leave(user: Officer, day: dt.date) -> list[StandIn]:
    """When somebody stands in for one, and nothing says that one is away."""
    away = list(Leave.objects.filter(officer=user).lasting(day))
    return [
        absence
        for absence in StandIn.objects.lasting(day).filter(absent=user).select_related("stand_in")
        if not any(one.first_day <= absence.ends_on and one.last_day >= absence.starts_on for one in away)
    ]
