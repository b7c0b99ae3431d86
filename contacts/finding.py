"""Finding a person, an officer, a unit or an opinion from any page, each within what the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from contacts.access import Deed
from contacts.filters.units import named
from contacts.models import Feedback, Officer, Stakeholder, Unit

LONGEST = 100  # characters that are looked for


@dataclass(frozen=True)
class Hit:
    """`exact`: the words are its number or code, which nothing else has."""

    url: str
    name: str
    note: str
    exact: bool = False


@dataclass(frozen=True)
class Group:
    """The first of one kind that fit, and the list that has them all."""

    title: str
    hits: list[Hit]
    all_of_them: str


def find(officer: Officer, words: str, most: int) -> list[Group]:
    """At most `most` of each kind, one query each; kinds of which nothing fits are left out."""
    words = words.replace("\0", "").strip()[:LONGEST]  # PostgreSQL has no such character
    if not words:
        return []
    found = (_group(title, view, list(hits(officer, words, most)), words) for title, view, hits in _kinds())
    return [group for group in found if group.hits]


def the_one(groups: list[Group]) -> Hit | None:
    """The only hit, or the only one that was named by its number."""
    hits = [hit for group in groups for hit in group.hits]
    named_exactly = [hit for hit in hits if hit.exact]
    for chosen in (named_exactly, hits):
        if len(chosen) == 1:
            return chosen[0]
    return None


def _group(title: str, view: str, hits: list[Hit], words: str) -> Group:
    return Group(title, hits, f"{reverse(view)}?{urlencode({'q': words})}")


def _people(officer: Officer, words: str, most: int) -> Iterable[Hit]:
    for person in Stakeholder.objects.visible_to(officer).search(words).select_related("unit")[:most]:
        note = " · ".join(filter(None, [person.number, str(person.unit), person.employer]))
        yield Hit(person.get_absolute_url(), person.name, note, exact=words.upper() == person.number)


def _officers(officer: Officer, words: str, most: int) -> Iterable[Hit]:
    people = reverse("contacts:stakeholder-list")
    for other in Officer.objects.visible_to(officer).search(words).select_related("unit")[:most]:
        note = [other.police_number, str(other.unit), "" if other.is_active else _("switched off")]
        yield Hit(
            f"{people}?officer={other.police_number}",
            other.name,
            " · ".join(filter(None, note)),
            exact=words == other.police_number,
        )


def _units(officer: Officer, words: str, most: int) -> Iterable[Hit]:
    people = reverse("contacts:stakeholder-list")
    for unit in Unit.objects.visible_to(officer).filter(named(words))[:most]:
        yield Hit(f"{people}?unit={unit.code}", unit.name, unit.code, exact=words == unit.code)


def _feedback(officer: Officer, words: str, most: int) -> Iterable[Hit]:
    """By number and by what was said; what a person said is found through the person."""
    fits = Q(text__icontains=words) | Q(answer__text__icontains=words)
    if words[:1] in {"F", "f"} and words[1:].isdecimal():
        fits |= Q(pk=int(words[1:]))
    rows = Feedback.objects.visible_to(officer, Deed.READ_FEEDBACK).filter(fits)
    for item in rows.select_related("stakeholder").order_by("-received_on", "-pk")[:most]:
        note = f"{item.stakeholder.name}: {Truncator(item.text).chars(60)}"
        yield Hit(item.get_absolute_url(), item.number, note, exact=words.upper() == item.number)


def _kinds() -> tuple[tuple[str, str, Callable[[Any, str, int], Iterable[Hit]]], ...]:
    return (
        (_("People"), "contacts:stakeholder-list", _people),
        (_("Officers"), "contacts:officer-list", _officers),
        (_("Units"), "contacts:unit-list", _units),
        (_("Feedback"), "contacts:feedback-list", _feedback),
    )
