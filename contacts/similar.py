"""Search before add: who on the roster may be the person that somebody is about to add."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Prefetch, Q, Value, When

from contacts import names
from contacts.access import Deed
from contacts.models import ContactPhone, Officer, Pairing, Stakeholder
from contacts.phones import Phone

MOST = 10
LETTERS = 2  # of a name that are looked for


@dataclass(frozen=True)
class Similar:
    """`people` within the editor's reach; `elsewhere`: one of the numbers belongs to somebody outside it."""

    people: Sequence[Stakeholder] = ()
    elsewhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.people) or self.elsewhere


def similar_to(name: str, numbers: Sequence[Phone], *, editor: Officer, day: dt.date) -> Similar:
    """People of this name, of one that sounds alike, of one that begins so, or with one of these numbers; those with
    the number or the very name first.

    That a number is on the roster of another unit is said, and nothing more: neither who nor where. Only a coordinator
    gets here, and only with a whole number, which they have from the person; without the word, one person would be
    on the roster twice.
    """
    name = names.normalise(name)
    same_number = Q(
        pk__in=ContactPhone.objects.filter(e164__in=[one.e164 for one in numbers]).values("stakeholder")
    )
    same_name = Q(name=name)
    wanted, first = (same_number, same_number) if numbers else (Q(pk__in=[]), Q(pk__in=[]))
    if len(name) >= LETTERS:
        wanted |= same_name | Q(pinyin=names.spell(name)[0]) | Q(name__startswith=name)
        first |= same_name
    reach = Stakeholder.objects.visible_to(editor, Deed.EDIT_ROSTER)
    holder = Prefetch(
        "pairings", Pairing.objects.open(day).select_related("officer"), to_attr="open_pairings"
    )
    found = reach.filter(wanted).order_by(Case(When(first, then=0), default=Value(1)), "pinyin", "pk")
    people = list(found.select_related("unit").prefetch_related("seats", holder)[:MOST])
    outside = Stakeholder.objects.filter(same_number).exclude(pk__in=reach.values("pk"))
    return Similar(people, elsewhere=bool(numbers) and outside.exists())
