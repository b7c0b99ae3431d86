"""What a person said about a contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import CallBack, Rating

Happened, Verdict = CallBack.Happened, Rating.Verdict


class CallBackForm(forms.Form):
    """Did it take place, and how satisfied are they: with the contact and with what came of it, apart."""

    happened = forms.ChoiceField(
        label=_("Did the contact take place?"), choices=Happened.choices, widget=forms.RadioSelect
    )
    process = forms.ChoiceField(
        label=_("With the contact"), choices=Verdict.choices, widget=forms.RadioSelect, required=False
    )
    result = forms.ChoiceField(
        label=_("With what came of it"), choices=Verdict.choices, widget=forms.RadioSelect, required=False
    )
    comment = forms.CharField(
        label=_("In their words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Only of what took place one can be satisfied or not."""
        cleaned = super().clean() or {}
        for name in ("process", "result"):
            if cleaned.get("happened") != Happened.YES:
                cleaned[name] = Verdict.NOT_SAID
            elif not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Say how satisfied they are, or that they did not say."))
        return cleaned
