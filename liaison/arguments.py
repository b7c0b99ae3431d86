"""Types of command-line arguments: what can not be read ends the command with exit code 2 and a sentence."""

import datetime as dt
from argparse import ArgumentTypeError

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime


def day(text: str) -> dt.date:
    """An ISO 8601 day."""
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(f"{text!r} is no day; write 2026-03-31.")
    return found


def instant(text: str) -> dt.datetime:
    """An ISO 8601 instant; without an offset it is the bureau's own clock, and a day alone is its midnight (R1)."""
    try:
        found = parse_datetime(text) if len(text) > len("2026-03-31") else None
    except ValueError:
        found = None
    if found is None:
        found = dt.datetime.combine(day(text), dt.time())
    return found if timezone.is_aware(found) else timezone.make_aware(found)
