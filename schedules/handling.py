"""The deeds on obligations, each with its audit entry in its own transaction. What they refuse, they refuse with a
ValidationError whose message says the remedy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed
from contacts.models import Actor, AuditEntry, Officer, Stakeholder
from schedules.coverage import with_status
from schedules.explaining import may_be_explained
from schedules.models import LOOK_NOW, Explanation, Obligation, PassState, PeriodClosing
from schedules.planning import Planned, Planner
from schedules.slots import closed_slots
from schedules.workdays import Workdays

MOVED = "move planned day"


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
    obligation: Obligation,
    *,
    day: dt.date,
    time: dt.time | None = None,
    seen: int | None = None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Put an open obligation on another day of its period, at an hour or none; planning leaves it there (R8).

    `seen` is the `sequence` that whoever moves it had before their eyes: when it was moved meanwhile, they are told
    where to and decide again. Letting the last one win would undo, without a word, what two people had agreed upon.
    """
    obligation = _locked(obligation)
    first = max(obligation.period_start, timezone.localtime(now).date())
    if not first <= day <= obligation.period_end:
        raise ValidationError(
            _("Choose a day from %(first)s to %(last)s."),
            params={"first": first, "last": obligation.period_end},
        )
    before = _plan_of(obligation)
    after = {"planned_on": day, "planned_time": time, "arranged": True}
    is_elsewhere = (day, time) != (obligation.planned_on, obligation.planned_time)
    if is_elsewhere and seen not in {None, obligation.sequence}:
        raise ValidationError(
            _(
                "Meanwhile it was moved to %(day)s. It stands there now; move it once more if it should go elsewhere."
            ),
            params={"day": obligation.planned_on},
        )
    _put(obligation, after, now)
    AuditEntry.objects.record(actor, MOVED, obligation, before=before, after=after)


@transaction.atomic
def take_back_move(obligation: Obligation, *, actor: Actor, now: dt.datetime) -> None:
    """Put it back where it stood before the last move, arranged or not, if that move was the actor's own and nothing
    happened since: on a day that is over, too, as it was."""
    obligation = _locked(obligation)
    entry = last_move(obligation, actor.officer)
    if entry is None or entry.before is None:
        raise ValidationError(_("It stands elsewhere by now; nothing was changed."))
    day, time = entry.before["planned_on"], entry.before["planned_time"]
    after = {
        "planned_on": dt.date.fromisoformat(day),
        "planned_time": dt.time.fromisoformat(time) if time else None,
        "arranged": entry.before["arranged"],
    }
    before = _plan_of(obligation)
    _put(obligation, after, now)
    AuditEntry.objects.record(actor, "take back move", obligation, before=before, after=after)


def last_move(obligation: Obligation, officer: Officer | None) -> AuditEntry | None:
    """The move that the officer may take back: their own, the last thing done with it, and still as they left it."""
    entries = AuditEntry.objects.filter(
        object_type=obligation._meta.label_lower, object_id=str(obligation.pk)
    )
    entry = entries.filter(action__in=[MOVED, "take back move"]).first()
    stands = {"planned_on": str(obligation.planned_on), "planned_time": None, "arranged": obligation.arranged}
    if obligation.planned_time:
        stands["planned_time"] = obligation.planned_time.isoformat()
    own = entry is not None and entry.action == MOVED and entry.officer == officer
    return entry if entry and own and entry.after == stands else None


def _plan_of(obligation: Obligation) -> dict[str, Any]:
    return {name: getattr(obligation, name) for name in ("planned_on", "planned_time", "arranged")}


def _put(obligation: Obligation, plan: dict[str, Any], now: dt.datetime) -> None:
    if (obligation.planned_on, obligation.planned_time) != (plan["planned_on"], plan["planned_time"]):
        obligation.sequence += 1
        obligation.changed_at = now
    for name, value in plan.items():
        setattr(obligation, name, value)
    obligation.remind_on = LOOK_NOW
    obligation.save()


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
def recount(period_key: str, *, reason: str, actor: Actor, now: dt.datetime) -> Planned:
    """Apply the rule of existence to a closed period once more, for the people in the actor's reach (R4)."""
    if not reason.strip():
        raise ValidationError(_("Say why the period is counted again."))
    PassState.objects.select_for_update().first()  # passes and recounts take turns
    slots = closed_slots(period_key)
    if not slots:
        raise ValidationError(
            _("Only a closed period can be counted again; %(key)s is not."), params={"key": period_key}
        )
    people = Stakeholder.objects.all()
    if actor.officer:
        people = people.visible_to(actor.officer, Deed.RECOUNT)
    planned = Planner(slots, now, Workdays.load()).run(people)
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
