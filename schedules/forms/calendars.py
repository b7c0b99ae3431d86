"""A new subscription, and whose calendar to download."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.filters.base import suggesting
from contacts.forms.fields import DayField
from contacts.models import Officer, Unit


class FeedForm(forms.Form):
    name = forms.CharField(
        label=_("For which device or program"),
        max_length=50,
        help_text=_("So that you know which one to revoke."),
    )
    with_names = forms.BooleanField(
        label=_("Show people's names"),
        required=False,
        help_text=_("Whoever sees the calendar sees them. Phone numbers and notes are never in it."),
    )
    with_alarm = forms.BooleanField(
        label=_("Ring at nine on the day"), required=False, help_text=_("Google and Outlook ignore this.")
    )


class DownloadForm(forms.Form):
    """The calendar of one officer, or of a unit and all below it."""

    officer = forms.CharField(
        label=_("Officer"), required=False, max_length=50, widget=forms.TextInput(attrs=suggesting("officer"))
    )
    unit = forms.ChoiceField(label=_("or unit"), required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)

    def __init__(self, data: Any, *, officer: Officer) -> None:
        super().__init__(data)
        self.viewer = officer
        units = Unit.objects.visible_to(officer, Deed.EXPORT).open()
        self.fields["unit"].choices = [("", _("none")), *((unit.code, str(unit)) for unit in units)]  # type: ignore[attr-defined]

    def clean_officer(self) -> Officer | None:
        words = self.cleaned_data["officer"].strip()
        if not words:
            return None
        number = words.split()[0]
        officers = Officer.objects.visible_to(self.viewer, Deed.EXPORT)
        found = list(officers.filter(police_number=number)) or list(officers.search(words)[:2])
        if len(found) != 1:
            raise ValidationError(_("Write the police number of an officer of your units."))
        return found[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("officer")) == bool(cleaned.get("unit")):
            raise ValidationError(_("Choose an officer or a unit."))
        return cleaned

    def address(self) -> str:
        asked = self.cleaned_data
        span = {name: asked[name].isoformat() for name in ("since", "until") if asked.get(name)}
        if asked.get("officer"):
            path = reverse("schedules:calendar-officer", args=[asked["officer"].police_number])
        else:
            path = reverse("schedules:calendar-unit", args=[asked["unit"]])
        return f"{path}?{urlencode(span)}" if span else path
