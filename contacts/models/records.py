"""Contact records: the calls, visits, reports and meetings that happened, and the attempts that did not reach."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models.stakeholders import Stakeholder
from contacts.models.verdicts import Verdict

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class ContactRecordQuerySet(models.QuerySet["ContactRecord"]):
    def visible_to(
        self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER
    ) -> ContactRecordQuerySet:
        """The records of the people within reach."""
        own = access.holds(officer)
        return self.filter(access.reach(officer, deed).q(unit="stakeholder__unit__", own=own))

    def live(self) -> ContactRecordQuerySet:
        """What counts: neither voided nor replaced by a correction."""
        return self.filter(voided_at=None, superseded_at=None)

    def reached(self) -> ContactRecordQuerySet:
        """Those in which we heard each other; what was only sent is not among them."""
        reached = self.live().filter(outcome=ContactRecord.Outcome.REACHED)
        return reached.exclude(kind=ContactRecord.Kind.BRIEFING)

    def attended(self) -> ContactRecordQuerySet:
        """Meetings and other gatherings at which the person was."""
        return self.reached().filter(Q(kind=ContactRecord.Kind.MEETING) | Q(gathering__isnull=False))

    def first_versions(self) -> dict[int, tuple[int, dt.datetime]]:
        """Of each that corrects another: key → the key of what was entered first, and when that was. One question for
        every step of the longest chain."""
        older = dict(self.exclude(supersedes=None).order_by().values_list("pk", "supersedes"))
        known: dict[int, tuple[int | None, dt.datetime]] = {}
        wanted = set(older.values())
        while wanted:
            rows = ContactRecord.objects.filter(pk__in=wanted).order_by()
            found = {
                pk: (before, at) for pk, before, at in rows.values_list("pk", "supersedes", "recorded_at")
            }
            known |= found
            wanted = {before for before, _at in found.values() if before} - known.keys()
        firsts = {}
        for pk, first in older.items():
            while before := known[first][0]:
                first = before
            firsts[pk] = (first, known[first][1])
        return firsts

    def promised(self) -> ContactRecordQuerySet:
        """Those in which something was promised that is not yet done."""
        return self.live().filter(promise_kept_at=None).exclude(promised="")


class ContactRecord(models.Model):
    """A contact that happened, or was tried. Never deleted: a correction supersedes it, a mistake is voided with a
    reason (R6). `occurred_on` is the bureau's day of `occurred_at` (R1), stored for the indexes."""

    class Kind(models.TextChoices):
        CALL = "call", _("call")
        VISIT = "visit", _("visit")
        REPORT = "report", _("work report")
        MEETING = "meeting", _("meeting")
        INCOMING = "incoming", _("incoming message")
        BRIEFING = "briefing", _("briefing")  # official facts, sent in writing

    # Those in which we hear each other: they are logged one by one, and can be owed. Facts are sent when there are some.
    TALK_KINDS = tuple((kind.value, kind.label) for kind in Kind if kind.value != "briefing")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        LEFT_MESSAGE = "left_message", _("left a message")
        DECLINED = "declined", _("declined")
        WRONG_NUMBER = "wrong_number", _("wrong number")

    stakeholder = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, related_name="records", verbose_name=_("stakeholder")
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="records", verbose_name=_("made by")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CALL)
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome, default=Outcome.REACHED)
    occurred_at = models.DateTimeField(_("day and time"), default=timezone.now)
    occurred_on = models.DateField(editable=False)
    summary = models.TextField(_("what was said"), max_length=2000, blank=True)
    promised = models.CharField(_("what we promised"), max_length=300, blank=True)
    # How satisfied they said they are; asked of everybody at a gathering.
    satisfied = models.CharField(_("how satisfied"), max_length=12, choices=Verdict, blank=True)
    promise_kept_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    superseded_at = models.DateTimeField(null=True, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    void_reason = models.CharField(_("reason"), max_length=200, blank=True)
    submission = models.UUIDField(null=True, editable=False)  # of the form it came with
    gathering = models.ForeignKey(
        "contacts.Gathering",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="records",
        verbose_name=_("gathering"),
    )

    objects = ContactRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact record")
        verbose_name_plural = _("contact records")
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(voided_at=None) | ~Q(void_reason=""), name="contacts_record_voided_for_a_reason"
            ),
            # A form sent twice (a double tap, a retry on a bad line) logs one contact.
            models.UniqueConstraint(fields=["submission"], name="contacts_record_submitted_once"),
        ]
        indexes = [
            # The earliest contact that meets an obligation (R6): one look-up per obligation.
            models.Index(
                fields=["stakeholder", "kind", "occurred_on", "occurred_at"],
                condition=Q(voided_at=None, superseded_at=None, outcome="reached"),
                name="contacts_record_meets",
            ),
            models.Index(fields=["stakeholder", "-occurred_at"], name="contacts_record_timeline"),
            models.Index(
                fields=["-occurred_at", "-id"], name="contacts_record_newest"
            ),  # the list of contacts
            models.Index(fields=["officer", "-occurred_at"], name="contacts_record_of_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_outcome_display()}, {self.occurred_on}"

    def save(self, **kwargs) -> None:
        self.occurred_on = self.day_of(self.occurred_at)
        super().save(**kwargs)

    @staticmethod
    def day_of(instant: dt.datetime) -> dt.date:
        """The bureau's day of an instant (R1)."""
        return timezone.localtime(instant).date()

    @property
    def is_live(self) -> bool:
        return self.voided_at is None and self.superseded_at is None

    @property
    def has_reached(self) -> bool:
        """As `ContactRecordQuerySet.reached`."""
        reached = self.outcome == self.Outcome.REACHED and self.kind != self.Kind.BRIEFING
        return self.is_live and reached

    @property
    def was_attended(self) -> bool:
        """As `ContactRecordQuerySet.attended`."""
        return self.has_reached and (self.kind == self.Kind.MEETING or self.gathering_id is not None)
