"""How an officer likes to see a list: views saved under a name, and what is remembered without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, officer: Officer) -> SavedViewQuerySet:
        """One's own, and nobody else's."""
        return self.filter(officer=officer)

    def named(self) -> SavedViewQuerySet:
        return self.exclude(name="")


class SavedView(models.Model):
    """Filter, order and columns of a listing, as the query of its address. The one without a name holds the columns,
    the order and the number of rows that count where the address says nothing: so a list asks for both at once."""

    MOST = 50  # of one officer, in all lists

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views"
    )
    listing = models.CharField(_("list"), max_length=30)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=50, blank=True)
    query = models.CharField(_("filter"), max_length=2000, blank=True)
    by_itself = models.BooleanField(_("shown by itself"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["listing", "name"]
        constraints = [
            # Saving under a name that one has replaces that view; and one thing is remembered of a list. It finds a
            # list's views as well.
            models.UniqueConstraint(fields=["officer", "listing", "name"], name="contacts_view_name_once"),
            # A list can show one view by itself.
            models.UniqueConstraint(
                fields=["officer", "listing"], condition=Q(by_itself=True), name="contacts_view_one_by_itself"
            ),
            models.CheckConstraint(
                condition=Q(by_itself=False) | ~Q(name=""), name="contacts_view_by_itself_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The query that shows it, also where another view is shown by itself."""
        return f"?{self.query or 'view=all'}"

    @property
    def asks(self) -> QueryDict:
        return QueryDict(self.query)
