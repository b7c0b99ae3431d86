"""Two people who were one all along: everything of the one moves to the other, written down so that it can be taken back.

Which rows point to a person is read from the models, so that a table added later moves as well (RULES names those that
need more than a new key; a test names a table that nobody has thought about).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import drafts, followers, journal
from contacts.duplicates import in_order, locked
from contacts.editing import SEAT_FIELDS, snapshot
from contacts.fitting import fitted
from contacts.models import (
    Actor,
    AuditEntry,
    ContactPhone,
    Distinct,
    HandoverLine,
    ImportRow,
    Journal,
    Merge,
    Pairing,
    RepairingRequest,
    ReportCopy,
    ReportDelivery,
    Seat,
    Signer,
    Stakeholder,
)

# What a person's own row says; of each one value stays. Birth is year and month together.
FIELDS = ("name", "sex", "birth", "employer", "street", "address", "email", "remark", "unit")
SURVIVOR, ABSORBED = "survivor", "absorbed"


@dataclass
class Merging:
    """A merge on its way: who stays, who goes, from which day on whose pairing counts, and what writes it down."""

    kept: Stakeholder
    gone: Stakeholder
    day: dt.date
    reason: str
    paired: Stakeholder | None  # whose pairings count from the day on
    pen: journal.Pen

    def change(self, row: models.Model, group: int, **values: Any) -> None:
        before = journal.values(row)
        for name, value in values.items():
            setattr(row, name, value)
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        self.pen.changed(group, row, before)

    def delete(self, row: models.Model, group: int) -> None:
        self.pen.deleted(group, row)
        type(row)._base_manager.filter(pk=row.pk).delete()


@transaction.atomic
def merge(
    survivor: Stakeholder,
    absorbed: Stakeholder,
    *,
    keep: Mapping[str, str] | None = None,
    pairing: Pairing | None = None,
    actor: Actor,
    day: dt.date,
    reason: str = "",
) -> Merge:
    """Everything of `absorbed` becomes `survivor`'s, whose number stays; the other number leads there from now on.

    `keep` says of FIELDS whose value stays, "survivor" or "absorbed"; otherwise what is known of the survivor, or else
    of the absorbed. Seats and numbers of both stand once.

    Pairings become one history without overlaps (R4, R5). From `day` on the one side counts whose `pairing` was chosen;
    without a choice, the one side that has any; if both have different officers, ValidationError. The other's ends on the day before, or
    goes if not one day was held. Before `day`, whoever held the survivor stays responsible for every day, and so do the
    figures that followed from it; whoever held the absorbed is on the days on which nobody held the survivor.
    """
    if survivor.pk == absorbed.pk:
        raise ValidationError(_("This is one and the same person already."))
    followers.take_turns()
    kept, gone = locked(survivor, absorbed)
    first, second = in_order(kept.pk, gone.pk)
    if Distinct.objects.filter(first=first, second=second).exists():
        raise ValidationError(
            _("Somebody decided that these two are not the same. Ask about them again first.")
        )
    paired = _paired_side(kept, gone, pairing, day)
    before = {person: _described(person) for person in (kept, gone)}
    pen = journal.begin(Journal.Kind.MERGE, made_by=actor.officer, now=timezone.now())
    merging = Merging(kept, gone, day, reason, paired, pen)
    values = _chosen(kept, gone, keep or {})
    for relation in relations():
        RULES.get(relation.related_model, _move)(merging, relation)
    followers.merged(kept.pk, gone.pk, pen)
    drafts.follow(gone.pk, kept.pk)
    _keep_values(merging, values)
    number = gone.number
    merging.delete(gone, gone.pk)
    pen.close()
    made = Merge.objects.create(
        survivor_number=kept.pk, absorbed_number=gone.pk, journal=pen.journal, by=actor.officer, reason=reason
    )
    AuditEntry.objects.record(
        actor,
        "merge people",
        kept,
        before=before[kept] | {"absorbed": {"number": number} | before[gone]},
        after=_described(kept),
        reason=reason,
    )
    return made


def relations() -> list[Any]:
    """Everything that points to a person, what other apps look after aside."""
    return [
        relation
        for relation in Stakeholder._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel)
        and relation.related_model._meta.label_lower not in followers.models()
    ]


def _described(person: Stakeholder) -> dict[str, Any]:
    """For the trail."""
    held = person.pairings.filter(ended_on=None).values_list("officer__police_number", flat=True)
    return snapshot(person) | {"officer": held.first()}


# --- the person's own row ------------------------------------------------------------------------------------


def said(person: Stakeholder, field: str) -> Any:
    """What a person's row says under one of FIELDS."""
    return getattr(person, field)


def default_side(survivor: Stakeholder, absorbed: Stakeholder, field: str) -> str:
    """Whose value stays unless somebody says otherwise: the survivor's, where it says anything and the other does not
    say the same more exactly (a month beside its year)."""
    here, there = said(survivor, field), said(absorbed, field)
    fuller = field == "birth" and there.startswith(here)
    return ABSORBED if there and (not here or fuller) else SURVIVOR


def _chosen(kept: Stakeholder, gone: Stakeholder, keep: Mapping[str, str]) -> dict[str, Any]:
    """Column → value of what the survivor takes over from the absorbed."""
    if wrong := keep.keys() - set(FIELDS):
        raise ValueError(f"no such field: {', '.join(sorted(wrong))}")
    values: dict[str, Any] = {}
    for field in FIELDS:
        if (keep.get(field) or default_side(kept, gone, field)) == ABSORBED:
            columns = ("birth_year", "birth_month") if field == "birth" else (field,)
            values |= {column: getattr(gone, column) for column in columns}
    return values


def _keep_values(merging: Merging, values: Mapping[str, Any]) -> None:
    """The unit in charge follows the open pairing."""
    kept = merging.kept
    before = journal.values(kept)
    for name, value in values.items():
        setattr(kept, name, value)
    if held := kept.pairings.filter(ended_on=None).select_related("unit").first():
        kept.unit = held.unit
    kept.save()
    merging.pen.changed(kept.pk, kept, before)


# --- what points to the person -------------------------------------------------------------------------------


def _move(merging: Merging, relation: Any) -> None:
    """A new key, and nothing else."""
    field = relation.field
    for row in relation.related_model._base_manager.filter(**{field.name: merging.gone}):
        merging.change(row, merging.gone.pk, **{field.attname: merging.kept.pk})


def _move_phones(merging: Merging, relation: Any) -> None:
    """A number that both have stands once; those of the absorbed are dialled after the survivor's."""
    own = {(phone.e164, phone.extension): phone.position for phone in merging.kept.phones.all()}
    last = max(own.values(), default=-1)
    for phone in ContactPhone.objects.filter(stakeholder=merging.gone):
        if (phone.e164, phone.extension) in own:
            merging.delete(phone, phone.pk)
        else:
            last += 1
            merging.change(phone, phone.pk, stakeholder_id=merging.kept.pk, position=last)


def _move_seats(merging: Merging, relation: Any) -> None:
    """Two that say the very same are one seat; its imported rows speak of the one that stays."""
    own = {_seat_says(seat) for seat in merging.kept.seats.all()}
    for seat in Seat.objects.filter(stakeholder=merging.gone).select_related("renewed_by"):
        if _seat_says(seat) in own and not seat.renewal:
            merging.delete(seat, seat.pk)
        else:
            merging.change(seat, seat.pk, stakeholder_id=merging.kept.pk)


def _seat_says(seat: Seat) -> tuple[Any, ...]:
    days = seat.handed_out_on, seat.collected_on
    return days + tuple(getattr(seat, f"{name}_id" if name == "unit" else name) for name in SEAT_FIELDS)


def _move_decisions(merging: Merging, relation: Any) -> None:
    """Whoever is not the absorbed is not the survivor."""
    near, far = (
        relation.field.attname,
        {"first_id": "second_id", "second_id": "first_id"}[relation.field.attname],
    )
    for distinct in Distinct.objects.filter(**{near: merging.gone.pk}):
        first, second = in_order(merging.kept.pk, getattr(distinct, far))
        if Distinct.objects.filter(first=first, second=second).exists():
            merging.delete(distinct, distinct.pk)
        else:
            merging.change(distinct, distinct.pk, first_id=first, second_id=second)


def _move_imported(merging: Merging, relation: Any) -> None:
    """What files said of a person's pairings and contacts is kept under the person's number, and found again under the
    survivor's. The last part of a contact's key counts what files said of one moment: the absorbed's turns come after
    the survivor's."""
    kept, gone = merging.kept.pk, merging.gone.pk
    turns: dict[str, int] = {}  # moment → the first turn that is free
    known = ImportRow.objects.filter(stakeholder=kept, key__startswith="record:").values_list(
        "key", flat=True
    )
    for moment, _colon, turn in (key.rpartition(":") for key in known):
        turns[moment] = max(turns.get(moment, 0), int(turn) + 1)
    for row in ImportRow.objects.filter(stakeholder=gone).order_by("pk"):
        key = row.key
        kind, _colon, rest = key.partition(":")
        if kind in {"record", "pairing"}:
            key = f"{kind}:{kept}:{rest.partition(':')[2]}"
        if kind == "record":
            moment, _colon, turn = key.rpartition(":")
            key = f"{moment}:{int(turn) + turns.get(moment, 0)}"
        merging.change(row, gone, stakeholder_id=kept, key=key)


def _move_handed_over(merging: Merging, relation: Any) -> None:
    """In one hand-over the survivor stands once, with the survivor's successor."""
    there = set(HandoverLine.objects.filter(stakeholder=merging.kept).values_list("handover", flat=True))
    for line in HandoverLine.objects.filter(stakeholder=merging.gone):
        if line.handover_id in there:
            merging.delete(line, line.pk)
        else:
            merging.change(line, line.pk, stakeholder_id=merging.kept.pk)


def _move_requests(merging: Merging, relation: Any) -> None:
    """Of two that nobody has decided the survivor's waits on."""
    waits = RepairingRequest.objects.undecided().filter(stakeholder=merging.kept).exists()
    for request in RepairingRequest.objects.filter(stakeholder=merging.gone):
        if waits and request.decided_at is None:
            merging.delete(request, request.pk)
        else:
            merging.change(request, request.pk, stakeholder_id=merging.kept.pk)


def _move_signed(merging: Merging, relation: Any) -> None:
    """Whoever signed first, or stands among the signers, stands there once."""
    own = set(Signer.objects.filter(stakeholder=merging.kept).values_list("feedback", flat=True))
    for signer in Signer.objects.filter(stakeholder=merging.gone).select_related("feedback"):
        if signer.feedback_id in own or signer.feedback.stakeholder_id in {merging.kept.pk, merging.gone.pk}:
            merging.delete(signer, signer.pk)
        else:
            merging.change(signer, signer.pk, stakeholder_id=merging.kept.pk)


def _move_reports(merging: Merging, relation: Any) -> None:
    """One copy of a half-year's report: of two the one that was handed over stays, or else the survivor's, and what says that
    one of them was handed over says so of it."""
    own = {copy.half_year: copy for copy in ReportCopy.objects.filter(stakeholder=merging.kept)}
    delivered = set(
        ReportCopy.objects.filter(stakeholder__in=[merging.kept, merging.gone])
        .delivered()
        .values_list("pk", flat=True)
    )
    for copy in ReportCopy.objects.filter(stakeholder=merging.gone):
        other = own.get(copy.half_year)
        if other is None:
            merging.change(copy, merging.gone.pk, stakeholder_id=merging.kept.pk)
            continue
        stays, goes = (copy, other) if copy.pk in delivered and other.pk not in delivered else (other, copy)
        for delivery in ReportDelivery.objects.filter(copy=goes):
            merging.change(delivery, copy.pk, copy_id=stays.pk)
        merging.delete(goes, copy.pk)
        if stays is copy:
            merging.change(copy, copy.pk, stakeholder_id=merging.kept.pk)


# --- pairings ------------------------------------------------------------------------------------------------


def current_pairings(person: Stakeholder, day: dt.date) -> list[Pairing]:
    """Those that count on `day` or later, the last to begin first."""
    rows = person.pairings.all()
    return [pairing for pairing in rows if pairing.ended_on is None or pairing.ended_on >= day]


def must_choose(one: list[Pairing], other: list[Pairing]) -> bool:
    """Do the current pairings of two people name different officers, or units?"""
    return bool(one and other) and len({(pairing.officer_id, pairing.unit_id) for pairing in one + other}) > 1


def _paired_side(
    kept: Stakeholder, gone: Stakeholder, chosen: Pairing | None, day: dt.date
) -> Stakeholder | None:
    sides = {person: current_pairings(person, day) for person in (kept, gone)}
    if chosen:
        if person := next((person for person, held in sides.items() if chosen in held), None):
            return person
        raise ValidationError(
            _("The pairing that was to stay has ended meanwhile. Look at both people again.")
        )
    if must_choose(*sides.values()):
        raise ValidationError(_("Both have an officer who is responsible. Say which pairing stays."))
    # Of two with one officer the one that ends later, then the survivor's.
    ends = {person: max(_span(pairing)[1] for pairing in held) for person, held in sides.items() if held}
    return max(ends, key=lambda person: ends[person], default=None)


def _join_pairings(merging: Merging, relation: Any) -> None:
    """The survivor's first, so that there is never more than one open."""
    own = list(Pairing.objects.filter(stakeholder=merging.kept).order_by("started_on"))
    others = list(Pairing.objects.filter(stakeholder=merging.gone).order_by("started_on"))
    for pairing in own:
        left = fitted(_span(pairing), day=merging.day, stays=merging.paired == merging.kept)
        _keep_spans(merging, pairing, left)
    taken = [_span(pairing) for pairing in own]
    for pairing in others:
        left = fitted(_span(pairing), taken=taken, day=merging.day, stays=merging.paired == merging.gone)
        _keep_spans(merging, pairing, left)


def _keep_spans(merging: Merging, pairing: Pairing, spans: list[tuple[dt.date, dt.date]]) -> None:
    """The row keeps the last of the spans; others become rows of their own."""
    group, was_current = merging.gone.pk, pairing.ended_on is None or pairing.ended_on >= merging.day
    if not spans:
        merging.delete(pairing, group)
        return
    *others, (first, last) = spans
    values: dict[str, Any] = {
        "stakeholder_id": merging.kept.pk,
        "started_on": first,
        "ended_on": _bound(last),
    }
    if was_current and last < merging.day:
        values["end_reason"] = merging.reason or _("two people were merged")
    if any(getattr(pairing, name) != value for name, value in values.items()):
        merging.change(pairing, group, **values)
    for first, last in others:
        more = Pairing.objects.create(
            stakeholder=merging.kept, officer_id=pairing.officer_id, unit_id=pairing.unit_id, started_on=first,
            ended_on=_bound(last), reason=pairing.reason,
        )  # fmt: skip
        merging.pen.created(group, more)


def _span(pairing: Pairing) -> tuple[dt.date, dt.date]:
    return pairing.started_on, pairing.ended_on or dt.date.max


def _bound(last: dt.date) -> dt.date | None:
    return None if last == dt.date.max else last


RULES: dict[type[models.Model], Callable[[Merging, Any], None]] = {
    ContactPhone: _move_phones,
    Seat: _move_seats,
    Pairing: _join_pairings,
    Distinct: _move_decisions,
    ImportRow: _move_imported,
    HandoverLine: _move_handed_over,
    RepairingRequest: _move_requests,
    Signer: _move_signed,
    ReportCopy: _move_reports,
}
