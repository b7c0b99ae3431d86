"""What an officer said when asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import PatternNote

Explanation = PatternNote.Explanation


class NoteForm(forms.Form):
    """The harmless reasons first: they are the usual ones."""

    explanation = forms.ChoiceField(
        label=_("What it was"), choices=Explanation.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("explanation") == Explanation.OTHER and not cleaned.get("note", "").strip():
            self.add_error("note", _("Say what it was."))
        return cleaned
