"""Conduct reports: what is said about officers, sealed (R13). A table of its own, with random ids and encrypted text,
that no list, count, search, timeline or export touches."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from contacts.models.units import Unit


class ConductReport(models.Model):
    """A sealed report. Who filed it is not kept here, and whoever filed it can not read it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    about_officers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("about officers")
    )
    about_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("about unit")
    )
    text = EncryptedTextField(_("what was reported"))
    filed_on = models.DateField(
        _("filed on")
    )  # a day, not an instant: it must not be matched with a call log

    class Meta:
        verbose_name = _("conduct report")
        verbose_name_plural = _("conduct reports")

    def __str__(self) -> str:
        return str(self.pk)


class ConductSource(models.Model):
    """Who said it, apart from what was said."""

    report = models.OneToOneField(
        ConductReport, on_delete=models.PROTECT, primary_key=True, related_name="source"
    )
    text = EncryptedTextField(_("source"))

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return str(self.pk)


class ConductAssignment(models.Model):
    """A reviewer on a case; nobody else opens it."""

    report = models.ForeignKey(ConductReport, on_delete=models.PROTECT, related_name="assignments")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(fields=["report", "reviewer"], name="contacts_conduct_assigned_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ConductOpening(models.Model):
    """Every opening, with its reason."""

    report = models.ForeignKey(ConductReport, on_delete=models.PROTECT, related_name="openings")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="contacts_conduct_opened_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
