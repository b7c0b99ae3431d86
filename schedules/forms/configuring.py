"""Policies and working days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import DayField, ReasonForm
from contacts.models import ContactRecord, Seat
from schedules import configuring
from schedules.models import MINIMUM_DAYS, CyclePolicy, DayOverride, PolicyVersion, Stage

MANY = forms.CheckboxSelectMultiple


class SeenForm(forms.Form):
    """A form whose effect is shown before it is done: it is done when it comes back as it was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def show_as_seen(self) -> None:
        """Send it out with the mark of what it says now."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = self.mark()
        self.data = data

    def was_seen(self) -> bool:
        return constant_time_compare(self.cleaned_data["seen"], self.mark())

    def mark(self) -> str:
        says = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return salted_hmac("schedules.forms.seen", repr(sorted(says.items()))).hexdigest()


class VersionForm(SeenForm, forms.ModelForm):
    """What a policy says from a day on."""

    starts_on = DayField(
        label=_("From"), help_text=_("It counts for the periods that begin on or after this day.")
    )
    seat_kinds = forms.MultipleChoiceField(label=_("Owed to"), choices=Seat.Kind.choices, widget=MANY)
    levels = forms.MultipleChoiceField(
        label=_("At these levels"),
        choices=Seat.Level.choices,
        widget=MANY,
        required=False,
        help_text=_("None ticked means every level."),
    )
    stand_in_kinds = forms.MultipleChoiceField(
        label=_("What stands in for it"), choices=ContactRecord.TALK_KINDS, widget=MANY, required=False
    )
    minimum_days = forms.IntegerField(
        label=_("Minimum days"),
        min_value=1,
        max_value=366,
        required=False,
        help_text=_(
            "On how many days of a period someone must have held the seat and been paired; empty for the usual number."
        ),
    )
    stages = forms.MultipleChoiceField(
        label=_("Reminders"), choices=Stage.choices, widget=MANY, required=False
    )

    class Meta:
        model = PolicyVersion
        fields = [
            "starts_on",
            "kind",
            "cadence",
            "seat_kinds",
            "levels",
            "stand_in_kinds",
            "minimum_days",
            "stages",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("minimum_days") is None and cleaned.get("cadence"):
            cleaned["minimum_days"] = MINIMUM_DAYS[cleaned["cadence"]]
        cleaned["stand_in_kinds"] = [
            kind for kind in cleaned.get("stand_in_kinds", []) if kind != cleaned.get("kind")
        ]
        return cleaned

    def version(self) -> PolicyVersion:
        """What it says, not saved."""
        return self.save(commit=False)


class PolicyForm(VersionForm):
    """A new policy: its name, and what it says."""

    name = forms.CharField(
        label=_("Name of the policy"), max_length=CyclePolicy._meta.get_field("name").max_length
    )

    field_order = ["name", *VersionForm.Meta.fields]


class EndPolicyForm(SeenForm, ReasonForm):
    starts_on = DayField(
        label=_("From"), help_text=_("Nothing is owed for the periods that begin on or after this day.")
    )

    field_order = ["starts_on", "reason"]

    def __init__(self, *args: Any, policy: CyclePolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy

    def version(self) -> PolicyVersion:
        return configuring.ended_from(self.policy, self.cleaned_data["starts_on"])


class DayForm(forms.Form):
    """One day, or a span of them."""

    day = DayField(label=_("Day"))
    until = DayField(
        label=_("Until"), required=False, help_text=_("The last day, included; empty for the one day.")
    )
    is_working = forms.TypedChoiceField(
        label=_("This day is"),
        choices=[("no", _("a day off")), ("yes", _("a working day"))],
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=DayOverride._meta.get_field("note").max_length
    )
