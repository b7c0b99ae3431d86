"""Feedback: what people said, and its way to an answer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.clock import Clock, Deadline, reckon
from contacts.models.records import ContactRecord
from contacts.models.stakeholders import Stakeholder
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class Topic(models.Model):
    """What feedback is about; a small tree that the coordinator keeps."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.READ_FEEDBACK) -> FeedbackQuerySet:
        """By the unit that handles it, by the unit in charge of the person, or by an own pairing."""
        reach = access.reach(officer, deed)
        by_handler = reach.q(unit="unit__", own=access.holds(officer))
        by_person = reach.q(unit="stakeholder__unit__", own=Q(pk__in=[]))
        return (
            self.filter(by_handler | by_person) if reach and not reach.everything else self.filter(by_handler)
        )

    def pending(self) -> FeedbackQuerySet:
        """Not yet answered: the clock runs (R12)."""
        return self.filter(state__in=[Feedback.State.RECEIVED, Feedback.State.ASSIGNED])

    def overdue(self, day: dt.date) -> FeedbackQuerySet:
        return self.pending().filter(due_on__lt=day)

    def to_review(self, day: dt.date) -> FeedbackQuerySet:
        """Answered with any result but solved, and the day to look again has come (R12)."""
        return self.filter(state__in=[Feedback.State.ANSWERED, Feedback.State.CLOSED], review_on__lte=day)

    def search(self, words: str) -> FeedbackQuerySet:
        """By number, by words of the text or the answer, or by the person."""
        words = words.strip()
        if words[:1] in {"F", "f"} and words[1:].isdecimal() and len(words) < 12:
            return self.filter(pk=int(words[1:]))
        people = Stakeholder.objects.search(words).order_by().values("pk")
        found = Q(document_number__icontains=words)
        return self.filter(
            found | Q(text__icontains=words) | Q(answer__icontains=words) | Q(stakeholder__in=people)
        )


class Feedback(models.Model):
    """One opinion or suggestion. Answered means that the person was told, in a contact record (R12).

    An oral opinion has the bureau's own clock. A formal suggestion or proposal comes with a document and has the statutory
    one, which runs from its assignment and can be extended once.
    """

    class Kind(models.TextChoices):
        ORAL = "oral", _("oral opinion")
        SUGGESTION = "suggestion", _("formal suggestion")  # 建议, of a deputy
        PROPOSAL = "proposal", _("proposal")  # 提案, of a committee member

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        ASSIGNED = "assigned", _("assigned")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    class Result(models.TextChoices):
        SOLVED = "solved", _("solved")
        IN_PROGRESS = "in_progress", _("in progress")
        PLANNED = "planned", _("on the plan")
        FOR_REFERENCE = "for_reference", _("kept for reference")
        CANNOT = "cannot", _("can not be done")

    # What may follow what; closing unanswered is not a way.
    MOVES = {
        State.RECEIVED: {State.ASSIGNED, State.ANSWERED},
        State.ASSIGNED: {State.RECEIVED, State.ASSIGNED, State.ANSWERED},
        State.ANSWERED: {State.ASSIGNED, State.CLOSED},
        State.CLOSED: {State.ASSIGNED},
    }

    stakeholder = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, related_name="feedback", verbose_name=_("stakeholder")
    )
    record = models.ForeignKey(
        ContactRecord,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("said in"),
    )
    topic = models.ForeignKey(
        Topic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("topic"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ORAL)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    text = models.TextField(_("opinion or suggestion"), max_length=4000)
    received_on = models.DateField(_("received on"))
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="feedback", verbose_name=_("handled by")
    )
    assigned_on = models.DateField(_("assigned on"), null=True)
    clock = models.CharField(max_length=10, choices=Clock, default=Clock.ORAL)
    clock_since = models.DateField()
    due_on = models.DateField(_("answer due on"))
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("extension approved by"),
    )
    extension_reason = models.CharField(_("reason of the extension"), max_length=500, blank=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    result = models.CharField(_("result"), max_length=15, choices=Result, blank=True)
    review_on = models.DateField(_("to be looked at again on"), null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True)
    answer_record = models.ForeignKey(
        ContactRecord, on_delete=models.PROTECT, null=True, related_name="answers", verbose_name=_("told in")
    )
    closed_on = models.DateField(_("closed on"), null=True)
    submission = models.UUIDField(null=True, editable=False)  # of the form it came with

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["due_on", "pk"]
        constraints = [
            # Answered means that the person was told, in a contact record (R12).
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "closed"])
                | Q(answer_record__isnull=False, answered_on__isnull=False) & ~Q(result=""),
                name="contacts_feedback_answered_means_told",
            ),
            # Any result but solved needs a day to look again (R12).
            models.CheckConstraint(
                condition=Q(result__in=["", "solved"]) | Q(review_on__isnull=False),
                name="contacts_feedback_unsolved_has_review_day",
            ),
            # Two tracks, never mixed (R12).
            models.CheckConstraint(
                condition=Q(kind="oral", clock="oral", document_number="")
                | Q(kind__in=["suggestion", "proposal"], clock__in=["formal", "extended"])
                & ~Q(document_number=""),
                name="contacts_feedback_one_track",
            ),
            models.UniqueConstraint(
                fields=["document_number"],
                condition=~Q(document_number=""),
                name="contacts_feedback_document_once",
            ),
            models.CheckConstraint(
                condition=~Q(clock="extended") | Q(extended_by__isnull=False) & ~Q(extension_reason=""),
                name="contacts_feedback_extension_approved",
            ),
            # A form sent twice takes an opinion in once.
            models.UniqueConstraint(fields=["submission"], name="contacts_feedback_submitted_once"),
        ]
        indexes = [
            models.Index(
                fields=["state", "due_on"], name="contacts_feedback_due"
            ),  # overdue, and the list's order
            models.Index(fields=["unit", "state"], name="contacts_feedback_of_unit"),
            models.Index(fields=["received_on"], name="contacts_feedback_received"),  # digests by period
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("contacts:feedback-detail", args=[self.pk])

    @property
    def number(self) -> str:
        return f"F{self.pk:06d}"

    @property
    def is_formal(self) -> bool:
        return self.kind != self.Kind.ORAL

    @property
    def first_clock(self) -> Clock:
        """The one that it begins with, and begins again with when it is opened anew."""
        return Clock.FORMAL if self.is_formal else Clock.ORAL

    @property
    def is_pending(self) -> bool:
        """As `FeedbackQuerySet.pending`: the clock runs."""
        return self.state in {self.State.RECEIVED, self.State.ASSIGNED}

    @property
    def may_be_extended(self) -> bool:
        """Once, and while it is worked on."""
        return self.state == self.State.ASSIGNED and self.clock == Clock.FORMAL

    def run(self, deadline: Deadline) -> None:
        """Let a clock run; not yet saved."""
        self.clock, self.clock_since, self.due_on = deadline.clock, deadline.since, deadline.day

    def deadline(self) -> Deadline:
        """How the day by which it is to be answered was reckoned."""
        return reckon(self.clock, self.clock_since)

    def return_deadline(self) -> Deadline | None:
        """Until when the unit may send it back as wrongly assigned; None unless it was assigned."""
        assigned = self.state == self.State.ASSIGNED and self.assigned_on
        return reckon(Clock.RETURN, assigned) if assigned else None

    def may_become(self, state: str) -> bool:
        return state in self.MOVES[self.State(self.state)]

    def is_overdue(self, day: dt.date) -> bool:
        return self.is_pending and self.due_on < day


class FeedbackStep(models.Model):
    """Who did what when; stands on the item for good."""

    class Deed(models.TextChoices):
        RECEIVED = "received", _("received")
        ASSIGNED = "assigned", _("assigned")
        RETURNED = "returned", _("sent back")
        EXTENDED = "extended", _("extended")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")
        CARRIED = "carried", _("carried to another unit")  # with everything of a unit that was merged

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="steps")
    deed = models.CharField(max_length=10, choices=Deed)
    state = models.CharField(max_length=10, choices=Feedback.State)  # afterwards
    due_on = models.DateField(null=True)  # afterwards; None where that was not noted
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}, {self.at:%Y-%m-%d}"
