"""Freezing: some working days after a period's end its figures are kept as they are, and whoever gets them is told; and some
before its end, those who asked how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace

from django.conf import settings

from contacts.models import Unit
from contacts.unit_history import Tree
from schedules import periods
from schedules.digests import earlier
from schedules.digests.choices import Choices
from schedules.digests.figures import add_up
from schedules.digests.lists import behind
from schedules.digests.material import due_soon_limit, gather
from schedules.digests.scope import Scope
from schedules.models import Digest, DigestChoice, DigestLists, NoticeLine, PassState, PolicyVersion
from schedules.notices.hours import Moment
from schedules.notices.queueing import post
from schedules.periods import Period
from schedules.workdays import Workdays

AT_ONCE = 20  # lists in one INSERT: the bureau's of a year has tens of thousands of rows
CATCH_UP = dt.timedelta(
    days=31
)  # what could not be frozen in its days, because no pass ran, is frozen late or not
CATCH_UP_OF = {"week": dt.timedelta(days=6)}


def freeze_due(moment: Moment) -> int:
    """Freeze what is due and tell those who get it; how many digests. Call it under the lock of the passes and inside their
    transaction. Frozen once, a digest never changes: a second run finds it there."""
    state = PassState.objects.first()
    if not state:
        return 0
    choices = Choices.read()
    over = list(_periods_over(moment.today, state.first_day, moment.workdays))
    closed = _closed_since(min((period.start for period in over), default=moment.today))
    made = 0
    for period in over:
        units = choices.units(period.cadence, ahead=False)
        made += _make(units | closed if units else units, period, choices, moment, ahead=False)
    for period in _periods_that_end(moment.today, moment.workdays):
        units = choices.units(period.cadence, ahead=True)
        made += _make(units, period, choices, moment, ahead=True)
    return made


def frozen_on(period: Period, workdays: Workdays) -> dt.date:
    """The day on which a period's figures are frozen: so many working days after its end."""
    return workdays.shift(period.end, settings.DIGEST_FREEZE_WORKING_DAYS)


def _periods_over(day: dt.date, first_day: dt.date, workdays: Workdays) -> Iterator[Period]:
    """The periods whose day has come and is not long past, of those that planning has known."""
    for cadence in DigestChoice.Length.values:
        late = CATCH_UP_OF.get(cadence, CATCH_UP)
        for period in periods.between(day - late, day, cadence):
            period = period.preceding()
            ripe = frozen_on(period, workdays)
            if period.end >= first_day and day - late <= ripe <= day:
                yield period


def _periods_that_end(day: dt.date, workdays: Workdays) -> Iterator[Period]:
    """The running periods that are so near their end that whoever asked is told how far they are."""
    for cadence in DigestChoice.Length.values:
        period = periods.containing(day, cadence)
        if cadence != "week" and workdays.shift(period.end, -settings.DIGEST_AHEAD_WORKING_DAYS) <= day:
            yield period


def _make(units: set[int], period: Period, choices: Choices, moment: Moment, *, ahead: bool) -> int:
    """Those of the units' digests that are not there yet, with lines for whoever gets them."""
    there = Digest.objects.filter(period_key=period.key, ahead=ahead).values("unit")
    missing = [
        unit.pk
        for unit in Unit.objects.filter(pk__in=units).exclude(pk__in=there)
        if unit.exists_within(period.start, period.end)
    ]
    made = _freeze(missing, period, moment, ahead=ahead) if missing else []
    lines = [
        NoticeLine(digest=digest, stage="digest", recipient_id=officer)
        for digest in made
        for officer in choices.recipients(digest.unit_id, period.cadence, ahead=ahead)
    ]
    post(lines, moment)
    return len(made)


def _closed_since(day: dt.date) -> set[int]:
    """Units that were closed on or after the day: their last figures are kept, though nobody leads them any more."""
    return set(Unit.objects.filter(closed_on__gte=day).values_list("pk", flat=True))


def _freeze(units: Collection[int], period: Period, moment: Moment, *, ahead: bool) -> list[Digest]:
    """The digests of many units from one reading, so that the pass does not hold the database for long."""
    whole = Scope(tree=Tree.read()).on(min(period.end, moment.today))
    scopes = [replace(whole, unit=unit) for unit in whole.units if unit.pk in units]
    versions = list(PolicyVersion.objects.all())
    found = gather(whole, period, moment.now, versions)
    limit = due_soon_limit(moment.now, moment.workdays)
    frozen = earlier.frozen(scopes, period)
    made = Digest.objects.bulk_create(
        [
            Digest(
                unit=scope.unit,
                period_key=period.key,
                ahead=ahead,
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
