"""Changes of the tree in words: what a journal says was done, and what stands in the way of taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.journal import model_of
from contacts.models import Journal, JournalLine, Unit

UNIT = "contacts.unit"


@dataclass
class Change:
    """`deeds`: sentences; `rows`: (what, how many) that moved with them; `obstacles`: what was touched since."""

    journal: Journal
    deeds: list[str] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)
    obstacles: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, journal: Journal, lines: list[JournalLine], names: dict[int, Unit] | None = None) -> Change:
        units = [line for line in lines if line.model == UNIT]
        names = Unit.objects.in_bulk(_named(units)) if names is None else names
        return cls(
            journal,
            [words for line in units for words in _words(line, names)],
            _counted(line for line in lines if line.model not in {UNIT, "contacts.unitpast"}),
            _counted(line for line in lines if line.obstacle and line.obstacle != {"bound": True}),
        )


def changes_of(unit: Unit) -> list[Change]:
    """The changes that touched a unit, or were made for its sake, and were not taken back; newest first, of each what it
    did to units."""
    about = Q(object_id=unit.pk) | Q(group=unit.pk)
    lines = JournalLine.objects.filter(about, model=UNIT, journal__kind=Journal.Kind.UNITS).standing()
    found = list(lines.select_related("journal__made_by").order_by("-journal", "pk"))
    names = Unit.objects.in_bulk(_named(found))
    return [
        Change.of(journal, list(some), names) for journal, some in groupby(found, lambda line: line.journal)
    ]


def _named(lines: Iterable[JournalLine]) -> set[int]:
    values = [{"pk": line.object_id, **(line.before or {}), **(line.after or {})} for line in lines]
    return {
        found
        for value in values
        for name in ("pk", "parent_id", "successor_id")
        if (found := value.get(name))
    }


def _words(line: JournalLine, names: dict[int, Unit]) -> list[str]:
    """One sentence for each thing that the deed did to a unit."""
    unit, before, after = names.get(line.object_id), line.before or {}, line.after or {}
    if line.before is None:
        return [_("%(unit)s was opened.") % {"unit": unit}]
    if "closed_on" in after:
        into = names.get(after.get("successor_id") or 0)
        said = {"unit": unit, "into": into}
        return [_("%(unit)s became part of %(into)s.") % said if into else _("%(unit)s was closed.") % said]
    if "parent_id" in after:
        above = {"unit": unit, "old": names.get(before["parent_id"]), "new": names.get(after["parent_id"])}
        return [_("%(unit)s was moved from below %(old)s to below %(new)s.") % above]
    return [
        _("%(old)s was renamed to %(new)s.") % {"old": before[name], "new": after[name]}
        for name in ("name", "short_name")
        if name in after
    ][:1]


def _counted(lines: Iterable[JournalLine]) -> list[tuple[str, int]]:
    counts = Counter(line.model for line in lines)
    return [(str(model_of(label)._meta.verbose_name_plural), number) for label, number in counts.items()]
