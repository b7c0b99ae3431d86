"""Drafts of one form: shown to whoever opens it again, kept while it is typed, thrown away when asked to. The script of the
forms calls this; a form that runs without scripts never does."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contacts import drafts
from contacts.access import Deed, requires
from contacts.models import Draft
from contacts.requests import OfficerRequest

OLDEST = 30 * 24 * 3600 * 1000  # milliseconds; a device whose clock is wrong claims no more


@require_http_methods(["GET", "POST", "DELETE"])
@requires(Deed.LOG)
def draft(request: OfficerRequest, form: str) -> HttpResponse:
    drafts.demand(request.user, form)
    if request.method == "POST":
        return _keep(request, form)
    mine = Draft.objects.visible_to(request.user).filter(form=form)
    if request.method == "DELETE":
        gone, _each = mine.filter(pk=_key(request)).delete()
        return JsonResponse({"gone": gone})
    offered = [(one, drafts.url_of(one)) for one in drafts.of_form(request.user, form)]
    context = {"drafts": offered, "today": timezone.localdate().isoformat()}
    return JsonResponse({"offers": render_to_string("contacts/_drafts.html", context, request)})


def _keep(request: OfficerRequest, form: str) -> HttpResponse:
    """`age`: how many milliseconds ago it was typed, so that no two clocks are compared."""
    age = request.POST.get("age", "")
    milliseconds = min(int(age), OLDEST) if age.isdecimal() and len(age) < 15 else 0
    typed_at = timezone.now() - dt.timedelta(milliseconds=milliseconds)
    try:
        kept = drafts.keep(request.user, form, dict(request.POST.lists()), typed_at)
    except ValidationError as refused:
        return JsonResponse({"refused": refused.messages}, status=400)
    return JsonResponse({"sent": not kept})


def _key(request: OfficerRequest) -> int:
    text = request.GET.get("draft", "")
    return int(text) if text.isdecimal() and len(text) < 12 else 0
