"""Three branches become one: figures, digests, access, calendars and reminders before and after.

The units are the bureau's of tests/data; 崇安, 南长 and 北塘 became 梁溪 on 10 December 2015.
"""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from contacts import handling, unit_tree
from contacts.assigning import receive_feedback
from contacts.models import (
    Actor,
    Feedback,
    FeedbackStep,
    Journal,
    Officer,
    Pairing,
    Stakeholder,
    StandIn,
    Unit,
    UnitPast,
    UnitRole,
)
from contacts.unit_merging import merge
from schedules import coverage, feeds, periods
from schedules.digests.figures import figures
from schedules.digests.freezing import freeze_due
from schedules.digests.scope import Scope
from schedules.digests.shown import scope_for, shown
from schedules.models import Digest, FeedToken, NoticeLine, Obligation, PassState
from schedules.passes import run_schedule
from schedules.verify import verify
from tests import factories
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.schedules.scenes import at, day, moment, owe

MERGED_AT = at("2015-12-10 10:00")
AFTER = at("2015-12-28 10:00")
BRANCHES = ("崇安分局", "南长分局", "北塘分局")


def unit(short_name: str) -> Unit:
    return Unit.objects.get(short_name=short_name)


@pytest.fixture
def city(db: None) -> Unit:
    """Each branch has an officer of its own who holds a person; so has a station. All of them are owed a call in
    November and in December."""
    wuxi.import_file(wuxi.FOLDER / "units.csv")
    since = day("2015-01-01")
    PassState.objects.create(first_day=day("2015-10-01"), latest_at=at("2015-10-01 09:00"))
    for name in (*BRANCHES, "广瑞路派出所", "澄江派出所"):
        officer = factories.officer(f"officer of {name}", unit(name))
        person = factories.stakeholder(f"person of {name}", officer.unit)
        factories.seat(person)
        factories.pairing(officer, person, since)
        owe(person, "2015-11")
        owe(person, "2015-12")
    for name in BRANCHES:
        factories.role(factories.officer(f"coordinator of {name}", unit(name)), "coordinator")
        factories.role(factories.officer(f"leader of {name}", unit(name)), "leader")
    factories.role(factories.officer("Carol", unit("市局")), "coordinator")
    factories.role(factories.officer("Sam", unit("市局")), "security_admin")
    return unit("市局")


def person(of: str) -> Stakeholder:
    return Stakeholder.objects.get(name=f"person of {of}")


def officer(of: str) -> Officer:
    return Officer.objects.get(name=f"officer of {of}")


def liangxi() -> Journal:
    """Carol merges the three."""
    new = Unit(code="320213000000", name="无锡市公安局梁溪分局", short_name="梁溪分局", kind="county")
    new.parent = unit("市局")
    carol = Officer.objects.get(name="Carol")
    olds = [unit(name) for name in BRANCHES]
    return merge(olds, new, actor=Actor(carol), now=MERGED_AT, reason="The districts are one.")


def reach(of: str, when: str) -> None:
    factories.record(person(of), officer(of), at(when))


def by_unit(key: str, now=AFTER, **which) -> dict[str, int]:
    """Name → owed, of the units that anything counts in."""
    groups = coverage.figures(key, now=now, **which)["groups"]
    return {group["name"].removeprefix("无锡市公安局"): group["owed"] for group in groups}


# --- figures (R7) --------------------------------------------------------------------------------------------


def test_the_month_of_a_merger_has_the_same_total_and_each_day_its_unit(city):
    reach("崇安分局", "2015-12-03 09:00")
    before = coverage.figures("2015-12", now=at("2015-12-09 20:00"))
    liangxi()
    reach("南长分局", "2015-12-20 09:00")
    after = coverage.figures("2015-12", now=AFTER)

    assert before["total"] == {"owed": 5, "met": 1, "open": 4, "missed": 0, "waived": 0, "attempts": 0}
    assert after["total"] == {"owed": 5, "met": 2, "open": 3, "missed": 0, "waived": 0, "attempts": 0}
    # What was met before counts where it was met, what is open or was met later in the new unit.
    assert by_unit("2015-12") == {
        "崇安分局": 1, "梁溪分局": 2, "崇安分局广瑞路派出所": 1, "江阴市公安局澄江派出所": 1,
    }  # fmt: skip
    assert coverage.figures("2015-12", unit=unit("梁溪分局"), now=AFTER)["total"]["owed"] == 4


def test_the_month_before_counts_in_the_branches_of_then(city):
    expected = by_unit("2015-11", now=at("2015-12-09 20:00"))
    liangxi()

    assert by_unit("2015-11") == expected
    assert set(expected) >= {"崇安分局", "南长分局", "北塘分局"}
    totals = {
        name: coverage.figures("2015-11", unit=unit(name), now=AFTER)["total"]["owed"]
        for name in (*BRANCHES, "梁溪分局")
    }
    assert totals == {"崇安分局": 2, "南长分局": 1, "北塘分局": 1, "梁溪分局": 0}


def test_a_digest_of_the_month_before_shows_the_names_of_then(city):
    unit_tree.rename(
        unit("广瑞路派出所"),
        name="广瑞路新所",
        short_name="广瑞路新所",
        actor=Actor(),
        now=MERGED_AT,
        reason="new",
    )
    liangxi()
    old = figures(Scope.of_unit(city), "2015-11", AFTER)
    of_branch = figures(Scope.of_unit(unit("崇安分局")), "2015-11", AFTER)
    new = figures(Scope.of_unit(city), "2015-12", AFTER)

    names = {group["name"] for group in old["coverage"]["groups"]}
    assert names >= set(BRANCHES)
    assert "梁溪分局" not in names
    assert {"广瑞路派出所"} <= {group["name"] for group in of_branch["coverage"]["groups"]}
    assert of_branch["coverage"]["total"]["owed"] == 2
    assert {group["name"] for group in new["coverage"]["groups"]} & {*BRANCHES, "梁溪分局"} == {"梁溪分局"}
    # The trend counts in each month what hung there then.
    assert [(row["key"], row["owed"]) for row in new["trend"]][-2:] == [("2015-11", 5), ("2015-12", 5)]
    of_new = figures(Scope.of_unit(unit("梁溪分局")), "2015-12", AFTER)
    assert [(row["key"], row["owed"]) for row in of_new["trend"]] == [("2015-12", 4)]


def test_a_digest_from_after_a_unit_was_closed_says_so(city):
    liangxi()
    carol = sign_in(Officer.objects.get(name="Carol"))
    address = reverse("schedules:digest")

    page = carol.get(address, {"unit": "320202000000", "period": "2016-01"})
    assert (
        "崇安分局 was closed on 2015-12-09 and became part of 梁溪分局; look there." in page.content.decode()
    )
    assert page.context["reading"].total["owed"] == 0
    assert unit("梁溪分局").absence(day("2015-11-01"), day("2015-11-30")).endswith("after this period.")
    assert unit("崇安分局").absence(day("2015-12-01"), day("2015-12-31")) == ""


def test_the_last_month_of_a_closed_unit_is_frozen_and_stays(city):
    factories.role(factories.officer("Lea", city), "leader")
    liangxi()
    freeze_due(moment("2016-01-08 09:00"))

    assert Digest.objects.filter(unit__short_name="崇安分局", period_key="2015-12").exists()
    assert not Digest.objects.filter(unit__short_name="梁溪分局", period_key="2015-11").exists()
    found = shown(Scope.of_unit(unit("崇安分局")), periods.parse("2015-12"), at("2016-01-09 09:00"))
    assert found.frozen_at is not None


def test_the_list_behind_a_figure_has_as_many_rows(city):
    liangxi()
    carol = sign_in(Officer.objects.get(name="Carol"))
    for code, key, number in [("320202000000", "2015-11", 2), ("320213000000", "2015-11", 0)]:
        page = carol.get(reverse("schedules:obligation-list"), {"unit": code, "period": key})
        assert len(page.context["table"].rows) == number


def test_the_commands_say_why_a_unit_has_no_figures(city, capsys):
    liangxi()
    call_command("coverage", "--period", "2016-01", "--unit", "320202000000", "--json")
    assert "became part of" in capsys.readouterr().err


# --- what is owed and told -----------------------------------------------------------------------------------


def as_planned() -> list[dict]:
    """All of what is owed, but for when a pass looks at it next: that goes on from day to day."""
    return [row | {"remind_on": None} for row in Obligation.objects.order_by("pk").values()]


def test_nothing_is_owed_anew_moved_or_told_again(city):
    run_schedule(at("2015-12-09 09:00"))
    owed = as_planned()
    told = set(NoticeLine.objects.told().values_list("obligation", "stage", "recipient"))
    assert told
    liangxi()
    run_schedule(at("2015-12-10 10:05"))

    assert as_planned() == owed
    again = list(NoticeLine.objects.told().values_list("obligation", "stage", "recipient"))
    assert len(again) == len(set(again))
    assert set(again) >= told
    new = set(again) - told
    assert not {(obligation, stage) for obligation, stage, _to in new} & {
        (obligation, stage) for obligation, stage, _to in told
    }
    assert verify(at("2015-12-10 10:06")).violations == []


def test_pairings_go_on_the_next_day_with_the_same_officer_in_the_new_unit(city):
    liangxi()
    spans = person("崇安分局").pairings.order_by("started_on")

    assert [(p.officer, p.unit.short_name, p.started_on, p.ended_on) for p in spans] == [
        (officer("崇安分局"), "崇安分局", day("2015-01-01"), day("2015-12-09")),
        (officer("崇安分局"), "梁溪分局", day("2015-12-10"), None),
    ]
    assert person("广瑞路派出所").pairings.count() == 1
    assert person("崇安分局").unit.short_name == "梁溪分局"


def test_a_pairing_that_ends_or_begins_later_keeps_its_days(city):
    ending, coming = person("崇安分局"), person("南长分局")
    ending.pairings.update(ended_on=day("2015-12-31"))
    coming.pairings.update(started_on=day("2015-12-20"))
    liangxi()

    assert list(ending.pairings.order_by("started_on").values_list("started_on", "ended_on")) == [
        (day("2015-01-01"), day("2015-12-09")),
        (day("2015-12-10"), day("2015-12-31")),
    ]
    assert coming.pairings.get().unit.short_name == "梁溪分局"


def test_calendar_addresses_stay_good_and_those_that_a_transfer_ended_stay_ended(city):
    holder, moved = officer("崇安分局"), officer("南长分局")
    how = {
        "name": "phone",
        "with_names": False,
        "with_alarm": False,
        "now": MERGED_AT,
        "actor": Actor(holder),
    }
    _feed, secret = feeds.subscribe(holder, **how)
    ended, _secret = feeds.subscribe(moved, **how)
    Officer.objects.filter(pk=moved.pk).update(unit=unit("澄江派出所"))
    liangxi()

    assert feeds.revoke_stale(AFTER, actor=Actor()) == 1
    assert Client().get(reverse("schedules:feed", args=[secret])).status_code == 200
    ended.refresh_from_db()
    assert ended.revoked_at is not None


def test_who_stands_in_goes_on_standing_in(city):
    absent, stand_in = officer("崇安分局"), officer("南长分局")
    factories.stand_in(stand_in, absent, day("2015-12-01"), day("2015-12-31"))
    liangxi()

    found = StandIn.objects.in_force(day("2015-12-15"))
    assert [(one.absent, one.stand_in) for one in found] == [(absent, stand_in)]


# --- who may do what -------------------------------------------------------------------------------------------


def test_a_coordinator_loses_the_branch_until_four_eyes_give_the_new_one(city):
    coordinator = Officer.objects.get(name="coordinator of 崇安分局")
    station = person("广瑞路派出所")
    assert Stakeholder.objects.visible_to(coordinator).filter(pk=station.pk).exists()
    liangxi()

    coordinator = Officer.objects.get(pk=coordinator.pk)
    assert not Stakeholder.objects.visible_to(coordinator).filter(pk=station.pk).exists()
    proposal = UnitRole.objects.proposed().get(officer=coordinator)
    assert (proposal.unit.short_name, proposal.role, proposal.proposed_by.name) == (
        "梁溪分局",
        "coordinator",
        "Carol",
    )
    UnitRole.objects.filter(pk=proposal.pk).update(
        approved_at=AFTER, approved_by=Officer.objects.get(name="Sam")
    )
    coordinator = Officer.objects.get(pk=coordinator.pk)
    assert Stakeholder.objects.visible_to(coordinator).filter(pk=station.pk).exists()
    assert Stakeholder.objects.visible_to(coordinator).filter(pk=person("南长分局").pk).exists()
    # The history of the branches is the new one's as well.
    assert Pairing.objects.visible_to(coordinator).filter(unit__short_name="北塘分局").exists()
    assert scope_for(coordinator, "320204000000") is not None


def test_a_role_over_a_unit_of_another_kind_ends_and_is_not_proposed(city):
    carol = Officer.objects.get(name="Carol")
    merge([unit("崇安分局")], city, actor=Actor(carol), now=MERGED_AT, reason="dissolved")

    assert not UnitRole.objects.filter(officer__name="leader of 崇安分局", ended_at=None).exists()
    assert unit("广瑞路派出所").parent == city


# --- taking it back ---------------------------------------------------------------------------------------------


def everything() -> list[list[dict]]:
    left_out = {"updated_at", "id"}
    return [
        [{k: v for k, v in row.items() if k not in left_out} for row in model.objects.order_by("pk").values()]
        for model in (
            Unit,
            UnitPast,
            Officer,
            Stakeholder,
            Pairing,
            Feedback,
            FeedbackStep,
            FeedToken,
            UnitRole,
        )
    ]


def test_a_merger_is_taken_back_as_a_whole(city):
    receive_feedback(
        Feedback(stakeholder=person("崇安分局"), text="A light."), received_on=day("2015-12-01"),
        received_by=officer("崇安分局"), actor=Actor(officer("崇安分局")),
    )  # fmt: skip
    feeds.subscribe(
        officer("北塘分局"), name="phone", with_names=False, with_alarm=False, now=MERGED_AT, actor=Actor()
    )
    before = everything()
    made = liangxi()
    assert Feedback.objects.get().unit.short_name == "梁溪分局"
    assert Feedback.objects.get().steps.count() == 2
    assert everything() != before

    unit_tree.take_back(made, actor=Actor(), now=AFTER, reason="It was too early.")

    assert everything() == before
    assert verify(AFTER).counts["paths_are_where_units_hang"] == 0


def paired_since() -> None:
    handling.pair(
        person("崇安分局"), officer("南长分局"), on=day("2015-12-11"), actor=Actor(), reason="moved"
    )


def renamed_since() -> None:
    unit_tree.rename(
        unit("梁溪分局"), name="梁溪", short_name="梁溪分局", actor=Actor(), now=AFTER, reason="shorter"
    )


def subscribed_since() -> None:
    feeds.subscribe(
        officer("崇安分局"), name="new", with_names=False, with_alarm=False, now=AFTER, actor=Actor()
    )


def role_given_since() -> None:
    UnitRole.objects.proposed().update(approved_at=AFTER)


def station_added_since() -> None:
    factories.unit("新所", unit("梁溪分局"))


@pytest.mark.parametrize(
    "touch", [paired_since, renamed_since, subscribed_since, role_given_since, station_added_since]
)
def test_a_merger_that_was_touched_since_stays_as_a_whole_and_the_page_says_so(city, touch):
    made = liangxi()
    touch()
    carol = sign_in(Officer.objects.get(name="Carol"))
    before = everything()
    page = carol.post(reverse("contacts:unit-take-back", args=[made.pk]), {"reason": "because"})

    assert page.status_code == 200
    assert "can not be taken back" in page.content.decode()
    assert everything() == before
