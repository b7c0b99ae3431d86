"""What somebody decided about two people who may be one: that they are not, or that they were one all along."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access
from contacts.models.journal import Journal
from contacts.models.stakeholders import Stakeholder

if TYPE_CHECKING:
    from contacts.models.officers import Officer


NO_NUMBER = 10**11  # numbers from here on name nobody; longer ones do not even fit a column


class DistinctQuerySet(models.QuerySet["Distinct"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.EDIT_ROSTER) -> DistinctQuerySet:
        """Those both of whose people are within reach."""
        people = Stakeholder.objects.visible_to(officer, deed).order_by().values("pk")
        return self.filter(first__in=people, second__in=people)

    def among(self, people: Collection[int]) -> set[tuple[int, int]]:
        """The decided pairs of these people, the older number first."""
        found: set[tuple[int, int]] = set()
        pks = sorted(people)
        for start in range(0, len(pks), 2000):
            rows = self.filter(first__in=pks[start : start + 2000])
            found.update(rows.values_list("first", "second"))
        return {pair for pair in found if pair[1] in people}

    def of(self, person: Stakeholder) -> DistinctQuerySet:
        return self.filter(Q(first=person) | Q(second=person))


class Distinct(models.Model):
    """Two people of whom somebody said that they are not one: nobody is asked again."""

    first = models.ForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="distinct_from_later")
    second = models.ForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="distinct_from_earlier")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DistinctQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of different people")
        verbose_name_plural = _("pairs of different people")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="contacts_distinct_in_order"),
            # Two coordinators deciding at once decide once.
            models.UniqueConstraint(fields=["first", "second"], name="contacts_distinct_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.EDIT_ROSTER) -> MergeQuerySet:
        """The merges into people within reach."""
        people = Stakeholder.objects.visible_to(officer, deed).order_by()
        return self.filter(survivor_number__in=people.values("pk"))

    def standing(self) -> MergeQuerySet:
        return self.filter(unmerged_at=None)

    def successors(self, numbers: Collection[int]) -> dict[int, int]:
        """Number of somebody who was absorbed → the number under which they stand now. Who was not has no entry."""
        found: dict[int, int] = {}
        asked = {number: number for number in numbers if number < NO_NUMBER}  # where each stands so far
        while asked:
            step = self.standing().filter(absorbed_number__in=set(asked.values()))
            into = dict(step.values_list("absorbed_number", "survivor_number"))
            asked = {number: into[at] for number, at in asked.items() if at in into}
            found |= asked
        return found


class Merge(models.Model):
    """Two who were one all along: the absorbed number leads to the survivor's. Plain numbers, not keys: the row of the
    absorbed is gone, and comes back under its number when the merge is taken back."""

    survivor_number = models.BigIntegerField()
    absorbed_number = models.BigIntegerField()
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, related_name="merge")
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    unmerged_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-pk"]
        constraints = [
            # One number leads to one person; it is also how a number is found.
            models.UniqueConstraint(
                fields=["absorbed_number"], condition=Q(unmerged_at=None), name="contacts_merge_absorbed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["survivor_number"], name="contacts_merge_into"),  # the page of a person
        ]

    def __str__(self) -> str:
        return f"L{self.absorbed_number:06d} → L{self.survivor_number:06d}"
