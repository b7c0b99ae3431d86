"""What is said on an officer's conduct, and what reviewers write on a case. Nothing here is remembered by a browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.forms.fields import DayField, DayInput, SubmissionField
from contacts.models import ConductReport, Officer, Unit

# Some browsers send what is spelled wrongly to their maker.
FORGET = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class ConductForm(forms.Form):
    """Whom it concerns is typed and not chosen: a list would tell who there is, and its address what was looked for."""

    whom = forms.CharField(
        label=_("Whom it concerns"),
        help_text=_(
            "Everybody it is about, leaders who let it happen too: police number or full name where they are known. "
            "They and those above them never get to read it. If nobody is known: what they looked like, a number plate."
        ),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, **FORGET}),
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Unit"),
        required=False,
        empty_label=_("Not known"),
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("What was reported"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 8, **FORGET})
    )
    source = forms.CharField(
        label=_("Who said it"),
        help_text=_(
            "Name, and how a reviewer reaches them. Kept apart from the text; opened only with a second reviewer's consent."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, **FORGET}),
    )
    told_on = DayField(label=_("Told on"), required=False, widget=DayInput(autocomplete="off"))
    submission = SubmissionField()

    def __init__(self, data: Any = None, *, day: dt.date) -> None:
        super().__init__(data)
        self.day = day
        self.fields["unit"].queryset = Unit.objects.open()  # type: ignore[attr-defined]
        self.fields["submission"].widget.attrs["autocomplete"] = "off"

    def clean_told_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["told_on"]
        if day and day > self.day:
            raise ValidationError(_("This day lies in the future."))
        return day


class ReasonField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, **FORGET})
        )


class OpenForm(forms.Form):
    reason = ReasonField()


class ReviewerForm(forms.Form):
    """One of the other reviewers who may have the case, and why."""

    reviewer = forms.ChoiceField(label=_("Reviewer"), widget=forms.RadioSelect)
    reason = ReasonField()

    def __init__(self, data: Any = None, *, others: Collection[Officer]) -> None:
        super().__init__(data)
        self.others = {other.police_number: other for other in others}
        self.fields["reviewer"].choices = [  # type: ignore[attr-defined]
            (number, f"{other.name} ({other.unit})") for number, other in self.others.items()
        ]

    @property
    def chosen(self) -> Officer:
        return self.others[self.cleaned_data["reviewer"]]


class ConsentForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("May the source be opened?"),
        choices=[("yes", pgettext_lazy("consent", "Yes, I consent")), ("no", pgettext_lazy("consent", "No"))],
        widget=forms.RadioSelect,
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("What was found out"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6, **FORGET})
    )
    state = forms.ChoiceField(
        label=_("The case is now"), choices=ConductReport.State.choices, widget=forms.RadioSelect
    )
