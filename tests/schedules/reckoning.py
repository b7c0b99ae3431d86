"""An independent reckoning of R1-R10, in plain Python, to be read beside the rules.

It imports nothing of the software, counts days one by one and derives everything anew at each pass. `Facts` are what is
stored at the instant of a pass; whoever replays a year changes them between passes. What the rules leave to the software
it takes as given: the planned days, of which R8 says only what they must be like.

Where the rules are silent or leave more than one reading, it reads them so:

- R3, a change of cadence: the new version takes effect with the first period of its own cadence that begins on or after
  its date, and until then the old one goes on. A month can so lie in a quarter that is still owed.
- R4, what stays because it is met or waived keeps the version that it stood under.
- R5, a pairing arranged ahead: until its first day the officer of today is responsible, for later periods too.
- R7, figures of a period hold all periods that lie within it.
- R10, a stage falls due when its day begins, at whatever hour and on whatever day a pass finds it, and is told to those whom
  it concerns then: who succeeds later is told from the next stage on, and a leader appointed later likewise.
- R10, a "later stage" is the one of the later day; of two on one day the one that stands later in `STAGES`.
- R10, "what still matters": planned, due soon and last day while the period runs; missed for 31 days after its end.
- R10, the unit's leaders are those of the unit that the pairing counts in, or where it has none of the nearest one above.
- R10, who may not sign in is told nothing; whoever stands in is told what the absent officer is.
- R10, R11, until a message has left, a later stage takes the place of an earlier one in it; when it leaves, what does not
  matter any more is called off, and told after all should it matter again. Without mail a message leaves at the end of
  its day, and nothing is called off.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

ONE = dt.timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
STAGES = ["planned", "due_soon", "last_day", "missed"]
CATCH_UP = 31 * ONE


# --- the facts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seat:
    """Both days count; a missing one is open (R4)."""

    kind: str
    level: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Pairing:
    officer: Hashable
    unit: Hashable
    first: dt.date
    last: dt.date | None = None


@dataclass(frozen=True)
class Person:
    seats: tuple[Seat, ...] = ()
    pairings: tuple[Pairing, ...] = ()


@dataclass(frozen=True)
class Version:
    """What a policy says from a day on; without one it has always said so."""

    starts: dt.date | None
    cadence: str
    kinds: frozenset[str]  # of seats
    levels: frozenset[str] = frozenset()  # none named: all
    minimum_days: int = 10
    met_by: frozenset[str] = frozenset({"call"})  # the kind of contact, and those that stand in for it
    stages: frozenset[str] = frozenset(STAGES)
    ended: bool = False


@dataclass(frozen=True)
class Contact:
    """`entered` and `gone` (voided or superseded): a pass before the one or after the other does not see it. Whoever looks
    from today at the past leaves both out, and out also what is gone (R6)."""

    kind: str
    outcome: str
    at: dt.datetime
    entered: dt.datetime | None = None
    gone: dt.datetime | None = None


class StandIn(NamedTuple):
    absent: Hashable
    other: Hashable
    first: dt.date
    last: dt.date


class Period(NamedTuple):
    """A period as its days, both inclusive (R2)."""

    cadence: str
    key: str
    first: dt.date
    last: dt.date


class Owed(NamedTuple):
    """One contact that is owed."""

    person: Hashable
    policy: Hashable
    key: str


class Line(NamedTuple):
    """`about`: what is owed, or the key of a hand-over."""

    about: Hashable
    stage: str
    officer: Hashable


@dataclass
class Facts:
    people: dict[Hashable, Person] = field(default_factory=dict)
    policies: dict[Hashable, tuple[Version, ...]] = field(default_factory=dict)
    contacts: dict[Hashable, list[Contact]] = field(default_factory=dict)  # by person
    waived: dict[Owed, dt.datetime] = field(default_factory=dict)
    planned: dict[Owed, dt.date] = field(default_factory=dict)
    works: Callable[[dt.date], bool] = lambda day: day.weekday() < 5
    active: Collection[Hashable] | None = None  # officers who may sign in; None: all
    by_mail: Collection[Hashable] | None = None  # officers whom mail reaches; None: all
    leaders: dict[Hashable, Collection[Hashable]] = field(default_factory=dict)  # by unit
    above: dict[Hashable, Hashable] = field(default_factory=dict)  # unit → the one above
    stand_ins: list[StandIn] = field(default_factory=list)
    handovers: dict[Hashable, Collection[Hashable]] = field(default_factory=dict)  # → all whom it concerns
    zone: ZoneInfo = ZoneInfo("Asia/Shanghai")
    hours: tuple[int, int] = (8, 20)
    horizon: int = 183

    def day(self, now: dt.datetime) -> dt.date:
        """R1."""
        return now.astimezone(self.zone).date()


# --- days and periods (R2, R8, R9) ---------------------------------------------------------------------------


@cache
def period_of(cadence: str, day: dt.date) -> Period:
    months = MONTHS[cadence]
    index = (day.month - 1) // months
    first = dt.date(day.year, index * months + 1, 1)
    last = first
    while (last + ONE).year == day.year and ((last + ONE).month - 1) // months == index:
        last += ONE
    names = {"month": f"-{day:%m}", "quarter": f"-Q{index + 1}", "half_year": f"-H{index + 1}", "year": ""}
    return Period(cadence, f"{day.year}{names[cadence]}", first, last)


def periods(cadence: str, since: dt.date, until: dt.date) -> Iterator[Period]:
    """From the one in which `since` lies to the last that begins by `until`."""
    period = period_of(cadence, since)
    while period.first <= until:
        yield period
        period = period_of(cadence, period.last + ONE)


@cache
def named(key: str) -> Period:
    cadence = {"Q": "quarter", "H": "half_year"}.get(key[5:6], "month" if key[5:] else "year")
    year = periods(cadence, dt.date(int(key[:4]), 1, 1), dt.date(int(key[:4]), 12, 31))
    return next(period for period in year if period.key == key)


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    while first <= last:
        yield first
        first += ONE


def due_day(period: Period, works: Callable[[dt.date], bool]) -> dt.date:
    """The last working day of the period (R8); should it have none, its last day."""
    return max((day for day in days(period.first, period.last) if works(day)), default=period.last)


def working_days_before(day: dt.date, count: int, works: Callable[[dt.date], bool]) -> dt.date:
    while count:
        day -= ONE
        count -= bool(works(day))
    return day


def working_day_after(day: dt.date, works: Callable[[dt.date], bool]) -> dt.date:
    day += ONE
    while not works(day):
        day += ONE
    return day


# --- what is owed (R3, R4) -----------------------------------------------------------------------------------


def takes_effect(version: Version) -> dt.date:
    """With the first period that begins on or after its date (R3)."""
    if version.starts is None:
        return dt.date.min
    period = period_of(version.cadence, version.starts)
    return period.first if period.first >= version.starts else period.last + ONE


@cache
def in_force(versions: tuple[Version, ...], period: Period) -> Version | None:
    """The latest that has taken effect when the period begins, if it speaks of such periods at all (R3)."""
    begun = [version for version in versions if takes_effect(version) <= period.first]
    latest = max(begun, key=lambda version: version.starts or dt.date.min, default=None)
    if latest is None or latest.ended or latest.cadence != period.cadence:
        return None
    return latest


def holds(thing: Seat | Pairing, day: dt.date) -> bool:
    return (thing.first is None or thing.first <= day) and (thing.last is None or day <= thing.last)


def matches(seat: Seat, version: Version) -> bool:
    return seat.kind in version.kinds and (not version.levels or seat.level in version.levels)


@cache
def is_owed(person: Person, version: Version, period: Period) -> bool:
    """On enough days of the period a matching seat was active and some pairing was open, both on the same day (R4)."""
    both = 0
    for day in days(period.first, period.last):
        seated = any(matches(seat, version) and holds(seat, day) for seat in person.seats)
        both += seated and any(holds(pairing, day) for pairing in person.pairings)
    return both >= version.minimum_days


# --- who, met, and how it stands (R5, R6, R7) ----------------------------------------------------------------


def holder(person: Person, day: dt.date) -> Pairing | None:
    """The pairing open on the day, else the last before it, else the first of all."""
    begun = [pairing for pairing in person.pairings if pairing.first <= day]
    if begun:
        return max(begun, key=lambda pairing: pairing.first)
    return min(person.pairings, key=lambda pairing: pairing.first, default=None)


def contacts_within(facts: Facts, owed: Owed, version: Version, now: dt.datetime) -> Iterator[Contact]:
    """With that person, of a kind that counts, on a day within the period, and happened by now (R6)."""
    period = named(owed.key)
    for contact in facts.contacts.get(owed.person, ()):
        stored = not (contact.entered and contact.entered > now or contact.gone and contact.gone <= now)
        within = period.first <= facts.day(contact.at) <= period.last
        if stored and within and contact.kind in version.met_by and contact.at <= now:
            yield contact


def met_by(facts: Facts, owed: Owed, version: Version, now: dt.datetime) -> Contact | None:
    """The earliest that reached the person (R6)."""
    reached = (c for c in contacts_within(facts, owed, version, now) if c.outcome == "reached")
    return min(reached, key=lambda contact: contact.at, default=None)


def attempts(facts: Facts, owed: Owed, version: Version, now: dt.datetime) -> int:
    return sum(c.outcome != "reached" for c in contacts_within(facts, owed, version, now))


def state(facts: Facts, owed: Owed, version: Version, now: dt.datetime) -> str:
    """The first that fits (R7)."""
    if met_by(facts, owed, version, now):
        return "met"
    if owed in facts.waived and facts.waived[owed] <= now:
        return "waived"
    return "missed" if named(owed.key).last < facts.day(now) else "open"


def is_due_soon(facts: Facts, owed: Owed, version: Version, now: dt.datetime) -> bool:
    """An open one from five working days before its due day (R7)."""
    begins = working_days_before(due_day(named(owed.key), facts.works), 5, facts.works)
    return state(facts, owed, version, now) == "open" and facts.day(now) >= begins


def responsible(facts: Facts, owed: Owed, version: Version, now: dt.datetime) -> Pairing | None:
    """Met: whoever was on the day of the contact. Unmet: whoever is now, or was last in a period that is over (R5)."""
    contact = met_by(facts, owed, version, now)
    day = facts.day(contact.at) if contact else min(facts.day(now), named(owed.key).last)
    return holder(facts.people[owed.person], day)


# --- passes (R4, R4a, R10) -----------------------------------------------------------------------------------


@dataclass(eq=False)
class Message:
    """Everything for one officer on one day. "inbox": not for mail; "waiting", "left", or "off" when nothing was left of it
    or nobody could be reached."""

    officer: Hashable
    day: dt.date
    state: str = "inbox"
    lines: set[Line] = field(default_factory=set)


@dataclass
class Reckoning:
    """What stands after each pass."""

    facts: Facts
    first_day: dt.date | None = None
    latest: dt.datetime | None = None
    live: dict[str, dict[Owed, Version]] = field(
        default_factory=lambda: defaultdict(dict)
    )  # by key of the period
    kept: set[Owed] = field(default_factory=set)  # live only because they are met or waived
    seen: dict[Hashable, tuple] = field(default_factory=dict)  # person → what was planned from
    closed: set[str] = field(default_factory=set)
    told: dict[Line, str] = field(default_factory=dict)  # → "told", "superseded" or "cancelled"
    has_told: dict[tuple[Hashable, str], set[Hashable]] = field(default_factory=lambda: defaultdict(set))
    messages: dict[tuple[Hashable, dt.date], Message] = field(default_factory=dict)
    message_of: dict[Line, Message] = field(default_factory=dict)

    def run(self, now: dt.datetime) -> None:
        """One pass; one for an instant before the latest only delivers (R4)."""
        self.begin(now)
        self.queue(now)
        self.deliver(now)

    def begin(self, now: dt.datetime) -> None:
        """Plan, and close what is over. The planned days of what is new must stand before the rest of the pass."""
        if self.latest and now < self.latest:
            return
        today = self.facts.day(now)
        self.first_day = self.first_day or today
        self.latest = now
        open_periods = self.open_periods(today)
        self.plan(open_periods, now)
        self.closed |= {period.key for period in open_periods if period.last < today}

    # --- what exists (R4, R4a) -------------------------------------------------------------------------------

    def open_periods(self, today: dt.date) -> tuple[Period, ...]:
        """From the one in which the first pass was made to the last that begins within the horizon, without the closed."""
        until = today + self.facts.horizon * ONE
        found = (period for cadence in MONTHS for period in periods(cadence, self.first_day, until))
        return tuple(period for period in found if period.key not in self.closed)

    def plan(self, which: tuple[Period, ...], now: dt.datetime) -> None:
        """In these periods what must exist does, and of the rest what is met or waived. Whoever stands as at the last pass
        is owed the same."""
        for owed in [owed for owed in self.kept if owed.key in {period.key for period in which}]:
            self.keep_or_withdraw(owed, now)
        for key, person in self.facts.people.items():
            seen = person, self.facts.policies, which
            if self.seen.get(key) != seen:
                self.seen[key] = person, dict(self.facts.policies), which
                for policy, versions in self.facts.policies.items():
                    self.plan_one(key, person, policy, versions, which, now)

    def plan_one(
        self,
        key: Hashable,
        person: Person,
        policy: Hashable,
        versions: tuple[Version, ...],
        which: tuple[Period, ...],
        now: dt.datetime,
    ) -> None:
        for period in which:
            owed, version = Owed(key, policy, period.key), in_force(versions, period)
            if version and is_owed(person, version, period):
                self.live[period.key][owed] = version
                self.kept.discard(owed)
            elif owed in self.live[period.key]:
                self.keep_or_withdraw(owed, now)

    def keep_or_withdraw(self, owed: Owed, now: dt.datetime) -> None:
        """It is not owed any more: what is met or waived stays, and is asked again at each pass."""
        if state(self.facts, owed, self.live[owed.key][owed], now) in {"met", "waived"}:
            self.kept.add(owed)
        else:
            del self.live[owed.key][owed]
            self.kept.discard(owed)

    def recount(self, key: str, now: dt.datetime) -> None:
        """A closed period is planned once more."""
        self.plan((named(key),), now)

    # --- how it stands (R5, R7) ------------------------------------------------------------------------------

    def standing(self) -> Iterator[tuple[Owed, Version]]:
        return (item for found in self.live.values() for item in found.items())

    def figures(self, key: str, now: dt.datetime) -> tuple[Counter, dict[Hashable, Counter]]:
        """In total, and by the unit of the responsible officer's pairing."""
        whole, total, by_unit = named(key), Counter(), defaultdict(Counter)
        for owed, version in self.standing():
            period = named(owed.key)
            if whole.first <= period.first and period.last <= whole.last:
                pairing = responsible(self.facts, owed, version, now)
                counts = {"owed": 1, state(self.facts, owed, version, now): 1}
                counts["attempts"] = attempts(self.facts, owed, version, now)
                total.update(counts)
                by_unit[pairing and pairing.unit].update(counts)
        return total, by_unit

    # --- who is told what (R10) ------------------------------------------------------------------------------

    def days_of(self, period: Period) -> dict[str, dt.date]:
        """When the stages fall due, without the planned day, which each has of its own."""
        due, works = due_day(period, self.facts.works), self.facts.works
        missed = working_day_after(period.last, works)
        return {"due_soon": working_days_before(due, 5, works), "last_day": due, "missed": missed}

    def stages(self, owed: Owed, version: Version, on: dict[str, dt.date], today: dt.date) -> list[str]:
        """Those that have fallen due and still matter, in order; the last of them is the one to be told."""
        if today > named(owed.key).last:
            told = "missed" in version.stages and on["missed"] <= today
            return [stage for stage in STAGES if told and stage in version.stages]
        on = {**on, "planned": self.facts.planned[owed]}
        fallen = [stage for stage in STAGES if stage in version.stages and on[stage] <= today]
        return sorted(fallen, key=on.__getitem__)

    def stand_in(self, officer: Hashable, today: dt.date) -> Hashable:
        found = [one.other for one in self.facts.stand_ins if one.absent == officer and holds(one, today)]
        return found[0] if found else None

    def recipients(self, owed: Owed, version: Version, stage: str, now: dt.datetime) -> set[Hashable]:
        pairing = responsible(self.facts, owed, version, now)
        if pairing is None:
            return set()
        found = {pairing.officer, self.stand_in(pairing.officer, self.facts.day(now))}
        if stage == "missed":
            unit = pairing.unit
            while unit is not None and not self.facts.leaders.get(unit):
                unit = self.facts.above.get(unit)
            found |= set(self.facts.leaders.get(unit, ()))
        return {one for one in found if one is not None and self.may_sign_in(one)}

    def may_sign_in(self, officer: Hashable) -> bool:
        return self.facts.active is None or officer in self.facts.active

    def queue(self, now: dt.datetime) -> None:
        """Each stage is told once, or superseded by a later one."""
        if now < self.latest:
            return
        today = self.facts.day(now)
        for key, found in self.live.items():
            period = named(key)
            if period.first <= today <= period.last + CATCH_UP:
                on = self.days_of(period)
                for owed, version in found.items():
                    self.tell(owed, self.stages(owed, version, on, today), now)
        for handover, officers in self.facts.handovers.items():
            if not self.has_told[handover, "handover"]:
                for officer in officers:
                    self.post(Line(handover, "handover", officer), now)
        if self.may_send(now):
            self.merge(today)

    def tell(self, owed: Owed, stages: list[str], now: dt.datetime) -> None:
        """The latest of the stages that have fallen due, unless it was told to anybody."""
        version = self.live[owed.key][owed]
        if not stages or self.has_told[owed, stages[-1]]:
            return
        if state(self.facts, owed, version, now) not in {"open", "missed"}:
            return
        *earlier, stage = stages
        for officer in self.recipients(owed, version, stage, now):
            for line in [Line(owed, other, officer) for other in STAGES if other != stage]:
                if self.told.get(line) == "told" and self.waits(self.message_of[line], now):
                    self.told[line] = "superseded"
            self.post(Line(owed, stage, officer), now)
        pairing = responsible(self.facts, owed, version, now)
        if pairing and self.may_sign_in(pairing.officer):
            for other in earlier:
                line = Line(owed, other, pairing.officer)
                if line not in self.told:
                    self.told[line] = "superseded"
                    self.has_told[owed, other].add(pairing.officer)

    # --- messages (R10, R11) ---------------------------------------------------------------------------------

    def post(self, line: Line, now: dt.datetime) -> None:
        """Into the message of today, or when its hours are over or it has left, of the next working day."""
        today, works = self.facts.day(now), self.facts.works
        following = working_day_after(today, works)
        in_time = now.astimezone(self.facts.zone).hour < self.facts.hours[1]
        day = today if works(today) and in_time else following
        if (standing := self.messages.get((line.officer, day))) and standing.state == "left":
            day = following
        message = self.messages.setdefault((line.officer, day), Message(line.officer, day))
        if message.state == "off" or message.state == "inbox" and self.has_mail(line.officer):
            message.state = "waiting"
        if line in self.message_of:
            self.message_of[line].lines.discard(line)
        message.lines.add(line)
        self.message_of[line] = message
        self.told[line] = "told"
        self.has_told[line.about, line.stage].add(line.officer)

    def has_mail(self, officer: Hashable) -> bool:
        mail = self.facts.by_mail is None or officer in self.facts.by_mail
        return mail and self.may_sign_in(officer)

    def waits(self, message: Message, now: dt.datetime) -> bool:
        """Has it not left, so that what stands in it can still change?"""
        if message.state == "inbox":
            return message.day >= self.facts.day(now)
        return message.state == "waiting"

    def may_send(self, now: dt.datetime) -> bool:
        opens, closes = self.facts.hours
        return (
            self.facts.works(self.facts.day(now)) and opens <= now.astimezone(self.facts.zone).hour < closes
        )

    def waiting(self, today: dt.date) -> Iterator[Message]:
        """What may leave, in the order of its days."""
        for message in sorted(self.messages.values(), key=lambda message: message.day):
            if message.state == "waiting" and message.day <= today:
                yield message

    def merge(self, today: dt.date) -> None:
        """One message, not a backlog: the newest takes up what never left."""
        newest = {message.officer: message for message in self.waiting(today)}
        for message in self.waiting(today):
            if message is not (last := newest[message.officer]):
                last.lines |= message.lines
                self.message_of.update(dict.fromkeys(message.lines, last))
                message.state, message.lines = "left", set()

    def deliver(self, now: dt.datetime) -> None:
        """On working days within the hours what waits goes out, without what does not matter any more."""
        if not self.may_send(now):
            return
        for message in self.waiting(self.facts.day(now)):
            for line in message.lines:
                if self.told[line] == "told" and not self.matters(line, now):
                    self.told[line] = "cancelled"
                    self.has_told[line.about, line.stage].discard(line.officer)
            said = any(self.told[line] == "told" for line in message.lines)
            message.state = "left" if said and self.has_mail(message.officer) else "off"

    def matters(self, line: Line, now: dt.datetime) -> bool:
        """Still owed, still unmet, still in its time, and still theirs?"""
        if line.stage == "handover":
            return True
        version = self.live[line.about.key].get(line.about)
        if version is None:
            return False
        wanted = "missed" if line.stage == "missed" else "open"
        return state(self.facts, line.about, version, now) == wanted and line.officer in self.recipients(
            line.about, version, line.stage, now
        )
