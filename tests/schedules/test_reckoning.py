"""The reckoning itself, held against examples counted by hand on a calendar."""

import datetime as dt

import pytest

from tests.schedules import reckoning
from tests.schedules.reckoning import Contact, Facts, Owed, Pairing, Person, Reckoning, Seat, StandIn, Version

ALICE, BOB, LEA = "Alice", "Bob", "Lea"
CALL = Version(None, "month", frozenset({"npc_deputy"}))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(text: str) -> dt.datetime:
    """By the bureau's clock."""
    return dt.datetime.fromisoformat(f"{text}+08:00")


def person(*pairings: Pairing, seat: Seat | None = None) -> Person:
    return Person((seat or Seat("npc_deputy"),), pairings or (Pairing(ALICE, "station", day("2026-01-01")),))


@pytest.mark.parametrize(
    ("cadence", "on", "key", "first", "last"),
    [
        ("month", "2024-02-29", "2024-02", "2024-02-01", "2024-02-29"),
        ("quarter", "2026-03-31", "2026-Q1", "2026-01-01", "2026-03-31"),
        ("quarter", "2026-04-01", "2026-Q2", "2026-04-01", "2026-06-30"),
        ("half_year", "2026-12-31", "2026-H2", "2026-07-01", "2026-12-31"),
        ("year", "2026-06-15", "2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_periods(cadence, on, key, first, last):
    period = reckoning.period_of(cadence, day(on))
    assert period == (cadence, key, day(first), day(last))
    assert reckoning.named(key) == period


def test_working_days_around_a_weekend():
    """November 2026 ends on a Monday, October on a Saturday."""
    works = Facts().works
    assert reckoning.due_day(reckoning.named("2026-10"), works) == day("2026-10-30")
    assert reckoning.working_days_before(day("2026-11-30"), 5, works) == day("2026-11-23")
    assert reckoning.working_day_after(day("2026-10-31"), works) == day("2026-11-02")


@pytest.mark.parametrize(
    ("pairing", "seat", "owed"),
    [
        (("2026-11-21", None), (None, None), True),  # 21 to 30 November: ten days
        (("2026-11-22", None), (None, None), False),
        (("2026-11-01", "2026-11-10"), (None, None), True),
        (("2026-11-01", "2026-11-15"), ("2026-11-07", None), False),  # 7 to 15: nine days together
        (("2026-11-01", None), (None, "2026-11-10"), True),
    ],
)
def test_ten_days_of_a_month_together(pairing, seat, owed):
    def dates(span):
        return [text and day(text) for text in span]

    who = person(Pairing(ALICE, "station", *dates(pairing)), seat=Seat("npc_deputy", "", *dates(seat)))
    assert reckoning.is_owed(who, CALL, reckoning.named("2026-11")) == owed


def test_one_officer_succeeding_another_counts_on():
    who = person(
        Pairing(ALICE, "station", day("2026-11-01"), day("2026-11-06")),
        Pairing(BOB, "station", day("2026-11-07"), day("2026-11-10")),
    )
    assert reckoning.is_owed(who, CALL, reckoning.named("2026-11"))


@pytest.mark.parametrize(
    ("starts", "cadence", "month", "quarter"),
    [
        ("2026-11-01", "month", "new", None),
        ("2026-11-02", "month", "old", None),
        ("2026-10-01", "quarter", None, "new"),
        ("2026-10-02", "quarter", "old", None),  # the new one takes effect on 1 January
    ],
)
def test_a_change_takes_effect_with_the_first_period_that_begins_on_or_after_its_date(
    starts, cadence, month, quarter
):
    versions = (CALL, Version(day(starts), cadence, frozenset({"npc_deputy"})))
    names = {None: None, versions[0]: "old", versions[1]: "new"}
    assert names[reckoning.in_force(versions, reckoning.named("2026-11"))] == month
    assert names[reckoning.in_force(versions, reckoning.named("2026-Q4"))] == quarter


TWO = person(
    Pairing(ALICE, "station", day("2026-11-03"), day("2026-11-10")),
    Pairing(BOB, "other", day("2026-11-20")),
)


@pytest.mark.parametrize(
    ("on", "officer"),
    [("2026-11-01", ALICE), ("2026-11-10", ALICE), ("2026-11-15", ALICE), ("2026-11-20", BOB)],
)
def test_who_is_responsible_on_a_day(on, officer):
    assert reckoning.holder(TWO, day(on)).officer == officer


NOVEMBER = Owed("zhang", "call", "2026-11")


@pytest.mark.parametrize(
    ("when", "outcome", "now", "state", "officer"),
    [
        ("2026-11-12 10:00", "reached", "2026-11-25 09:00", "met", ALICE),  # who was last before the gap
        ("2026-11-12 10:00", "reached", "2026-11-12 09:59", "open", ALICE),  # it has not happened yet
        ("2026-11-12 10:00", "no_answer", "2026-11-25 09:00", "open", BOB),
        ("2026-12-01 00:00", "reached", "2026-12-01 09:00", "missed", BOB),
        ("2026-11-30 23:59", "reached", "2026-12-01 09:00", "met", BOB),
    ],
)
def test_how_it_stands(when, outcome, now, state, officer):
    facts = Facts(people={"zhang": TWO}, contacts={"zhang": [Contact("call", outcome, at(when))]})
    assert reckoning.state(facts, NOVEMBER, CALL, at(now)) == state
    assert reckoning.responsible(facts, NOVEMBER, CALL, at(now)).officer == officer


def test_a_pass_sees_a_contact_between_its_entry_and_its_end():
    contact = Contact(
        "call", "reached", at("2026-11-03 10:00"), at("2026-11-05 10:00"), at("2026-11-09 10:00")
    )
    facts = Facts(people={"zhang": TWO}, contacts={"zhang": [contact]})
    seen = [
        reckoning.state(facts, NOVEMBER, CALL, at(f"2026-11-{on} 12:00")) for on in ("04", "05", "08", "09")
    ]
    assert seen == ["open", "met", "met", "open"]


def bureau(**fields) -> Reckoning:
    facts = Facts(
        people={"zhang": person()},
        policies={"call": (CALL,)},
        leaders={"county": {LEA}},
        above={"station": "county"},
        **fields,
    )
    facts.planned = {Owed("zhang", "call", key): day(f"{key}-10") for key in ("2026-11", "2026-12")}
    return Reckoning(facts)


def told(made: Reckoning, key: str = "2026-11") -> dict[tuple[str, str], str]:
    return {(line.stage, line.officer): state for line, state in made.told.items() if line.about.key == key}


def test_the_horizon_and_the_closing_of_a_period():
    made = bureau()
    made.begin(at("2026-11-02 09:00"))
    assert sorted(key for key, found in made.live.items() if found) == [
        "2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05",
    ]  # fmt: skip
    made.facts.people["zhang"] = person(Pairing(ALICE, "station", day("2026-11-25")))
    made.begin(at("2026-12-01 00:05"))
    assert not made.live["2026-11"]
    made.facts.people["zhang"] = person()
    made.begin(at("2026-12-01 00:10"))
    assert not made.live["2026-11"]
    made.recount("2026-11", at("2026-12-01 00:15"))
    assert made.live["2026-11"]


def test_what_was_met_stays_until_it_is_not():
    made = bureau()
    made.begin(at("2026-11-02 09:00"))
    made.facts.contacts["zhang"] = [Contact("call", "reached", at("2026-11-02 10:00"))]
    made.facts.people["zhang"] = person(Pairing(ALICE, "station", day("2026-01-01"), day("2026-11-03")))
    made.begin(at("2026-11-04 09:00"))
    assert list(made.live["2026-11"]) == [NOVEMBER]
    made.facts.contacts.clear()
    made.begin(at("2026-11-04 10:00"))
    assert not made.live["2026-11"]


def test_each_stage_in_its_turn_and_the_leader_of_what_was_missed():
    made = bureau()
    for on in ("11-09", "11-10", "11-11", "11-20", "11-23", "11-27", "11-30", "12-01"):
        made.run(at(f"2026-{on} 08:30"))
    assert told(made) == {
        (stage, ALICE): "told" for stage in ("planned", "due_soon", "last_day", "missed")
    } | {("missed", LEA): "told"}


def test_after_days_without_a_pass_the_latest_alone_is_told():
    made = bureau()
    made.run(at("2026-11-02 08:30"))
    made.run(at("2026-11-26 08:30"))
    assert told(made) == {("planned", ALICE): "superseded", ("due_soon", ALICE): "told"}


def test_a_message_that_has_not_left_changes():
    """Told on Sunday for Monday; on Monday, before eight, it is the last day."""
    made = bureau()
    made.facts.planned[NOVEMBER] = day("2026-11-29")
    made.run(at("2026-11-29 10:00"))
    assert told(made) == {("due_soon", ALICE): "superseded", ("planned", ALICE): "told"}
    made.run(at("2026-11-30 07:00"))
    assert told(made)["planned", ALICE] == "superseded"
    assert told(made)["last_day", ALICE] == "told"
    made.facts.contacts["zhang"] = [Contact("call", "reached", at("2026-11-30 07:30"))]
    made.run(at("2026-11-30 08:00"))
    assert told(made)["last_day", ALICE] == "cancelled"


def test_whoever_stands_in_is_told_too_and_nobody_who_may_not_sign_in():
    made = bureau(
        stand_ins=[StandIn(ALICE, BOB, day("2026-11-09"), day("2026-11-12"))], active={BOB}, by_mail={BOB}
    )
    made.run(at("2026-11-10 08:30"))
    assert told(made) == {("planned", BOB): "told"}


def test_figures_of_a_quarter_hold_its_months():
    made = bureau()
    made.run(at("2026-11-02 08:30"))
    made.facts.contacts["zhang"] = [
        Contact("call", outcome, at("2026-11-03 10:00")) for outcome in ("no_answer", "reached")
    ]
    total, by_unit = made.figures("2026-Q4", at("2026-12-02 08:30"))
    assert total == {"owed": 2, "met": 1, "open": 1, "attempts": 1} == by_unit["station"]
