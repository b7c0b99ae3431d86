"""The paragraph on top of a digest: what the figures say, in sentences made by rules. It names no person, compares no people
and gives no causes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schedules.digests.phrases import percent

if TYPE_CHECKING:
    from schedules.digests.reading import Reading

BELOW = 15  # points under the share of the whole, from which on a unit is named
NAMED = 3  # units, topics


def sentences(reading: Reading) -> Iterator[str]:
    """In the order in which a leader asks: who was reached, what people said, what was promised, what is due."""
    found = reading.figures
    heard = found["feedback"]
    if not (reading.total["owed"] or heard["received"] or heard["overdue"] or found["people"]):
        yield _("Nothing was owed in this period, and nobody said anything.")
        return
    yield from _reached(reading)
    yield from _behind(reading)
    yield from _heard(reading)
    yield from _promised(found)
    yield from _due(reading)


def _reached(reading: Reading) -> Iterator[str]:
    total, now, then = reading.total, percent(reading.total), percent(reading.before)
    if now is None:
        return
    said = {"met": total["met"], "owed": total["owed"] - total["waived"], "share": f"{now}%"}
    if then is None:
        yield _("%(met)d of %(owed)d contacts were made (%(share)s).") % said
        return
    said |= {"then": f"{then}%", "before": reading.before["key"]}
    if now > then:
        yield _("%(met)d of %(owed)d contacts were made (%(share)s, up from %(then)s in %(before)s).") % said
    elif now < then:
        yield (
            _("%(met)d of %(owed)d contacts were made (%(share)s, down from %(then)s in %(before)s).") % said
        )
    else:
        yield _("%(met)d of %(owed)d contacts were made (%(share)s, as in %(before)s).") % said


def _behind(reading: Reading) -> Iterator[str]:
    """Units, never officers, whose share is far below that of the whole; as they stand in the tree."""
    whole = percent(reading.total)
    if whole is None:
        return
    rows = [row for row in reading.figures["coverage"]["groups"] if "unit" in row]
    low = [row["name"] for row in rows if (share := percent(row)) is not None and share <= whole - BELOW]
    if low[:NAMED]:
        units = _(", ").join(low[:NAMED])
        if len(low) > NAMED:
            units = _("%(units)s and %(n)d others") % {"units": units, "n": len(low) - NAMED}
        yield _("Far below that stand %(units)s.") % {"units": units}


def _heard(reading: Reading) -> Iterator[str]:
    heard = reading.figures["feedback"]
    if heard["received"]:
        text = ngettext("%(n)d opinion came in", "%(n)d opinions came in", heard["received"]) % {
            "n": heard["received"]
        }
        most = max(heard["by_topic"], key=lambda topic: topic["total"], default=None)
        if most and most["name"] and most["total"] > 1:
            text = _("%(opinions)s, most of them about %(topic)s (%(n)d)") % {
                "opinions": text, "topic": most["name"], "n": most["total"],
            }  # fmt: skip
        yield _("%(sentence)s.") % {"sentence": text}
    new = [topic["name"] for topic in heard["by_topic"] if topic.get("new") and topic["total"]]
    if new:
        yield _("For the first time in a year: %(topics)s.") % {"topics": _(", ").join(new[:NAMED])}
    if heard["overdue"]:
        text = ngettext("%(n)d answer is overdue.", "%(n)d answers are overdue.", heard["overdue"])
        yield text % {"n": heard["overdue"]}


def _promised(found: dict[str, Any]) -> Iterator[str]:
    promises = found.get("promises")
    if promises and promises["promised"]:
        said = {
            "n": promises["promised"],
            "kept": promises["kept"] + promises["late"],
            "broken": promises["broken"],
        }
        text = ngettext(
            "Of %(n)d promise due, %(kept)d was kept and %(broken)d is broken.",
            "Of %(n)d promises due, %(kept)d were kept and %(broken)d are broken.",
            promises["promised"],
        )
        yield text % said


def _due(reading: Reading) -> Iterator[str]:
    """What can still be done, while the period runs."""
    total = reading.total
    if reading.figures["running"] and total["open"]:
        said = {"open": total["open"], "soon": total["due_soon"]}
        yield _("Still to be made: %(open)d, %(soon)d of them due soon.") % said
