"""Policies and working days, which the city's coordinator keeps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.access import Deed, requires
from contacts.forms.fields import done
from contacts.models import Actor, ContactRecord, Seat
from schedules import configuring, previewing
from schedules.forms.configuring import DayForm, EndPolicyForm, PolicyForm, VersionForm
from schedules.models import Cadence, CyclePolicy, DayOverride, PolicyVersion, Stage
from schedules.workdays import Workdays

YEARS_AHEAD = 2


@requires(Deed.CONFIGURE)
def policies(request: HttpRequest) -> HttpResponse:
    found = CyclePolicy.objects.prefetch_related("versions")
    today = timezone.localdate()
    rows = [
        (policy, [_described(version, today) for version in configuring.in_order(policy)]) for policy in found
    ]
    return render(request, "schedules/policy_list.html", {"policies": rows})


@requires(Deed.CONFIGURE)
def add_policy(request: HttpRequest) -> HttpResponse:
    form = PolicyForm(
        request.POST or None, initial={"stages": Stage.values, "starts_on": timezone.localdate()}
    )
    if form.is_valid() and form.was_seen() and done(form, lambda: configuring.add_policy(
        form.cleaned_data["name"], form.version(), day=timezone.localdate(), actor=Actor.of(request)
    )):  # fmt: skip
        messages.success(request, _("The policy is added; the next pass plans by it."))
        return redirect("schedules:policy-list")
    return _foreseen(request, form)


@requires(Deed.CONFIGURE)
def change_policy(request: HttpRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(CyclePolicy, pk=pk)
    last = configuring.current(policy)
    initial = {field: getattr(last, field) for field in configuring.FIELDS} | {
        "starts_on": timezone.localdate()
    }
    form = VersionForm(request.POST or None, initial=initial)
    if form.is_valid() and form.was_seen() and done(form, lambda: configuring.change_policy(
        policy, form.version(), day=timezone.localdate(), actor=Actor.of(request)
    )):  # fmt: skip
        messages.success(request, _("The change stands; the periods before it keep what was in force."))
        return redirect("schedules:policy-list")
    return _foreseen(request, form, policy)


@requires(Deed.CONFIGURE)
def end_policy(request: HttpRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(CyclePolicy, pk=pk)
    form = EndPolicyForm(request.POST or None, initial={"starts_on": timezone.localdate()}, policy=policy)
    if form.is_valid() and form.was_seen() and done(form, lambda: configuring.end_policy(
        policy, form.version(), day=timezone.localdate(), actor=Actor.of(request), reason=form.cleaned_data["reason"]
    )):  # fmt: skip
        messages.success(request, _("The policy ends; what was owed before stays."))
        return redirect("schedules:policy-list")
    return _foreseen(request, form, policy, ending=True)


@requires(Deed.CONFIGURE)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A change that has not begun to count is as if it had not been made."""
    version = get_object_or_404(PolicyVersion.objects.select_related("policy"), pk=pk)
    try:
        configuring.take_back(version, day=timezone.localdate(), actor=Actor.of(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("The change is taken back; what was in force before it stays."))
    return redirect("schedules:policy-list")


def _foreseen(
    request: HttpRequest, form: Any, policy: CyclePolicy | None = None, *, ending: bool = False
) -> HttpResponse:
    """The form; below it, once it can be read, what the change would create and withdraw."""
    context: dict[str, Any] = {"form": form, "policy": policy, "ending": ending}
    if form.is_bound and form.is_valid():
        form.show_as_seen()
        context["effects"] = previewing.effects(policy.pk if policy else None, form.version(), timezone.now())
        context["sums"] = previewing.total(context["effects"])
    return render(request, "schedules/policy_form.html", context)


@requires(Deed.CONFIGURE)
def days(request: HttpRequest) -> HttpResponse:
    """The days that the bureau has decided about, the newest first, and which years are known."""
    form = DayForm(request.POST or None)
    if form.is_valid() and _decide(request, form):
        return redirect("schedules:day-list")
    calendar, year = Workdays.load(), timezone.localdate().year
    years = [
        (each, calendar.knows(each), each in calendar.entered_years)
        for each in range(year, year + YEARS_AHEAD)
    ]
    context = {
        "form": form,
        "overrides": DayOverride.objects.order_by("-day"),
        "years": years,
        "unknown_years": [each for each, known, _entered in years if not known],
    }
    return render(request, "schedules/day_list.html", context)


def _decide(request: HttpRequest, form: DayForm) -> bool:
    said = form.cleaned_data
    first, last = said["day"], said["until"] or said["day"]
    if not done(form, lambda: configuring.set_days(
        first, last, is_working=said["is_working"], note=said["note"], actor=Actor.of(request)
    )):  # fmt: skip
        return False
    text = _("Noted for %(day)s; the next pass moves what was planned.")
    messages.success(request, text % {"day": first if first == last else f"{first} – {last}"})
    return True


@requires(Deed.CONFIGURE)
@require_POST
def forget_day(request: HttpRequest, day: str) -> HttpResponse:
    override = get_object_or_404(DayOverride, day=_day(day))
    configuring.forget_day(override, actor=Actor.of(request))
    messages.success(request, _("The statutory calendar decides about %(day)s again.") % {"day": day})
    return redirect("schedules:day-list")


@requires(Deed.CONFIGURE)
@require_POST
def confirm_year(request: HttpRequest, year: int) -> HttpResponse:
    if not 2000 <= year <= 2100:
        raise Http404
    configuring.set_year_known(year, known="known" in request.POST, actor=Actor.of(request))
    return redirect("schedules:day-list")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _described(version: PolicyVersion, today: dt.date) -> dict[str, object]:
    """A version in words."""
    return {
        "version": version,
        "ahead": configuring.can_be_taken_back(version, today),
        "kind": ContactRecord.Kind(version.kind).label,
        "cadence": Cadence(version.cadence).label,
        "seats": [Seat.Kind(kind).label for kind in version.seat_kinds],
        "levels": [Seat.Level(level).label for level in version.levels],
        "stand_ins": [ContactRecord.Kind(kind).label for kind in version.stand_in_kinds],
        "stages": [Stage(stage).label for stage in version.stages],
    }
