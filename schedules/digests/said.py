"""What a digest tells of people's opinions, of what was promised, and of how satisfied they are."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contacts.models import Fate, Feedback, Rating
from schedules.charts import Lengths, lengths
from schedules.digests.about import About
from schedules.digests.lists import NO_TOPIC
from schedules.digests.material import STATES

MOST = 10  # topics of the chart
Verdict = Rating.Verdict


class Said(About):
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
    def topic_chart(self) -> Lengths:
        return lengths(self.most_said)

    @property
    def funnel(self) -> Lengths:
        """How far what was received in the period has come: each step with all that came as far or further."""
        totals = [number for number, _link in self.topic_totals["states"]]
        steps = [(name, sum(totals[number:])) for number, name in enumerate(self.state_names)]
        return lengths(steps)

    @property
    def overdue(self) -> list[dict[str, Any]]:
        return [
            {**self.person(row), **self._item(row), "unit": row["unit"]}
            for row in self.figures["feedback"]["first"]
        ]

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
            for name in ("process", "result")
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
        return [{**self.person(row), **self._item(row)} for row in self.promises.get("first", ())]

    @property
    def longest(self) -> list[dict[str, Any]]:
        """The items that wait longest, with since when."""
        return [
            {
                **self.person(row),
                **self._item(row),
                "unit": row["unit"],
                "received_on": parse_date(row["received_on"]),
            }
            for row in self.figures["feedback"].get("longest", ())
        ]

    @staticmethod
    def _item(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "number": f"F{row['feedback']:06d}",
            "link": reverse("contacts:feedback-detail", args=[row["feedback"]]),
            "due_on": parse_date(row["due_on"]),
        }
