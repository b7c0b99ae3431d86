"""The clocks of feedback: by when an opinion is to be answered, and how that day was reckoned (R12)."""

import datetime as dt

from django.conf import settings

from schedules.workdays import Workdays


def oral_due_on(received_on: dt.date, workdays: Workdays | None = None) -> dt.date:
    """15 working days (a setting) after an oral opinion was received; counting starts with the next working day."""
    return (workdays or Workdays.load()).shift(received_on, settings.ORAL_OPINION_WORKING_DAYS)
