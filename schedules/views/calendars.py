"""Calendars: one's own subscriptions, downloads by officer and unit, and the address that calendar clients ask."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from contacts.access import Deed, find_for, requires
from contacts.models import Actor, AuditEntry, Officer, Unit
from contacts.requests import OfficerRequest
from schedules import calendars, feeds
from schedules.forms.calendars import DownloadForm, FeedForm
from schedules.models import FeedToken


@requires(Deed.SEE_ROSTER)
def index(request: OfficerRequest) -> HttpResponse:
    """One's subscriptions, a form for another one, and the downloads. A new secret is shown here once."""
    form = FeedForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "download": DownloadForm(None, officer=request.user)}
    if form.is_valid():
        actor, now = Actor.of(request), timezone.now()
        context["feed"], secret = feeds.subscribe(request.user, now=now, actor=actor, **form.cleaned_data)
        context["address"] = feeds.address(secret)
        context["webcal"] = "webcal" + feeds.address(secret).removeprefix("https").removeprefix("http")
        context["form"] = FeedForm()
    context["feeds"] = FeedToken.objects.visible_to(request.user).live()
    return render(request, "schedules/calendar_list.html", context)


@requires(Deed.SEE_ROSTER)
@require_POST
def revoke(request: OfficerRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(FeedToken.objects.visible_to(request.user), pk=pk)
    feeds.revoke(feed, now=timezone.now(), actor=Actor.of(request))
    messages.success(request, _("“%(name)s” is revoked: its address answers no more.") % {"name": feed.name})
    return redirect("schedules:calendar-list")


@requires(Deed.EXPORT)
@require_GET
def download(request: OfficerRequest) -> HttpResponse:
    """To the calendar of the officer or unit that the form names."""
    form = DownloadForm(request.GET, officer=request.user)
    if not form.is_valid():
        context = {
            "form": FeedForm(),
            "download": form,
            "feeds": FeedToken.objects.visible_to(request.user).live(),
        }
        return render(request, "schedules/calendar_list.html", context, status=400)
    return redirect(form.address())


@requires(Deed.EXPORT)
@require_GET
def of_officer(request: OfficerRequest, number: str) -> HttpResponse:
    officer = find_for(request.user, Officer.objects.all(), Deed.EXPORT, police_number=number)
    now = timezone.now()
    return _file(request, officer, calendars.of_officer(officer, request.user, now, **_span(request)), now)


@requires(Deed.EXPORT)
@require_GET
def of_unit(request: OfficerRequest, code: str) -> HttpResponse:
    unit = find_for(request.user, Unit.objects.all(), Deed.EXPORT, code=code)
    now = timezone.now()
    return _file(request, unit, calendars.of_unit(unit, request.user, now, **_span(request)), now)


def _span(request: OfficerRequest) -> dict[str, dt.date | None]:
    try:
        return {name: _day(request.GET.get(name)) for name in ("since", "until")}
    except ValueError as error:
        raise Http404 from error


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _file(request: OfficerRequest, whose: Officer | Unit, rows, now: dt.datetime) -> HttpResponse:
    with transaction.atomic():
        content = calendars.calendar(rows, calendars.Wishes())
        events = content.count(b"\r\nBEGIN:VEVENT")
        AuditEntry.objects.record(Actor.of(request), "export calendar", whose, after={"events": events})
    response = HttpResponse(content, content_type=calendars.CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(
        True, f"{whose} {timezone.localdate(now)}.ics"
    )
    return response


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar client reads. The secret is all it has: no sign-in, no cookie, whatever it says it accepts."""
    found = feeds.find(secret)
    if found is None:
        raise Http404
    content = feeds.content(found, timezone.now())
    response = HttpResponse(content, content_type=calendars.CONTENT_TYPE)
    response["Cache-Control"] = "private"
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()}"'
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
