"""Appointing media supervisors, patrol visitors and discipline monitors: anew for another term, no longer, and with a
certificate that is handed out and collected.

A term that was is never written over: a renewal is a seat of its own, and the one before keeps its days.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.editing import said
from contacts.models import Actor, AuditEntry, Seat
from contacts.seats import Outcome, locked

CARRIED = ("kind", "level", "body", "occupation", "unit")  # what a renewal has from the seat before
DAY = dt.timedelta(days=1)


class Kept(models.TextChoices):
    """What becomes of the certificates when many are renewed at once."""

    NUMBER = "number", gettext_lazy("they keep their numbers")
    NOTHING = "nothing", gettext_lazy("new ones: their numbers are entered later")


class Certificate(models.TextChoices):
    """What became of many certificates on one day."""

    HANDED_OUT = "handed_out", gettext_lazy("handed out")
    COLLECTED = "collected", gettext_lazy("collected")


@transaction.atomic
def renew(seat: Seat, *, starts_on: dt.date, ends_on: dt.date | None, certificate: str, actor: Actor) -> Seat:
    """The seat that goes on where this one ends; if this one lasts longer, it ends on the day before. The very same renewal
    done before stands, and is returned."""
    (seat,) = _locked([seat])
    if (before := seat.renewal) is not None:
        if (before.started_on, before.ended_on, before.certificate) == (starts_on, ends_on, certificate):
            return before
        raise ValidationError(
            _("It is renewed already, from %(day)s on. Look at that appointment."),
            params={"day": before.started_on},
        )
    if seat.started_on and starts_on <= seat.started_on:
        raise ValidationError(
            {
                "starts_on": _("The present term begins on %(day)s; the next one begins later.")
                % {"day": seat.started_on}
            }
        )
    taken = Seat.objects.filter(kind=seat.kind, certificate=certificate)
    if certificate and certificate != seat.certificate and taken.exists():
        raise ValidationError(
            {"certificate": _("This certificate number belongs to another person or seat.")}
        )
    return _renew(seat, starts_on, ends_on, certificate, actor)


def _renew(seat: Seat, starts_on: dt.date, ends_on: dt.date | None, certificate: str, actor: Actor) -> Seat:
    before = said(seat)
    if seat.ended_on is None or seat.ended_on >= starts_on:
        seat.ended_on = starts_on - DAY
        seat.save(update_fields=["ended_on"])
    goes_on = certificate == seat.certificate and seat.collected_on is None
    made = Seat.objects.create(
        stakeholder=seat.stakeholder,
        renews=seat,
        started_on=starts_on,
        ended_on=ends_on,
        certificate=certificate,
        handed_out_on=seat.handed_out_on if goes_on else None,  # the paper is with them
        **{name: getattr(seat, name) for name in CARRIED},
    )
    AuditEntry.objects.record(
        actor,
        "renew appointment",
        seat.stakeholder,
        before={"seats": [before]},
        after={"seats": [said(seat), said(made)]},
    )
    return made


class Why(StrEnum):
    """Why one of many is left out."""

    RENEWED = "renewed"
    OPEN = "open"
    EARLIER = "earlier"
    OVER = "over"


WORDS: dict[Why, Promise] = {
    Why.RENEWED: gettext_lazy("are renewed already"),
    Why.OPEN: gettext_lazy("have no last day after which a new term could begin"),
    Why.EARLIER: gettext_lazy("began on that day or later"),
    Why.OVER: gettext_lazy("would begin after that day"),
}


@transaction.atomic
def renew_many(
    seats: Collection[Seat], *, starts_on: dt.date | None, ends_on: dt.date, certificates: str, actor: Actor
) -> Outcome:
    """Until one day for all; without a first day each goes on after its own last one."""
    done, left_out = 0, Counter[Why]()
    for seat in _locked(seats):
        start = starts_on or (seat.ended_on + DAY if seat.ended_on else None)
        if seat.renewal is not None:
            left_out[Why.RENEWED] += 1
        elif start is None:
            left_out[Why.OPEN] += 1
        elif seat.started_on and start <= seat.started_on:
            left_out[Why.EARLIER] += 1
        elif start > ends_on:
            left_out[Why.OVER] += 1
        else:
            _renew(seat, start, ends_on, seat.certificate if certificates == Kept.NUMBER else "", actor)
            done += 1
    return Outcome(done, {str(words): left_out[why] for why, words in WORDS.items()})


@transaction.atomic
def end_early(seat: Seat, *, last_day: dt.date, reason: str, actor: Actor) -> None:
    (seat,) = _locked([seat])
    if seat.renewal is not None:
        raise ValidationError(_("It was renewed; end the renewal instead."))
    if seat.started_on and last_day < seat.started_on:
        raise ValidationError(
            {"last_day": _("The term begins on %(day)s; it can not end before.") % {"day": seat.started_on}}
        )
    if seat.ended_on and last_day >= seat.ended_on:
        raise ValidationError(
            {
                "last_day": _("The term ends on %(day)s anyway; choose an earlier day.")
                % {"day": seat.ended_on}
            }
        )
    before, seat.ended_on, seat.end_reason = said(seat), last_day, reason
    seat.save(update_fields=["ended_on", "end_reason"])
    AuditEntry.objects.record(
        actor,
        "end appointment",
        seat.stakeholder,
        before={"seats": [before]},
        after={"seats": [said(seat)]},
        reason=reason,
    )


@transaction.atomic
def note_certificate(
    seat: Seat, *, handed_out_on: dt.date | None, collected_on: dt.date | None, actor: Actor
) -> None:
    """When the certificate went out and came back, as far as it is known."""
    (seat,) = _locked([seat])
    if handed_out_on and collected_on and collected_on < handed_out_on:
        raise ValidationError(
            {"collected_on": _("It was handed out on %(day)s, and came back later.") % {"day": handed_out_on}}
        )
    _note(seat, actor, handed_out_on=handed_out_on, collected_on=collected_on)


@transaction.atomic
def note_certificates(seats: Collection[Seat], *, what: str, day: dt.date, actor: Actor) -> Outcome:
    """All of them were handed out, or collected, on one day."""
    handing = what == Certificate.HANDED_OUT
    done = noted = other = 0
    for seat in _locked(seats):
        if seat.handed_out_on if handing else seat.collected_on:
            noted += 1
        elif seat.collected_on if handing else _is_with_them(seat, day):
            other += 1
        else:
            _note(seat, actor, **{"handed_out_on" if handing else "collected_on": day})
            done += 1
    why_other = _("have been collected already") if handing else _("are in office, or got it later")
    return Outcome(done, {_("are noted already"): noted, why_other: other})


def _is_with_them(seat: Seat, day: dt.date) -> bool:
    """Does the term last beyond `day`, or did the certificate go out after it?"""
    return (
        seat.ended_on is None or seat.ended_on > day or bool(seat.handed_out_on and seat.handed_out_on > day)
    )


def _note(seat: Seat, actor: Actor, **days: dt.date | None) -> None:
    before: dict[str, Any] = {name: getattr(seat, name) for name in days}
    if before == days:
        return
    for name, day in days.items():
        setattr(seat, name, day)
    seat.save(update_fields=[*days])
    after = {"seat": str(seat), "certificate": seat.certificate} | days
    AuditEntry.objects.record(actor, "note certificate", seat.stakeholder, before=before, after=after)


def _locked(seats: Collection[Seat]) -> list[Seat]:
    """These seats as they stand now, whom nobody else changes until the transaction ends."""
    keys = [seat.pk for seat in seats]
    locked([seat.stakeholder for seat in seats])
    rows = Seat.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return list(rows.select_related("stakeholder", "unit", "renewed_by"))
