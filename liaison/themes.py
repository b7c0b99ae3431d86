"""The light or dark theme: a browser's choice, kept in a cookie so that the first byte already has the right colours."""

from django.http import HttpRequest

COOKIE = "theme"
THEMES = ("auto", "light", "dark")


def chosen(request: HttpRequest | None) -> str:
    """The choice; auto (what the device says, which only the browser knows) for any other value."""
    value = request.COOKIES.get(COOKIE) if request is not None else None
    return value if value in THEMES else "auto"
