"""The rosters of a whole bureau name some people twice: they are found, merged, imported again, and taken apart."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from contacts import duplicates
from contacts.merging import current_pairings, merge, must_choose
from contacts.models import Actor, Merge, Pairing, Seat, Stakeholder
from contacts.unmerging import unmerge
from schedules import coverage
from schedules.models import Obligation
from schedules.passes import run_schedule
from schedules.verify import verify
from tests.contacts.imports import wuxi
from tests.dumps import differences, everything

pytestmark = pytest.mark.django_db
DEPUTIES, MONITORS = "deputies.xlsx", "discipline_monitors.xlsx"
NOW = wuxi.context().now
ROBOT = Actor.command("test")
Couple = tuple[int, int]


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[tuple, int]]:
    """(file, sheet, row) → the person, of everything imported once for the whole module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {
            (name, result.sheet, result.number): result.person
            for name in wuxi.FILES
            for result in wuxi.import_file(wuxi.FOLDER / name).results
            if result.person
        }
        transaction.set_rollback(True)


def couples(people: dict[tuple, int], groups: list[Any], file: str = DEPUTIES) -> set[Couple]:
    """The pairs of people that groups of rows stand for."""
    return {
        pair
        for rows in groups
        for pair in itertools.combinations(
            sorted({people[row.get("file", file), row["sheet"], row["row"]] for row in rows}), 2
        )
    }


@pytest.fixture
def twice(people: dict[tuple, int]) -> set[Couple]:
    """The 29 with seats at two levels."""
    found = wuxi.expected()["files"][DEPUTIES]["duplicates"]["same_person"]["rows"]
    return couples(people, [group["rows"] for group in found])


@pytest.fixture
def elsewhere(people: dict[tuple, int]) -> set[Couple]:
    """The 17 who stand in two files, and the 6 monitors who were appointed twice."""
    across = [person["rows"] for person in wuxi.expected()["people_in_several_files"]["people"]]
    appointed = wuxi.expected()["files"][MONITORS]["two_levels"]
    return couples(people, across) | couples(people, appointed, MONITORS)


def test_those_who_stand_there_twice_are_likely_and_nobody_else(people, twice, elsewhere) -> None:
    found = duplicates.find(None)
    assert (len(twice), len(elsewhere)) == (29, 23)
    assert {(pair.first, pair.second) for pair in found.pairs} == twice | elsewhere
    assert not found.more


def test_each_comes_with_its_reasons(people, twice) -> None:
    wanted = wuxi.expected()["files"][DEPUTIES]["duplicates"]["same_person"]["rows"]
    pairs = {(pair.first, pair.second): pair for pair in duplicates.find(None).pairs}
    reasons = {"same phone": 0, "other": 0}
    for group in wanted:
        (couple,) = couples(people, [group["rows"]])
        codes = {one.code for one in pairs[couple].evidence}
        assert codes >= {"same_name", "same_birth", "same_employer"}
        by_phone = group["evidence"] == "same phone"
        assert ("same_mobile" in codes) is by_phone
        reasons["same phone" if by_phone else "other"] += 1
        assert pairs[couple].speaks_against == []
    assert reasons == {"same phone": 24, "other": 5}


@pytest.mark.parametrize(
    ("kind", "number"), [("namesakes", 18), ("shared_mobile", 4), ("shared_landline", 8)]
)
def test_who_must_not_be_merged_is_not_likely(people, kind, number) -> None:
    groups = wuxi.expected()["files"][DEPUTIES]["duplicates"]["must_not_be_merged"][kind]["rows"]
    apart = couples(people, [group["rows"] for group in groups])
    assert len(apart) == number
    for first, second in apart:
        one, other = Stakeholder.objects.get(pk=first), Stakeholder.objects.get(pk=second)
        assert not duplicates.compare(one, other).is_likely


def test_a_namesake_of_the_same_month_and_employer_is_weak(people) -> None:
    weak = duplicates.find(None, weak=True).pairs
    assert weak
    assert all(not pair.is_likely for pair in weak)
    assert {"other_mobile"} == {one.code for pair in weak for one in pair.speaks_against}


def merge_all(pairs: set[Couple]) -> int:
    """Into the older number; of two officers every other time the younger's stays. How many people had two."""
    two = 0
    for number, (first, second) in enumerate(sorted(pairs)):
        both = [Stakeholder.objects.get(pk=pk) for pk in (first, second)]
        held = [current_pairings(person, wuxi.DAY) for person in both]
        chosen = held[number % 2][0] if must_choose(*held) else None
        two += chosen is not None
        merge(both[0], both[1], pairing=chosen, actor=ROBOT, day=wuxi.DAY)
    return two


def owed_by_level() -> dict[str, int]:
    found = coverage.figures("2008-06", now=NOW, kind="call", by="level")
    return {group["key"]: group["owed"] for group in found["groups"]}


def seats_by_level() -> dict[str, int]:
    """The seats of people for whom somebody is responsible."""
    paired = set(Pairing.objects.open(wuxi.DAY).values_list("stakeholder", flat=True))
    seats = Seat.objects.active(wuxi.DAY).filter(kind__in=["npc_deputy", "cppcc_member"])
    return Counter(level for person, level in seats.values_list("stakeholder", "level") if person in paired)


def test_the_29_become_one_person_each_with_one_call_a_month_and_every_seat_counted(people, twice) -> None:
    run_schedule(NOW)
    assert owed_by_level() == seats_by_level()

    assert merge_all(twice) == 19
    counts = run_schedule(NOW)

    deputies = Stakeholder.objects.filter(seats__kind__in=["npc_deputy", "cppcc_member"])
    assert deputies.distinct().count() == 1732
    assert owed_by_level() == seats_by_level()
    assert Seat.objects.filter(kind__in=["npc_deputy", "cppcc_member"]).count() == 1761
    for first, _second in twice:
        calls = Obligation.objects.live().filter(stakeholder=first, policy__code="call")
        assert list(calls.filter(period_key="2008-06").values_list("period_key", flat=True)) == ["2008-06"]
    assert (counts["obligations_withdrawn"], counts["notices_queued"]) == (0, 0)
    assert verify(NOW).violations == []


def test_importing_everything_again_creates_nobody_and_flags_nobody_who_was_merged(
    people, twice, elsewhere
) -> None:
    merge_all(twice | elsewhere)
    there = Stakeholder.objects.count()

    for name in wuxi.FILES:
        report = wuxi.import_file(wuxi.FOLDER / name).as_json()
        assert (report["created"], report["updated"], report["rejected"]) == (0, 0, []), name
        assert not [remark for remark in report["flagged"] if remark["code"] == "possible_duplicate"]

    assert Stakeholder.objects.count() == there == 1761 + 20 + 30 + 2028 - 29 - 23
    assert duplicates.find(None).pairs == []


def test_one_of_them_taken_apart_is_as_before(people, twice) -> None:
    run_schedule(NOW)
    merge_all(set(sorted(twice)[1:]))
    before = everything()

    merge_all({min(twice)})
    found = unmerge(Merge.objects.latest("pk"), actor=ROBOT, reason="two cousins")

    assert found.lines == []
    assert differences(before, everything()) == {}


def test_those_who_are_not_the_same_are_never_named_again(people, elsewhere) -> None:
    for first, second in elsewhere:
        one, other = Stakeholder.objects.get(pk=first), Stakeholder.objects.get(pk=second)
        duplicates.keep_apart(one, other, actor=ROBOT)

    flags = [
        remark["code"]
        for name in wuxi.ROSTERS[1:]
        for remark in wuxi.import_file(wuxi.FOLDER / name).as_json()["flagged"]
    ]

    assert "possible_duplicate" not in flags
    assert len(duplicates.find(None).pairs) == 29
