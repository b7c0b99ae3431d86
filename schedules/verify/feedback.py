"""Checks of feedback: its clocks, its answers, who was told and who rated (R12)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from contacts.access import Deed
from contacts.clock import Clock
from contacts.models import (
    ContactRecord,
    Feedback,
    Officer,
    Pairing,
    Rating,
    Signer,
    Telling,
    UnitRole,
)
from contacts.outsiders import is_outside, took_part
from schedules.clocks import reckon
from schedules.notices.people import People
from schedules.verify.facts import Facts

Found = Iterator[tuple[object, str]]


def answered_means_told(facts: Facts) -> Found:
    """What is answered was told to the person who said it, in a contact that counts and reached them (R12)."""
    reached = ContactRecord.objects.reached().values("pk")
    told = Telling.objects.filter(record__in=reached, record__stakeholder=OuterRef("stakeholder"))
    first = told.filter(answer=OuterRef("answer"))
    others = told.filter(answer=OuterRef("feedback__answer"))
    answered = Feedback.objects.exclude(state__in=Feedback.PENDING)
    rows = answered.filter(~Exists(first)).values_list("pk", flat=True)
    signers = Signer.objects.filter(~Exists(others), feedback__in=answered)
    for pk in sorted({*rows, *signers.values_list("feedback", flat=True)}):
        yield (
            f"feedback {pk}",
            "Not everybody who asked was told the answer in a contact that counts.",
        )


def answers_follow_their_item(facts: Facts) -> Found:
    """The days on an item are those of its last answer: when it was told, and what is due next (R12)."""
    rate_by = cache(lambda day: reckon(Clock.RATING, day, facts.workdays).day)
    rows = Feedback.objects.exclude(answer=None).select_related("answer").order_by("pk")
    for item in rows:
        answer = item.answer
        if answer is None or answer.feedback_id != item.pk or answer.told_on is None or answer.set_aside_on:
            yield f"feedback {item.pk}", "Its answer is another item's, or was told to nobody."
        elif item.review_on != (answer.review_on if item.state == Feedback.State.ANSWERED else None):
            yield f"feedback {item.pk}", "It promises another answer for another day than its answer does."
        elif item.rate_by and item.rate_by != rate_by(answer.told_on):
            yield f"feedback {item.pk}", f"It is to be rated until {item.rate_by}; its clock says otherwise."


def no_answer_before_its_question(facts: Facts) -> Found:
    """What counts as told was told after it was asked: since the clock runs, or after the answer before (R12)."""
    rows = Telling.objects.filter(answer__set_aside_on=None, answer__told_on__isnull=False).annotate(
        asked_on=Coalesce("answer__follows__told_on", "answer__feedback__clock_since")
    )
    early = rows.filter(record__occurred_on__lt=F("asked_on")).order_by("pk")
    for pk, day in early.values_list("answer__feedback", "asked_on"):
        yield f"feedback {pk}", f"An answer to what was asked on {day} was told before that."


def rated_by_others(facts: Facts) -> Found:
    """Nobody asks how satisfied people are with what they wrote or told themselves, to whomever (R12)."""
    told = Telling.objects.filter(answer=OuterRef("telling__answer"), record__officer=OuterRef("rated_by"))
    own = Q(Exists(told)) | Q(rated_by=F("telling__answer__prepared_by"))
    said = Rating.objects.filter(own).exclude(process=Rating.Verdict.NOT_SAID, result=Rating.Verdict.NOT_SAID)
    for pk in said.order_by("pk").values_list("telling__answer__feedback", flat=True):
        yield f"feedback {pk}", "Whoever answered it rated the answer too."


def somebody_may_rate(facts: Facts) -> Found:
    """Of what is to be rated there is somebody outside who can see it, and ask (R12)."""
    waiting = Feedback.objects.to_rate().select_related("stakeholder").order_by("pk").in_bulk()
    people, parts = People.read(facts.day), took_part(list(waiting))
    for pk, item in waiting.items():
        if people.raters(item.unit_id, item.stakeholder.unit_id, parts[pk], pk):
            continue
        # Rare: a coordinator is found otherwise.
        holders = Officer.objects.active().filter(
            Q(roles__in=UnitRole.objects.in_force()) | Q(pairings__in=Pairing.objects.open(facts.day))
        )
        if not any(one.rights.may(Deed.RATE, item) and is_outside(one, item) for one in holders.distinct()):
            yield f"feedback {pk}", "Everybody who could ask how satisfied people are took part in it."


def closed_means_rated(facts: Facts) -> Found:
    """What is closed was rated by everybody who was told (R12)."""
    unrated = Telling.objects.filter(answer=OuterRef("answer"), rating=None)
    rows = Feedback.objects.filter(Exists(unrated), state=Feedback.State.CLOSED)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        yield f"feedback {pk}", "It is closed, and nobody asked how satisfied everybody is."


def clock_and_state_agree(facts: Facts) -> Found:
    """What is not yet answered is due on the day that its clock says; whoever has it knows since when (R12)."""
    due_on = cache(lambda clock, since: reckon(clock, since, facts.workdays).day)
    for item in Feedback.objects.pending().order_by("pk"):
        due = due_on(item.clock, item.clock_since)
        if item.due_on != due:
            yield f"feedback {item.pk}", f"It is due on {item.due_on}; its clock says {due}."
        missing = item.state == Feedback.State.ASSIGNED and item.assigned_on is None
        if missing or item.state == Feedback.State.RECEIVED and item.assigned_on:
            yield (
                f"feedback {item.pk}",
                "It is assigned without a day, or has such a day without being assigned.",
            )
