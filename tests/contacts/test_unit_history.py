"""What units were called and where they hung on a day."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import unit_merging, unit_tree
from contacts.models import Actor, Officer, Pairing, Stakeholder, Unit, UnitPast
from contacts.unit_history import Tree
from contacts.unit_tree import ONE_DAY
from tests import factories
from tests.base import AGAIN
from tests.schedules.scenes import at, day

START = day("2026-03-01")
ROBOT = Actor.command("test")

# A bureau with two counties; a station that moved from one to the other on 1 May, and was renamed on 1 June; its old
# county was renamed on 1 May as well, and became part of the other on 1 July. The other opened on 1 February.
BUREAU = Unit(pk=1, code="B", name="bureau", kind="bureau")
OLD = Unit(
    pk=2, code="O", name="eastern", kind="county", parent_id=3, closed_on=day("2026-06-30"), successor_id=3
)
NEW = Unit(pk=3, code="N", name="joint", kind="county", parent_id=1, opened_on=day("2026-02-01"))
STATION = Unit(pk=4, code="S", name="lake", kind="station", parent_id=3)
PASTS = [
    UnitPast(unit_id=4, until=day("2026-05-31"), name="pond", kind="station", parent_id=3),
    UnitPast(unit_id=4, until=day("2026-04-30"), name="pond", kind="station", parent_id=2),
    UnitPast(unit_id=2, until=day("2026-04-30"), name="east", kind="county", parent_id=1),
    UnitPast(unit_id=2, until=day("2026-06-30"), name="eastern", kind="county", parent_id=1),
]


@pytest.mark.parametrize(
    ("when", "unit", "name", "path", "existed"),
    [
        ("2026-01-31", 3, "joint", "B/N/", False),
        ("2026-02-01", 3, "joint", "B/N/", True),
        ("2026-04-30", 2, "east", "B/O/", True),
        ("2026-05-01", 2, "eastern", "B/O/", True),
        ("2026-06-30", 2, "eastern", "B/O/", True),
        ("2026-07-01", 2, "eastern", "B/N/O/", False),
        ("2026-04-30", 4, "pond", "B/O/S/", True),
        ("2026-05-01", 4, "pond", "B/N/S/", True),
        ("2026-05-31", 4, "pond", "B/N/S/", True),
        ("2026-06-01", 4, "lake", "B/N/S/", True),
        ("2027-01-01", 4, "lake", "B/N/S/", True),
        ("1990-01-01", 1, "bureau", "B/", True),
    ],
)
def test_a_unit_is_what_it_was_when_the_day_ended(when, unit, name, path, existed):
    for one in (BUREAU, OLD, NEW, STATION):
        one.path = {1: "B/", 2: "B/N/O/", 3: "B/N/", 4: "B/N/S/"}[one.pk]
    found = Tree([BUREAU, OLD, NEW, STATION], PASTS).on(day(when))[unit]

    assert (found.name, found.path) == (name, path)
    assert found.exists_within(day(when), day(when)) is existed


def test_the_units_below_are_those_of_the_day_in_order():
    tree = Tree([BUREAU, OLD, NEW, STATION], PASTS)

    assert [unit.code for unit in tree.below(2, day("2026-04-30"))] == ["O", "S"]
    assert [unit.code for unit in tree.below(2, day("2026-05-01"))] == ["O"]
    assert [unit.code for unit in tree.below(1, day("2026-05-01"))] == ["B", "N", "S", "O"]


def test_a_unit_as_it_was_can_not_be_saved_over_what_it_is(bureau):
    UnitPast.objects.create(
        unit=bureau.station, until=START, name="old", kind="station", parent=bureau.county
    )
    then = Tree.read().on(START)[bureau.station.pk]

    assert then.name == "old"
    with pytest.raises(TypeError):
        then.save()


# --- any sequence of changes -----------------------------------------------------------------------------------


@pytest.fixture
def city(db: None) -> Unit:
    """Two counties of two stations, with an officer and a person in each unit but the root."""
    root = factories.unit("Bureau", kind="bureau", code="B")
    for county in ("C1", "C2"):
        above = factories.unit(county, root, kind="county", code=county)
        for number in (1, 2):
            factories.unit(f"{county}S{number}", above, code=f"{county}S{number}")
    for unit in Unit.objects.exclude(parent=None):
        officer = Officer.objects.create(police_number=f"{unit.pk:06d}", name=unit.code, unit=unit)
        factories.pairing(officer, factories.stakeholder(unit.code, unit), START - ONE_DAY)
    factories.unit("C1E", Unit.objects.get(code="C1"), code="C1E")  # nobody is in it
    return root


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["rename", "move", "close", "merge", "merge into new"]),
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(0, 2),
    ),
    max_size=9,
)


@given(steps=STEPS)
@settings(
    max_examples=10 if AGAIN else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_changed_the_tree_stays_one_and_its_past_is_what_it_was(city, steps):
    with transaction.atomic():
        replay(steps)
        transaction.set_rollback(True)


def replay(steps: list[tuple[str, int, int, int]]) -> None:
    today, was = START, {}
    for deed, one, other, gap in steps:
        was[today] = snapshot()
        for past in range(gap):  # on which nothing happened
            was[today + dt.timedelta(days=past)] = was[today]
        today += dt.timedelta(days=gap)
        units = list(Unit.objects.order_by("pk"))
        with suppress(ValidationError):  # refused: a cycle, the root, a closed unit, nothing to do
            do(deed, units[one % len(units)], units[other % len(units)], at(f"{today} 10:00"))
        check_tree()
        was[today] = snapshot()
    tree = Tree.read()
    for day_, expected in was.items():
        assert {unit.code: facts(unit, day_, tree.on(day_)) for unit in tree.on(day_).values()
                if unit.code in expected} == expected  # fmt: skip


def do(deed: str, one: Unit, other: Unit, now: dt.datetime) -> None:
    how = {"actor": ROBOT, "now": now, "reason": "because"}
    if deed == "rename":
        unit_tree.rename(one, name=f"{one.name}'", short_name=one.short_name, **how)
    elif deed == "move":
        unit_tree.move(one, other, **how)
    elif deed == "close":
        unit_tree.close(one, **how)
    elif deed == "merge":
        unit_merging.merge([one], other, **how)
    else:
        new = Unit(code=f"N{Unit.objects.count()}", name="new", kind=one.kind, parent_id=one.parent_id)
        unit_merging.merge([one, other], new, **how)


def check_tree() -> None:
    units = {unit.pk: unit for unit in Unit.objects.all()}
    (root,) = (unit for unit in units.values() if unit.parent_id is None)
    for unit in units.values():
        codes, above = [], unit
        while above:
            assert len(codes) < 20, "a cycle"
            codes.append(above.code)
            above = units.get(above.parent_id)
        assert unit.path == "/".join(codes[::-1]) + "/"
        assert unit.path.startswith(root.path)
        assert unit.closed_on or unit.parent_id is None or units[unit.parent_id].closed_on is None
    for rows in (Officer.objects.all(), Stakeholder.objects.all(), Pairing.objects.filter(ended_on=None)):
        assert not rows.filter(unit__closed_on__isnull=False).exists()
        assert rows.count() == 6
    for person in Stakeholder.objects.prefetch_related("pairings"):
        days = sorted((p.started_on, p.ended_on) for p in person.pairings.all())
        assert all(ended + ONE_DAY == begun for (_, ended), (begun, _) in zip(days, days[1:], strict=False))
        assert person.pairings.get(ended_on=None).unit_id == person.unit_id


def snapshot() -> dict[str, tuple]:
    units = {unit.pk: unit for unit in Unit.objects.all()}
    return {unit.code: facts(unit, None, units) for unit in units.values()}


def facts(unit: Unit, day_: dt.date | None, units: dict[int, Unit]) -> tuple:
    """Name, the path of codes above, and whether it is open."""
    is_open = unit.closed_on is None if day_ is None else unit.exists_within(day_, day_)
    return unit.name, unit.path, units[unit.parent_id].code if unit.parent_id else None, is_open


def test_the_day_of_a_change_is_the_first_of_the_new(city):
    unit = Unit.objects.get(code="C1S1")
    now = timezone.make_aware(dt.datetime.combine(START, dt.time(10)))
    unit_tree.rename(unit, name="renamed", short_name="renamed", actor=ROBOT, now=now, reason="new")
    tree = Tree.read()

    assert tree.on(START - ONE_DAY)[unit.pk].name == "C1S1"
    assert tree.on(START)[unit.pk].name == "renamed"
