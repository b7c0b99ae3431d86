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
from schedules import periods
from schedules.charts import Funnel, StackedBars, funnel, stacked_bars
from schedules.digests.names import OFFICER, PERSON, Names
from schedules.digests.phrases import each, percent, period_name, satisfied, shade, share, short_key, tone
from schedules.digests.summary import sentences

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
        self, figures: dict[str, Any], names: Names | None = None, below: dict[str, Any] | None = None
    ) -> None:
        self.figures = figures
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

    # --- headline ------------------------------------------------------------------------------------------

    @cached_property
    def total(self) -> dict[str, int]:
        return self.figures["coverage"]["total"]

    @property
    def tiles(self) -> list[Figure]:
        found, total, before = self.figures, self.total, self.before
        heard = found["feedback"]
        return [
            Figure(share(total), _("of what was owed was done"), self._tasks(state="met"), "", self._was(share(before))),
            Figure(total["missed"], _("missed"), self._tasks(state="missed"), tone(total["missed"], "bad"), self._was(before.get("missed"))),
            Figure(total["open"], _("still open"), self._tasks(state="open")),
            Figure(total["due_soon"], _("due soon"), self._tasks(state="due_soon"), tone(total["due_soon"], "warn")),
            Figure(found["not_reached"]["count"], _("not reached in this period"), self._below("not-reached", found["not_reached"]["count"]), tone(found["not_reached"]["count"], "warn")),
            Figure(found["quiet"]["count"], _("not reached for 90 days"), self._below("quiet", found["quiet"]["count"]), tone(found["quiet"]["count"], "bad")),
            Figure(found["unpaired"]["count"], _("without an officer"), self._below("unpaired", found["unpaired"]["count"]), tone(found["unpaired"]["count"], "warn")),
            Figure(heard["received"], _("opinions received"), self._said(), "", self._was(before.get("received"))),
            Figure(heard["answered"], _("opinions answered"), "", "", self._was(before.get("answered"))),
            Figure(heard["overdue"], _("answers overdue"), self._below("overdue", heard["overdue"]), tone(heard["overdue"], "bad"), self._was(before.get("overdue"))),
            *self._later_tiles(),
        ]  # fmt: skip

    def _later_tiles(self) -> Iterator[Figure]:
        """Of figures that those frozen earlier do not know."""
        if promises := self.promises:
            broken = promises["broken"]
            yield Figure(promises["promised"], _("promises due"), self._promised())
            yield Figure(broken, _("promises broken"), self._promised(fate=Fate.BROKEN), tone(broken, "bad"))
        if asked := self.satisfaction.get("asked"):
            yield Figure(asked, _("people asked how satisfied they are"))
            for name, label in SATISFIED_WITH:
                yield Figure(satisfied(self.satisfaction[name]), str(label))

    @property
    def summary(self) -> list[str]:
        return list(sentences(self))

    @staticmethod
    def _below(anchor: str, number: int) -> str:
        """To the list further down the page, which is there when somebody is on it."""
        return f"#{anchor}" if number else ""

    @property
    def before(self) -> dict[str, Any]:
        """The totals of the period before, if anything is known of it."""
        trend = self.figures["trend"]
        return trend[-2] if len(trend) > 1 and trend[-2]["key"] == self.period.preceding().key else {}

    def _was(self, number: object) -> str:
        if not self.before or number is None:
            return ""
        return _("%(period)s: %(number)s") % {"period": self.before["key"], "number": number}

    # --- coverage ------------------------------------------------------------------------------------------

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The units below, or the officers, each with its share and links."""
        rows = []
        for group in self.figures["coverage"]["groups"]:
            below = {"unit": group["unit"]} if "unit" in group else {"officer": group["officer"]}
            link = "" if group.get("itself") or "officer" in group else self.digest_link(group["unit"])
            tasks = {} if group.get("itself") else self._cells(group, **below)
            rows.append(
                {
                    **self._row(group),
                    "name": group["name"],
                    "link": link,
                    "itself": group.get("itself"),
                    "per_officer": each(group.get("people", 0), group.get("officers", 0)),
                    "tasks": tasks,
                }
            )
        return rows  # fmt: skip

    @property
    def has_load(self) -> bool:
        """Do the figures know how many people are held? Those that were frozen earlier do not."""
        return "officers" in self.figures["coverage"]

    @property
    def per_officer(self) -> str:
        return each(self.figures["people"], self.figures["coverage"]["officers"])

    @property
    def kinds(self) -> list[dict[str, Any]]:
        kinds = {kind.value: str(kind.label) for kind in ContactRecord.Kind}
        return [
            {**self._row(row), "name": kinds[row["kind"]], "tasks": self._cells(row, kind=row["kind"])}
            for row in self.figures["coverage"]["by_kind"]
        ]

    def _row(self, counts: dict[str, Any]) -> dict[str, Any]:
        return {
            **counts,
            "share": share(counts),
            "percent": percent(counts) or 0,
            "of": counts["owed"] - counts["waived"],
        }

    def _cells(self, counts: dict[str, Any], **query: str) -> dict[str, str]:
        """Where the rows behind each number of a line stand."""
        states = {"owed": "", "met": "met", "open": "open", "missed": "missed", "waived": "waived"}
        return {name: self._tasks(state=state, **query) for name, state in states.items()}

    def _tasks(self, **query: str) -> str:
        query = {"period": self.period.key, **self._own, **query}
        chosen = {name: value for name, value in query.items() if value}
        return f"{reverse('schedules:obligation-list')}?{urlencode(chosen)}"

    @property
    def _own(self) -> dict[str, str]:
        """What narrows a list down to what this digest is about."""
        if "officer" in self.figures:
            return {"officer": self.figures["officer"]}
        return {"unit": self.figures["unit"]}

    # --- trend ---------------------------------------------------------------------------------------------

    @property
    def trend(self) -> list[dict[str, Any]]:
        """The periods of the chart, oldest first."""
        return [
            {**row, "share": share(row), "link": self.digest_link(key=row["key"])}
            for row in self.figures["trend"]
        ]

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
        states = Feedback.State.values
        return [
            {
                **topic,
                "name": topic["name"] or _("no topic"),
                "link": self._said(topic=topic["topic"] or ""),
                "states": [
                    (topic.get(state, 0), self._said(topic=topic["topic"] or "", state=state))
                    for state in states  # figures that were frozen earlier know fewer
                ],
            }
            for topic in self.figures["feedback"]["by_topic"]
        ]

    @property
    def topic_totals(self) -> dict[str, Any]:
        topics = self.figures["feedback"]["by_topic"]
        return {
            "total": sum(topic["total"] for topic in topics),
            "states": [sum(topic.get(state, 0) for topic in topics) for state in Feedback.State.values],
            "overdue": sum(topic["overdue"] for topic in topics),
        }

    @property
    def state_names(self) -> list[str]:
        return [str(label) for label in Feedback.State.labels]

    def _said(self, **query: object) -> str:
        """The list of what was received; an officer's own has none of its own."""
        if "officer" in self.figures:
            return ""
        span = {"since": self.period.start, "until": self.period.end, "unit": self.figures["unit"]}
        return f"{reverse('contacts:feedback-list')}?{urlencode({**span, **query})}"

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
                "numbers": [self.satisfaction[name][verdict] for verdict in Verdict.values],
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
            (str(fate.label), self.promises[fate], self._promised(fate=fate))
            for fate in Fate
            if self.promises[fate]
        ]

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
    def funnel(self) -> Funnel:
        """How far what was received in the period has come: each step with all that came as far or further."""
        totals = self.topic_totals["states"]
        steps = [(name, sum(totals[number:])) for number, name in enumerate(self.state_names)]
        return funnel(steps)

    def _promised(self, **query: object) -> str:
        """The ledger of the period; an officer's own digest has none of its own."""
        if "officer" in self.figures:
            return ""
        span = {"since": self.period.start, "until": self.period.end, "unit": self.figures["unit"]}
        return f"{reverse('contacts:promise-list')}?{urlencode({**span, **query})}"

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
