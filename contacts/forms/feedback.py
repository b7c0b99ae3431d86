"""What a person said, and its way: assigned, answered, closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import ClockField, DayField, SubmissionField
from contacts.models import ContactRecord, Feedback, Officer, Unit

NEW = "new"
OFFERED = 5  # recent contacts in which the person may have been told


class FeedbackForm(forms.ModelForm):
    """An opinion that came by itself: in a letter, at the desk, in the street; or a formal suggestion or proposal, which
    comes with a document."""

    received_on = DayField(label=_("Received on"))
    submission = SubmissionField()

    class Meta:
        model = Feedback
        fields = ["kind", "document_number", "text", "topic", "received_on"]
        widgets = {"kind": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "document_number": _("Of a formal suggestion or proposal; its clock is the statutory one.")
        }

    def __init__(self, data: Any = None, *, day: dt.date, **kwargs: Any) -> None:
        super().__init__(data, **{"initial": {"received_on": day}} | kwargs)
        self.day = day

    def clean_received_on(self) -> dt.date:
        received_on = self.cleaned_data["received_on"]
        if received_on > self.day:
            raise ValidationError(_("This day lies in the future."))
        return received_on

    def clean_document_number(self) -> str:
        number: str = self.cleaned_data["document_number"]
        if number and Feedback.objects.filter(document_number=number).exists():
            raise ValidationError(_("This document has been entered already."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        formal = cleaned.get("kind") not in {None, Feedback.Kind.ORAL}
        number = cleaned.get("document_number")
        if formal and not number and "document_number" not in self.errors:
            self.add_error(
                "document_number", _("A formal suggestion or proposal has one. Enter it as it is printed.")
            )
        if number and cleaned.get("kind") == Feedback.Kind.ORAL:
            self.add_error("kind", _("What has a document number is a formal suggestion or a proposal."))
        return cleaned

    def feedback(self, stakeholder: Any) -> Feedback:
        """The item, not yet saved."""
        item: Feedback = self.save(commit=False)
        item.stakeholder, item.submission = stakeholder, self.cleaned_data["submission"]
        return item


class AssignForm(forms.Form):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, units: Any, item: Feedback, **kwargs: Any) -> None:
        super().__init__(data, **{"initial": {"unit": item.unit_id}} | kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if item.state in {Feedback.State.ANSWERED, Feedback.State.CLOSED}:
            self.fields["note"].label, self.fields["note"].required = _("Why it is opened again"), True


class AnswerForm(forms.Form):
    """The answer, and the contact in which the person was told: one that stands, or one logged right here."""

    answer = forms.CharField(
        label=_("What the person was told"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    result = forms.ChoiceField(label=_("Result"), choices=Feedback.Result.choices, widget=forms.RadioSelect)
    review_on = DayField(
        label=_("To be looked at again on"), required=False, help_text=_("For any result but solved.")
    )
    told_in = forms.ChoiceField(label=_("Told in"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactRecord.Kind.choices, required=False)
    day = DayField(label=_("Day"), required=False)
    time = ClockField(label=_("Time"), required=False)
    submission = SubmissionField()

    def __init__(self, data: Any = None, *, item: Feedback, now: dt.datetime, **kwargs: Any) -> None:
        local = timezone.localtime(now)
        super().__init__(
            data,
            **{"initial": {"told_in": NEW, "day": local.date(), "time": local.time(), "kind": "call"}}
            | kwargs,
        )
        self.item, self.now = item, now
        since = ContactRecord.objects.reached().filter(
            stakeholder=item.stakeholder_id, occurred_on__gte=item.received_on
        )
        self.records = {str(record.pk): record for record in since.order_by("-occurred_at")[:OFFERED]}
        self.fields["told_in"].choices = [  # type: ignore[attr-defined]
            (NEW, _("a contact not logged yet:")),
            *((pk, str(record)) for pk, record in self.records.items()),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        unsolved = cleaned.get("result") not in {None, Feedback.Result.SOLVED}
        if unsolved and not cleaned.get("review_on") and "review_on" not in self.errors:
            self.add_error(
                "review_on", _("Any result but solved needs a day on which it is looked at again.")
            )
        if cleaned.get("told_in") == NEW:
            self._clean_new(cleaned)
        return cleaned

    def _clean_new(self, cleaned: dict[str, Any]) -> None:
        for name in ("kind", "day", "time"):
            if cleaned.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("Say how and when the person was told."))
        if cleaned.get("day") and cleaned.get("time") is not None:
            cleaned["occurred_at"] = from_current_timezone(
                dt.datetime.combine(cleaned["day"], cleaned["time"])
            )
            if cleaned["occurred_at"] > self.now:
                self.add_error("day", _("This lies in the future. Enter when the person was told."))

    def new_record(self, officer: Officer) -> ContactRecord | None:
        """The contact to log, not yet saved; None when one that stands was named."""
        told = self.cleaned_data
        if told["told_in"] != NEW:
            return None
        return ContactRecord(
            stakeholder=self.item.stakeholder,
            officer=officer,
            kind=told["kind"],
            outcome=ContactRecord.Outcome.REACHED,
            occurred_at=told["occurred_at"],
            summary=told["answer"][:2000],
            submission=told["submission"],
        )


class CloseForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
