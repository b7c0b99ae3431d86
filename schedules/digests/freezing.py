"""Freezing: some working days after a period's end its figures are kept as they are, and the leaders are told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

from django.conf import settings

from contacts.models import Unit, UnitRole
from contacts.unit_history import Tree
from schedules import periods
from schedules.digests import earlier
from schedules.digests.figures import add_up
from schedules.digests.lists import behind
from schedules.digests.material import due_soon_limit, gather
from schedules.digests.scope import Scope
from schedules.models import Digest, DigestLists, NoticeLine, PassState, PolicyVersion
from schedules.notices.hours import Moment
from schedules.notices.queueing import post
from schedules.periods import Period
from schedules.workdays import Workdays

AT_ONCE = 20  # lists in one INSERT: the bureau's of a year has tens of thousands of rows
CADENCES = ("month", "quarter", "half_year", "year")  # weeks are looked at while they run
CATCH_UP = dt.timedelta(
    days=31
)  # what could not be frozen in its days, because no pass ran, is frozen late or not


def freeze_due(moment: Moment) -> int:
    """Freeze what is due and tell the leaders of those units; how many digests. Call it under the lock of the passes
    and inside their transaction. Frozen once, a digest never changes: a second run finds it there."""
    state = PassState.objects.first()
    leaders = _leaders() if state else {}
    if not state or not leaders:
        return 0
    wanted = list(_due_periods(moment.today, state.first_day, moment.workdays))
    closed = _closed_since(min((period.start for period in wanted), default=moment.today))
    keys = [period.key for period in wanted]
    there = set(Digest.objects.filter(period_key__in=keys).values_list("unit", "period_key"))
    made = []
    for period in wanted:
        missing = [unit for unit in [*leaders, *closed] if (unit, period.key) not in there]
        made += _freeze(missing, period, moment) if missing else []
    post([_line(digest, officer) for digest in made for officer in leaders.get(digest.unit_id, [])], moment)
    return len(made)


def frozen_on(period: Period, workdays: Workdays) -> dt.date:
    """The day on which a period's figures are frozen: so many working days after its end."""
    return workdays.shift(period.end, settings.DIGEST_FREEZE_WORKING_DAYS)


def _due_periods(day: dt.date, first_day: dt.date, workdays: Workdays) -> Iterator[Period]:
    """The periods whose day has come and is not long past, of those that planning has known."""
    for cadence in CADENCES:
        for period in periods.between(day - CATCH_UP, day, cadence):
            period = period.preceding()
            ripe = frozen_on(period, workdays)
            if period.end >= first_day and day - CATCH_UP <= ripe <= day:
                yield period


def _leaders() -> dict[int, list[int]]:
    """The leaders of each unit that has some and may be signed in as."""
    roles = UnitRole.objects.in_force().filter(role=UnitRole.Role.LEADER, officer__is_active=True)
    found: dict[int, list[int]] = defaultdict(list)
    for unit, officer in roles.order_by("officer").values_list("unit", "officer"):
        found[unit].append(officer)
    return found


def _closed_since(day: dt.date) -> list[int]:
    """Units that were closed on or after the day: their last figures are kept, though nobody leads them any more."""
    return list(Unit.objects.filter(closed_on__gte=day).values_list("pk", flat=True))


def _freeze(units: Collection[int], period: Period, moment: Moment) -> list[Digest]:
    """The digests of many units from one reading, so that the pass does not hold the database for long."""
    whole = Scope(tree=Tree.read()).on(min(period.end, moment.today))
    scopes = [
        replace(whole, unit=unit)
        for unit in whole.units
        if unit.pk in units and unit.exists_within(period.start, period.end)
    ]
    versions = list(PolicyVersion.objects.all())
    found = gather(whole, period, moment.now, versions)
    limit = due_soon_limit(moment.now, moment.workdays)
    frozen = earlier.frozen(scopes, period)
    made = Digest.objects.bulk_create(
        [
            Digest(
                unit=scope.unit,
                period_key=period.key,
                frozen_at=moment.now,
                figures=add_up(scope, found, before, limit),
            )
            for scope in scopes
            for before in [earlier.rows(scope, period, moment.now, frozen[scope], versions)]
        ]
    )
    DigestLists.objects.bulk_create(
        [
            DigestLists(digest=digest, rows=behind(scope, found, digest.figures, limit))
            for scope, digest in zip(scopes, made, strict=True)
        ],
        batch_size=AT_ONCE,
    )
    return made


def _line(digest: Digest, officer: int) -> NoticeLine:
    return NoticeLine(digest=digest, stage="digest", recipient_id=officer)
