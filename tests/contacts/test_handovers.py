"""Many hand-overs at once obey the rules of a single one."""

import contextlib
import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from contacts.accounts import deactivate
from contacts.handling import pair
from contacts.handovers import hand_over
from contacts.models import Actor, AuditEntry, Handover, Officer, Pairing, Stakeholder
from contacts.pairing import Left, end_many, follow_pairings, pair_many
from tests import factories
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
# What was there before: (officer, first day, last day) …
HISTORIES: list[list[tuple[str, str, str | None]]] = [
    [],
    [("alice", "2026-01-01", None)],
    [("dan", "2026-01-01", None)],
    [("alice", "2026-03-01", None)],
    [("alice", "2026-01-01", "2026-02-15")],
    [("alice", "2026-01-01", "2026-03-15")],
    [("dan", "2026-01-01", "2026-03-15")],
    [("bob", "2025-01-01", "2025-12-31"), ("alice", "2026-01-01", None)],
    [("alice", "2026-04-01", None)],
    [("dan", "2026-04-01", None)],
]


def given(bureau: Bureau, history: list[tuple[str, str, str | None]]) -> Stakeholder:
    person = factories.stakeholder("李强", bureau.station)
    for who, start, end in history:
        last = dt.date.fromisoformat(end) if end else None
        factories.pairing(getattr(bureau, who), person, dt.date.fromisoformat(start), ended_on=last)
    return person


def held(person: Stakeholder) -> list[tuple]:
    person.refresh_from_db()
    rows = person.pairings.order_by("started_on").values_list(
        "officer__name", "unit", "started_on", "ended_on"
    )
    return [person.unit_id, *rows]


@pytest.mark.parametrize("history", HISTORIES)
def test_many_at_once_end_as_one_by_one(bureau: Bureau, history: list) -> None:
    one, many = given(bureau, history), given(bureau, history)
    actor = Actor(bureau.carol)
    with (
        contextlib.suppress(ValidationError),
        transaction.atomic(),
    ):  # refused: then nothing may change there either
        pair(one, bureau.dan, on=DAY, actor=actor, reason="why")
    pair_many({many: bureau.dan}, on=DAY, actor=actor, reason="why")
    assert held(many) == held(one)
    told = [
        list(
            AuditEntry.objects.filter(object_id=str(person.pk)).values_list(
                "action", "before", "after", "reason"
            )
        )
        for person in (one, many)
    ]
    assert told[0] == told[1]


def test_it_says_whom_it_left_alone(bureau: Bureau) -> None:
    later, free = given(bureau, HISTORIES[8]), given(bureau, [])
    assert pair_many({later: bureau.dan, free: bureau.dan}, on=DAY, actor=Actor()) == {later: Left.LATER}
    assert Pairing.objects.filter(officer=bureau.dan).count() == 1


def test_nobody_is_paired_with_an_officer_who_is_switched_off(bureau: Bureau) -> None:
    person = given(bureau, HISTORIES[1])
    off = factories.officer("Eve", bureau.station, is_active=False)
    assert pair_many({person: off}, on=DAY, actor=Actor()) == {person: Left.INACTIVE}
    with pytest.raises(ValidationError, match="switched off; choose somebody else"):
        pair(person, off, on=DAY, actor=Actor())
    assert [pairing.officer for pairing in person.pairings.all()] == [bureau.alice]


def test_many_take_as_many_queries_as_few(bureau: Bureau, django_assert_max_num_queries) -> None:
    people = [given(bureau, HISTORIES[index % 3]) for index in range(30)]
    with django_assert_max_num_queries(11):
        pair_many(dict.fromkeys(people, bureau.dan), on=DAY, actor=Actor())


# What was there before, and what of it is left when the last day is 28 February.
ENDINGS: list[tuple[list, list]] = [
    ([], []),
    ([("alice", "2026-01-01", None)], [("Alice", "2026-01-01", "2026-02-28")]),
    ([("alice", "2026-01-01", "2026-02-15")], [("Alice", "2026-01-01", "2026-02-15")]),
    ([("alice", "2026-01-01", "2026-03-15")], [("Alice", "2026-01-01", "2026-02-28")]),
    ([("alice", "2026-02-28", None)], [("Alice", "2026-02-28", "2026-02-28")]),
    ([("alice", "2026-03-01", None)], [("Alice", "2026-03-01", None)]),  # later: left alone
]


@pytest.mark.parametrize(("history", "left"), ENDINGS)
def test_many_pairings_end_after_a_day(bureau: Bureau, history: list, left: list) -> None:
    person = given(bureau, history)
    last = DAY - dt.timedelta(days=1)
    ended, refused = end_many([person], last_day=last, actor=Actor(bureau.carol), reason="why")
    rows = [(name, str(start), str(end) if end else None) for name, _unit, start, end in held(person)[1:]]
    assert rows == left
    assert refused == ({person} if left == ENDINGS[5][1] else set())
    assert AuditEntry.objects.filter(action="end pairing").count() == len(ended)
    assert all(pairing.end_reason == "why" for pairing in ended)


def test_the_unit_in_charge_stays_until_a_pairing_that_lies_ahead_begins(bureau: Bureau) -> None:
    one, many = (given(bureau, HISTORIES[1]) for _twice in range(2))
    nobodys = given(bureau, [])
    ahead = timezone.localdate() + dt.timedelta(days=10)
    pair(one, bureau.dan, on=ahead, actor=Actor())
    pair_many({many: bureau.dan, nobodys: bureau.dan}, on=ahead, actor=Actor())

    def units() -> list[str]:
        people = (Stakeholder.objects.get(pk=person.pk) for person in (one, many, nobodys))
        return [person.unit.short_name for person in people]

    before = ["澄江派出所", "澄江派出所", "宜城派出所"]
    assert units() == before
    assert set(Stakeholder.objects.visible_to(bureau.alice)) >= {one, many}
    assert not Stakeholder.objects.visible_to(bureau.dan).filter(pk__in=[one.pk, many.pk]).exists()
    follow_pairings(ahead - dt.timedelta(days=1))
    assert units() == before
    follow_pairings(ahead)
    assert units() == ["宜城派出所"] * 3


# --- an officer who moves or leaves --------------------------------------------------------------------------

ACTOR = Actor()


def holding(bureau: Bureau, number: int) -> list[Pairing]:
    """Alice's deputy, and people of hers beside."""
    for index in range(number - 1):
        factories.pairing(bureau.alice, factories.stakeholder(f"p{index}", bureau.station))
    return list(bureau.alice.pairings.order_by("pk"))


def to(officer: Officer, pairings: list[Pairing]) -> dict[int, Officer]:
    return {pairing.pk: officer for pairing in pairings}


def test_all_of_an_officer_s_pairings_go_to_successors_on_one_day(bureau: Bureau) -> None:
    one, two, three = holding(bureau, 3)
    wanted = to(bureau.bob, [one, two]) | to(bureau.dan, [three])
    made, left = hand_over(bureau.alice, wanted, on=DAY, actor=Actor(bureau.carol), reason="leaves")

    assert left == []
    assert [p.ended_on for p in bureau.alice.pairings.all()] == [dt.date(2026, 2, 28)] * 3
    assert bureau.bob.pairings.open(DAY).count() == 2
    assert (made.officer, made.unit, made.made_by, made.reason) == (
        bureau.alice, bureau.station, bureau.carol, "leaves",
    )  # fmt: skip
    assert {(line.stakeholder, line.successor) for line in made.lines.all()} == {
        (one.stakeholder, bureau.bob), (two.stakeholder, bureau.bob), (three.stakeholder, bureau.dan),
    }  # fmt: skip
    assert AuditEntry.objects.get(action="hand over").after["people"] == 3
    assert AuditEntry.objects.filter(action="pair").count() == 3


def test_whom_the_officer_would_hold_from_a_later_day_goes_over_on_that_day(bureau: Bureau) -> None:
    later = factories.pairing(
        bureau.alice, factories.stakeholder("later", bureau.station), since=dt.date(2026, 4, 1)
    )
    hand_over(bureau.alice, to(bureau.bob, [later]), on=DAY, actor=ACTOR, reason="leaves")

    (pairing,) = later.stakeholder.pairings.all()
    assert (pairing.officer, pairing.started_on, pairing.ended_on) == (bureau.bob, dt.date(2026, 4, 1), None)


def test_what_is_left_of_a_pairing_that_ends_by_itself_goes_over_and_ends_as_planned(bureau: Bureau) -> None:
    pair(bureau.deputy, bureau.dan, on=dt.date(2026, 4, 1), actor=ACTOR, reason="from April on")
    first = bureau.alice.pairings.get()
    hand_over(bureau.alice, to(bureau.bob, [first]), on=DAY, actor=ACTOR, reason="leaves earlier")

    assert held(bureau.deputy)[1:] == [
        ("Alice", bureau.station.pk, dt.date(2026, 1, 1), dt.date(2026, 2, 28)),
        ("Bob", bureau.station.pk, DAY, dt.date(2026, 3, 31)),
        ("Dan", bureau.other_station.pk, dt.date(2026, 4, 1), None),
    ]


def test_whoever_was_paired_anew_meanwhile_is_left_alone_and_named(bureau: Bureau) -> None:
    pairings = holding(bureau, 2)
    pair(bureau.deputy, bureau.dan, on=DAY, actor=ACTOR)
    _made, left = hand_over(bureau.alice, to(bureau.bob, pairings), on=DAY, actor=ACTOR, reason="leaves")

    assert left == [bureau.deputy]
    assert bureau.deputy.pairings.open(DAY).get().officer == bureau.dan


def test_a_hand_over_sent_twice_is_made_once(bureau: Bureau) -> None:
    wanted = to(bureau.bob, holding(bureau, 2))
    hand_over(bureau.alice, wanted, on=DAY, actor=ACTOR, reason="leaves")
    with pytest.raises(ValidationError, match="Somebody was quicker"):
        hand_over(bureau.alice, wanted, on=DAY, actor=ACTOR, reason="leaves")
    assert Handover.objects.count() == 1


@pytest.mark.parametrize("who", ["alice", "eve"])
def test_neither_oneself_nor_an_officer_who_is_switched_off_takes_over(bureau: Bureau, who: str) -> None:
    eve = factories.officer("Eve", bureau.station, is_active=False)
    successor = eve if who == "eve" else bureau.alice
    with pytest.raises(ValidationError, match="choose somebody else"):
        hand_over(bureau.alice, to(successor, holding(bureau, 1)), on=DAY, actor=ACTOR, reason="leaves")
    assert bureau.alice.pairings.open(DAY).count() == 1


# --- switching off -------------------------------------------------------------------------------------------


def test_an_officer_is_not_switched_off_while_responsible_for_anyone(bureau: Bureau) -> None:
    wanted = to(bureau.bob, holding(bureau, 2))
    with pytest.raises(
        ValidationError, match="responsible for 2 people. A coordinator or leader hands them over"
    ):
        deactivate(bureau.alice, on=DAY, actor=Actor(bureau.sue), reason="left")
    hand_over(bureau.alice, wanted, on=DAY, actor=ACTOR, reason="leaves")
    deactivate(bureau.alice, on=DAY, actor=Actor(bureau.sue), reason="left")
    bureau.alice.refresh_from_db()
    assert not bureau.alice.is_active


def test_a_pairing_that_begins_later_counts_too(bureau: Bureau) -> None:
    factories.pairing(bureau.dan, factories.stakeholder("later", bureau.station), since=dt.date(2026, 4, 1))
    with pytest.raises(ValidationError, match="responsible for 1 person"):
        deactivate(bureau.dan, on=DAY, actor=Actor(bureau.sue), reason="left")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_switched_off_and_paired_at_the_same_moment_one_is_refused() -> None:
    bureau = factories.small_bureau()
    person = factories.stakeholder("李强", bureau.station)
    deeds: list[Callable[[], Any]] = [
        lambda: pair(person, bureau.dan, on=DAY, actor=ACTOR),
        lambda: deactivate(bureau.dan, on=DAY, actor=Actor(bureau.sue), reason="left"),
    ]
    together = threading.Barrier(2)

    def run(deed: Callable[[], Any]) -> str:
        together.wait()
        try:
            deed()
        except ValidationError:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, deeds)) == ["done", "refused"]
    assert not Pairing.objects.filter(officer__is_active=False).exists()
