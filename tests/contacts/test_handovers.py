"""Many hand-overs at once obey the rules of a single one."""

import contextlib
import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from contacts.handling import pair
from contacts.handovers import end_many, follow_pairings, pair_many
from contacts.models import Actor, AuditEntry, Pairing, Stakeholder
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
    assert pair_many({later: bureau.dan, free: bureau.dan}, on=DAY, actor=Actor()) == {later}
    assert Pairing.objects.filter(officer=bureau.dan).count() == 1


def test_many_take_as_many_queries_as_few(bureau: Bureau, django_assert_max_num_queries) -> None:
    people = [given(bureau, HISTORIES[index % 3]) for index in range(30)]
    with django_assert_max_num_queries(10):
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
