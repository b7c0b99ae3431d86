"""A digest made readable: words, shares, links and coordinates for the page, the mail and the printed document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import ContactRecord
from schedules import coverage
from schedules.charts import StackedBars, stacked_bars
from schedules.digests import earlier
from schedules.digests.names import OFFICER
from schedules.digests.phrases import each, percent, satisfied, shade, share, short_key, signed, tone
from schedules.digests.said import Said
from schedules.digests.summary import sentences

NARROW = 5  # periods of the map in a mail
BARS = ("met", "waived", "missed", "open")
SATISFIED_WITH = (
    ("process", gettext_lazy("satisfied with the handling")),
    ("result", gettext_lazy("satisfied with the result")),
)


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and where the list behind it stands."""

    number: int | str
    label: str
    link: str = ""
    tone: str = ""
    before: str = ""


class Reading(Said):
    """One digest for a reader."""

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

    @property
    def narrow_heat(self) -> tuple[list[str], list[tuple[str, list[tuple[str, str]]]]]:
        """The map with its last periods alone, for where it can not be scrolled."""
        keys, rows = self.heat
        return keys[-NARROW:], [(name, cells[-NARROW:]) for name, _link, cells in rows]

    # --- lists ---------------------------------------------------------------------------------------------

    @property
    def missed(self) -> list[dict[str, Any]]:
        kinds = {kind.value: str(kind.label) for kind in ContactRecord.Kind}
        return [
            {**self.person(row), "kind": kinds[row["kind"]], "due_on": parse_date(row["due_on"]), "officer": self.names.get((OFFICER, row["officer"]), "")}
            for row in self.figures["coverage"]["missed"]["first"]
        ]  # fmt: skip

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
        return [{**self.person(row), "last": row["last"] and parse_date(row["last"])} for row in rows]
