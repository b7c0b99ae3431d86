"""Call-backs: of what each unit's officers logged in a month a few contacts are drawn, and somebody outside asks the people.

The lots are a keyed hash, so that nobody can reckon whose turn it will be, everybody who looks sees the same ones, and
what else is logged, corrected or asked moves none of them. The result is a conversation: it voids nothing and ranks nobody.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BigIntegerField, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from contacts.access import Deed
from contacts.models import Actor, AuditEntry, CallBack, ContactRecord, Officer, Pairing, Unit
from contacts.months import Month

Kind = ContactRecord.Kind
DRAWN_FROM = Q(
    voided_at=None,
    outcome=ContactRecord.Outcome.REACHED,
    kind__in=[Kind.CALL, Kind.VISIT, Kind.MEETING, Kind.REPORT],
)


def draw(rows: Iterable[tuple[int, int]], *, seed: bytes, period: str, k: int) -> set[int]:
    """Of (unit, first version of a record), at most `k` of each unit: those with the smallest lots. One row more changes
    nothing, unless it is drawn itself and the last of its unit makes room."""
    lots: dict[int, set[tuple[bytes, int]]] = defaultdict(set)
    for unit, first in rows:
        lots[unit].add((hmac.digest(seed, f"{period} {first}".encode(), "sha256"), first))
    return {first for of_unit in lots.values() for _lot, first in nsmallest(k, of_unit)}


def secret_seed() -> bytes:
    """The installation's own, made of SECRET_KEY, of which it tells nothing. With another key other lots fall, of past
    months too; what was asked before stays where it is."""
    return salted_hmac("contacts.call_backs", "lots", algorithm="sha256").digest()


def made_in(month: Month) -> Any:
    """What may be drawn or was asked about, with `unit`: in which it was made. That is the pairing's of that day, else the
    present one of whoever made it."""
    held = Pairing.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=OuterRef("occurred_on")),
        stakeholder=OuterRef("stakeholder"),
        officer=OuterRef("officer"),
        started_on__lte=OuterRef("occurred_on"),
    )
    return ContactRecord.objects.filter(
        DRAWN_FROM | Q(call_backs__isnull=False), superseded_at=None, occurred_on__range=month.days
    ).annotate(
        unit=Coalesce(Subquery(held.values("unit")[:1]), F("officer__unit"), output_field=BigIntegerField())
    )


def drawn(units: Collection[int], month: Month, *, seed: bytes) -> list[int]:
    """The keys of the records whose turn it is. A correction has the lot of what it corrects."""
    rows = made_in(month).filter(DRAWN_FROM, unit__in=units)
    firsts = {pk: first for pk, (first, _entered) in rows.first_versions().items()}
    by_first = {firsts.get(pk, pk): (unit, pk) for pk, unit in rows.order_by().values_list("pk", "unit")}
    lots = ((unit, first) for first, (unit, _pk) in by_first.items())
    chosen = draw(lots, seed=seed, period=month.key, k=settings.CALL_BACKS_PER_UNIT)
    return [by_first[first][1] for first in chosen]


@dataclass
class Turn:
    """What is asked about one unit; nothing, where whoever looks belongs to it."""

    unit: Unit
    outside: bool
    records: list[ContactRecord] = field(default_factory=list)


def units_with_contacts(officer: Officer, month: Month) -> QuerySet[Unit]:
    within = Unit.objects.visible_to(officer, Deed.CALL_BACK)
    return within.filter(pk__in=made_in(month).order_by().values("unit"))


def turns(officer: Officer, units: Iterable[Unit], month: Month, *, seed: bytes) -> list[Turn]:
    """By unit, then by day: what is to be asked, and what was asked already."""
    found = {unit.pk: Turn(unit, officer.is_outside(unit)) for unit in units}
    outside = [pk for pk, turn in found.items() if turn.outside]
    wanted = Q(pk__in=drawn(outside, month, seed=seed)) | Q(call_backs__isnull=False)
    rows = made_in(month).filter(wanted, unit__in=outside).visible_to(officer, Deed.CALL_BACK)
    rows = rows.select_related("stakeholder__unit", "officer__unit").order_by("occurred_at", "pk")
    asked = Prefetch("call_backs", CallBack.objects.select_related("asked_by"))
    for record in rows.prefetch_related("stakeholder__phones", asked):
        found[record.unit].records.append(record)
    return list(found.values())


def may_ask(officer: Officer, record: ContactRecord, unit: Unit) -> bool:
    """Somebody outside the unit in which the contact was made, and outside the present one of whoever made it."""
    return officer.is_outside(unit) and officer.is_outside(record.officer.unit)


def why_not(record: ContactRecord, officer: Officer, today: dt.date, *, seed: bytes) -> str:
    """Why the officer does not ask the person about this contact; "" if it is their turn."""
    if record.call_backs.exists():
        return _("Somebody asked about this contact already.")
    month = Month.of(record.occurred_on)
    row = made_in(month).filter(pk=record.pk).first()
    unit = row and Unit.objects.visible_to(officer, Deed.CALL_BACK).filter(pk=row.unit).first()
    if unit and not may_ask(officer, record, unit):
        return _("Somebody outside the unit that made the contact asks the person.")
    if not unit or month >= Month.of(today) or record.pk not in drawn([unit.pk], month, seed=seed):
        return _(
            "This contact was not drawn. Chance decides which ones are asked about, once the month is over."
        )
    return ""


@transaction.atomic
def call_back(
    record: ContactRecord, *, happened: str, process: str, result: str, comment: str = "", today: dt.date, actor: Actor,
    seed: bytes,
) -> CallBack:  # fmt: skip
    """Keep what the person said."""
    record = ContactRecord.objects.select_for_update().get(pk=record.pk)
    if actor.officer is None:
        raise ValidationError(_("Somebody outside the unit that made the contact asks the person."))
    if refused := why_not(record, actor.officer, today, seed=seed):
        raise ValidationError(refused)
    made = CallBack.objects.create(
        record=record, happened=happened, process=process, result=result, comment=comment.strip(), asked_by=actor.officer
    )  # fmt: skip
    AuditEntry.objects.record(
        actor,
        "call back",
        made,
        after={"happened": happened, "process": process, "result": result},
        reason=made.comment,
    )
    return made
