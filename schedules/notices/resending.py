"""Sending once more what was given up, or of which nobody knows whether it arrived (R11)."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry
from schedules.models import Delivery

State = Delivery.State


@transaction.atomic
def resend(delivery: Delivery, *, actor: Actor, now: dt.datetime) -> None:
    """Let it wait afresh, under the same message id; the next pass within the hours sends it. Whoever holds it at this
    moment loses it, or has begun already: what is being sent is not sent again."""
    begins = {"state": State.PENDING, "attempts": 0, "next_attempt_at": now}
    stuck = Delivery.objects.filter(pk=delivery.pk, state__in=[State.DEAD, State.UNKNOWN])
    held = stuck.select_for_update().first()
    if not held or not stuck.update(**begins, lease_until=None, claim_token=None):
        raise ValidationError(_("This message is not stuck any more."))
    AuditEntry.objects.record(
        actor,
        "send again",
        delivery,
        before={"state": held.state, "attempts": held.attempts, "last_error": held.last_error},
        after={"state": State.PENDING, "attempts": 0},
    )
    delivery.refresh_from_db()
