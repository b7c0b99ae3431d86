"""Fields that several forms share: a day, a time, and the mark that a form was sent once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EARLIEST = dt.date(1990, 1, 1)  # a year typed wrongly, not a day of the bureau's


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: object) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, picked or typed as 2026-11-23."""

    def __init__(self, **kwargs) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d"], **{"widget": DayInput()} | kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day and day < EARLIEST:
            raise ValidationError(_("This day is before 1990; look at the year."))
        return day


def not_past(day: dt.date, today: dt.date) -> dt.date:
    """For deeds that count from a day on: what was, is not written anew."""
    if day < today:
        raise ValidationError(_("This day is over; choose today or a later one."))
    return day


class ClockField(forms.TimeField):
    """A time of the day, picked or typed as 14:05."""

    def __init__(self, **kwargs) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **{"widget": widget} | kwargs)


class SubmissionField(forms.UUIDField):
    """A hidden number of the form itself, so that sending it twice does its deed once."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


def happened_at(form: forms.BaseForm, now: dt.datetime) -> dt.datetime | None:
    """The instant that a form's `day` and `time` name; one that has not come yet is an error of the field that says so."""
    day, time = form.cleaned_data.get("day"), form.cleaned_data.get("time")
    if not day or time is None:
        return None
    instant = from_current_timezone(dt.datetime.combine(day, time))
    if instant > now:
        field = "day" if day > timezone.localtime(now).date() else "time"
        form.add_error(
            field, _("This lies in the future. Enter when the contact happened; plan a contact on its task.")
        )
    return instant


class ReasonForm(forms.Form):
    """Why: for everything that asks for a reason and nothing else."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def done(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Do it; what is refused stands on the form."""
    try:
        act()
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    return True
