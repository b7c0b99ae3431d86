"""三个报告评议 meetings: a leader reports to those present, who appraise the work by secret ballot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.assigning import receive_feedback
from contacts.handling import log_contact, void_contact
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Feedback,
    ReportCopy,
    ReportDelivery,
    ReportMeeting,
    Topic,
)
from contacts.submissions import submitted_before

AT = dt.time(9)  # of the day that a meeting is entered for: its hour matters to nobody

Said = tuple[ReportCopy, str, Topic | None]


def hold(
    meeting: ReportMeeting, present: Collection[ReportCopy], *, reports: bool, said: Iterable[Said] = (), actor: Actor
) -> ReportMeeting:  # fmt: skip
    """Enter a meeting, once for a form. Each of those present gets a contact of the leader's. `reports`: the report itself
    was given there, so the contact is their half-year's work report (R6); otherwise it is a meeting, and the copy is still to
    be handed over."""
    if before := submitted_before(meeting, "report"):
        return before
    try:
        return _hold(meeting, present, reports, said, actor)
    except IntegrityError:
        if before := submitted_before(meeting, "report"):  # it came twice at the same moment
            return before
        raise


@transaction.atomic
def _hold(
    meeting: ReportMeeting, present: Collection[ReportCopy], reports: bool, said: Iterable[Said], actor: Actor
) -> ReportMeeting:
    if not present:
        raise ValidationError(_("Say who was there."))
    if meeting.votes > len(present):
        raise ValidationError(
            _("%(votes)s votes were cast, but only %(present)s people were there."),
            params={"votes": meeting.votes, "present": len(present)},
        )
    meeting.save(force_insert=True)
    kind = ContactRecord.Kind.REPORT if reports else ContactRecord.Kind.MEETING
    at = timezone.make_aware(dt.datetime.combine(meeting.held_on, AT))
    records = {}
    for copy in present:
        record = ContactRecord(
            stakeholder_id=copy.stakeholder_id, officer=meeting.leader, kind=kind, occurred_at=at,
            summary=_("Report meeting at %(place)s") % {"place": meeting.place},
        )  # fmt: skip
        records[copy.pk], _none = log_contact(record, actor=actor)
    ReportDelivery.objects.bulk_create(
        ReportDelivery(
            copy=copy, record=records[copy.pk], method=ReportDelivery.Method.MEETING, meeting=meeting
        )
        for copy in present
    )
    for copy, text, topic in said:
        item = Feedback(stakeholder=copy.stakeholder, record=records[copy.pk], topic=topic, text=text)
        receive_feedback(item, received_on=meeting.held_on, received_by=meeting.leader, actor=actor)
    after = {"day": meeting.held_on, "people": len(present), "satisfied": meeting.satisfied}
    after |= {"basically": meeting.basically, "unsatisfied": meeting.unsatisfied}
    AuditEntry.objects.record(actor, "enter report meeting", meeting, after=after)
    return meeting


@transaction.atomic
def void(meeting: ReportMeeting, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """It did not take place like this: neither its votes nor its contacts count. What somebody said there stays."""
    meeting = ReportMeeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.voided_at:
        raise ValidationError(_("Somebody was quicker: it counts no longer."))
    meeting.voided_at, meeting.void_reason = now, reason.strip()
    meeting.save()
    for attendance in meeting.attendances.select_related("record"):
        if attendance.record.is_live:
            void_contact(attendance.record, reason=reason, actor=actor)
    AuditEntry.objects.record(actor, "void report meeting", meeting, reason=meeting.void_reason)
