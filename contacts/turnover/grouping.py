"""Who stays, who leaves, who comes: the rows of a new roster against the people who hold the seats now.

Nothing is guessed. A row that may mean somebody, or a row that can not be read, leaves whoever it may mean as they are
until a coordinator has settled it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from contacts.access import Deed
from contacts.imports import matching, rosters
from contacts.imports.directory import Directory
from contacts.imports.issues import Issue
from contacts.imports.matching import Known, Match
from contacts.imports.people import flag_certificates, load, where
from contacts.imports.results import Context, Outcome, Result
from contacts.imports.rosters import Entry
from contacts.imports.tables import Table
from contacts.models import Pairing, Seat, Stakeholder, Turnover, TurnoverLine
from liaison.batches import batches

Group, Choice = TurnoverLine.Group, TurnoverLine.Choice
Choose = Callable[[Entry], str]  # a doubtful row → a Choice, or "" while nobody has decided

SURE = 6  # points of agreement: one and the same person, whichever seat they held
GAP = dt.timedelta(days=183)  # an old term may have run out so long before the new one begins
# These rows speak of another body: nobody of this one is left alone for their sake.
ELSEWHERE = {"other_kind", "other_level", "other_body", "typed_twice"}


@dataclass
class Case:
    """One row of the roster, or one person who is not in it."""

    group: str
    why: str = ""
    match: Match | None = None
    entry: Entry | None = None
    person: Stakeholder | None = None  # known before
    other: Stakeholder | Match | None = None  # who is meant by `why`
    seats: list[Seat] = field(default_factory=list)  # held in this body: they end
    choice: str = ""
    result: Result | None = None  # once it is done
    freed: Pairing | None = None

    def as_rejected(self) -> Result:
        """The answer to a row that is left out."""
        assert self.entry  # noqa: S101 - people who are in no row are never refused
        return Result.of(self.entry.line, Outcome.REJECTED, self.entry.name, self.entry.issues)

    @property
    def name(self) -> str:
        return self.entry.name if self.entry else self.person.name if self.person else ""


def sort_out(table: Table, turnover: Turnover, context: Context, choose: Choose) -> list[Case]:
    """Everybody whom the turnover concerns, rows first. Expects a transaction: it locks all people it looks at."""
    return Sorting(turnover, context, choose).run(table)


def directory_of(turnover: Turnover, context: Context) -> Directory:
    """Units and officers; rows outside the turnover's unit are out of reach, and so is what lies beyond that of whoever
    does it."""
    directory, path = context.directory(), turnover.unit.path
    if directory.paths is None or path.startswith(directory.paths):
        directory.paths = (path,)
    else:
        directory.paths = tuple(own for own in directory.paths if own.startswith(path))
    return directory


class Sorting:
    def __init__(self, turnover: Turnover, context: Context, choose: Choose) -> None:
        self.turnover, self.context, self.choose = turnover, context, choose
        self.day, self.eve = turnover.starts_on, turnover.eve
        self.directory = directory_of(turnover, context)

    def run(self, table: Table) -> list[Case]:
        entries = rosters.check(table, self.directory, self.context.day)
        for entry in entries:
            self.check(entry, table)
        sound = [entry for entry in entries if not entry.rejected]
        lock({p.pk for p in load(sound, self.context)} | {p.pk for p in self.holders()})
        known = load(sound, self.context)
        holders = {person.pk: person for person in self.holders()}
        self.people = read({person.pk for person in known} - holders.keys()) | holders
        matches = matching.match(sound, known)
        flag_certificates(matches, table)
        cases = {id(case.entry): case for case in self.rows(matches, known, holders)}
        rows = [cases.get(id(entry)) or Case(Group.REFUSED, entry=entry) for entry in entries]
        return rows + self.leavers(rows, holders)

    # --- rows --------------------------------------------------------------------------------------------

    def check(self, entry: Entry, table: Table) -> None:
        """Refuse what is not about this body. What the row says of its term, the turnover says for all."""
        turnover, said = self.turnover, entry.said
        for name, code, found, wanted, label in (
            ("category", "other_kind", entry.seat_kind, turnover.kind, turnover.get_kind_display()),
            ("level", "other_level", said.get("level"), turnover.level, turnover.get_level_display()),
            ("body", "other_body", said.get("body"), turnover.body, turnover.body),
        ):
            if found and wanted and found != wanted:
                value = entry.line.text(name) or entry.line.sheet or ""
                entry.issues.append(Issue(code, table.label(name), value, {"wanted": str(label)}))
        unit = {"wanted": str(turnover.unit)}
        entry.issues[:] = [
            Issue("outside_unit", issue.column, issue.value, unit)
            if issue.code == "unit_out_of_reach"
            else issue
            for issue in entry.issues
            if issue.code not in {"term_ended", "unpaired"}
        ]
        if not entry.rejected and said.get("term_number") not in {None, turnover.term_number}:
            wanted_term = {"wanted": turnover.term_number}
            entry.issues.append(
                Issue("other_term", table.label("term_number"), str(said["term_number"]), wanted_term)
            )
        said.pop("term_number", None)  # left in, they would keep row and old seat apart

    def rows(
        self, matches: list[Match], known: list[Known], holders: dict[int, Stakeholder]
    ) -> Iterable[Case]:
        taken: dict[int, Match] = {}
        for m in matches:
            if m.person and (m.person.pk in taken or self.is_weak(m, holders)):
                m.person = None  # a doubt
            elif m.person:
                taken[m.person.pk] = m
            m.seat = None
        doubts = matching.possible_duplicates(matches, known)
        by_name: dict[str, list[Known]] = defaultdict(list)
        for person in known:
            by_name[person.name].append(person)
        for index, m in enumerate(matches):
            if m.twin or m.entry.rejected:
                yield Case(Group.REFUSED, entry=m.entry, match=m)
            elif m.person:
                yield self.comer(m)
            else:
                yield self.stranger(m, doubts.get(index), by_name[m.entry.name], taken, holders)

    def is_weak(self, m: Match, holders: dict[int, Stakeholder]) -> bool:
        """The name alone does not bring anybody over from another body."""
        if m.person is None or m.person.pk in holders:
            return False
        return m.traits.agreement(m.person.traits) < matching.ENOUGH

    def stranger(
        self,
        m: Match,
        doubt: Match | Known | None,
        namesakes: list[Known],
        taken: dict[int, Match],
        holders: dict[int, Stakeholder],
    ) -> Case:
        """A row that means no stored seat of the kind and level: somebody known, somebody new, or a doubt."""
        points = sorted(
            ((m.traits.agreement(person.traits), person) for person in namesakes),
            key=lambda one: (-one[0], one[1].pk),
        )
        sure = [person for agreed, person in points if agreed >= SURE]
        if sure and points[0][0] > (points[1][0] if len(points) > 1 else 0) and sure[0].pk not in taken:
            m.person = sure[0]
            taken[m.person.pk] = m
            return self.comer(m)
        if doubt is None:
            here = (
                p
                for _points, p in points
                if self.sits_there(p, holders) and p.pk not in taken and not differs(m, p)
            )
            doubt = next(here, None)
            if doubt is None:
                return self.comer(m)
        if isinstance(doubt, Known) and doubt.pk in taken:
            doubt = taken[doubt.pk]
        return self.decided(m, doubt, taken)

    def sits_there(self, person: Known, holders: dict[int, Stakeholder]) -> bool:
        """Does the person hold a seat of the kind and level, here or elsewhere?"""
        turnover = self.turnover
        alike = ((s.kind, s.level) == (turnover.kind, turnover.level) for s in person.seats)
        return person.pk in holders or any(alike)

    def decided(self, m: Match, doubt: Match | Known, taken: dict[int, Match]) -> Case:
        choice = self.choose(m.entry)
        if choice == Choice.NEW:
            case = self.comer(m)
        elif choice == Choice.SAME and isinstance(doubt, Known):
            m.person = doubt
            taken[doubt.pk] = m
            case = self.comer(m)
        elif choice == Choice.SAME and isinstance(doubt, Match):
            m.entry.issues.append(Issue("typed_twice", None, "", where(doubt)))
            case = Case(Group.REFUSED, "", m, m.entry)
        else:
            agree = isinstance(doubt, Known) and m.traits.may_be_same(doubt.traits)
            why = "maybe_row" if isinstance(doubt, Match) else "maybe" if agree else "maybe_here"
            other = self.people[doubt.pk] if isinstance(doubt, Known) else doubt
            case = Case(Group.DOUBTFUL, why, m, m.entry, other=other)
        case.choice = choice
        return case

    def comer(self, m: Match) -> Case:
        """Somebody who sits in the body from the first day on."""
        if m.person is None:
            return Case(Group.NEW, "new", m, m.entry)
        person = self.people[m.person.pk]
        seats = self.held(person, unnamed=True)
        new = self.seat_of_the_new_term(person)
        m.seat = next((seat for seat in m.person.seats if new and seat.pk == new.pk), None)
        m.former = max(seats, key=lambda seat: (seat.started_on or dt.date.min, seat.pk), default=None)
        case = Case(Group.CONTINUING, "has_it" if m.seat else "stays", m, m.entry, person, seats=seats)
        if not seats and not m.seat:
            active = self.others(person)
            case.group, case.why = Group.MOVED, "comes" if active else "returns"
        return case

    # --- people ------------------------------------------------------------------------------------------

    def holders(self) -> list[Stakeholder]:
        """Those in the charge of the unit who hold a seat in the body, or held one until lately."""
        turnover = self.turnover
        seats = Seat.objects.filter(
            Q(started_on=None) | Q(started_on__lt=self.day),
            Q(ended_on=None) | Q(ended_on__gte=self.day - GAP),
            stakeholder=OuterRef("pk"),
            kind=turnover.kind,
            level=turnover.level,
        )
        people = Stakeholder.objects.filter(Exists(seats), unit__path__startswith=turnover.unit.path)
        if self.context.actor.officer:
            people = people.visible_to(self.context.actor.officer, Deed.IMPORT)
        return list(people.prefetch_related("phones", "seats").order_by("pk"))

    def held(self, person: Stakeholder, *, unnamed: bool = False) -> list[Seat]:
        """The person's seats of the old term in this body; none if they stand in the charge of another unit."""
        if not self.directory.reaches(self.directory.units[person.unit_id]):
            return []
        return [
            seat
            for seat in person.seats.all()
            if self.turnover.is_of_body(seat, unnamed=unnamed)
            and not self.turnover.is_of_term(seat)
            and (seat.ended_on is None or seat.ended_on >= self.day - GAP)
        ]

    def seat_of_the_new_term(self, person: Stakeholder) -> Seat | None:
        turnover = self.turnover
        return next(
            (s for s in person.seats.all() if turnover.is_of_body(s) and turnover.is_of_term(s)), None
        )

    def others(self, person: Stakeholder) -> list[Seat]:
        """Seats elsewhere that the person holds on the first day, or later."""
        here = {seat.pk for seat in self.held(person)}
        seats = (seat for seat in person.seats.all() if seat.pk not in here)
        return [seat for seat in seats if seat.ended_on is None or seat.ended_on >= self.day]

    def leavers(self, rows: list[Case], holders: dict[int, Stakeholder]) -> list[Case]:
        """Who holds a seat here and is in no row. Whom an unsettled row may mean, is left alone."""
        here = {case.person.pk for case in rows if case.person}
        unsettled = {case.name: case for case in rows if case.group == Group.REFUSED and unclear(case)}
        doubted = {
            case.other.pk
            for case in rows
            if case.group == Group.DOUBTFUL and isinstance(case.other, Stakeholder)
        }
        elsewhere = {case.name for case in rows if case.group == Group.REFUSED and not unclear(case)}
        paired = self.paired_on_the_eve(holders)
        found = []
        for person in holders.values():
            seats = self.held(person)
            if not seats or person.pk in here | doubted:
                continue
            if person.name in unsettled:
                unsettled[person.name].other, unsettled[person.name].why = person, "kept"
                continue
            if case := self.leaver(person, seats, person.pk in paired):
                if case.why == "ends" and person.name in elsewhere:
                    case.why = "ends_here"
                found.append(case)
        return found

    def leaver(self, person: Stakeholder, seats: list[Seat], paired: bool) -> Case | None:
        now = min(self.context.day, self.eve)
        if self.seat_of_the_new_term(person):
            return Case(Group.CONTINUING, "has_it_by_hand", person=person, seats=seats)
        if not paired and all(seat.ended_on and seat.ended_on < now for seat in seats):
            return None  # left some time ago, and nothing is left to do
        if self.others(person):
            return Case(Group.MOVED, "goes", person=person, seats=seats)
        return Case(Group.ENDED, "ends", person=person, seats=seats)

    def paired_on_the_eve(self, people: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for some in batches(sorted(people)):
            rows = Pairing.objects.open(self.eve).filter(stakeholder__in=some)
            found.update(rows.values_list("stakeholder", flat=True))
        return found


def say_the_term(turnover: Turnover, match: Match) -> None:
    """What the turnover says of every seat, and what a blank cell of the row leaves as it was."""
    said, former = match.entry.said, match.former
    until = turnover.ends_on.isoformat() if turnover.ends_on else None
    if until is None and (term := said.get("term")) and (term[1] or "") >= turnover.starts_on.isoformat():
        until = term[1]
    said |= {"term_number": turnover.term_number, "term": [turnover.starts_on.isoformat(), until]}
    if body := turnover.body or (former.body if former else ""):
        said.setdefault("body", body)
    if former and former.delegation:
        said.setdefault("delegation", former.delegation)


def differs(m: Match, person: Known) -> bool:
    """Do birth or sex say that it is somebody else?"""
    here, there = m.traits, person.traits
    sexes = here.sex and there.sex and here.sex != there.sex
    return bool(sexes or here.birth and there.birth and here.birth[:4] != there.birth[:4])


def unclear(case: Case) -> bool:
    """May a refused row mean somebody who sits in this body?"""
    return case.entry is not None and bool(
        {issue.code for issue in case.entry.issues if issue.is_error} - ELSEWHERE
    )


def read(people: Iterable[int]) -> dict[int, Stakeholder]:
    found: dict[int, Stakeholder] = {}
    for some in batches(sorted(people)):
        found |= Stakeholder.objects.prefetch_related("phones", "seats").in_bulk(some)
    return found


def lock(people: Iterable[int]) -> None:
    """Nobody changes these people until the transaction ends; always in the same order, so that two never wait for
    each other."""
    for some in batches(sorted(set(people))):
        list(Stakeholder.objects.select_for_update().filter(pk__in=some).order_by("pk"))
