"""A digest as a file to hand round: HTML that stands alone, or that as PDF."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from schedules.digests.edition import Edition
from schedules.digests.reading import Reading


def html(reading: Reading) -> str:
    return render_to_string("schedules/digest_document.html", {"reading": reading, "site": settings.BASE_URL})


class NoPango(Exception):
    """This machine lacks the library that sets the type of a PDF."""


WITHOUT_PANGO = gettext_lazy(
    "This server can not write a PDF: it lacks the library pango. Print the page instead."
)


def pdf(reading: Reading) -> bytes:
    return _printed(html(reading))


def edition_pdf(edition: Edition) -> bytes:
    """The sheet for the wall."""
    return _printed(render_to_string("schedules/edition_document.html", {"reading": edition}))


def _printed(text: str) -> bytes:
    """Fonts come from the machine; a Chinese one must be there. The file refers to nothing outside itself."""
    try:
        from weasyprint import HTML  # takes a second and 100 MB, and few pages need it
    except OSError as error:
        raise NoPango from error

    found: bytes = HTML(string=text, url_fetcher=_refuse).write_pdf()
    return found


def _refuse(url: str, *args: object, **kwargs: object) -> dict[str, object]:
    raise ValueError(f"A digest fetches nothing: {url}")
