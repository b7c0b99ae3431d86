"""The person that a row names: by the number the software gave them, or as name/mobile."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from contacts import names, phones
from contacts.imports import cells
from contacts.imports.results import Context
from contacts.models import Merge, Stakeholder
from liaison.batches import batches

_NUMBER = re.compile(r"^[Ll](\d{1,12})$")


class Finder:
    """Reads everybody whom some texts can mean at once; only people within reach are found."""

    def __init__(self, texts: Iterable[str], context: Context) -> None:
        texts = set(texts)
        within = context.people().select_related("unit")
        pks = [int(found[1]) for text in texts if (found := _NUMBER.match(cells.plain(text)))]
        called = sorted({names.normalise(text.partition("/")[0]) for text in texts} - {""})
        self.by_pk: dict[int, Stakeholder] = {}
        self.by_name: dict[str, list[Stakeholder]] = defaultdict(list)
        successors: dict[int, int] = {}
        for some in batches(pks):
            successors |= Merge.objects.successors(some)
        for some in batches(sorted({*pks, *successors.values()})):
            self.by_pk.update(within.in_bulk(list(some)))
        for number, successor in successors.items():
            if successor in self.by_pk:
                self.by_pk[number] = self.by_pk[successor]
        for names_ in batches(called):
            for person in within.filter(name__in=names_).prefetch_related("phones"):
                self.by_name[person.name].append(person)

    def find(self, text: str) -> list[Stakeholder]:
        """Everybody it can mean: one, if all is well."""
        if found := _NUMBER.match(cells.plain(text)):
            person = self.by_pk.get(int(found[1]))
            return [person] if person else []
        name, _slash, mobile = text.partition("/")
        people = self.by_name.get(names.normalise(name), [])
        if mobile.strip():
            phone = phones.parse(mobile)
            people = [p for p in people if phone and any(phone.e164 == own.e164 for own in p.phones.all())]
        return people
