"""Handing over all that an officer holds, and the sheet with which the successors begin."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.access import Deed, find_for, requires
from contacts.forms.handovers import HandOverForm
from contacts.forms.pairings import pairable
from contacts.handover_sheet import read_sheet
from contacts.handovers import hand_over
from contacts.models import Actor, Handover, Officer, Pairing, Stakeholder
from contacts.pairing_proposals import Proposal, propose
from contacts.requests import OfficerRequest


@requires(Deed.PAIR)
def create(request: OfficerRequest, number: str) -> HttpResponse:
    """Give everybody whom an officer holds, or will hold, to successors."""
    officer = find_for(request.user, Officer.objects.select_related("unit"), Deed.PAIR, police_number=number)
    day = timezone.localdate()
    held = Pairing.objects.visible_to(request.user, Deed.PAIR).lasting(day).filter(officer=officer)
    pairings = list(held.select_related("stakeholder").order_by("stakeholder__street", "stakeholder__pinyin"))
    form = HandOverForm(
        request.POST or None,
        editor=request.user,
        day=day,
        pairings=pairings,
        proposals=_proposals(request.user, officer, pairings),
    )
    if form.is_valid():
        on, reason = form.cleaned_data["on"], form.cleaned_data["reason"]
        try:
            made, left = hand_over(officer, form.successors, on=on, actor=Actor.of(request), reason=reason)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            _say(request, made, left)
            return redirect(made)
    nearby = pairable(request.user).filter(unit=officer.unit).exclude(pk=officer.pk)
    context = {"form": form, "officer": officer, "nearby": nearby, "today": day}
    return render(request, "contacts/handover_form.html", context)


@requires(Deed.SEE_ROSTER)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """The hand-over sheet: what a successor needs to know of each person, to read or to print."""
    handovers = Handover.objects.select_related("officer", "made_by")
    handover = find_for(request.user, handovers, Deed.SEE_ROSTER, pk=pk)
    today = timezone.localdate()
    context = {"handover": handover, "entries": read_sheet(handover, request.user, today), "today": today}
    return render(request, "contacts/handover_detail.html", context)


def _proposals(editor: Officer, officer: Officer, pairings: list[Pairing]) -> dict[int, Proposal]:
    """By person: the rules of proposals, the officer's own unit first, nobody out of the editor's reach."""
    if not pairings:
        return {}
    people = {pairing.stakeholder_id for pairing in pairings}
    found = propose(
        Stakeholder.objects.filter(pk__in=people),
        timezone.localdate(),
        within=set(pairable(editor).values_list("pk", flat=True)),
        instead_of=dict.fromkeys(people, officer.pk),
        unit=officer.unit_id,
    )
    return {proposal.stakeholder.pk: proposal for proposal in found}


def _say(request: OfficerRequest, made: Handover, left: list[Stakeholder]) -> None:
    number = made.lines.count()
    messages.success(
        request,
        ngettext(
            "%(number)d person is handed over from %(day)s. Both sides are told.",
            "%(number)d people are handed over from %(day)s. Both sides are told.",
            number,
        )
        % {"number": number, "day": made.on},
    )
    if left:
        names = ", ".join(person.name for person in left)
        messages.warning(
            request,
            _("Somebody was quicker; these were not with %(officer)s any more: %(names)s")
            % {"officer": made.officer.name, "names": names},
        )
