"""A copy as a letter: the words of one, and many of them as PDF. Letters are in the language of the installation, whoever
prints them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from contacts.half_years import HalfYear
from contacts.models import Appraisal, ReportCopy, Unit
from contacts.said_and_done import SaidAndDone, read

LAYOUT = 1  # another number makes every file anew: raise it when a letter looks different


@dataclass(frozen=True)
class Letter:
    """Of a copy with its `report__unit`, `version` and `stakeholder`. Ask it in the language that it is written in."""

    copy: ReportCopy
    language: str = settings.LANGUAGE_CODE

    @property
    def key(self) -> str:
        return str(self.copy.pk or "new")

    @property
    def unit(self) -> Unit:
        return self.copy.report.unit

    @property
    def period(self) -> HalfYear:
        return self.copy.report.period

    @property
    def heading(self) -> str:
        return _("Work report, %(half_year)s") % {"half_year": self.period}

    @property
    def greeting(self) -> str:
        return _("Dear %(name)s %(title)s:") % {"name": self.copy.stakeholder.name, "title": self.copy.title}

    @property
    def text(self) -> str:
        return self.copy.version.text

    @property
    def day(self) -> dt.date:
        return self.copy.issued_on

    @property
    def who(self) -> str:
        """For whoever sorts the sheets."""
        return f"{self.copy.stakeholder.number} {self.copy.stakeholder.name}"

    @property
    def choices(self) -> list[str]:
        return [str(label) for label in Appraisal.labels]

    @cached_property
    def lines(self) -> list[SaidAndDone]:
        return read(self.copy.lines)


def mark(copy: ReportCopy) -> str:
    """A fingerprint of all that the letter is made of: a file that bears it need not be made again."""
    said = [
        LAYOUT, copy.version_id, copy.lines, copy.title, copy.issued_on.isoformat(), copy.stakeholder.number,
        copy.stakeholder.name, copy.report.unit.name, copy.report.half_year,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]


def html(copies: Iterable[ReportCopy]) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(
            "contacts/letters.html", {"letters": map(Letter, copies), "title": _("Work report")}
        )


class Press:
    """Makes PDFs of letters. What all of them share – fonts, the style sheet – is read once. Letters are set many at a time
    and taken apart by person; a PDF's time goes into cutting the font down to the characters that stand in it."""

    def __init__(self) -> None:
        from weasyprint import CSS  # takes a second and 60 MB, and only the worker needs it
        from weasyprint.text.fonts import FontConfiguration

        self.fonts = FontConfiguration()
        css = Path(finders.find("liaison/letter.css") or "").read_text(encoding="utf-8")
        self.style = CSS(string=css, font_config=self.fonts)

    def set(self, copies: Sequence[ReportCopy]) -> Sheets:
        from weasyprint import HTML

        document = HTML(string=html(copies), url_fetcher=_refuse)
        return Sheets(document.render(font_config=self.fonts, stylesheets=[self.style]))


@dataclass(frozen=True)
class Sheets:
    """Letters that were set together. Each begins on the front of a sheet, so that they can be printed on both sides."""

    document: Any

    def all(self) -> bytes:
        """One file, to be printed in one go."""
        found: bytes = self.document.write_pdf()
        return found

    def of(self, copy: ReportCopy) -> bytes:
        """The pages of one, without the empty one that may follow."""
        start, end = f"letter-{copy.pk}", f"letter-{copy.pk}-end"
        pages = self.document.pages
        first = next(number for number, page in enumerate(pages) if start in page.anchors)
        last = next(number for number, page in enumerate(pages) if end in page.anchors)
        found: bytes = self.document.copy(pages[first : last + 1]).write_pdf()
        return found


def _refuse(url: str, *args: object, **kwargs: object) -> dict[str, object]:
    raise ValueError(f"A letter fetches nothing: {url}")
