"""What is done to many people at once: ticked in the list, or all that its filter shows. Each deed first says to how
many and to whom, and afterwards to how many it was done and who was left out why."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from contacts import appointing, exports, seats
from contacts.access import Deed, requires
from contacts.forms.appointments import CertificatesForm, RenewManyForm
from contacts.forms.stakeholders import SharedSeatForm
from contacts.forms.ticked import EndSeatsForm, FormatForm, TickedPairForm
from contacts.models import Actor, Officer, Pairing, Seat, Stakeholder
from contacts.pairing import Left, pair_many
from contacts.requests import OfficerRequest
from contacts.seats import Outcome, locked
from contacts.tables.appointments import AppointmentListing
from contacts.tables.base import Listing
from contacts.tables.stakeholders import StakeholderListing
from contacts.views.exports import download

MOST = 2000  # people of one deed
SHOWN = 20  # names that a page lists


class Ticked:
    """The people who are meant, as far as the officer may do `deed` to them. The list names them by `pick`, or by `all`
    that its `filter` shows; the page that asks, by `people`: those whom it spoke of, whoever fits the filter since.

    Of another `listing` its `rows` are meant, which have a model and a `visible_to` of their own.
    """

    listing: ClassVar[type[Listing]] = StakeholderListing

    def __init__(self, request: OfficerRequest, deed: Deed) -> None:
        self.officer = request.user
        said = request.POST or request.GET
        self.filter = QueryDict(said.get("filter", ""))
        self.total = 0
        if "all" in said and "people" not in said:
            rows = self.listing(request.user, timezone.now()).filtered(self.filter).rows
            self.total = rows.count()
            wanted = list(rows.values_list("pk", flat=True)[:MOST])
        else:
            texts = said["people"].split(",") if "people" in said else request.GET.getlist("pick")
            wanted = [int(text) for text in texts if text.isdecimal() and len(text) < 12][: MOST + 1]
            self.total = len(wanted)
        seen = self.candidates().visible_to(request.user).filter(pk__in=wanted)
        self.seen = list(seen.order_by("pk").values_list("pk", flat=True))
        self.rows = list(self.candidates().visible_to(request.user, deed).filter(pk__in=wanted))
        self.out_of_reach = len(self.seen) - len(self.rows)

    def candidates(self) -> Any:
        return Stakeholder.objects.all()

    @property
    def people(self) -> list[Stakeholder]:
        return self.rows

    @property
    def too_many(self) -> bool:
        return self.total > MOST

    @property
    def may_go_on(self) -> bool:
        return bool(self.rows) and not self.too_many

    @property
    def shown(self) -> list[Stakeholder]:
        return self.people[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.people) - len(self.shown)

    @property
    def keys(self) -> str:
        return ",".join(map(str, self.seen))

    @property
    def title(self) -> str:
        """Of the list."""
        return str(self.listing.title)

    @staticmethod
    def done_for(number: int) -> str:
        return ngettext("%(title)s: done for %(n)s person.", "%(title)s: done for %(n)s people.", number)

    @cached_property
    def way_back(self) -> str:
        asked = self.listing.asked(self.filter)
        return f"{reverse(self.listing.view)}?{asked or 'view=all'}"


class TickedAppointments(Ticked):
    """The appointments that are meant."""

    listing = AppointmentListing

    def candidates(self) -> Any:
        seats = Seat.objects.appointments().select_related("stakeholder")
        return seats.order_by("stakeholder__pinyin", "stakeholder", "pk")

    @property
    def people(self) -> list[Stakeholder]:
        """Each once, whatever appointments of theirs are meant."""
        return list(dict.fromkeys(seat.stakeholder for seat in self.rows))

    @staticmethod
    def done_for(number: int) -> str:
        return ngettext(
            "%(title)s: done for %(n)s appointment.", "%(title)s: done for %(n)s appointments.", number
        )


@requires(Deed.PAIR)
def pair(request: OfficerRequest) -> HttpResponseBase:
    ticked = Ticked(request, Deed.PAIR)
    form = TickedPairForm(request.POST or None, editor=request.user, day=timezone.localdate())

    def act() -> Outcome:
        return _hand_over(ticked.people, actor=Actor.of(request), **form.cleaned_data)

    return _ask(
        request, ticked, form, act, title=_("Assign an officer"), verb=pgettext("an officer", "Assign")
    )


@requires(Deed.EDIT_ROSTER)
def add_seat(request: OfficerRequest) -> HttpResponseBase:
    ticked = Ticked(request, Deed.EDIT_ROSTER)
    form = SharedSeatForm(request.POST or None)

    def act() -> Outcome:
        return seats.add_seats(ticked.people, form.save(commit=False), actor=Actor.of(request))

    return _ask(request, ticked, form, act, title=_("Add a seat"), verb=_("Add the seat"))


@requires(Deed.EDIT_ROSTER)
def end_seat(request: OfficerRequest) -> HttpResponseBase:
    ticked = Ticked(request, Deed.EDIT_ROSTER)
    form = EndSeatsForm(request.POST or None, people=ticked.people)

    def act() -> Outcome:
        return seats.end_seats(ticked.people, actor=Actor.of(request), **form.cleaned_data)

    return _ask(request, ticked, form, act, title=_("End a seat"), verb=_("End the seats"))


@requires(Deed.EXPORT)
def export(request: OfficerRequest) -> HttpResponseBase:
    ticked = Ticked(request, Deed.EXPORT)
    form = FormatForm(request.POST or None)
    if ticked.may_go_on and form.is_valid():
        listing, form_of_file = StakeholderListing(request.user, timezone.now()), form.cleaned_data["form"]
        only = {person.pk for person in ticked.people}
        made = exports.export(listing, {}, form_of_file, only=only, actor=Actor.of(request))
        return download(made, form_of_file)
    return _page(request, ticked, form, title=_("Export"), verb=_("Export"))


@requires(Deed.EDIT_ROSTER)
def renew(request: OfficerRequest) -> HttpResponseBase:
    ticked = TickedAppointments(request, Deed.EDIT_ROSTER)
    form = RenewManyForm(request.POST or None)

    def act() -> Outcome:
        return appointing.renew_many(ticked.rows, actor=Actor.of(request), **form.cleaned_data)

    return _ask(
        request, ticked, form, act, title=_("Renew appointments"), verb=pgettext("an appointment", "Renew")
    )


@requires(Deed.EDIT_ROSTER)
def certificates(request: OfficerRequest) -> HttpResponseBase:
    ticked = TickedAppointments(request, Deed.EDIT_ROSTER)
    form = CertificatesForm(
        request.POST or None, initial={"what": request.GET.get("what")}, today=timezone.localdate()
    )

    def act() -> Outcome:
        return appointing.note_certificates(ticked.rows, actor=Actor.of(request), **form.cleaned_data)

    return _ask(request, ticked, form, act, title=_("Certificates"), verb=_("Save"))


@transaction.atomic
def _hand_over(people: list[Stakeholder], *, officer: Officer, on: Any, reason: str, actor: Actor) -> Outcome:
    people = locked(people)
    theirs = Pairing.objects.filter(
        stakeholder__in=people, officer=officer, ended_on=None, started_on__lte=on
    ).count()
    refused = pair_many(dict.fromkeys(people, officer), on=on, actor=actor, reason=reason)
    why = Counter(refused.values())
    reasons = {
        _("are this officer's already"): theirs,
        _("have a pairing that begins later"): why[Left.LATER],
        _("stay: the officer was switched off meanwhile"): why[Left.INACTIVE],
    }
    return Outcome(len(people) - theirs - len(refused), reasons)


def _ask(request: OfficerRequest, ticked: Ticked, form: BaseForm, act: Any, **words: str) -> HttpResponse:
    """The page that asks, and once it is answered the deed and the way back to the list."""
    if ticked.may_go_on and form.is_valid():
        try:
            outcome = act()
        except ValidationError as refused:
            form.add_error(None, refused)
        except IntegrityError:
            form.add_error(
                None,
                _(
                    "Somebody changed one of these people at the same moment, and nothing was done. Try again."
                ),
            )
        else:
            _say(request, ticked, outcome, words["title"])
            return redirect(ticked.way_back)
    return _page(request, ticked, form, **words)


def _page(request: OfficerRequest, ticked: Ticked, form: BaseForm, **words: str) -> HttpResponse:
    if not ticked.total:
        messages.warning(
            request, _("Nobody was ticked. Tick people in the list, or all that its filter shows.")
        )
        return redirect(ticked.way_back)
    context = {"ticked": ticked, "form": form, "most": MOST, **words}
    return render(request, "contacts/ticked_form.html", context)


def _say(request: OfficerRequest, ticked: Ticked, outcome: Outcome, title: str) -> None:
    left_out = outcome.left_out | {_("are not yours to change"): ticked.out_of_reach}
    reasons = [f"{count} {why}" for why, count in left_out.items() if count]
    said = ticked.done_for(outcome.done) % {"title": title, "n": outcome.done}
    if reasons:
        said += " " + _("Left out: %(reasons)s.") % {"reasons": "; ".join(reasons)}
    (messages.success if outcome.done else messages.warning)(request, said)
