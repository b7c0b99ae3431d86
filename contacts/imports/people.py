"""Import a roster of people: check its rows, find out whom they mean, write what they say anew."""

from __future__ import annotations

from typing import Any

from contacts.access import Deed
from contacts.imports import matching, rosters
from contacts.imports.issues import Issue
from contacts.imports.matching import Match
from contacts.imports.results import Context, Outcome, Result, batches
from contacts.imports.rosters import Entry
from contacts.imports.tables import Table
from contacts.imports.writing import Writer
from contacts.models import ContactPhone, Distinct, Merge, Seat, Stakeholder


def run(table: Table, context: Context) -> list[Result]:
    """Import the rows of a roster inside the caller's transaction."""
    directory = context.directory()
    entries = rosters.check(table, directory, context.day)
    sound = [entry for entry in entries if not entry.rejected]
    people = load(sound, context)
    merged = set(Merge.objects.standing().values_list("survivor_number", flat=True))
    matches = matching.match(sound, people, merged)
    flag_certificates(matches, table)
    writer = Writer(context, directory, table, matches)
    distinct = Distinct.objects.among({person.pk for person in people})
    for index, other in matching.possible_duplicates(matches, people, distinct).items():
        matches[index].entry.issues.append(duplicate_of(other, table))
    results = {id(m.entry): writer.take(m) for m in matches if not m.entry.rejected}
    writer.save()
    return [
        results.get(id(entry)) or Result.of(entry.line, Outcome.REJECTED, entry.name, entry.issues)
        for entry in entries
    ]


def load(entries: list[Entry], context: Context) -> list[Stakeholder]:
    """Those within reach whom a row may mean: by name, or by mobile where the name was corrected."""
    within = Stakeholder.objects.all()
    if context.actor.officer:
        within = within.visible_to(context.actor.officer, Deed.IMPORT)
    found: dict[int, Stakeholder] = {}
    called = sorted({entry.name for entry in entries})
    mobiles = sorted({phone.e164 for entry in entries for phone in entry.phones if phone.kind == "mobile"})
    for some in batches(called):
        found.update((p.pk, p) for p in within.filter(name__in=some).prefetch_related("phones", "seats"))
    owners: set[int] = set()
    for some in batches(mobiles):
        owners.update(ContactPhone.objects.filter(e164__in=some).values_list("stakeholder", flat=True))
    for some_ in batches(sorted(owners - found.keys())):
        found.update((p.pk, p) for p in within.filter(pk__in=some_).prefetch_related("phones", "seats"))
    return [found[pk] for pk in sorted(found)]


def flag_certificates(matches: list[Match], table: Table) -> None:
    """Say where a row was typed twice, and refuse a certificate number that belongs to somebody else."""
    new = [
        m
        for m in matches
        if not m.twin and certificate(m) and (m.seat is None or m.seat.certificate != certificate(m))
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
        if m.twin and m.twin.entry.rejected:
            m.entry.issues.append(Issue("certificate_taken", table.label("certificate"), certificate(m)))
        elif m.twin:
            column = "certificate" if certificate(m) else "name"
            m.entry.issues.append(Issue("typed_twice", table.label(column), "", where(m.twin)))


def certificate(m: Match) -> str:
    return m.entry.said.get("certificate", "")


def duplicate_of(other: Match | Stakeholder, table: Table) -> Issue:
    if isinstance(other, Stakeholder):
        return Issue("possible_duplicate", table.label("name"), other.number)
    return Issue("possible_duplicate", table.label("name"), "", where(other))


def where(m: Match) -> dict[str, Any]:
    return {"sheet": m.entry.line.sheet, "row": m.entry.line.number}
