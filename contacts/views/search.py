"""Finding someone from any page, and the suggestions under fields that name an officer, a person or a unit."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from contacts.access import Deed, requires
from contacts.filters.units import named
from contacts.models import Officer, Stakeholder, Unit
from contacts.requests import OfficerRequest

SUGGESTED = 10


@require_GET
@requires(Deed.SEE_ROSTER)
def search(request: OfficerRequest) -> HttpResponse:
    """The list of who fits; if it is one person alone, that person's page."""
    words = request.GET.get("q", "").strip()[:100]
    if words:
        found = Stakeholder.objects.visible_to(request.user).search(words).values_list("pk", flat=True)[:2]
        if len(found) == 1:
            return redirect("contacts:stakeholder-detail", found[0])
    return redirect(f"{reverse('contacts:stakeholder-list')}?{urlencode({'q': words})}")


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
