"""Why somebody stands in a group, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from contacts.imports.issues import place
from contacts.imports.matching import Match
from contacts.models import Stakeholder, TurnoverLine

# By `TurnoverLine.why`. %(other)s: the person, or the row, that is meant.
WHY = {
    "stays": _("Holds a seat here and is in the new roster."),
    "has_it": _("Has a seat of the new term already."),
    "has_it_by_hand": _("Is not in the new roster, but was given a seat of the new term already."),
    "ends": _("Is not in the new roster."),
    "ends_here": _("Stands in the new roster under another kind, level or body only."),
    "ends_paired": _("Is not in the new roster. A pairing that begins in the new term was left alone; end it by hand."),
    "goes": _("Is not in the new roster. Another seat goes on."),
    "new": _("Nobody here is this person."),
    "comes": _("Is known here with another seat, and comes into this body."),
    "returns": _("Is known here without a seat, and comes into this body."),
    "maybe": _("May be the same person as %(other)s."),
    "maybe_here": _("%(other)s has the same name and holds a seat here, but phone, birth or employer do not agree."),
    "maybe_row": _("May be the same person as in %(other)s."),
    "kept": _("%(other)s has the same name and is left alone until this row is settled."),
}  # fmt: skip


def why(line: TurnoverLine) -> str:
    """The sentence; for a row that was refused, its remarks say it."""
    return str(WHY[line.why]) % {"other": other(line)} if line.why in WHY else ""


def other(line: TurnoverLine) -> str:
    if line.other_row:
        sheet, row = line.other_row
        return place(row, sheet)
    return named(line.other) if line.other else _now("somebody who is gone since")


def named(one: Stakeholder | Match | None) -> str:
    """A person, or the row that means one."""
    if isinstance(one, Match):
        return place(one.entry.line.number, one.entry.line.sheet)
    return f"{one.name} ({one.number})" if one else ""
