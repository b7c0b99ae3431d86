"""The digest page: what a unit, or an officer, owed, did and heard in a period."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed, reach, requires
from contacts.models import Actor, AuditEntry, Feedback, Stakeholder
from contacts.names import masked
from contacts.requests import OfficerRequest
from schedules.digests import document, workbook
from schedules.digests.asking import asked
from schedules.digests.comparing import sections
from schedules.digests.lists import BEHIND, select
from schedules.digests.names import names
from schedules.digests.parts import in_words, working_list
from schedules.digests.phrases import neighbours, period_name, siblings
from schedules.digests.reading import Reading
from schedules.digests.rows import TABLES, Reader
from schedules.digests.scope import Scope
from schedules.digests.shown import Shown, code_above, shown
from schedules.forms.digests import LENGTHS, ComparisonForm

ROWS = 50  # of a page
HEADLINE = {name: behind.label for name, behind in BEHIND.items()} | {"broken": _("promises broken")}


@requires(Deed.DIGEST)
def index(request: OfficerRequest) -> HttpResponse:
    now = timezone.now()
    scope, period = asked(request.user, request.GET, now)
    found = shown(scope, period, now)
    seen = Stakeholder.objects.visible_to(request.user)
    reading = Reading(found.figures, names(found.figures, seen), found.below, frozen=bool(found.frozen_at))
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
        "may_remark": _may_remark(request, scope),
        "has_own": scope.officer is None and reach(request.user, Deed.DIGEST).own,
    }
    return render(request, "schedules/digest.html", context)


@requires(Deed.DIGEST)
def rows(request: OfficerRequest) -> HttpResponse:
    """The list behind the figure `of`: as many rows as it says. What tells its parts apart stands beside, such as `kind`
    or `topic`."""
    now = timezone.now()
    scope, period = asked(request.user, request.GET, now)
    found = shown(scope, period, now, compare=False)
    figure = request.GET.get("of", "")
    try:
        parts = {name: request.GET[name] for name in BEHIND[figure].by if request.GET.get(name)}
        words = in_words(parts, found.figures)
    except KeyError as error:
        raise Http404 from error
    lists, kept = found.lists()
    chosen = select(lists, figure, parts)
    page = Paginator(chosen, ROWS).get_page(request.GET.get("page"))
    table = TABLES[BEHIND[figure].rows]
    reader = Reader(
        Stakeholder.objects.visible_to(request.user), Feedback.objects.visible_to(request.user), now
    )
    headers = table.headers()
    context = {
        "reading": Reading(found.figures),
        "found": found,
        "kept": kept,
        "older": workbook.OLDER,
        "now": now,
        "figure": figure,
        "label": BEHIND[figure].label,
        "may_remark": _may_remark(request, scope),
        "parts": words,
        "page_obj": page,
        "headers": headers,
        "rows": [zip(headers, row, strict=True) for row in table.cells(list(page), reader)],
        "sum": sum(row.attempts for row in chosen) if figure == "attempts" else None,
        "work": working_list(figure, parts, found.figures),
    }
    return render(request, "schedules/digest_rows.html", context)


@requires(Deed.DIGEST)
def compare(request: OfficerRequest) -> HttpResponse:
    """Two digests side by side; without the second, the same unit's of the period before."""
    now = timezone.now()
    form = ComparisonForm(request.GET.dict(), officer=request.user, day=timezone.localdate(now))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        scopes = [asked(request.user, one, now) for one in form.asked()]
        readings = [Reading(shown(*one, now, compare=False).figures) for one in scopes]
        names = [
            (str(scope), reading.period_name)
            for (scope, _period), reading in zip(scopes, readings, strict=True)
        ]
        context |= {"readings": readings, "heads": _heads(names), "sections": list(sections(*readings))}
    return render(request, "schedules/digest_compare.html", context)


@requires(Deed.DIGEST)
def download(request: OfficerRequest, suffix: str) -> HttpResponseBase:
    """The same figures as a workbook, with the lists behind them, or as a document to print. Names are masked for those
    who may not export the roster."""
    now = timezone.now()
    scope, period = asked(request.user, request.GET, now)
    found = shown(scope, period, now, compare=False)
    reader = Reader(
        Stakeholder.objects.visible_to(request.user),
        Feedback.objects.visible_to(request.user),
        now,
        str if _may_export(request, scope) else masked,
    )
    reading = Reading(found.figures, names(found.figures, reader.people, reader.show), found.below)
    try:
        file = (
            workbook.write(reading, found.lists(), reader)
            if suffix == "xlsx"
            else io.BytesIO(document.pdf(reading))
        )
    except document.NoPango:
        messages.error(request, document.WITHOUT_PANGO)
        return redirect(reading.digest_link())
    with transaction.atomic():
        AuditEntry.objects.record(
            Actor.of(request), "export", scope.unit or scope.officer, after={"table": "digest", "format": suffix, "period": period.key}
        )  # fmt: skip
    name = f"{reading.title} {period.key}.{suffix}"
    return FileResponse(file, as_attachment=suffix == "xlsx", filename=name)


def _may_export(request: OfficerRequest, scope: Scope) -> bool:
    allowed = reach(request.user, Deed.EXPORT)
    if scope.officer is not None:
        return allowed.own
    return allowed.everything or any(scope.unit.path.startswith(path) for path in allowed.paths)


def _heads(names: list[tuple[str, str]]) -> list[str]:
    """What tells the two apart: their units, their periods, or both."""
    (unit, period), (other_unit, other_period) = names
    if unit == other_unit:
        return [period, other_period]
    if period == other_period:
        return [unit, other_unit]
    return [f"{one} {of}" for one, of in names]


def _may_remark(request: OfficerRequest, scope: Scope) -> bool:
    return scope.unit is not None and reach(request.user, Deed.REMARK).covers(scope.unit.path, own=False)


def _changes(found: Shown) -> list[tuple[object, int, int]]:
    return [(HEADLINE[name], then, now) for name, then, now in found.changes]
