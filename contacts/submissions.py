"""A form sent twice does its deed once."""

from __future__ import annotations

from typing import Any


def submitted_before(row: Any, owner: str = "stakeholder") -> Any:
    """What was saved when the form that `row` came with was sent for the first time, or None. `owner`: the field that says
    whom it is about, or who logs it, for a number that somebody made up is nobody else's."""
    if row.submission is None:
        return None
    return type(row).objects.filter(**{owner: getattr(row, owner)}, submission=row.submission).first()
