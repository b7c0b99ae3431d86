"""Middleware with no domain in it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers


def no_store(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Pages of someone signed in are kept by no cache: a shared desktop's Back button shows nothing after sign-out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return middleware


# Where an officer may go whose password was set by somebody else.
BEFORE_A_PASSWORD = {"password_change", "logout", "set_language", "set-theme"}


def own_password_first(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Nothing opens for an officer whose password an administrator knows, until they have chosen their own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if not request.user.must_change_password or _view_name(request) in BEFORE_A_PASSWORD:
            return None
        return redirect("password_change")

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
