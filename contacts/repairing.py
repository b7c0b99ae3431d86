"""Asking that a person be given another officer, and declining it. Pairing them anew is in `handling` and `handovers`."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts import access, names, phones
from contacts.models import Actor, AuditEntry, Officer, RepairingRequest, Stakeholder


@transaction.atomic
def ask(words: str, asker: Officer, *, day: dt.date, actor: Actor) -> None:
    """Ask for the person whom `words` name, "L000123" or "name/mobile". Whether there is such a person, whether anybody
    holds them and whether a request stands already: nothing that the asker gets differs, nor the number of queries."""
    people = Stakeholder.objects.visible_to(asker, access.Deed.ASK_REPAIRING).paired(day)
    person = next(iter(_meant(people, words)), None)
    if person:
        request = RepairingRequest(stakeholder=person, asked_by=actor.officer)
        RepairingRequest.objects.bulk_create([request], ignore_conflicts=True)
    else:
        RepairingRequest.objects.filter(pk=0).exists()  # as long as the other way
    AuditEntry.objects.record(actor, "ask for another officer", person)


def _meant(people, words: str) -> list[Stakeholder]:
    """The one that is meant, or nobody."""
    words = words.strip()
    if words[:1] in {"L", "l"} and words[1:].isdecimal() and len(words) < 12:
        found = people.filter(pk=int(words[1:]))
    else:
        name, _slash, mobile = words.partition("/")
        phone = phones.parse(mobile)
        number = phone.e164 if phone else "-"
        found = people.filter(name=names.normalise(name), phones__e164=number).distinct()
    few = list(found[:2])
    return few if len(few) == 1 else []


@transaction.atomic
def decline(request: RepairingRequest, *, actor: Actor) -> None:
    """The person stays with their officer."""
    outcome = RepairingRequest.Outcome.DECLINED
    if not RepairingRequest.objects.filter(pk=request.pk).decide(outcome, actor):
        raise ValidationError(_("Somebody was quicker: this request is decided already."))
    AuditEntry.objects.record(actor, "decline another officer", request.stakeholder)
