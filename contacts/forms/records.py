"""Logging a contact, and correcting one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import ClockField, DayField, SubmissionField, happened_at
from contacts.forms.topics import OFFERED_TOPICS, TopicField
from contacts.models import ContactRecord, Officer


class RecordForm(forms.ModelForm):
    """What a record says. `now` decides what lies in the future, and what the day and time start with."""

    day = DayField(label=_("Day"))
    time = ClockField(label=_("Time"))

    field_order = ["outcome", "kind", "day", "time", "summary", "promised"]

    class Meta:
        model = ContactRecord
        fields = ["outcome", "kind", "summary", "promised"]
        widgets = {
            "outcome": forms.RadioSelect,
            "kind": forms.RadioSelect,
            "summary": forms.Textarea(attrs={"rows": 3}),
            "promised": forms.TextInput(attrs={"placeholder": _("what, and until when")}),
        }

    def __init__(self, data: Any = None, *, now: dt.datetime, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        local = timezone.localtime(instance.occurred_at if instance else now)
        kwargs["initial"] = {"day": local.date(), "time": local.time()} | kwargs.get("initial", {})
        super().__init__(data, **kwargs)
        self.now = now
        kinds = ContactRecord.TALK_KINDS
        if instance and instance.kind == ContactRecord.Kind.BRIEFING:  # it went out as one, and stays one
            kinds = ((instance.kind, instance.get_kind_display()),)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["day"].widget.attrs["max"] = timezone.localtime(now).date().isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["occurred_at"] = happened_at(self, self.now)
        return cleaned

    def changes(self) -> dict[str, Any]:
        """What the record shall say, for `correct_contact`."""
        return {
            field: self.cleaned_data[field]
            for field in ("kind", "outcome", "occurred_at", "summary", "promised")
        }


class ContactForm(RecordForm):
    """A new contact, with what the person said. `makers` are the officers it may have been made by."""

    said = forms.CharField(
        label=_("Opinion or suggestion"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, **OFFERED_TOPICS}),
        help_text=_("In the person's words. It gets a number and a day by which it is answered."),
    )
    topic = TopicField()
    officer = forms.ModelChoiceField(
        Officer.objects.none(), label=_("Made by"), widget=forms.RadioSelect, required=False
    )
    submission = SubmissionField()

    field_order = [*RecordForm.field_order, "said", "topic", "officer", "submission"]

    def __init__(self, data: Any = None, *, makers: Sequence[Officer], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.makers = makers
        if len(makers) > 1:
            field = self.fields["officer"]
            field.queryset = Officer.objects.filter(pk__in=[maker.pk for maker in makers])  # type: ignore[attr-defined]
            field.initial, field.required = makers[0].pk, True
        else:
            del self.fields["officer"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("said", "").strip() and cleaned.get("outcome") != ContactRecord.Outcome.REACHED:
            self.add_error(
                "said",
                _("Only someone who was reached can have said this. Change the outcome, or leave it out."),
            )
        return cleaned

    @property
    def kind_label(self) -> str:
        """Of the kind that is chosen, for where the choice itself is folded away."""
        return str(dict(ContactRecord.Kind.choices).get(self["kind"].value(), ""))

    def record(self, stakeholder: Any) -> ContactRecord:
        """The record, not yet saved."""
        record: ContactRecord = super().save(commit=False)
        record.stakeholder = stakeholder
        record.officer = self.cleaned_data.get("officer") or self.makers[0]
        record.occurred_at = self.cleaned_data["occurred_at"]
        record.submission = self.cleaned_data["submission"]
        return record


def days_back(record: ContactRecord, now: dt.datetime) -> int:
    """How many days before `now` the contact happened."""
    return (timezone.localtime(now).date() - ContactRecord.day_of(record.occurred_at)).days
