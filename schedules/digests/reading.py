"""Figures made readable: words, shares, links and coordinates for the page, the mail and the printed document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import ContactRecord, Fate, Feedback, Rating
from schedules import coverage, periods
from schedules.charts import Lengths, StackedBars, lengths, stacked_bars
from schedules.digests import earlier
from schedules.digests.lists import BEHIND, NO_TOPIC
from schedules.digests.material import STATES
from schedules.digests.names import OFFICER, PERSON, Names
from schedules.digests.phrases import (
    each,
    percent,
    period_name,
    satisfied,
    shade,
    share,
    short_key,
    signed,
    tone,
)
from schedules.digests.summary import sentences

MOST, NARROW = 10, 5  # topics of the chart; periods of the map in a mail
BARS = ("met", "waived", "missed", "open")
SATISFIED_WITH = (
    ("process", gettext_lazy("satisfied with the handling")),
    ("result", gettext_lazy("satisfied with the result")),
)
Verdict = Rating.Verdict


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and where the list behind it stands."""

    number: int | str
    label: str
    link: str = ""
    tone: str = ""
    before: str = ""


class Reading:
    """One digest for a reader. `names` are those that this reader may see; `below` the trends of the units right below."""

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

    # --- what it is about ----------------------------------------------------------------------------------

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

    # --- headline ------------------------------------------------------------------------------------------

    @cached_property
    def total(self) -> dict[str, int]:
        return self.figures["coverage"]["total"]

    @property
    def tiles(self) -> list[Figure]:
        found, total, before = self.figures, self.total, self.before
        heard = found["feedback"]
        return [
            Figure(share(total), _("of what was owed was done"), self.rows_link("met"), "", self._was(share(before))),
            self._counted("missed", total["missed"], _("missed"), "bad"),
            self._counted("open", total["open"], _("still open")),
            self._counted("due_soon", total["due_soon"], _("due soon"), "warn"),
            self._counted("not_reached", found["not_reached"]["count"], _("not reached in this period"), "warn"),
            self._counted("quiet", found["quiet"]["count"], _("not reached for 90 days"), "bad"),
            self._counted("unpaired", found["unpaired"]["count"], _("without an officer"), "warn"),
            self._counted("received", heard["received"], _("opinions received")),
            self._counted("answered", heard["answered"], _("opinions answered")),
            self._counted("overdue", heard["overdue"], _("answers overdue"), "bad"),
            *self._later_tiles(),
        ]  # fmt: skip

    def _later_tiles(self) -> Iterator[Figure]:
        """Of figures that those frozen earlier do not know."""
        if promises := self.promises:
            yield self._counted("promised", promises["promised"], _("promises due"))
            link = self.every_broken if promises["broken"] else ""
            was = self._was(self.before.get("broken"), promises["broken"])
            yield Figure(promises["broken"], _("promises broken"), link, tone(promises["broken"], "bad"), was)
        if asked := self.satisfaction.get("asked"):
            yield self._counted("asked", asked, _("people asked how satisfied they are"))
            for name, label in SATISFIED_WITH:
                yield Figure(satisfied(self.satisfaction[name]), str(label), self.rows_link("asked"))

    def _counted(self, figure: str, number: int, label: str, alarming: str = "") -> Figure:
        """A number of rows, with the list of them and how many there were before; `alarming` is its tone where there are
        any. What is open or due soon at the end of a period is over."""
        was = "" if figure in {"open", "due_soon"} else self._was(self.before.get(figure), number)
        return Figure(number, label, self.rows_link(figure) if number else "", tone(number, alarming), was)

    @property
    def summary(self) -> list[str]:
        return list(sentences(self))

    @property
    def before(self) -> dict[str, Any]:
        """The totals of the period before, if anything is known of it."""
        trend = self.figures["trend"]
        return trend[-2] if len(trend) > 1 and trend[-2]["key"] == self.period.preceding().key else {}

    def _was(self, before: object, now: int | None = None) -> str:
        """The number of the period before, and of counts how much more or less it is now."""
        if not self.before or before is None:
            return ""
        said = {"period": self.before["key"], "number": before}
        if isinstance(before, int) and now is not None:
            return _("%(period)s: %(number)s (%(change)s)") % {**said, "change": signed(now - before)}
        return _("%(period)s: %(number)s") % said

    # --- coverage ------------------------------------------------------------------------------------------

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The units below, or the officers, each with its share and links."""
        rows = []
        for group in self.figures["coverage"]["groups"]:
            code = group.get("unit") or group["officer"]
            rows.append(
                {
                    **self._row(group),
                    "name": group["name"],
                    "link": self.digest_link(code) if "unit" in group and not group["itself"] else "",
                    "itself": group.get("itself"),
                    "per_officer": each(group.get("people", 0), group.get("officers", 0)),
                    "rows": self._cells(group=code),
                    "held": self.rows_link("people", group=code),
                }
            )
        return rows

    @property
    def has_load(self) -> bool:
        """Do the figures know how many people are held? Those that were frozen earlier do not."""
        return "officers" in self.figures["coverage"]

    @property
    def per_officer(self) -> str:
        return each(self.figures["people"], self.figures["coverage"]["officers"])

    @property
    def totals(self) -> dict[str, Any]:
        return {**self.total, "rows": self._cells()}

    @property
    def kinds(self) -> list[dict[str, Any]]:
        kinds = {kind.value: str(kind.label) for kind in ContactRecord.Kind}
        return [
            {**self._row(row), "name": kinds[row["kind"]], "rows": self._cells(kind=row["kind"])}
            for row in self.figures["coverage"]["by_kind"]
        ]

    def _row(self, counts: dict[str, Any]) -> dict[str, Any]:
        return {
            **counts,
            "share": share(counts),
            "percent": percent(counts) or 0,
            "of": counts["owed"] - counts["waived"],
        }

    def _cells(self, **parts: object) -> dict[str, str]:
        """Where the rows behind each number of a line stand."""
        return {name: self.rows_link(name, **parts) for name in coverage.FIGURES}

    # --- trend ---------------------------------------------------------------------------------------------

    @property
    def trend(self) -> list[dict[str, Any]]:
        """The periods of the chart, oldest first."""
        return [
            {
                **row,
                "share": share(row),
                "percent": percent(row) or 0,
                "link": self.digest_link(key=row["key"]),
                **self._rows_of(row),
            }
            for row in self.figures["trend"]
        ]

    def _rows_of(self, row: dict[str, Any]) -> dict[str, Any]:
        """The lists behind a period of the trend: none of one that was reckoned when this digest was frozen, for its
        records may have changed since."""
        if self.frozen and row["key"] != self.period.key and not earlier.was_frozen(row):
            return {"rows": {}, "said": ""}
        return {
            "rows": self._cells(period=row["key"]),
            "said": self.rows_link("received", period=row["key"]),
        }

    @property
    def chart(self) -> StackedBars:
        rows = [{**row, "label": short_key(row["key"]), "note": row["share"]} for row in self.trend]
        return stacked_bars(rows, BARS)

    @property
    def heat(self) -> tuple[list[str], list[tuple[str, str, list[tuple[str, str]]]]]:
        """The periods, and for each unit right below its name, the link to its digest, and of each period the share with
        its shade; "" where nothing was owed or nothing was frozen."""
        keys = [row["key"] for row in self.figures["trend"]]
        rows = []
        for group in self.figures["coverage"]["groups"]:
            if "unit" in group and not group["itself"]:
                known = {row["key"]: row for row in self.below.get(group["unit"], ())} | {
                    self.period.key: group
                }
                cells = [(share(known[key]), shade(known[key])) if key in known else ("", "") for key in keys]
                rows.append((group["name"], self.digest_link(group["unit"]), cells))
        return ([short_key(key) for key in keys], rows) if len(keys) > 1 else ([], [])

    # --- feedback ------------------------------------------------------------------------------------------

    @property
    def topics(self) -> list[dict[str, Any]]:
        return [
            {
                **topic,
                "name": topic["name"] or _("no topic"),
                **self._said(topic, topic=topic["topic"] or NO_TOPIC),
            }
            for topic in self.figures["feedback"]["by_topic"]
        ]

    @cached_property
    def topic_totals(self) -> dict[str, Any]:
        topics = self.figures["feedback"]["by_topic"]
        totals = {name: sum(topic.get(name, 0) for topic in topics) for name in ("total", *STATES, "overdue")}
        return totals | self._said(totals)

    def _said(self, counts: dict[str, Any], **parts: object) -> dict[str, Any]:
        """Of a line of topics the numbers by state, and the lists behind its numbers."""
        return {
            # Figures that were frozen earlier know fewer states.
            "states": [
                (counts.get(state, 0), self.rows_link("received", state=state, **parts)) for state in STATES
            ],
            "link": self.rows_link("received", **parts),
            "late": self.rows_link("overdue", **parts),
        }

    @property
    def state_names(self) -> list[str]:
        return [str(label) for label in Feedback.State.labels]

    # --- promises, and how satisfied people are --------------------------------------------------------------

    @property
    def promises(self) -> dict[str, Any]:
        return self.figures.get("promises", {})

    @property
    def satisfaction(self) -> dict[str, Any]:
        return self.figures.get("satisfaction", {})

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        """A row for the handling and one for the result: how many said what."""
        if not self.satisfaction.get("asked"):
            return []
        return [
            {
                "name": capfirst(Rating._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
                "numbers": [
                    (self.satisfaction[name][verdict], self.rows_link("asked", **{name: verdict}))
                    for verdict in Verdict.values
                ],
            }
            for name, _label in SATISFIED_WITH
        ]

    @property
    def verdict_names(self) -> list[str]:
        return [str(label) for label in Verdict.labels]

    @property
    def fates(self) -> list[tuple[str, int, str]]:
        """What became of what was promised for the period: name, number, list."""
        if not self.promises.get("promised"):
            return []
        return [
            (str(fate.label), self.promises[fate], self.rows_link("promised", fate=fate))
            for fate in Fate
            if self.promises[fate]
        ]

    @property
    def every_broken(self) -> str:
        return self.rows_link("promised", fate=Fate.BROKEN)

    @property
    def broken(self) -> list[dict[str, Any]]:
        return [{**self._person(row), **self._item(row)} for row in self.promises.get("first", ())]

    @property
    def longest(self) -> list[dict[str, Any]]:
        """The items that wait longest, with since when."""
        return [
            {
                **self._person(row),
                **self._item(row),
                "unit": row["unit"],
                "received_on": parse_date(row["received_on"]),
            }
            for row in self.figures["feedback"].get("longest", ())
        ]

    @property
    def most_said(self) -> list[tuple[str, int]]:
        """The topics of which most was received."""
        return [(topic["name"], topic["total"]) for topic in self.topics if topic["total"]][:MOST]

    @property
    def said_most(self) -> list[tuple[str, int, int]]:
        """The same for where nothing can be drawn: name, number, and percent of the largest."""
        return [(name, number, number * 100 // self.most_said[0][1]) for name, number in self.most_said]

    @property
    def how_far(self) -> list[tuple[str, int, int]]:
        """The funnel for where nothing can be drawn: step, number, and percent of all that was received."""
        return [
            (bar.label, bar.number, bar.number * 100 // max(self.topic_totals["total"], 1))
            for bar in self.funnel.bars
        ]

    @property
    def narrow_heat(self) -> tuple[list[str], list[tuple[str, list[tuple[str, str]]]]]:
        """The map with its last periods alone, for where it can not be scrolled."""
        keys, rows = self.heat
        return keys[-NARROW:], [(name, cells[-NARROW:]) for name, _link, cells in rows]

    @property
    def topic_chart(self) -> Lengths:
        return lengths(self.most_said)

    @property
    def funnel(self) -> Lengths:
        """How far what was received in the period has come: each step with all that came as far or further."""
        totals = [number for number, _link in self.topic_totals["states"]]
        steps = [(name, sum(totals[number:])) for number, name in enumerate(self.state_names)]
        return lengths(steps)

    @staticmethod
    def _item(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "number": f"F{row['feedback']:06d}",
            "link": reverse("contacts:feedback-detail", args=[row["feedback"]]),
            "due_on": parse_date(row["due_on"]),
        }

    # --- lists ---------------------------------------------------------------------------------------------

    @property
    def missed(self) -> list[dict[str, Any]]:
        kinds = {kind.value: str(kind.label) for kind in ContactRecord.Kind}
        return [
            {**self._person(row), "kind": kinds[row["kind"]], "due_on": parse_date(row["due_on"]), "officer": self.names.get((OFFICER, row["officer"]), "")}
            for row in self.figures["coverage"]["missed"]["first"]
        ]  # fmt: skip

    @property
    def overdue(self) -> list[dict[str, Any]]:
        return [
            {**self._person(row), **self._item(row), "unit": row["unit"]}
            for row in self.figures["feedback"]["first"]
        ]

    @property
    def not_reached(self) -> list[dict[str, Any]]:
        return self._people("not_reached")

    @property
    def quiet(self) -> list[dict[str, Any]]:
        return self._people("quiet")

    @property
    def unpaired(self) -> list[dict[str, Any]]:
        return self._people("unpaired")

    def _people(self, name: str) -> list[dict[str, Any]]:
        rows = self.figures[name]["first"]
        return [{**self._person(row), "last": row["last"] and parse_date(row["last"])} for row in rows]

    def _person(self, row: dict[str, Any]) -> dict[str, Any]:
        """A name and a link for those whom the reader may see; others are with another unit by now."""
        pk = row["stakeholder"]
        name = self.names.get((PERSON, pk), "")
        return {
            "name": name,
            "id": f"L{pk:06d}",
            "url": reverse("contacts:stakeholder-detail", args=[pk]) if name else "",
        }
