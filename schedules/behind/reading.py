"""A report made readable: words and links for the page, the inbox and the mail."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from schedules.behind.figures import Counts, total
from schedules.models import Explanation

# Of each figure, what the list of tasks is asked for.
STATES = {
    "late": "late",
    "due_soon": "due_soon",
    "missed": "missed",
    "behind": "behind",
    "unexplained": "behind",
}
LABELS: dict[str, str | Promise] = {
    "late": gettext_lazy("late"),
    "due_soon": gettext_lazy("due soon"),
    "missed": gettext_lazy("missed"),
    "attempts": gettext_lazy("attempts"),
    "unexplained": gettext_lazy("without a reason"),
}


class Cell(NamedTuple):
    label: str
    number: int
    link: str  # to the tasks that are counted; "" where no list holds exactly these


class Row:
    """A unit with all below it, an officer, or what a unit holds itself."""

    def __init__(self, name: str, counts: Counts, tasks: dict[str, str], link: str) -> None:
        """`tasks`: what narrows the list of tasks to this row's; empty if nothing does."""
        self.name, self.counts, self.tasks, self.link = name, counts, tasks, link

    @property
    def cells(self) -> list[Cell]:
        return [self._cell(name) for name in LABELS]

    @property
    def reasons(self) -> list[Cell]:
        """How often each reason was given, in the order in which one chooses from them."""
        given = [(reason, self.counts["reasons"].get(reason.value, 0)) for reason in Explanation.Reason]
        return [
            Cell(str(reason.label), number, self._list(state="behind", reason=reason.value))
            for reason, number in given
            if number
        ]

    @property
    def sentence(self) -> str:
        """For the mail: "late 3 · missed 1 · without a reason 2"."""
        figures = [cell for cell in self.cells if cell.number] + self.reasons
        return " · ".join(f"{cell.label} {cell.number}" for cell in figures)

    def _cell(self, name: str) -> Cell:
        asked = {"state": STATES.get(name, "behind")} | ({"reason": "none"} if name == "unexplained" else {})
        return Cell(str(LABELS[name]), self.counts[name], "" if name == "attempts" else self._list(**asked))

    def _list(self, **asked: str) -> str:
        if not self.tasks:
            return ""
        return f"{reverse('schedules:obligation-list')}?{urlencode(asked | self.tasks)}"


class Reading:
    def __init__(self, figures: dict[str, Any], week_key: str = "") -> None:
        self.figures, self.week_key = figures, week_key
        self.code, self.name = figures["unit"], figures["name"]
        self.day, self.since = (dt.date.fromisoformat(figures[name]) for name in ("day", "since"))

    @property
    def link(self) -> str:
        return self._page(self.code)

    @cached_property
    def total(self) -> Row:
        return Row(_("Total"), self.figures["total"], self._tasks(unit=self.code), "")

    @cached_property
    def officers(self) -> list[Row]:
        rows = []
        for row in self.figures["officers"]:
            tasks = self._tasks(unit=self.code, officer=row["officer"])
            rows.append(
                Row(
                    row["name"],
                    row,
                    tasks,
                    f"{reverse('schedules:obligation-list')}?{urlencode({'state': 'behind'} | tasks)}",
                )
            )
        return rows

    @cached_property
    def units(self) -> list[Row]:
        """Those right below; and before them, as one, what the unit holds itself."""
        rows = [
            Row(row["name"], row, self._tasks(unit=row["unit"]), self._page(row["unit"]))
            for row in self.figures["units"]
        ]
        if rows and self.figures["officers"]:
            itself = _("%(unit)s itself") % {"unit": self.name}
            rows.insert(0, Row(itself, total(self.figures["officers"]), {}, f"{self.link}#officers"))
        return rows

    @property
    def rows(self) -> list[Row]:
        """What a message has lines for: one for each unit below or, where there is none, for each officer."""
        return self.units or self.officers

    @property
    def is_behind(self) -> bool:
        return bool(self.figures["total"]["behind"])

    @property
    def headline(self) -> str:
        if self.is_behind:
            return _("Who is behind in %(unit)s") % {"unit": self.name}
        return _("Nobody is behind in %(unit)s") % {"unit": self.name}

    @property
    def in_short(self) -> str:
        """One line under the headline; "" where there is nothing to say."""
        if self.is_behind:
            return self.total.sentence
        number = self.figures["total"]["due_soon"]
        text = ngettext(
            "%(number)d contact is due within five working days.",
            "%(number)d contacts are due within five working days.",
            number,
        )
        return text % {"number": number} if number else ""

    def _tasks(self, **narrowed: str) -> dict[str, str]:
        return {"since": self.figures["since"], **narrowed}

    def _page(self, code: str) -> str:
        asked = {"unit": code} | ({"week": self.week_key} if self.week_key else {})
        return f"{reverse('schedules:behind')}?{urlencode(asked)}"
