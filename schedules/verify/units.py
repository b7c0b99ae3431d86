"""Checks of the unit tree: it is one, and what goes on goes on in units that are open (R7)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Concat

from contacts.models import Officer, Stakeholder, Unit, UnitPast
from contacts.unit_contents import open_feedback, open_pairings, open_roles
from schedules.verify.facts import Facts

Found = Iterator[tuple[object, str]]


def paths_are_where_units_hang(facts: Facts) -> Found:
    """One root, and every path that of the unit above and its own code: so there is no ring, either."""
    for code in Unit.objects.filter(parent=None).order_by("pk").values_list("code", flat=True)[1:]:
        yield f"unit {code}", "It is a second unit above all others."
    rightly = Q(parent=None, path=Concat("code", Value("/"))) | Q(
        path=Concat("parent__path", "code", Value("/"))
    )
    for code, path in Unit.objects.exclude(rightly).order_by("pk").values_list("code", "path"):
        yield f"unit {code}", f"It does not hang where its path says: {path}."


def closed_units_are_empty(facts: Facts) -> Found:
    """Officers, people, pairings, feedback and roles that go on, and open units, belong to open units."""
    rows: list[QuerySet] = [
        Officer.objects.all(), Stakeholder.objects.all(), open_pairings(facts.day), open_feedback(), open_roles(),
    ]  # fmt: skip
    for found in rows:
        model: type[Model] = found.model
        closed = found.filter(unit__closed_on__lt=facts.day).order_by("pk")
        for pk, code in closed.values_list("pk", "unit__code"):
            yield f"{model._meta.model_name} {pk}", f"It is open in unit {code}, which is closed."
    below = Unit.objects.open().filter(parent__closed_on__isnull=False)
    for code in below.order_by("pk").values_list("code", flat=True):
        yield f"unit {code}", "It is open and hangs below a closed unit."


def pasts_end_before_units_do(facts: Facts) -> Found:
    """A past lies between the first and the last day of its unit."""
    outside = Q(until__lt=F("unit__opened_on")) | Q(until__gt=F("unit__closed_on"))
    for pk, code in UnitPast.objects.filter(outside).values_list("pk", "unit__code"):
        yield f"past {pk}", f"It does not lie within the life of unit {code}."
