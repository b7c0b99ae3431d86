"""Checks of what planning keeps: which obligations exist, and on which days (R2–R4a, R8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet

from contacts.models import Stakeholder
from schedules import existence, periods
from schedules.coverage import State, with_status
from schedules.facts import read_leave, read_people
from schedules.models import Obligation, PeriodClosing
from schedules.slots import Slot
from schedules.verify.facts import Facts

Found = Iterator[tuple[object, str]]
Key = tuple[int, int, str]  # stakeholder, policy, period key


def _live() -> QuerySet[Obligation]:
    return Obligation.objects.live().order_by("pk")


def _named(key: Key) -> str:
    person, policy, period_key = key
    return f"person {person}, policy {policy}, {period_key}"


# --- periods and versions ------------------------------------------------------------------------------------


def period_is_that_of_its_key(facts: Facts) -> Found:
    """The days are those that the key names (R2). Its cadence need not be the version's: what was waived or withdrawn
    stays after a change of policy is taken back, under the version before."""
    spans = Obligation.objects.order_by().values_list("period_key", "period_start", "period_end").distinct()
    for key, start, end in spans:
        if (start, end) != _span(key):
            yield key, f"Obligations stand from {start} to {end} under this key."


def _span(key: str) -> tuple[dt.date, dt.date] | None:
    try:
        period = periods.parse(key)
    except ValueError:
        return None
    return period.start, period.end


def version_is_of_its_policy(facts: Facts) -> Found:
    for pk in Obligation.objects.exclude(version__policy=F("policy")).values_list("pk", flat=True):
        yield f"obligation {pk}", "Its version belongs to another policy."


def version_is_the_one_in_force(facts: Facts) -> Found:
    """What is not closed stands under the version that is in force for its period (R3)."""
    in_force = {_of(slot): slot.version.pk for slot in facts.slots if slot.version}
    for pk, policy, key, version in _open(facts).values_list("pk", "policy", "period_key", "version"):
        if in_force.get((policy, key), version) != version:
            yield f"obligation {pk}", f"It stands under version {version}, not {in_force[policy, key]}."


def _of(slot: Slot) -> tuple[int, str]:
    return slot.policy, slot.period.key


def _open(facts: Facts) -> QuerySet[Obligation]:
    """Live, of periods that are not closed, and neither met nor waived: nothing but the facts keeps them there."""
    wanted = Q(pk__in=[])
    for slot in facts.slots:
        wanted |= Q(policy=slot.policy, period_key=slot.period.key)
    return with_status(_live().filter(wanted), facts.now).filter(state__in=[State.OPEN, State.MISSED])


# --- existence (R4) ------------------------------------------------------------------------------------------


def _owed(facts: Facts) -> Iterator[Key]:
    """Everything that must exist in the periods that are not closed."""
    people = read_people(Stakeholder.objects.all())
    for slot in facts.slots:
        if slot.version is None:
            continue
        for pk, person in people.items():
            days = existence.days_within(person.together(slot.version), slot.period)
            if days >= slot.version.minimum_days:
                yield pk, slot.policy, slot.period.key


def nothing_owed_is_missing(facts: Facts) -> Found:
    standing = set(_live().values_list("stakeholder", "policy", "period_key"))
    for key in _owed(facts):
        if key not in standing:
            yield _named(key), "It is owed and does not exist."


def nothing_exists_that_is_not_owed(facts: Facts) -> Found:
    owed = set(_owed(facts))
    for key in _open(facts).values_list("stakeholder", "policy", "period_key"):
        if key not in owed:
            yield _named(key), "It exists, is neither met nor waived, and is not owed."


def nothing_from_before_the_first_pass(facts: Facts) -> Found:
    if facts.state:
        for pk, key in _live().filter(period_end__lt=facts.state.first_day).values_list("pk", "period_key"):
            yield f"obligation {pk}", f"{key} ended before the installation's first pass."


def periods_that_ended_are_closed(facts: Facts) -> Found:
    for slot in facts.slots:
        if slot.period.end < facts.day:
            yield (
                f"policy {slot.policy}, {slot.period.key}",
                "It ended before the latest pass and is not closed.",
            )


def no_period_is_closed_before_its_end(facts: Facts) -> Found:
    for policy, key in PeriodClosing.objects.order_by("pk").values_list("policy", "period_key"):
        if periods.parse(key).end >= facts.day:
            yield f"policy {policy}, {key}", "It is closed, and has not ended."


def nothing_beyond_the_horizon(facts: Facts) -> Found:
    last = facts.day + dt.timedelta(days=settings.PLANNING_HORIZON_DAYS)
    beyond = with_status(_live().filter(period_start__gt=last), facts.now)
    for pk, start in beyond.filter(state=State.OPEN).values_list("pk", "period_start"):
        yield f"obligation {pk}", f"Its period begins on {start}, beyond the horizon."


# --- days (R8) -----------------------------------------------------------------------------------------------


def due_day_is_the_last_working_day(facts: Facts) -> Found:
    for slot in facts.slots:
        last = facts.workdays.previous(slot.period.end)
        due_on = last if last >= slot.period.start else slot.period.end
        rows = _live().filter(policy=slot.policy, period_key=slot.period.key).exclude(due_on=due_on)
        for pk, stored in rows.values_list("pk", "due_on"):
            yield f"obligation {pk}", f"It is due on {stored}, not on {due_on}."


def planned_day_is_not_on_leave(facts: Facts) -> Found:
    """Unless people chose it, or every working day that is left is one of leave."""
    leave = read_leave(facts.day)
    rows: QuerySet[Any] = _open(facts).filter(arranged=False, planned_on__gte=facts.day)
    rows = rows.filter(responsible_officer_id__in=list(leave))
    for pk, officer, planned_on, start, end in rows.values_list(
        "pk", "responsible_officer_id", "planned_on", "period_start", "period_end"
    ):
        left = facts.workdays.between(max(start, facts.day), end)
        if _covers(leave[officer], planned_on) and not all(_covers(leave[officer], day) for day in left):
            yield f"obligation {pk}", f"It is planned on {planned_on}, a day of leave."


def _covers(leave: list[existence.Span], day: dt.date) -> bool:
    return any(first <= day <= last for first, last in leave)


def planned_day_is_worked(facts: Facts) -> Found:
    """Unless the officer chose it, or no working day was left."""
    rows = _open(facts).filter(arranged=False, planned_on__gte=facts.day).exclude(planned_on=F("due_on"))
    for day in rows.order_by("planned_on").values_list("planned_on", flat=True).distinct():
        if day not in facts.workdays:
            for pk in rows.filter(planned_on=day).values_list("pk", flat=True):
                yield f"obligation {pk}", f"It is planned on {day}, which is a day off."
