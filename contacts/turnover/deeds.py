"""Turning a term: check the roster, confirm or drop it, pair whom nobody holds, take it all back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts import journal
from contacts.imports import batches, keeping, running
from contacts.imports.results import Context, Report, Result
from contacts.imports.tables import Table
from contacts.imports.writing import Writer
from contacts.locks import one_at_a_time
from contacts.models import (
    Actor,
    AuditEntry,
    ImportBatch,
    Journal,
    JournalLine,
    Officer,
    Seat,
    Stakeholder,
    Turnover,
    TurnoverLine,
)
from contacts.pairing import end_many, pair_many
from contacts.turnover.grouping import Case, Choose, Group, directory_of, lock, say_the_term, sort_out
from contacts.turnover.lines import line_of
from contacts.watching import Watch

COMING = {Group.CONTINUING, Group.NEW, Group.MOVED}


@dataclass
class Turned:
    """What was, or would be, done."""

    cases: list[Case]
    paired: int = 0
    freed: int = 0

    @property
    def counts(self) -> dict[str, int]:
        groups = Counter(case.group for case in self.cases)
        return {group.value: groups[group] for group in Group} | {"paired": self.paired, "freed": self.freed}

    @property
    def report(self) -> list[Result]:
        """One result for each row, as an import answers it."""
        return [case.result or case.as_rejected() for case in self.cases if case.entry]


def nobody_decided(_entry: Any) -> str:
    return ""


# --- before it is confirmed ----------------------------------------------------------------------------------


class Waits(Exception):
    """The same roster waits already, for the same turn of the same body."""

    def __init__(self, turnover: Turnover) -> None:
        super().__init__(turnover)
        self.turnover = turnover


def check(turnover: Turnover, file: UploadedFile, context: Context) -> Turnover:
    """Keep the roster and say what would become of everybody; Refused if it can not be read, Waits if it was sent
    already, as by a second click."""
    with batches.kept_for("turnover", file, ImportBatch.Kind.DEPUTIES, context) as batch:
        table = running.read(Path(batch.file.path), batch.file_name, batch.kind)
        found = turn(turnover, table, context, nobody_decided, dry_run=True)
        with transaction.atomic():
            one_at_a_time()
            if waiting := turnover.waiting(batch):
                raise Waits(waiting)
            batch.save()
            turnover.batch, turnover.counts = batch, found.counts
            turnover.save()
            TurnoverLine.objects.bulk_create(lines_of(turnover, found), batch_size=500)
            AuditEntry.objects.record(
                context.actor, "check turnover", turnover, after={"sha256": batch.sha256} | found.counts
            )
    return turnover


def drop(turnover: Turnover, actor: Actor) -> bool:
    """Leave everything as it is and forget the file; False if somebody was quicker."""
    with transaction.atomic():
        if not batches.claim(turnover.batch, ImportBatch.State.DROPPED):
            return False
        AuditEntry.objects.record(actor, "drop turnover", turnover)
    return True


@dataclass(frozen=True)
class Difference:
    """Somebody of whom another thing became true since the preview was shown; a group of None is "not there"."""

    name: str
    before: str | None
    now: str | None

    @property
    def before_label(self) -> str:
        return str(Group(self.before).label if self.before else _("not there"))

    @property
    def now_label(self) -> str:
        return str(Group(self.now).label if self.now else _("not there"))


def confirm(
    turnover: Turnover, choices: Mapping[tuple[str, int], str], context: Context
) -> list[Difference] | None:
    """Do it, if everything is as it was shown; else show anew and answer what differs. None if somebody has confirmed
    or dropped it already. `choices`: (sheet, row) → what was decided of a doubtful row."""
    if turnover.batch.state != ImportBatch.State.CHECKED:
        return None
    try:
        table = running.read(Path(turnover.batch.file.path), turnover.batch.file_name, turnover.batch.kind)
    except FileNotFoundError:  # somebody was quicker
        return None
    with transaction.atomic():
        Turnover.objects.select_for_update().get(pk=turnover.pk)
        if not ImportBatch.objects.filter(pk=turnover.batch_id, state=ImportBatch.State.CHECKED).exists():
            return None
        one_at_a_time()
        sort_out(table, turnover, context, nobody_decided)  # what follows finds everybody locked
        found = turn(turnover, table, context, nobody_decided, dry_run=True)
        fresh = lines_of(turnover, found)
        if different := differences(list(turnover.lines.all()), fresh):
            keep(turnover, found, fresh, choices)
            AuditEntry.objects.record(context.actor, "check turnover", turnover, after=found.counts)
            return different
        batches.claim(turnover.batch, ImportBatch.State.APPLIED)
        apply(
            turnover,
            table,
            context,
            lambda entry: choices.get((entry.line.sheet or "", entry.line.number), ""),
        )
    return []


def differences(shown: Iterable[TurnoverLine], fresh: Iterable[TurnoverLine]) -> list[Difference]:
    before, now = ({line.place: line for line in lines} for lines in (shown, fresh))
    found = []
    for place in {**before, **now}:
        both = [lines[place] for lines in (before, now) if place in lines]
        if len(both) < 2 or fingerprint(both[0]) != fingerprint(both[1]):
            groups = [lines[place].group if place in lines else None for lines in (before, now)]
            found.append(Difference(both[-1].name, *groups))
    return found


def fingerprint(line: TurnoverLine) -> tuple[Any, ...]:
    return line.group, line.stakeholder_id, line.other_id, line.other_row, line.why, line.changes


def keep(
    turnover: Turnover,
    found: Turned,
    lines: list[TurnoverLine],
    choices: Mapping[tuple[str, int], str] | None = None,
) -> None:
    """Store what was found in place of what was shown."""
    for line in lines:
        if choices and line.group == Group.DOUBTFUL:
            line.choice = choices.get((line.sheet, line.number or 0), "")
    turnover.lines.all().delete()
    TurnoverLine.objects.bulk_create(lines, batch_size=500)
    turnover.counts = found.counts
    turnover.save()


def lines_of(turnover: Turnover, found: Turned, *, applied: bool = False) -> list[TurnoverLine]:
    return [line_of(turnover, case, applied=applied) for case in found.cases]


# --- the deed ------------------------------------------------------------------------------------------------


@transaction.atomic
def apply_now(
    turnover: Turnover, batch: ImportBatch, table: Table, context: Context, choose: Choose
) -> Turned:
    """Without a preview, and without a file that waits for a confirmation: what the command does."""
    batch.save()
    turnover.batch = batch
    return apply(turnover, table, context, choose)


@transaction.atomic
def apply(turnover: Turnover, table: Table, context: Context, choose: Choose) -> Turned:
    """Turn the term and keep what became of everybody, row by row, so that a later file finds what this one said."""
    pen = journal.begin(Journal.Kind.TURNOVER, made_by=context.actor.officer, now=context.now)
    turnover.journal = pen.journal
    turnover.save()
    found = turn(turnover, table, context, choose, pen)
    keep(turnover, found, lines_of(turnover, found, applied=True))
    batch = turnover.batch
    batch.state, batch.applied_at = ImportBatch.State.APPLIED, context.now
    keeping.keep(batch, Report(batch.file_name, batch.kind, found.report), context)
    AuditEntry.objects.record(
        context.actor,
        "turn term",
        turnover,
        after={"term_number": turnover.term_number, "starts_on": turnover.starts_on} | found.counts,
    )
    return found


@transaction.atomic
def turn(
    turnover: Turnover,
    table: Table,
    context: Context,
    choose: Choose,
    pen: journal.Pen | None = None,
    *,
    dry_run: bool = False,
) -> Turned:
    """End and begin the seats, correct what the roster says anew, free and pair. A dry run does the same and takes all
    of it back, so that its answer is what would happen."""
    one_at_a_time()
    cases = sort_out(table, turnover, context, choose)
    coming = [case for case in cases if case.match and case.group in COMING]
    watch = Watch([case.person.pk for case in cases if case.person] if pen else [])
    matches = [case.match for case in coming if case.match]
    from_then_on = replace(context, pairings_from=turnover.starts_on)
    writer = Writer(from_then_on, directory_of(turnover, context), table, matches, "begin term")
    for case, match in zip(coming, matches, strict=True):
        say_the_term(turnover, match)
        case.result = writer.take(match)
    writer.save()
    end_seats(turnover, cases, context.actor)
    freed, left = end_many(
        [case.person for case in cases if case.group == Group.ENDED and case.person],
        last_day=turnover.eve,
        actor=context.actor,
        reason=_("term ended"),
    )
    by_person = {pairing.stakeholder_id: pairing for pairing in freed}
    for case in cases:
        if case.group == Group.ENDED and case.person:
            case.freed = by_person.get(case.person.pk)
            case.why = "ends_paired" if case.person in left else case.why
    if pen:
        watch.tell(pen, [person.pk for person in writer.new_people])
    if dry_run:
        transaction.set_rollback(True)
    return Turned(cases, writer.paired, len(freed))


def end_seats(turnover: Turnover, cases: Iterable[Case], actor: Actor) -> None:
    """The seats of the old term end on its last day, unless they ended before; who leaves has an entry in the trail."""
    ended, entries = [], []
    for case in cases:
        for seat in case.seats:
            if seat.ended_on is None or seat.ended_on > turnover.eve:
                before, seat.ended_on = {"until": seat.ended_on}, turnover.eve
                ended.append(seat)
                if case.match is None:
                    after = {"until": turnover.eve}
                    entries.append(
                        AuditEntry.objects.entry(actor, "end term", case.person, before=before, after=after)
                    )
    Seat.objects.bulk_update(ended, ["ended_on"], batch_size=500)
    AuditEntry.objects.bulk_create(entries, batch_size=500)


# --- afterwards ----------------------------------------------------------------------------------------------


def pairing_day(turnover: Turnover, today: dt.date) -> dt.date:
    """From when accepted proposals count: the first day of the term, or today if that has come. Nobody becomes
    responsible for days that are over."""
    return max(turnover.starts_on, today)


def unpaired(turnover: Turnover, day: dt.date) -> QuerySet[Stakeholder]:
    """Those who came with the new term and whom nobody holds on `day`."""
    came = turnover.lines.filter(group__in=COMING).exclude(why="goes").values("stakeholder")
    return Stakeholder.objects.unpaired(day).filter(pk__in=came)


@transaction.atomic
def pair_proposed(
    turnover: Turnover, wanted: Mapping[Stakeholder, Officer], *, today: dt.date, actor: Actor
) -> set[Stakeholder]:
    """Pair those whom a proposal was accepted for, from `pairing_day` on. It goes back with the turnover. Answers who
    was paired with somebody meanwhile."""
    day = pairing_day(turnover, today)
    lock(person.pk for person in wanted)
    _applied(turnover)
    held = {p.pk for p in Stakeholder.objects.filter(pk__in=[p.pk for p in wanted]).paired(day)}
    free = {person: officer for person, officer in wanted.items() if person.pk not in held}
    watch = Watch([person.pk for person in free])
    left = pair_many(free, on=day, today=today, actor=actor, reason=_("proposed at the turn of the term"))
    watch.tell(journal.Pen(turnover.journal))  # type: ignore[arg-type]  # an applied one has a journal
    return left.keys() | (wanted.keys() - free.keys())


@transaction.atomic
def take_back(
    turnover: Turnover, *, actor: Actor, now: dt.datetime, dry_run: bool = False
) -> tuple[journal.TakenBack, list[JournalLine]]:
    """Put back what nobody touched since, once. Answers how it went, or would go, and what stands in the way."""
    book = _applied(turnover)
    found = journal.take_back(book, actor=actor, now=now)
    obstacles = list(journal.obstacles(book))
    if dry_run:
        transaction.set_rollback(True)
    else:
        after = {"restored": len(found.restored), "kept": len(found.kept)}
        AuditEntry.objects.record(actor, "take back turnover", turnover, after=after)
    return found, obstacles


def _applied(turnover: Turnover) -> Journal:
    """The journal of an applied turnover, locked; ValidationError when there is nothing to take back any more."""
    standing = Journal.objects.select_for_update().filter(turnover=turnover, taken_back_at=None)
    book = standing.first()
    if book is None:
        raise ValidationError(_("This turnover is not in force, or was taken back already."))
    return book
