"""What is done with an obligation besides meeting it: waiving, moving, saying why it is late, and a recount of a closed period."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.access import Deed, find_for, requires
from contacts.forms.fields import ReasonForm, done
from contacts.models import Actor, Pairing
from contacts.requests import OfficerRequest
from liaison.redirects import way_back
from schedules import handling
from schedules.forms.obligations import ExplanationForm, MoveForm, RecountForm
from schedules.models import Explanation, Leave, Obligation
from schedules.models.obligations import ObligationQuerySet
from schedules.workdays import Workdays


@requires(Deed.WAIVE)
def waive(request: OfficerRequest, pk: int) -> HttpResponse:
    """This contact need not happen, for a reason."""
    owed = find_for(request.user, _live(), Deed.WAIVE, pk=pk)
    form = ReasonForm(request.POST or None)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actor = Actor.of(request)
    if reason and done(form, lambda: handling.waive(owed, reason=reason, actor=actor, now=timezone.now())):
        messages.success(request, _("Waived: %(task)s.") % {"task": owed})
        return _back(request, owed)
    context = {
        "form": form,
        "question": _("Waive this contact?"),
        "explanation": _("%(task)s. It need not happen and counts as waived, not as reached.")
        % {"task": owed},
        "verb": _("Waive it"),
        "cancel_url": way_back(request, owed.stakeholder.get_absolute_url()),
    }
    return render(request, "confirm.html", context)


@requires(Deed.WAIVE)
@require_POST
def unwaive(request: OfficerRequest, pk: int) -> HttpResponse:
    """Owe it again."""
    owed = find_for(request.user, _live(), Deed.WAIVE, pk=pk)
    try:
        handling.unwaive(owed, actor=Actor.of(request), now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Owed again: %(task)s.") % {"task": owed})
    return _back(request, owed)


@requires(Deed.LOG)
def move(request: OfficerRequest, pk: int) -> HttpResponse:
    """Plan a contact for another day of its period, at an hour if one likes. Whoever drags it in the month is led back
    there, refused or not; `moved` in the address offers to take it back."""
    owed = find_for(request.user, _live(), Deed.LOG, pk=pk)
    now = timezone.now()
    form = MoveForm(request.POST or None, owed=owed, now=now)
    if form.is_valid() and done(
        form, lambda: handling.move(owed, **form.cleaned_data, actor=Actor.of(request), now=now)
    ):
        _say_where(request, owed, form.cleaned_data["day"])
        back = way_back(request, owed.stakeholder.get_absolute_url())
        in_month = back.startswith(reverse("schedules:month"))
        return redirect(f"{back}{'&' if '?' in back else '?'}moved={pk}" if in_month else back)
    if request.htmx and request.method == "POST":
        for refusals in form.errors.values():
            messages.error(request, " ".join(map(str, refusals)))
        return _back(request, owed)
    owed.refresh_from_db(fields=["planned_on", "sequence"])  # what a refusal speaks of
    context = {"form": form, "owed": owed, "next": way_back(request, ""), "unknown_year": _unknown_year(owed)}
    return render(request, "schedules/obligation_move.html", context)


@requires(Deed.LOG)
@require_POST
def take_back_move(request: OfficerRequest, pk: int) -> HttpResponse:
    owed = find_for(request.user, _live(), Deed.LOG, pk=pk)
    try:
        handling.take_back_move(owed, actor=Actor.of(request), now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("%(task)s: where it stood before.") % {"task": owed})
    return _back(request, owed)


def _say_where(request: OfficerRequest, owed: Obligation, day: dt.date) -> None:
    """On which day it is planned; that it is a day off or a day of leave is allowed, since people arranged it."""
    workdays = Workdays.load()
    said = _("%(task)s: planned for %(day)s.") % {"task": owed, "day": day}
    warnings = []
    if day not in workdays:
        warnings.append(_("This is a day off."))
    if not workdays.knows(day.year):
        warnings.append(_("The make-up days of %(year)s are not known yet.") % {"year": day.year})
    holder = (
        Pairing.objects.open(timezone.localdate()).filter(stakeholder=owed.stakeholder_id).values("officer")
    )
    if Leave.objects.on(day).filter(officer__in=holder).exists():
        warnings.append(_("The officer is on leave on this day."))
    say = messages.warning if warnings else messages.success
    say(request, " ".join([said, *warnings]))


def _unknown_year(owed: Obligation) -> int | None:
    year = owed.period_end.year
    return None if Workdays.load().knows(year) else year


@requires(Deed.LOG)
def explain(request: OfficerRequest, pk: int) -> HttpResponse:
    """Say why a contact has not happened yet; what was said before stands below."""
    owed = find_for(request.user, _live(), Deed.LOG, pk=pk)
    form = ExplanationForm(request.POST or None)
    actor, now = Actor.of(request), timezone.now()
    if form.is_valid() and done(
        form, lambda: handling.explain(owed, **form.cleaned_data, actor=actor, now=now)
    ):
        messages.success(request, _("The reason is noted; the contact is still owed."))
        return _back(request, owed)
    context = {
        "form": form,
        "owed": owed,
        "reasons": Explanation.Reason,
        "said": owed.explanations.select_related("officer").reverse(),
        "next": way_back(request, ""),
    }
    return render(request, "schedules/explanation_form.html", context)


@requires(Deed.RECOUNT)
def recount(request: OfficerRequest) -> HttpResponse:
    """Apply the rule of existence to a closed period once more, for the people in reach."""
    form = RecountForm(request.POST or None, initial={"period": request.GET.get("period")})
    if form.is_valid():
        try:
            planned = handling.recount(
                form.cleaned_data["period"],
                reason=form.cleaned_data["reason"],
                actor=Actor.of(request),
                now=timezone.now(),
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request,
                _("%(key)s is counted again: %(created)s added, %(withdrawn)s withdrawn.")
                % {
                    "key": form.cleaned_data["period"],
                    "created": planned.created,
                    "withdrawn": planned.withdrawn,
                },
            )
            return redirect("schedules:recount")
    return render(request, "schedules/recount.html", {"form": form})


def _live() -> ObligationQuerySet:
    return Obligation.objects.live().select_related("stakeholder", "policy", "version")


def _back(request: OfficerRequest, owed: Obligation) -> HttpResponse:
    return redirect(way_back(request, owed.stakeholder.get_absolute_url()))
