"""Check the rows of a roster of people: what each one says, and what is wrong with it. Pure: no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from contacts import names, phones
from contacts.imports import cells
from contacts.imports.directory import Directory, OfficerRef, UnitRef
from contacts.imports.issues import Issue
from contacts.imports.tables import Line, Table

SEAT_KINDS = {"media": "media_supervisor", "patrol": "patrol_visitor", "monitors": "discipline_monitor"}
# Characters; 200 where nothing else is said.
LIMITS = {"name": 50, "remark": 500, "delegation": 100, "body": 100, "certificate": 50, "occupation": 50}


@dataclass(slots=True)
class Entry:
    """What a row says. `said` holds only what it does say: a blank or unreadable cell has no key."""

    line: Line
    name: str
    seat_kind: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    phones: list[phones.Phone] = field(default_factory=list)
    officer: OfficerRef | None = None
    unit: UnitRef | None = None  # in charge, as far as the row tells
    placed: bool = False  # by the row itself, not for want of anything better
    issues: list[Issue] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return any(issue.is_error for issue in self.issues)


@lru_cache(maxsize=1000)
def span(start: dt.date, end: dt.date | None) -> list[str | None]:
    """A term as it is kept among what a row said; one for all rows that say the same."""
    return [start.isoformat(), end.isoformat() if end else None]


def check(table: Table, directory: Directory, day: dt.date, area: str = phones.AREA) -> list[Entry]:
    return [Check(table, line, directory, day, area).entry for line in table.lines]


class Check:
    """One row on its way from cells to an entry."""

    def __init__(self, table: Table, line: Line, directory: Directory, day: dt.date, area: str) -> None:
        self.table, self.line, self.directory, self.day, self.area = table, line, directory, day, area
        self.entry = Entry(line, "")
        self.said = self.entry.said
        self.read_person()
        self.read_phones()
        self.read_seat()
        self.read_pairing()
        for name in table.columns:
            limit = LIMITS.get(name, 200)
            if len(str(self.said.get(name, ""))) > limit or len(line.text(name)) > limit:
                self.flag("text_too_long", name, limit=limit)

    def flag(self, code: str, name: str, value: str | None = None, **more: Any) -> None:
        value = self.line.text(name) if value is None else value
        self.entry.issues.append(Issue(code, self.table.label(name), value, more))

    def say(self, **values: Any) -> None:
        self.said.update((name, value) for name, value in values.items() if value not in ("", None))

    def read_person(self) -> None:
        name, remark = names.split_remark(self.line.text("name"))
        self.entry.name = name
        if not name:
            self.flag("name_missing", "name")
        birth = cells.birth(self.line.cells.get("birth", ""), self.day)
        if birth.problem:
            self.flag(birth.problem, "birth")
        year = birth.year or self.year_by_age()
        self.say(
            name=name,
            sex=cells.sex(self.line.cells.get("sex", "")) or cells.sex(remark),
            birth=f"{year}-{birth.month:02d}" if birth.month else str(year or ""),
            employer=self.line.text("employer") or self.line.text("news") + self.line.text("post"),
            address=self.line.text("address"),
            street=cells.street(self.line.text("address")),
            remark=self.line.text("remark"),
        )
        if email := self.line.text("email"):
            try:
                validate_email(email)
                self.say(email=email)
            except ValidationError:
                self.flag("email_invalid", "email")

    def year_by_age(self) -> int | None:
        """The year of birth by the age when appointed, so that the same file says the same whenever it is read."""
        age = cells.number(self.line.cells.get("age", "")) or 0
        return (self.appointed or self.day).year - age if 1 <= age <= 120 else None

    @property
    def appointed(self) -> dt.date | None:
        return cells.day_of(self.line.cells.get("appointed", ""))

    def read_phones(self) -> None:
        found: dict[str, phones.Phone] = {}
        for column in ("mobile", "landline"):
            cell = phones.read(self.line.text(column), self.area)
            found.update((str(phone), phone) for phone in cell.numbers)
            for piece in cell.invalid:
                self.flag("phone_invalid", column, piece)
        self.entry.phones = sorted(found.values(), key=lambda phone: phone.kind != phones.MOBILE)
        if found:
            self.say(phones=[str(phone) for phone in self.entry.phones])
        else:
            self.flag("no_phone", "mobile", "")

    def read_seat(self) -> None:
        kind = self.entry.seat_kind = SEAT_KINDS.get(self.table.kind) or cells.category(
            self.line.cells.get("category", "")
        )
        if not kind:
            self.flag("category_unknown", "category")
        if self.table.kind == "deputies":
            self.read_mandate()
        else:
            self.read_appointment()
        self.say(
            **{name: self.line.text(name) for name in ("delegation", "body", "certificate", "occupation")}
        )

    def read_mandate(self) -> None:
        level = cells.level(self.line.cells.get("level", self.line.sheet or ""))
        if not level:
            self.flag("level_unknown", "level")
        term = cells.term(self.line.cells.get("term", ""), self.day)
        if term.problem:
            self.flag(term.problem, "term")
        self.say(level=level, term_number=cells.number(self.line.cells.get("term_number", "")))
        if term.started_on:
            self.say(term=span(term.started_on, term.ended_on))

    def read_appointment(self) -> None:
        if self.appointed:
            years = cells.number(self.line.cells.get("years", ""))
            until = cells.years_later(self.appointed, years) if years else None
            self.say(term=span(self.appointed, until))
            if until and until < self.day:
                self.flag("term_ended", "years", f"{self.appointed} – {until}")
        elif "appointed" in self.line.cells:
            self.flag("appointed_invalid", "appointed")
        if name := self.line.text("appointing"):
            unit = self.unit_named(name)
            if unit:
                self.say(appointing=unit.code)
            else:
                self.flag("unit_unknown", "appointing")

    def unit_named(self, name: str) -> UnitRef | None:
        """Closed or not: whoever appointed somebody stays the one who did."""
        found = self.directory.called(name)
        return self.directory.units[next(iter(found))] if len(found) == 1 else None

    def read_pairing(self) -> None:
        """The officer decides; a unit above the officer's own is fine, any other is a conflict."""
        written = self.line.text("officer")
        officer = self.directory.officers.get(cells.police_number(self.line.cells.get("officer", "")))
        if written and not officer:
            self.flag("officer_unknown", "officer")
        elif not written and self.table.kind == "deputies":
            self.flag("unpaired", "officer", "")
        named = self.line.text("pairing_unit")
        meant = [self.directory.units[pk] for pk in self.directory.named(named)] if named else []
        own = self.directory.units[officer.unit_id] if officer else None
        if named and (not meant or (len(meant) > 1 and not own)):
            self.flag("unit_unknown", "pairing_unit")
        elif named and own and not any(self.directory.is_above(unit, own) for unit in meant):
            self.flag("pairing_conflict", "pairing_unit")
        elif named and len(meant) == 1 and self.directory.is_closed(named):
            self.flag("unit_merged", "pairing_unit", unit=meant[0].short_name)
        self.entry.officer = officer
        if officer:
            self.say(officer=officer.police_number)
        self.place(own or (meant[0] if len(meant) == 1 else None))

    def place(self, unit: UnitRef | None) -> None:
        """The unit in charge: the officer's, else the named one, else the street's station, else the appointing one."""
        appointing = self.directory.by_code.get(self.said.get("appointing", ""))
        appointing = appointing and self.directory.current(appointing)
        station = self.directory.station_of(self.said.get("street", ""), self.said.get("address", ""))
        found = unit or station or appointing
        self.entry.placed = found is not None
        self.entry.unit = found or self.directory.home
        if found and not self.entry.officer:
            self.say(unit=found.code)
        if not self.entry.unit:
            self.flag("no_bureau", "name")
        elif not self.directory.reaches(self.entry.unit):
            self.flag("unit_out_of_reach", "name", self.entry.unit.short_name)
