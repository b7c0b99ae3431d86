"""What is done about a public edition: written, handed in, approved, sent back or taken down."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry, Stakeholder
from schedules.digests.lists import Lists
from schedules.digests.public import public_figures
from schedules.models import Digest, PublicEdition

State = PublicEdition.State
NUMBER = re.compile(r"\d(?:[ -]?\d){6,}")  # long enough for a telephone, an identity card, a certificate


@transaction.atomic
def write(
    digest: Digest, lists: Lists, *, text: str, seen: str, actor: Actor, now: dt.datetime
) -> PublicEdition:
    """The first text, or another one. `seen` tells which one it was made from. What is approved is sent back first."""
    text = text.strip()
    if NUMBER.search(text):
        raise ValidationError(
            {"text": _("A long number stands in it. Nobody's telephone or identity number goes on the wall.")}
        )
    Digest.objects.select_for_update().get(pk=digest.pk)  # two who begin it take turns
    edition = PublicEdition.objects.filter(digest=digest).first()
    if (edition.seen if edition else "") != seen:
        raise ValidationError(
            _(
                "Somebody wrote another text meanwhile. Yours stands below; look at theirs before you send it again."
            )
        )
    if edition and edition.state == State.APPROVED:
        raise ValidationError(_("It is approved. A leader takes it down before it is written anew."))
    if edition is None:
        edition = PublicEdition(digest=digest, figures=public_figures(digest.figures, lists))
    edition.text, edition.state, edition.written_by, edition.written_at = text, State.DRAFT, _by(actor), now
    edition.save()
    AuditEntry.objects.record(actor, "write public edition", edition, after={"text": text})
    return edition


@transaction.atomic
def submit(edition: PublicEdition, *, actor: Actor) -> None:
    edition = _locked(edition)
    if edition.state != State.DRAFT:
        raise ValidationError(_("It was handed in already."))
    edition.state, edition.remark = State.SUBMITTED, ""
    edition.save()
    AuditEntry.objects.record(actor, "submit public edition", edition)


@transaction.atomic
def approve(edition: PublicEdition, *, seen: str, actor: Actor, now: dt.datetime) -> None:
    """By a leader who has read the text `seen`, and another than whoever wrote it."""
    edition = _locked(edition)
    if edition.state != State.SUBMITTED or edition.seen != seen:
        raise ValidationError(_("The text has changed since you read it. Read it once more."))
    if edition.written_by == actor.officer:
        raise ValidationError(_("Somebody else than whoever wrote it approves it."))
    edition.state, edition.approved_by, edition.approved_at = State.APPROVED, actor.officer, now
    edition.save()
    AuditEntry.objects.record(actor, "approve public edition", edition)


@transaction.atomic
def send_back(edition: PublicEdition, *, reason: str, actor: Actor) -> None:
    """What was handed in, or what hangs on the wall: for a reason."""
    edition = _locked(edition)
    if edition.state == State.DRAFT:
        raise ValidationError(_("It is with its writer already."))
    edition.state, edition.remark, edition.approved_by, edition.approved_at = State.DRAFT, reason, None, None
    edition.save()
    AuditEntry.objects.record(actor, "send public edition back", edition, reason=reason)


def names_in(text: str, lists: Lists) -> list[str]:
    """The names of people behind the digest's figures that seem to stand in a text; some of them are words as well."""
    held = Q(pk__in={row[0] for row in lists["people"]})
    spoke = Q(feedback__in={row[0] for row in lists["items"]})
    found = Stakeholder.objects.filter(held | spoke).order_by().values_list("name", flat=True).distinct()
    return sorted({name for name in found if name in text}) if text else []


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
