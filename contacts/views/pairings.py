"""Pairing a person with an officer, handing over, and ending a pairing."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, find_for, requires
from contacts.forms.pairings import EndPairingForm, PairForm
from contacts.handling import end_pairing, pair
from contacts.models import Actor, Officer, Pairing, Stakeholder
from contacts.requests import OfficerRequest
from liaison.redirects import way_back


@requires(Deed.PAIR)
def create(request: OfficerRequest, pk: int) -> HttpResponse:
    """Make an officer responsible for a person; whoever was, stops on the day before."""
    person = find_for(request.user, Stakeholder.objects.select_related("unit"), Deed.PAIR, pk=pk)
    day = timezone.localdate()
    current = person.pairings.open(day).select_related("officer", "unit").first()
    form = PairForm(request.POST or None, editor=request.user, day=day, hand_over=current is not None)
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            made = pair(
                person, wanted["officer"], on=wanted["on"], actor=Actor.of(request), reason=wanted["reason"]
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request,
                _("%(officer)s is responsible for %(name)s from %(day)s.")
                % {"officer": made.officer.name, "name": person.name, "day": made.started_on},
            )
            # The person may have left with the pairing: then only the list is in reach.
            still = Stakeholder.objects.visible_to(request.user).filter(pk=person.pk).exists()
            return redirect(
                way_back(request, person.get_absolute_url()) if still else "contacts:stakeholder-list"
            )
    nearby = Officer.objects.visible_to(request.user, Deed.PAIR).active().filter(unit=person.unit)
    context = {"form": form, "person": person, "current": current, "nearby": nearby}
    return render(request, "contacts/pairing_form.html", context)


@requires(Deed.PAIR)
def end(request: OfficerRequest, pk: int) -> HttpResponse:
    """End a pairing after a day; nobody is responsible then."""
    pairing = find_for(
        request.user, Pairing.objects.select_related("officer", "stakeholder"), Deed.PAIR, pk=pk
    )
    person = pairing.stakeholder
    form = EndPairingForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if form.is_valid():
        try:
            end_pairing(pairing, actor=Actor.of(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request, _("Nobody is responsible for %(name)s any more.") % {"name": person.name}
            )
            return redirect(way_back(request, person.get_absolute_url()))
    context = {
        "form": form,
        "question": _("End this pairing?"),
        "explanation": _("%(officer)s stops being responsible for %(name)s, and nobody takes over.")
        % {"officer": pairing.officer.name, "name": person.name},
        "verb": _("End the pairing"),
        "danger": True,
        "cancel_url": way_back(request, person.get_absolute_url()),
    }
    return render(request, "confirm.html", context)
