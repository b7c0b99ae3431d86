"""Who is who: which stored seat a row means, and which people may be the same.

A row means a stored seat of its kind, level and name if enough of the rest agrees, or if there is one such row and one
such seat and nothing speaks against it; namesakes are told apart by their phones, birth and employer. Nothing is ever
merged: people who may be the same are only named to somebody who decides.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from contacts.imports.rosters import Entry
from contacts.models import Seat
from contacts.traits import Traits

ENOUGH = 3


@dataclass(slots=True, eq=False)
class KnownSeat:
    """What there is to compare of a stored seat."""

    pk: int
    kind: str
    level: str
    certificate: str
    term_number: int | None
    started_on: dt.date | None
    ended_on: dt.date | None


@dataclass(slots=True, eq=False)
class Known:
    """What there is to compare of a stored person."""

    pk: int
    name: str
    traits: Traits
    seats: list[KnownSeat]


@dataclass(slots=True, eq=False)
class Match:
    """What a row turned out to mean: a stored seat, a new seat of a stored person, a row above, or somebody new. `former`
    is the seat of the term before, if the new seat continues one; `renewed` the appointment of which the new one, under the
    same certificate, is the next term."""

    entry: Entry
    person: Known | None = None
    seat: KnownSeat | None = None
    former: Seat | None = None
    renewed: KnownSeat | None = None
    twin: Match | None = None
    traits: Traits = field(default_factory=Traits)
    written: int | None = None  # whom the row means, once it is written


@dataclass(frozen=True, slots=True)
class Stored:
    person: Known
    seat: KnownSeat


def match(entries: Iterable[Entry], people: Iterable[Known], merged: Collection[int] = ()) -> list[Match]:
    """One Match for each entry, in their order. `merged` are the keys of those who were two once."""
    matches = [Match(entry, traits=Traits.of_entry(entry)) for entry in entries]
    find_twins(matches)
    stored = [Stored(person, seat) for person in people for seat in person.seats]
    free = {one.seat.pk: one for one in stored}
    for found in (by_certificate, by_name, by_corrected_name, by_reelection):
        found([m for m in matches if not m.twin and not m.person], free)
    find_merged_seats(matches, [one for one in stored if one.person.pk in merged])
    return matches


def find_twins(matches: list[Match]) -> None:
    """Rows that were typed twice: one certificate number, or the very same words."""
    seen: dict[object, Match] = {}
    for m in matches:
        entry = m.entry
        key = entry.said.get("certificate") or digest(entry)
        m.twin = seen.get((entry.seat_kind, entry.name, key))
        seen.setdefault((entry.seat_kind, entry.name, key), m)


def digest(entry: Entry) -> bytes:
    """The very same words, in few bytes."""
    return hashlib.sha256(repr(sorted(entry.said.items())).encode()).digest()


def find_merged_seats(matches: list[Match], stored: list[Stored]) -> None:
    """Where two people with the very same seat were merged, a roster may still name it twice, each time in the words of
    one of them: the second row is typed twice, and nobody new."""
    row_of = {m.seat.pk: m for m in matches if m.seat}
    for m in [m for m in matches if stored and not m.twin and not m.person]:
        for one in stored:
            known = row_of.get(one.seat.pk)
            same = one.person.name == m.entry.name and m.traits.agreement(one.person.traits) >= ENOUGH
            if known and same and fits(m.entry, one.seat):
                m.twin = known


def take(m: Match, one: Stored, free: dict[int, Stored]) -> None:
    m.person, m.seat = one.person, one.seat
    del free[one.seat.pk]


def by_certificate(matches: list[Match], free: dict[int, Stored]) -> None:
    """Of an appointment that was renewed under its number, the seat of the row's term, else the latest; a term that begins
    after the latest has ended renews it."""
    certified: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for stored in free.values():
        if stored.seat.certificate:
            certified[stored.seat.kind, stored.seat.certificate].append(stored)
    for m in matches:
        ones = certified.get((m.entry.seat_kind, m.entry.said.get("certificate", "")), [])
        free_ones = (one for one in ones if one.seat.pk in free)
        one = max(free_ones, key=lambda one: began(m.entry, one.seat), default=None)
        if not one or one.person.name != m.entry.name and one.person.traits.agreement(m.traits) < ENOUGH:
            continue
        if follows(m.entry, one.seat):
            m.person, m.renewed = one.person, one.seat
        else:
            take(m, one, free)


def by_name(matches: list[Match], free: dict[int, Stored]) -> None:
    """The best-agreeing pairs of row and seat first, so that of two namesakes each finds their own; of one person's
    seats the one of the row's term, else the latest."""
    pairs = []
    for rows, seats in grouped(matches, free).values():
        for m in rows:
            for one in seats:
                points = m.traits.agreement(one.person.traits)
                alone = len(rows) == len(seats) == 1 and not m.traits.contradicts(one.person.traits)
                if fits(m.entry, one.seat) and (points >= ENOUGH or alone):
                    pairs.append((points, nearness(m.entry, one.seat), m, one))
    for _points, _nearness, m, one in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if not m.person and one.seat.pk in free:
            take(m, one, free)


def grouped(matches: list[Match], free: dict[int, Stored]) -> dict[tuple, tuple[list[Match], list[Stored]]]:
    groups: dict[tuple, tuple[list[Match], list[Stored]]] = defaultdict(lambda: ([], []))
    for m in matches:
        groups[m.entry.seat_kind, m.entry.said.get("level", ""), m.entry.name][0].append(m)
    for one in free.values():
        groups[one.seat.kind, one.seat.level, one.person.name][1].append(one)
    return {key: group for key, group in groups.items() if group[0] and group[1]}


def by_corrected_name(matches: list[Match], free: dict[int, Stored]) -> None:
    """Another name, but the same mobile, birth, employer and seat: the name was corrected."""
    by_mobile = {mobile: one for one in free.values() for mobile in one.person.traits.mobiles}
    for m in matches:
        one = next((by_mobile[mobile] for mobile in m.traits.mobiles if mobile in by_mobile), None)
        if (
            one
            and one.seat.pk in free
            and fits(m.entry, one.seat)
            and m.traits.is_but_for_the_name(one.person.traits)
        ):
            take(m, one, free)


def by_reelection(matches: list[Match], free: dict[int, Stored]) -> None:
    """Another term of the same kind at the same level: a new seat of the person who is held to be the same."""
    for rows, seats in grouped(matches, free).values():
        for m in rows:
            for one in seats:
                later = follows(m.entry, one.seat)
                another_term = later or not same_term(m.entry, one.seat) and not one.seat.certificate
                if not m.person and another_term and m.traits.may_be_same(one.person.traits):
                    m.person, m.renewed = one.person, one.seat if later and one.seat.certificate else None


def fits(entry: Entry, seat: KnownSeat) -> bool:
    """Can the row be about this seat, whoever holds it?"""
    same = (seat.kind, seat.level) == (entry.seat_kind, entry.said.get("level", ""))
    certificate = entry.said.get("certificate", seat.certificate)
    this_term = same_term(entry, seat) and not follows(entry, seat)
    return same and this_term and seat.certificate in {"", certificate}


def nearness(entry: Entry, seat: KnownSeat) -> tuple[bool, dt.date]:
    number = entry.said.get("term_number")
    return number is not None and number == seat.term_number, seat.started_on or dt.date.min


def began(entry: Entry, seat: KnownSeat) -> tuple[bool, dt.date]:
    start = (entry.said.get("term") or [None])[0]
    same = seat.started_on is not None and start == seat.started_on.isoformat()
    return same, seat.started_on or dt.date.min


def follows(entry: Entry, seat: KnownSeat) -> bool:
    """Does the row's term begin after that of the seat has ended?"""
    start = (entry.said.get("term") or [None])[0]
    return seat.ended_on is not None and start is not None and start > seat.ended_on.isoformat()


def same_term(entry: Entry, seat: KnownSeat) -> bool:
    """Terms differ if both their numbers and their first days do; one of them alone may have been corrected."""
    number, term = entry.said.get("term_number"), entry.said.get("term")
    if number is None or seat.term_number in {None, number}:
        return True
    return not term or seat.started_on is None or term[0] == seat.started_on.isoformat()


def possible_duplicates(
    matches: list[Match], people: Iterable[Known], distinct: Collection[tuple[int, int]] = ()
) -> dict[int, Match | Known]:
    """Index of a match → who came before and may be the same person. The later of two is the one that is named. Those
    of whom somebody said that they are `distinct`, the older number first, are not named again."""
    row_of = {m.person.pk: m for m in matches if m.person}
    known: dict[str, list[tuple[Traits, Match | Known]]] = defaultdict(list)
    for person in people:
        known[person.name].append((person.traits, person))
    found: dict[int, Match | Known] = {}
    for index, m in enumerate(matches):
        if m.twin:
            continue
        traits = m.traits | m.person.traits if m.person else m.traits
        for others, other in known[m.entry.name]:
            if came_before(other, m) and not apart(other, m, distinct) and traits.may_be_same(others):
                found[index] = row_of.get(other.pk, other) if isinstance(other, Known) else other
                break
        if not m.person:
            known[m.entry.name].append((m.traits, m))
    return found


def apart(other: Match | Known, m: Match, distinct: Collection[tuple[int, int]]) -> bool:
    return isinstance(other, Known) and m.person is not None and (other.pk, m.person.pk) in distinct


def came_before(other: Match | Known, m: Match) -> bool:
    return not isinstance(other, Known) or m.person is None or other.pk < m.person.pk
