"""The one status function: what an obligation's state is, who is responsible for it, and how they add up (R5–R7).

Nothing of this is stored. It is derived in SQL from contact records and pairings, so that a correction, a back-dated
entry or a voided record counts at once on every page, in every digest, export, calendar and command.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import ContactRecord, Officer, Pairing, Seat, Unit
from contacts.unit_history import Tree
from schedules import periods
from schedules.models import Obligation, PolicyVersion
from schedules.workdays import Workdays

DUE_SOON_WORKING_DAYS = 5  # R7


class State(TextChoices):
    """R7; the first that fits."""

    MET = "met", _("met")
    WAIVED = "waived", _("waived")
    MISSED = "missed", _("missed")
    OPEN = "open", _("open")


FIGURES = ("owed", "met", "open", "missed", "waived", "attempts")


Versions = Iterable[PolicyVersion]


def with_status(
    obligations: QuerySet[Obligation], now: dt.datetime, versions: Versions | None = None
) -> QuerySet[Any]:
    """Annotate how each obligation stands as seen from the instant `now`:

    `met_record_id`, `met_on` – the earliest contact that meets it (R6), or null;
    `state` – a `State` value (R7);
    `reference_day` – the day that decides who is responsible (R5);
    `responsible_pairing_id`, `responsible_officer_id`, `responsible_unit_id` – whose it is; null if nobody ever held it.
    """
    day = timezone.localtime(now).date()
    pairings = Pairing.objects.filter(stakeholder=OuterRef("stakeholder"))
    holder = Pairing.objects.filter(pk=OuterRef("responsible_pairing_id"))
    meets = _contacts_within(now).filter(outcome=ContactRecord.Outcome.REACHED).order_by("occurred_at", "pk")
    kinds = _by_kinds_of(versions)
    return (
        obligations.annotate(
            met_record_id=_by_kinds(meets, "pk", kinds), met_on=_by_kinds(meets, "occurred_on", kinds)
        )
        .annotate(
            state=Case(
                When(met_on__isnull=False, then=Value(State.MET)),
                When(waived_at__lte=now, then=Value(State.WAIVED)),
                When(period_end__lt=day, then=Value(State.MISSED)),
                default=Value(State.OPEN),
                output_field=CharField(),
            ),
            reference_day=Coalesce(
                F("met_on"),
                Least(F("period_end"), Value(day, output_field=DateField())),
                output_field=DateField(),
            ),
        )
        .annotate(
            responsible_pairing_id=Coalesce(
                Subquery(
                    pairings.filter(started_on__lte=OuterRef("reference_day"))
                    .order_by("-started_on")
                    .values("pk")[:1]
                ),
                Subquery(pairings.order_by("started_on").values("pk")[:1]),
            )
        )
        .annotate(
            responsible_officer_id=Subquery(holder.values("officer")[:1]),
            responsible_unit_id=Subquery(holder.values("unit")[:1]),
        )
    )


def with_attempts(
    obligations: QuerySet[Obligation], now: dt.datetime, versions: Versions | None = None
) -> QuerySet[Any]:
    """Annotate `attempts`: contacts of the kind, within the period and by `now`, that did not reach the person."""
    tried = (
        _contacts_within(now)
        .exclude(outcome=ContactRecord.Outcome.REACHED)
        .order_by()
        .values("stakeholder")
        .annotate(number=Count("pk"))
    )
    return obligations.annotate(
        attempts=Coalesce(_by_kinds(tried, "number", _by_kinds_of(versions)), Value(0))
    )


def due_soon_limit(day: dt.date, workdays: Workdays) -> dt.date:
    """What is open and due by this day is due soon (R7): five working days before a due day is on or before `day`."""
    return workdays.shift(workdays.previous(day), DUE_SOON_WORKING_DAYS)


def due_soon_day(due_on: dt.date, workdays: Workdays) -> dt.date:
    """From when on what is due on that day is due soon."""
    return workdays.shift(due_on, -DUE_SOON_WORKING_DAYS)


def due_soon(day: dt.date, workdays: Workdays) -> Q:
    """For a query with status: open, and due soon or today."""
    return Q(state=State.OPEN, due_on__lte=due_soon_limit(day, workdays))


def late(day: dt.date) -> Q:
    """For a query with status: open, and the planned day has passed."""
    return Q(state=State.OPEN, planned_on__lt=day)


def of_period(period: periods.Period) -> QuerySet[Obligation]:
    return Obligation.objects.live().filter(within(period))


def within(period: periods.Period) -> Q:
    """What is owed within a period: of a quarter, its months' calls and its own visits. No cycle is as short as a
    week; to a week belongs what is planned on its days."""
    if period.cadence == "week":
        return Q(planned_on__range=(period.start, period.end))
    return Q(period_start__gte=period.start, period_end__lte=period.end)


def figures(
    period_key: str,
    *,
    now: dt.datetime,
    kind: str | None = None,
    unit: Unit | None = None,
    by: str = "unit",
) -> dict[str, Any]:
    """The figures of a period, in total and by "unit", "officer" or "level".

    An obligation counts in the unit of its responsible officer's pairing; a group by unit is that unit alone, the
    total all below `unit`; a person with seats at two levels stands in both groups (R7). Units are called, and hang, as
    they did on the last day of the period, or today. Each group has `key` (unit code, police number or level), `name`,
    and FIGURES.
    """
    period = periods.parse(period_key)
    wanted, last_day = of_period(period), min(period.end, timezone.localdate(now))
    tree = Tree.read() if unit is not None or by == "unit" else None
    if kind:
        wanted = wanted.filter(version__kind=kind)
    total = dict.fromkeys(FIGURES, 0)
    groups: dict[Any, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    keys_of = _KEYS[by]()
    for row in standing(wanted, now=now, units=units_below(tree, unit, last_day)):
        for tally in [total, *(groups[key] for key in keys_of(row))]:
            count(tally, row)
    return {"total": total, "groups": _named(by, groups, tree.on(last_day) if tree else {})}


def units_below(tree: Tree | None, unit: Unit | None, day: dt.date) -> Collection[int] | None:
    """The keys of a unit and of all that hung below it on a day; None for the whole bureau."""
    if tree is None or unit is None or unit.parent_id is None:
        return None
    return {below.pk for below in tree.below(unit.pk, day)}


class Standing(NamedTuple):
    """One obligation as `figures` and the digests count it."""

    state: str
    attempts: int
    unit: int  # the responsible officer's, at the time
    officer: int  # none of what is met where the only pairing was withdrawn
    stakeholder: int
    version: int
    period_start: dt.date
    period_end: dt.date
    obligation: int
    kind: str
    due_on: dt.date
    planned_on: dt.date


def standing(
    wanted: QuerySet[Obligation],
    *,
    now: dt.datetime,
    units: Collection[int] | None = None,
    officer: Officer | None = None,
    versions: Versions | None = None,
) -> Iterator[Standing]:
    """How each of the `wanted` obligations stands, of those that count in one of the `units`, or for `officer`. Whoever
    has the `versions` of the policies at hand spares a query."""
    if versions is None:
        versions = list(PolicyVersion.objects.all())
    if units is not None:
        # Whoever is responsible held the person once: this keeps the rest from being derived at all.
        held = Pairing.objects.filter(unit__in=units)
        wanted = wanted.filter(stakeholder__in=held.values("stakeholder"))
    if officer is not None:
        wanted = wanted.filter(stakeholder__in=Pairing.objects.filter(officer=officer).values("stakeholder"))
    derived: QuerySet[Any] = with_attempts(with_status(wanted.order_by(), now, versions), now, versions)
    if units is not None:
        derived = derived.filter(responsible_unit_id__in=units)
    if officer is not None:
        derived = derived.filter(responsible_officer_id=officer.pk)
    rows = derived.values_list(
        "state", "attempts", "responsible_unit_id", "responsible_officer_id", "stakeholder", "version",
        "period_start", "period_end", "pk", "version__kind", "due_on", "planned_on",
    )  # fmt: skip
    return (Standing(*row) for row in rows.iterator(chunk_size=5000))


def count(tally: dict[str, int], row: Standing) -> None:
    """Add one obligation to figures."""
    tally["owed"] += 1
    tally[row.state] += 1
    tally["attempts"] += row.attempts


# --- how it is derived ---------------------------------------------------------------------------------------


def _contacts_within(now: dt.datetime) -> QuerySet[ContactRecord]:
    """Live contacts with the person of the outer obligation, on a day of its period, that had happened by `now`."""
    return ContactRecord.objects.live().filter(
        stakeholder=OuterRef("stakeholder"),
        occurred_on__gte=OuterRef("period_start"),
        occurred_on__lte=OuterRef("period_end"),
        occurred_at__lte=now,
    )


def _by_kinds_of(versions: Versions | None) -> dict[tuple[str, ...], list[int]]:
    """The versions of policies by the kinds of contact that meet them (R6); None: read them."""
    versions_of: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for version in PolicyVersion.objects.all() if versions is None else versions:
        versions_of[tuple(version.kinds)].append(version.pk)
    return versions_of


def _by_kinds(contacts: QuerySet, field: str, versions_of: dict[tuple[str, ...], list[int]]) -> Case:
    """A field of the first of the contacts that count for the obligation: the same subquery for each set of kinds that
    policies count, so that every one can use the index."""
    return Case(
        *(
            When(version__in=versions, then=Subquery(contacts.filter(kind__in=kinds).values(field)[:1]))
            for kinds, versions in versions_of.items()
        ),
        output_field=Subquery(
            contacts.values(field)[:1]
        ).output_field,  # said aloud: there may be no policy at all
    )


def _by_unit():
    return lambda row: (row.unit,)


def _by_officer():
    return lambda row: (row.officer,)


def _by_level():
    kinds_of = {version.pk: set(version.seat_kinds) for version in PolicyVersion.objects.all()}
    seats: dict[int, list[tuple]] = defaultdict(list)
    for person, *seat in Seat.objects.values_list("stakeholder", "kind", "level", "started_on", "ended_on"):
        seats[person].append(tuple(seat))

    def levels(row: Standing) -> Iterable[str]:
        return {
            level
            for kind, level, since, until in seats[row.stakeholder]
            if kind in kinds_of[row.version]
            and (since is None or since <= row.period_end)
            and (until is None or until >= row.period_start)
        }

    return levels


_KEYS = {"unit": _by_unit, "officer": _by_officer, "level": _by_level}


def _named(by: str, groups: dict[Any, dict[str, int]], units: dict[int, Unit]) -> list[dict[str, Any]]:
    if by == "level":
        labels: list[tuple[Any, str, str]] = [
            (level.value, level.value, str(level.label)) for level in Seat.Level
        ]
    elif by == "officer":
        labels = list(Officer.objects.filter(pk__in=groups).values_list("pk", "police_number", "name"))
    else:
        labels = [(unit.pk, unit.code, unit.name) for unit in units.values()]
    return [{"key": key, "name": name, **groups[group]} for group, key, name in labels if group in groups]
