"""Forms around accounts: signing in, one's own password and settings, roles, and the reason an administrator gives."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import Officer, Unit, UnitRole


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _(
            "Police number and password do not belong together, or the account is not active."
        ),
        "inactive": _("Police number and password do not belong together, or the account is not active."),
    }

    def __init__(self, request=None, *args, **kwargs) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("Police number")
        self.fields["username"].widget.attrs |= {"inputmode": "numeric", "spellcheck": "false"}


class OwnPasswordForm(PasswordChangeForm):
    """Ends the duty to change a password that somebody else set."""

    def clean_new_password1(self) -> str:
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError(_("This is the password you have."))
        return password

    def save(self, commit: bool = True) -> Officer:
        self.user.must_change_password = False
        return super().save(commit)


class SettingsForm(forms.ModelForm):
    class Meta:
        model = Officer
        fields = ["language", "notify_by_email"]
        help_texts = {
            "notify_by_email": _("Reminders always stand in the inbox; by e-mail as well if you like."),
        }

    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text=_("Of the pages, and of the reminders that you are sent."),
    )

    def changes(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ReasonForm(forms.Form):
    """Why something is done, for the audit trail."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=UnitRole.Role.choices)
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.open(),
        help_text=_("The role reaches this unit and all below it."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
