"""Imports: which file brought what, by whom, and what became of each of its rows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.imports.issues import Refused
from contacts.models.journal import Journal
from contacts.models.stakeholders import Stakeholder

if TYPE_CHECKING:
    from contacts.models.officers import Officer


def stored_as(batch: ImportBatch, name: str) -> str:
    """Where an uploaded workbook, or what is to be mended in it, is kept; nothing of the name it came with is used."""
    return f"imports/{uuid.uuid4().hex}"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.IMPORT) -> ImportBatchQuerySet:
        """By the part of the bureau that the file was taken for, wherever its sender serves by now. What came for the
        turn of a term has its own pages."""
        return self.filter(access.reach(officer, deed).spans("scope"), turnover=None)

    def due(self) -> ImportBatchQuerySet:
        """To be checked or to be applied."""
        return self.filter(state__in=ImportBatch.DUE)

    def unmended(self) -> ImportBatchQuerySet:
        """With remarks on rows, and without the workbook that shows them to the sender."""
        remarks = Q(flagged_count__gt=0) | Q(rejected_count__gt=0)
        decided = Q(state__in=[ImportBatch.State.CHECKED, ImportBatch.State.APPLIED])
        return self.filter(decided, remarks, mended="").exclude(file="")

    def locked(self) -> ImportBatchQuerySet:
        """For the transaction, but for those that somebody else has: whoever works on a file holds its row."""
        return self.select_for_update(skip_locked=True, of=("self",))


class ImportBatch(models.Model):
    """One file. The worker checks it, somebody confirms it, the worker applies it in one transaction; or it is dropped
    or refused. What was applied can be taken back, as far as nobody touched it since. What is due, `state` says: a ring of
    the queue only makes it come sooner. `order` is who asked for the taking back, where it waits for the worker."""

    class Kind(models.TextChoices):
        UNITS = "units", _("units")
        OFFICERS = "officers", _("officers")
        DEPUTIES = "deputies", _("deputies and members")
        MEDIA = "media", _("media supervisors")
        PATROL = "patrol", _("patrol visitors")
        MONITORS = "monitors", _("discipline monitors")
        PAIRINGS = "pairings", _("pairings")
        CONTACTS = "contacts", _("contact records")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("being checked")
        CHECKED = "checked", _("waiting for confirmation")
        QUEUED = "queued", _("being imported")
        APPLIED = "applied", _("applied")
        DROPPED = "dropped", _("dropped")
        FAILED = "failed", _("could not be imported")
        TAKING_BACK = "taking_back", _("being taken back")
        TAKEN_BACK = "taken_back", _("taken back")

    IN_FLIGHT = (State.UPLOADED, State.CHECKED, State.QUEUED)
    DUE = (State.UPLOADED, State.QUEUED)  # the worker has something to do

    file_name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=stored_as, max_length=60, blank=True)
    mended = models.FileField(upload_to=stored_as, max_length=60, blank=True)  # the sheets, with what to mend
    group = models.UUIDField(default=uuid.uuid4, db_index=True)  # of the files that were sent together
    asked = models.CharField(max_length=10, default="auto")  # the kind, as the sender named it
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, blank=True)
    scope = models.CharField(max_length=1000, blank=True)  # the sender's subtrees; "" is everywhere
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UPLOADED)
    refusal = models.JSONField(
        default=dict
    )  # {code, …} of a file that was refused; imports/issues.py has the words
    attempts = models.PositiveSmallIntegerField(default=0)  # at what is due now
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    # Who asked for what is due, from where, in which language, when: the trail names them, though the worker writes it.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_from = models.GenericIPAddressField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=10, blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    pairings_from = models.DateField(_("pairings count from"))
    columns = models.JSONField(default=list)  # of the file, as the sender sees them; imports/columns.py
    wording = models.JSONField(default=dict)  # header → field, where the sender said so
    rows_count = models.PositiveIntegerField(_("rows"), default=0)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    flagged_count = models.PositiveIntegerField(_("to look at"), default=0)
    rejected_count = models.PositiveIntegerField(_("rejected"), default=0)
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="import_batch", editable=False
    )
    gone_count = models.PositiveIntegerField(_("gone again"), default=0)
    restored_count = models.PositiveIntegerField(_("as before"), default=0)
    stayed_count = models.PositiveIntegerField(_("stayed"), default=0)
    reason = models.CharField(_("reason"), max_length=500, blank=True)  # why it was taken back
    order = models.JSONField(null=True)  # {officer, address, via, reason}

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            # One file sent by many at once, for the same part of the bureau, is imported once. One by which terms turn may
            # wait for several bodies.
            models.UniqueConstraint(
                fields=["sha256", "asked", "pairings_from", "scope"],
                condition=Q(state__in=["uploaded", "checked", "queued"]) & ~Q(asked="turnover"),
                name="contacts_importbatch_one_in_flight",
            ),
        ]
        indexes = [
            # What the worker has to do, asked every minute.
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["uploaded", "queued"]),
                name="contacts_importbatch_due",
            ),
            # Was this file imported before?
            models.Index(fields=["sha256"], name="contacts_importbatch_sha256"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("contacts:import-detail", args=[self.pk])

    @property
    def may_be_taken_back(self) -> bool:
        """Applied, or taken back in part: then the rest may go."""
        taken_back = self.state == self.State.TAKEN_BACK and self.stayed_count
        return bool(self.journal_id) and (self.state == self.State.APPLIED or bool(taken_back))

    @property
    def state_in_words(self) -> str:
        if self.state == self.State.TAKEN_BACK and self.stayed_count:
            return gettext("taken back in part")
        return str(self.get_state_display())

    @property
    def refused_because(self) -> str:
        """Why the file was refused as a whole, in a sentence."""
        return str(Refused(**self.refusal).message) if self.refusal else ""

    @property
    def turn(self) -> int:
        """Files that were sent together build on each other in this order; what is not known yet comes last."""
        kinds = self.Kind.values
        return kinds.index(self.kind) if self.kind in kinds else len(kinds)

    @property
    def within(self) -> tuple[str, ...] | None:
        """The subtrees to which the sender was bound; None is everywhere."""
        return tuple(self.scope.split()) or None

    @property
    def is_due(self) -> bool:
        return self.state in self.DUE

    @property
    def siblings(self) -> ImportBatchQuerySet:
        """The other files that were sent together with this one."""
        return ImportBatch.objects.filter(group=self.group).exclude(pk=self.pk)


class ColumnMapping(models.Model):
    """What a header means that one officer's files of one kind use, as that officer told once."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ImportBatch.Kind)
    word = models.CharField(max_length=100)  # as tables.word gives it
    field = models.CharField(max_length=20, blank=True)  # "" leaves the column out

    class Meta:
        verbose_name = _("meaning of a column")
        verbose_name_plural = _("meanings of columns")
        constraints = [
            # A header means one thing.
            models.UniqueConstraint(
                fields=["officer", "kind", "word"], name="contacts_columnmapping_one_meaning"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} → {self.field}"


class ImportRow(models.Model):
    """What became of one row. `values` is what it said, kept where it said something new: the next import of the
    same seat, officer or unit (`key`) compares with it, and so tells a changed file from a changed record. What was taken
    back was never said. `group` is where the journal keeps what the row changed."""

    class Outcome(models.TextChoices):
        CREATED = "created", _("created")
        UPDATED = "updated", _("updated")
        UNCHANGED = "unchanged", _("unchanged")
        REJECTED = "rejected", _("rejected")
        NOTE = "note", _("no data")  # a remark on the sheet, say on its total

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=100, blank=True)
    issues = models.JSONField(
        default=list
    )  # of {code, column, …}; contacts/imports/issues.py puts them in words
    codes = models.CharField(max_length=300, blank=True)  # of the issues, each between blanks, to filter by
    changes = models.JSONField(default=dict)  # field → [before, after]
    values = models.JSONField(null=True)
    key = models.CharField(max_length=40, blank=True)
    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.SET_NULL, null=True, related_name="+")
    group = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        ordering = ["pk"]
        indexes = [
            # What the last import said of a seat, an officer or a unit.
            models.Index(
                fields=["key", "id"], condition=Q(values__isnull=False), name="contacts_importrow_said"
            ),
            # Which row brought what stayed when its import was taken back.
            models.Index(
                fields=["batch", "group", "id"],
                condition=Q(group__isnull=False),
                name="contacts_importrow_of_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}".strip()
