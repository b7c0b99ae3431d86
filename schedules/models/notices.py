"""Notices: what officers are told. One message per officer and day, its lines, and its ways out of the house."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models import Feedback, Handover, ReportVersion
from schedules.models.behind import BehindReport
from schedules.models.digests import Digest
from schedules.models.editions import PublicEdition
from schedules.models.obligations import Obligation
from schedules.models.policies import Stage
from schedules.models.remarks import Remark

if TYPE_CHECKING:
    from contacts.models import Officer


class FeedbackStage(models.TextChoices):
    """The steps of an item of feedback that are told, the most urgent first (R10, R12)."""

    BUREAU = "bureau", _("ten working days late")
    COUNTY = "county", _("five working days late")
    MISSED = "missed", _("answer overdue")
    UNREPORTED = "unreported", _("not reported on")
    UNRATED = "unrated", _("nobody asked how satisfied they are")
    NO_OPINION = "no_opinion", _("the opinion asked for is overdue")
    ESCALATED = "escalated", _("sent up to you")
    LAST_DAY = "last_day", _("to be answered today")
    REPORT = "report", _("to be reported on today")
    OPINION = "opinion", _("your unit's opinion is asked for")
    REPORTED = "reported", _("the report that you waited for")
    DUE_SOON = "due_soon", _("to be answered soon")
    ASSIGNED = "assigned", _("assigned to your unit")
    RETURNED = "returned", _("sent back, to be assigned anew")
    ARRIVED = "arrived", _("taken in for your unit")
    SUPERVISED = "supervised", _("put under supervision")
    RATE = "rate", _("ask how satisfied they are")


class ReportStage(models.TextChoices):
    """What is told of the text of a work report."""

    TO_APPROVE = "to_approve", _("work report to approve")
    SENT_BACK = "sent_back", _("work report sent back")
    APPROVED = "approved", _("work report approved")


class RemarkStage(models.TextChoices):
    """What is told of a leader's remark, the most urgent first."""

    UNANSWERED = "unanswered", _("a leader's remark, not reported on")
    TO_REPORT = "to_report", _("a leader's remark, on the last working day to report")
    GIVEN = "given", _("a leader's remark, assigned to you")
    ANSWERED = "answered", _("reported on your remark")
    SETTLED = "settled", _("a leader's remark that needs you no more")


class EditionStage(models.TextChoices):
    """What is told of a public edition."""

    TO_APPROVE = "ed_approve", _("public edition to approve")
    SENT_BACK = "ed_back", _("public edition sent back")
    APPROVED = "ed_done", _("public edition approved")


# The stages that ask somebody to report.
ASSIGNING = (RemarkStage.UNANSWERED, RemarkStage.TO_REPORT, RemarkStage.GIVEN)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, officer: Officer) -> NoticeQuerySet:
        """Everybody reads their own inbox, nobody another's; a notice of which nothing is left is not there."""
        return self.filter(Exists(NoticeLine.objects.told().filter(notice=OuterRef("pk"))), officer=officer)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(models.Model):
    """One message to one officer, at once the inbox entry; it leaves the house on `send_on` (R10)."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    send_on = models.DateField(_("day"))
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-send_on", "-pk"]
        constraints = [
            # Everything for one officer on one day is one message (R10).
            models.UniqueConstraint(fields=["officer", "send_on"], name="schedules_notice_one_per_day"),
        ]
        indexes = [
            models.Index(fields=["officer"], condition=Q(read_at=None), name="schedules_notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.officer}, {self.send_on}"


class NoticeLineQuerySet(models.QuerySet["NoticeLine"]):
    def told(self) -> NoticeLineQuerySet:
        return self.filter(state=NoticeLine.State.TOLD)


# What a line may be about, of which it is about one.
ABOUT = ("obligation", "digest", "handover", "behind", "feedback", "report_version", "remark", "edition")


def _only(name: str) -> Q:
    return Q(**{f"{name}__isnull": False}, **dict.fromkeys(other for other in ABOUT if other != name))


class NoticeLine(models.Model):
    """One thing told: (obligation, stage, recipient), a digest that is ready, a hand-over to either side, who is behind
    in a unit, a step of an item of feedback, of a work report's text, of a leader's remark or of a public edition. A line that a later stage replaced before anybody
    was told, or that was met before it went out, says so in its state."""

    class State(models.TextChoices):
        TOLD = "told", _("told")
        SUPERSEDED = "superseded", _("superseded")
        CANCELLED = "cancelled", _("no longer needed")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="lines")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, null=True, related_name="notice_lines"
    )
    stage = models.CharField(
        max_length=10,
        choices=[
            *Stage.choices,
            ("digest", _("digest")),
            ("handover", _("hand-over")),
            ("behind", _("who is behind")),
            *((value, label) for value, label in FeedbackStage.choices if value not in Stage.values),
            *ReportStage.choices,
            *RemarkStage.choices,
            *EditionStage.choices,
        ],
    )
    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, null=True, related_name="notice_lines")
    handover = models.ForeignKey(
        Handover, on_delete=models.PROTECT, null=True, related_name="notice_lines", db_index=False
    )  # the constraint's index leads with it
    behind = models.ForeignKey(
        BehindReport, on_delete=models.PROTECT, null=True, related_name="notice_lines", db_index=False
    )  # the same
    feedback = models.ForeignKey(
        Feedback, on_delete=models.PROTECT, null=True, related_name="notice_lines", db_index=False
    )  # the same
    report_version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, null=True, related_name="notice_lines", db_index=False
    )  # the same
    remark = models.ForeignKey(
        Remark, on_delete=models.PROTECT, null=True, related_name="notice_lines", db_index=False
    )  # the same
    edition = models.ForeignKey(
        PublicEdition, on_delete=models.PROTECT, null=True, related_name="notice_lines", db_index=False
    )  # the same
    about_on = models.DateField(null=True)  # the day that a step of feedback warns of
    # Of several steps of one day which one: the deed on the item or remark, or the how manieth time that a report or edition changed hands.
    occasion = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.TOLD)
    created_at = models.DateTimeField(default=timezone.now)

    objects = NoticeLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["pk"]
        constraints = [
            # Told once in its life, whatever crashes, runs twice or runs late (R10).
            models.UniqueConstraint(
                fields=["obligation", "stage", "recipient"], name="schedules_line_told_once"
            ),
            models.UniqueConstraint(fields=["digest", "recipient"], name="schedules_line_digest_told_once"),
            models.UniqueConstraint(
                fields=["handover", "recipient"], name="schedules_line_handover_told_once"
            ),
            models.UniqueConstraint(fields=["behind", "recipient"], name="schedules_line_behind_told_once"),
            # A step of feedback is told once for each day that it warns of, and each time that it is taken.
            models.UniqueConstraint(
                fields=["feedback", "stage", "about_on", "occasion", "recipient"],
                name="schedules_line_feedback_told_once",
            ),
            models.UniqueConstraint(
                fields=["report_version", "stage", "occasion", "recipient"],
                name="schedules_line_report_told_once",
            ),
            models.UniqueConstraint(
                fields=["remark", "stage", "occasion", "recipient"], name="schedules_line_remark_told_once"
            ),
            models.UniqueConstraint(
                fields=["edition", "stage", "occasion", "recipient"], name="schedules_line_edition_told_once"
            ),
            models.CheckConstraint(
                condition=reduce(or_, (_only(name) for name in ABOUT)), name="schedules_line_about_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(feedback=None, about_on=None) | Q(feedback__isnull=False, about_on__isnull=False),
                name="schedules_line_feedback_of_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.about}"

    @property
    def about(self) -> models.Model | None:
        return next((thing for name in ABOUT if (thing := getattr(self, name))), None)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.RESEND) -> DeliveryQuerySet:
        """Those to officers of the units that one looks after."""
        return self.filter(access.reach(officer, deed).q(unit="notice__officer__unit__", own=Q(pk__in=[])))

    def failed(self) -> DeliveryQuerySet:
        """What did not arrive, or may not have (R11)."""
        return self.filter(state__in=[Delivery.State.DEAD, Delivery.State.UNKNOWN])

    def waiting(self) -> DeliveryQuerySet:
        """Those whose message has left on no channel, nor may have: what stands in it can still change."""
        leaving = Delivery.objects.filter(Q(state=Delivery.State.CLAIMED) | Delivery.LEFT)
        return self.filter(~Exists(leaving.filter(notice=OuterRef("notice"))), state=Delivery.State.PENDING)

    def left(self) -> DeliveryQuerySet:
        """Those that have left the house or may have, and those given up: what stands in their message was told."""
        return self.filter(Delivery.LEFT)


class Delivery(models.Model):
    """One notice on one outside channel (R11). `message_id` stays the same however often it is sent."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        GATEWAY = "gateway", _("chat or SMS")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        CLAIMED = "claimed", _("taken up")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("outcome unknown")
        DEAD = "dead", _("given up")
        SUPERSEDED = "superseded", _("superseded")
        CANCELLED = "cancelled", _("no longer needed")

    LEFT = Q(state__in=[State.SENDING, State.SENT, State.UNKNOWN, State.DEAD]) | Q(may_have_left=True)

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254, blank=True)  # where it last went
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    may_have_left = models.BooleanField(
        default=False
    )  # an attempt ended without a clear word; never forgotten
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    claim_token = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    # Superseded by this one of a later day, which tells its notice too.
    taken_up_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="schedules_delivery_once_per_channel"),
        ]
        indexes = [
            # What a pass takes up: small, because everything sent falls out of it.
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=["pending", "claimed", "sending", "unknown"]),
                name="schedules_delivery_to_do",
            ),
            # What is shown until it is sent again: the health page and its twin count it every minute.
            models.Index(
                fields=["state"], condition=Q(state__in=["dead", "unknown"]), name="schedules_delivery_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice}, {self.get_channel_display()}, {self.get_state_display()}"

    @classmethod
    def of(cls, notice: Notice, channel: str, not_before: dt.datetime) -> Delivery:
        """A delivery not yet saved. Its message id is made of ids alone, so that nothing can give it another."""
        host = urlsplit(settings.BASE_URL).hostname
        message_id = f"<notice-{notice.pk}.{channel}@{host}>"
        return cls(notice=notice, channel=channel, message_id=message_id, next_attempt_at=not_before)
