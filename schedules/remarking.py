"""What is done about a leader's remark: given, reported on, asked again or assigned anew, accepted, withdrawn."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contacts.access import Deed as Right
from contacts.models import Actor, AuditEntry, Officer, Unit, UnitRole
from contacts.submissions import submitted_before
from schedules.models import Remark, RemarkStep
from schedules.periods import Period

Deed, State = RemarkStep.Deed, Remark.State


def give(
    unit: Unit,
    period: Period,
    *,
    text: str,
    assignee: Officer,
    due_on: dt.date,
    day: dt.date,
    actor: Actor,
    figure: str = "",
    submission: UUID | None = None,
) -> Remark:
    """On the digest of `unit` and `period`, or on a figure of it. A form sent twice gives it once."""
    remark = Remark(
        unit=unit, period_key=period.key, figure=figure, text=text.strip(), author=_officer(actor),
        given_for=_given_for(unit, _officer(actor)), assignee=assignee, due_on=due_on, submission=submission,
    )  # fmt: skip
    if there := submitted_before(remark, "author"):
        return there
    _check(unit, assignee, due_on, day)
    try:
        _give(remark, actor)
    except IntegrityError:
        if there := submitted_before(remark, "author"):  # it came twice at the same moment
            return there
        raise
    return remark


@transaction.atomic
def _give(remark: Remark, actor: Actor) -> None:
    remark.save()
    _step(remark, Deed.GIVEN, actor, assigned=True)
    said = {
        "period": remark.period_key,
        "text": remark.text,
        "assignee": remark.assignee.police_number,
        "due_on": remark.due_on,
    }
    AuditEntry.objects.record(actor, "give remark", remark, after=said)


def _given_for(unit: Unit, author: Officer) -> Unit:
    """The nearest unit, from the digest's upwards, that the author leads; the digest's own for whoever leads none."""
    led = author.roles.in_force().filter(role=UnitRole.Role.LEADER).select_related("unit")
    above = [role.unit for role in led if role.unit.contains(unit)]
    return max(above, key=lambda one: len(one.path), default=unit)


@transaction.atomic
def report(remark: Remark, *, text: str, actor: Actor) -> None:
    remark = _locked(remark)
    if remark.state != State.OPEN:
        raise ValidationError(_("Somebody was quicker: no report is waited for any more."))
    text = _stated(text, _("Say what has been done."))
    _move(remark, State.REPORTED)
    _step(remark, Deed.REPORTED, actor, text)
    AuditEntry.objects.record(actor, "report on remark", remark, after={"report": text})


@transaction.atomic
def ask_again(
    remark: Remark, *, text: str, assignee: Officer, due_on: dt.date, day: dt.date, actor: Actor
) -> None:
    """More is to be done, by a new day; or somebody else is to do it."""
    remark = _locked(remark)
    _unsettled(remark)
    _check(remark.unit, assignee, due_on, day)
    text = _stated(text, _("Say what is still to be done."))
    before = {"assignee": remark.assignee.police_number, "due_on": remark.due_on}
    remark.assignee, remark.due_on = assignee, due_on
    _move(remark, State.OPEN)
    _step(remark, Deed.AGAIN, actor, text, assigned=True)
    said = {"assignee": assignee.police_number, "due_on": due_on}
    AuditEntry.objects.record(actor, "ask again about remark", remark, before=before, after=said, reason=text)


@transaction.atomic
def accept(remark: Remark, *, actor: Actor) -> None:
    remark = _locked(remark)
    if remark.state != State.REPORTED:
        raise ValidationError(_("There is no report to accept."))
    _move(remark, State.DONE)
    _step(remark, Deed.ACCEPTED, actor)
    AuditEntry.objects.record(actor, "accept report on remark", remark)


@transaction.atomic
def withdraw(remark: Remark, *, text: str, actor: Actor) -> None:
    remark = _locked(remark)
    _unsettled(remark)
    text = _stated(text, _("Say why it is withdrawn."))
    _move(remark, State.WITHDRAWN)
    _step(remark, Deed.WITHDRAWN, actor, text)
    AuditEntry.objects.record(actor, "withdraw remark", remark, reason=text)


def _locked(remark: Remark) -> Remark:
    return Remark.objects.select_for_update(of=("self",)).select_related("unit", "assignee").get(pk=remark.pk)


def _unsettled(remark: Remark) -> None:
    if remark.is_settled:
        raise ValidationError(_("Somebody was quicker: it is accepted or withdrawn."))


def _check(unit: Unit, assignee: Officer, due_on: dt.date, day: dt.date) -> None:
    if due_on < day:
        raise ValidationError({"due_on": _("This day is over; choose today or a later one.")})
    unit = unit.current()
    if not assignee.is_active or not unit.contains(assignee.unit):
        raise ValidationError(
            {"assignee": _("Choose somebody who serves in %(unit)s or below it.") % {"unit": unit}}
        )
    if not assignee.rights.may(Right.DIGEST):
        raise ValidationError(
            {"assignee": _("%(name)s takes no part in the liaison work.") % {"name": assignee.name}}
        )


def _stated(text: str, error: str) -> str:
    text = text.strip()
    if not text:
        raise ValidationError({"text": error})
    return text


def _move(remark: Remark, state: Remark.State) -> None:
    remark.state = state
    remark.save(update_fields=["state", "assignee", "due_on"])


def _step(
    remark: Remark, deed: RemarkStep.Deed, actor: Actor, note: str = "", *, assigned: bool = False
) -> None:
    assignment = {"assignee": remark.assignee, "due_on": remark.due_on} if assigned else {}
    remark.steps.create(deed=deed, officer=_officer(actor), note=note, **assignment)


def _officer(actor: Actor) -> Officer:
    if actor.officer is None:
        raise ValueError("Remarks are given by somebody.")
    return actor.officer
