"""Half-years, for which work reports are written: pure arithmetic on the calendar. Their keys read `2026-H2` (R2)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

_KEY = re.compile(r"((?:19|20|21)\d\d)-H([12])")


@dataclass(frozen=True, order=True)
class HalfYear:
    year: int
    half: int  # 1 from January, 2 from July

    @classmethod
    def containing(cls, day: dt.date) -> HalfYear:
        return cls(day.year, 1 if day.month <= 6 else 2)

    @classmethod
    def parse(cls, key: str) -> HalfYear:
        """Raises ValueError unless the key reads like `2026-H2`."""
        found = _KEY.fullmatch(key)
        if found is None:
            raise ValueError(f"{key!r} names no half-year; write 2026-H1 or 2026-H2.")
        return cls(int(found[1]), int(found[2]))

    @property
    def key(self) -> str:
        return f"{self.year}-H{self.half}"

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last(self) -> dt.date:
        return dt.date(self.year, 6, 30) if self.half == 1 else dt.date(self.year, 12, 31)

    @property
    def before(self) -> HalfYear:
        return HalfYear(self.year, 1) if self.half == 2 else HalfYear(self.year - 1, 2)

    @property
    def after(self) -> HalfYear:
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    def __str__(self) -> str:
        words = _("first half of %(year)d") if self.half == 1 else _("second half of %(year)d")
        return words % {"year": self.year}
