"""Why somebody stands in a group, in words; keys of `TurnoverLine.why`."""

from django.utils.translation import gettext_lazy as _

# %(day)s: first day of the new term; %(eve)s: last one of the old; %(other)s: the person or row that is meant.
WHY = {
    "stays": _("Holds a seat here and is in the new roster. The old seat ends on %(eve)s, the new one begins on %(day)s."),
    "has_it": _("Has a seat of the new term already."),
    "has_it_by_hand": _("Is not in the new roster, but was given a seat of the new term already."),
    "ends": _("Is not in the new roster. The seat ends on %(eve)s."),
    "ends_here": _("Stands in the new roster under another kind, level or body only. The seat here ends on %(eve)s."),
    "goes": _("Is not in the new roster. The seat here ends on %(eve)s; another one goes on."),
    "new": _("Nobody here is this person. The seat begins on %(day)s."),
    "comes": _("Is known here with another seat, and comes into this body on %(day)s."),
    "returns": _("Is known here without a seat, and comes into this body on %(day)s."),
    "maybe": _("May be the same person as %(other)s."),
    "maybe_here": _("%(other)s has the same name and holds a seat here, but phone, birth or employer do not agree."),
    "maybe_row": _("May be the same person as in %(other)s."),
    "same_row": _("Is the same person as in %(other)s, and was taken once."),
    "kept": _("%(other)s has the same name and is left alone until this row is settled."),
}  # fmt: skip
