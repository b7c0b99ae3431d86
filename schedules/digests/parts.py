"""The part of a figure that an address asks for: in words, and where one goes on working with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import ContactRecord, Fate, Feedback, Rating
from schedules.digests.lists import BEHIND, NO_TOPIC

WORDS: dict[str, Mapping[str, Any]] = {
    "kind": dict(ContactRecord.Kind.choices),
    "state": dict(Feedback.State.choices),
    "fate": dict(Fate.choices),
    "process": dict(Rating.Verdict.choices),
    "result": dict(Rating.Verdict.choices),
}


def in_words(parts: Mapping[str, str], figures: dict[str, Any]) -> list[str]:
    """As the page of the figures calls them; KeyError for a part that there is not."""
    words: dict[str, Mapping[str, Any]] = WORDS | {
        "group": {
            group.get("unit") or group["officer"]: group["name"] for group in figures["coverage"]["groups"]
        },
        "topic": {
            str(topic["topic"] or NO_TOPIC): topic["name"] or _("no topic")
            for topic in figures["feedback"]["by_topic"]
        },
    }
    return [
        f"{Rating._meta.get_field(name).verbose_name}: {words[name][value]}"  # type: ignore[union-attr]
        if name in {"process", "result"}
        else str(words[name][value])
        for name, value in parts.items()
    ]


def working_list(figure: str, parts: Mapping[str, str], figures: dict[str, Any]) -> str:
    """The address of the list in which one goes on working with such rows, as they stand now; "" where there is none, or
    it can not ask for just these."""
    span = {"since": figures["period"]["start"], "until": figures["period"]["end"]}
    own, groups = "officer" in figures, figures["coverage"]["groups"]
    if any(group.get("itself") and group["unit"] == parts.get("group") for group in groups):
        return ""  # that list has all below the unit too
    if BEHIND[figure].rows == "tasks" and figure != "attempts":
        whose = {"officer": figures["officer"]} if own else {"unit": figures["unit"]}
        state = {} if figure == "owed" else {"state": figure}
        query = {"period": figures["period"]["key"], **whose, **state}
        if kind := parts.get("kind"):
            query["kind"] = kind
        if group := parts.get("group"):
            query["unit" if "unit" in groups[0] else "officer"] = group
        return f"{reverse('schedules:obligation-list')}?{urlencode(query)}"
    if figure in {"received", "promised"} and not own and "topic" not in parts:  # a topic there has its parts
        name = "contacts:feedback-list" if figure == "received" else "contacts:promise-list"
        return f"{reverse(name)}?{urlencode({**span, 'unit': figures['unit'], **parts})}"
    return ""
