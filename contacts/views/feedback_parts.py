"""What the pages of one item of feedback have in common: finding it, asking before a deed, and where one goes then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contacts.access import Deed, find_for, reach
from contacts.forms.fields import done
from contacts.models import Feedback, Officer
from contacts.requests import OfficerRequest
from liaison.redirects import way_back


def item_for(request: OfficerRequest, pk: int, deed: Deed = Deed.LOG) -> Feedback:
    rows = Feedback.objects.select_related("stakeholder", "unit", "topic", "answer")
    return find_for(request.user, rows, deed, pk=pk)


def handles(user: Officer, item: Feedback) -> bool:
    """Of those who may log here: does the officer serve in the unit that has the item, or answer for it? Whoever holds the
    person need not."""
    return user.unit_id == item.unit_id or reach(user, Deed.LOG).covers(item.unit.path, own=False)


def handled_by(request: OfficerRequest, pk: int) -> Feedback:
    """An item that the officer's unit has; 403 where another one has it."""
    item = item_for(request, pk)
    if not handles(request.user, item):
        raise PermissionDenied
    return item


def back(request: OfficerRequest, item: Feedback) -> HttpResponse:
    """To the item, unless it went out of reach with its unit."""
    seen = Feedback.objects.visible_to(request.user).filter(pk=item.pk).exists()
    return redirect(way_back(request, item.get_absolute_url()) if seen else "contacts:feedback-list")


def too_late(request: OfficerRequest, item: Feedback) -> HttpResponse:
    """Somebody, or the same form sent twice, moved the item before."""
    messages.info(request, _("This item is %(state)s already.") % {"state": item.get_state_display()})
    return redirect(item)


def ask(
    request: OfficerRequest, item: Feedback, form: Any, act: Callable[[dict[str, Any]], object], *, question: str,
    explanation: str, verb: str, said: str,
) -> HttpResponse:  # fmt: skip
    """A page with a form and a button: `act` gets what was entered, and `said` tells that it is done."""
    if form.is_valid() and done(form, lambda: act(form.cleaned_data)):
        messages.success(request, said % {"number": item.number})
        return back(request, item)
    context = {
        "form": form,
        "question": question % {"number": item.number},
        "explanation": explanation,
        "said": item.text,
        "verb": verb,
        "cancel_url": item.get_absolute_url(),
    }
    return render(request, "contacts/feedback_deed.html", context)
