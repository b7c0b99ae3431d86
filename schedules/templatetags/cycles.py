"""For templates of `contacts`, which knows nothing of schedules: the state of a person's cycles."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django import template
from django.utils import timezone

from contacts.models import ContactRecord, Stakeholder
from schedules.coverage import State, with_status
from schedules.models import CyclePolicy, Obligation
from schedules.standing import count_attempts, stand

register = template.Library()

SHOWN_DAYS = 400  # how far back the strip of past periods looks


@dataclass
class Cycle:
    """One policy for one person: what is owed now, and how the periods before it went, the oldest first. Two are owed at a
    time where the cadence changed: the quarter that runs, say, and its last month."""

    policy: CyclePolicy
    current: list[Obligation] = field(default_factory=list)
    past: list[Obligation] = field(default_factory=list)


def of(person: Stakeholder, records: list[ContactRecord], now: dt.datetime) -> list[Cycle]:
    """The cycles of a person, each policy once, in the order of the policies; `records` are the person's."""
    today = timezone.localdate(now)
    wanted = Obligation.objects.live().filter(
        stakeholder=person, period_start__lte=today, period_end__gte=today - dt.timedelta(days=SHOWN_DAYS)
    )
    by_policy: dict[CyclePolicy, Cycle] = {}
    rows = stand(wanted.order_by("period_start"), now)
    count_attempts(rows, records)
    for owed in rows:
        cycle = by_policy.setdefault(owed.policy, Cycle(owed.policy))
        if owed.period_end >= today:
            cycle.current.append(owed)
        else:
            cycle.past.append(owed)
    return sorted(by_policy.values(), key=lambda cycle: cycle.policy.pk)


@register.simple_tag
def cycles(person: Stakeholder, records: list[ContactRecord]) -> list[Cycle]:
    """`{% cycles person records as states %}`"""
    return of(person, records, timezone.now())


@dataclass
class Tasks:
    """Of one person, how many contacts were owed so far, and how many of them met."""

    person: Stakeholder
    owed: int = 0
    met: int = 0


@register.simple_tag
def tasks_of(*people: Stakeholder) -> list[Tasks]:
    """`{% tasks_of first second as tasks %}`"""
    now = timezone.now()
    begun = Obligation.objects.live().filter(
        stakeholder__in=people, period_start__lte=timezone.localdate(now)
    )
    found = {person.pk: Tasks(person) for person in people}
    for pk, state in with_status(begun.order_by(), now).values_list("stakeholder", "state"):
        found[pk].owed += 1
        found[pk].met += state == State.MET
    return list(found.values())
