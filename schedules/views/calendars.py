"""Calendars: one's own subscriptions, downloads by officer, unit and person, files for all officers of a unit, and the
address that calendar clients ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from contacts.access import Deed, find_for, requires
from contacts.models import Actor, AuditEntry, Officer, Stakeholder, Unit
from contacts.requests import OfficerRequest
from schedules import calendars, feeds, tasks
from schedules.calendars import Calendar, Selection, Wishes, sets
from schedules.forms.calendars import DownloadForm, FeedForm, SetForm
from schedules.models import CalendarSet, FeedToken

UNHEARD = dt.timedelta(minutes=2)  # for so long without a word, nobody may be at work


@requires(Deed.SEE_ROSTER)
def index(request: OfficerRequest) -> HttpResponse:
    """One's subscriptions, a form for another one, and the downloads. A new secret is shown here once."""
    person = {"stakeholder": request.GET.get("person", "")}
    form = FeedForm(request.POST or None, officer=request.user, initial=person)
    new: dict[str, Any] = {}
    if form.is_valid():
        actor, now = Actor.of(request), timezone.now()
        new["feed"], secret = feeds.subscribe(request.user, now=now, actor=actor, **form.asked)
        new["address"] = feeds.address(secret)
        new["webcal"] = "webcal" + feeds.address(secret).removeprefix("https").removeprefix("http")
        form = FeedForm(officer=request.user)
    return _page(request, form, DownloadForm(None, officer=request.user), **new)


def _page(request: OfficerRequest, form: FeedForm, download: DownloadForm, **more: Any) -> HttpResponse:
    mine = FeedToken.objects.visible_to(request.user).live().select_related("of_unit", "of_person")
    context = {"form": form, "download": download, "feeds": mine, **more}
    return render(request, "schedules/calendar_list.html", context, status=400 if download.is_bound else 200)


@requires(Deed.SEE_ROSTER)
@require_POST
def revoke(request: OfficerRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(FeedToken.objects.visible_to(request.user), pk=pk)
    feeds.revoke(feed, now=timezone.now(), actor=Actor.of(request))
    messages.success(request, _("“%(name)s” is revoked: its address answers no more.") % {"name": feed.name})
    return redirect("schedules:calendar-list")


# --- downloads -----------------------------------------------------------------------------------------------


@requires(Deed.EXPORT)
@require_GET
def download(request: OfficerRequest) -> HttpResponse:
    """To the calendar of whom the form names."""
    form = DownloadForm(request.GET, officer=request.user)
    if not form.is_valid():
        return _page(request, FeedForm(officer=request.user), form)
    return redirect(form.address())


@requires(Deed.EXPORT)
@require_GET
def of_officer(request: OfficerRequest, number: str) -> HttpResponseBase:
    officer = find_for(request.user, Officer.objects.all(), Deed.EXPORT, police_number=number)
    return _file(
        request, officer, calendars.of_officer(officer, request.user, timezone.now(), **_span(request))
    )


@requires(Deed.EXPORT)
@require_GET
def of_unit(request: OfficerRequest, code: str) -> HttpResponseBase:
    unit = find_for(request.user, Unit.objects.all(), Deed.EXPORT, code=code)
    return _file(request, unit, calendars.of_unit(unit, request.user, timezone.now(), **_span(request)))


@requires(Deed.EXPORT)
@require_GET
def of_person(request: OfficerRequest, pk: int) -> HttpResponseBase:
    person = find_for(request.user, Stakeholder.objects.all(), Deed.EXPORT, pk=pk)
    return _file(request, person, calendars.of_person(person, request.user, timezone.now(), **_span(request)))


def _span(request: OfficerRequest) -> dict[str, dt.date | None]:
    try:
        return {name: _day(request.GET.get(name)) for name in ("since", "until")}
    except ValueError as error:
        raise Http404 from error


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _file(request: OfficerRequest, whose: Model, selection: Selection) -> HttpResponseBase:
    """The file, once it is whole and stands in the trail."""
    wishes = Wishes(names="without_names" not in request.GET, alarm="with_alarm" in request.GET)
    file, written = Calendar(selection, wishes).spool()
    after = {"events": written.events}
    AuditEntry.objects.record(Actor.of(request), "export calendar", whose, after=after)
    response = FileResponse(file, content_type=calendars.CONTENT_TYPE)
    name = f"{whose if wishes.names or not isinstance(whose, Stakeholder) else whose.number}"
    day = timezone.localdate(selection.now)
    response["Content-Disposition"] = content_disposition_header(True, f"{name} {day}.ics") or ""
    return response


# --- a calendar for each officer of a unit -------------------------------------------------------------------


@requires(Deed.EXPORT)
def set_index(request: OfficerRequest) -> HttpResponse:
    """Have a set made, see how far it is, take it away."""
    wanted = {"unit": request.GET.get("unit", "")}
    form = SetForm(request.POST or None, officer=request.user, initial=wanted)
    if form.is_valid():
        asked = dict(form.cleaned_data)
        asked["with_names"] = not asked.pop("without_names")
        sets.order(asked.pop("unit"), request.user, **asked, now=timezone.now(), actor=Actor.of(request))
        ring()
        return redirect("schedules:calendar-sets")
    found = list(CalendarSet.objects.visible_to(request.user).select_related("unit")[:20])
    waiting = [one for one in found if one.state in CalendarSet.DUE]
    silent = timezone.now() - UNHEARD
    context = {
        "form": form,
        "sets": found,
        "waits": bool(waiting),
        "silent": any(max(one.asked_at, one.leased_until or one.asked_at) < silent for one in waiting),
        "kept_days": sets.KEPT.days,
    }
    status = 400 if form.is_bound else 200
    return render(request, "schedules/calendar_set_list.html", context, status=status)


@requires(Deed.EXPORT)
@require_GET
def set_file(request: OfficerRequest, pk: int) -> HttpResponseBase:
    one = get_object_or_404(CalendarSet.objects.visible_to(request.user).select_related("unit"), pk=pk)
    file = sets.opened(one, Actor.of(request))
    if file is None:
        raise Http404
    name = f"{one.unit} {timezone.localdate(one.ready_at)}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def ring() -> None:
    """Wake the worker. If that fails it is written down, and the worker looks by itself within a minute."""
    transaction.on_commit(tasks.make_calendars, robust=True)


# --- what a calendar client reads ----------------------------------------------------------------------------


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The secret is all that a client has: no sign-in, no cookie, whatever it says it accepts. Whoever has the calendar
    already is answered without any of it being written."""
    now = timezone.now()
    found = feeds.find(secret)
    calendar = feeds.calendar(found, now) if found else None
    if found is None or calendar is None:
        raise Http404
    feeds.note_use(found, now)
    if "If-None-Match" in request.headers:
        etag = calendar.etag()
        if unchanged := get_conditional_response(request, etag=etag):
            return _for_clients(unchanged, etag)
    file, written = calendar.spool()
    response = FileResponse(file, content_type=calendars.CONTENT_TYPE)
    if request.method == "HEAD":
        response.streaming_content = ()
    return _for_clients(response, written.etag)


def _for_clients(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["Cache-Control"], response["ETag"], response["X-Robots-Tag"] = "private", etag, "noindex"
    return response
