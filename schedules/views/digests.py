"""The digest page: what a unit, or an officer, owed, did and heard in a period."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed, reach, requires
from contacts.models import Actor, AuditEntry, Stakeholder
from contacts.names import masked
from contacts.requests import OfficerRequest
from schedules import periods
from schedules.digests import workbook
from schedules.digests.names import names
from schedules.digests.phrases import neighbours, period_name, siblings
from schedules.digests.reading import Reading
from schedules.digests.scope import Scope
from schedules.digests.shown import Shown, code_above, scope_for, shown
from schedules.periods import Period

LENGTHS = {
    "week": _("Week"),
    "month": _("Month"),
    "quarter": _("Quarter"),
    "half_year": _("Half-year"),
    "year": _("Year"),
}
HEADLINE = {
    "owed": _("owed"),
    "met": _("met"),
    "open": _("open"),
    "missed": _("missed"),
    "waived": _("waived"),
    "attempts": _("attempts"),
    "not_reached": _("not reached in this period"),
    "received": _("opinions received"),
    "answered": _("opinions answered"),
}


@requires(Deed.DIGEST)
def index(request: OfficerRequest) -> HttpResponse:
    """`unit` is a code, or "own"; `period` a key. Without them: the highest unit one may see, this month."""
    now = timezone.now()
    scope, period = _asked(request, now)
    found = shown(scope, period, now)
    seen = Stakeholder.objects.visible_to(request.user)
    reading = Reading(found.figures, names(found.figures, seen), found.below)
    before, after = neighbours(period, timezone.localdate(now))
    context = {
        "reading": reading,
        "scope": scope,
        "found": found,
        "changes": _changes(found),
        "absence": scope.unit.absence(period.start, period.end) if scope.unit else "",
        "earlier": (before.key, period_name(before)),
        "later": after and (after.key, period_name(after)),
        "lengths": [
            (one.key, LENGTHS[one.cadence], one == period)
            for one in siblings(period, timezone.localdate(now))
        ],
        "above": code_above(request.user, scope),
        "has_own": scope.officer is None and reach(request.user, Deed.DIGEST).own,
    }
    return render(request, "schedules/digest.html", context)


@requires(Deed.DIGEST)
def download(request: OfficerRequest) -> FileResponse:
    """The same figures as a workbook. Names are masked for those who may not export the roster."""
    now = timezone.now()
    scope, period = _asked(request, now)
    found = shown(scope, period, now, compare=False)
    people = Stakeholder.objects.visible_to(request.user)
    show = str if _may_export(request, scope) else masked
    reading = Reading(found.figures, names(found.figures, people, show))
    with transaction.atomic():
        AuditEntry.objects.record(
            Actor.of(request), "export", scope.unit or scope.officer, after={"table": "digest", "format": "xlsx", "period": period.key}
        )  # fmt: skip
    return FileResponse(workbook.write(reading), as_attachment=True, filename=workbook.filename(reading))


def _asked(request: OfficerRequest, now: dt.datetime) -> tuple[Scope, Period]:
    today = timezone.localdate(now)
    try:
        period = periods.parse(request.GET.get("period") or periods.containing(today, "month").key)
    except ValueError as error:
        raise Http404 from error
    scope = scope_for(request.user, request.GET.get("unit", ""))
    if scope is None or period.start > today:
        raise Http404
    return scope, period


def _may_export(request: OfficerRequest, scope: Scope) -> bool:
    allowed = reach(request.user, Deed.EXPORT)
    if scope.officer is not None:
        return allowed.own
    return allowed.everything or any(scope.unit.path.startswith(path) for path in allowed.paths)


def _changes(found: Shown) -> list[tuple[object, int, int]]:
    return [(HEADLINE[name], then, now) for name, then, now in found.changes]
