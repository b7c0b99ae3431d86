"""An officer for everybody whom nobody is responsible for, or for whom another one was asked: proposed, changed or left
out, and paired at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.access import Deed, requires
from contacts.forms.pairings import pairable
from contacts.models import Actor, Officer, Pairing, RepairingRequest, Stakeholder
from contacts.pairing import Left, pair_proposed
from contacts.pairing_proposals import Proposal, propose
from contacts.requests import OfficerRequest
from schedules.facts import awaiting_an_officer
from schedules.forms.proposals import ProposalsForm

PER_PAGE = 50
AT_ONCE = 2000  # people for whom the page looks for an officer; the others come when these are paired
UNDECIDED = 50  # of whom a person must decide, shown below
Asked = Mapping[int, Any]  # person → the request for another officer, with `holder` and `holder_name`


@requires(Deed.PAIR)
def index(request: OfficerRequest) -> HttpResponse:
    """Proposals for those within reach; what is ticked is paired in one transaction."""
    day = timezone.localdate()
    asked = _asked(request.user, day)
    if request.method == "POST":
        form = _form(request, day, _propose(request.user, _posted(request), day, asked))
        if form.is_valid():
            _pair(request, form, asked)
            return redirect(request.get_full_path())
        if not form.proposals:  # nobody of the page that was sent is within reach any more
            for error in form.non_field_errors():
                messages.warning(request, str(error))
            return redirect(request.get_full_path())
    found = _propose(request.user, _waiting(request.user, day, asked), day, asked)
    page = Paginator([one for one in found if one.officer], PER_PAGE).get_page(request.GET.get("page"))
    if request.method != "POST":
        form = _form(request, day, page.object_list)
    undecided = [one for one in found if not one.officer]
    context = {
        "form": form,
        "page_obj": page,
        "undecided": undecided[:UNDECIDED],
        "undecided_more": max(0, len(undecided) - UNDECIDED),
        "at_once": AT_ONCE if len(found) >= AT_ONCE else None,
    }
    return render(request, "schedules/proposal_list.html", context)


# --- who is on the page --------------------------------------------------------------------------------------


def _asked(editor: Officer, day: dt.date) -> Asked:
    """The requests that stand, as far as the editor may hear of them."""
    holder = Pairing.objects.open(day).filter(stakeholder=OuterRef("stakeholder"))
    requests = RepairingRequest.objects.visible_to(editor).undecided().select_related("stakeholder__unit")
    found = requests.annotate(
        holder=Subquery(holder.values("officer")[:1]),
        holder_name=Subquery(holder.values("officer__name")[:1]),
    )
    return {one.stakeholder_id: one for one in found.order_by("asked_at", "pk")[:AT_ONCE]}


def _waiting(editor: Officer, day: dt.date, asked: Asked) -> list[Stakeholder]:
    """Those for whom another officer was asked, and those whom nobody holds."""
    unheld = awaiting_an_officer(day).visible_to(editor, Deed.PAIR).select_related("unit")
    people = {person.pk: person for person in unheld.order_by("pk")[:AT_ONCE]}
    return list((people | {pk: one.stakeholder for pk, one in asked.items()}).values())


def _posted(request: OfficerRequest) -> QuerySet[Stakeholder]:
    """The people of the page that was sent, as far as they are within reach; paired meanwhile or not."""
    within = Stakeholder.objects.visible_to(request.user, Deed.PAIR).select_related("unit")
    return within.filter(pk__in=_rows(request.POST))


def _rows(data: QueryDict) -> list[int]:
    keys = [name.removeprefix("to_") for name in data if name.startswith("to_")]
    return [int(key) for key in keys if key.isdecimal() and len(key) < 12][:PER_PAGE]


def _propose(editor: Officer, people: Iterable[Stakeholder], day: dt.date, asked: Asked) -> list[Proposal]:
    """Those for whom another one was asked come first. Neither anybody out of the editor's reach is named, nor the
    present officer."""
    found = propose(
        people,
        day,
        within=set(pairable(editor).values_list("pk", flat=True)),
        instead_of={pk: one.holder for pk, one in asked.items()},
    )
    for one in found:
        one.stakeholder.asked = asked.get(one.stakeholder.pk)  # type: ignore[attr-defined]
    return sorted(found, key=lambda one: one.stakeholder.pk not in asked)


# --- what is done --------------------------------------------------------------------------------------------


def _form(request: OfficerRequest, day: dt.date, proposals: Iterable[Proposal]) -> ProposalsForm:
    return ProposalsForm(request.POST or None, editor=request.user, day=day, proposals=list(proposals))


def _pair(request: OfficerRequest, form: ProposalsForm, asked: Asked) -> None:
    """Pair what was ticked, and say how many and who was left alone."""
    wanted, on = form.wanted, form.cleaned_data["on"]
    left = pair_proposed(wanted, asked=asked.keys(), on=on, actor=Actor.of(request), reason=_("as proposed"))
    if number := len(wanted) - len(left):
        messages.success(
            request,
            ngettext("%(number)d person is paired.", "%(number)d people are paired.", number)
            % {"number": number},
        )
    if form.gone:
        text = ngettext(
            "Somebody was quicker: %(number)d of those whom you ticked is not in your reach any more.",
            "Somebody was quicker: %(number)d of those whom you ticked are not in your reach any more.",
            form.gone,
        )
        messages.warning(request, text % {"number": form.gone})
    for why, text in (
        (Left.LATER, _("Somebody was quicker; these are paired already: %(names)s")),
        (Left.INACTIVE, _("The officer chosen for these was switched off meanwhile: %(names)s")),
    ):
        if names := ", ".join(person.name for person, cause in left.items() if cause == why):
            messages.warning(request, text % {"names": names})
