"""People who may be one: the list, two of them side by side, what is decided, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Max, Prefetch, Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contacts import duplicates
from contacts.access import Deed, find_for, requires
from contacts.duplicates import Pair
from contacts.forms.duplicates import CHOSEN, MergeForm, label
from contacts.forms.fields import ReasonForm
from contacts.merging import current_pairings, merge, said
from contacts.models import Actor, ContactRecord, Distinct, JournalLine, Merge, Pairing, Seat, Stakeholder
from contacts.obstacle_words import Words, reasons
from contacts.requests import OfficerRequest
from contacts.unmerging import foresee, may_unmerge, unmerge

PER_PAGE = 25  # pairs
# Why rows stay that were not touched themselves.
HELD = {
    "contacts.pairing": gettext_lazy(
        "Pairings were changed since, or an officer or unit is not there any more: they stay, and somebody pairs the other "
        "person again."
    ),
    "contacts.feedback": gettext_lazy("An opinion was answered since, in a contact that stays."),
    "contacts.contactrecord": gettext_lazy("In a contact an opinion was answered that stays."),
}


@requires(Deed.EDIT_ROSTER)
def index(request: OfficerRequest) -> HttpResponse:
    """The pairs within reach, the likeliest first; the weak ones when asked for."""
    weak = request.GET.get("show") == "weak"
    found = duplicates.find(request.user, weak=weak)
    page = Paginator(found.pairs, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "couples": _couples(list(page)), "weak": weak, "more": found.more}
    return render(request, "contacts/duplicate_list.html", context)


@requires(Deed.EDIT_ROSTER)
def of_person(request: OfficerRequest, pk: int) -> HttpResponse:
    """Who may be this person, what was decided about that, and who was merged into them."""
    person = find_for(request.user, Stakeholder.objects.all(), Deed.EDIT_ROSTER, pk=pk)
    pairs = duplicates.around(person, request.user)
    distinct = (
        Distinct.objects.visible_to(request.user).of(person).select_related("first", "second", "decided_by")
    )
    merges = (
        Merge.objects.visible_to(request.user)
        .filter(survivor_number=person.pk)
        .standing()
        .select_related("by")
    )
    apart = {(one.first_id, one.second_id) for one in distinct}
    context = {
        "person": person,
        "couples": _couples([pair for pair in pairs if (pair.first, pair.second) not in apart]),
        "distinct": distinct,
        "merges": [(made, may_unmerge(request.user, made)) for made in merges.select_related("journal")],
    }
    return render(request, "contacts/stakeholder_duplicates.html", context)


@requires(Deed.EDIT_ROSTER)
def detail(request: OfficerRequest, one: int, other: int) -> HttpResponse:
    """Two people side by side; merges them as the form says, and goes on to the next pair."""
    first, second = _both(request, one, other)
    if first.pk == second.pk:
        messages.info(request, _("These two were merged already."))
        return redirect(first)
    held = {person.pk: current_pairings(person, timezone.localdate()) for person in (first, second)}
    form = MergeForm(request.POST or None, first=first, second=second, held=held)
    pair = duplicates.compare(first, second)
    if form.is_valid():
        try:
            made = merge(**form.wanted, actor=Actor.of(request), day=timezone.localdate())
        except ValidationError as refused:
            left = Stakeholder.objects.visible_to(request.user, Deed.EDIT_ROSTER).filter(
                pk__in=[first.pk, second.pk]
            )
            if len(left) < 2:  # somebody merged one of them just now, between the look and the lock
                messages.warning(request, " ".join(refused.messages))
                return redirect(left[0] if left else "contacts:duplicate-list")
            form.add_error(None, refused)
        else:
            messages.success(
                request,
                _("Merged: %(number)s leads to %(name)s now.")
                % {"number": f"L{made.absorbed_number:06d}", "name": form.wanted["survivor"].name},
            )
            return _next(request, pair)
    context = {
        "first": first,
        "second": second,
        "pair": pair,
        "form": form,
        "rows": _rows(form, first, second),
        "distinct": Distinct.objects.filter(first=first, second=second).select_related("decided_by").first(),
    } | _compared(form, first, second, held)
    return render(request, "contacts/duplicate_detail.html", context)


@requires(Deed.EDIT_ROSTER)
@require_POST
def keep_apart(request: OfficerRequest, one: int, other: int) -> HttpResponse:
    """Not the same: decided, and never asked again."""
    first, second = _both(request, one, other)
    pair = duplicates.compare(first, second)
    try:
        duplicates.keep_apart(
            first, second, actor=Actor.of(request), reason=request.POST.get("reason", "").strip()[:200]
        )
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        messages.success(
            request, _("Not the same: you will not be asked again about %(name)s.") % {"name": first.name}
        )
    return _next(request, pair)


@requires(Deed.EDIT_ROSTER)
@require_POST
def ask_again(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take back that two are not the same."""
    distinct = find_for(
        request.user, Distinct.objects.select_related("first", "second"), Deed.EDIT_ROSTER, pk=pk
    )
    duplicates.ask_again(distinct, actor=Actor.of(request))
    messages.success(request, _("The two stand among the possible duplicates again."))
    return redirect("contacts:duplicate-detail", distinct.first_id, distinct.second_id)


@requires(Deed.EDIT_ROSTER)
def undo(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take a merge back, after a look at what stays as it is."""
    made = find_for(request.user, Merge.objects.select_related("journal"), Deed.EDIT_ROSTER, pk=pk)
    if not may_unmerge(request.user, made):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    try:
        if form.is_valid():
            unmerge(made, actor=Actor.of(request), reason=form.cleaned_data["reason"])
            messages.success(request, _("Taken back. What was changed since stayed as it is."))
            return redirect("contacts:stakeholder-detail", made.absorbed_number)
        found = foresee(made)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
        return redirect("contacts:stakeholder-duplicates", made.survivor_number)
    context = {"merge": made, "form": form, "found": found, "staying": _staying(found.lines)}
    return render(request, "contacts/merge_undo.html", context)


def _both(request: OfficerRequest, one: int, other: int) -> tuple[Stakeholder, Stakeholder]:
    """Both people, the older number first, with all that is compared."""
    people = Stakeholder.objects.select_related("unit")
    found = [find_for(request.user, people, Deed.EDIT_ROSTER, pk=pk) for pk in (one, other)]
    first, second = sorted(found, key=lambda person: person.pk)
    seats = Prefetch("seats", Seat.objects.select_related("unit"))
    pairings = Prefetch("pairings", Pairing.objects.select_related("officer", "unit"))
    prefetch_related_objects([first, second], "phones", seats, pairings)
    return first, second


def _couples(pairs: list[Pair]) -> list[dict[str, Any]]:
    """Pairs with their people: seats, units, and whoever is responsible today."""
    day = timezone.localdate()
    held = Prefetch("pairings", Pairing.objects.open(day).select_related("officer"), to_attr="held")
    rows = Stakeholder.objects.select_related("unit").prefetch_related("seats", held)
    people = rows.in_bulk([pk for pair in pairs for pk in (pair.first, pair.second)])
    return [
        {"pair": pair, "people": [people[pair.first], people[pair.second]]}
        for pair in pairs
        if pair.first in people and pair.second in people
    ]


def _next(request: OfficerRequest, decided: Pair) -> HttpResponse:
    """The pair after the decided one, else the first that is left, else the list, which says that nothing is."""
    pairs = [pair for pair in duplicates.find(request.user).pairs if pair.place != decided.place]
    following = next((pair for pair in pairs if pair.place > decided.place), pairs[0] if pairs else None)
    if following is None or not decided.is_likely:
        return redirect("contacts:duplicate-list")
    return redirect("contacts:duplicate-detail", following.first, following.second)


def _rows(form: MergeForm, first: Stakeholder, second: Stakeholder) -> list[dict[str, Any]]:
    """What each person's row says, field by field; with the choice where they differ."""
    shown = {"sex": lambda person: person.get_sex_display()}
    rows = [_row(form, "survivor", _("Number"), [first.number, second.number])]
    for field in CHOSEN:
        values = [
            shown.get(field, lambda person, field=field: said(person, field))(person)
            for person in (first, second)
        ]
        if any(values):
            rows.append(_row(form, field, label(field), values))
    return rows


def _row(form: MergeForm, field: str, text: Any, values: list[Any]) -> dict[str, Any]:
    """`cells`: value, and the radio button where there is a choice."""
    choice = form[field] if field in form.fields else None
    radios = list(choice) if choice else [None, None]
    return {"label": text, "choice": choice, "cells": list(zip(values, radios, strict=True))}


def _compared(
    form: MergeForm, first: Stakeholder, second: Stakeholder, held: dict[int, list[Pairing]]
) -> dict[str, Any]:
    """What hangs on each: contacts, the last one that reached them, opinions, and who is responsible."""
    counted = (
        Stakeholder.objects.filter(pk__in=[first.pk, second.pk])
        .order_by()
        .annotate(
            contacts=Count(
                "records", filter=Q(records__voided_at=None, records__superseded_at=None), distinct=True
            ),
            last=Max(
                "records__occurred_on",
                filter=Q(
                    records__voided_at=None,
                    records__superseded_at=None,
                    records__outcome=ContactRecord.Outcome.REACHED,
                )
                & ~Q(records__kind=ContactRecord.Kind.BRIEFING),
            ),
            opinions=Count("feedback", distinct=True),
        )
        .in_bulk()
    )
    radios = {radio.data["value"]: radio for radio in form["pairing"]} if "pairing" in form.fields else {}
    return {
        "choose_pairing": form["pairing"] if radios else None,
        "columns": [
            {
                "person": person,
                "counted": counted[person.pk],
                "held": held[person.pk],
                "radio": radios.get(str(held[person.pk][0].pk)) if held[person.pk] and radios else None,
            }
            for person in (first, second)
        ],
    }


def _staying(lines: list[JournalLine]) -> list[str]:
    """What stays, field by field: what the merge left, and what stands now."""
    words = Words(lines)
    told = ([str(why) for why in reasons(line, words)] or [str(HELD.get(line.model, ""))] for line in lines)
    return list(dict.fromkeys(text for texts in told for text in texts if text))
