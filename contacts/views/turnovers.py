"""The turn of a body's term: its new roster → who stays, leaves and comes → confirm → pair who is new; take it back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from contacts import journal
from contacts.access import Deed, find_for, requires
from contacts.filters.turnovers import TurnoverLineFilter
from contacts.forms.pairings import pairable
from contacts.forms.turnovers import TurnoverForm
from contacts.imports.issues import Refused
from contacts.imports.results import Context
from contacts.models import Actor, JournalLine, Officer, Stakeholder, Turnover, TurnoverLine
from contacts.obstacle_words import ELSEWHERE, Words, reasons
from contacts.pairing_proposals import propose
from contacts.requests import OfficerRequest
from contacts.tables.imports import change_list
from contacts.tables.turnovers import TurnoverLineTable, TurnoverTable
from contacts.turnover import deeds, words

KEPT_SHOWN = 200


@requires(Deed.IMPORT)
def index(request: OfficerRequest) -> HttpResponse:
    """Terms that were turned, and those that wait for a confirmation."""
    rows = Turnover.objects.visible_to(request.user).select_related("batch__officer", "unit", "journal")
    table = TurnoverTable(rows)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render(request, "contacts/turnover_list.html", {"table": table})


@requires(Deed.IMPORT)
def create(request: OfficerRequest) -> HttpResponse:
    """Name the body and take in its new roster. Nothing is changed yet."""
    form = TurnoverForm(request.POST or None, request.FILES or None, editor=request.user)
    if request.method == "POST" and form.is_valid():
        turnover = form.save(commit=False)
        try:
            deeds.check(turnover, form.cleaned_data["file"], context_of(request, turnover.starts_on))
        except Refused as refused:
            form.add_error("file", refused.message)
        except deeds.Waits as found:  # for the same part of the bureau, and so within reach
            messages.warning(request, _("This roster was sent already; here is what waits for a decision."))
            return redirect(found.turnover)
        else:
            return redirect(turnover)
    return render(request, "contacts/turnover_form.html", {"form": form})


@requires(Deed.IMPORT)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """What would become, or became, of everybody; afterwards who could take on whom nobody holds."""
    return show(request, find(request, pk))


@require_POST
@requires(Deed.IMPORT)
def confirm(request: OfficerRequest, pk: int) -> HttpResponse:
    """Do it as it was shown. Undecided rows, and changes made meanwhile, are shown instead."""
    turnover = find(request, pk)
    doubtful = list(turnover.lines.filter(group=TurnoverLine.Group.DOUBTFUL).select_related("other"))
    for line in doubtful:
        line.choice = request.POST.get(f"choice-{line.pk}", "")
    if turnover.state == "checked" and any(line.choice not in TurnoverLine.Choice for line in doubtful):
        messages.error(request, _("Decide about each doubtful row first; nothing was changed."))
        return show(request, turnover, doubtful=doubtful)
    choices = {(line.sheet, line.number or 0): line.choice for line in doubtful}
    try:
        different = deeds.confirm(turnover, choices, context_of(request, turnover.starts_on))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        if different:
            return show(request, find(request, pk), different=different)
        if different is None:
            messages.warning(request, _("Somebody has confirmed or dropped this already."))
    return redirect(turnover)


@require_POST
@requires(Deed.IMPORT)
def drop(request: OfficerRequest, pk: int) -> HttpResponse:
    """Leave everything as it is."""
    if deeds.drop(find(request, pk), Actor.of(request)):
        messages.success(request, _("The roster was dropped; nothing was changed."))
    else:
        messages.warning(request, _("Somebody has confirmed or dropped this already."))
    return redirect("contacts:turnover-list")


@require_POST
@requires(Deed.EDIT_ROSTER)
def pair(request: OfficerRequest, pk: int) -> HttpResponse:
    """Accept the ticked proposals, each "person:officer" as it was shown."""
    turnover = find(request, pk, Deed.EDIT_ROSTER)
    today = timezone.localdate()
    ticked = dict(value.split(":") for value in request.POST.getlist("pair") if value.count(":") == 1)
    people = unpaired(request, turnover).filter(pk__in=[key for key in ticked if key.isdecimal()])
    officers = Officer.objects.visible_to(request.user, Deed.PAIR).active()
    known = {
        str(officer.pk): officer
        for officer in officers.filter(pk__in=[key for key in ticked.values() if key.isdecimal()])
    }
    wanted = {person: known[ticked[str(person.pk)]] for person in people if ticked[str(person.pk)] in known}
    try:
        left = deeds.pair_proposed(turnover, wanted, today=today, actor=Actor.of(request))
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
    else:
        done, missed = len(wanted) - len(left), len(ticked) - len(wanted) + len(left)
        messages.success(
            request, ngettext("%(n)s person is paired.", "%(n)s people are paired.", done) % {"n": done}
        )
        if missed:
            messages.warning(
                request,
                ngettext(
                    "%(n)s person was left alone: somebody paired them meanwhile, or the officer is gone.",
                    "%(n)s people were left alone: somebody paired them meanwhile, or the officer is gone.",
                    missed,
                )
                % {"n": missed},
            )
    return redirect(turnover)


@require_POST
@requires(Deed.RECOUNT)
def take_back(request: OfficerRequest, pk: int) -> HttpResponse:
    """First what would go back and what would stay; then, sent again with `confirmed`, do it."""
    turnover = find(request, pk, Deed.RECOUNT)
    dry_run = "confirmed" not in request.POST
    try:
        found, obstacles = deeds.take_back(
            turnover, actor=Actor.of(request), now=timezone.now(), dry_run=dry_run
        )
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
        return redirect(turnover)
    if dry_run:
        context = {"turnover": turnover, "found": found, "kept": kept(request, obstacles)}
        return render(request, "contacts/turnover_take_back.html", context)
    messages.success(
        request,
        _("Taken back: %(restored)s people are as before, %(kept)s stayed as they are.")
        % {"restored": len(found.restored), "kept": len(found.kept)},
    )
    return redirect(turnover)


def find(request: OfficerRequest, pk: int, deed: Deed = Deed.IMPORT) -> Turnover:
    rows = Turnover.objects.select_related("batch__officer", "unit", "journal__taken_back_by")
    found: Turnover = find_for(request.user, rows, deed, pk=pk)
    return found


def show(
    request: OfficerRequest,
    turnover: Turnover,
    *,
    doubtful: list[TurnoverLine] | None = None,
    different: Iterable[deeds.Difference] = (),
) -> HttpResponse:
    """The page of one turnover; `doubtful` rows as far as they were decided, what is `different` since it was shown."""
    rows = turnover.lines.select_related("stakeholder", "other")
    found = TurnoverLineFilter(request.GET, rows)
    table = TurnoverLineTable(found.qs if found.is_valid() else rows.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    table.look_up(turnover, request.user)
    context: dict[str, Any] = {
        "turnover": turnover,
        "filter": found,
        "table": table,
        "tiles": [(group, turnover.counts.get(group.value, 0)) for group in TurnoverLine.Group],
        "may_take_back": request.user.rights.may(Deed.RECOUNT),
        "here": turnover.get_absolute_url(),
        "different": different,
    }
    if turnover.state == "checked":
        undecided = doubtful or rows.filter(group=TurnoverLine.Group.DOUBTFUL)
        context["doubtful"] = [
            (line, words.why(line), change_list(line.changes, table.units)) for line in undecided
        ]
    elif turnover.state == "applied":
        day = deeds.pairing_day(turnover, timezone.localdate())
        within = set(pairable(request.user).values_list("pk", flat=True))
        context["proposals"] = propose(unpaired(request, turnover), day, within=within)
        context["pairing_day"] = day
    elif turnover.journal and turnover.journal.taken_back_at:
        context["kept"] = kept(request, journal.obstacles(turnover.journal))
    status = 422 if doubtful else 200
    return render(request, "contacts/turnover_detail.html", context, status=status)


def unpaired(request: OfficerRequest, turnover: Turnover) -> QuerySet[Stakeholder]:
    """Whom the turnover brought and nobody holds, within reach."""
    came = deeds.unpaired(turnover, deeds.pairing_day(turnover, timezone.localdate()))
    people = Stakeholder.objects.visible_to(request.user, Deed.PAIR)
    return people.filter(pk__in=came.values("pk")).select_related("unit")


def kept(request: OfficerRequest, obstacles: Iterable[JournalLine]) -> list[tuple[Stakeholder, list[str]]]:
    """Who stays as they are, and what stands in the way; of people beyond reach only that they are."""
    by_person: dict[int, list[JournalLine]] = defaultdict(list)
    for line in obstacles:
        if (line.obstacle or {}).keys() - {"bound"}:
            by_person[line.group].append(line)
    people = Stakeholder.objects.filter(pk__in=list(by_person)).order_by("pinyin", "pk")[:KEPT_SHOWN]
    seen = Stakeholder.objects.visible_to(request.user, Deed.IMPORT).filter(pk__in=list(by_person))
    within = set(seen.values_list("pk", flat=True))
    told = Words(line for pk in within for line in by_person[pk])
    return [
        (one, why_kept(by_person[one.pk], told) if one.pk in within else [str(ELSEWHERE)]) for one in people
    ]


def why_kept(lines: Iterable[JournalLine], told: Words) -> list[str]:
    return list(dict.fromkeys(str(why) for line in lines for why in reasons(line, told)))


def context_of(request: OfficerRequest, since: dt.date) -> Context:
    now = timezone.now()
    return Context(Actor.of(request), now, timezone.localdate(now), since)
