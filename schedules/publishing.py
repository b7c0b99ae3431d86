"""What is done about a public edition: written, handed in, approved, sent back or taken down."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry, Stakeholder
from schedules import periods
from schedules.digests.lists import Lists
from schedules.digests.phrases import period_name
from schedules.digests.public import public_figures
from schedules.models import Digest, PublicEdition

State = PublicEdition.State
# Long enough for a telephone, an identity card or a certificate, however it is set apart; days and years are none.
NUMBER = re.compile(r"\d(?:[ .\-\u2010-\u2015\uff0d]?\d){6,}")
DAY = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[-.](?:0?[1-9]|1[0-2])[-.](?:0?[1-9]|[12]\d|3[01])|-(?:19|20)\d\d)(?!\d)"
)


@transaction.atomic
def write(
    digest: Digest, lists: Lists, *, text: str, seen: str, actor: Actor, now: dt.datetime
) -> PublicEdition:
    """The first text, or another one. `seen` tells which one it was made from. What is approved is sent back first."""
    text = text.strip()
    if NUMBER.search(DAY.sub("", text)):
        raise ValidationError(
            {"text": _("A long number stands in it. Nobody's telephone or identity number goes on the wall.")}
        )
    Digest.objects.select_for_update().get(pk=digest.pk)  # two who begin it take turns
    edition = PublicEdition.objects.select_for_update(of=("self",)).filter(digest=digest).first()
    if (edition.seen if edition else "") != seen:
        raise ValidationError(
            _(
                "Somebody wrote another text meanwhile. Yours stands below; look at theirs before you send it again."
            )
        )
    if edition and edition.state == State.APPROVED:
        raise ValidationError(_("It is approved. A leader takes it down before it is written anew."))
    if edition is None:
        edition = PublicEdition(
            digest=digest, figures=public_figures(digest.figures, lists, timezone.localdate(now))
        )
    if edition.pk and edition.text == text:
        return edition
    edition.text, edition.state, edition.written_by, edition.written_at = text, State.DRAFT, _by(actor), now
    edition.save()
    edition.writers.add(_by(actor))
    AuditEntry.objects.record(actor, "write public edition", edition, after={"text": text})
    return edition


@transaction.atomic
def submit(edition: PublicEdition, *, seen: str, actor: Actor) -> None:
    """The text `seen`."""
    edition = _locked(edition)
    if edition.state != State.DRAFT:
        raise ValidationError(_("It was handed in already."))
    _is_as_seen(edition, seen)
    edition.state, edition.remark, edition.turn = State.SUBMITTED, "", edition.turn + 1
    edition.save()
    AuditEntry.objects.record(actor, "submit public edition", edition)


@transaction.atomic
def approve(edition: PublicEdition, *, seen: str, actor: Actor, now: dt.datetime) -> None:
    """By a leader who has read the text `seen`, and another than whoever wrote it."""
    edition = _locked(edition)
    if edition.state != State.SUBMITTED:
        raise ValidationError(_("It does not wait for an approval any more."))
    _is_as_seen(edition, seen)
    if edition.writers.filter(pk=_by(actor).pk).exists():
        raise ValidationError(_("Somebody else than whoever wrote it approves it."))
    _overlaps_nothing(edition)
    edition.state, edition.approved_by, edition.approved_at = State.APPROVED, actor.officer, now
    edition.turn += 1
    edition.save()
    AuditEntry.objects.record(actor, "approve public edition", edition)


@transaction.atomic
def send_back(edition: PublicEdition, *, reason: str, actor: Actor) -> None:
    """What was handed in, or what hangs on the wall: for a reason."""
    edition = _locked(edition)
    if edition.state == State.DRAFT:
        raise ValidationError(_("It is with its writer already."))
    edition.state, edition.remark, edition.turn = State.DRAFT, reason, edition.turn + 1
    edition.approved_by = edition.approved_at = None
    edition.save()
    AuditEntry.objects.record(actor, "send public edition back", edition, reason=reason)


def names_in(text: str, lists: Lists) -> list[str]:
    """The names of people behind the digest's figures that seem to stand in a text; some of them are words as well."""
    held = Q(pk__in={row[0] for row in lists["people"]})
    spoke = Q(feedback__in={row[0] for row in lists["items"]})
    found = Stakeholder.objects.filter(held | spoke).order_by().values_list("name", flat=True).distinct()
    return sorted({name for name in found if name in text}) if text else []


def _is_as_seen(edition: PublicEdition, seen: str) -> None:
    if edition.seen != seen:
        raise ValidationError(_("The text has changed since you read it. Read it once more."))


def _overlaps_nothing(edition: PublicEdition) -> None:
    """Whoever subtracts two months from their quarter learns what was too small to be said of the third."""
    period = periods.parse(edition.digest.period_key)
    hanging = PublicEdition.objects.filter(state=State.APPROVED, digest__unit=edition.digest.unit)
    for key in hanging.exclude(pk=edition.pk).values_list("digest__period_key", flat=True):
        other = periods.parse(key)
        if other.start <= period.end and period.start <= other.end:
            raise ValidationError(
                _("The edition of %(period)s hangs on the wall, and both are about the same days: small numbers could be had by subtracting. Take that one down first."),
                params={"period": period_name(other)},
            )  # fmt: skip


def _locked(edition: PublicEdition) -> PublicEdition:
    return (
        PublicEdition.objects.select_for_update(of=("self",))
        .select_related("digest__unit")
        .get(pk=edition.pk)
    )


def _by(actor: Actor):
    if actor.officer is None:
        raise ValueError("An edition is written by somebody.")
    return actor.officer
