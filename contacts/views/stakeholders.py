"""One person: their page, their numbers on request, and keeping them by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts import phones, terms
from contacts.access import Deed, find_for, requires
from contacts.appointments import Appointments
from contacts.editing import ChangedMeanwhile, save_person
from contacts.forms.stakeholders import StakeholderForm, seat_forms
from contacts.half_years import HalfYear
from contacts.meanwhile import Meanwhile
from contacts.models import Actor, AuditEntry, Seat, Stakeholder
from contacts.models.reports import latest_letter
from contacts.phones import Phone
from contacts.requests import OfficerRequest
from contacts.similar import Similar, similar_to
from contacts.timeline import History
from contacts.unit_history import of_their_day

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
    form.looks_for_similar()
    seats = seat_forms(request.POST or None, person)
    similar = Similar()
    if form.is_valid() and seats.is_valid():
        similar = _similar(request, form.cleaned_data["name"], form.cleaned_data["numbers"])
        if (not similar or request.POST.get("confirmed")) and (saved := _save(request, form, seats)):
            messages.success(
                request,
                _("%(name)s is on the roster as %(number)s.") % {"name": saved.name, "number": saved.number},
            )
            return redirect(saved)
    context = {"form": form, "seats": seats, "similar": similar, "may_confirm": True}
    return render(request, "contacts/stakeholder_form.html", context)


@requires(Deed.EDIT_ROSTER)
def similar(request: OfficerRequest) -> HttpResponse:
    """Who may be the same one, while somebody is being typed; sent by POST, which keeps numbers out of logs."""
    typed = request.POST or request.GET
    numbers = phones.read(typed.get("numbers", "")[:200]).numbers
    found = _similar(request, typed.get("name", "")[:50].replace("\0", ""), numbers)
    return render(request, "contacts/_similar.html", {"similar": found})


@requires(Deed.EDIT_ROSTER)
def update(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Change what the roster says of a person, unless somebody else did while the form stood open, or merged them into
    another: then they are told."""
    person = find_for(request.user, Stakeholder.objects.all(), Deed.EDIT_ROSTER, pk=pk)
    name = person.name  # the form writes what was typed into `person`
    if person.pk != pk and request.method != "POST":
        return redirect("contacts:stakeholder-update", person.pk)
    meanwhile = Meanwhile(person, request.POST, pk)
    form = StakeholderForm(meanwhile.data or None, editor=request.user, instance=person)
    seats = seat_forms(meanwhile.data or None, person)
    if form.is_valid() and seats.is_valid() and not meanwhile.happened:
        try:
            saved = _save(request, form, seats, opened=meanwhile.now)
        except ChangedMeanwhile:  # just now, between the look and the lock
            return update(request, pk)
        if saved:
            messages.success(request, _("Saved."))
            return redirect(person)
    if person.pk != pk:
        messages.warning(
            request,
            _(
                "This person was merged into %(number)s %(name)s meanwhile. Look again at what you typed, then save."
            )
            % {"number": person.number, "name": name},
        )
    context = {"form": form, "seats": seats, "person": person, "name": name, "meanwhile": meanwhile}
    return render(request, "contacts/stakeholder_form.html", context)


def _page(request: OfficerRequest, pk: int) -> dict:
    user = request.user
    seats = Prefetch("seats", Seat.objects.select_related("unit", "renewed_by"))
    people = Stakeholder.objects.select_related("unit").prefetch_related("phones", seats)
    person = find_for(user, people.annotate(**latest_letter()), Deed.SEE_ROSTER, pk=pk)
    today = timezone.localdate()
    pairings = list(of_their_day(person.pairings.select_related("officer", "unit"), today))
    current = next(
        (p for p in pairings if p.started_on <= today and (p.ended_on is None or p.ended_on >= today)), None
    )
    own = current is not None and current.officer_id in user.rights.acting_for
    can = user.rights.over(person.unit.path, own)
    history = History.of(person, user)
    seats_over_time = terms.history(person.seats.all(), today)
    return {
        "person": person,
        "today": today,
        "can": can,
        "may_see_numbers": can["see_numbers"],
        "seats": [one for one in seats_over_time if one[0].kind not in Seat.APPOINTED],
        "appointments": Appointments.of(person, history, today),
        "held": list(dict.fromkeys(str(seat) for seat, _term, held in seats_over_time if held)),
        "pairings": pairings,
        "current": current,
        "history": history,
        "promises": history.promises,
        "pending": history.pending,
        "page_obj": Paginator(history.entries, PER_PAGE).get_page(request.GET.get("page")),
        "letter": person.letter_id and HalfYear.parse(person.letter_half_year),
        "here": person.get_absolute_url(),
    }


def _save(
    request: OfficerRequest, form: StakeholderForm, seats, opened: Mapping[str, str] | None = None
) -> Stakeholder | None:
    """None, with the reason on the form, when somebody else was quicker with the same certificate."""
    person = form.save(commit=False)
    changed = seats.save(commit=False)
    numbers: Sequence[Phone] = form.cleaned_data["numbers"]
    actor = Actor.of(request)
    try:
        return save_person(
            person, phones=numbers, seats=changed, dropped=seats.deleted_objects, opened=opened, actor=actor
        )
    except IntegrityError:
        form.add_error(
            None, _("Somebody saved one of these seats at the same moment; look at the certificate numbers.")
        )
        return None


def _similar(request: OfficerRequest, name: str, numbers: Sequence[Phone]) -> Similar:
    return similar_to(name, numbers, editor=request.user, day=timezone.localdate())
