"""What a deed changed of some people, found by looking before and after, for its journal: who they are, their seats,
numbers and pairings."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import models

from contacts import journal
from contacts.models import ContactPhone, Journal, JournalLine, Pairing, Seat, Stakeholder
from liaison.batches import batches

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
        """Write down what differs now; `new` are the people whom the deed created. Of a row that the journal tells of
        already, it then tells what it was before both."""
        told = {(one.model, one.object_id): one for one in self.lines_of(pen.journal)}
        amended: list[JournalLine] = []
        after = rows_of(self.people | set(new))
        for key, (person, row) in reversed(self.before.items()):
            if key not in after:
                pen.deleted(person, row)
        for key, (person, row) in after.items():
            if key not in self.before:
                pen.created(person, row)
            elif key in told:
                amend(told[key], journal.values(self.before[key][1]), journal.values(row))
                amended.append(told[key])
            else:
                pen.changed(person, row, journal.values(self.before[key][1]))
        JournalLine.objects.bulk_update(amended, ["before", "after"], batch_size=500)
        pen.close()

    def lines_of(self, book: Journal) -> Iterator[JournalLine]:
        for some in batches(sorted(self.people)):
            yield from book.lines.standing().filter(group__in=some, after__isnull=False)


def amend(line: JournalLine, before: journal.Values, now: journal.Values) -> None:
    """A row that the journal tells of was changed once more by the same deed."""
    for name in before:
        if before[name] != now[name]:
            line.after[name] = now[name]  # type: ignore[index]  # asked for by `lines_of`
            if line.before is not None:
                line.before.setdefault(name, before[name])


def rows_of(people: Collection[int]) -> Rows:
    found: Rows = {}
    for model, name in OF_PEOPLE:
        for some in batches(sorted(people)):
            for row in model._base_manager.filter(**{f"{name}__in": some}).order_by("pk"):
                found[model._meta.label_lower, row.pk] = getattr(row, name), row
    return found
