"""What the city's coordinator decides: policies and their versions, and which days are worked. Each deed is a
transaction with its audit entry; what it refuses, it refuses with a ValidationError that says the remedy. The next pass
plans by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry
from schedules.existence import takes_effect
from schedules.models import CyclePolicy, DayOverride, KnownYear, Obligation, PassState, PolicyVersion

ONE_DAY = dt.timedelta(days=1)
LONGEST_SPAN = dt.timedelta(days=61)
FIELDS = ("kind", "cadence", "seat_kinds", "levels", "stand_in_kinds", "minimum_days", "stages")


@transaction.atomic
def add_policy(name: str, version: PolicyVersion, *, day: dt.date, actor: Actor) -> CyclePolicy:
    """A policy of the bureau's own; it counts for the periods that begin on or after its first day (R3)."""
    policy = CyclePolicy.objects.create(code=_free_code(f"{version.kind}-{version.cadence}"), name=name)
    _begin(policy, version, day)
    AuditEntry.objects.record(actor, "add policy", policy, after={"name": name, **_state(version)})
    return policy


@transaction.atomic
def change_policy(policy: CyclePolicy, version: PolicyVersion, *, day: dt.date, actor: Actor) -> None:
    """From `version.starts_on` on the policy says something else; what it said before stays with the periods before."""
    before = current(policy)
    _begin(policy, version, day)
    AuditEntry.objects.record(actor, "change policy", policy, before=_state(before), after=_state(version))


def ended_from(policy: CyclePolicy, on: dt.date) -> PolicyVersion:
    """The version, not yet saved, by which nothing is owed any more for the periods that begin on or after `on`."""
    last = current(policy)
    return PolicyVersion(starts_on=on, ended=True, **{field: getattr(last, field) for field in FIELDS})


@transaction.atomic
def end_policy(
    policy: CyclePolicy, version: PolicyVersion, *, day: dt.date, actor: Actor, reason: str
) -> None:
    """By a version made with `ended_from`."""
    if current(policy).ended:
        raise ValidationError(_("This policy has ended already."))
    _begin(policy, version, day)
    after = {"starts_on": version.starts_on}
    AuditEntry.objects.record(actor, "end policy", policy, after=after, reason=reason)


def can_be_taken_back(version: PolicyVersion, day: dt.date) -> bool:
    """Has none of the periods begun for which it is to count, and is there another version that goes on?"""
    return version.starts_on is not None and takes_effect(version) > day and len(in_order(version.policy)) > 1


@transaction.atomic
def take_back(version: PolicyVersion, *, day: dt.date, actor: Actor) -> None:
    """What was planned by it is planned by the version before again, or the next where there is none, so far as that owes
    it."""
    PassState.objects.select_for_update().first()  # no pass plans by it meanwhile
    versions = in_order(version.policy)
    if not can_be_taken_back(version, day):
        raise ValidationError(_("This change counts already; make another one from a later day."))
    place = versions.index(version)
    heir = versions[place - 1] if place else versions[1]
    Obligation.objects.filter(version=version).update(version=heir)
    AuditEntry.objects.record(actor, "take back policy change", version.policy, before=_state(version))
    version.delete()


def in_order(policy: CyclePolicy) -> list[PolicyVersion]:
    """The versions of a policy, the one without a first day first, as no two databases would by themselves."""
    return sorted(policy.versions.all(), key=lambda version: version.starts_on or dt.date.min)


def current(policy: CyclePolicy) -> PolicyVersion:
    """The version that was added last, begun or not."""
    return in_order(policy)[-1]


def _begin(policy: CyclePolicy, version: PolicyVersion, day: dt.date) -> None:
    if version.starts_on is None or version.starts_on < day:
        raise ValidationError(
            {"starts_on": _("Choose today or a later day: what was owed before stays as it was.")}
        )
    last = policy.versions.filter(starts_on__gte=version.starts_on).order_by("-starts_on").first()
    if last:
        raise ValidationError(
            {
                "starts_on": _("A change from %(day)s stands already; choose a later day.")
                % {"day": last.starts_on}
            }
        )
    version.policy = policy
    version.save(force_insert=True)


def _free_code(stem: str) -> str:
    taken = set(CyclePolicy.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number = 1
    while (code := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return code


def _state(version: PolicyVersion) -> dict[str, Any]:
    return {field: getattr(version, field) for field in ("starts_on", *FIELDS)}


# --- working days --------------------------------------------------------------------------------------------


@transaction.atomic
def set_day(day: dt.date, *, is_working: bool, note: str, actor: Actor) -> DayOverride:
    """Say of one day whether it is worked, over what the statutory calendar says (R9)."""
    before = DayOverride.objects.filter(day=day).first()
    override, _created = DayOverride.objects.update_or_create(
        day=day, defaults={"is_working": is_working, "note": note}
    )
    AuditEntry.objects.record(
        actor,
        "set working day",
        override,
        before={"is_working": before.is_working, "note": before.note} if before else None,
        after={"is_working": is_working, "note": note},
    )
    return override


@transaction.atomic
def set_days(first: dt.date, last: dt.date, *, is_working: bool, note: str, actor: Actor) -> None:
    """The same of every day of a span, both ends included; each day has its entry and can be removed by itself."""
    if not first <= last <= first + LONGEST_SPAN:
        raise ValidationError(_("Decide about at most two months at once, the first day before the last."))
    for number in range((last - first).days + 1):
        set_day(first + ONE_DAY * number, is_working=is_working, note=note, actor=actor)


@dataclass(frozen=True)
class HolidayLine:
    """What a notice of the State Council says of some days: off, or worked."""

    first: dt.date
    last: dt.date
    is_working: bool
    note: str

    @property
    def days(self) -> list[dt.date]:
        return [self.first + ONE_DAY * number for number in range((self.last - self.first).days + 1)]

    def __str__(self) -> str:
        span = f"{self.first}" if self.first == self.last else f"{self.first} – {self.last}"
        return f"{span} {_('working day') if self.is_working else _('day off')} {self.note}".strip()


@transaction.atomic
def enter_notice(year: int, lines: Sequence[HolidayLine], *, known: bool, actor: Actor) -> None:
    """Enter the official notice of a year at once (R9): what it says of a day counts more than the library, and more than
    what was decided about that day before, which the entry keeps. `known`: the notice is complete."""
    days = {
        day: DayOverride(day=day, is_working=line.is_working, note=line.note)
        for line in lines
        for day in line.days
    }
    replaced = DayOverride.objects.filter(day__in=days).select_for_update()
    before = [f"{each.day} {_('working day') if each.is_working else _('day off')}" for each in replaced]
    DayOverride.objects.bulk_create(
        days.values(), update_conflicts=True, unique_fields=["day"], update_fields=["is_working", "note"]
    )
    after = {"year": year, "days": [str(line) for line in lines]}
    AuditEntry.objects.record(actor, "enter notice", before={"days": before} if before else None, after=after)
    if known:
        set_year_known(year, known=True, actor=actor)


@transaction.atomic
def forget_day(override: DayOverride, *, actor: Actor) -> None:
    """The statutory calendar decides about this day again."""
    AuditEntry.objects.record(
        actor,
        "forget working day",
        override,
        before={"is_working": override.is_working, "note": override.note},
    )
    override.delete()


@transaction.atomic
def set_year_known(year: int, *, known: bool, actor: Actor) -> None:
    """Say that the official notice of this year is entered in full, or not after all (R9)."""
    if known:
        row, changed = KnownYear.objects.get_or_create(year=year)
    else:
        row, changed = KnownYear(year=year), bool(KnownYear.objects.filter(year=year).delete()[0])
    if changed:
        AuditEntry.objects.record(actor, "confirm year", row, after={"year": year, "known": known})
