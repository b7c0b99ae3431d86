"""Feedback: what people said, and its way to an answer."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.clock import Clock, Deadline, reckon
from contacts.models.consulting import CoHandling
from contacts.models.officers import Officer
from contacts.models.records import ContactRecord
from contacts.models.stakeholders import Stakeholder
from contacts.models.units import Unit


class TopicQuerySet(models.QuerySet["Topic"]):
    def in_tree(self) -> TopicQuerySet:
        """Each topic followed by its parts."""
        return self.order_by(Coalesce("parent__name", "name"), F("parent").asc(nulls_first=True), "name")

    def with_parts(self, pk: int) -> TopicQuerySet:
        """The topic and its parts."""
        return self.filter(Q(pk=pk) | Q(parent=pk))


class Topic(models.Model):
    """What feedback is about; a small tree that the coordinator keeps."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    keywords = models.CharField(
        _("words that suggest it"),
        max_length=500,
        blank=True,
        help_text=_("With commas between: 红绿灯, 左转, 拥堵."),
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_its_place(self) -> str:
        """The name, further in for a part, as it stands in a list of the tree."""
        return f"\u3000{self.name}" if self.parent_id else self.name


_WHILE_TO_RATE = {access.Deed.READ_FEEDBACK, access.Deed.RATE}


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.READ_FEEDBACK) -> FeedbackQuerySet:
        """By the unit that handles it, by the unit in charge of a person who said it, or by an own pairing; and whoever has
        it in hand. A unit that was asked for its opinion reads it, and does nothing else with it. What the bureau itself
        took part in reaches every county's coordinator while people are to be asked: perhaps nobody nearer is outside."""
        reach = access.reach(officer, deed)
        if not reach or reach.everything:
            return self.filter(reach.q(unit="unit__", own=Q(pk__in=[])))
        nobody = Q(pk__in=[])
        held = access.holds(officer)
        mine = held | Q(pk__in=Signer.objects.filter(held).values("feedback")) | Q(handler=officer)
        signed = Signer.objects.filter(reach.q(unit="stakeholder__unit__", own=nobody))
        seen = (
            reach.q(unit="unit__", own=mine)
            | reach.q(unit="stakeholder__unit__", own=nobody)
            | Q(pk__in=signed.values("feedback"))
        )
        if deed == access.Deed.READ_FEEDBACK:
            asked = CoHandling.objects.filter(reach.q(unit="unit__", own=nobody))
            seen |= Q(pk__in=asked.values("feedback"))
        if deed in _WHILE_TO_RATE and access.Column.COUNTY_COORDINATOR in officer.rights.columns:
            seen |= self._rated_from_afar()
        return self.filter(seen)

    @staticmethod
    def _rated_from_afar() -> Q:
        """The bureau itself took part, or one of its people did: of its own coordinators perhaps none is left to ask."""
        bureau = Unit.objects.of_no_county().order_by().values("pk")
        asked = CoHandling.objects.filter(unit__in=bureau).values("feedback")
        handled = FeedbackStep.objects.filter(unit__in=bureau, deed__in=FeedbackStep.HANDLING).order_by()
        people = Officer.objects.of_no_county().order_by().values("pk")
        by_them = Q(answers__prepared_by__in=people) | Q(answers__tellings__record__officer__in=people)
        answered = Feedback.objects.filter(by_them, answers__set_aside_on=None).order_by()
        part = Q(unit__in=bureau) | Q(pk__in=asked) | Q(pk__in=handled.values("feedback"))
        part |= Q(handler__in=people) | Q(pk__in=answered.values("pk"))
        return Q(part, rate_by__isnull=False)

    def pending(self) -> FeedbackQuerySet:
        """Not yet answered: the clock runs (R12)."""
        return self.filter(state__in=Feedback.PENDING)

    def overdue(self, day: dt.date) -> FeedbackQuerySet:
        return self.pending().filter(due_on__lt=day)

    def promised(self) -> FeedbackQuerySet:
        """Answered with any result but solved, and a second answer is owed (R12)."""
        return self.filter(review_on__isnull=False)

    def to_review(self, day: dt.date) -> FeedbackQuerySet:
        """Promised, and the day has come."""
        return self.filter(review_on__lte=day)

    def waiting(self, day: dt.date) -> FeedbackQuerySet:
        """For an answer, or for another one whose day has come."""
        return self.filter(Q(state__in=Feedback.PENDING) | Q(review_on__lte=day))

    def to_rate(self) -> FeedbackQuerySet:
        """Answered for good, and nobody has asked yet how satisfied the person is (R12)."""
        return self.filter(rate_by__isnull=False)

    def supervised(self) -> FeedbackQuerySet:
        """A leader waits for a report."""
        return self.filter(report_by__isnull=False)

    def escalated(self) -> FeedbackQuerySet:
        """It went up to a leader, and is not yet answered."""
        return self.filter(escalated_to__isnull=False).pending()

    def search(self, words: str) -> FeedbackQuerySet:
        """By number, by words of the text or the answer, or by the person."""
        words = words.strip()
        if words[:1] in {"F", "f"} and words[1:].isdecimal() and len(words) < 12:
            return self.filter(pk=int(words[1:]))
        people = Stakeholder.objects.search(words).order_by().values("pk")
        found = Q(document_number__icontains=words)
        return self.filter(
            found | Q(text__icontains=words) | Q(answer__text__icontains=words) | Q(stakeholder__in=people)
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
        IN_HAND = "in_hand", _("in hand")
        READY = "ready", _("to be told")  # the answer stands; not everybody who asked has been told
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    PENDING = (State.RECEIVED, State.ASSIGNED, State.IN_HAND, State.READY)

    # What may follow what; closing untold is not a way. Only what was rated closes.
    MOVES = {
        State.RECEIVED: {State.ASSIGNED, State.IN_HAND, State.READY},
        State.ASSIGNED: {State.RECEIVED, State.ASSIGNED, State.IN_HAND, State.READY},
        State.IN_HAND: {State.ASSIGNED, State.IN_HAND, State.READY},
        State.READY: {State.ASSIGNED, State.READY, State.ANSWERED},
        State.ANSWERED: {State.ASSIGNED, State.ANSWERED, State.CLOSED},
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
    further_topics = models.ManyToManyField(
        Topic, blank=True, related_name="further_feedback", verbose_name=_("further topics")
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
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("in hand of"),
    )
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
    # The last one that everybody who asked was told, since the item was taken in or opened again.
    answer = models.ForeignKey("contacts.Answer", on_delete=models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(_("answered on"), null=True)  # the first of them
    review_on = models.DateField(
        _("to be looked at again on"), null=True, blank=True
    )  # while one is promised
    rate_by = models.DateField(_("to be rated until"), null=True)  # while that is due
    closed_on = models.DateField(_("closed on"), null=True)
    supervised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("supervised by"),
    )
    report_by = models.DateField(_("report due on"), null=True)  # to whoever supervises it
    reported_on = models.DateField(_("reported on"), null=True)  # the last report that they waited for
    escalated_to = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    escalated_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)  # as a wrong assignment, and not assigned since
    related = models.ManyToManyField("self", verbose_name=_("belongs together with"))
    # From which day on reminders look at it (R10); None after every deed: now.
    look_on = models.DateField(null=True, editable=False)
    submission = models.UUIDField(null=True, editable=False)  # of the form it came with

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["due_on", "pk"]
        constraints = [
            # Answered means that the person was told (R12); either another answer is promised, or it is to be rated.
            models.CheckConstraint(
                condition=Q(
                    state__in=["received", "assigned", "in_hand", "ready"],
                    answer=None,
                    answered_on=None,
                    review_on=None,
                    rate_by=None,
                    closed_on=None,
                )
                | Q(state="answered", answer__isnull=False, answered_on__isnull=False, closed_on=None)
                & (Q(review_on__isnull=False, rate_by=None) | Q(review_on=None, rate_by__isnull=False))
                | Q(
                    state="closed",
                    answer__isnull=False,
                    answered_on__isnull=False,
                    closed_on__isnull=False,
                    review_on=None,
                    rate_by=None,
                ),
                name="contacts_feedback_state_and_days",
            ),  # fmt: skip
            models.CheckConstraint(
                condition=~Q(state="in_hand") | Q(handler__isnull=False), name="contacts_feedback_in_hand_of"
            ),
            models.CheckConstraint(
                condition=Q(report_by=None) | Q(supervised_by__isnull=False),
                name="contacts_feedback_supervised_by",
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
            models.Index(fields=["look_on"], name="contacts_feedback_look_on"),
            models.Index(
                fields=["review_on"], condition=Q(review_on__isnull=False), name="contacts_feedback_promised"
            ),
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
    def waits_for_its_clock(self) -> bool:
        """Does its statutory clock start with the next assignment? The longer time that a leader gave runs on (R12)."""
        return self.is_formal and self.state == self.State.RECEIVED and not self.extended_by_id

    @property
    def is_pending(self) -> bool:
        """As `FeedbackQuerySet.pending`: the clock runs."""
        return self.state in self.PENDING

    @property
    def may_be_extended(self) -> bool:
        """Once, and while it is worked on."""
        return self.state in self.PENDING[1:] and self.clock == Clock.FORMAL

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

    @property
    def next_due(self) -> dt.date | None:
        """By when the person is to be told something next."""
        return self.due_on if self.is_pending else self.review_on

    def is_overdue(self, day: dt.date) -> bool:
        return self.is_pending and self.due_on < day

    def was_told_in(self, record: ContactRecord) -> bool:
        """Was somebody told the answer in this contact?"""
        tellings = self.answer.tellings.all() if self.answer else ()
        return any(telling.record_id == record.pk for telling in tellings)

    def to_be_told(self) -> list[Stakeholder]:
        """Everybody who said it: the first signer, and the others."""
        return [
            self.stakeholder,
            *(signer.stakeholder for signer in self.signers.select_related("stakeholder")),
        ]


class Signer(models.Model):
    """Who signed a formal suggestion or proposal beside the first; each is told the answer."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="signers")
    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="signed")

    class Meta:
        verbose_name = _("signer")
        verbose_name_plural = _("signers")
        ordering = ["stakeholder__pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["feedback", "stakeholder"], name="contacts_signer_once"),
        ]

    def __str__(self) -> str:
        return str(self.stakeholder)


class FeedbackStep(models.Model):
    """Who did what when; stands on the item for good."""

    class Deed(models.TextChoices):
        RECEIVED = "received", _("received")
        ASSIGNED = "assigned", _("assigned")
        RETURNED = "returned", _("sent back")
        TAKEN_UP = "taken_up", _("taken in hand")
        NOTED = "noted", _("note")
        ASKED = "asked", _("asked for an opinion")
        ADVISED = "advised", _("gave an opinion")
        ATTACHED = "attached", _("attached")
        LINKED = "linked", _("put together")
        PARTED = "parted", _("taken apart")
        EXTENDED = "extended", _("extended")
        ESCALATED = "escalated", _("sent up to the leader")
        SUPERVISED = "supervised", _("put under supervision")
        REPORTED = "reported", _("reported to the leader")
        PREPARED = "prepared", _("answer written")
        ANSWERED = "answered", _("told the person")
        RATED = "rated", _("rated")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")
        CARRIED = "carried", _("carried to another unit")  # with everything of a unit that was merged

    HANDLING = (Deed.TAKEN_UP, Deed.PREPARED, Deed.ANSWERED)  # whose unit takes part in it

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
