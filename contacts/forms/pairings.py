"""Who becomes responsible, from when, and why; and until when someone was."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.forms.fields import DayField
from contacts.models import Officer
from contacts.models.officers import OfficerQuerySet

SHOWN = 8  # officers of one name that an error lists


def pairable(editor: Officer) -> OfficerQuerySet:
    """The officers whom the editor may make responsible."""
    return Officer.objects.visible_to(editor, Deed.PAIR).active().select_related("unit")


def the_one(words: str, officers: OfficerQuerySet) -> Officer:
    """The one of the officers that is meant: "100001", "100001 Alice" or a name that only one has."""
    words = words.strip()
    number = words.split()[0] if words else ""
    found = list(officers.filter(police_number=number)) if number.isdecimal() else []
    found = found or list(officers.search(words)[: SHOWN + 1])
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValidationError(_("No officer of your units has this number or name."))
    raise ValidationError(
        _("Several officers match; write the police number: %(officers)s"),
        params={"officers": "; ".join(f"{o.police_number} {o.name} ({o.unit})" for o in found[:SHOWN])},
    )


class PairForm(forms.Form):
    officer = forms.CharField(
        label=_("Officer"),
        help_text=_("Police number or name."),
        widget=forms.TextInput(attrs={"list": "officers", "autocomplete": "off"}),
    )
    on = DayField(label=_("From"), help_text=_("Whoever is responsible now stops on the day before."))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, editor: Officer, day: dt.date, hand_over: bool, **kwargs: Any
    ) -> None:
        super().__init__(data, **{"initial": {"on": day}} | kwargs)
        self.editor = editor
        self.fields["reason"].required = hand_over

    def clean_officer(self) -> Officer:
        return the_one(self.cleaned_data["officer"], pairable(self.editor))


class EndPairingForm(forms.Form):
    last_day = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200)
