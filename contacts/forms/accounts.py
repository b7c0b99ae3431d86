"""Forms around accounts: signing in, one's own password and settings, roles, and the reason an administrator gives."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts import gateways
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
        fields = ["language", "notice_hour", "notify_by_email", "notify_by_gateway", "gateway_address"]
        help_texts = {
            "notify_by_email": _("Reminders always stand in the inbox; by e-mail as well if you like."),
        }

    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text=_("Of the pages, and of the reminders that you are sent."),
    )

    notice_hour = forms.TypedChoiceField(
        label=_("Hour of the day's message"),
        required=False,  # a form without it leaves the hour as it is
        coerce=int,
        empty_value=None,
        choices=[(hour, f"{hour}:00") for hour in range(*settings.NOTICE_HOURS)],
        help_text=_(
            "On working days, with all that is due by then; what comes later goes out with the next one. "
            "In the inbox everything stands at once."
        ),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not settings.GATEWAY_URL:
            del self.fields["notify_by_gateway"], self.fields["gateway_address"]
            return
        number = gateways.takes_mobile()
        name = {"gateway": settings.GATEWAY_NAME or (_("SMS") if number else _("chat"))}
        self.fields["notify_by_gateway"].label = _("Send reminders by %(gateway)s") % name
        self.fields["notify_by_gateway"].help_text = _("How many there are and a link, without any name.")
        address = self.fields["gateway_address"]
        address.label = (_("Number for %(gateway)s") if number else _("Account for %(gateway)s")) % name
        if number:
            address.widget.input_type = "tel"
            address.help_text = _("Left empty, the number in the list of officers counts.")

    def clean_gateway_address(self) -> str:
        typed = self.cleaned_data["gateway_address"]
        if not typed:
            return ""
        if not (address := gateways.read(typed)):
            raise ValidationError(
                _("A number has 5 to 15 digits, with or without a + before them.")
                if gateways.takes_mobile()
                else _("An account has letters, digits, dots, hyphens, underscores or an @, and no blanks.")
            )
        return address

    def changes(self) -> dict[str, object]:
        said = {name: self.cleaned_data[name] for name in self.fields}
        return {name: value for name, value in said.items() if value is not None}


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
