"""A year's calendar to check the official notice against, and the form that enters the notice at once (R9)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, requires
from contacts.models import Actor
from schedules import configuring, notice_text
from schedules.day_kinds import COLUMNS, Kind, describe, runs, weeks_of
from schedules.forms.years import BaseNoticeRows, NoticeForm, notice_rows
from schedules.workdays import Workdays

YEARS = range(2000, 2101)


@requires(Deed.CONFIGURE)
def index(request: HttpRequest) -> HttpResponse:
    """Twelve small months, and below each what is off or made up in it."""
    year, workdays = _year(request), Workdays.load()
    days = describe(dt.date(year, 1, 1), dt.date(year, 12, 31), workdays)
    months: list[dict[str, Any]] = [
        {
            "first": first,
            "weeks": [[days[day] if day.month == first.month else None for day in week] for week in weeks_of(first)],
            "runs": [],
        }
        for first in (dt.date(year, month, 1) for month in range(1, 13))
    ]  # fmt: skip
    for run in runs(list(days.values())):
        months[run.first.date.month - 1]["runs"].append(run)
    context = {
        "year": year,
        "months": months,
        "unknown_years": [] if workdays.knows(year) else [year],
        "worked": sum(day.is_worked for day in days.values()),
        "kinds": [kind for kind in Kind if kind != Kind.WORKED],
        "weekdays": COLUMNS,
    }
    return render(request, "schedules/day_calendar.html", context)


@requires(Deed.CONFIGURE)
def notice(request: HttpRequest) -> HttpResponse:
    """Rows typed, or read from the pasted text; entered together or not at all, and nothing typed is lost."""
    form = NoticeForm(request.POST or None, initial={"year": _year(request), "known": True})
    rows = notice_rows(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if "read" in request.POST:
            rows = _read(request, form)
        else:
            rows.year = form.cleaned_data["year"]
            if rows.is_valid():
                return _enter(request, form, rows)
    context = {"form": form, "rows": rows, "complaints": rows.complaints if rows.is_bound else []}
    return render(request, "schedules/day_notice.html", context)


def _read(request: HttpRequest, form: NoticeForm) -> BaseNoticeRows:
    """The rows that the text gives; those typed stay where it gives none."""
    lines = notice_text.read(form.cleaned_data["text"], form.cleaned_data["year"])
    if not lines:
        messages.warning(request, _("No holiday could be read from the text; fill in the rows by hand."))
        return notice_rows(request.POST)
    messages.success(
        request, _("%(count)s rows were read. Check them, then enter the notice.") % {"count": len(lines)}
    )
    words = {True: "yes", False: "no"}
    return notice_rows(
        initial=[
            {"first": line.first, "last": line.last, "is_working": words[line.is_working], "note": line.note}
            for line in lines
        ],
    )


def _enter(request: HttpRequest, form: NoticeForm, rows: BaseNoticeRows) -> HttpResponse:
    year = form.cleaned_data["year"]
    configuring.enter_notice(year, rows.lines, known=form.cleaned_data["known"], actor=Actor.of(request))
    messages.success(
        request,
        _("The notice of %(year)s is entered; the next pass moves what was planned.") % {"year": year},
    )
    return redirect(f"{reverse('schedules:day-calendar')}?year={year}")


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year") or str(timezone.localdate().year)
    if not text.isdecimal() or int(text) not in YEARS:
        raise Http404
    return int(text)
