"""Asking that a person be given another officer, and declining it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contacts import repairing
from contacts.access import Deed, find_for, requires
from contacts.models import Actor, RepairingRequest
from contacts.requests import OfficerRequest


class AskForm(forms.Form):
    person = forms.CharField(
        label=gettext_lazy("Person"),
        max_length=100,
        help_text=gettext_lazy("The number (L000123), or name/mobile."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@requires(Deed.ASK_REPAIRING)
def ask(request: OfficerRequest) -> HttpResponse:
    """Name a person; the answer is the same whoever was named."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        words, day = form.cleaned_data["person"], timezone.localdate()
        repairing.ask(words, request.user, day=day, actor=Actor.of(request))
        messages.success(
            request,
            _(
                "Noted. If this names somebody who has an officer, those who pair people are asked for another one."
            ),
        )
        return redirect("contacts:repairing-ask")
    return render(request, "contacts/repairing_form.html", {"form": form})


@requires(Deed.PAIR)
@require_POST
def decline(request: OfficerRequest, pk: int) -> HttpResponse:
    """The person stays with their officer."""
    asked = find_for(request.user, RepairingRequest.objects.select_related("stakeholder"), Deed.PAIR, pk=pk)
    try:
        repairing.decline(asked, actor=Actor.of(request))
    except ValidationError as refused:
        messages.warning(request, refused.message)
    else:
        name = asked.stakeholder.name
        messages.success(request, _("%(name)s stays with the present officer.") % {"name": name})
    return redirect("schedules:proposal-list")
