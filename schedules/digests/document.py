"""A digest as a file to hand round: HTML that stands alone, or that as PDF."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string

from schedules.digests.reading import Reading


def html(reading: Reading) -> str:
    return render_to_string("schedules/digest_document.html", {"reading": reading, "site": settings.BASE_URL})


class NoPango(Exception):
    """This machine lacks the library that sets the type of a PDF."""


def pdf(reading: Reading) -> bytes:
    """Fonts come from the machine; a Chinese one must be there. The file refers to nothing outside itself."""
    try:
        from weasyprint import HTML  # takes a second and 100 MB, and few pages need it
    except OSError as error:
        raise NoPango from error

    return HTML(string=html(reading), url_fetcher=_refuse).write_pdf()


def _refuse(url: str, *args: object, **kwargs: object) -> dict[str, object]:
    raise ValueError(f"A digest fetches nothing: {url}")
