"""Checks of digests: what was frozen agrees with itself, and nothing hangs on a wall that it should not."""

from __future__ import annotations

from django.db.models import F

from contacts.models import Fate
from schedules.coverage import FIGURES
from schedules.digests.lists import BEHIND, select
from schedules.digests.public import SMALLEST
from schedules.digests.shown import headline
from schedules.models import Digest, DigestLists, PublicEdition
from schedules.verify.facts import Facts
from schedules.verify.roster import Found


def lists_are_as_long_as_their_figures(facts: Facts) -> Found:
    """Behind each frozen figure stand as many rows as it says."""
    kept = DigestLists.objects.order_by("pk").values_list("pk", "rows", "digest__figures")
    for pk, rows, figures in kept.iterator(chunk_size=50):
        for name, number in headline(figures).items():
            if name == Fate.BROKEN:
                there = len(select(rows, "promised", {"fate": name}))
            elif name == "attempts":
                there = sum(row.attempts for row in select(rows, name))
            elif name in BEHIND:
                there = len(select(rows, name))
            if there != number:
                yield f"digest {pk}", f"{name} says {number}, and behind it are {there}."


def lines_make_up_the_total(facts: Facts) -> Found:
    """The lines of a frozen digest, by unit or officer and by kind, add up to its total."""
    for pk, owed in Digest.objects.order_by("pk").values_list("pk", "figures__coverage"):
        for lines in ("groups", "by_kind"):
            for name in FIGURES:
                found = sum(line[name] for line in owed[lines])
                if found != owed["total"][name]:
                    yield (
                        f"digest {pk}",
                        f"{name}: {lines} add up to {found}, the total is {owed['total'][name]}.",
                    )


def editions_keep_small_numbers_to_themselves(facts: Facts) -> Found:
    """No number under five stands in a public edition, and whoever wrote it did not approve it."""
    for edition in PublicEdition.objects.order_by("pk"):
        told = [edition.figures[name] for name in ("heard", "done", "results", "promises")]
        numbers = [one["total"] for one in told] + [number for one in told for _name, number in one["rows"]]
        if any(
            number is not None and number < SMALLEST for number in [*numbers, edition.figures["contacts"]]
        ):
            yield f"public edition {edition.pk}", "A number under five stands in it."
    for pk in PublicEdition.objects.filter(approved_by__in=F("writers")).values_list("pk", flat=True):
        yield f"public edition {pk}", "Whoever wrote it approved it."
