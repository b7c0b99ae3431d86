"""Slots: one policy in one period, with the version in force. Planning works through those that are not closed (R3, R4)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.conf import settings

from schedules import existence, periods
from schedules.facts import versions_by_policy
from schedules.models import PassState, PeriodClosing, PolicyVersion
from schedules.periods import Period
from schedules.workdays import Workdays


@dataclass(frozen=True)
class Slot:
    """`version` is None where none is in force any more, and something was planned under one that was."""

    policy: int
    version: PolicyVersion | None
    period: Period

    @property
    def key(self) -> tuple[int, str]:
        return self.policy, self.period.key

    @property
    def name(self) -> str:
        return f"{self.policy}:{self.period.key}"

    def mark(self, workdays: Workdays) -> str:
        """Changes with everything but people's facts that its obligations depend on: contents, not time stamps."""
        version = self.version
        says = version and [getattr(version, field.attname) for field in version._meta.concrete_fields]
        exceptions = workdays.exceptions(self.period.start, self.period.end)
        return hashlib.sha256(repr((says, exceptions)).encode()).hexdigest()[:16]


def due_on(period: Period, workdays: Workdays) -> dt.date:
    """The last working day of the period (R8); should it have none, its last day."""
    last = workdays.previous(period.end)
    return last if last >= period.start else period.end


Versions = dict[int, list[PolicyVersion]]  # by policy, in the order of their dates


def open_slots(state: PassState, day: dt.date, versions: Versions | None = None) -> list[Slot]:
    """Every policy's periods that planning must look at on `day`: from the one in which the installation made its
    first pass, so far as they are not closed, to those that begin within the horizon (R4, R4a). Whoever would like to know
    what other `versions` would make of it says so."""
    closed = {f"{policy}:{key}" for policy, key in PeriodClosing.objects.values_list("policy", "period_key")}
    last = day + dt.timedelta(days=settings.PLANNING_HORIZON_DAYS)
    found = {}
    for policy, of_policy in (versions_by_policy() if versions is None else versions).items():
        for version, period in existence.in_force(of_policy, state.first_day, last):
            slot = Slot(policy, version, period)
            found[slot.name] = slot
    # Planned under a version that a later one has replaced since: there, too, the rule applies again.
    for name in state.slots:
        policy, _colon, key = name.partition(":")
        found.setdefault(name, Slot(int(policy), None, periods.parse(key)))
    return [slot for name, slot in sorted(found.items()) if name not in closed]


def closed_slots(period_key: str) -> list[Slot]:
    """The closed slots of one period, each with the version that was in force."""
    period = periods.parse(period_key)
    closed = PeriodClosing.objects.filter(period_key=period_key).values_list("policy", flat=True)
    versions = versions_by_policy()
    in_force = {
        policy: version
        for policy in closed
        for version, found in existence.in_force(versions[policy], period.start, period.start)
        if found == period
    }
    return [Slot(policy, in_force.get(policy), period) for policy in sorted(closed)]
