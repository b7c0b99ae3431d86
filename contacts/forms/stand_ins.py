"""Who stands in for whom, from when until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.forms.fields import DayField, not_past
from contacts.forms.pairings import pairable, the_one
from contacts.models import Officer
from contacts.models.officers import OfficerQuerySet


class OfficerField(forms.CharField):
    """An officer by police number or name; the page has a `<datalist id="officers">`."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "officers", "autocomplete": "off"})
        super().__init__(widget=widget, help_text=_("Police number or name."), **kwargs)


class StandInForm(forms.Form):
    """Whoever may pair names one for any officer within reach; everybody one for themselves, from their own unit."""

    absent = OfficerField(label=_("Absent officer"))
    stand_in = OfficerField(label=_("Stand-in"))
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Until"), help_text=_("The last day, included."))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, editor: Officer, day: dt.date, wanted: Mapping[str, Any] | None = None
    ) -> None:
        """`wanted`: what a link to the form fills in."""
        super().__init__(data, initial={"starts_on": day, **(wanted or {})})
        self.editor, self.day = editor, day
        self.may_pair = editor.rights.may(Deed.PAIR)
        if not self.may_pair:
            del self.fields["absent"]

    @property
    def colleagues(self) -> OfficerQuerySet:
        return Officer.objects.active().filter(unit=self.editor.unit_id).select_related("unit")

    @property
    def eligible(self) -> OfficerQuerySet:
        return pairable(self.editor) if self.may_pair else self.colleagues

    def clean_absent(self) -> Officer:
        return the_one(self.cleaned_data["absent"], self.eligible)

    def clean_stand_in(self) -> Officer:
        return the_one(self.cleaned_data["stand_in"], self.eligible)

    def clean_starts_on(self) -> dt.date:
        return not_past(self.cleaned_data["starts_on"], self.day)

    def clean_ends_on(self) -> dt.date:
        return not_past(self.cleaned_data["ends_on"], self.day)
