"""What a deed changed of some people, found by looking before and after, for its journal: who they are, their seats,
numbers and pairings."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models

from contacts import journal
from contacts.models import ContactPhone, Pairing, Seat, Stakeholder

# Parents before what hangs on them: taking back goes the other way.
OF_PEOPLE: tuple[tuple[type[models.Model], str], ...] = (
    (Stakeholder, "pk"),
    (Seat, "stakeholder_id"),
    (ContactPhone, "stakeholder_id"),
    (Pairing, "stakeholder_id"),
)
Rows = dict[tuple[str, int], tuple[int, models.Model]]  # (model, key) → person, row


class Watch:
    """Begin it before the deed, and `tell` the journal after. Expects that the people are locked."""

    def __init__(self, people: Collection[int]) -> None:
        self.people = set(people)
        self.before = rows_of(self.people)

    def tell(self, pen: journal.Pen, new: Collection[int] = ()) -> None:
        """Write down what differs now; `new` are the people whom the deed created."""
        after = rows_of(self.people | set(new))
        for key, (person, row) in reversed(self.before.items()):
            if key not in after:
                pen.deleted(person, row)
        for key, (person, row) in after.items():
            if key in self.before:
                pen.changed(person, row, journal.values(self.before[key][1]))
            else:
                pen.created(person, row)
        pen.close()


def rows_of(people: Collection[int]) -> Rows:
    found: Rows = {}
    for model, name in OF_PEOPLE:
        for some in journal.batches(sorted(people)):
            for row in model._base_manager.filter(**{f"{name}__in": some}).order_by("pk"):
                found[model._meta.label_lower, row.pk] = getattr(row, name), row
    return found
