"""The writes that touch several models, each one function named after the deed.

Every one is a transaction of its own with its audit entry inside, takes the `actor` on whose behalf it is done and the
day or instant it is done at, and expects that the caller has asked for the right. What it refuses, it refuses with a
ValidationError whose message says the remedy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.answering import follow_correction, refuse_if_told_in
from contacts.assigning import receive_feedback
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Feedback,
    Officer,
    Pairing,
    RepairingRequest,
    ReportDelivery,
    Stakeholder,
    Topic,
)
from contacts.pairing import waits
from contacts.submissions import submitted_before

RECORD_FIELDS = ("kind", "outcome", "occurred_at", "summary", "promised", "satisfied")


# --- pairings ------------------------------------------------------------------------------------------------


@transaction.atomic
def pair(
    stakeholder: Stakeholder, officer: Officer, *, on: dt.date, actor: Actor, reason: str = ""
) -> Pairing:
    """Make `officer` responsible from the day `on`. Whoever was, stops on the day before (R4); the unit in charge
    follows, on that day if somebody holds the person until then. Raises ValidationError when a later pairing exists, the
    officer may not sign in, or nothing would change."""
    stakeholder = Stakeholder.objects.select_for_update().get(pk=stakeholder.pk)
    # Nobody switches the officer off or moves them to another unit meanwhile: the pairing keeps the one of its day.
    locked = Officer.objects.active().locked().select_related("unit").filter(pk=officer.pk).first()
    if locked is None:
        raise ValidationError(
            _("The account of %(officer)s is switched off; choose somebody else."),
            params={"officer": officer.name},
        )
    officer = locked
    last = stakeholder.pairings.order_by("-started_on").first()
    if last and last.started_on > on:
        raise ValidationError(
            _("A pairing of %(name)s starts on %(day)s; choose that day or a later one."),
            params={"name": stakeholder.name, "day": last.started_on},
        )
    before, follows = None, not waits(last, on, timezone.localdate())
    if last and (last.ended_on is None or last.ended_on >= on):
        if last.officer_id == officer.pk and last.ended_on is None:
            raise ValidationError(_("%(officer)s is responsible already."), params={"officer": officer.name})
        before = {"officer": last.officer.police_number}
        if last.started_on == on:
            last.delete()  # not one day was held; the entry below keeps it
        else:
            last.ended_on, last.end_reason = on - dt.timedelta(days=1), reason
            last.save()
    pairing = Pairing.objects.create(
        stakeholder=stakeholder, officer=officer, unit=officer.unit, started_on=on, reason=reason
    )
    if follows:
        Stakeholder.objects.filter(pk=stakeholder.pk).update(unit=officer.unit, updated_at=timezone.now())
    requests = RepairingRequest.objects.filter(stakeholder=stakeholder)
    requests.decide(RepairingRequest.Outcome.DONE, actor)
    AuditEntry.objects.record(
        actor,
        "pair",
        stakeholder,
        before=before,
        after={"officer": officer.police_number, "from": on},
        reason=reason,
    )
    return pairing


@transaction.atomic
def end_pairing(pairing: Pairing, *, last_day: dt.date, actor: Actor, reason: str) -> None:
    """End an open pairing after `last_day`; nobody is responsible then, and the person stands on the list of those."""
    pairing = Pairing.objects.select_for_update().get(pk=pairing.pk)
    if pairing.ended_on is not None:
        raise ValidationError(_("This pairing has ended already."))
    if last_day < pairing.started_on:
        raise ValidationError(
            _("The pairing started on %(day)s; its last day can not be before."),
            params={"day": pairing.started_on},
        )
    pairing.ended_on, pairing.end_reason = last_day, reason
    pairing.save()
    AuditEntry.objects.record(actor, "end pairing", pairing, after={"ended_on": last_day}, reason=reason)


# --- contacts ------------------------------------------------------------------------------------------------


def log_contact(
    record: ContactRecord, *, actor: Actor, said: str = "", topic: Topic | None = None
) -> tuple[ContactRecord, Feedback | None]:
    """Save a new record, with the feedback that was `said` in it. What came with the same form before stands: that
    is returned, and nothing is logged a second time."""
    if before := submitted_before(record):
        return before, before.feedback.first()
    try:
        return _log_contact(record, actor, said, topic)
    except IntegrityError:
        if before := submitted_before(record):  # it came twice at the same moment
            return before, before.feedback.first()
        raise


@transaction.atomic
def _log_contact(
    record: ContactRecord, actor: Actor, said: str, topic: Topic | None
) -> tuple[ContactRecord, Feedback | None]:
    record.recorded_by = record.recorded_by if record.recorded_by_id else actor.officer  # type: ignore[assignment]
    record.save(force_insert=True)
    AuditEntry.objects.record(actor, "log contact", record, after=_state(record))
    feedback = None
    if said.strip():
        feedback = receive_feedback(
            Feedback(stakeholder=record.stakeholder, record=record, topic=topic, text=said.strip()),
            received_on=record.occurred_on,
            received_by=record.officer,
            actor=actor,
        )
    return record, feedback


def log_contacts(records: Sequence[ContactRecord], *, actor: Actor) -> None:
    """Save many new records in a few statements; call it inside the deed's transaction. What was said in them is another
    matter."""
    for record in records:
        record.occurred_on = record.day_of(record.occurred_at)
    ContactRecord.objects.bulk_create(records)
    entries = (AuditEntry.objects.entry(actor, "log contact", one, after=_state(one)) for one in records)
    AuditEntry.objects.bulk_create(entries)


@transaction.atomic
def correct_contact(record: ContactRecord, changes: dict[str, Any], *, actor: Actor) -> ContactRecord:
    """Put a corrected record in place of a live one, which is kept. Credit stays with whoever made the contact."""
    told = Feedback.objects.select_for_update().filter(answers__tellings__record=record)
    list(told.order_by("pk"))  # before the record, as who tells an answer in it does
    record = _live(record)
    before = _state(record)
    ContactRecord.objects.filter(pk=record.pk).update(superseded_at=timezone.now())
    corrected = ContactRecord(
        stakeholder=record.stakeholder,
        officer=record.officer,
        recorded_by=actor.officer or record.recorded_by,
        promise_kept_at=record.promise_kept_at,
        supersedes=record,
        gathering_id=record.gathering_id,
        **{field: getattr(record, field) for field in RECORD_FIELDS} | changes,
    )
    corrected.save(force_insert=True)
    if corrected.outcome != ContactRecord.Outcome.REACHED:
        refuse_if_told_in(record)
        _refuse_if_voted_in(record)
    record.feedback.update(record=corrected)
    record.call_backs.update(record=corrected)
    record.publications.update(record=corrected)
    follow_correction(record, corrected)
    ReportDelivery.objects.filter(record=record).update(record=corrected)
    AuditEntry.objects.record(actor, "correct contact", corrected, before=before, after=_state(corrected))
    return corrected


@transaction.atomic
def void_contact(record: ContactRecord, *, reason: str, actor: Actor) -> None:
    """Take a record out of every count, for a reason; what it met is owed again at once (R6)."""
    record = _live(record)
    if not reason.strip():
        raise ValidationError(_("Say why this record does not count."))
    refuse_if_told_in(record)
    _refuse_if_voted_in(record)
    record.voided_at, record.voided_by, record.void_reason = timezone.now(), actor.officer, reason.strip()
    record.save()
    AuditEntry.objects.record(actor, "void contact", record, before=_state(record), reason=record.void_reason)


@transaction.atomic
def keep_promise(record: ContactRecord, *, actor: Actor) -> None:
    """What was promised in this contact has been done."""
    changed = ContactRecord.objects.live().filter(pk=record.pk, promise_kept_at=None).exclude(promised="")
    if changed.update(promise_kept_at=timezone.now()):
        AuditEntry.objects.record(actor, "keep promise", record, after={"promised": record.promised})


def _live(record: ContactRecord) -> ContactRecord:
    """The record, locked; ValidationError when someone corrected or voided it meanwhile."""
    record = ContactRecord.objects.select_for_update().get(pk=record.pk)
    if not record.is_live:
        raise ValidationError(_("This record was corrected or voided meanwhile; look at the newer one."))
    return record


def _refuse_if_voted_in(record: ContactRecord) -> None:
    """A ballot keeps no names: where as many voted as were there, nobody was not there."""
    was_there = ReportDelivery.objects.filter(record=record, meeting__isnull=False, meeting__voided_at=None)
    attendance = was_there.select_related("meeting").first()
    if attendance is None or attendance.meeting is None:
        return
    meeting = attendance.meeting
    if meeting.votes >= meeting.present().count():
        raise ValidationError(
            _(
                "As many votes were cast in the meeting of %(day)s as people were there. Void the meeting, and enter it anew."
            ),
            params={"day": meeting.held_on},
        )


def _state(record: ContactRecord) -> dict[str, Any]:
    return {field: getattr(record, field) for field in RECORD_FIELDS}
