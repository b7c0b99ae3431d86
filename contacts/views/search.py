"""Finding someone from any page, and the suggestions under fields that name an officer, a person or a unit."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from contacts.access import Deed, requires
from contacts.filters.units import named
from contacts.finding import find, the_one
from contacts.models import Officer, Stakeholder, Unit
from contacts.requests import OfficerRequest

SUGGESTED = 10
UNDER_THE_BOX = 5  # of each kind


@require_GET
@requires(Deed.SEE_ROSTER)
def search(request: OfficerRequest) -> HttpResponse:
    """What fits, by kind; if it is one thing alone, its page. While one types, the first few for under the box."""
    words = request.GET.get("q", "")
    if request.htmx:
        groups = find(request.user, words, UNDER_THE_BOX)
        return render(request, "contacts/_hits.html", {"groups": groups, "words": words.strip()})
    groups = find(request.user, words, SUGGESTED)
    if one := the_one(groups):
        return redirect(one.url)
    return render(request, "contacts/search.html", {"groups": groups, "words": words.strip()})


@require_GET
@requires(Deed.SEE_ROSTER)
def suggest(request: OfficerRequest, kind: str) -> HttpResponse:
    """`<option>`s for a `<datalist>`: the first few whom the officer may see and who fit what was typed so far."""
    words = next(
        (value for key, value in request.GET.items() if key in {"q", kind} and value.strip()), ""
    ).strip()[:50]
    options = _OPTIONS[kind](request.user, words) if words else []
    return render(request, "contacts/_options.html", {"options": options})


def _people(officer: Officer, words: str) -> list[tuple[str, str]]:
    found = Stakeholder.objects.visible_to(officer).search(words).select_related("unit")[:SUGGESTED]
    return [(f"{person.number} {person.name}", str(person.unit)) for person in found]


def _officers(officer: Officer, words: str) -> list[tuple[str, str]]:
    found = Officer.objects.visible_to(officer).active().search(words).select_related("unit")[:SUGGESTED]
    return [(f"{other.police_number} {other.name}", str(other.unit)) for other in found]


def _units(officer: Officer, words: str) -> list[tuple[str, str]]:
    found = Unit.objects.visible_to(officer).open().filter(named(words))[:SUGGESTED]
    return [(unit.code, unit.name) for unit in found]


_OPTIONS = {"stakeholder": _people, "officer": _officers, "unit": _units}
