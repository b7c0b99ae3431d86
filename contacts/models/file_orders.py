"""Files that somebody asks for and the worker makes: who asked, how far it is, and where it lies."""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import access
from contacts.models.officers import Officer
from contacts.models.units import Unit

Order = TypeVar("Order", bound="FileOrder")


class FileOrderQuerySet(models.QuerySet[Order]):
    deed: access.Deed  # what one has to be allowed to do with the whole unit

    def visible_to(self, officer: Officer) -> Self:
        """What one asked for oneself: it holds what one could see then. Only while one may still have the whole unit."""
        reach = access.reach(officer, self.deed)
        return self.filter(reach.q(unit="unit__", own=Q(pk__in=[])), officer=officer)

    def due(self, now: dt.datetime) -> Self:
        """To be made: nobody has begun, or whoever did has not been heard of for the length of a lease."""
        waits = Q(state=FileOrder.State.WAITING)
        return self.filter(waits | Q(state=FileOrder.State.MAKING, leased_until__lte=now))


class FileOrder(models.Model):
    """A file about a unit and all below it (`contacts.file_making`). Whoever works on it holds `claim` until
    `leased_until`, and says so again and again; the file is there once it is whole."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a file", "waiting")
        MAKING = "making", _("being made")
        READY = "ready", pgettext_lazy("of a file", "ready")
        FAILED = "failed", _("could not be made")
        REMOVED = "removed", pgettext_lazy("of a file", "removed")

    DUE = (State.WAITING, State.MAKING)

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    asked_at = models.DateTimeField(default=timezone.now)
    asked_from = models.GenericIPAddressField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)  # of so many
    total = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=60, blank=True)  # its name in the storage
    ready_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]
        indexes = [
            # What the worker has to do, asked every minute.
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["waiting", "making"]),
                name="%(app_label)s_%(class)s_due",
            ),
        ]
