"""Moving a planned contact, saying why it is late, and counting a closed period again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import ClockField, DayField, ReasonForm
from schedules.models import Explanation, Obligation, PeriodClosing


class MoveForm(forms.Form):
    """`seen` is the number of the plan that the page showed; the page writes it, so that it is never the one before."""

    day = DayField(label=_("Planned on"))
    time = ClockField(
        label=_("At"), required=False, help_text=_("With an hour, calendars show it as an appointment.")
    )

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, owed: Obligation, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(data, **{"initial": {"day": owed.planned_on, "time": owed.planned_time}} | kwargs)
        first = max(owed.period_start, timezone.localdate(now))
        self.fields["day"].widget.attrs |= {"min": first.isoformat(), "max": owed.period_end.isoformat()}


class ExplanationForm(forms.Form):
    """Each reason is a button of its own, so that choosing sends the form."""

    reason = forms.ChoiceField(choices=Explanation.Reason.choices)
    text = forms.CharField(label=_("In a sentence"), max_length=200, required=False)


class RecountForm(ReasonForm):
    """A closed period, the newest first, and why."""

    period = forms.ChoiceField(label=_("Closed period"))

    field_order = ["period", "reason"]

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        keys = PeriodClosing.objects.order_by("-closed_at").values_list("period_key", flat=True)
        self.fields["period"].choices = [(key, key) for key in dict.fromkeys(keys)]  # type: ignore[attr-defined]
