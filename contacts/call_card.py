"""The call card: what an officer wants to know before dialling, read once. The last talk, what changed since, what we still
owe; what to ask stands in contacts/asking.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import asking
from contacts.models import (
    AuditEntry,
    ContactRecord,
    Feedback,
    FeedbackStep,
    JournalLine,
    Officer,
    Pairing,
    Seat,
    Stakeholder,
)
from contacts.timeline import History

Kind, Outcome = ContactRecord.Kind, ContactRecord.Outcome
ATTEMPTS = 3  # shown
ENTRIES = 50  # of the trail that are looked through


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise than when we last spoke. `url`: where to read more."""

    day: dt.date
    text: str
    url: str = ""


class Card:
    def __init__(self, person: Stakeholder, officer: Officer, now: dt.datetime) -> None:
        """`person` comes with phones and seats; everything else is read when it is asked for."""
        self.person, self.officer, self.now = person, officer, now
        self.today = timezone.localdate(now)

    @cached_property
    def history(self) -> History:
        return History.of(self.person, self.officer)

    @cached_property
    def pairings(self) -> list[Pairing]:
        return list(self.person.pairings.select_related("officer").order_by("started_on"))

    # --- who it is -------------------------------------------------------------------------------------------

    @cached_property
    def current(self) -> Pairing | None:
        open_today = (p for p in self.pairings if p.started_on <= self.today <= (p.ended_on or self.today))
        return next(open_today, None)

    @property
    def makers(self) -> list[Officer]:
        """Who may have made the contact: whoever logs it, and the officer responsible for the person."""
        paired = [self.current.officer] if self.current else []
        return list(dict.fromkeys([self.officer, *paired]))

    @cached_property
    def can(self) -> dict[str, bool]:
        own = self.current is not None and self.current.officer_id in self.officer.rights.acting_for
        return self.officer.rights.over(self.person.unit.path, own)

    @cached_property
    def seats(self) -> list[Seat]:
        """Held today."""
        return [seat for seat in self.person.seats.all() if seat.covers(self.today)]

    @property
    def seat_line(self) -> str:
        return ", ".join(dict.fromkeys(str(seat) for seat in self.seats)) or _("No seat")

    @property
    def addressed(self) -> str:
        """As one addresses them: by the office held, or else by sex; "" where neither is known."""
        by_office: dict[str, str] = {
            Seat.Kind.NPC_DEPUTY: _("Deputy %(name)s"),
            Seat.Kind.CPPCC_MEMBER: _("Member %(name)s"),
            Seat.Kind.MEDIA_SUPERVISOR: _("Supervisor %(name)s"),
            Seat.Kind.PATROL_VISITOR: _("Visitor %(name)s"),
            Seat.Kind.DISCIPLINE_MONITOR: _("Monitor %(name)s"),
        }
        by_sex: dict[str, str] = {
            Stakeholder.Sex.MALE: _("Mr %(name)s"),
            Stakeholder.Sex.FEMALE: _("Ms %(name)s"),
        }
        kinds = {seat.kind for seat in self.seats}
        held = next((words for kind, words in by_office.items() if kind in kinds), "")
        return (held or by_sex.get(self.person.sex, "")) % {"name": self.person.name}

    # --- the last talk ---------------------------------------------------------------------------------------

    @cached_property
    def reached(self) -> list[ContactRecord]:
        return [record for record in self.history.records if record.has_reached]

    @cached_property
    def last(self) -> ContactRecord | None:
        """The last time somebody spoke with them; handing over a report is no talk where there was one."""
        talks = (record for record in self.reached if record.kind != Kind.REPORT)
        return next(talks, self.reached[0] if self.reached else None)

    @cached_property
    def said(self) -> list[Feedback]:
        """What they said in it."""
        return [item for item in self.history.feedback if self.last and item.record_id == self.last.pk]

    @cached_property
    def attempts(self) -> list[ContactRecord]:
        """The tries since, the latest first."""
        tried = [r for r in self.history.records if r.is_live and r.outcome != Outcome.REACHED]
        return [r for r in tried if self.last is None or r.occurred_at > self.last.occurred_at]

    @property
    def latest_attempts(self) -> list[ContactRecord]:
        return self.attempts[:ATTEMPTS]

    # --- what changed since ----------------------------------------------------------------------------------

    @cached_property
    def changes(self) -> list[Change]:
        """What is otherwise than when we last spoke, in order; nothing where we never did."""
        if self.last is None:
            return []
        found = [
            *self._seats_changed(self.last),
            *self._responsible_changed(self.last),
            *self._contacts_since(self.last),
            *self._feedback_moved(self.last),
            *self._roster_changed(self.last),
        ]
        return sorted(found, key=lambda change: change.day)

    def _seats_changed(self, last: ContactRecord) -> Iterator[Change]:
        for seat in self.person.seats.all():
            if seat.started_on and last.occurred_on < seat.started_on <= self.today:
                yield Change(seat.started_on, _("New seat: %(seat)s") % {"seat": seat})
            if seat.ended_on and last.occurred_on <= seat.ended_on < self.today:
                yield Change(seat.ended_on, _("No longer held: %(seat)s") % {"seat": seat})

    def _responsible_changed(self, last: ContactRecord) -> Iterator[Change]:
        for pairing in self.pairings:
            if last.occurred_on < pairing.started_on <= self.today:
                words = _("%(officer)s is responsible from then on") % {"officer": pairing.officer.name}
                yield Change(pairing.started_on, words)

    def _contacts_since(self, last: ContactRecord) -> Iterator[Change]:
        """Reports handed over since; and the last talk itself, where somebody else had it after the reader's own."""
        for record in self.reached:
            if record.kind == Kind.REPORT and record.occurred_at > last.occurred_at:
                words = _("Work report delivered by %(officer)s") % {"officer": record.officer.name}
                yield Change(record.occurred_on, words)
        own = next((r for r in self.reached if r.officer_id == self.officer.pk), None)
        if own and own.occurred_at < last.occurred_at and last.officer_id != self.officer.pk:
            words = _("%(officer)s spoke with them, after your own talk on %(day)s")
            said = words % {"officer": last.officer.name, "day": own.occurred_on}
            yield Change(last.occurred_on, said)

    def _feedback_moved(self, last: ContactRecord) -> Iterator[Change]:
        items = {item.pk: item for item in self.history.feedback}
        steps = FeedbackStep.objects.filter(feedback__in=items, at__gt=last.occurred_at)
        for step in steps.select_related("unit") if items else ():
            item = items[step.feedback_id]
            in_that_talk = {
                FeedbackStep.Deed.RECEIVED: item.record_id == last.pk,
                FeedbackStep.Deed.ANSWERED: item.was_told_in(last),
            }
            if step.deed == FeedbackStep.Deed.PREPARED or in_that_talk.get(FeedbackStep.Deed(step.deed)):
                continue
            words = f"{item.number} {step.get_deed_display()}, {step.unit}"
            yield Change(timezone.localdate(step.at), words, item.get_absolute_url())

    def _roster_changed(self, last: ContactRecord) -> Iterator[Change]:
        """What the roster says of them now, each thing once, on the day on which it was changed last: by hand, as the trail
        tells, or by an import or the turn of a term, as their journals do. Numbers and addresses are not said."""
        changed: dict[str, dt.date] = {}
        for at, names in sorted((*self._by_hand(last), *self._by_file(last)), key=lambda one: one[0]):
            changed |= dict.fromkeys(names, timezone.localdate(at))
        words = {
            "name": _("The name is now %(now)s"),
            "phones": _("Phone numbers changed"),
            "employer": _("Employer and post: %(now)s"),
            "address": _("The address changed"),
            "street": _("Township or street: %(now)s"),
            "reach_hint": _("How they like to be reached changed"),
        }
        for name, text in words.items():
            if name in changed:
                yield Change(changed[name], text % {"now": getattr(self.person, name, "") or "–"})

    def _by_hand(self, last: ContactRecord) -> Iterator[tuple[dt.datetime, Iterable[str]]]:
        entries = AuditEntry.objects.filter(
            object_type=self.person._meta.label_lower,
            object_id=str(self.person.pk),
            action="change stakeholder",
            at__gt=last.occurred_at,
        )
        for at, after in entries.values_list("at", "after")[:ENTRIES]:
            yield at, after or {}

    def _by_file(self, last: ContactRecord) -> Iterator[tuple[dt.datetime, Iterable[str]]]:
        numbers = [phone.pk for phone in self.person.phones.all()]
        theirs = Q(model="contacts.stakeholder", object_id=self.person.pk)
        lines = JournalLine.objects.standing().filter(
            theirs | Q(model="contacts.contactphone", object_id__in=numbers),
            journal__made_at__gt=last.occurred_at,
        )
        rows = lines.values_list("journal__made_at", "model", "before", "after")
        for at, model, before, after in rows.order_by("pk")[:ENTRIES]:
            if model == "contacts.contactphone":
                yield at, ["phones"]
            elif before is not None and after is not None:
                yield at, after

    # --- what we owe, and what to ask --------------------------------------------------------------------------

    @property
    def promises(self) -> list[ContactRecord]:
        return self.history.promises

    @property
    def pending(self) -> list[Feedback]:
        return self.history.pending

    @cached_property
    def reviews(self) -> list[Feedback]:
        """Answered with any result but solved, and the day to look again has come (R12)."""
        return [
            item
            for item in self.history.feedback
            if not item.is_pending and item.review_on and item.review_on <= self.today
        ]

    @property
    def owes(self) -> bool:
        return bool(self.promises or self.pending or self.reviews)

    @cached_property
    def questions(self) -> list[asking.Question]:
        return list(asking.questions(self))
