"""Import pairings with their days: police number, person, first day, last day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from contacts.imports import cells
from contacts.imports.directory import Directory, OfficerRef
from contacts.imports.finding import Finder
from contacts.imports.issues import Issue
from contacts.imports.results import Context, Outcome, Result, said_before
from contacts.imports.tables import Line, Table
from contacts.models import AuditEntry, Pairing, Stakeholder
from contacts.pairing import active_among, answer_requests, lock, move
from contacts.rows import Values, values
from liaison.batches import batches


@dataclass
class Wish:
    """A row that names an officer, a person and days."""

    result: Result
    person: Stakeholder
    officer: OfficerRef
    started_on: dt.date
    ended_on: dt.date | None

    @property
    def key(self) -> str:
        return f"pairing:{self.person.pk}:{self.officer.police_number}:{self.started_on:%Y%m%d}"


def run(table: Table, context: Context) -> list[Result]:
    directory = context.directory()
    finder = Finder((line.text("stakeholder") for line in table.lines), context)
    results, wishes = [], []
    for line in context.progress.over("checking", table.lines, len(table.lines)):
        result = Result.of(line, Outcome.REJECTED, line.text("stakeholder"))
        results.append(result)
        wish = check(line, table, result, directory, finder, context)
        if wish and not result.issues:
            wishes.append(wish)
    apply(wishes, table, context)
    return results


def check(
    line: Line, table: Table, result: Result, directory: Directory, finder: Finder, context: Context
) -> Wish | None:
    """The wish of a row, or None; what is wrong with it stands in the result."""

    def flag(code: str, name: str, value: str = "") -> None:
        result.issues.append(Issue(code, table.label(name), value or line.text(name)))

    officer = directory.officers.get(cells.police_number(line.cells.get("police_number", "")))
    people = finder.find(line.text("stakeholder"))
    started_on = (
        cells.day_of(line.cells["started_on"]) if "started_on" in line.cells else context.pairings_from
    )
    ended_on = cells.day_of(line.cells["ended_on"]) if "ended_on" in line.cells else None
    if not officer:
        flag("officer_not_found", "police_number")
    elif not directory.reaches(directory.units[officer.unit_id]):
        flag("unit_out_of_reach", "police_number", directory.units[officer.unit_id].short_name)
    if len(people) != 1:
        flag("stakeholder_ambiguous" if people else "stakeholder_not_found", "stakeholder")
    for name, day in (("started_on", started_on), ("ended_on", ended_on)):
        if name in line.cells and day is None:
            flag("day_invalid", name)
    if started_on and ended_on and ended_on < started_on:
        flag("period_reversed", "ended_on")
    if not officer or len(people) != 1 or not started_on:
        return None
    result.name, result.person = people[0].name, people[0].pk
    return Wish(result, people[0], officer, started_on, ended_on)


def apply(wishes: list[Wish], table: Table, context: Context) -> None:
    """Person by person, in the order of the days."""
    lock(wish.person for wish in wishes)
    active = active_among(wish.officer.pk for wish in wishes)
    for wish in wishes:
        if wish.officer.pk not in active:  # switched off since the directory was read
            label, number = table.label("police_number"), wish.officer.police_number
            wish.result.issues.append(Issue("officer_not_found", label, number))
    wishes = [wish for wish in wishes if not wish.result.issues]
    stored = stored_pairings(wish.person.pk for wish in wishes)
    before = said_before(wish.key for wish in wishes)
    plan = Plan(table, context)
    for wish in sorted(wishes, key=lambda wish: wish.started_on):
        plan.take(wish, stored[wish.person.pk], wish.key in before)
    plan.save()
    people = {wish.person.pk: wish.person for wish in wishes}
    open_units = {
        pk: p.unit_id
        for pk in people
        for p in stored[pk]
        if p.ended_on is None and p.started_on <= context.day
    }
    move([people[pk] for pk in open_units], open_units, context.pen)


def stored_pairings(people: Iterable[int]) -> dict[int, list[Pairing]]:
    found: dict[int, list[Pairing]] = defaultdict(list)
    for some in batches(sorted(set(people))):
        rows = (
            Pairing.objects.filter(stakeholder__in=some)
            .select_related("officer")
            .select_for_update(of=("self",))
        )
        for pairing in rows.order_by("started_on"):
            found[pairing.stakeholder_id].append(pairing)
    return found


class Plan:
    """What is to be written, gathered wish by wish. Days never overlap: an open pairing of another officer ends on the
    day before (R4), anything else that overlaps is refused."""

    def __init__(self, table: Table, context: Context) -> None:
        self.table, self.context = table, context
        self.created: list[Pairing] = []
        self.ended: dict[Pairing, Values] = {}  # with what they were before
        self.deleted: list[Pairing] = []
        self.entries: list[AuditEntry] = []

    def take(self, wish: Wish, pairings: list[Pairing], known: bool) -> None:
        result = wish.result
        same = next(
            (p for p in pairings if p.officer_id == wish.officer.pk and p.started_on == wish.started_on), None
        )
        overlapping = [p for p in pairings if p is not same and overlap(p, wish)]
        result.outcome = Outcome.UNCHANGED
        if same and wish.ended_on in {None, same.ended_on}:
            pass
        elif same and not overlapping:
            self.end(same, wish)
            result.outcome = Outcome.UPDATED
        elif known or any(p.officer_id == wish.officer.pk and p.ended_on is None for p in overlapping):
            pass  # imported before and changed by hand since; or the officer holds the person already
        elif len(overlapping) <= 1 and all(
            p.ended_on is None and p.started_on <= wish.started_on for p in overlapping
        ):
            self.create(wish, pairings, overlapping)
            result.outcome = Outcome.CREATED
        else:
            result.outcome = Outcome.REJECTED
            result.issues.append(
                Issue("pairing_overlaps", self.table.label("started_on"), wish.started_on.isoformat())
            )
            return
        result.key, result.group = wish.key, wish.person.pk
        result.said = None if known else {"ended_on": iso(wish.ended_on)}

    def create(self, wish: Wish, pairings: list[Pairing], overlapping: list[Pairing]) -> None:
        before = None
        for held in overlapping:
            before = {"officer": held.officer.police_number}
            if held.started_on == wish.started_on:
                pairings.remove(held)
                if held.pk:
                    self.deleted.append(held)
                else:
                    self.created.remove(held)
            else:
                self.note(held)
                held.ended_on = wish.started_on - dt.timedelta(days=1)
        new = Pairing(
            officer_id=wish.officer.pk,
            stakeholder=wish.person,
            unit_id=wish.officer.unit_id,
            started_on=wish.started_on,
            ended_on=wish.ended_on,
            reason=_("imported"),
        )
        pairings.append(new)
        self.created.append(new)
        after = {"officer": wish.officer.police_number, "from": wish.started_on, "until": wish.ended_on}
        self.entries.append(
            AuditEntry.objects.entry(self.context.actor, "pair", wish.person, before=before, after=after)
        )

    def end(self, pairing: Pairing, wish: Wish) -> None:
        before, after = {"ended_on": pairing.ended_on}, {"ended_on": wish.ended_on}
        wish.result.changes = {"ended_on": [iso(pairing.ended_on), iso(wish.ended_on)]}
        self.note(pairing)
        pairing.ended_on = wish.ended_on
        self.entries.append(
            AuditEntry.objects.entry(
                self.context.actor, "end pairing", wish.person, before=before, after=after
            )
        )

    def note(self, pairing: Pairing) -> None:
        """It is about to end, unless it is a new one itself."""
        if pairing.pk:
            self.ended.setdefault(pairing, values(pairing))

    def save(self) -> None:
        pen = self.context.pen
        for pairing, was in self.ended.items():
            pen.changed(pairing.stakeholder_id, pairing, was)
        for pairing in self.deleted:
            pen.deleted(pairing.stakeholder_id, pairing)
        Pairing.objects.filter(pk__in=[pairing.pk for pairing in self.deleted]).delete()
        Pairing.objects.bulk_update(self.ended, ["ended_on"], batch_size=500)
        Pairing.objects.bulk_create(self.created, batch_size=500)
        for pairing in self.created:
            pen.created(pairing.stakeholder_id, pairing)
        AuditEntry.objects.bulk_create(self.entries, batch_size=500)
        anew = [pairing.stakeholder_id for pairing in self.created if pairing.ended_on is None]
        answer_requests(anew, self.context.actor)


def overlap(pairing: Pairing, wish: Wish) -> bool:
    starts_in_time = wish.ended_on is None or pairing.started_on <= wish.ended_on
    return starts_in_time and (pairing.ended_on is None or pairing.ended_on >= wish.started_on)


def iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
