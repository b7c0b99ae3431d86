"""What administrators do to accounts and roles, and officers to their own. Each deed is a transaction with its audit entry."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts import followers, standing_in
from contacts.models import Actor, AuditEntry, Officer, Pairing, Unit, UnitRole

# No letters or digits that are mistaken for each other when read out over the phone.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# Who holds one of these watches the system administrator, who therefore can not take their account over.
_WATCHERS = [UnitRole.Role.SECURITY_ADMIN, UnitRole.Role.AUDITOR]


@transaction.atomic
def change_settings(officer: Officer, changes: dict[str, Any], *, actor: Actor) -> None:
    """What an officer may change about themselves: the language, and how and when reminders are sent."""
    changes = {name: value for name, value in changes.items() if getattr(officer, name) != value}
    if not changes:
        return
    before = {name: getattr(officer, name) for name in changes}
    for name, value in changes.items():
        setattr(officer, name, value)
    officer.save(update_fields=list(changes))
    AuditEntry.objects.record(actor, "change settings", officer, before=before, after=changes)
    if "notice_hour" in changes:
        followers.follow_hour(officer.pk, changes["notice_hour"])


def one_time_password() -> str:
    """Twelve characters in three groups: 59 bits, and short enough to be read out."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _i in range(4)) for _j in range(3))


@transaction.atomic
def reset_password(officer: Officer, *, actor: Actor, reason: str) -> str:
    """Set a password that has to be changed at the next sign-in, and return it; whoever was signed in is signed out."""
    _not_a_watcher(officer, actor)
    password = one_time_password()
    officer.set_password(password)
    officer.must_change_password = True
    officer.save(update_fields=["password", "must_change_password"])
    AuditEntry.objects.record(actor, "reset password", officer, reason=reason)
    return password


@transaction.atomic
def deactivate(officer: Officer, *, on: dt.date, actor: Actor, reason: str) -> None:
    """Keep an officer out from the next request on. What they did stays; whom they hold on the day `on` or later has
    to be handed over first."""
    if actor.officer and officer.pk == actor.officer.pk:
        raise ValidationError(_("You can not deactivate your own account."))
    _not_a_watcher(officer, actor)
    if not Officer.objects.active().locked().filter(pk=officer.pk).exists():
        raise ValidationError(_("This account is not active."))
    if held := Pairing.objects.lasting(on).filter(officer=officer).count():
        raise ValidationError(
            ngettext(
                "%(name)s is responsible for %(number)d person. A coordinator or leader hands this person over first: "
                "in the list of officers, at the officer's name.",
                "%(name)s is responsible for %(number)d people. A coordinator or leader hands them over first: in the "
                "list of officers, at the officer's name.",
                held,
            )
            % {"name": officer.name, "number": held}
        )
    Officer.objects.filter(pk=officer.pk).update(is_active=False)
    standing_in.end_all_of(officer, on=on, actor=actor, reason=reason)
    AuditEntry.objects.record(
        actor,
        "deactivate account",
        officer,
        before={"is_active": True},
        after={"is_active": False},
        reason=reason,
    )


@transaction.atomic
def activate(officer: Officer, *, actor: Actor, reason: str) -> str:
    """Let an officer in again, with a new one-time password, so that no session from before comes back to life."""
    if not Officer.objects.filter(pk=officer.pk, is_active=False).update(is_active=True):
        raise ValidationError(_("This account is active already."))
    AuditEntry.objects.record(
        actor,
        "activate account",
        officer,
        before={"is_active": False},
        after={"is_active": True},
        reason=reason,
    )
    return reset_password(officer, actor=actor, reason=reason)


def _not_a_watcher(officer: Officer, actor: Actor) -> None:
    if actor.officer and officer.roles.in_force().filter(role__in=_WATCHERS).exists():
        raise ValidationError(
            _(
                "Accounts of security administrators and auditors are not managed here: their role has to be ended first."
            )
        )


@transaction.atomic
def propose_role(officer: Officer, unit: Unit, role: str, *, actor: Actor, reason: str) -> UnitRole:
    """Suggest a role; it counts once a security administrator has approved it."""
    if unit.closed_on:
        raise ValidationError(_("%(unit)s is closed; choose a unit that is open."), params={"unit": unit})
    proposal = UnitRole(officer=officer, unit=unit, role=role, proposed_by=actor.officer)
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError as error:
        raise ValidationError(
            _("The officer holds or is proposed for this role already, or for one that it excludes.")
        ) from error
    AuditEntry.objects.record(actor, "propose role", proposal, after=described(proposal), reason=reason)
    return proposal


@transaction.atomic
def approve_role(proposal: UnitRole, *, actor: Actor, reason: str = "") -> None:
    """Put a proposed role in force. Neither who proposed it nor who gets it may approve it."""
    if actor.officer and actor.officer.pk in {proposal.proposed_by_id, proposal.officer_id}:
        raise ValidationError(_("Somebody else has to decide about this role."))
    changed = UnitRole.objects.proposed().filter(pk=proposal.pk)
    if not changed.update(approved_by=actor.officer, approved_at=timezone.now()):
        raise ValidationError(_("This role has been decided about already."))
    AuditEntry.objects.record(actor, "approve role", proposal, after=described(proposal), reason=reason)


@transaction.atomic
def refuse_role(proposal: UnitRole, *, actor: Actor, reason: str) -> None:
    if not UnitRole.objects.proposed().filter(pk=proposal.pk).update(ended_at=timezone.now()):
        raise ValidationError(_("This role has been decided about already."))
    AuditEntry.objects.record(actor, "refuse role", proposal, after=described(proposal), reason=reason)


@transaction.atomic
def end_role(role: UnitRole, *, actor: Actor, reason: str) -> None:
    if actor.officer and actor.officer.pk == role.officer_id:
        raise ValidationError(_("Somebody else has to decide about this role."))
    if not UnitRole.objects.in_force().filter(pk=role.pk).update(ended_at=timezone.now()):
        raise ValidationError(_("This role is not in force."))
    AuditEntry.objects.record(actor, "end role", role, before=described(role), reason=reason)


def described(role: UnitRole) -> dict[str, str]:
    """As the audit trail keeps it."""
    return {"officer": role.officer.police_number, "role": role.role, "unit": role.unit.code}
