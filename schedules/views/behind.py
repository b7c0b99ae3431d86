"""Who is behind: as of now, and as it was told in the weeks before."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from contacts.access import Deed, requires
from contacts.requests import OfficerRequest
from schedules.behind.figures import add_up, gather
from schedules.behind.reading import Reading
from schedules.digests.shown import code_above, scope_for
from schedules.models import BehindReport
from schedules.workdays import Workdays

AROUND = 2  # weeks before and after the one that is shown


@requires(Deed.SEE_BEHIND)
def index(request: OfficerRequest) -> HttpResponse:
    """`unit` is a code, without it the highest unit one may see; `week` the key of a report, without it now."""
    now = timezone.now()
    scope = scope_for(request.user, request.GET.get("unit", ""), Deed.SEE_BEHIND)
    if scope is None or scope.unit is None:
        raise Http404
    reports = BehindReport.objects.visible_to(request.user).filter(unit=scope.unit)
    key, report = request.GET.get("week", ""), None
    if key:
        report = get_object_or_404(reports, week_key=key)
        figures = report.figures
    else:
        figures = add_up(scope.units, gather(scope.keys, now, Workdays.load()))
    weeks = list(reports.values_list("week_key", flat=True))
    place = weeks.index(key) if key else 0
    context = {
        "reading": Reading(figures, key),
        "report": report,
        "now": now,
        "weeks": weeks[max(place - AROUND, 0) : max(place + AROUND, 2 * AROUND) + 1],
        "above": code_above(request.user, scope),
    }
    return render(request, "schedules/behind.html", context)
