"""Write what the rows of a roster say anew: people, seats, numbers and pairings, in a handful of queries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import names
from contacts.imports.directory import Directory, OfficerRef
from contacts.imports.issues import Issue
from contacts.imports.matching import Match
from contacts.imports.results import Context, Outcome, Result, news, said_before
from contacts.imports.rosters import Entry
from contacts.imports.tables import Table
from contacts.inserting import insert
from contacts.models import AuditEntry, ContactPhone, Pairing, Seat, Stakeholder
from contacts.pairing import Left, pair_many
from contacts.phones import Phone
from contacts.rows import Values, values
from liaison.batches import batches

PERSON_FIELDS = ("name", "sex", "employer", "address", "street", "email", "remark")
SEAT_FIELDS = ("level", "term_number", "certificate", "occupation", "delegation", "body")


class Writer:
    """`take` each match, then `save` all. `action` is that of the audit entries."""

    def __init__(
        self,
        context: Context,
        directory: Directory,
        table: Table,
        matches: list[Match],
        action: str = "import",
    ) -> None:
        self.context, self.directory, self.table, self.action = context, directory, table, action
        self.new_people: list[Stakeholder] = []
        self.new_seats: list[Seat] = []
        self.new_phones: list[ContactPhone] = []
        self.lost_phones: list[ContactPhone] = []
        self.changed_people: dict[int, Stakeholder] = {}
        self.changed_seats: dict[int, Seat] = {}
        self.was: dict[Stakeholder | Seat, Values] = {}  # of those that are changed, before
        self.wanted: list[tuple[Stakeholder, OfficerRef, Result]] = []
        self.done: list[tuple[Match, Stakeholder, Seat, Result]] = []
        self.twins: list[tuple[Match, Result]] = []
        self.before = said_before(f"seat:{seat.pk}" for m in matches if (seat := m.seat or m.former))
        self.people: dict[int, Stakeholder] = {}
        self.holders: dict[int, str] = {}  # person → police number of whoever holds the open pairing
        for some in batches(sorted({m.person.pk for m in matches if m.person})):
            self.people |= Stakeholder.objects.prefetch_related("phones", "seats").in_bulk(some)
            open_ones = Pairing.objects.filter(stakeholder__in=some, ended_on=None)
            self.holders.update(open_ones.values_list("stakeholder", "officer__police_number"))

    def take(self, m: Match) -> Result:
        entry = m.entry
        if m.twin:
            result = Result.of(entry.line, Outcome.UNCHANGED, entry.name, entry.issues)
            self.twins.append((m.twin, result))
            return result
        fresh = m.seat is None
        before = self.last_said(m)
        person = self.people[m.person.pk] if m.person else self.new_person(entry)
        seat = self.stored_seat(person, m.seat.pk) if m.seat else self.new_seat(m, person)
        changes: dict[str, list[Any]] = {}
        if person.pk:
            changes = self.correct(person, seat, entry, before)
        else:
            self.fill(person, seat, entry.said)
            self.add_phones(person, entry.phones)
        outcome = Outcome.CREATED if fresh else Outcome.UPDATED if changes else Outcome.UNCHANGED
        result = Result.of(entry.line, outcome, entry.name, entry.issues, changes=changes)
        result.said = before | entry.said if before | entry.said != before else None
        if entry.officer and (person.pk is None or "officer" in changes):
            self.wanted.append((person, entry.officer, result))
        self.done.append((m, person, seat, result))
        return result

    def last_said(self, m: Match) -> dict[str, Any]:
        """What the last file said of the seat; of a new term's, what it said of the person in the one before."""
        if m.seat:
            return self.before.get(f"seat:{m.seat.pk}", {})
        said = self.before.get(f"seat:{m.former.pk}", {}) if m.former else {}
        return {name: said[name] for name in (*PERSON_FIELDS, "birth", "phones") if name in said}

    def new_person(self, entry: Entry) -> Stakeholder:
        person = Stakeholder()
        if entry.unit:  # a row without one was rejected
            person.unit_id = entry.unit.pk
        self.new_people.append(person)
        return person

    def stored_seat(self, person: Stakeholder, pk: int) -> Seat:
        return next(seat for seat in person.seats.all() if seat.pk == pk)

    def new_seat(self, m: Match, person: Stakeholder) -> Seat:
        seat = Seat(kind=m.entry.seat_kind, stakeholder=person, renews_id=m.renewed.pk if m.renewed else None)
        self.new_seats.append(seat)
        return seat

    def correct(
        self, person: Stakeholder, seat: Seat, entry: Entry, before: dict[str, Any]
    ) -> dict[str, list[Any]]:
        """Change a stored person and seat to what the row says anew."""
        stored = self.stored(person, seat)
        said = {name: value for name, value in entry.said.items() if name != "phones"}
        changes = news(said, self.directory.brought_forward(before), stored)
        if stored["birth"].startswith(said.get("birth", "-")):
            changes.pop("birth", None)  # a year says nothing against a month
        if person.pk in self.holders:
            changes.pop("unit", None)  # it follows the open pairing
        if seat.pk and changes.keys() & {*SEAT_FIELDS, "term", "appointing"}:
            self.changed_seats[seat.pk] = seat
            self.was.setdefault(seat, values(seat))
        if changes.keys() & {*PERSON_FIELDS, "birth", "unit"}:
            self.changed_people[person.pk] = person
            self.was.setdefault(person, values(person))
        self.fill(person, seat, {name: new for name, (_old, new) in changes.items()})
        if numbers := self.correct_phones(person, entry.phones, before.get("phones", [])):
            changes["phones"] = numbers
        return changes

    def stored(self, person: Stakeholder, seat: Seat) -> dict[str, Any]:
        """What stands here, in the shape of what a row says."""
        units = self.directory.units
        found = {name: getattr(person, name) for name in PERSON_FIELDS} | {
            name: getattr(seat, name) for name in SEAT_FIELDS
        }
        return found | {
            "birth": person.birth,
            "unit": units[person.unit_id].code,
            "officer": self.holders.get(person.pk),
            "appointing": units[seat.unit_id].code if seat.unit_id else None,
            "term": [day.isoformat() if day else None for day in (seat.started_on, seat.ended_on)],
        }

    def fill(self, person: Stakeholder, seat: Seat, said: dict[str, Any]) -> None:
        for name, value in said.items():
            if name in PERSON_FIELDS:
                setattr(person, name, value)
            elif name in SEAT_FIELDS:
                setattr(seat, name, value)
        if "name" in said:
            person.pinyin, person.initials = names.spell(person.name)
        if "birth" in said:
            year, _dash, month = said["birth"].partition("-")
            person.birth_year, person.birth_month = int(year), int(month) if month else None
        if "term" in said:
            seat.started_on, seat.ended_on = (
                dt.date.fromisoformat(day) if day else None for day in said["term"]
            )
        if "appointing" in said:
            seat.unit_id = self.directory.by_code[said["appointing"]].pk
        if "unit" in said:
            person.unit_id = self.directory.by_code[said["unit"]].pk

    def add_phones(self, person: Stakeholder, numbers: list[Phone], first: int = 0) -> None:
        for position, phone in enumerate(numbers, first):
            fields = {"e164": phone.e164, "extension": phone.extension, "kind": phone.kind, "raw": phone.raw}
            self.new_phones.append(ContactPhone(stakeholder=person, position=position, **fields))

    def correct_phones(
        self, person: Stakeholder, numbers: list[Phone], before: list[str]
    ) -> list[Any] | None:
        """Add what the file names anew, and drop what it named before and no longer does; of a kind of number that it
        does not name at all it says nothing. Answers [before, after] if anything changed."""
        stored = {str(Phone(p.e164, p.extension)): p for p in person.phones.all()}
        named = {str(phone): phone for phone in numbers}
        kinds = {phone.kind for phone in numbers}
        added = [phone for text, phone in named.items() if text not in before and text not in stored]
        lost = {
            text: p for text, p in stored.items() if text in before and text not in named and p.kind in kinds
        }
        if not added and not lost:
            return None
        self.add_phones(person, added, max((p.position for p in stored.values()), default=-1) + 1)
        self.lost_phones += lost.values()
        return [list(stored), [text for text in stored if text not in lost] + [str(phone) for phone in added]]

    def save(self) -> None:
        people, seats = list(self.changed_people.values()), list(self.changed_seats.values())
        for person in people:
            person.updated_at = timezone.now()
        Stakeholder.objects.bulk_update(
            people,
            [*PERSON_FIELDS, "pinyin", "initials", "birth_year", "birth_month", "unit", "updated_at"],
            batch_size=100,
        )
        Seat.objects.bulk_update(seats, [*SEAT_FIELDS, "started_on", "ended_on", "unit"], batch_size=100)
        ContactPhone.objects.filter(pk__in=[phone.pk for phone in self.lost_phones]).delete()
        Stakeholder.objects.bulk_create(self.new_people, batch_size=500)
        Seat.objects.bulk_create(self.new_seats, batch_size=500)
        ContactPhone.objects.bulk_create(self.new_phones, batch_size=500)
        self.tell()
        self.pair()
        for m, person, seat, result in self.done:
            result.key, result.person, result.group = f"seat:{seat.pk}", person.pk, person.pk
            m.written = person.pk
        for m, result in self.twins:
            result.person = m.written
        entries = [self.entry(*one) for one in self.done if one[-1].outcome != Outcome.UNCHANGED]
        insert(entries)

    def tell(self) -> None:
        """Write into the journal what was done, each with its person."""
        pen = self.context.pen
        for person in self.new_people:
            pen.created(person.pk, person)
        for seat in self.new_seats:
            pen.created(seat.stakeholder_id, seat)
        for phone in self.new_phones:
            pen.created(phone.stakeholder_id, phone)
        for phone in self.lost_phones:
            pen.deleted(phone.stakeholder_id, phone)
        for changed, was in self.was.items():
            pen.changed(
                changed.pk if isinstance(changed, Stakeholder) else changed.stakeholder_id, changed, was
            )

    def pair(self) -> None:
        wanted = {person: officer for person, officer, _result in self.wanted}
        day, reason = self.context.pairings_from, _("named in the roster")
        context = self.context
        left = pair_many(
            wanted, on=day, today=context.day, actor=context.actor, reason=reason, pen=context.pen
        )
        self.paired = len(wanted.keys() - left.keys())
        for person, officer, result in self.wanted:
            if person in left:
                value = day.isoformat() if left[person] == Left.LATER else officer.police_number
                result.issues.append(Issue(left[person], self.table.label("officer"), value))
                result.changes.pop("officer", None)
                if result.outcome == Outcome.UPDATED and not result.changes:
                    result.outcome = Outcome.UNCHANGED

    def entry(self, m: Match, person: Stakeholder, seat: Seat, result: Result) -> AuditEntry:
        before, after = result.before_after()
        return AuditEntry.objects.entry(
            self.context.actor, self.action, person, before=before, after=after or m.entry.said
        )
