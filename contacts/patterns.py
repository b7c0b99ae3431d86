"""Patterns in what was logged that need a question: many contacts within minutes, one sentence many times, a month
entered on its last evening. Each has harmless reasons, and the officer knows them.

The rules are pure. They give neither a verdict nor a score, and nobody counts how often somebody is asked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from contacts.access import Deed
from contacts.clock import last_workday
from contacts.models import Actor, AuditEntry, ContactRecord, Officer, PatternNote
from contacts.months import Month

# --- the rules -----------------------------------------------------------------------------------------------


MARK = "%Y%m%dT%H%M"  # of the first contact of a stretch


class Rule(StrEnum):
    BURST = "burst"
    REPEAT = "repeat"
    EVENING = "evening"


class Entry(NamedTuple):
    """One contact: when it was, when it was entered first, both in the bureau's time, and what it says."""

    at: dt.datetime
    entered: dt.datetime
    summary: str = ""


@dataclass(frozen=True)
class Limits:
    """From how many on there is something to ask."""

    burst: int = 10
    burst_minutes: int = 10
    repeat: int = 15
    repeat_longer_than: int = 8  # characters, blanks and stops aside
    evening: int = 10
    evening_tenths: int = 9  # of the month
    evening_hour: int = 18

    @property
    def least(self) -> int:
        return min(self.burst, self.repeat, self.evening)


@dataclass(frozen=True)
class Finding:
    """What is to be asked about, of one officer in one month; `mark` tells those of one rule apart."""

    rule: Rule
    first: dt.datetime
    last: dt.datetime
    count: int
    total: int
    sentence: str = ""
    mark: str = ""

    @property
    def key(self) -> str:
        return f"{self.rule}-{self.mark}" if self.mark else str(self.rule)


def find(entries: Sequence[Entry], last_day: dt.date, limits: Limits) -> list[Finding]:
    """All of an officer's month, of which `last_day` is the last working day."""
    return [
        *bursts(entries, limits),
        *repeats(entries, limits),
        *evening(entries, last_day, limits),
    ]


def bursts(entries: Sequence[Entry], limits: Limits) -> Iterator[Finding]:
    """Stretches in which any contact has enough others within the minutes; those that overlap are one."""
    times = sorted(entry.at for entry in entries)
    within = dt.timedelta(minutes=limits.burst_minutes)
    stretches: list[list[int]] = []  # from the first contact to the last, both included
    for last in range(limits.burst - 1, len(times)):
        first = last - limits.burst + 1
        if times[last] - times[first] > within:
            continue
        if stretches and first <= stretches[-1][1]:
            stretches[-1][1] = last
        else:
            stretches.append([first, last])
    for first, last in stretches:
        start, end = times[first], times[last]
        yield Finding(
            Rule.BURST, start, end, last - first + 1, len(times), mark=start.strftime(MARK)
        )  # fmt: skip


def asked_before(finding: Finding, keys: Iterable[str], limits: Limits) -> Finding:
    """The same under the name by which it was asked: a stretch keeps it when somebody enters, corrects or voids a contact
    at its beginning."""
    if finding.rule == Rule.BURST:
        early = finding.first - dt.timedelta(minutes=limits.burst_minutes)
        for key in keys:
            rule, _dash, mark = key.partition("-")
            if rule == Rule.BURST and early.strftime(MARK) <= mark <= finding.last.strftime(MARK):
                return replace(finding, mark=mark)
    return finding


def repeats(entries: Sequence[Entry], limits: Limits) -> Iterator[Finding]:
    """Sentences that stand there again and again, whatever their blanks, stops and capitals."""
    said: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        said[normalised(entry.summary)].append(entry)
    for sentence, same in said.items():
        if len(sentence) > limits.repeat_longer_than and len(same) >= limits.repeat:
            times = sorted(entry.at for entry in same)
            mark = hashlib.sha256(sentence.encode()).hexdigest()[:12]
            yield Finding(
                Rule.REPEAT, times[0], times[-1], len(same), len(entries), min(same).summary.strip(), mark
            )


def evening(entries: Sequence[Entry], last_day: dt.date, limits: Limits) -> Iterator[Finding]:
    """Nearly all of the month, entered on the evening of its last working day."""
    late = [
        entry.entered
        for entry in entries
        if entry.entered.date() == last_day and entry.entered.hour >= limits.evening_hour
    ]
    if len(late) >= limits.evening and 10 * len(late) >= limits.evening_tenths * len(entries):
        yield Finding(Rule.EVENING, min(late), max(late), len(late), len(entries))


def normalised(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


# --- the questions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A finding in words, to one officer; with the answer, once there is one."""

    officer: Officer
    finding: Finding
    note: PatternNote | None = None

    @property
    def day(self) -> dt.date:
        return self.finding.first.date()

    @property
    def contacts(self) -> tuple[dt.date, dt.date]:
        """The days of the contacts that it is about: those entered on one evening are all of the month's."""
        if self.finding.rule == Rule.EVENING:
            return Month.of(self.day).days
        return self.day, self.finding.last.date()

    @property
    def words(self) -> str:
        found = self.finding
        said = {
            "name": self.officer.name,
            "n": found.count,
            "total": found.total,
            "day": self.day,
            "from": f"{found.first:%H:%M}",
            "to": f"{found.last:%H:%M}",
            "sentence": Truncator(found.sentence).chars(80),
        }
        if found.rule == Rule.REPEAT:
            return _("%(name)s: %(n)d contacts say “%(sentence)s”. What did they have in common?") % said
        if found.rule == Rule.EVENING:
            return _(
                "%(name)s: %(n)d of the month's %(total)d contacts were entered on the evening of %(day)s. Was there no time "
                "or no way to enter them before?"
            ) % said  # fmt: skip
        if said["from"] == said["to"]:
            return _(
                "%(name)s: %(n)d contacts at %(from)s on %(day)s. Was it one occasion, or were they entered together?"
            ) % said  # fmt: skip
        return _(
            "%(name)s: %(n)d contacts between %(from)s and %(to)s on %(day)s. Were they made one after the other and "
            "entered together?"
        ) % said  # fmt: skip


def questions(viewer: Officer, month: Month, **which: object) -> list[Question]:
    """What there is to ask in the month, by unit and day; `which`: of whom. One asks nobody of one's own unit. All who
    were at one gathering stand there at one moment with the same words, which needs no question."""
    limits = Limits(**settings.PATTERNS)
    contacts = ContactRecord.objects.reached().filter(occurred_on__range=month.days, gathering=None)
    many = contacts.order_by().values("officer").annotate(n=Count("pk")).filter(n__gte=limits.least)
    people = Officer.objects.visible_to(viewer, Deed.CALL_BACK).filter(pk__in=many.values("officer"), **which)
    outside = {who.pk: who for who in people.select_related("unit") if viewer.is_outside(who.unit)}
    last_day, notes = last_workday(month.first, month.last), _notes(month)
    found = [
        Question(outside[pk], finding, notes[pk].get(finding.key))
        for pk, entries in _entries(contacts.filter(officer__in=people))
        if pk in outside
        for plain in find(entries, last_day, limits)
        for finding in [asked_before(plain, notes[pk], limits)]
    ]
    return sorted(found, key=lambda one: (one.officer.unit.path, one.day, one.finding.first, one.officer.pk))


def settled(viewer: Officer, month: Month, found: Iterable[Question]) -> list[PatternNote]:
    """What was asked about the month before the records changed so that there is nothing to ask any more."""
    still = {question.note.pk for question in found if question.note}
    within = Officer.objects.visible_to(viewer, Deed.CALL_BACK)
    notes = PatternNote.objects.filter(month=month.key, officer__in=within).exclude(pk__in=still)
    rows = notes.select_related("asked_by", "officer__unit").order_by("officer__unit__path", "asked_at")
    return [note for note in rows if viewer.is_outside(note.officer.unit)]


def _notes(month: Month) -> Mapping[int, dict[str, PatternNote]]:
    """By officer and key."""
    found: dict[int, dict[str, PatternNote]] = defaultdict(dict)
    for note in PatternNote.objects.filter(month=month.key).select_related("asked_by"):
        found[note.officer_id][note.key] = note
    return found


def _entries(contacts) -> Iterable[tuple[int, list[Entry]]]:
    """By officer. What was corrected counts as entered when it was entered first."""
    entered = {pk: at for pk, (_first, at) in contacts.first_versions().items()}
    rows = contacts.order_by("officer").values_list("officer", "pk", "occurred_at", "recorded_at", "summary")
    local = timezone.localtime
    for officer, same in groupby(rows.iterator(), itemgetter(0)):
        yield (
            officer,
            [
                Entry(local(at), local(entered.get(pk, recorded)), summary)
                for _who, pk, at, recorded, summary in same
            ],
        )


@transaction.atomic
def note_answer(
    question: Question, month: Month, *, explanation: str, note: str = "", actor: Actor
) -> PatternNote:
    """What the officer said. The question is answered with it; nothing else changes."""
    officer = Officer.objects.locked().get(pk=question.officer.pk)
    if officer.pattern_notes.filter(month=month.key, key=question.finding.key).exists() or not actor.officer:
        raise ValidationError(_("Somebody asked this already."))
    made = PatternNote.objects.create(
        officer=officer,
        month=month.key,
        key=question.finding.key,
        question=question.words[:300],
        explanation=explanation,
        note=note.strip(),
        asked_by=actor.officer,
    )
    AuditEntry.objects.record(
        actor,
        "note answer to a question",
        made,
        after={"period": month.key, "explanation": explanation},
        reason=made.note,
    )
    return made
