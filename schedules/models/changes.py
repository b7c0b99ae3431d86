"""Whose facts have changed since planning last looked at them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangedFacts(models.Model):
    """A person whose seats, pairings, contacts or waivers changed. Triggers of the database write it (`schedules.changes`), so
    that whoever writes need not remember to say so. Never unique and never updated: two writers do not wait for each other,
    and what is written while a pass runs is there for the next one."""

    person = models.BigIntegerField()  # no foreign key: the person may be gone by then

    class Meta:
        verbose_name = _("changed facts")
        verbose_name_plural = _("changed facts")

    def __str__(self) -> str:
        return str(self.person)
