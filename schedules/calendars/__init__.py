"""The one place that builds iCalendar (RFC 5545): who plans which contact on which day, as a calendar program shows it.

An obligation is one event on its planned day, never a bar over its period. Its UID is made of policy, period and person
alone, and equal facts make equal bytes, so that a subscription changes only where something changed. A contact that is
met keeps its event, marked; one that is withdrawn or waived has none. No phone, note or address stands in a calendar.

`selecting` says what stands in one, `events` what each event is made of and how it is written, `keeping` holds the bytes of
those that were written before, `files` puts them together, `sets` makes one file for each officer of a unit.
"""

from schedules.calendars.events import Wishes
from schedules.calendars.files import CONTENT_TYPE, Calendar, Written
from schedules.calendars.selecting import Selection, of_officer, of_officers, of_person, of_unit

__all__ = [
    "CONTENT_TYPE",
    "Calendar",
    "Selection",
    "Wishes",
    "Written",
    "of_officer",
    "of_officers",
    "of_person",
    "of_unit",
]
