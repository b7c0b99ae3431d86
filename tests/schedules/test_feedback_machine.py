"""Whatever anybody does with an item of feedback, in whatever order: it has a unit, an owner and a clock until it is closed,
is closed only once everybody was told, and nobody rates what their own unit handled (R12)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.models import ContactRecord, Feedback, Officer, Rating, Signer, Telling
from schedules.notices.feedback import FIELDS, Item, owner
from schedules.notices.people import People
from schedules.verify import CHECKS, facts
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at

START = at("2026-11-02 09:00")
ACTORS = ("alice", "bob", "carl", "carol", "dan", "lin", "lea", "sue", "rita")
UNITS = ("station", "county", "bureau", "other_county")
VERDICTS = [value for value in Rating.Verdict.values if value != "not_said"]

HANDS = ("alice", "bob", "carl", "carol")  # who may do most of it


# Who belongs to a unit, or to one below it: (kind of the unit, is it the other county).
INSIDERS = {
    ("station", False): {"Alice", "Bob"},
    ("county", False): {"Alice", "Bob", "Carl", "Lin"},
    ("county", True): {"Dan"},
    ("bureau", False): {"Carol", "Lea", "Sue", "Rita"},
}
NOTHING = st.none()


def move(name: str, how: st.SearchStrategy = NOTHING, who: tuple[str, ...] = HANDS) -> st.SearchStrategy:
    return st.tuples(st.just(name), how, st.sampled_from(who))


answer = move(
    "answer",
    st.tuples(st.sampled_from(["solved", "solved", "planned", "cannot"]), st.sampled_from(["new", "later"])),
)
rate = move("rate", st.tuples(st.sampled_from(VERDICTS), st.booleans()))
told = move("told", st.integers(0, 1))
moves = st.one_of(
    *[st.sampled_from(["onward"]).flatmap(move)] * 4,  # what comes next on its way, by somebody
    answer, told, rate,
    move("assign", st.sampled_from(UNITS)),
    st.sampled_from(["take", "send-back", "ask", "send-up", "report", "note"]).flatmap(move),
    st.sampled_from(["extend", "supervise"]).flatmap(lambda name: move(name, who=("lin", "lea"))),
    st.sampled_from(["void", "correct"]).flatmap(move),
    st.sampled_from(["note", "take", "send-up"]).flatmap(lambda name: move(name, who=ACTORS)),
    move("wait", st.integers(1, 40)),
)  # fmt: skip


class AnyWay(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.bureau = factories.small_bureau()
        cls.second = factories.stakeholder("李娜", cls.bureau.other_station)
        factories.pairing(cls.bureau.dan, cls.second)
        # Of the county that nobody asks for anything: were all to take part, nobody would be left to rate it.
        apart = factories.unit("江阳市公安局", cls.bureau.bureau, kind="county")
        factories.role(factories.officer("Eve", apart), "coordinator")

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        kind=st.sampled_from(["oral", "suggestion"]),
        way=st.lists(moves, min_size=8, max_size=16),
    )
    @example(
        kind="oral",
        way=[
            ("answer", ("solved", "later"), "alice"), ("assign", "county", "alice"), ("take", None, "alice"),
            ("onward", None, "alice"), ("rate", ("satisfied", True), "carl"), ("wait", 16, "bob"),
            ("ask", None, "carol"), ("told", 0, "alice"), ("onward", None, "bob"),
            ("rate", ("satisfied", True), "bob"), ("void", None, "bob"), ("onward", None, "carol"),
            ("send-up", None, "bob"), ("supervise", None, "lin"), ("onward", None, "carol"), ("onward", None, "carl"),
        ],
    )  # fmt: skip
    def test_an_item_is_never_lost(self, kind: str, way: list[tuple[str, Any, str]]) -> None:
        with time_machine.travel(START, tick=False) as clock:
            fields = {"kind": kind, "document_number": "2026-114"} if kind != "oral" else {}
            due_on = dt.date(2026, 11, 23) if kind == "oral" else dt.date(2027, 2, 2)
            item = factories.feedback(
                self.bureau.deputy, self.bureau.alice, START.date(), due_on=due_on, **fields
            )
            if fields:
                Signer.objects.create(feedback=item, stakeholder=self.second)
            for move, how, who in way:
                if move == "wait":
                    clock.shift(dt.timedelta(days=how))
                    continue
                self.make(move, how, item, getattr(self.bureau, who))
                self.look(item)

    def make(self, move: str, how: Any, item: Feedback, officer: Officer) -> None:
        """Send the form of the move as the officer, whether or not they may."""
        if move == "onward":
            move, how = self.next_of(Feedback.objects.get(pk=item.pk))
        name, keys, form = f"contacts:feedback-{move}", [item.pk], self.form(move, how, item)
        if move in {"void", "correct"}:
            record = ContactRecord.objects.live().order_by("pk").last()
            if record is None:
                return
            name, keys = f"contacts:record-{move}", [record.pk]
        before = Feedback.objects.get(pk=item.pk)
        rated = Rating.objects.count()
        response = sign_in(officer).post(reverse(name, args=keys), form)
        assert response.status_code in {200, 302, 403, 404}, (move, how, response.status_code)
        if Rating.objects.count() > rated:
            assert officer.name not in INSIDERS[before.unit.kind, before.unit == self.bureau.other_county]

    def next_of(self, item: Feedback) -> tuple[str, Any]:
        if item.state == Feedback.State.READY:
            return "told", bool(Telling.objects.filter(answer__feedback=item, answer__told_on=None).exists())
        if item.rate_by:
            return "rate", (
                "satisfied" if item.answered_on.day % 2 else "dissatisfied",
                bool(item.answered_on.day % 3),
            )
        return ("assign", "station") if item.state == Feedback.State.CLOSED else ("answer", ("solved", "new"))

    def form(self, move: str, how: Any, item: Feedback) -> dict[str, Any]:
        now = dt.datetime.now().astimezone()
        when = {"kind": "call", "day": now.date().isoformat(), "time": "08:30"}
        later = (now.date() + dt.timedelta(days=20)).isoformat()
        match move:
            case "assign":
                return {"unit": getattr(self.bureau, how).pk, "note": "Please."}
            case "answer":
                result, told_in = how
                return {
                    "answer": "So.",
                    "result": result,
                    "review_on": "" if result == "solved" else later,
                    "told_in": told_in,
                    **when,
                }
            case "told":
                return {"told_in": f"new-{self.second.pk}" if how else "new", **when}
            case "rate":
                verdict, leave = how
                telling = Telling.objects.filter(answer__feedback=item, rating=None).order_by("pk").last()
                said = {"process": "satisfied", "result": verdict, "comment": "So."} | (
                    {"leave": "on"} if leave else {}
                )
                return said | ({"telling": telling.pk} if telling else {})
            case "take":
                return {"handler": self.bureau.alice.pk}
            case "ask":
                return {"unit": self.bureau.other_county.pk, "question": "Whose?", "due_on": later}
            case "send-up":
                return {"unit": self.bureau.bureau.pk, "text": "Look."}
            case "supervise":
                return {"report_by": later, "text": "Do it."}
            case "correct":
                return {"outcome": "no_answer", "summary": "So.", **when}
            case _:
                return {"reason": "So.", "text": "So."}

    def look(self, item: Feedback) -> None:
        item = Feedback.objects.select_related("unit").get(pk=item.pk)
        assert item.unit.closed_on is None
        if item.state == Feedback.State.CLOSED:
            people = [item.stakeholder_id, *item.signers.values_list("stakeholder", flat=True)]
            told = ContactRecord.objects.reached().filter(tellings__answer=item.answer_id)
            assert set(people) <= set(told.values_list("stakeholder", flat=True))
            return
        assert (item.due_on if item.is_pending else item.review_on or item.rate_by) is not None
        row = Item._make(Feedback.objects.filter(pk=item.pk).values_list(*FIELDS).get())
        assert owner(row, People.read(dt.date.today()))
        known = facts.gather(dt.datetime.now(dt.UTC))
        broken = [found for check in CHECKS if check.rule == "R12" for found in check.find(known)]
        assert broken == []
