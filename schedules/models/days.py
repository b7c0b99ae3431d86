"""Days that the bureau itself declares on or off, over what the statutory calendar says (R9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayOverride(models.Model):
    """One day made a working day or a day off."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"), default=False)
    note = models.CharField(_("note"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}"


class KnownYear(models.Model):
    """A year whose official notice an administrator has entered, so that its make-up days are complete (R9)."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)

    class Meta:
        verbose_name = _("known year")
        verbose_name_plural = _("known years")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
