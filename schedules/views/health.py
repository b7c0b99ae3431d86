"""The health page and its machine-readable twin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts.access import signed_in
from contacts.requests import OfficerRequest
from schedules import health
from schedules.attention import may_mend


@signed_in
@require_safe
def page(request: OfficerRequest) -> HttpResponse:
    """For everybody whether reminders work; for those who can do something about it, what is wrong."""
    found = health.examine(timezone.now())
    names = _names()
    context = {
        "health": found,
        "checks": [(name, names[name], works) for name, works in found.checks.items()],
        "may_mend": may_mend(request.user),
        "workers": [_described(beat) for beat in found.workers],
    }
    return render(request, "schedules/health.html", context)


@login_not_required
@never_cache
@require_safe
def machine(request: HttpRequest) -> JsonResponse:
    """Numbers without a name for a monitor that signs in nowhere; 503 if any part fails, and which. Its fields are
    described in docs/operations.md."""
    found = health.examine(timezone.now())
    return JsonResponse(found.for_monitor(), status=200 if found.ok else 503)


def _described(beat: Any) -> dict[str, Any]:
    """A consumer as people read of it; `tone` colours the word."""
    tones = {"alive": "good", "failing": "bad", "hanging": "bad", "silent": "warn"}
    words = {"alive": _("works"), "failing": _("fails"), "hanging": _("hangs"), "silent": _("silent")}
    counts = {
        "obligations_created": _("tasks planned"),
        "obligations_withdrawn": _("tasks withdrawn"),
        "notices_queued": _("notices queued"),
        "notices_delivered": _("messages sent"),
        "notices_failed": _("messages failed"),
    }
    did = [(text, beat.counts[name]) for name, text in counts.items() if beat.counts.get(name)]
    return {"beat": beat, "tone": tones[beat.stands], "stands": words[beat.stands], "did": did}


def _names() -> dict[str, str]:
    return {
        "database": _("Database"),
        "worker": _("Planning and reminders"),
        "passes": _("Passes without an error"),
        "mail": _("E-mail"),
        "queue": _("Queue"),
        "disk": _("Space on the disk"),
    }
