"""The figures of a public edition (警务公开栏): what was heard, done and promised, with no number from which anybody could be
found out.

The rule is that of statistical offices for tables of counts: no number under `SMALLEST` is said, and none can be had by
subtracting those that are. Small parts are told together; where even together they are too few, with the smallest of the
others. A share is said without what it is of, and only of so many that a percent is no person.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from contacts.models import Fate, Feedback, Topic
from schedules.digests.lists import Lists, select

SMALLEST = 5
SHARE_OF = 20
# Of a period that is over; DUE is what was promised for its last day and not kept then.
TOLD_FATES = (Fate.KEPT, Fate.LATE, Fate.BROKEN, Fate.DUE)
OTHER = ""  # the name of what is told together

Told = dict[str, Any]  # "total": int | None, "rows": [[name, number], …]


def disclose(counts: Mapping[str, int]) -> Told:
    """A total and its parts, the largest first and what is told together last. Without rows where all parts would have to
    be told together; without a total where even that is too small."""
    parts = sorted(
        ((n, name) for name, n in counts.items() if n and name != OTHER), key=lambda part: (-part[0], part[1])
    )
    together = counts.get(OTHER, 0)
    while parts and (parts[-1][0] < SMALLEST or 0 < together < SMALLEST):
        together += parts.pop()[0]
    total = together + sum(number for number, _name in parts)
    rows = [[name, number] for number, name in parts]
    if rows and together:
        rows.append([OTHER, together])
    return {"total": total if total >= SMALLEST else None, "rows": rows}


def share(verdicts: Mapping[str, int]) -> int | None:
    """How many percent of those who said were satisfied, or basically; never rounded up to all."""
    said = sum(verdicts.values()) - verdicts["not_said"]
    return (verdicts["satisfied"] + verdicts["basically"]) * 100 // said if said >= SHARE_OF else None


def public_figures(figures: dict[str, Any], lists: Lists, day: dt.date) -> dict[str, Any]:
    """From a digest as it was frozen and the rows behind it; what came of the answers as it stands on `day`. Two queries."""
    answered = select(lists, "answered")
    topics = dict(Topic.objects.filter(pk__in={row.topic for row in answered}).values_list("pk", "name"))
    items = Feedback.objects.filter(pk__in=[row.pk for row in answered], answer__isnull=False)
    promises, satisfaction = figures.get("promises", {}), figures.get("satisfaction", {})
    contacts = figures["coverage"]["total"]["met"]
    return {
        "day": day.isoformat(),
        "heard": disclose(
            {topic["name"] or OTHER: topic["total"] for topic in figures["feedback"]["by_topic"]}
        ),
        "done": disclose(Counter(topics.get(row.topic, OTHER) for row in answered)),
        "results": disclose(Counter(items.order_by().values_list("answer__result", flat=True))),
        "promises": disclose({fate: promises.get(fate, 0) for fate in TOLD_FATES}),
        "process": share(satisfaction["process"]) if satisfaction else None,
        "result": share(satisfaction["result"]) if satisfaction else None,
        "contacts": contacts if contacts >= SMALLEST else None,
    }
