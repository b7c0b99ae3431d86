"""How a message is laid out, in the mail as in the inbox: by urgency, and within it by street."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from schedules.models import Stage

# The most urgent first.
ORDER = [Stage.MISSED, Stage.LAST_DAY, Stage.DUE_SOON, Stage.PLANNED]


@dataclass(frozen=True)
class Group:
    """The lines of one stage. `streets`: (street, its lines), those without a street last."""

    stage: Stage
    streets: list[tuple[str, list[Any]]]

    @property
    def number(self) -> int:
        return sum(len(lines) for _street, lines in self.streets)


def grouped(lines: Iterable[Any]) -> list[Group]:
    """Lines that carry the obligation they tell of in `owed`; of one without it nothing more is known."""
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for line in sorted(lines, key=_place):
        found[line.stage][line.owed.stakeholder.street if line.owed else ""].append(line)
    return [Group(stage, list(found[stage].items())) for stage in ORDER if stage in found]


def _place(line: Any) -> tuple[Any, ...]:
    person = line.owed.stakeholder if line.owed else None
    return (person is None, not person.street, person.street, person.pinyin, line.pk) if person else (True,)


def latest(lines: Iterable[Any]) -> list[Any]:
    """Of several stages of one obligation the most urgent alone, should one message tell the notices of several days."""
    best: dict[int, Any] = {}
    latest_said: dict[tuple[int, Any], Any] = {}
    for line in lines:
        if line.obligation_id:
            other = best.setdefault(line.obligation_id, line)
            best[line.obligation_id] = min(other, line, key=lambda one: ORDER.index(one.stage))
        elif line.feedback_id:
            latest_said[line.feedback_id, line.about_on] = line
    kept = {id(line) for line in [*best.values(), *latest_said.values()]}
    return [line for line in lines if id(line) in kept or not (line.obligation_id or line.feedback_id)]
