"""The one status function, held against a plain reckoning from records and pairings (R5–R7)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from contacts.models import ContactRecord, Pairing
from schedules import coverage, periods
from schedules.coverage import FIGURES, State, with_status
from schedules.models import Obligation
from schedules.verify.facts import Facts

Found = Iterator[tuple[object, str]]


class Record(NamedTuple):
    at: dt.datetime
    pk: int
    kind: str
    day: dt.date


def as_records_and_pairings_say(facts: Facts) -> Found:
    """State, the contact that meets it, and who is responsible, of everything that has begun."""
    records, pairings = _records(facts.now), _pairings()
    rows = with_status(Obligation.objects.live().filter(period_start__lte=facts.day), facts.now).order_by(
        "pk"
    )
    for pk, person, version, start, end, waived_at, *derived in rows.values_list(
        "pk", "stakeholder", "version", "period_start", "period_end", "waived_at",
        "met_record_id", "state", "responsible_pairing_id",
    ).iterator(chunk_size=5000):  # fmt: skip
        kinds = facts.versions[version].kinds
        met = next((one for one in records[person] if one.kind in kinds and start <= one.day <= end), None)
        if met:
            state = State.MET
        elif waived_at and waived_at <= facts.now:
            state = State.WAIVED
        else:
            state = State.MISSED if end < facts.day else State.OPEN
        holder = _holder(pairings[person], met.day if met else min(end, facts.day))
        expected = [met.pk if met else None, state, holder]
        if derived != expected:
            yield (
                f"obligation {pk}",
                f"Contact, state and pairing are given as {derived}; they are {expected}.",
            )


def _records(now: dt.datetime) -> dict[int, list[Record]]:
    """By person, those that reached them, the earliest first."""
    found: dict[int, list[Record]] = defaultdict(list)
    rows = ContactRecord.objects.reached().filter(occurred_at__lte=now).order_by("occurred_at", "pk")
    for person, at, pk, kind, day in rows.values_list(
        "stakeholder", "occurred_at", "pk", "kind", "occurred_on"
    ):
        found[person].append(Record(at, pk, kind, day))
    return found


def _pairings() -> dict[int, list[tuple[dt.date, int]]]:
    found: dict[int, list[tuple[dt.date, int]]] = defaultdict(list)
    for person, start, pk in Pairing.objects.order_by("started_on").values_list(
        "stakeholder", "started_on", "pk"
    ):
        found[person].append((start, pk))
    return found


def _holder(pairings: list[tuple[dt.date, int]], day: dt.date) -> int | None:
    """The pairing that began last by that day, or else the first of all."""
    if not pairings:
        return None
    begun = bisect_right(pairings, day, key=lambda pairing: pairing[0])
    return pairings[max(0, begun - 1)][1]


def groups_make_up_the_total(facts: Facts) -> Found:
    """Of the periods that the day lies in: by unit and by officer, with what nobody is responsible for, and every total by
    its states."""
    for cadence in ("month", "quarter", "half_year", "year"):
        period = periods.containing(facts.day, cadence)
        key, nobodys = period.key, dict.fromkeys(FIGURES, 0)
        for row in coverage.standing(coverage.of_period(period), now=facts.now):
            if row.officer is None:  # what is met stays, though the only pairing was withdrawn
                coverage.count(nobodys, row)
        for by in ("unit", "officer"):
            found = coverage.figures(key, now=facts.now, by=by)
            total, groups = found["total"], found["groups"]
            if total["owed"] != sum(total[state] for state in State.values):
                yield key, f"The states do not make up what is owed: {total}."
            added = {name: nobodys[name] + sum(group[name] for group in groups) for name in FIGURES}
            if added != {name: total[name] for name in FIGURES}:
                yield key, f"Groups by {by} make up {added}, the total is {total}."
