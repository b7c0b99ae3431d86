"""What a change of a policy would create and withdraw, reckoned before it is made. Nothing is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from schedules.facts import versions_by_policy
from schedules.models import PassState, PolicyVersion
from schedules.planning import Difference, Planner
from schedules.slots import open_slots
from schedules.workdays import Workdays

NEW_POLICY = 0  # stands for a policy that has no key yet


@dataclass(frozen=True)
class Effect:
    """What the change does in one period: how many contacts come, how many go, and how many stay and are owed from then on
    under the new terms (what is met or waived among them)."""

    period_key: str
    created: int
    withdrawn: int
    kept: int


def effects(policy: int | None, change: PolicyVersion, now: dt.datetime) -> list[Effect]:
    """Of adding this version to the policy, or of a new policy (None) that begins with it: every period that planning
    looks ahead to and that would be another, in order."""
    state, day = PassState.objects.first(), timezone.localdate(now)
    if state is None:  # before its first pass an installation owes nothing
        state = PassState(first_day=day)
    versions = versions_by_policy()
    today = {slot.name: slot.version for slot in open_slots(state, day, versions)}
    versions[policy or NEW_POLICY] = [*versions.get(policy or NEW_POLICY, []), change]
    slots = [slot for slot in open_slots(state, day, versions) if today.get(slot.name) != slot.version]
    return [_effect(found) for found in Planner(slots, now, Workdays.load()).reckon()]


def total(found: list[Effect]) -> dict[str, int]:
    """Over all periods."""
    return {name: sum(getattr(one, name) for one in found) for name in ("created", "withdrawn", "kept")}


def _effect(found: Difference) -> Effect:
    kept = len(found.moving) + len(found.settled) + len(found.staying)
    return Effect(found.slot.period.key, len(found.new) + len(found.returning), len(found.withdrawn), kept)
