"""Turnovers: the term of a body turns, and a new roster says who sits in it from then on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import access
from contacts.models.imports import ImportBatch
from contacts.models.journal import Journal
from contacts.models.stakeholders import Seat, Stakeholder
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer

# The kinds of body that have terms.
KINDS = [(kind.value, kind.label) for kind in (Seat.Kind.NPC_DEPUTY, Seat.Kind.CPPCC_MEMBER)]


class TurnoverQuerySet(models.QuerySet["Turnover"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.IMPORT) -> TurnoverQuerySet:
        """By the part of the bureau that the roster was taken for, as with imports."""
        return self.filter(access.reach(officer, deed).spans("batch__scope"))


class Turnover(models.Model):
    """One body's change to a new term. `batch` holds the roster's file, and its state is the turnover's: checked, then
    applied or dropped; an applied one can be taken back by its journal, once. An empty `body` means every seat of the
    kind and level whose holder stands in the charge of `unit` or below it."""

    STATES: dict[str, str | Promise] = {**dict(ImportBatch.State.choices), "taken_back": _("taken back")}

    batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, related_name="turnover")
    kind = models.CharField(_("kind"), max_length=20, choices=KINDS)
    level = models.CharField(_("level"), max_length=10, choices=Seat.Level)
    body = models.CharField(_("body"), max_length=100, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("people in the charge of")
    )
    term_number = models.PositiveSmallIntegerField(_("term"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    counts = models.JSONField(default=dict)  # group → people; once applied "paired" and "freed" too
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, editable=False, related_name="turnover"
    )

    objects = TurnoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn of a term")
        verbose_name_plural = _("turns of terms")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="contacts_turnover_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.body or f"{self.get_level_display()} · {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:turnover-detail", args=[self.pk])

    def waiting(self, batch: ImportBatch) -> Turnover | None:
        """One that waits for a confirmation with the same file, sent for the same part of the bureau, and the same words."""
        said = ("kind", "level", "body", "unit", "term_number", "starts_on", "ends_on")
        same = Turnover.objects.filter(**{name: getattr(self, name) for name in said})
        return same.filter(
            batch__state=ImportBatch.State.CHECKED, batch__sha256=batch.sha256, batch__scope=batch.scope
        ).first()

    @property
    def eve(self) -> dt.date:
        """The last day of the old term."""
        return self.starts_on - dt.timedelta(days=1)

    @property
    def state(self) -> str:
        return "taken_back" if self.journal and self.journal.taken_back_at else self.batch.state

    @property
    def state_label(self) -> str | Promise:
        return self.STATES[self.state]

    def is_of_body(self, seat: Seat, *, unnamed: bool = False) -> bool:
        """Is it a seat in this body? With `unnamed`, one whose body nobody wrote down counts too."""
        bodies = {self.body, ""} if unnamed else {self.body}
        return (seat.kind, seat.level) == (self.kind, self.level) and (not self.body or seat.body in bodies)

    def is_of_term(self, seat: Seat) -> bool:
        """Is a seat in this body already one of the new term?"""
        lasts = seat.ended_on is None or seat.ended_on >= self.starts_on
        begins = seat.started_on is not None and seat.started_on >= self.starts_on
        return begins or lasts and seat.term_number == self.term_number


class TurnoverLine(models.Model):
    """One person or row of a turnover: what becomes of them, and why (a key of `contacts.turnover.words.WHY`). Of a row
    that may mean `other`, or the row `other_row` [sheet, row], a coordinator decides."""

    class Group(models.TextChoices):
        CONTINUING = "continuing", _("continuing")
        ENDED = "ended", pgettext_lazy("group of people", "ended")
        NEW = "new", pgettext_lazy("group of people", "new")
        MOVED = "moved", _("moved")
        DOUBTFUL = "doubtful", _("doubtful")
        REFUSED = "refused", pgettext_lazy("group of people", "refused")

    class Choice(models.TextChoices):
        SAME = "same", _("the same")
        NEW = "new", _("somebody new")

    turnover = models.ForeignKey(Turnover, on_delete=models.CASCADE, related_name="lines")
    group = models.CharField(_("group"), max_length=10, choices=Group)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=100, blank=True)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    number = models.PositiveIntegerField(_("row"), null=True)  # null: not in the file
    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.SET_NULL, null=True, related_name="+")
    other = models.ForeignKey(Stakeholder, on_delete=models.SET_NULL, null=True, related_name="+")
    other_row = models.JSONField(null=True)
    why = models.CharField(max_length=20, blank=True)
    choice = models.CharField(max_length=4, choices=Choice, blank=True)
    changes = models.JSONField(default=dict)  # field → [before, after]
    issues = models.JSONField(default=list)  # as of an imported row

    class Meta:
        verbose_name = _("line of a turnover")
        verbose_name_plural = _("lines of turnovers")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["turnover", "group"], name="contacts_turnoverline_groups"),  # the preview
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_group_display()}"

    @property
    def place(self) -> tuple[str, int] | int | None:
        """Which row or person it is about, the same in every check of the file."""
        return self.stakeholder_id if self.number is None else (self.sheet, self.number)
