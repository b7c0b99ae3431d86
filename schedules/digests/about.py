"""What a digest is about, for a reader, and where its lists and its people stand."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from schedules import periods
from schedules.digests.lists import BEHIND
from schedules.digests.names import PERSON, Names
from schedules.digests.phrases import period_name


class About:
    """`names` are those that the reader may see; `below` the trends of the units right below."""

    def __init__(
        self,
        figures: dict[str, Any],
        names: Names | None = None,
        below: dict[str, Any] | None = None,
        *,
        frozen: bool = False,
    ) -> None:
        self.figures, self.frozen = figures, frozen
        self.names, self.below = names or {}, below or {}
        self.period = periods.parse(figures["period"]["key"])

    @property
    def title(self) -> str:
        return self.figures["name"]

    @property
    def period_name(self) -> str:
        return period_name(self.period)

    @property
    def as_of(self) -> dt.datetime | None:
        return parse_datetime(self.figures["as_of"])

    @property
    def code(self) -> str:
        return self.figures.get("unit", "own")

    def digest_link(self, code: str = "", key: str = "") -> str:
        query = urlencode({"unit": code or self.code, "period": key or self.period.key})
        return f"{reverse('schedules:digest')}?{query}"

    def rows_link(self, figure: str, **parts: object) -> str:
        """To the list behind a figure, or behind a part of it."""
        query = {"unit": self.code, "period": self.period.key, "of": figure, **parts}
        return f"{reverse('schedules:digest-rows')}?{urlencode(query)}"

    @property
    def every(self) -> dict[str, str]:
        """The whole list behind each figure."""
        return {figure: self.rows_link(figure) for figure in BEHIND}

    def person(self, row: dict[str, Any]) -> dict[str, Any]:
        """A name and a link for those whom the reader may see; others are with another unit by now."""
        pk = row["stakeholder"]
        name = self.names.get((PERSON, pk), "")
        return {
            "name": name,
            "id": f"L{pk:06d}",
            "url": reverse("contacts:stakeholder-detail", args=[pk]) if name else "",
        }
