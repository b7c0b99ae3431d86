"""Keeping the roster by hand: a person with their numbers and seats, as one deed with one entry in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model

from contacts.models import Actor, AuditEntry, ContactPhone, Seat, Stakeholder
from contacts.phones import Phone

PERSON_FIELDS = (
    "name", "sex", "birth_year", "birth_month", "employer", "address", "street", "email", "reach_hint", "unit", "remark",
)  # fmt: skip
SEAT_FIELDS = (
    "kind", "level", "body", "delegation", "term_number", "certificate", "occupation", "unit", "started_on", "ended_on",
)  # fmt: skip


def snapshot(person: Stakeholder) -> dict[str, Any]:
    """All that the roster says of a person now, for before and after."""
    return {
        **{name: _plain(getattr(person, name)) for name in PERSON_FIELDS},
        "phones": [str(Phone(phone.e164, phone.extension)) for phone in person.phones.all()],
        "seats": [said(seat) for seat in person.seats.select_related("unit")],
    }


def said(seat: Seat) -> dict[str, Any]:
    """A seat, as the audit trail keeps it."""
    return {name: _plain(getattr(seat, name)) for name in SEAT_FIELDS}


def shown(person: Stakeholder, *, lock: bool = False) -> dict[str, str]:
    """What a form of the person shows: the name of a field, "numbers", or "<key of a seat>-<field>" → the text in it.
    With `lock` nobody changes these rows until the transaction ends."""
    seats = person.seats.select_for_update() if lock else person.seats.all()
    texts = _texts(person, PERSON_FIELDS)
    texts["numbers"] = "\n".join(str(phone) for phone in person.phones.all())
    for seat in seats.order_by("pk"):
        texts |= {f"{seat.pk}-{name}": text for name, text in _texts(seat, SEAT_FIELDS).items()}
    return texts


def _texts(row: Model, names: Sequence[str]) -> dict[str, str]:
    values = {name: row._meta.get_field(name).value_from_object(row) for name in names}  # type: ignore[union-attr]
    return {name: "" if value is None else str(value) for name, value in values.items()}


class ChangedMeanwhile(Exception):
    """Somebody else changed the person after the form was opened, or merged them into another."""


@transaction.atomic
def save_person(
    person: Stakeholder,
    *,
    phones: Sequence[Phone],
    seats: Sequence[Seat],
    dropped: Sequence[Seat] = (),
    opened: Mapping[str, str] | None = None,
    actor: Actor,
) -> Stakeholder:
    """Save a person with exactly these numbers, these seats added or changed, and the `dropped` ones gone. `opened` is
    what the form showed (`shown`) when it was opened: ChangedMeanwhile unless that still stands."""
    before = None
    if person.pk:
        try:
            stored = Stakeholder.objects.select_for_update().get(pk=person.pk)
        except Stakeholder.DoesNotExist:
            raise ChangedMeanwhile from None
        if opened is not None and shown(stored, lock=True) != opened:
            raise ChangedMeanwhile
        before = snapshot(stored)
    person.save()
    _keep_phones(person, phones)
    for seat in sorted(dropped, key=lambda seat: seat.pk, reverse=True):  # a renewal before what it renews
        seat.delete()
    for seat in seats:
        seat.stakeholder = person
        seat.save(update_fields=SEAT_FIELDS if seat.pk else None)  # its certificate's days are another deed's
    after = snapshot(Stakeholder.objects.get(pk=person.pk))
    if before is None:
        AuditEntry.objects.record(actor, "add stakeholder", person, after=after)
    elif changed := [name for name in after if after[name] != before[name]]:
        AuditEntry.objects.record(
            actor,
            "change stakeholder",
            person,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return person


def _keep_phones(person: Stakeholder, phones: Sequence[Phone]) -> None:
    """Numbers that stay keep what was once written; the order is the order to dial in."""
    known = {(phone.e164, phone.extension): phone for phone in person.phones.all()}
    for position, phone in enumerate(phones):
        row = known.pop((phone.e164, phone.extension), None)
        if row is None:
            person.phones.create(
                e164=phone.e164, extension=phone.extension, kind=phone.kind, raw=phone.raw, position=position
            )
        elif row.position != position:
            row.position = position
            row.save(update_fields=["position"])
    ContactPhone.objects.filter(pk__in=[phone.pk for phone in known.values()]).delete()


def _plain(value: Any) -> Any:
    return getattr(value, "code", value)
