"""Which messages are sent again."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms


class ResendForm(forms.Form):
    """What the page that asks spoke of, and the filter of the list to go back to."""

    deliveries = forms.CharField(widget=forms.HiddenInput)
    filter = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_deliveries(self) -> list[int]:
        return self.keys(self.cleaned_data["deliveries"].split(","))

    @staticmethod
    def keys(texts: Iterable[str]) -> list[int]:
        return [int(text) for text in texts if text.isdecimal() and len(text) < 12]
