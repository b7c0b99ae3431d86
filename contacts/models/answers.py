"""Answers to feedback, who was told each of them, and how satisfied they were (R12)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models.feedback import Feedback
from contacts.models.records import ContactRecord
from contacts.models.verdicts import Verdict

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class Fate(models.TextChoices):
    """What became of a promise to look again (R12)."""

    OPEN = "open", _("to come")
    DUE = "due", _("due today")
    BROKEN = "broken", _("overdue")
    KEPT = "kept", _("kept")
    LATE = "late", _("kept late")
    OVERTAKEN = "overtaken", _("opened again before")  # the item has a clock of its own instead


class AnswerQuerySet(models.QuerySet["Answer"]):
    def standing(self) -> AnswerQuerySet:
        """Of the item as it is now, not of what it was before it was opened again."""
        return self.filter(set_aside_on=None)

    def promises(self, day: dt.date) -> AnswerQuerySet:
        """The promise ledger: what was told with a day on which it is looked at again, with its `fate` as of `day`. The
        answer that follows keeps it."""
        told = F("followed_by__told_on")
        fate = Case(
            When(followed_by__told_on__lte=F("review_on"), then=Value(Fate.KEPT)),
            When(followed_by__told_on__gt=F("review_on"), then=Value(Fate.LATE)),
            When(set_aside_on__isnull=False, then=Value(Fate.OVERTAKEN)),
            When(review_on__lt=day, then=Value(Fate.BROKEN)),
            When(review_on=day, then=Value(Fate.DUE)),
            default=Value(Fate.OPEN),
            output_field=models.CharField(),
        )
        rows = self.filter(told_on__isnull=False, review_on__isnull=False)
        return rows.annotate(fate=fate, kept_on=told)

    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.READ_FEEDBACK) -> AnswerQuerySet:
        """Those to what one may read."""
        return self.filter(feedback__in=Feedback.objects.visible_to(officer, deed).values("pk"))

    def search(self, words: str) -> AnswerQuerySet:
        return self.filter(feedback__in=Feedback.objects.search(words).values("pk"))


class Answer(models.Model):
    """What the person is told, and what became of their opinion. One with a day to look again promises another (R12)."""

    class Result(models.TextChoices):
        SOLVED = "solved", _("solved")
        IN_PROGRESS = "in_progress", _("in progress")
        PLANNED = "planned", _("on the plan")
        FOR_REFERENCE = "for_reference", _("kept for reference")
        CANNOT = "cannot", _("can not be done")

    # What may be the last word, once a second answer says it.
    LAST_WORDS = (Result.FOR_REFERENCE, Result.CANNOT)

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField(_("answer"), max_length=4000)
    result = models.CharField(_("result"), max_length=15, choices=Result)
    review_on = models.DateField(_("to be looked at again on"), null=True, blank=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)
    submission = models.UUIDField(null=True, editable=False, db_index=True)  # of the form it came with
    told_on = models.DateField(_("told on"), null=True)  # the day on which the last of them was told
    set_aside_on = models.DateField(null=True)  # the day on which the item was opened again

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["prepared_at", "pk"]
        constraints = [
            # Any result but solved needs a day to look again and a second answer (R12).
            models.CheckConstraint(
                condition=Q(result="solved", review_on=None)
                | Q(review_on__isnull=False) & ~Q(result="solved")
                | Q(review_on=None, follows__isnull=False, result__in=["for_reference", "cannot"]),
                name="contacts_answer_unsolved_has_review_day",
            ),
            # One is written and told before the next.
            models.UniqueConstraint(
                fields=["feedback"], condition=Q(told_on=None, set_aside_on=None), name="contacts_answer_one_untold"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["review_on"], condition=Q(review_on__isnull=False), name="contacts_answer_promises"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feedback}, {self.get_result_display()}"

    @property
    def is_promise(self) -> bool:
        return self.review_on is not None


class Telling(models.Model):
    """One person was told an answer, in a contact that reached them."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="tellings")
    record = models.ForeignKey(ContactRecord, on_delete=models.PROTECT, related_name="tellings")

    class Meta:
        verbose_name = _("telling")
        verbose_name_plural = _("tellings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "record"], name="contacts_telling_once"),
        ]

    def __str__(self) -> str:
        return f"{self.answer}: {self.record}"


class Rating(models.Model):
    """How satisfied somebody who was told is: with the handling, and with the result. Asked by somebody outside the unit
    that handled it (R12)."""

    Verdict = Verdict

    telling = models.OneToOneField(Telling, on_delete=models.PROTECT, related_name="rating")
    process = models.CharField(_("with the handling"), max_length=12, choices=Verdict)
    result = models.CharField(_("with the result"), max_length=12, choices=Verdict)
    comment = models.CharField(_("in their words"), max_length=500, blank=True)
    rated_on = models.DateField(_("asked on"))
    rated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["pk"]
        indexes = [models.Index(fields=["rated_on"], name="contacts_rating_asked")]

    def __str__(self) -> str:
        return f"{self.get_process_display()} / {self.get_result_display()}"

    @property
    def is_dissatisfied(self) -> bool:
        return self.Verdict.DISSATISFIED in {self.process, self.result}
