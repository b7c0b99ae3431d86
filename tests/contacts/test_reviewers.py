"""Who may have a sealed report: a table of cases, and whatever tree, people and names chance makes (R13)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.reviewers import Board, Standing, may_review
from tests import factories
from tests.things import TODAY as DAY

BUREAU, DEPARTMENT, COUNTY, STATION, OTHER = "b/", "b/x/", "b/c/", "b/c/s/", "b/d/"


def reviewer(at: str, of: str = BUREAU, leads: str = "") -> Standing:
    """Number 000001."""
    return Standing("000001", frozenset({at} | ({leads} - {""})), frozenset({leads} - {""}), frozenset({of}))


@pytest.mark.parametrize(
    ("who", "named", "paths", "may"),
    [
        pytest.param(reviewer(DEPARTMENT), [], [STATION], True, id="of-the-bureau"),
        pytest.param(reviewer(BUREAU), [], [STATION], True, id="in-the-bureau-itself"),
        pytest.param(reviewer(DEPARTMENT), ["000001"], [STATION], False, id="named"),
        pytest.param(reviewer(COUNTY, COUNTY), [], [STATION], False, id="of-their-county"),
        pytest.param(reviewer(STATION), [], [COUNTY], False, id="below-those-named"),
        pytest.param(reviewer("b/c/t/", OTHER), [], [STATION], False, id="at-a-station-of-their-county"),
        pytest.param(reviewer(OTHER, OTHER), [], [STATION], True, id="of-another-county"),
        pytest.param(reviewer(OTHER, COUNTY), [], [STATION], False, id="reviews-their-county-from-elsewhere"),
        pytest.param(reviewer(DEPARTMENT, leads=COUNTY), [], [STATION], False, id="leads-their-county"),
        pytest.param(reviewer(DEPARTMENT, leads=BUREAU), [], [STATION], False, id="leads-the-bureau"),
        pytest.param(reviewer(DEPARTMENT), [], [DEPARTMENT], False, id="of-the-same-department"),
        pytest.param(reviewer(DEPARTMENT), [], [BUREAU], True, id="a-leader-of-the-bureau-is-named"),
        pytest.param(reviewer(BUREAU), [], [BUREAU], False, id="and-they-stand-in-the-bureau-too"),
        pytest.param(reviewer(DEPARTMENT, leads=BUREAU), [], [BUREAU], False, id="and-lead-it-too"),
        pytest.param(reviewer(OTHER, OTHER), [], [STATION, OTHER], False, id="of-one-of-two"),
        pytest.param(reviewer(DEPARTMENT), [], [], True, id="nobody-is-known"),
        pytest.param(reviewer(OTHER, OTHER), [], [], False, id="nobody-is-known-so-each-county-may-be-theirs"),
        pytest.param(Standing("000001", frozenset({DEPARTMENT})), [], [STATION], False, id="no-reviewer"),
        pytest.param(reviewer("b/cc/", "b/cc/"), [], [COUNTY], True, id="a-code-that-begins-alike"),
    ],
)  # fmt: skip
def test_who_may_have_it(who: Standing, named: list[str], paths: list[str], may: bool) -> None:
    assert may_review(who, named, paths) is may


parents = st.lists(st.integers(0, 30), min_size=1, max_size=12)


@given(parents, st.data())
def test_nobody_named_nor_of_their_line_ever_has_it(parents: list[int], data: st.DataObject) -> None:
    above: list[int | None] = [None]  # unit 0 is the bureau, each other one hangs below one before it
    above += [parent % (number + 1) for number, parent in enumerate(parents)]
    units = st.sampled_from(range(len(above)))
    at, reviews, leads = data.draw(units), data.draw(units), data.draw(st.none() | units)
    named = data.draw(st.sets(units, min_size=1, max_size=3))
    stands = frozenset({path(at, above)} | ({path(leads, above)} if leads is not None else set()))
    led = frozenset({path(leads, above)} if leads is not None else ())
    who = Standing("000001", stands, led, frozenset({path(reviews, above)}))

    assert not may_review(who, ["000001"], [path(unit, above) for unit in named])
    if may_review(who, [], [path(unit, above) for unit in named]):
        for unit in named:
            line = chain(unit, above)  # from the unit up to the bureau
            assert leads not in line
            assert not {at, reviews, leads} & set(line[:-1])
            for place in {at, reviews, leads} - {None}:
                assert unit == 0 or unit not in chain(place, above)
            assert unit != 0 or at != 0


def chain(unit: int | None, above: list[int | None]) -> list[int | None]:
    found = []
    while unit is not None:
        found.append(unit)
        unit = above[unit]
    return found


def path(unit: int, above: list[int | None]) -> str:
    return "".join(f"{one}/" for one in reversed(chain(unit, above)))


# --- from the database ---------------------------------------------------------------------------------------


def may(report, officer) -> bool:
    return Board([report]).may_have(officer, report)


@pytest.fixture
def office(bureau):
    """A department of the bureau."""
    return factories.unit("督察支队", bureau.bureau, kind="department")


@pytest.fixture
def rob(bureau, office):
    """Reviews for the whole bureau, and belongs to a department."""
    return factories.reviewer("Rob", office, bureau.bureau)


def about(bureau, whom: str, **said):
    return factories.case(whom, by=bureau.dan, day=DAY, **said)


def test_a_name_or_a_number_in_the_words_is_enough(bureau, rob):
    assert not may(about(bureau, "an officer called Rob"), rob)
    assert not may(about(bureau, f"number {rob.police_number}, they say"), rob)
    assert may(about(bureau, "somebody in a car"), rob)


def test_who_is_mentioned_in_the_text_does_not_get_it_but_their_line_may(bureau, rob, office):
    ruth = factories.reviewer("Ruth", office, bureau.bureau)
    report = about(bureau, "Alice", text="Rob knew.")
    assert not may(report, rob)
    assert may(report, ruth)


def test_a_reviewer_who_moves_into_the_line_loses_it(bureau, rob):
    report = about(bureau, "Alice")
    assert may(report, rob)
    rob.unit = bureau.county
    rob.save()
    assert not may(report, rob)


def test_where_the_named_stood_stays_in_the_line_when_they_move(bureau):
    nora = factories.reviewer("Nora", bureau.county)
    report = about(bureau, "Alice")
    bureau.alice.unit = bureau.other_station
    bureau.alice.save()
    assert not may(report, nora)
    assert not may(report, factories.reviewer("Noel", bureau.other_county))


def test_what_a_named_officer_leads_is_their_line(bureau):
    factories.role(bureau.dan, "leader", bureau.county)
    report = factories.case("Dan", by=bureau.carol, day=DAY)
    assert not may(report, factories.reviewer("Nora", bureau.county))


def test_a_role_that_ended_and_an_account_that_is_switched_off_have_nothing(bureau, rob):
    report = about(bureau, "Alice")
    rob.is_active = False
    rob.save()
    assert not may(report, rob)
    assert may(report, bureau.rita)
    bureau.rita.roles.update(ended_at=bureau.rita.roles.get().approved_at)
    assert not may(report, bureau.rita)


def test_a_reviewer_does_not_get_what_they_filed(bureau, rob):
    report = factories.case("Alice", by=rob, day=DAY)
    assert not may(report, rob)
    assert report.assignments.get().reviewer == bureau.rita


def test_a_reviewer_of_the_bureau_comes_first_and_then_whoever_has_fewest(bureau, rob):
    factories.reviewer("Noel", bureau.other_county)
    held = [factories.case("Alice", by=bureau.lin, day=DAY, text=f"{n}") for n in range(6)]
    names = [one.assignments.get().reviewer.name for one in held]
    assert sorted(names) == ["Rita"] * 3 + ["Rob"] * 3


def test_many_cases_take_as_many_queries_as_one(bureau, rob, django_assert_num_queries):
    reports = [about(bureau, "Alice", text=str(n)) for n in range(5)]
    for some in (reports[:1], reports):
        with django_assert_num_queries(3):
            board = Board(some)
            assert all(board.may_have(rob, one) for one in some)
