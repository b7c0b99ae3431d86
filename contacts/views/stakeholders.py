"""One person: their page, their numbers on request, and keeping them by hand."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.access import Deed, find_for, requires
from contacts.editing import save_person
from contacts.forms.stakeholders import StakeholderForm, seat_forms
from contacts.models import Actor, AuditEntry, Officer, Seat, Stakeholder
from contacts.phones import Phone
from contacts.requests import OfficerRequest
from contacts.timeline import History

PER_PAGE = 25  # entries of the timeline


@requires(Deed.SEE_ROSTER)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """The page of a person: numbers, what we owe, seats, pairings, cycles, and what happened."""
    context = _page(request, pk)
    if context["person"].pk != pk:  # whoever had this number was merged into somebody
        return redirect(context["person"])
    return render(request, "contacts/stakeholder_detail.html", context)


@requires(Deed.REVEAL)
@require_POST
def reveal(request: OfficerRequest, pk: int) -> HttpResponse:
    """The same page with the numbers and the address in full; that someone looked stands in the audit trail."""
    person = find_for(request.user, Stakeholder.objects.all(), Deed.REVEAL, pk=pk)
    with transaction.atomic():
        AuditEntry.objects.record(Actor.of(request), "reveal numbers", person)
    context = _page(request, pk) | {"may_see_numbers": True, "revealed": True}
    template = "contacts/_numbers.html" if request.htmx else "contacts/stakeholder_detail.html"
    return render(request, template, context)


@requires(Deed.EDIT_ROSTER)
def create(request: OfficerRequest) -> HttpResponse:
    """Add a person by hand, after a look at those who may be the same one."""
    person = Stakeholder()
    form = StakeholderForm(request.POST or None, editor=request.user, instance=person)
    seats = seat_forms(request.POST or None, person)
    similar: Sequence[Stakeholder] = ()
    if form.is_valid() and seats.is_valid():
        similar = _similar(form, request.user)
        if not similar or request.POST.get("confirmed"):
            saved = _save(request, form, seats)
            messages.success(
                request,
                _("%(name)s is on the roster as %(number)s.") % {"name": saved.name, "number": saved.number},
            )
            return redirect(saved)
    context = {"form": form, "seats": seats, "similar": similar}
    return render(request, "contacts/stakeholder_form.html", context)


@requires(Deed.EDIT_ROSTER)
def update(request: OfficerRequest, pk: int) -> HttpResponse:
    """Change what the roster says of a person."""
    person = find_for(request.user, Stakeholder.objects.all(), Deed.EDIT_ROSTER, pk=pk)
    form = StakeholderForm(request.POST or None, editor=request.user, instance=person)
    seats = seat_forms(request.POST or None, person)
    if form.is_valid() and seats.is_valid():
        _save(request, form, seats)
        messages.success(request, _("Saved."))
        return redirect(person)
    # The form writes what was typed into `person`, so the heading takes the name from the database.
    context = {"form": form, "seats": seats, "person": Stakeholder.objects.get(pk=pk)}
    return render(request, "contacts/stakeholder_form.html", context)


def _page(request: OfficerRequest, pk: int) -> dict:
    user = request.user
    seats = Prefetch("seats", Seat.objects.select_related("unit"))
    people = Stakeholder.objects.select_related("unit").prefetch_related("phones", seats)
    person = find_for(user, people, Deed.SEE_ROSTER, pk=pk)
    today = timezone.localdate()
    pairings = list(person.pairings.select_related("officer", "unit"))
    current = next(
        (p for p in pairings if p.started_on <= today and (p.ended_on is None or p.ended_on >= today)), None
    )
    can = user.rights.over(person.unit.path, own=current is not None and current.officer_id == user.pk)
    history = History.of(person, user)
    return {
        "person": person,
        "today": today,
        "can": can,
        "may_see_numbers": can["see_numbers"],
        "pairings": pairings,
        "current": current,
        "history": history,
        "promises": history.promises,
        "pending": history.pending,
        "page_obj": Paginator(history.entries, PER_PAGE).get_page(request.GET.get("page")),
        "here": person.get_absolute_url(),
    }


def _save(request: OfficerRequest, form: StakeholderForm, seats) -> Stakeholder:
    person = form.save(commit=False)
    changed = seats.save(commit=False)
    phones: Sequence[Phone] = form.cleaned_data["numbers"]
    return save_person(
        person, phones=phones, seats=changed, dropped=seats.deleted_objects, actor=Actor.of(request)
    )


def _similar(form: StakeholderForm, user: Officer) -> Sequence[Stakeholder]:
    """People within reach of the same name, or with one of the same numbers."""
    numbers = [phone.e164 for phone in form.cleaned_data["numbers"]]
    same = Q(name=form.cleaned_data["name"]) | Q(
        pk__in=Stakeholder.objects.filter(phones__e164__in=numbers).values("pk")
    )
    people = Stakeholder.objects.visible_to(user, Deed.EDIT_ROSTER).filter(same)
    return list(people.select_related("unit").prefetch_related("seats")[:10])
