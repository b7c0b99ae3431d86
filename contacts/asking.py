"""What to ask on the telephone: rules over what is known of a person, each a short sentence. Nothing is made up: a rule that
finds no fact asks nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Answer, ContactRecord, Feedback, Topic
from contacts.models.stakeholders import ENDS_SOON
from contacts.outsiders import is_outside

if TYPE_CHECKING:
    from contacts.call_card import Card

REMEMBERED = dt.timedelta(days=365)  # of a topic
TOPICS = 2
EXCERPT = 20


@dataclass(frozen=True)
class Question:
    text: str
    url: str = ""


def questions(card: Card) -> Iterator[Question]:
    """In the order in which they are asked: what was answered, what is open, what they care about, what we do not know."""
    for rule in RULES:
        yield from rule(card)


def is_it_solved(card: Card) -> Iterator[Question]:
    """Of what we said is solved, in the talk after that."""
    for item in _answered_lately(card):
        if item.answer and item.answer.result == Answer.Result.SOLVED:
            words = _("Is %(number)s “%(text)s” really solved?")
            yield Question(words % _named(item), item.get_absolute_url())


def are_they_satisfied(card: Card) -> Iterator[Question]:
    """With what they were told; asked by somebody outside the unit that handled it (R12)."""
    for item in _answered_lately(card):
        if item.rate_by and is_outside(card.officer, item):
            words = _("How satisfied are they with the handling and the result of %(number)s?")
            yield Question(words % _named(item), item.get_absolute_url())


def has_it_moved(card: Card) -> Iterator[Question]:
    """Of what was answered otherwise than solved, once its day to look again has come."""
    for item in card.reviews:
        words = _("Has anything improved with %(number)s “%(text)s”? It was %(result)s.")
        yield Question(words % _named(item), item.get_absolute_url())


def what_they_care_about(card: Card) -> Iterator[Question]:
    """Topics that they raised before and of which nothing else here speaks."""
    spoken_of = {item.topic_id for item in (*card.pending, *card.reviews, *_answered_lately(card))}
    raised: dict[Topic, list[dt.date]] = defaultdict(list)
    for item in card.history.feedback:
        recent = item.received_on > card.today - REMEMBERED
        if item.topic and recent and item.topic_id not in spoken_of:
            raised[item.topic].append(item.received_on)
    often = sorted(raised.items(), key=lambda one: (len(one[1]), max(one[1])), reverse=True)
    for topic, days in often[:TOPICS]:
        words = ngettext(
            "They raised “%(topic)s” %(n)d time in a year, last in %(month)s: how is it now?",
            "They raised “%(topic)s” %(n)d times in a year, last in %(month)s: how is it now?",
            len(days),
        )
        yield Question(words % {"topic": topic, "n": len(days), "month": f"{max(days):%Y-%m}"})


def who_are_you(card: Card) -> Iterator[Question]:
    """An officer who has never spoken with them says who calls."""
    if not any(record.officer_id == card.officer.pk for record in card.reached):
        yield Question(_("You have not spoken with them yet: say who you are and what you can do for them."))


def which_number(card: Card) -> Iterator[Question]:
    if not card.person.phones.all():
        yield Question(_("No number is known: ask for one."))
    elif card.attempts and card.attempts[0].outcome == ContactRecord.Outcome.WRONG_NUMBER:
        yield Question(_("The last call met a wrong number: ask for the right one."))


def which_seat(card: Card) -> Iterator[Question]:
    if not card.seats:
        yield Question(_("No seat is on record today: ask which one they hold."))
    for seat in card.seats:
        if seat.ended_on and seat.ended_on <= card.today + ENDS_SOON:
            words = _("“%(seat)s” ends on %(day)s: do they go on?")
            yield Question(words % {"seat": seat, "day": seat.ended_on})


RULES: tuple[Callable[[Card], Iterator[Question]], ...] = (
    who_are_you,
    is_it_solved,
    are_they_satisfied,
    has_it_moved,
    what_they_care_about,
    which_number,
    which_seat,
)


def _answered_lately(card: Card) -> list[Feedback]:
    """What they were told in the last talk; the next one asks what came of it, once."""
    last = card.last
    return [item for item in card.history.feedback if last and item.was_told_in(last)]


def _named(item: Feedback) -> dict[str, object]:
    text = item.text if len(item.text) <= EXCERPT else item.text[:EXCERPT] + "…"
    result = item.answer.get_result_display() if item.answer else ""
    return {"number": item.number, "text": text, "result": result}
