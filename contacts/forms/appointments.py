"""Appointments: anew for another term, ended early, and their certificates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.appointing import DAY, Certificate, Kept
from contacts.forms.fields import DayField
from contacts.models import Seat


class TermForm(forms.Form):
    """From when until when a new term lasts."""

    starts_on = DayField(label=_("New term from"))
    ends_on = DayField(label=_("Until"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("A term can not end before it begins."))
        return cleaned


class RenewForm(TermForm):
    """One appointment; it offers a term as long as the last one, from the day after it."""

    certificate = forms.CharField(
        label=_("Certificate number"),
        max_length=Seat._meta.get_field("certificate").max_length,
        required=False,
        help_text=_("The same one goes on; a new one is entered here, and the old certificate is collected."),
    )

    def __init__(self, data: Any = None, *, seat: Seat, today: dt.date) -> None:
        start = (seat.ended_on + DAY) if seat.ended_on else today
        initial = {"starts_on": start, "ends_on": _as_long(seat, start), "certificate": seat.certificate}
        super().__init__(data, initial=initial)
        self.fields["ends_on"].required = False
        self.fields["ends_on"].help_text = _("Empty: until further notice.")


def _as_long(seat: Seat, start: dt.date) -> dt.date | None:
    """The last day of a term of as many years as the last one; None where it had none."""
    if not (seat.started_on and seat.ended_on):
        return None
    years = max(1, round((seat.ended_on - seat.started_on).days / 365.25))
    if (start.month, start.day) == (2, 29):
        start += DAY
    return start.replace(year=start.year + years) - DAY


class RenewManyForm(TermForm):
    certificates = forms.ChoiceField(
        label=_("Certificates"), choices=Kept.choices, initial=Kept.NUMBER, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["starts_on"].required = False
        self.fields["starts_on"].help_text = _("Empty: each goes on after its own last day.")


class EndEarlyForm(forms.Form):
    last_day = DayField(label=_("Last day"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=Seat._meta.get_field("end_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def happened(day: dt.date | None, today: dt.date) -> dt.date | None:
    if day and day > today:
        raise ValidationError(_("This day lies in the future."))
    return day


class CertificateForm(forms.Form):
    """When one certificate went out and came back; empty where that is not known, or has not been."""

    handed_out_on = DayField(label=_("Handed out on"), required=False)
    collected_on = DayField(label=_("Collected on"), required=False)

    def __init__(self, data: Any = None, *, seat: Seat, today: dt.date) -> None:
        super().__init__(data, initial={name: getattr(seat, name) for name in self.base_fields})
        self.today = today

    def clean_handed_out_on(self) -> dt.date | None:
        return happened(self.cleaned_data["handed_out_on"], self.today)

    def clean_collected_on(self) -> dt.date | None:
        return happened(self.cleaned_data["collected_on"], self.today)


class CertificatesForm(forms.Form):
    """What became of many certificates on one day."""

    what = forms.ChoiceField(
        label=_("The certificates were"), choices=Certificate.choices, widget=forms.RadioSelect
    )
    day = DayField(label=_("Day"))

    def __init__(self, data: Any = None, *, today: dt.date, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={"day": today} | initial)
        self.today = today

    def clean_day(self) -> dt.date | None:
        return happened(self.cleaned_data["day"], self.today)
