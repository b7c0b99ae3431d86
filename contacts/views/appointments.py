"""Appointments: the list of them, renewing one, ending one early, and its certificate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts import terms
from contacts.access import Deed, find_for, requires
from contacts.appointing import end_early, note_certificate, renew
from contacts.forms.appointments import CertificateForm, EndEarlyForm, RenewForm
from contacts.forms.fields import done
from contacts.models import Actor, Seat
from contacts.requests import OfficerRequest
from contacts.tables.appointments import AppointmentListing
from contacts.views.lists import ListPage
from liaison.redirects import way_back


class Index(ListPage):
    listing = AppointmentListing
    template_name = "contacts/appointment_list.html"


@requires(Deed.EDIT_ROSTER)
def renewal(request: OfficerRequest, pk: int) -> HttpResponse:
    """Another term; the one that was keeps its days."""
    seat = _appointment(request, pk)
    form = RenewForm(request.POST or None, seat=seat, today=timezone.localdate())
    return _ask(
        request, seat, form, lambda said: renew(seat, **said, actor=Actor.of(request)),
        title=_("Renew: %(name)s"), verb=pgettext("an appointment", "Renew"), said=_("%(name)s is appointed for another term."),
    )  # fmt: skip


@requires(Deed.EDIT_ROSTER)
def end(request: OfficerRequest, pk: int) -> HttpResponse:
    """End one before its time."""
    seat = _appointment(request, pk)
    form = EndEarlyForm(request.POST or None)
    return _ask(
        request, seat, form, lambda said: end_early(seat, **said, actor=Actor.of(request)),
        title=_("End early: %(name)s"), verb=_("End it"), said=_("The appointment of %(name)s has its last day."),
    )  # fmt: skip


@requires(Deed.EDIT_ROSTER)
def certificate(request: OfficerRequest, pk: int) -> HttpResponse:
    """When the certificate went out and came back."""
    seat = _appointment(request, pk)
    form = CertificateForm(request.POST or None, seat=seat, today=timezone.localdate())
    return _ask(
        request, seat, form, lambda said: note_certificate(seat, **said, actor=Actor.of(request)),
        title=_("Certificate of %(name)s"), verb=_("Save"), said=_("Saved."),
    )  # fmt: skip


def _appointment(request: OfficerRequest, pk: int) -> Seat:
    seats = Seat.objects.appointments().select_related("stakeholder", "unit", "renewed_by")
    return find_for(request.user, seats, Deed.EDIT_ROSTER, pk=pk)


def _ask(
    request: OfficerRequest, seat: Seat, form: forms.Form, act: Callable[[dict[str, Any]], object], *, title: str,
    verb: str, said: str,
) -> HttpResponse:  # fmt: skip
    """The page that asks about one appointment, and once it is answered the deed and the way back."""
    name = {"name": seat.stakeholder.name}
    back = way_back(request, f"{seat.stakeholder.get_absolute_url()}#appointments")
    if form.is_valid() and done(form, lambda: act(form.cleaned_data)):
        messages.success(request, said % name)
        return redirect(back)
    context = {
        "form": form,
        "seat": seat,
        "term": terms.days(seat),
        "title": title % name,
        "verb": verb,
        "back": back,
    }
    return render(request, "contacts/appointment_form.html", context)
