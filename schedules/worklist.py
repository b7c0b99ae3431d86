"""Whom an officer calls today, and why: one line a person, the most urgent first, then by street."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.access import has_pairing
from contacts.models import ContactPhone, ContactRecord, Feedback, Officer, Pairing, Seat, Stakeholder
from contacts.tables.cells import seat_text
from schedules.coverage import State
from schedules.models import CyclePolicy, Obligation
from schedules.standing import Standing, count_attempts, stand

MISSED_FOR = 31  # days after a period's end; then the miss is the digest's, not today's


class Urgency(TextChoices):
    """The groups of the page, the most urgent first."""

    MISSED = "missed", _("Missed")
    LAST_DAY = "last_day", _("Last day")
    DUE_SOON = "due_soon", _("Due soon")
    PLANNED = "planned", _("Planned for today")
    PROMISED = "promised", _("Promised or waiting for an answer")
    LATER = "later", _("Later this month")

    @property
    def tone(self) -> str:
        """The colour of the badge."""
        return _TONES.get(self.value, "")

    @property
    def short(self) -> object:
        """The words of the badge."""
        return _SHORT.get(self.value, self.label)


_TONES = {"missed": "missed", "last_day": "bad", "due_soon": "due_soon", "planned": "assigned"}
_SHORT = {
    "missed": _("missed"),
    "last_day": _("last day"),
    "due_soon": _("due soon"),
    "planned": _("planned"),
}
ORDER = {urgency: place for place, urgency in enumerate(Urgency)}


@dataclass
class Line:
    """One person: what is owed to them now, when they were last reached, and what we still owe them."""

    person: Stakeholder
    held_for: str = ""  # the officer for whom one stands in
    owed: list[tuple[Urgency, Standing]] = field(default_factory=list)
    last: ContactRecord | None = None
    promises: list[ContactRecord] = field(default_factory=list)
    pending: list[Feedback] = field(default_factory=list)

    @property
    def phones(self) -> list[ContactPhone]:
        """The number to dial first, if any is known."""
        person: Any = self.person
        return [ContactPhone(e164=person.e164, extension=person.extension)] if person.e164 else []

    @property
    def seat(self) -> str:
        person: Any = self.person
        return seat_text(Seat(kind=person.seat_kind, level=person.seat_level)) if person.seat_kind else ""

    @property
    def urgency(self) -> Urgency | None:
        found = [urgency for urgency, _owed in self.owed]
        if self.promises or self.pending:
            found.append(Urgency.PROMISED)
        return min(found, key=ORDER.__getitem__) if found else None

    @property
    def next_kind(self) -> str:
        """The kind of contact that the form starts with: that of the most urgent task."""
        return self.owed[0][1].version.kind if self.owed else ContactRecord.Kind.CALL


@dataclass
class Progress:
    """How far a policy has come in the period that today falls in."""

    policy: CyclePolicy
    period_key: str
    met: int = 0
    owed: int = 0


@dataclass
class Worklist:
    day: dt.date
    lines: list[Line]
    progress: list[Progress]
    people: int

    @cached_property
    def groups(self) -> list[tuple[Urgency, list[Line]]]:
        """The groups that hold someone; those of one street stand together."""
        by_urgency: dict[Urgency, list[Line]] = defaultdict(list)
        for line in self.lines:
            if line.urgency:
                by_urgency[line.urgency].append(line)
        return [
            (urgency, sorted(by_urgency[urgency], key=lambda line: (line.person.street, line.person.pinyin)))
            for urgency in Urgency
            if urgency in by_urgency
        ]

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(line.urgency.value for line in self.lines if line.urgency))


def of(officer: Officer, now: dt.datetime) -> Worklist:
    """The worklist of an officer, in as many queries for sixty people as for one."""
    day = timezone.localdate(now)
    lines = {person.pk: Line(person, _held_for(person, officer)) for person in _people(officer, day)}
    owed = _owed(officer, lines, now) if lines else []
    for obligation in owed:
        if urgency := _urgency(obligation, owed, day):
            lines[obligation.stakeholder_id].owed.append((urgency, obligation))
    for line in lines.values():
        line.owed.sort(key=lambda task: (ORDER[task[0]], task[1].due_on))
    if lines:
        _add_what_we_owe(lines, officer, owed, day)
    own = [obligation for obligation in owed if obligation.responsible_officer_id == officer.pk]
    return Worklist(day, list(lines.values()), _progress(own, day), len(lines))


def _people(officer: Officer, day: dt.date) -> QuerySet[Stakeholder]:
    """Whom the officer holds or stands in for, each with the seat, the number to show and whose they are: one query
    instead of four."""
    seats = Seat.objects.active(day).filter(stakeholder=OuterRef("pk")).order_by("kind", "pk")
    numbers = ContactPhone.objects.filter(stakeholder=OuterRef("pk")).order_by("position", "pk")
    holder = Pairing.objects.open(day).filter(stakeholder=OuterRef("pk"))
    return Stakeholder.objects.filter(has_pairing(day, officer__in=officer.rights.acting_for)).annotate(
        holder=Subquery(holder.values("officer")[:1]),
        holder_name=Subquery(holder.values("officer__name")[:1]),
        seat_kind=Subquery(seats.values("kind")[:1]),
        seat_level=Subquery(seats.values("level")[:1]),
        e164=Subquery(numbers.values("e164")[:1]),
        extension=Subquery(numbers.values("extension")[:1]),
    )


def _held_for(person: Any, officer: Officer) -> str:
    return "" if person.holder == officer.pk else person.holder_name


def _owed(officer: Officer, people: Iterable[int], now: dt.datetime) -> list[Standing]:
    day = timezone.localdate(now)
    rows = Obligation.objects.live().filter(
        stakeholder__in=list(people),
        period_start__lte=day,
        period_end__gte=day - dt.timedelta(days=MISSED_FOR),
    )
    return [row for row in stand(rows, now) if row.responsible_officer_id in officer.rights.acting_for]


def _urgency(obligation: Standing, owed: list[Standing], day: dt.date) -> Urgency | None:
    """Where an obligation stands today; None where nothing is to be done."""
    if obligation.state == State.MISSED:
        made_up = any(
            later.state == State.MET and later.period_start > obligation.period_end
            for later in owed
            if (later.stakeholder_id, later.policy_id) == (obligation.stakeholder_id, obligation.policy_id)
        )
        return None if made_up else Urgency.MISSED
    if obligation.state != State.OPEN:
        return None
    if obligation.due_on <= day:
        return Urgency.LAST_DAY
    if obligation.due_soon:
        return Urgency.DUE_SOON
    if obligation.planned_on <= day:
        return Urgency.PLANNED
    return (
        Urgency.LATER
        if (obligation.planned_on.year, obligation.planned_on.month) == (day.year, day.month)
        else None
    )


def _add_what_we_owe(lines: dict[int, Line], officer: Officer, owed: list[Standing], day: dt.date) -> None:
    """The last time each person was reached, the attempts since, promises not yet kept, feedback not yet answered."""
    latest = (
        ContactRecord.objects.reached()
        .filter(stakeholder=OuterRef("stakeholder"))
        .order_by("-occurred_at", "-pk")
    )
    since = min((obligation.period_start for obligation in owed), default=dt.date.max)
    wanted = ContactRecord.objects.live().filter(
        Q(pk=Subquery(latest.values("pk")[:1]))
        | Q(promise_kept_at=None) & ~Q(promised="")
        | Q(occurred_on__gte=since) & ~Q(outcome=ContactRecord.Outcome.REACHED),
        stakeholder__in=list(lines),
    )
    records = list(wanted.order_by("occurred_at"))
    count_attempts(owed, records)
    for record in records:
        line = lines[record.stakeholder_id]
        if record.has_reached:
            line.last = record
        if record.promised and record.promise_kept_at is None:
            line.promises.append(record)
    waiting = Feedback.objects.visible_to(officer).waiting(day).filter(stakeholder__in=list(lines))
    for item in waiting.order_by("due_on"):
        lines[item.stakeholder_id].pending.append(item)


def _progress(owed: list[Standing], day: dt.date) -> list[Progress]:
    found: dict[tuple[int, str], Progress] = {}
    for obligation in owed:
        if obligation.period_end >= day:
            one = found.setdefault(
                (obligation.policy_id, obligation.period_key),
                Progress(obligation.policy, obligation.period_key),
            )
            one.owed += 1
            one.met += obligation.state == State.MET
    return [found[pk] for pk in sorted(found)]
