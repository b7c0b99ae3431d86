"""An officer for everybody whom nobody is responsible for: proposed, changed or left out, and paired at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.access import Deed, requires
from contacts.forms.pairings import pairable
from contacts.handovers import Left, pair_unheld
from contacts.models import Actor, Officer, Stakeholder
from contacts.pairing_proposals import Proposal, propose
from contacts.requests import OfficerRequest
from schedules.facts import awaiting_an_officer
from schedules.forms.proposals import ProposalsForm

PER_PAGE = 50
AT_ONCE = 2000  # people for whom the page looks for an officer; the others come when these are paired
UNDECIDED = 50  # of whom a person must decide, shown below


@requires(Deed.PAIR)
def index(request: OfficerRequest) -> HttpResponse:
    """Proposals for those within reach whom a policy in force covers; what is ticked is paired in one transaction."""
    day = timezone.localdate()
    waiting = awaiting_an_officer(day).visible_to(request.user, Deed.PAIR)
    if request.method == "POST":
        form = _form(request, day, _propose(request.user, _posted(request), day))
        if form.is_valid():
            _pair(request, form)
            return redirect(request.get_full_path())
        if not form.proposals:  # nobody of the page that was sent is within reach any more
            for error in form.non_field_errors():
                messages.warning(request, str(error))
            return redirect(request.get_full_path())
    found = _propose(request.user, waiting.order_by("pk")[:AT_ONCE], day)
    page = Paginator([one for one in found if one.officer], PER_PAGE).get_page(request.GET.get("page"))
    if request.method != "POST":
        form = _form(request, day, page.object_list)
    undecided = [one for one in found if not one.officer]
    context = {
        "form": form,
        "page_obj": page,
        "undecided": undecided[:UNDECIDED],
        "undecided_more": max(0, len(undecided) - UNDECIDED),
        "at_once": AT_ONCE if len(found) == AT_ONCE else None,
    }
    return render(request, "schedules/proposal_list.html", context)


def _propose(editor: Officer, people: QuerySet[Stakeholder], day: dt.date) -> list[Proposal]:
    """Nobody out of the editor's reach is named."""
    return propose(
        people.select_related("unit"), day, within=set(pairable(editor).values_list("pk", flat=True))
    )


def _form(request: OfficerRequest, day: dt.date, proposals: Iterable[Proposal]) -> ProposalsForm:
    return ProposalsForm(request.POST or None, editor=request.user, day=day, proposals=list(proposals))


def _posted(request: OfficerRequest) -> QuerySet[Stakeholder]:
    """The people of the page that was sent, as far as they are within reach; paired meanwhile or not."""
    return Stakeholder.objects.visible_to(request.user, Deed.PAIR).filter(pk__in=_rows(request.POST))


def _rows(data: QueryDict) -> list[int]:
    keys = [name.removeprefix("to_") for name in data if name.startswith("to_")]
    return [int(key) for key in keys if key.isdecimal() and len(key) < 12][:PER_PAGE]


def _pair(request: OfficerRequest, form: ProposalsForm) -> None:
    """Pair what was ticked, and say how many and who was left alone."""
    wanted = form.wanted
    left = pair_unheld(wanted, on=form.cleaned_data["on"], actor=Actor.of(request), reason=_("proposed"))
    if number := len(wanted) - len(left):
        messages.success(
            request,
            ngettext("%(number)d person is paired.", "%(number)d people are paired.", number)
            % {"number": number},
        )
    if form.gone:
        messages.warning(
            request,
            _("Somebody was quicker: %(number)d of those whom you ticked are not in your reach any more.")
            % {"number": form.gone},
        )
    for why, text in (
        (Left.LATER, _("Somebody was quicker; these are paired already: %(names)s")),
        (Left.INACTIVE, _("The officer chosen for these was switched off meanwhile: %(names)s")),
    ):
        if names := ", ".join(person.name for person, cause in left.items() if cause == why):
            messages.warning(request, text % {"names": names})
