"""Two people edit one person at once: a form carries what it was opened with, and the second to save is told what the
first one changed. What they typed stays; a field that they left alone takes what stands there now."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.core import signing
from django.db.models import Field, QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contacts.editing import PERSON_FIELDS, SEAT_FIELDS, shown
from contacts.models import AuditEntry, Seat, Stakeholder, Unit
from contacts.tables.cells import seat_text

SALT = "contacts.meanwhile"
ENTRIES = 50  # of the audit trail that are looked through for who it was
_CELL = re.compile(r"seats-(\d+)-(\w+)")


@dataclass(frozen=True)
class Change:
    """One field as it was when the form was opened and as it is now, whose entry in the trail tells of it, and what
    was typed here instead (None: nothing)."""

    label: str
    was: str
    now: str
    entry: AuditEntry | None
    typed: str | None


class Meanwhile:
    """What happened to a person since the form that sent `data` was opened. Without `data` it opens one. `number` is the
    one under which the form was opened: another than the person's where that one was merged into the person since."""

    def __init__(self, person: Stakeholder, data: QueryDict, number: int | None = None) -> None:
        self.person = person
        self.sent = {name: str(text) for name, text in data.items()}
        self.now = shown(person)
        seal = _unsealed(data.get("opened", ""), {person.pk, number})
        self.lost = bool(data) and seal is None  # nothing to compare with
        opened_as, self.opened, self.last_entry = seal or (person.pk, self.now, 0)
        self.absorbed = opened_as != person.pk

    @property
    def happened(self) -> bool:
        """Must somebody look again before this is saved?"""
        return self.lost or self.absorbed or self.opened != self.now

    @cached_property
    def seal(self) -> str:
        """What the form carries, so that nobody can make it up."""
        last = _entries(self.person).values_list("pk", flat=True).first()
        return signing.dumps([self.person.pk, self.now, last or 0], salt=SALT, compress=True)

    @cached_property
    def data(self) -> dict[str, str]:
        """What was typed, brought up to date."""
        if not self.happened:
            return self.sent
        data = {name: text for name, text in self.sent.items() if not name.startswith("seats-")}
        for name in (*PERSON_FIELDS, "numbers"):
            if name in self.sent:  # the unit of somebody who is paired is not
                data[name] = self.merged(name, self.sent[name])
        self._write_seats(data)
        return data

    def merged(self, key: str, typed: str) -> str:
        return self.now.get(key, "") if same(typed, self.opened.get(key, "")) else typed

    def _write_seats(self, data: dict[str, str]) -> None:
        kept: dict[str, dict[str, str]] = {pk: {} for pk in _seats(self.now)}
        new: list[dict[str, str]] = []
        for pk, row in self.rows:
            if pk in kept:
                kept[pk] = {name: self.merged(f"{pk}-{name}", text) for name, text in row.items()}
            elif not pk or (pk in _seats(self.opened) and self.touched(pk, row)):
                new.append(row | {"id": ""})  # what was typed of a seat that is gone stays, as a new one
        for pk in kept:
            stands = {name: self.now[f"{pk}-{name}"] for name in SEAT_FIELDS}
            kept[pk] = stands | kept[pk] | {"id": pk}
        rows = [*kept.values(), *new]
        for number, row in enumerate(rows):
            data.update({f"seats-{number}-{name}": text for name, text in row.items()})
        data["seats-TOTAL_FORMS"], data["seats-INITIAL_FORMS"] = str(len(rows)), str(len(kept))

    @cached_property
    def rows(self) -> list[tuple[str, dict[str, str]]]:
        """The rows of seats that were sent: key of the seat or "", and the text of each field. Whose seats they are is
        not asked of the form."""
        found: dict[int, dict[str, str]] = defaultdict(dict)
        for name, text in self.sent.items():
            if (cell := _CELL.fullmatch(name)) and cell[2] != "stakeholder":
                found[int(cell[1])][cell[2]] = text
        return [(row.pop("id", ""), row) for _number, row in sorted(found.items())]

    def touched(self, pk: str, row: Mapping[str, str]) -> bool:
        return any(
            not same(row[name], self.opened.get(f"{pk}-{name}", "")) for name in SEAT_FIELDS if name in row
        )

    @cached_property
    def changes(self) -> list[Change]:
        """What others changed, in the order of the form; whole seats that came or went as one line each."""
        before, after = _seats(self.opened), _seats(self.now)
        found = []
        for key in dict.fromkeys([*self.opened, *self.now]):
            pk = key.partition("-")[0]
            whole = pk.isdecimal() and not (pk in before and pk in after)
            if not whole and self.opened.get(key, "") != self.now.get(key, ""):
                found.append(self._change(key))
        gone = [self._seat(_("A seat taken away"), pk, self.opened, "") for pk in before if pk not in after]
        came = [self._seat(_("A seat added"), pk, {}, pk) for pk in after if pk not in before]
        return found + gone + came

    def _change(self, key: str) -> Change:
        pk, _dash, name = key.rpartition("-")
        was, now, typed = self.opened.get(key, ""), self.now.get(key, ""), self.typed.get(key, "")
        mine = None if key not in self.typed or same(typed, was) else self.words(name, typed)
        label = f"{self.seat_words(pk, self.now)}: {_label(name)}" if pk else capfirst(_label(name))
        return Change(
            label,
            self.words(name, was),
            self.words(name, now),
            self.entry_of("seats" if pk else name),
            mine,
        )

    def _seat(self, label: str, pk: str, was: Mapping[str, str], now: str) -> Change:
        texts = self.seat_words(pk, was) if was else "", self.seat_words(now, self.now) if now else ""
        return Change(label, *texts, self.entry_of("seats"), None)

    @cached_property
    def typed(self) -> dict[str, str]:
        sent = dict(self.sent)
        for pk, row in self.rows:
            sent |= {f"{pk}-{name}": text for name, text in row.items()}
        return sent

    def words(self, name: str, text: str) -> str:
        """The text of a field as people read it: the label of a choice, the name of a unit."""
        if name == "unit":
            return self.units.get(text, text)
        field = _field(name)
        return str(dict(field.flatchoices).get(text, text)) if field else text

    def seat_words(self, pk: str, texts: Mapping[str, str]) -> str:
        return seat_text(Seat(kind=texts[f"{pk}-kind"], level=texts[f"{pk}-level"]))

    @cached_property
    def units(self) -> dict[str, str]:
        return {str(unit.pk): str(unit) for unit in Unit.objects.only("name", "short_name")}

    def entry_of(self, name: str) -> AuditEntry | None:
        """The entry that tells of this field, or else the last one that tells of any."""
        said = {"numbers": "phones", "unit": "officer"}.get(name, name)
        told = [entry for entry in self.entries if {name, said} & (entry.after or {}).keys()] or self.entries
        return told[0] if told else None

    @cached_property
    def entries(self) -> list[AuditEntry]:
        since = _entries(self.person).filter(pk__gt=self.last_entry, after__isnull=False)
        return list(since.select_related("officer")[:ENTRIES])


def same(one: str, other: str) -> bool:
    """The same text, whatever a browser makes of its line ends."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()


def _seats(texts: Mapping[str, str]) -> dict[str, None]:
    return dict.fromkeys(key.partition("-")[0] for key in texts if key[0].isdecimal())


def _field(name: str) -> Field | None:
    for model, names in ((Stakeholder, PERSON_FIELDS), (Seat, SEAT_FIELDS)):
        if name in names:
            return model._meta.get_field(name)  # type: ignore[return-value]
    return None


def _label(name: str) -> str:
    field = _field(name)
    return str(field.verbose_name) if field else _("phone numbers")


def _entries(person: Stakeholder) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(object_type=person._meta.label_lower, object_id=str(person.pk))


def _unsealed(text: str, numbers: Collection[int | None]) -> tuple[int, dict[str, str], int] | None:
    """What a seal says, if it was made for one of these people."""
    try:
        pk, texts, entry = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return (pk, texts, entry) if pk in numbers else None
