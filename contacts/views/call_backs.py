"""Call-backs: whom to ask about which contact, and what they said."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, find_for, reach, requires
from contacts.call_backs import call_back, may_ask, secret_seed, turns, units_with_contacts, why_not
from contacts.forms.call_backs import CallBackForm
from contacts.forms.fields import done
from contacts.models import Actor, CallBack, ContactRecord
from contacts.months import Month, among
from contacts.requests import OfficerRequest

PER_PAGE = 20  # units
MONTHS = 6  # on offer


@requires(Deed.CALL_BACK)
def index(request: OfficerRequest) -> HttpResponse:
    """What was drawn for each unit in a month that is over, by unit and day."""
    user = request.user
    months = Month.of(timezone.localdate()).before().back(MONTHS)
    month = among(months, request.GET.get("month", ""))
    page = Paginator(units_with_contacts(user, month), PER_PAGE).get_page(request.GET.get("page"))
    found = turns(user, page.object_list, month, seed=secret_seed())
    numbers = reach(user, Deed.SEE_NUMBERS)
    for turn in found:
        for record in turn.records:
            record.may_ask = may_ask(user, record, turn.unit)  # type: ignore[attr-defined]
            record.may_see_numbers = numbers.covers(record.stakeholder.unit.path, own=False)  # type: ignore[attr-defined]
    context = {"month": month, "months": months, "turns": found, "page_obj": page}
    return render(request, "contacts/call_back_list.html", context)


@requires(Deed.CALL_BACK)
def create(request: OfficerRequest, pk: int) -> HttpResponse:
    """Note what the person said about the contact."""
    user, today = request.user, timezone.localdate()
    rows = ContactRecord.objects.select_related("stakeholder__unit", "officer__unit")
    record = find_for(user, rows, Deed.CALL_BACK, pk=pk)
    back = f"{reverse('contacts:call-back-list')}?month={Month.of(record.occurred_on).key}"
    seed = secret_seed()
    refused = why_not(record, user, today, seed=seed)
    # Whoever has typed keeps it, unless the same form came before.
    if refused and (request.method != "POST" or record.call_backs.exists()):
        messages.info(request, refused)
        return redirect(back)
    form = CallBackForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: call_back(record, **form.cleaned_data, today=today, actor=Actor.of(request), seed=seed)
    ):
        messages.success(request, _said(record, form.cleaned_data["happened"]))
        return redirect(back)
    sees = reach(user, Deed.SEE_NUMBERS).covers(record.stakeholder.unit.path, own=False)
    context = {
        "form": form,
        "record": record,
        "person": record.stakeholder,
        "may_see_numbers": sees,
        "back": back,
    }
    return render(request, "contacts/call_back_form.html", context)


def _said(record: ContactRecord, happened: str) -> str:
    if happened == CallBack.Happened.NO:
        return _(
            "Noted. Now ask %(officer)s how it was; the record stands until somebody corrects it."
        ) % {"officer": record.officer.name}  # fmt: skip
    return _("Noted what %(name)s said.") % {"name": record.stakeholder.name}
