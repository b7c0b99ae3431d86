"""Hand-overs: both sides are told of each once, and what they read of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import ngettext

from contacts.models import Handover, HandoverLine, Pairing
from schedules.models import NoticeLine


def untold() -> list[NoticeLine]:
    """A line for everybody whom a hand-over concerns that was told to nobody yet: told is what has a line, and those
    of one hand-over are written together."""
    told = NoticeLine.objects.filter(handover=OuterRef("pk"))
    waiting = dict(Handover.objects.filter(~Exists(told)).values_list("pk", "officer"))
    return [_line(*one) for one in sorted(recipients(waiting))] if waiting else []


def recipients(givers: dict[int, int]) -> set[tuple[int, int]]:
    """(hand-over, officer) of all who give and all who take over. `givers`: hand-over → who gives."""
    takers = HandoverLine.objects.filter(handover__in=givers).values_list("handover", "successor")
    return {*givers.items(), *takers}


def _line(handover: int, officer: int) -> NoticeLine:
    return NoticeLine(handover_id=handover, stage="handover", recipient_id=officer)


# --- what is read of it --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A hand-over as one side reads it. `names`: the people whom the reader holds, or will hold, by it."""

    line: int
    handover: Handover
    headline: str
    takes_over: bool
    names: list[str]


def described(lines: Iterable[NoticeLine], day: dt.date) -> list[Told]:
    """What the lines about hand-overs say on a day, in one query however many there are. Whoever holds a person no
    longer reads no name."""
    about: list[Any] = [line for line in lines if line.handover_id]
    if not about:
        return []
    still = Pairing.objects.lasting(day).filter(
        stakeholder=OuterRef("stakeholder"), officer=OuterRef("successor")
    )
    parts: dict[int, list[Any]] = defaultdict(list)
    rows = HandoverLine.objects.filter(handover__in=[line.handover_id for line in about])
    rows = rows.select_related("stakeholder", "successor").annotate(still=Exists(still))
    for part in rows.order_by("stakeholder__pinyin", "pk"):
        parts[part.handover_id].append(part)
    return [_told(line, parts[line.handover_id]) for line in about]


def _told(line: Any, parts: list[Any]) -> Told:
    handover, reader = line.handover, line.recipient_id
    mine = [part for part in parts if part.successor_id == reader]
    words = {"officer": handover.officer.name, "number": len(mine), "day": handover.on}
    if mine:
        headline = ngettext(
            "%(officer)s hands %(number)d person over to you from %(day)s",
            "%(officer)s hands %(number)d people over to you from %(day)s",
            len(mine),
        )
    else:
        successors = dict.fromkeys(part.successor.name for part in parts)
        words |= {"officer": ", ".join(successors), "number": len(parts)}
        headline = ngettext(
            "%(officer)s takes %(number)d person over from you from %(day)s",
            "%(officer)s takes %(number)d people over from you from %(day)s",
            len(parts),
        )
    names = [part.stakeholder.name for part in mine if part.still]
    return Told(line.pk, handover, headline % words, bool(mine), names)
