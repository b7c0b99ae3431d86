"""The State Council's yearly notice as people paste it: "春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）、2月28日
（周六）上班。" What is read is shown for checking; nothing is entered by itself."""

from __future__ import annotations

import datetime as dt
import re

from schedules.configuring import HolidayLine

_ASIDE = re.compile(r"（[^）]*）|\([^)]*\)")
_NAME = re.compile(r"^\s*(?:[一二三四五六七八九十\d]+[、.．])?\s*([^：:。，]+)[：:]")
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日"
_SPAN = re.compile(rf"{_DAY}(?:\s*(?:至|—|-|–|到)\s*{_DAY})?")
_VERB = re.compile(r"放假|上班")


def read(text: str, year: int) -> list[HolidayLine]:
    """The lines of a notice for `year`, holidays and make-up days as they come. What can not be read is left out."""
    found: list[HolidayLine] = []
    for paragraph in _ASIDE.sub("", text).splitlines():
        if name := _NAME.match(paragraph):
            found += _read_paragraph(paragraph[name.end() :], year, name[1].strip())
    return found


def _read_paragraph(text: str, year: int, name: str) -> list[HolidayLine]:
    found, start = [], 0
    for verb in _VERB.finditer(text):
        month = 0
        for span in _SPAN.finditer(text, start, verb.start()):
            month = int(span[2] or month)
            first = _day(span[1] or year, month, span[3])
            last = first
            if span[6]:
                month = int(span[5] or month)
                last = _day(span[4] or year, month, span[6])
            if first and last and first <= last:
                found.append(HolidayLine(first, last, verb[0] == "上班", name))
        start = verb.end()
    return found


def _day(year: str | int, month: int, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), month, int(day))
    except ValueError:
        return None
