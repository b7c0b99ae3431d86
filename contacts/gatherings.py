"""Logging a gathering or a briefing: one entry, and each who was there or got it has a record and, where they said something,
an item of feedback.

All or nothing; whoever came too late to mind is added, and whoever was not there is struck by voiding their record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contacts.assigning import receive_feedback
from contacts.consulting import kept_as
from contacts.handling import log_contact, log_contacts
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Feedback,
    Gathering,
    Officer,
    Publication,
    Stakeholder,
)
from contacts.submissions import submitted_before


@dataclass(frozen=True)
class Attendee:
    """Somebody who was there, what they said, what is to be noted of them alone, and how satisfied they are."""

    person: Stakeholder
    said: str = ""
    note: str = ""
    satisfied: str = ""  # a Verdict; "" where nobody asked

    def record(self, gathering: Gathering, officer: Officer) -> ContactRecord:
        """Theirs, not yet saved. It stands for itself wherever contacts are shown: what was said to all is in it."""
        return ContactRecord(
            stakeholder=self.person,
            officer=officer,
            recorded_by=officer,
            kind=gathering.kind,
            outcome=ContactRecord.Outcome.REACHED,
            occurred_at=gathering.occurred_at,
            summary="\n".join(filter(None, [gathering.summary, self.note])),
            satisfied=self.satisfied,
            gathering=gathering,
        )


def log_gathering(
    gathering: Gathering,
    attendees: Sequence[Attendee],
    *,
    file: tuple[UploadedFile, str] | None = None,
    actor: Actor,
) -> Gathering:
    """Save a new gathering with the records of all who were there, and the `file` that went out with it, beside its media
    type. What came with the same form before stands: that is returned, and nothing is logged a second time."""
    if before := submitted_before(gathering, "officer"):
        return before
    try:
        return _log_gathering(gathering, attendees, file, actor)
    except IntegrityError:
        if before := submitted_before(gathering, "officer"):  # it came twice at the same moment
            return before
        raise


@transaction.atomic
def _log_gathering(
    gathering: Gathering, attendees: Sequence[Attendee], file: tuple[UploadedFile, str] | None, actor: Actor
) -> Gathering:
    gathering.save(force_insert=True)
    records = [one.record(gathering, gathering.officer) for one in attendees]
    after: dict[str, Any] = {"title": gathering.title, "kind": gathering.kind, "attendees": len(records)}
    if file:
        kept = gathering.files.create(added_by=gathering.officer, **kept_as(*file))
        after |= {"name": kept.name, "sha256": kept.sha256}
    action = "log briefing" if gathering.is_briefing else "log gathering"
    AuditEntry.objects.record(actor, action, gathering, after=after)
    log_contacts(records, actor=actor)
    for one, record in zip(attendees, records, strict=True):
        if one.said:
            _take_in(one, record, actor)
    return gathering


def _take_in(attendee: Attendee, record: ContactRecord, actor: Actor) -> None:
    """What one of them said; if it is refused, nothing of the gathering is saved, and the reason names them."""
    item = Feedback(stakeholder=attendee.person, record=record, text=attendee.said)
    try:
        receive_feedback(item, received_on=record.occurred_on, received_by=record.officer, actor=actor)
    except ValidationError as refused:
        reason = " ".join(refused.messages)
        raise ValidationError(f"{attendee.person.name}: {reason}") from refused


@transaction.atomic
def add_attendee(
    gathering: Gathering, attendee: Attendee, *, officer: Officer, actor: Actor
) -> ContactRecord:
    """Somebody was forgotten. ValidationError when they stand there already."""
    gathering = Gathering.objects.select_for_update().get(pk=gathering.pk)
    if gathering.records.live().filter(stakeholder=attendee.person).exists():
        raise ValidationError(_("%(name)s stands there already."), params={"name": attendee.person.name})
    record, _feedback = log_contact(attendee.record(gathering, officer), actor=actor, said=attendee.said)
    return record


@transaction.atomic
def note_publication(publication: Publication, *, actor: Actor) -> None:
    """What one who got a briefing published after it; the very same thing stands once."""
    publication.noted_by = actor.officer or publication.record.officer
    said = {name: getattr(publication, name) for name in ("medium", "title", "published_on")}
    if publication.record.publications.filter(**said).exists():
        return
    publication.save(force_insert=True)
    AuditEntry.objects.record(
        actor, "note publication", publication.record, after=said | {"link": publication.link}
    )
