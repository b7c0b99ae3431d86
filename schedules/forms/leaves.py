"""Who is away, from when until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.forms.fields import DayField
from contacts.forms.pairings import pairable, the_one
from contacts.forms.stand_ins import OfficerField
from contacts.models import Officer
from schedules.models import Leave


class LeaveForm(forms.Form):
    """Whoever may pair marks it for any officer within reach, everybody for themselves."""

    officer = OfficerField(label=_("Officer"), required=False)
    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("Until"), help_text=_("The last day, included."))
    note = forms.CharField(
        label=_("Note"), max_length=Leave._meta.get_field("note").max_length, required=False
    )

    def __init__(self, data: Any = None, *, editor: Officer, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.editor = editor
        if editor.rights.may(Deed.PAIR):
            self.fields["officer"].help_text = _("Police number or name; empty for yourself.")
        else:
            del self.fields["officer"]

    def clean_officer(self) -> Officer:
        words = self.cleaned_data["officer"]
        return the_one(words, pairable(self.editor)) if words else self.editor

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "officer" not in self.errors:
            cleaned.setdefault("officer", self.editor)
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error(
                "last_day", ValidationError(_("The last day is before the first. Correct one of them."))
            )
        return cleaned

    @property
    def span(self) -> tuple[Officer, dt.date, dt.date]:
        """Whose days these are, and which: of a form that is valid."""
        return self.cleaned_data["officer"], self.cleaned_data["first_day"], self.cleaned_data["last_day"]
