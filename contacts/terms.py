"""Terms of office in words: which one, from when until when, and two at a time that can not both be right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import combinations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.models import Seat

DIGITS = "〇一二三四五六七八九"
# Of these a person holds one seat in one body at a time; appointments may stand beside each other.
ELECTED = {Seat.Kind.NPC_DEPUTY, Seat.Kind.CPPCC_MEMBER}


def term(number: int | None) -> str:
    """Which term: 第十四届, "term 14"."""
    chinese = number is not None and number < 100 and (get_language() or "").startswith("zh")
    return (
        _("term %(number)s") % {"number": numeral(number) if chinese and number else number} if number else ""
    )


def numeral(number: int) -> str:
    """1 to 99 as terms are counted: 十四, 二十一."""
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def span(start: dt.date | None, end: dt.date | None) -> str:
    """From – until, by months where whole months are meant, as rosters give terms: "2008-01 – 2013-01"."""
    whole = (start is None or start.day == 1) and (end is None or (end + dt.timedelta(days=1)).day == 1)
    form = "%Y-%m" if whole else "%Y-%m-%d"
    return f"{start.strftime(form) if start else '…'} – {end.strftime(form) if end else '…'}"


def history(seats: Iterable[Seat], day: dt.date) -> list[tuple[Seat, str, bool]]:
    """Every seat with its term and days, and whether it is held on `day`: those first, then the latest."""
    found = [
        (
            seat,
            ", ".join(part for part in (term(seat.term_number), days(seat)) if part),
            seat.covers(day),
        )
        for seat in seats
    ]
    return sorted(found, key=lambda one: (one[2], one[0].started_on or dt.date.min), reverse=True)


def days(seat: Seat) -> str:
    return span(seat.started_on, seat.ended_on) if seat.started_on or seat.ended_on else _("no dates known")


def overlapping(seats: Iterable[Seat]) -> list[tuple[Seat, Seat]]:
    """Pairs of seats in one body, or of an appointment and its renewal, whose days overlap; the earlier one first."""
    in_order = sorted(seats, key=lambda seat: seat.started_on or dt.date.min)
    return [
        (one, two)
        for one, two in combinations(in_order, 2)
        if _one_after_the_other(one, two)
        and (one.ended_on or dt.date.max) >= (two.started_on or dt.date.min)
        and (two.ended_on or dt.date.max) >= (one.started_on or dt.date.min)
    ]


def _one_after_the_other(one: Seat, two: Seat) -> bool:
    same_body = (one.kind, one.level, one.body) == (two.kind, two.level, two.body)
    renewing = (
        one.pk is not None and one.pk == two.renews_id or two.pk is not None and two.pk == one.renews_id
    )
    return same_body and one.kind in ELECTED or renewing
