"""Units: the tree of bureau, county bureaus, stations, teams and departments."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contacts import access

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class UnitQuerySet(models.QuerySet["Unit"]):
    def subtree(self, unit: Unit) -> UnitQuerySet:
        """The unit and all below it."""
        return self.filter(path__startswith=unit.path)

    def open(self) -> UnitQuerySet:
        """Those that are not closed: what is done from today on, is done in these."""
        return self.filter(closed_on=None)

    def of_no_county(self) -> UnitQuerySet:
        """The bureau itself and what hangs from it beside the counties."""
        counties = Unit.objects.filter(kind=Unit.Kind.COUNTY).alias(
            below=ExpressionWrapper(OuterRef("path"), CharField())
        )
        return self.filter(~Exists(counties.filter(below__startswith=F("path"))))

    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> UnitQuerySet:
        """The units whose people the officer may look at; for own pairings, the officer's own unit."""
        return self.filter(access.reach(officer, deed).q(unit="", own=Q(pk=officer.unit_id)))


class Unit(models.Model):
    """A node of the tree. `path` holds the codes from the root, each followed by a slash, so that one prefix
    comparison finds a subtree. A unit is never deleted: it closes, and one that was merged hangs below the unit it became
    part of, so that whoever is in charge there finds its history. What it was before stands in `UnitPast`."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("municipal bureau")
        COUNTY = "county", _("county bureau or branch")
        STATION = "station", _("police station")
        TEAM = "team", _("team")
        DEPARTMENT = "department", _("department")

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=50)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent unit"),
    )
    path = models.CharField(max_length=130, unique=True, editable=False)
    opened_on = models.DateField(
        _("opened on"), null=True, blank=True
    )  # its first day; null: before anybody knows
    closed_on = models.DateField(
        pgettext_lazy("of a unit", "closed on"), null=True, blank=True
    )  # its last day
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_in",
        verbose_name=_("became part of"),
    )

    as_of: dt.date | None = (
        None  # set on a unit as it was on a day: `contacts.unit_history` makes those, to be read
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["path"]
        constraints = [
            # Numbers of the whole bureau are those of the one unit above all others.
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(kind="bureau"),
                name="contacts_unit_only_a_bureau_is_a_root",
            ),
            # Only what is closed became part of another.
            models.CheckConstraint(
                condition=Q(successor=None) | Q(closed_on__isnull=False),
                name="contacts_unit_successor_of_a_closed_one",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gte=F("opened_on")),
                name="contacts_unit_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def save(self, **kwargs) -> None:
        if self.as_of:
            raise TypeError("A unit as it was on a day is for reading.")
        self.path = self.path_below(self.parent)
        super().save(**kwargs)

    def get_absolute_url(self) -> str:
        return reverse("contacts:unit-detail", args=[self.code])

    def path_below(self, parent: Unit | None) -> str:
        return f"{parent.path if parent else ''}{self.code}/"

    @property
    def depth(self) -> int:
        """0 for the bureau, 1 for what hangs from it directly, and so on."""
        return self.path.count("/") - 1

    def contains(self, other: Unit) -> bool:
        """Is `other` this unit or below it?"""
        return other.path.startswith(self.path)

    def current(self) -> Unit:
        """The unit that it is part of today: itself, or where mergers led."""
        unit = self
        while unit.successor:
            unit = unit.successor
        return unit

    @property
    def label(self) -> str:
        """What it is called where closed units stand beside open ones."""
        if self.closed_on is None:
            return str(self)
        return gettext("%(unit)s (closed %(day)s)") % {"unit": self, "day": self.closed_on}

    def exists_within(self, first: dt.date, last: dt.date) -> bool:
        """Was it there on one of the days, both inclusive?"""
        return (self.opened_on or first) <= last and (self.closed_on or last) >= first

    def absence(self, first: dt.date, last: dt.date) -> str:
        """Why nothing counts in it between these days; "" if it was there."""
        if self.exists_within(first, last):
            return ""
        if self.opened_on and self.opened_on > last:
            return gettext("%(unit)s was opened on %(day)s, after this period.") % {
                "unit": self,
                "day": self.opened_on,
            }
        if self.successor:
            return gettext("%(unit)s was closed on %(day)s and became part of %(into)s; look there.") % {
                "unit": self,
                "day": self.closed_on,
                "into": self.current(),
            }
        return gettext("%(unit)s was closed on %(day)s, before this period.") % {
            "unit": self,
            "day": self.closed_on,
        }


class UnitPast(models.Model):
    """What a unit was called, what it was and where it hung through the day `until`, and since the past before that.
    `contacts.unit_tree` writes one whenever one of these changes; between two changes on one day there was no day."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="pasts")
    until = models.DateField(_("until"))
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=50)
    kind = models.CharField(_("kind"), max_length=10, choices=Unit.Kind)
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("past of a unit")
        verbose_name_plural = _("pasts of units")
        ordering = ["until", "pk"]
        constraints = [
            # A day ends with one name and in one place. Serves "what was it on that day", too.
            models.UniqueConstraint(fields=["unit", "until"], name="contacts_unitpast_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name
