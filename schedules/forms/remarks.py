"""A leader's remark on a digest, and what is said about it afterwards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import DayField, SubmissionField
from contacts.forms.pairings import the_one
from contacts.forms.stand_ins import OfficerField
from contacts.models import Officer, Unit, UnitRole
from contacts.models.officers import OfficerQuerySet
from schedules.models import Remark

LENGTH = Remark._meta.get_field("text").max_length
ROWS = {"rows": 3}


class TextForm(forms.Form):
    """What was done, or why."""

    text = forms.CharField(label=_("Text"), max_length=LENGTH, widget=forms.Textarea(attrs=ROWS))


class AssigningForm(TextForm):
    """What is to be done, by whom and by when: by anybody who serves in the unit of the digest or below it."""

    assignee = OfficerField(label=_("Assigned to"))
    due_on = DayField(label=_("Report by"))

    def __init__(self, data: Any = None, *, unit: Unit, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.unit = unit

    @property
    def eligible(self) -> OfficerQuerySet:
        found = Officer.objects.active().filter(unit__path__startswith=self.unit.current().path)
        return found.select_related("unit")

    @property
    def offered(self) -> OfficerQuerySet:
        """Those who lead or coordinate there."""
        roles = UnitRole.objects.in_force().filter(role__in=[UnitRole.Role.LEADER, UnitRole.Role.COORDINATOR])
        return self.eligible.filter(roles__in=roles).distinct().order_by("unit__path", "pinyin")

    def clean_assignee(self) -> Officer:
        return the_one(self.cleaned_data["assignee"], self.eligible)


class RemarkForm(AssigningForm):
    text = forms.CharField(
        label=_("A leader's remark"),
        max_length=LENGTH,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_("What you ask for. Whoever it is assigned to reads it at once and reports back to you."),
    )
    submission = SubmissionField()
