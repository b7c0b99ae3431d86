"""The health page and its machine-readable twin."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts.access import Deed, signed_in
from contacts.requests import OfficerRequest
from schedules import health


@signed_in
@require_safe
def page(request: OfficerRequest) -> HttpResponse:
    """For everybody whether reminders work; for those who can do something about it, what is wrong."""
    found = health.examine(timezone.now())
    rights = request.user.rights
    may_mend = rights.may(Deed.MANAGE_ACCOUNTS) or rights.may(Deed.CONFIGURE)
    context = {
        "health": found,
        "checks": [(name, text, found.checks[name]) for name, text in _names()],
        "may_mend": may_mend,
        "undelivered": health.undelivered() if may_mend else [],
    }
    return render(request, "schedules/health.html", context)


@login_not_required
@never_cache
@require_safe
def machine(request: HttpRequest) -> JsonResponse:
    """Yes or no for each part, for a monitor that signs in nowhere; 503 if any says no."""
    found = health.examine(timezone.now())
    answer = {"status": "ok" if found.ok else "failing", "checks": found.checks}
    return JsonResponse(answer, status=200 if found.ok else 503)


def _names() -> list[tuple[str, str]]:
    return [
        ("worker", _("Planning and reminders")),
        ("mail", _("E-mail")),
        ("database", _("Database")),
        ("disk", _("Space on the disk")),
    ]
