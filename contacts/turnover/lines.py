"""The lines of a turnover as they are kept and shown: what becomes of whom, and what changes."""

from __future__ import annotations

from typing import Any

from contacts.imports.matching import Match
from contacts.models import Stakeholder, Turnover, TurnoverLine
from contacts.turnover.grouping import Case

# What the first day of a term changes by itself stands in words; here stands what the roster says anew.
OF_THE_TERM = {"term", "term_number", "level", "body", "delegation"}


def line_of(turnover: Turnover, case: Case, *, applied: bool) -> TurnoverLine:
    """A line not yet saved. Who is new exists only once it is `applied`."""
    entry, other = case.entry, case.other
    made = case.match.written if applied and case.match and case.result else None
    return TurnoverLine(
        turnover=turnover,
        group=case.group,
        name=case.name[:100],
        sheet=(entry.line.sheet or "")[:100] if entry else "",
        number=entry.line.number if entry else None,
        stakeholder_id=case.person.pk if case.person else made,
        other=other if isinstance(other, Stakeholder) else None,
        other_row=[other.entry.line.sheet, other.entry.line.number] if isinstance(other, Match) else None,
        why=case.why,
        choice=case.choice,
        changes=changes_of(turnover, case),
        issues=[issue.as_json() for issue in entry.issues] if entry else [],
    )


def changes_of(turnover: Turnover, case: Case) -> dict[str, Any]:
    """Field → [before, after], as of an imported row; a new person's fields are not told one by one."""
    result, entry, found = case.result, case.entry, {}
    if result and case.person:
        found = {
            name: both for name, both in result.changes.items() if name not in OF_THE_TERM or not case.seats
        }
    if case.group == TurnoverLine.Group.DOUBTFUL and entry and isinstance(case.other, Stakeholder):
        return apart(entry.said, case.other)
    if case.why == "stays" and result and case.match:
        found |= of_the_seat(turnover, case.match)
    elif result and not case.person and (number := case.match and case.match.entry.said.get("officer")):
        found["officer"] = [None, number]
    if case.freed:
        found["officer"] = [case.freed.officer.police_number, None]
    return found


def of_the_seat(turnover: Turnover, match: Match) -> dict[str, Any]:
    """What the seat of the new term says otherwise than the one before it."""
    old, said = match.former, match.entry.said
    assert old is not None  # noqa: S101 - asked for by the caller
    new = {"term_number": turnover.term_number, "delegation": said.get("delegation", "")}
    changed = {
        name: [getattr(old, name), value] for name, value in new.items() if getattr(old, name) != value
    }
    return changed | {"term": [[plain(old.started_on), plain(old.ended_on)], said["term"]]}


def apart(said: dict[str, Any], person: Stakeholder) -> dict[str, Any]:
    """What stands here and what the row says, where they differ: what a coordinator decides by."""
    stored = {name: getattr(person, name) for name in ("sex", "birth", "employer", "address")}
    stored["phones"] = [f"{p.e164};ext={p.extension}" if p.extension else p.e164 for p in person.phones.all()]
    return {name: [value, said[name]] for name, value in stored.items() if said.get(name, value) != value}


def plain(day: Any) -> str | None:
    return day.isoformat() if day else None
