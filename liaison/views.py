"""Views of the page chrome: the theme, the language, and the phone's list of further places."""

import errno
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import i18n
from django.views.decorators.http import require_POST

from liaison import themes

# Both switches stand on the sign-in page too, and keep what they are told in a cookie.
set_language = login_not_required(i18n.set_language)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    theme = request.POST.get("theme")
    if theme in themes.THEMES:
        response.set_cookie(
            themes.COOKIE,
            theme,
            max_age=365 * 24 * 3600,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def more(request: HttpRequest) -> HttpResponse:
    """What a phone's bar has no room for."""
    return render(request, "more.html")


more.deed = None  # type: ignore[attr-defined]  # for every officer


NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


def server_error(request: HttpRequest) -> HttpResponse:
    """What went wrong, without asking the database: that it does not answer or the disk is full is not the software's
    fault and passes, which 503 says."""
    error = sys.exc_info()[1]
    out_of_order = isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, OSError) and error.errno in NO_SPACE
    )
    name, status = ("503.html", 503) if out_of_order else ("500.html", 500)
    return HttpResponse(render_to_string(name), status=status)
