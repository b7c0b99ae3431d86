"""A public edition made readable: titles, sentences and rows for the page and the sheet on the wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from contacts.models import Answer, Fate
from schedules import periods
from schedules.digests.phrases import period_name
from schedules.digests.public import OTHER
from schedules.models import Digest

Section = tuple[str, str, list[tuple[str, int]]]  # title, sentence, rows


class Edition:
    """`figures` as `schedules.digests.public` has them."""

    def __init__(self, digest: Digest, figures: dict[str, Any], text: str = "") -> None:
        self.digest, self.figures, self.text = digest, figures, text

    @property
    def title(self) -> str:
        return self.digest.figures["name"]

    @property
    def period_name(self) -> str:
        return period_name(periods.parse(self.digest.period_key))

    @property
    def day(self) -> dt.date | None:
        """On which it was begun: what came of the answers is as of then, all else as the digest was frozen."""
        return parse_date(self.figures["day"])

    @cached_property
    def sections(self) -> list[Section]:
        return list(self._sections())

    def _sections(self) -> Iterator[Section]:
        found = self.figures
        heard, done, promises = found["heard"], found["done"], found["promises"]
        if found["contacts"] is not None:
            yield (
                _("Whom we spoke with"),
                _(
                    "We made %(n)d of the calls, visits and reports that we owe deputies and committee members."
                )
                % {"n": found["contacts"]},
                [],
            )
        if heard["total"] is not None:
            yield (
                _("What we heard"),
                _("%(n)d opinions and suggestions.") % {"n": heard["total"]},
                _rows(heard, {}, _("other topics")),
            )
        if done["total"] is not None:
            yield (
                _("What we answered"),
                _("%(n)d opinions and suggestions were answered.") % {"n": done["total"]},
                _rows(done, {}, _("other topics")),
            )
        if found["results"]["rows"]:
            yield (
                _("What came of it"),
                "",
                _rows(found["results"], dict(Answer.Result.choices), _("other results")),
            )
        if promises["total"] is not None:
            yield (
                _("What we promised"),
                _("%(n)d further answers were due.") % {"n": promises["total"]},
                _rows(promises, {**dict(Fate.choices), Fate.DUE: _("still to come")}, _("others")),
            )
        said = [
            (_("satisfied with the handling"), found["process"]),
            (_("satisfied with the result"), found["result"]),
        ]
        if shares := [(name, f"{share}%") for name, share in said if share is not None]:
            yield _("What people say about it"), "", shares  # type: ignore[misc]


def _rows(told: dict[str, Any], names: dict[str, Any], other: str) -> list[tuple[str, int]]:
    return [(str(names.get(name, name)) if name != OTHER else other, number) for name, number in told["rows"]]
