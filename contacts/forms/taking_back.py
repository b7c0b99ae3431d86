"""The form that takes an import back."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TakeBackForm(forms.Form):
    """Why; and as of which time the page showed the import, so that of two clicks one wins."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)
