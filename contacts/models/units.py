"""Units: the tree of bureau, county bureaus, stations, teams and departments."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts import access

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class UnitQuerySet(models.QuerySet["Unit"]):
    def subtree(self, unit: Unit) -> UnitQuerySet:
        """The unit and all below it."""
        return self.filter(path__startswith=unit.path)

    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> UnitQuerySet:
        """The units whose people the officer may look at; for own pairings, the officer's own unit."""
        return self.filter(access.reach(officer, deed).q(unit="", own=Q(pk=officer.unit_id)))

    def retrace(self) -> None:
        """Bring the path of every unit in line with the units above it."""
        below: dict[int | None, list[Unit]] = defaultdict(list)
        for each in self.all():
            below[each.parent_id].append(each)
        strayed: list[Any] = []
        waiting = [(unit, "") for unit in below[None]]
        while waiting:
            unit, above = waiting.pop()
            path = f"{above}{unit.code}/"
            waiting += [(lower, path) for lower in below[unit.pk]]
            if unit.path != path:
                unit.path = path
                strayed.append(unit)
        self.bulk_update(strayed, ["path"], batch_size=200)


class Unit(models.Model):
    """A node of the tree. `path` holds the codes from the root, each followed by a slash, so that one prefix
    comparison finds a subtree."""

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
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def save(self, **kwargs) -> None:
        self.path = self.path_below(self.parent)
        super().save(**kwargs)

    def path_below(self, parent: Unit | None) -> str:
        return f"{parent.path if parent else ''}{self.code}/"

    @property
    def depth(self) -> int:
        """0 for the bureau, 1 for what hangs from it directly, and so on."""
        return self.path.count("/") - 1

    def contains(self, other: Unit) -> bool:
        """Is `other` this unit or below it?"""
        return other.path.startswith(self.path)
