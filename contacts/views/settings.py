"""What an officer sets for themselves."""

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.access import signed_in
from contacts.accounts import change_settings
from contacts.forms.accounts import SettingsForm
from contacts.models import Actor
from contacts.requests import OfficerRequest
from contacts.views.sign_in import set_language_cookie


@signed_in
def edit(request: OfficerRequest) -> HttpResponse:
    officer = request.user
    # A form of its own instance, so that what was typed wrongly does not show in the page's head.
    current = model_to_dict(officer, SettingsForm.Meta.fields)
    current["language"] = officer.language or request.LANGUAGE_CODE
    form = SettingsForm(request.POST or None, initial=current)
    if request.method == "POST" and form.is_valid():
        change_settings(officer, form.changes(), actor=Actor.of(request))
        response = redirect("contacts:settings")
        set_language_cookie(response, form.cleaned_data["language"])
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your settings are saved."))
        return response
    roles = officer.roles.in_force().select_related("unit")
    return render(request, "contacts/settings.html", {"form": form, "roles": roles})
