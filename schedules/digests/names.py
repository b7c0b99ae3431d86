"""Names for the ids in figures: looked up when someone looks, with the rights they have then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, QuerySet, Value

from contacts.models import Officer, Stakeholder

PERSON, OFFICER = "person", "officer"
Names = dict[tuple[str, int], str]


def names(found: dict[str, Any], people: QuerySet[Stakeholder], show: Callable[[str], str] = str) -> Names:
    """The names of everybody on the lists of these figures, of people as `show` has them; who is not among `people` has
    none. One query."""
    missed = found["coverage"]["missed"]["first"]
    lists = [
        missed,
        found["feedback"]["first"],
        found["feedback"].get("longest", ()),  # figures that were frozen earlier know fewer
        found.get("promises", {}).get("first", ()),
        *(found[name]["first"] for name in ("not_reached", "quiet", "unpaired")),
    ]
    wanted = {row["stakeholder"] for rows in lists for row in rows}
    rows = _named(people.filter(pk__in=wanted), PERSON).union(
        _named(Officer.objects.filter(pk__in={row["officer"] for row in missed}), OFFICER)
    )
    return {(what, pk): show(name) if what == PERSON else name for what, pk, name in rows}


def _named(rows: QuerySet[Any], what: str) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(Value(what, output_field=CharField()), "pk", "name")
