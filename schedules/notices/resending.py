"""Sending again what did not arrive, or may not have, because somebody asks for it (R11)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from contacts.models import Actor, AuditEntry
from schedules.models import Delivery


@transaction.atomic
def resend(delivery: Delivery, actor: Actor, now: dt.datetime) -> bool:
    """Let it go out once more, under the same message id, as if it had never been tried; what of it matters no longer
    is left out as ever. False when it is no longer among what failed, because a worker or somebody else has it."""
    waiting = {"state": Delivery.State.PENDING, "attempts": 0, "next_attempt_at": now}
    nobodys = {"lease_until": None, "claim_token": None}
    if not Delivery.objects.failed().filter(pk=delivery.pk).update(**waiting, **nobodys):
        return False
    before = {"state": delivery.state, "attempts": delivery.attempts}
    AuditEntry.objects.record(actor, "resend notice", delivery, before=before, after=waiting)
    return True
