"""The deeds on obligations, each with its audit entry in its own transaction. What they refuse, they refuse with a
ValidationError whose message says the remedy."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed
from contacts.models import Actor, AuditEntry, Stakeholder
from schedules import planning
from schedules.coverage import with_status
from schedules.explaining import may_be_explained
from schedules.models import Explanation, Obligation, PassState, PeriodClosing
from schedules.workdays import Workdays


@transaction.atomic
def waive(obligation: Obligation, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Say that this contact need not happen, and why (R7)."""
    obligation = _locked(obligation)
    if not reason.strip():
        raise ValidationError(_("Say why this contact is waived."))
    if obligation.waived_at:
        raise ValidationError(_("This contact has been waived already."))
    obligation.waived_at, obligation.waived_by, obligation.waive_reason = now, actor.officer, reason.strip()
    obligation.changed_at = now
    obligation.save()
    AuditEntry.objects.record(
        actor, "waive", obligation, after={"waived_at": now}, reason=obligation.waive_reason
    )


@transaction.atomic
def unwaive(obligation: Obligation, *, actor: Actor, now: dt.datetime) -> None:
    """Owe it again; the rule of existence applies to it again with the next pass (R4)."""
    obligation = _locked(obligation)
    if not obligation.waived_at:
        raise ValidationError(_("This contact is not waived."))
    before = {"waived_at": obligation.waived_at, "reason": obligation.waive_reason}
    obligation.waived_at, obligation.waived_by, obligation.waive_reason = None, None, ""
    obligation.changed_at = now
    obligation.save()
    AuditEntry.objects.record(actor, "take back waiver", obligation, before=before)


@transaction.atomic
def move(
    obligation: Obligation, *, day: dt.date, time: dt.time | None = None, actor: Actor, now: dt.datetime
) -> None:
    """Put an open obligation on another day of its period, at an hour or none; planning leaves it there (R8)."""
    obligation = _locked(obligation)
    first = max(obligation.period_start, timezone.localtime(now).date())
    if not first <= day <= obligation.period_end:
        raise ValidationError(
            _("Choose a day from %(first)s to %(last)s."),
            params={"first": first, "last": obligation.period_end},
        )
    before = {"planned_on": obligation.planned_on, "planned_time": obligation.planned_time}
    after = {"planned_on": day, "planned_time": time}
    if before != after:
        obligation.planned_on, obligation.planned_time = day, time
        obligation.sequence += 1
        obligation.changed_at = now
    obligation.arranged = True
    obligation.save()
    AuditEntry.objects.record(actor, "move planned day", obligation, before=before, after=after)


@transaction.atomic
def explain(obligation: Obligation, *, reason: str, text: str = "", actor: Actor, now: dt.datetime) -> None:
    """Say why this contact, which is late or was missed, has not happened yet. Said again the same day in the same words,
    it stands once."""
    obligation, text, day = _locked(obligation), text.strip(), timezone.localdate(now)
    if reason == Explanation.Reason.OTHER and not text:
        raise ValidationError(_("Say in a sentence what the other reason is."))
    stands = with_status(Obligation.objects.filter(pk=obligation.pk), now)
    if not stands.filter(may_be_explained(day, Workdays.load())).exists():
        raise ValidationError(
            _("A reason is asked for only while a contact is late or due soon, or after it was missed.")
        )
    last = obligation.explanations.last()
    given = Explanation(obligation=obligation, officer=actor.officer, reason=reason, text=text, given_at=now)
    if last and _said(last) == _said(given):
        return
    given.save()
    AuditEntry.objects.record(actor, "give reason", obligation, after={"why": reason}, reason=text)


def _said(one: Explanation) -> tuple[object, ...]:
    return one.officer_id, one.reason, one.text, timezone.localdate(one.given_at)


@transaction.atomic
def recount(period_key: str, *, reason: str, actor: Actor, now: dt.datetime) -> planning.Planned:
    """Apply the rule of existence to a closed period once more, for the people in the actor's reach (R4)."""
    if not reason.strip():
        raise ValidationError(_("Say why the period is counted again."))
    PassState.objects.select_for_update().first()  # passes and recounts take turns
    slots = planning.closed_slots(period_key)
    if not slots:
        raise ValidationError(
            _("Only a closed period can be counted again; %(key)s is not."), params={"key": period_key}
        )
    people = Stakeholder.objects.all()
    if actor.officer:
        people = people.visible_to(actor.officer, Deed.RECOUNT)
    planned = planning.recount(slots, people, now)
    AuditEntry.objects.record(
        actor,
        "recount",
        PeriodClosing.objects.filter(period_key=period_key).first(),
        after={"created": planned.created, "withdrawn": planned.withdrawn},
        reason=reason.strip(),
    )
    return planned


def _locked(obligation: Obligation) -> Obligation:
    """The obligation, locked; ValidationError when planning withdrew it meanwhile."""
    obligation = (
        Obligation.objects.select_for_update().select_related("stakeholder", "policy").get(pk=obligation.pk)
    )
    if obligation.withdrawn_at:
        raise ValidationError(_("This contact is owed no more; nothing was changed."))
    return obligation
