"""Many hand-overs at once obey the rules of a single one."""

import contextlib
import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from contacts.handling import pair
from contacts.handovers import pair_many
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
