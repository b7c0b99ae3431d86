"""Several units become one: what is open in them moves, and they close and keep their history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import accounts, followers, journal
from contacts.models import (
    Actor,
    AuditEntry,
    CoHandling,
    Feedback,
    FeedbackStep,
    Journal,
    Officer,
    Stakeholder,
    StandIn,
    Unit,
)
from contacts.pairing import carry_over
from contacts.unit_contents import open_feedback, open_pairings, open_roles
from contacts.unit_tree import ONE_DAY, begin, chain, change, check_can_close, mend_paths


@transaction.atomic
def merge(units: Collection[Unit], into: Unit, *, actor: Actor, now: dt.datetime, reason: str) -> Journal:
    """From today on some units are one: `into`, which may be new and not yet saved. All that is open in them moves there;
    they close, and hang below it with their history. Roles end, and are proposed anew where the new unit is of the same
    kind: four eyes give a role, a merger does not."""
    day, fresh = timezone.localdate(now), into._state.adding
    pen, found = begin(dict.fromkeys([*units, *([] if fresh else [into])]), actor, now)
    into = next((unit for unit in found if unit.pk == into.pk), into)
    old = [unit for unit in found if unit != into]
    if not old:
        raise ValidationError(_("A unit is not merged into itself; choose another."))
    for unit in old:
        check_can_close(unit, day)
    if {unit.pk for unit in old} & chain(into.parent if fresh else into):
        raise ValidationError(
            _("%(unit)s hangs below a unit that is to be merged, or is one; move it out first."),
            params={"unit": into},
        )
    if fresh:
        _open(into, day)
        pen.created(into.pk, into)
    moved = Merging(old, into, day, pen, actor, now).run()
    mend_paths()
    pen.close()
    for unit in old:
        after = {"successor": into.code, "closed_on": unit.closed_on}
        AuditEntry.objects.record(actor, "close unit", unit, after=after, reason=reason)
    told = {"merged": [unit.code for unit in old], "from": day, **moved}
    AuditEntry.objects.record(actor, "merge units", into, after=told, reason=reason)
    return pen.journal


def _open(unit: Unit, day: dt.date) -> None:
    """A new unit, from today on."""
    if Unit.objects.filter(code=unit.code).exists():
        raise ValidationError(_("The code %(code)s belongs to another unit."), params={"code": unit.code})
    unit.parent = Unit.objects.get(pk=unit.parent_id or 0)
    if unit.parent.closed_on:
        raise ValidationError(
            _("%(unit)s is closed; choose a unit that is open."), params={"unit": unit.parent}
        )
    unit.opened_on = day
    unit.save(force_insert=True)


@dataclass
class Merging:
    """One merger under way. Everything it touches goes into one group of the journal: all of it goes back, or nothing."""

    old: list[Unit]
    into: Unit
    day: dt.date
    pen: journal.Pen
    actor: Actor
    now: dt.datetime

    def run(self) -> dict[str, int]:
        """How many of what moved. Locked in the order in which a hand-over locks: person, officer, pairing."""
        people = Stakeholder.objects.filter(unit__in=self.keys)
        list(people.select_for_update().order_by("pk").values_list("pk"))
        moved = {
            "units": self.re_hang(),
            "feeds": followers.follow_units(self.keys, self.into.pk, self.told),  # before their officers move
            "stand_ins": self.carry(StandIn.objects.lasting(self.day).filter(unit__in=self.keys)),
            "officers": self.carry(Officer.objects.filter(unit__in=self.keys)),
            "pairings": self.carry_pairings(),
            "people": self.carry(people.all(), updated_at=self.now),
            "feedback": self.carry_feedback(),
            "roles": self.propose_roles(),
        }
        for unit in self.old:
            said = {"parent": self.into, "closed_on": self.day - ONE_DAY, "successor": self.into}
            self.change(unit, said)
        return moved

    @property
    def keys(self) -> list[int]:
        return [unit.pk for unit in self.old]

    def change(self, unit: Unit, said: dict[str, Any]) -> None:
        change(unit, said, day=self.day, pen=self.pen, group=self.into.pk)

    def told(self, row: models.Model, before: journal.Values) -> None:
        self.pen.changed(self.into.pk, row, before)

    def carry(self, rows: models.QuerySet, **more: Any) -> int:
        return journal.carry(rows, self.told, unit_id=self.into.pk, **more)

    def re_hang(self) -> int:
        """What hung below them and is open hangs below the one."""
        children = Unit.objects.open().filter(parent__in=self.keys).exclude(pk__in=[*self.keys, self.into.pk])
        for child in list(children):
            self.change(child, {"parent": self.into})
        return len(children)

    def carry_pairings(self) -> int:
        """The unit of a pairing is the officer's at the time (R7): what is in force goes on as a new one."""
        rows = open_pairings(self.day).filter(unit__in=self.keys)
        made = carry_over(rows, self.into, on=self.day, reason=self.sentence, told=self.told)
        for pairing in made.started:
            self.pen.created(self.into.pk, pairing)
        return made.carried

    def carry_feedback(self) -> int:
        rows = open_feedback().filter(unit__in=self.keys)
        steps = [
            FeedbackStep(
                feedback=item, deed=FeedbackStep.Deed.CARRIED, state=item.state, due_on=item.due_on, unit=self.into,
                officer=self.actor.officer or item.received_by, at=self.now, note=self.sentence,
            )
            for item in rows.select_related("received_by")
        ]  # fmt: skip
        moved = self.carry(rows)
        self.carry(CoHandling.objects.filter(unit__in=self.keys, given_at=None))
        self.carry(Feedback.objects.filter(escalated_to__in=self.keys), escalated_to_id=self.into.pk)
        for step in FeedbackStep.objects.bulk_create(steps, batch_size=500):
            self.pen.created(self.into.pk, step)
        return moved

    def propose_roles(self) -> int:
        """How many are proposed anew. A role over a unit of another kind is another power, so it only ends."""
        proposed = 0
        roles = open_roles().filter(unit__in=self.keys).select_related("officer", "unit").order_by("pk")
        for role in list(roles):
            before, described = journal.values(role), accounts.described(role)
            role.ended_at = self.now
            role.save(update_fields=["ended_at"])
            self.told(role, before)
            AuditEntry.objects.record(self.actor, "end role", role, before=described, reason=self.sentence)
            held = open_roles().filter(officer=role.officer, unit=self.into, role=role.role)
            if role.unit.kind == self.into.kind and not held.exists():
                proposal = accounts.propose_role(
                    role.officer, self.into, role.role, actor=self.actor, reason=self.sentence
                )
                self.pen.created(self.into.pk, proposal)
                proposed += 1
        return proposed

    @property
    def sentence(self) -> str:
        names = ", ".join(map(str, self.old))
        return (_("%(old)s became part of %(new)s") % {"old": names, "new": self.into})[:200]
