"""“You said, we did”: what a person said, what came of it, as their work report tells them. The only place where reports read
feedback: `lines_of` freezes it when a copy is issued, `read` puts the frozen lines in words."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from contacts.models import Answer, Feedback, Signer
from liaison.batches import batches

MOST = 20  # items of one person; the newest stay
FIELDS = (
    "pk", "stakeholder_id", "document_number", "received_on", "text", "answer__told_on", "answer__result", "answer__text", "unit__name",
    "review_on",
)  # fmt: skip

Line = dict[str, Any]


@dataclass(frozen=True)
class SaidAndDone:
    """One item, as it is printed. Without `answered_on` it is still worked on, by `unit`."""

    number: str
    received_on: dt.date
    said: str
    unit: str
    answered_on: dt.date | None = None
    result: str = ""
    answer: str = ""


def lines_of(since: Mapping[int, dt.date], until: dt.date) -> dict[int, list[Line]]:
    """Person → the lines of the items that they said or signed, oldest first: what was received or answered from their day
    in `since` on, and what is still open: not answered yet, or another answer is promised. Two queries for some thousand people."""
    found: dict[int, list[Line]] = {}
    for people in batches(since):
        earliest = min(since[person] for person in people)
        signed: dict[int, list[int]] = defaultdict(list)
        signatures = Signer.objects.filter(stakeholder__in=people)
        for key, person in signatures.values_list("feedback", "stakeholder"):
            signed[key].append(person)
        theirs = Q(stakeholder__in=people) | Q(pk__in=signatures.values("feedback"))
        told_of = Q(received_on__gte=earliest) | Q(answer__told_on__gte=earliest) | Q(answer=None)
        told_of |= Q(review_on__isnull=False)
        items = Feedback.objects.filter(theirs, told_of, received_on__lte=until)
        for item in items.order_by("received_on", "pk").values(*FIELDS):
            lately = max(item["received_on"], item["answer__told_on"] or until)
            for person in {item["stakeholder_id"], *signed[item["pk"]]} & since.keys():
                if lately >= since[person] or item["review_on"]:
                    found.setdefault(person, []).append(_line(item, until))
    return {person: lines[-MOST:] for person, lines in found.items()}


def _line(item: Mapping[str, Any], until: dt.date) -> Line:
    line = {
        "number": item["document_number"] or f"F{item['pk']:06d}",
        "received_on": item["received_on"].isoformat(),
        "said": item["text"],
        "unit": item["unit__name"],
    }
    if item["answer__told_on"] and item["answer__told_on"] <= until:
        line |= {
            "answered_on": item["answer__told_on"].isoformat(),
            "result": item["answer__result"],
            "answer": item["answer__text"],
        }
    return line


def read(lines: Iterable[Line]) -> list[SaidAndDone]:
    """Frozen lines in the language of the moment."""
    return [_read(dict(line)) for line in lines]


def _read(line: Line) -> SaidAndDone:
    for name in ("received_on", "answered_on"):
        if line.get(name):
            line[name] = dt.date.fromisoformat(line[name])
    line["result"] = str(dict(Answer.Result.choices).get(line.get("result", ""), ""))
    return SaidAndDone(**line)
