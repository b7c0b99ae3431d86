"""A new subscription, whose calendar to download, and for whose officers to have calendars made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed, reach
from contacts.filters.base import suggesting
from contacts.forms.fields import DayField
from contacts.models import Officer, Stakeholder, Unit


class UnitChoice(forms.ModelChoiceField):
    """The units whose people the officer may take out, every one; there may be none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), to_field_name="code", **kwargs)

    def offer(self, officer: Officer) -> bool:
        within = reach(officer, Deed.EXPORT).q(unit="", own=Q(pk__in=[]))
        self.queryset = Unit.objects.open().filter(within)
        return self.queryset.exists()


class PersonField(forms.CharField):
    """A person by number or by what finds them alone."""

    def __init__(self, **kwargs: Any) -> None:
        suggested = forms.TextInput(attrs=suggesting("stakeholder"))
        super().__init__(max_length=60, required=False, widget=suggested, **kwargs)

    @staticmethod
    def find(words: str, viewer: Officer) -> Stakeholder | None:
        words = words.strip()
        if not words:
            return None
        people = Stakeholder.objects.visible_to(viewer, Deed.EXPORT)
        found = list(people.search(words.split()[0])[:2])
        if len(found) != 1:
            found = list(people.search(words)[:2])
        if len(found) != 1:
            raise ValidationError(_("Write the number of a person whom you may take out, like L000123."))
        return found[0]


class FeedForm(forms.Form):
    """For one's own contacts, unless a unit or a person is named."""

    name = forms.CharField(
        label=_("For which device or program"),
        max_length=50,
        help_text=_("So that you know which one to revoke."),
    )
    of_unit = UnitChoice(
        label=_("Whose contacts"),
        required=False,
        empty_label=_("my own"),
        help_text=_("Of a unit, with all units below it."),
    )
    stakeholder = PersonField(
        label=_("or those with one person"), help_text=_("Whoever is responsible for them.")
    )
    with_names = forms.BooleanField(
        label=_("Show people's names"),
        required=False,
        help_text=_("Whoever sees the calendar sees them. Phone numbers and notes are never in it."),
    )
    with_alarm = forms.BooleanField(
        label=_("Ring at nine on the day"), required=False, help_text=_("Google and Outlook ignore this.")
    )

    def __init__(self, data: Any = None, *, officer: Officer, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.viewer = officer
        if not self.fields["of_unit"].offer(officer):  # type: ignore[attr-defined]
            del self.fields["of_unit"]
            self.fields["stakeholder"].label = _("Only those with one person")

    def clean_stakeholder(self) -> Stakeholder | None:
        return PersonField.find(self.cleaned_data["stakeholder"], self.viewer)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("of_unit") and cleaned.get("stakeholder"):
            raise ValidationError(_("Choose a unit or a person, not both."))
        return cleaned

    @property
    def asked(self) -> dict[str, Any]:
        """As `feeds.subscribe` takes it."""
        asked = dict(self.cleaned_data)
        return {"of_person": asked.pop("stakeholder"), **asked}


class FileForm(forms.Form):
    """What is asked of files alike."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)
    without_names = forms.BooleanField(label=_("Without people's names"), required=False)
    with_alarm = forms.BooleanField(label=_("Ring at nine on the day"), required=False)


class DownloadForm(FileForm):
    """The calendar of one officer, of a unit and all below it, or of one person."""

    officer = forms.CharField(
        label=_("Officer"), required=False, max_length=50, widget=forms.TextInput(attrs=suggesting("officer"))
    )
    unit = forms.ChoiceField(label=_("or unit"), required=False)
    stakeholder = PersonField(label=_("or person"))
    field_order = ["officer", "unit", "stakeholder"]

    def __init__(self, data: Any, *, officer: Officer) -> None:
        super().__init__(data, auto_id="download_%s")  # another form of the page has some of these names
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

    def clean_stakeholder(self) -> Stakeholder | None:
        return PersonField.find(self.cleaned_data["stakeholder"], self.viewer)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = [name for name in ("officer", "unit", "stakeholder") if cleaned.get(name)]
        if not self.errors and len(named) != 1:
            raise ValidationError(_("Choose an officer, a unit or a person."))
        return cleaned

    def address(self) -> str:
        asked = self.cleaned_data
        wanted = {name: asked[name].isoformat() for name in ("since", "until") if asked.get(name)}
        wanted |= {name: "on" for name in ("without_names", "with_alarm") if asked.get(name)}
        if asked.get("officer"):
            path = reverse("schedules:calendar-officer", args=[asked["officer"].police_number])
        elif asked.get("unit"):
            path = reverse("schedules:calendar-unit", args=[asked["unit"]])
        else:
            path = reverse("schedules:calendar-person", args=[asked["stakeholder"].pk])
        return f"{path}?{urlencode(wanted)}" if wanted else path


class SetForm(FileForm):
    """For the officers of which unit a calendar each is made."""

    unit = UnitChoice(label=_("Unit"), empty_label=None, help_text=_("With all units below it."))
    field_order = ["unit"]

    def __init__(self, data: Any, *, officer: Officer, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.may_ask = self.fields["unit"].offer(officer)  # type: ignore[attr-defined]
