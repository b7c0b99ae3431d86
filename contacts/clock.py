"""The clock of feedback, which `schedules` keeps: settings name it, so that this app needs no word of that one."""

import datetime as dt

from django.conf import settings
from django.utils.module_loading import import_string


def answer_due_on(received_on: dt.date) -> dt.date:
    """The day by which an oral opinion is to be answered (R12)."""
    return import_string(settings.FEEDBACK_CLOCK)(received_on)
