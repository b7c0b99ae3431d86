"""Import a roster of people: check its rows, find out whom they mean, write what they say anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from contacts import phones
from contacts.imports import matching, rosters
from contacts.imports.directory import Directory
from contacts.imports.issues import Issue
from contacts.imports.matching import Known, KnownSeat, Match
from contacts.imports.results import Context, Outcome, Result
from contacts.imports.rosters import Entry
from contacts.imports.tables import Line, Table, taken
from contacts.imports.writing import Writer
from contacts.models import ContactPhone, Distinct, Merge, Seat, Stakeholder
from contacts.phones import Phone
from contacts.traits import Traits
from liaison.batches import batches


def prepare(table: Table, context: Context) -> None:
    """Check the rows before the transaction: on SQLite nobody else writes while one is open."""
    directory = context.directory()
    table.prepared = directory, list(check(table, table.lines, directory, context))


def run(table: Table, context: Context) -> Iterator[Result]:
    """Import the rows of a roster inside the caller's transaction, some at a time: of 100,000 the memory does not hold
    everything that is written."""
    directory = context.directory()
    entries = entries_of(table, directory, context)
    sound = [entry for entry in entries if not entry.rejected]
    people = load(sound, context)
    merged = set(Merge.objects.standing().values_list("survivor_number", flat=True))
    matches = matching.match(sound, people, merged)
    flag_certificates(matches, table)
    distinct = Distinct.objects.among({person.pk for person in people})
    for index, other in matching.possible_duplicates(matches, people, distinct).items():
        matches[index].entry.issues.append(duplicate_of(other, table))
    match_of = {id(m.entry): m for m in matches if not m.entry.rejected}
    del sound, people, matches
    for some in batches(context.progress.over("writing", taken(entries), len(entries)), 1000):
        found = [match_of.pop(id(entry), None) for entry in some]
        writer = Writer(context, directory, table, [m for m in found if m])
        results = [
            writer.take(m) if m else Result.of(entry.line, Outcome.REJECTED, entry.name, entry.issues)
            for entry, m in zip(some, found, strict=True)
        ]
        writer.save()
        yield from results


def entries_of(table: Table, directory: Directory, context: Context) -> list[Entry]:
    """What was prepared, if the units and officers are still the same."""
    (before, entries), table.prepared = table.prepared or (None, []), None
    if before and before.says_the_same_as(directory):
        return entries
    return list(check(table, taken(table.lines), directory, context))


def check(table: Table, lines: Iterable[Line], directory: Directory, context: Context) -> Iterator[Entry]:
    for line in context.progress.over("checking", lines, len(table.lines)):
        entry = rosters.Check(table, line, directory, context.day, phones.AREA).entry
        entry.line = Line(line.sheet, line.number, {})  # what stood in the cells has been read
        yield entry


def load(entries: list[Entry], context: Context) -> list[Known]:
    """Those within reach whom a row may mean: by name, or by mobile where the name was corrected."""
    called = sorted({entry.name for entry in entries})
    mobiles = sorted({phone.e164 for entry in entries for phone in entry.phones if phone.kind == "mobile"})
    found: set[int] = set()
    for some in batches(called):
        found.update(context.people().filter(name__in=some).values_list("pk", flat=True))
    for some in batches(mobiles):
        found.update(context.people().filter(phones__e164__in=some).values_list("pk", flat=True))
    return [known for some_ in batches(sorted(found)) for known in read_known(some_)]


PERSON = ("pk", "name", "sex", "birth_year", "birth_month", "employer", "address")
SEAT = ("stakeholder", "pk", "kind", "level", "certificate", "term_number", "started_on", "ended_on")


def read_known(pks: Sequence[int]) -> Iterator[Known]:
    numbers: dict[int, list[Phone]] = defaultdict(list)
    seats: dict[int, list[KnownSeat]] = defaultdict(list)
    for pk, *number in ContactPhone.objects.filter(stakeholder__in=pks).values_list(
        "stakeholder", "e164", "extension", "kind"
    ):
        numbers[pk].append(Phone(*number))
    for pk, *seat in Seat.objects.filter(stakeholder__in=pks).order_by("pk").values_list(*SEAT):
        seats[pk].append(KnownSeat(*seat))
    for pk, name, sex, year, month, employer, address in (
        Stakeholder.objects.filter(pk__in=pks).order_by("pk").values_list(*PERSON)
    ):
        birth = Stakeholder(birth_year=year, birth_month=month).birth
        traits = Traits.of(numbers[pk], birth, sex, employer, address)
        yield Known(pk, name, traits, seats[pk])


def flag_certificates(matches: list[Match], table: Table) -> None:
    """Say where a row was typed twice, and refuse a certificate number that belongs to somebody else."""
    new = [
        m
        for m in matches
        if not m.twin and not m.renewed
        if certificate(m) and (m.seat is None or m.seat.certificate != certificate(m))
    ]
    taken: set[tuple[str, str]] = set()
    for some in batches([certificate(m) for m in new]):
        taken.update(Seat.objects.filter(certificate__in=some).values_list("kind", "certificate"))
    for m in new:
        number = m.entry.seat_kind, certificate(m)
        if number in taken:
            m.entry.issues.append(Issue("certificate_taken", table.label("certificate"), number[1]))
        taken.add(number)
    for m in matches:
        if m.renewed:
            m.entry.issues.append(Issue("renews", table.label("certificate"), f"{m.renewed.ended_on}"))
        if m.twin and m.twin.entry.rejected:
            m.entry.issues.append(Issue("certificate_taken", table.label("certificate"), certificate(m)))
        elif m.twin:
            column = "certificate" if certificate(m) else "name"
            m.entry.issues.append(Issue("typed_twice", table.label(column), "", where(m.twin)))


def certificate(m: Match) -> str:
    return m.entry.said.get("certificate", "")


def duplicate_of(other: Match | Known, table: Table) -> Issue:
    if isinstance(other, Known):
        return Issue("possible_duplicate", table.label("name"), Stakeholder(pk=other.pk).number)
    return Issue("possible_duplicate", table.label("name"), "", where(other))


def where(m: Match) -> dict[str, Any]:
    return {"sheet": m.entry.line.sheet, "row": m.entry.line.number}
