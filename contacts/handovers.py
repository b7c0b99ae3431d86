"""An officer who moves or leaves hands their people over, each to a successor, as one deed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry, Handover, HandoverLine, Officer, Pairing, Stakeholder
from contacts.pairing import ONE_DAY, active_among, answer_requests, lock, move, pair_many, waits


@transaction.atomic
def hand_over(
    officer: Officer, successors: Mapping[int, Officer], *, on: dt.date, actor: Actor, reason: str
) -> tuple[Handover, list[Stakeholder]]:
    """Give the officer's pairings (their keys) to the successors from the day `on`, or from the day that they begin
    if that is later. Answers the hand-over, and those who were not the officer's any more when it was made. Raises
    ValidationError when that is everybody, or a successor can not be one."""
    chosen = Pairing.objects.filter(pk__in=successors).select_related("stakeholder")
    lock(pairing.stakeholder for pairing in chosen)
    _check(officer, successors.values())
    held = list(chosen.lasting(on).filter(officer=officer).order_by("pk"))
    if not held:
        raise ValidationError(
            _("Somebody was quicker: none of these people is with %(officer)s any more."),
            params={"officer": officer.name},
        )
    by_day: dict[dt.date, dict[Stakeholder, Officer]] = defaultdict(dict)
    for pairing in held:
        start = max(on, pairing.started_on)
        if pairing.ended_on is None:
            by_day[start][pairing.stakeholder] = successors[pairing.pk]
        else:
            _succeed(pairing, successors[pairing.pk], start, actor, reason)
    for start, wanted in by_day.items():
        pair_many(wanted, on=start, actor=actor, reason=reason)
    taken = {pairing.stakeholder: successors[pairing.pk] for pairing in held}
    left = [pairing.stakeholder for pairing in chosen if pairing.stakeholder not in taken]
    return _written_down(officer, taken, on, actor, reason), left


def _check(officer: Officer, successors: Iterable[Officer]) -> None:
    wanted = {successor.pk: successor.name for successor in successors}
    if officer.pk in wanted:
        raise ValidationError(
            _("%(officer)s can not be the successor; choose somebody else."), params={"officer": officer.name}
        )
    if off := wanted.keys() - active_among(wanted):
        raise ValidationError(
            _("The account of %(officer)s is switched off; choose somebody else."),
            params={"officer": ", ".join(wanted[pk] for pk in off)},
        )


def _succeed(pairing: Pairing, officer: Officer, start: dt.date, actor: Actor, reason: str) -> None:
    """Of a pairing that is to end by itself the successor holds what is left: another one may begin after it."""
    person, until = pairing.stakeholder, pairing.ended_on
    before = {"officer": pairing.officer.police_number}
    if pairing.started_on == start:
        Pairing.objects.filter(pk=pairing.pk).delete()  # not one day was held; the entry below keeps it
    else:
        pairing.ended_on, pairing.end_reason = start - ONE_DAY, reason
        pairing.save()
    Pairing.objects.create(
        officer=officer,
        stakeholder=person,
        unit=officer.unit,
        started_on=start,
        ended_on=until,
        reason=reason,
    )
    waiting = waits(pairing, start, timezone.localdate())
    if not waiting and not person.pairings.filter(started_on__gt=start).exists():
        move([person], {person.pk: officer.unit_id})
    answer_requests([person.pk], actor)
    after = {"officer": officer.police_number, "from": start, "until": until}
    AuditEntry.objects.record(actor, "pair", person, before=before, after=after, reason=reason)


def _written_down(
    officer: Officer, taken: Mapping[Stakeholder, Officer], on: dt.date, actor: Actor, reason: str
) -> Handover:
    handover = Handover.objects.create(
        officer=officer, unit=officer.unit, on=on, reason=reason, made_by=actor.officer
    )
    HandoverLine.objects.bulk_create(
        HandoverLine(handover=handover, stakeholder=person, successor=successor)
        for person, successor in taken.items()
    )
    numbers = sorted({successor.police_number for successor in taken.values()})
    after = {"from": on, "people": len(taken), "officers": numbers}
    AuditEntry.objects.record(actor, "hand over", officer, after=after, reason=reason)
    return handover
