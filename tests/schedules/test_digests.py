"""Digests: the same numbers on the page, in the mail, in files and from the command; frozen, they stay."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from contacts import access
from contacts.answering import answer_feedback
from contacts.models import Actor, AuditEntry, Officer, Rating, Topic, UnitRole
from schedules import charts, coverage, periods
from schedules.digests import document
from schedules.digests.figures import figures
from schedules.digests.freezing import freeze_due
from schedules.digests.lists import BEHIND
from schedules.digests.phrases import neighbours, percent, period_name, satisfied, share
from schedules.digests.reading import Reading
from schedules.digests.scope import Scope
from schedules.digests.shown import shown
from schedules.models import Digest, DigestChoice, DigestLists, Notice, NoticeLine, Obligation, PassState
from schedules.notices import deliver
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day, moment, owe

NOW = at("2026-11-18 10:30")


@pytest.fixture
def people(bureau):
    """Seven owed calls of October and November: Alice met one and missed one, Bob and Dan have theirs."""
    bureau.topic = Topic.objects.create(name="Parking")
    PassState.objects.create(first_day=day("2026-10-01"), latest_at=at("2026-11-18 10:00"))
    bureau.second = factories.stakeholder("王芳", bureau.station)
    bureau.bobs = factories.stakeholder("赵敏", bureau.station)
    bureau.dans = factories.stakeholder("孙涛", bureau.other_station)
    for person, holder in [
        (bureau.second, bureau.alice),
        (bureau.bobs, bureau.bob),
        (bureau.dans, bureau.dan),
    ]:
        factories.seat(person)
        factories.pairing(holder, person)
    for person in (bureau.deputy, bureau.second, bureau.bobs, bureau.dans):
        owe(person, "2026-10")
        owe(person, "2026-11")
    factories.record(bureau.deputy, bureau.alice, at("2026-10-12 09:00"), kind="call")
    factories.record(bureau.second, bureau.alice, at("2026-10-13 09:00"), kind="call", outcome="no_answer")
    factories.record(bureau.dans, bureau.dan, at("2026-10-14 09:00"), kind="call")
    factories.record(bureau.dans, bureau.dan, at("2026-11-04 09:00"), kind="call")
    return bureau


def of(unit, key="2026-10", now=NOW):
    return figures(Scope.of_unit(unit), key, now)


# --- the figures ---------------------------------------------------------------------------------------------


def test_it_counts_what_the_status_function_counts(people):
    for unit in (people.bureau, people.county, people.station, people.other_county):
        for key in ("2026-10", "2026-11", "2026-Q4", "2026"):
            expected = coverage.figures(key, unit=unit, now=NOW)["total"]
            total = of(unit, key)["coverage"]["total"]
            assert {name: total[name] for name in coverage.FIGURES} == expected


def test_the_units_below_add_up_to_the_whole(people):
    for unit in (people.bureau, people.county, people.station):
        found = of(unit)["coverage"]
        for name in coverage.FIGURES:
            assert sum(group[name] for group in found["groups"]) == found["total"][name]
            assert sum(kind[name] for kind in found["by_kind"]) == found["total"][name]


def test_the_bureau_has_a_line_for_each_county_and_a_station_one_for_each_officer(people):
    assert [(group["unit"], group["owed"]) for group in of(people.bureau)["coverage"]["groups"]] == [
        (people.county.code, 3),
        (people.other_county.code, 1),
    ]
    assert [(group["officer"], group["owed"]) for group in of(people.station)["coverage"]["groups"]] == [
        (people.alice.police_number, 2),
        (people.bob.police_number, 1),
    ]


def test_it_lists_what_was_missed_and_whom_nobody_reached(people):
    found = of(people.station)
    assert found["coverage"]["missed"]["count"] == 2
    assert {row["stakeholder"] for row in found["coverage"]["missed"]["first"]} == {
        people.second.pk,
        people.bobs.pk,
    }
    assert {row["stakeholder"] for row in found["not_reached"]["first"]} == {people.second.pk, people.bobs.pk}
    assert found["quiet"]["count"] == 2
    assert of(people.station, "2026-11")["not_reached"]["count"] == 3


def test_a_contact_of_any_kind_reaches_a_person_though_it_meets_nothing(people):
    factories.record(people.second, people.carol, at("2026-10-20 09:00"), kind="meeting")
    found = of(people.station)
    assert found["coverage"]["missed"]["count"] == 2
    assert [row["stakeholder"] for row in found["not_reached"]["first"]] == [people.bobs.pk]


def test_whoever_has_lost_their_officer_is_listed_where_they_are_in_charge(people):
    people.bobs.pairings.update(ended_on=day("2026-11-10"))
    assert of(people.station, "2026-11")["unpaired"] == {
        "count": 1,
        "first": [{"stakeholder": people.bobs.pk, "last": None}],
    }
    assert of(people.other_county, "2026-11")["unpaired"]["count"] == 0


def test_a_monitor_whom_no_policy_covers_is_on_no_list(people):
    monitor = factories.stakeholder("周到", people.station)
    factories.seat(monitor, "discipline_monitor", "")
    assert of(people.station, "2026-11")["unpaired"]["count"] == 0


def test_feedback_counts_where_it_is_handled_by_topic_and_state(people):
    said = {"topic": people.topic}
    factories.feedback(people.deputy, people.alice, day("2026-10-05"), **said)
    factories.feedback(people.dans, people.dan, day("2026-10-06"), state="assigned", **said)
    told = factories.record(people.deputy, people.alice, at("2026-11-02 09:00"))
    factories.feedback(
        people.deputy, people.alice, day("2026-09-20"), due_on=day("2026-10-15"), state="answered",
        answered_on=day("2026-11-02"), answer_record=told, result="solved", **said,
    )  # fmt: skip
    whole = of(people.bureau)["feedback"]
    assert (whole["received"], whole["answered"], whole["overdue"]) == (2, 0, 3)
    assert [
        (topic["name"], topic["total"], topic["received"], topic["assigned"]) for topic in whole["by_topic"]
    ] == [("Parking", 2, 1, 1)]
    parts = [of(unit)["feedback"] for unit in (people.county, people.other_county)]
    for name in ("received", "answered", "overdue"):
        assert sum(part[name] for part in parts) == whole[name]
    assert of(people.station, "2026-11")["feedback"]["answered"] == 1


def answered(people, who, officer, told, review_on, **said):
    """Told in a call on `told`, with another answer promised for `review_on`."""
    record = factories.record(who, officer, at(f"{told} 09:00"))
    return factories.feedback(
        who, officer, day("2026-09-02"), state="answered", answered_on=day(told), answer_record=record, result="planned",
        review_on=day(review_on), **said,
    )  # fmt: skip


def test_promises_count_on_the_day_they_were_made_for_by_what_had_become_of_them(people):
    answered(people, people.deputy, people.alice, "2026-09-10", "2026-10-20")
    answered(people, people.dans, people.dan, "2026-09-10", "2026-11-20")
    kept = answered(people, people.second, people.alice, "2026-09-10", "2026-10-25")
    record = factories.record(people.second, people.alice, at("2026-10-24 09:00"))
    answer_feedback(kept, answer="Done.", result="solved", record=record, actor=Actor(people.alice))

    october = of(people.bureau)["promises"]
    assert (october["promised"], october["kept"], october["broken"], october["open"]) == (2, 1, 1, 0)
    assert [row["stakeholder"] for row in october["first"]] == [people.deputy.pk]
    assert of(people.bureau, "2026-11")["promises"]["open"] == 1
    assert of(people.other_county)["promises"]["promised"] == 0
    assert of(people.bureau, now=at("2026-10-15 09:00"))["promises"]["kept"] == 0


def test_process_and_result_count_apart_where_the_item_is_handled(people):
    record = factories.record(people.deputy, people.alice, at("2026-10-08 09:00"))
    closed = factories.feedback(
        people.deputy, people.alice, day("2026-10-05"), state="closed", answer_record=record
    )
    Rating.objects.update(
        process="satisfied", result="dissatisfied", rated_on=day("2026-10-12"), rated_by=people.carl
    )

    found = of(people.bureau)["satisfaction"]
    assert (found["asked"], found["process"]["satisfied"], found["result"]["dissatisfied"]) == (1, 1, 1)
    assert of(closed.unit)["satisfaction"] == found
    assert of(people.other_county)["satisfaction"]["asked"] == 0
    assert of(people.bureau, "2026-11")["satisfaction"]["asked"] == 0
    assert satisfied(found["result"]) == "0%"
    assert satisfied(found["process"]) == "100%"
    assert satisfied(dict.fromkeys(found["process"], 0) | {"not_said": 3}) == "–"


def test_the_five_that_wait_longest_stand_there_whether_late_or_not(people):
    waiting = [factories.feedback(people.deputy, people.alice, day(f"2026-10-{20 - n}")) for n in range(7)]
    found = of(people.county)["feedback"]

    assert found["waiting"] == 7
    assert [row["feedback"] for row in found["longest"]] == [item.pk for item in reversed(waiting)][:5]
    assert of(people.other_county)["feedback"]["waiting"] == 0


def test_a_topic_is_new_where_nobody_spoke_of_it_for_a_year(people):
    lamps = Topic.objects.create(name="Lamps")
    factories.feedback(people.dans, people.dan, day("2026-03-02"), topic=people.topic)
    for topic in (people.topic, lamps):
        factories.feedback(people.deputy, people.alice, day("2026-10-05"), topic=topic)

    def new(unit):
        return {topic["name"] for topic in of(unit)["feedback"]["by_topic"] if topic["new"]}

    assert new(people.bureau) == {"Lamps"}
    assert new(people.county) == {"Lamps", "Parking"}


def test_the_load_is_counted_by_unit_and_officer(people):
    groups = of(people.bureau, "2026-11")["coverage"]["groups"]
    assert [(group["people"], group["officers"]) for group in groups] == [(3, 2), (1, 1)]
    station = of(people.station, "2026-11")["coverage"]["groups"]
    assert [(group["name"], group["people"]) for group in station] == [("Alice", 2), ("Bob", 1)]


def test_it_says_in_sentences_what_its_figures_say(people):
    factories.feedback(people.deputy, people.alice, day("2026-10-05"), topic=people.topic)
    factories.feedback(people.second, people.alice, day("2026-10-06"), topic=people.topic)
    assert Reading(of(people.bureau)).summary == [
        "2 of 4 contacts were made (50%).",
        "Far below that stand 江阴市局.",
        "2 opinions came in, most of them about Parking (2).",
        "For the first time in a year: Parking.",
        "2 answers are overdue.",
    ]
    assert Reading(of(people.bureau, "2026-11")).summary[0] == (
        "1 of 4 contacts were made (25%, down from 50% in 2026-10)."
    )
    assert Reading(of(people.bureau, "2026-11")).summary[-1].startswith("Still to be made: 3")


def test_with_nothing_to_say_it_says_so_in_one_line(bureau):
    assert Reading(of(bureau.other_county)).summary == [
        "Nothing was owed in this period, and nobody said anything."
    ]


def test_figures_that_were_frozen_before_they_knew_so_much_are_read_as_they_are(people, page):
    found = of(people.bureau)
    for name in ("promises", "satisfaction"):
        del found[name]
    for name in ("waiting", "longest"):
        del found["feedback"][name]
    del found["coverage"]["officers"]
    Digest.objects.create(
        unit=people.bureau, period_key="2026-10", frozen_at=at("2026-11-04 08:00"), figures=found
    )

    assert page("lea", "?period=2026-10").status_code == 200


def test_an_answer_that_came_later_was_overdue_at_the_end_of_the_period(people):
    told = factories.record(people.deputy, people.alice, at("2026-11-02 09:00"))
    factories.feedback(
        people.deputy, people.alice, day("2026-10-01"), due_on=day("2026-10-20"), state="closed",
        answered_on=day("2026-11-02"), answer_record=told, result="solved", closed_on=day("2026-11-03"),
    )  # fmt: skip
    assert of(people.station, "2026-10")["feedback"]["overdue"] == 1
    assert of(people.station, "2026-11")["feedback"]["overdue"] == 0


def test_it_shows_the_periods_before(people):
    trend = of(people.bureau, "2026-11")["trend"]
    assert [(row["key"], row["owed"], row["met"]) for row in trend] == [("2026-10", 4, 2), ("2026-11", 4, 1)]


def test_a_week_holds_what_is_planned_in_it(people):
    def owed():
        return of(people.bureau, "2026-W50", at("2026-12-08 09:00"))["coverage"]["total"]["owed"]

    owe(factories.stakeholder("吴静", people.station), "2026-12", planned_on=day("2026-12-09"))
    assert owed() == 0  # nobody ever held her
    owe(people.deputy, "2026-12", planned_on=day("2026-12-09"))
    assert owed() == 1


def test_it_holds_no_name_of_a_person(people):
    text = json.dumps(of(people.bureau), ensure_ascii=False)
    assert not [person for person in (people.deputy, people.second, people.bobs) if person.name in text]


def test_an_officers_own_figures_are_those_of_the_people_they_held(people):
    found = figures(Scope.of_officer(people.alice), "2026-10", NOW)
    assert (found["coverage"]["total"]["owed"], found["coverage"]["total"]["met"], found["people"]) == (
        2,
        1,
        2,
    )


# --- frozen --------------------------------------------------------------------------------------------------


def freeze(text):
    with transaction.atomic():
        return freeze_due(moment(text))


def test_it_freezes_on_the_third_working_day_after_the_end_and_once(people):
    assert freeze("2026-11-03 23:59") == 0
    assert freeze("2026-11-04 08:00") == 3  # station, county and bureau have leaders
    assert freeze("2026-11-04 08:01") == 0
    assert set(Digest.objects.values_list("unit", "period_key")) == {
        (unit.pk, "2026-10") for unit in (people.station, people.county, people.bureau)
    }


def test_what_was_frozen_together_is_what_each_unit_would_have_had_alone(people):
    freeze("2026-11-04 08:00")
    for digest in Digest.objects.select_related("unit"):
        assert digest.figures == of(digest.unit, "2026-10", at("2026-11-04 08:00"))


def test_its_leaders_are_told_once_in_their_inbox(people):
    freeze("2026-11-04 08:00")
    freeze("2026-11-05 08:00")
    told = NoticeLine.objects.filter(stage="digest").values_list("recipient", "digest__unit")
    assert sorted(told) == sorted(
        [
            (people.bob.pk, people.station.pk),
            (people.lin.pk, people.county.pk),
            (people.lea.pk, people.bureau.pk),
        ]
    )
    assert Notice.objects.get(officer=people.bob).send_on == day("2026-11-04")


def test_no_period_before_the_first_pass_is_frozen_and_none_long_after(people):
    PassState.objects.update(first_day=day("2026-11-01"))
    assert freeze("2026-11-04 08:00") == 0
    PassState.objects.update(first_day=day("2026-01-01"))
    assert freeze("2027-02-01 08:00") == 12  # December, the quarter, the half-year and the year; not October
    assert not Digest.objects.filter(period_key="2026-10").exists()


def test_the_mail_has_the_charts_as_tables_and_stays_small(people):
    for number in range(24):
        unit = factories.unit(f"分局{number}", people.bureau, kind="county")
        holder = factories.officer(f"民警{number}", unit)
        factories.role(holder, "leader")
        person = factories.stakeholder(f"代表{number}", unit)
        factories.seat(person)
        factories.pairing(holder, person)
        owe(person, "2026-10")
        owe(person, "2026-11")
        factories.feedback(
            person, holder, day("2026-11-05"), topic=Topic.objects.create(name=f"主题{number}")
        )
    freeze("2026-11-04 08:00")
    freeze("2026-12-03 08:00")
    with time_machine.travel(at("2026-12-03 10:00"), tick=False):
        deliver(moment("2026-12-03 10:00"))
    *_others, mailed = [one for one in mail.outbox if one.to == [people.lea.email]]
    html = mailed.alternatives[0].content
    assert len(html.encode()) < 100_000
    for said in ("Units over time", "Over time", "What people said", "How far it has come"):
        assert said in html
    assert html.count("分局23") == 2  # by unit, and on the map


def test_a_frozen_one_stays_as_it_is_and_shows_the_difference(people):
    freeze("2026-11-04 08:00")
    before = Digest.objects.get(unit=people.station).figures
    factories.record(people.second, people.alice, at("2026-10-20 09:00"), kind="call", recorded_at=NOW)
    found = shown(Scope.of_unit(people.station), periods.parse("2026-10"), NOW)
    assert found.figures == before == Digest.objects.get(unit=people.station).figures
    assert ("met", 1, 2) in found.changes
    assert ("missed", 2, 1) in found.changes
    assert ("owed", 3, 3) not in found.changes


def test_the_map_of_units_and_periods_shows_what_was_frozen_and_what_is_now(people, page):
    freeze("2026-11-04 08:00")
    factories.record(people.second, people.alice, at("2026-10-20 09:00"), kind="call", recorded_at=NOW)
    keys, rows = page("lea", "?period=2026-11").context["reading"].heat

    assert keys == ["26-10", "26-11"]
    assert [(name, cells) for name, _link, cells in rows] == [
        ("江阴市局", [("33%", "4"), ("0%", "4")]),
        ("宜兴市局", [("", ""), ("100%", "0")]),  # nobody leads it: nothing was frozen
    ]
    assert "33%" in text_of(page("lea", "?period=2026-11"))


def test_the_next_periods_digest_speaks_of_the_frozen_figures(people):
    freeze("2026-11-04 08:00")
    factories.record(people.second, people.alice, at("2026-10-20 09:00"), kind="call", recorded_at=NOW)
    assert of(people.station, "2026-11")["trend"][0]["met"] == 1


def test_the_headline_says_what_each_figure_was_before_and_how_much_it_changed(people):
    freeze("2026-11-04 08:00")
    reading = Reading(of(people.county, "2026-11", at("2026-12-04 08:00")))
    said = {tile.label: tile.before for tile in reading.tiles}
    assert said["missed"] == "2026-10: 2 (+1)"
    assert said["not reached in this period"] == "2026-10: 2 (+1)"
    assert said["promises broken"] == "2026-10: 0 (±0)"
    assert said["of what was owed was done"] == "2026-10: 33%"
    assert said["still open"] == ""


def test_seen_from_before_it_was_frozen_it_is_reckoned(people):
    freeze("2026-11-04 08:00")
    found = shown(Scope.of_unit(people.station), periods.parse("2026-10"), at("2026-11-01 09:00"))
    assert (found.frozen_at, found.now) == (None, None)


# --- who gets which ------------------------------------------------------------------------------------------


def told():
    """To whom, of which unit and period, and whether before its end."""
    lines = NoticeLine.objects.filter(stage="digest").order_by("pk")
    return [
        (line.recipient.name, line.digest.unit.short_name, line.digest.period_key, line.digest.ahead)
        for line in lines.select_related("recipient", "digest__unit")
    ]


def choose(officer, unit, cadence, when):
    DigestChoice.objects.create(officer=officer, unit=unit, cadence=cadence, when=when)


def test_whoever_chose_gets_just_that(people):
    choose(people.bob, people.station, "month", "never")
    choose(people.lin, people.station, "month", "frozen")
    choose(people.carl, people.county, "month", "both")
    freeze("2026-11-04 08:00")
    assert sorted(told()) == [
        ("Carl", "江阴市局", "2026-10", False),
        ("Lea", "市局", "2026-10", False),
        ("Lin", "江阴市局", "2026-10", False),
        ("Lin", "澄江派出所", "2026-10", False),
    ]


def test_before_a_period_ends_those_who_asked_are_told_how_far_it_is_and_nothing_is_compared_with_that(
    people,
):
    choose(people.bob, people.station, "month", "ahead")
    freeze("2026-11-20 08:00")
    assert not Digest.objects.filter(ahead=True).exists()
    for now in ("2026-11-23 08:00", "2026-11-24 08:00"):  # five working days before the thirtieth, and once
        freeze(now)
    assert [row for row in told() if row[0] == "Bob"] == [("Bob", "澄江派出所", "2026-11", True)]
    digest = Digest.objects.get(ahead=True)
    assert digest.figures["running"]
    freeze("2026-12-03 08:00")
    assert ("Bob", "澄江派出所", "2026-11", False) not in told()
    found = shown(Scope.of_unit(people.station), periods.parse("2026-11"), at("2026-12-04 08:00"))
    assert found.frozen_at == at("2026-12-03 08:00")
    following = shown(Scope.of_unit(people.station), periods.parse("2026-12"), at("2026-12-04 08:00"))
    assert following.figures["trend"][-2] == found.figures["trend"][-1]


def test_weeks_are_frozen_for_whoever_asks_for_them_and_only_the_last(people):
    assert not Digest.objects.exists()
    choose(people.lin, people.county, "week", "frozen")
    freeze("2026-11-18 08:00")
    assert [row for row in told() if "W" in row[2]] == [("Lin", "江阴市局", "2026-W46", False)]


def test_whoever_lost_their_role_is_told_nothing_though_they_chose(people):
    choose(people.lin, people.station, "month", "frozen")
    UnitRole.objects.filter(officer=people.lin).delete()
    freeze("2026-11-04 08:00")
    assert "Lin" not in {who for who, *_rest in told()}


def test_an_address_that_somebody_made_up_breaks_nothing(people):
    assert sign_in(people.lin).get(f"{reverse('schedules:digest-choices')}?unit=%00").status_code == 200


def test_one_chooses_on_a_page_and_only_of_units_one_may_see(people):
    client = sign_in(people.lin)
    address = reverse("schedules:digest-choices")
    page = client.get(f"{address}?unit={people.station.code}").context["form"]
    assert [str(unit) for unit in page.units] == ["江阴市局", "澄江派出所"]
    said = {name: field.initial for name, field in page.fields.items()} | {
        f"{people.station.pk}-month": "both"
    }
    said[f"{people.county.pk}-year"] = "never"
    assert client.post(f"{address}?unit={people.station.code}", said).status_code == 302
    assert set(DigestChoice.objects.values_list("unit", "cadence", "when")) == {
        (people.station.pk, "month", "both"),
        (people.county.pk, "year", "never"),
    }
    assert [str(unit) for unit in client.get(address).context["form"].units] == ["江阴市局", "澄江派出所"]
    outside = client.get(f"{address}?unit={people.other_county.code}").context["form"]
    assert "宜兴市局" not in map(str, outside.units)


def test_the_mail_has_the_numbers_and_no_name_and_fetches_nothing(people):
    freeze("2026-11-04 08:00")
    deliver(moment("2026-11-04 09:00"))
    message = next(message for message in mail.outbox if message.to == [people.lea.email])
    html = message.alternatives[0].content
    assert "50%" in html
    assert "50%" in message.body
    assert people.county.short_name in html
    assert not [person for person in (people.deputy, people.second, people.bobs) if person.name in html]
    assert "<img" not in html
    assert f"{reverse('schedules:digest')}?unit={people.bureau.code}&amp;period=2026-10" in html
    assert len(html) < 100_000


# --- the page ------------------------------------------------------------------------------------------------


@pytest.fixture
def page(people, time_machine):
    time_machine.move_to(NOW, tick=False)

    def get(who, query="", name="schedules:digest"):
        return sign_in(getattr(people, who)).get(f"{reverse(name)}{query}")

    return get


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_page_shows_what_the_command_says(people, page, capsys):
    call_command("digest", unit=people.bureau.code, period="2026-10", at=NOW, json=True)
    said = json.loads(capsys.readouterr().out)
    assert page("lea", "?period=2026-10").context["reading"].figures == said
    assert said["coverage"]["total"]["met"] == 2


def test_it_begins_with_the_highest_unit_one_may_see_and_this_month(people, page):
    for who, name in [
        ("lea", "无锡市公安局"),
        ("lin", "江阴市公安局"),
        ("bob", "江阴市公安局澄江派出所"),
        ("alice", "Alice"),
    ]:
        reading = page(who).context["reading"]
        assert (reading.title, reading.period.key) == (name, "2026-11")


@pytest.mark.parametrize(
    ("who", "unit", "status"),
    [
        ("lea", "other_county", 200), ("carol", "station", 200), ("lin", "station", 200), ("lin", "other_county", 404),
        ("lin", "bureau", 404), ("bob", "county", 404), ("bob", "station", 200), ("alice", "station", 404),
    ],
)  # fmt: skip
def test_outside_ones_own_units_a_digest_does_not_exist(people, page, who, unit, status):
    query = f"?unit={getattr(people, unit).code}&period=2026-10"
    assert page(who, query).status_code == status
    assert page(who, query, "schedules:digest-file").status_code == status


@pytest.mark.parametrize(
    "query", ["?period=2026-13", "?period=2027-01", "?unit=nobody", "?unit=../x", "?unit=3202"]
)
def test_what_does_not_exist_is_not_found(page, query):
    assert page("lea", query).status_code == 404


ROWS = "schedules:digest-rows"


@pytest.mark.parametrize("who", ["lea", "lin", "bob", "alice"])
def test_from_the_list_behind_a_number_one_goes_on_in_the_working_list(people, page, who):
    reading = page(who, "?period=2026-10").context["reading"]
    listed = sign_in(getattr(people, who)).get(reading.rows_link("missed"))
    rows = sign_in(getattr(people, who)).get(listed.context["work"]).context["table"].rows
    assert len(rows) == listed.context["page_obj"].paginator.count == reading.total["missed"] > 0


def test_each_promise_that_is_counted_stands_in_the_ledger(people, page):
    answered(people, people.deputy, people.alice, "2026-09-10", "2026-11-02")
    answered(people, people.dans, people.dan, "2026-09-10", "2026-11-20")
    answered(people, people.second, people.alice, "2026-09-11", "2026-11-18")
    for who, number in (("lea", 3), ("lin", 2)):
        client = sign_in(getattr(people, who))
        reading = page(who, "?period=2026-11").context["reading"]
        for link in (reading.rows_link("promised"), *(link for _name, _n, link in reading.fates)):
            listed = client.get(link)
            rows = client.get(listed.context["work"]).context["table"].rows
            assert len(rows) == listed.context["page_obj"].paginator.count, link
        assert reading.promises["promised"] == number


def test_the_list_says_what_was_frozen_and_what_is_now(people, page):
    freeze("2026-11-04 08:00")
    factories.record(people.second, people.alice, at("2026-10-20 09:00"), kind="call", recorded_at=NOW)
    missed = page("bob", "?period=2026-10&of=missed", ROWS)
    assert missed.context["page_obj"].paginator.count == 2
    text = text_of(missed)
    assert "as of 2026-11-04 08:00, frozen" in text
    assert "王芳 L" in text
    assert "missed met 1 Alice" in text  # then, now, attempts, responsible


def test_whoever_is_with_another_unit_by_now_stands_there_as_a_number(people, page):
    freeze("2026-11-04 08:00")
    people.bobs.pairings.update(ended_on=day("2026-11-10"))
    people.bobs.unit = people.other_station
    people.bobs.save()
    factories.pairing(people.dan, people.bobs, day("2026-11-11"))
    text = text_of(page("bob", "?period=2026-10&of=missed", ROWS))
    assert people.bobs.number in text
    assert "赵敏" not in text


def test_what_is_gone_since_is_still_counted_and_stands_there_without_a_name(people, page):
    """Where two people turned out to be one, a task of theirs is deleted, and never what was said of it before."""
    freeze("2026-11-04 08:00")
    Obligation.objects.filter(stakeholder=people.bobs, period_key="2026-10").delete()
    Obligation.objects.filter(stakeholder=people.second, period_key="2026-10").update(withdrawn_at=NOW)
    answer = page("bob", "?period=2026-10&of=missed", ROWS)
    assert answer.context["page_obj"].paginator.count == 2
    assert text_of(answer).count("owed no more") == 2
    assert page("bob", "?period=2026-10", "schedules:digest-file").status_code == 200


def test_of_figures_frozen_before_lists_were_kept_the_list_is_that_of_now_and_says_so(people, page):
    freeze("2026-11-04 08:00")
    DigestLists.objects.all().delete()
    answer = page("bob", "?period=2026-10&of=missed", ROWS)
    assert answer.context["page_obj"].paginator.count == 2
    assert "before the lists behind them were kept" in text_of(answer)
    assert page("bob", "?period=2026-10", "schedules:digest-file").status_code == 200


@pytest.mark.parametrize("query", ["", "?of=nothing", "?of=missed&kind=nothing", "?of=received&topic=77"])
def test_a_list_that_there_is_not_is_not_found(people, page, query):
    assert page("bob", query, ROWS).status_code == 404


def test_a_list_behind_a_number_takes_few_queries(people, page, django_assert_max_num_queries):
    freeze("2026-11-04 08:00")
    client = sign_in(people.lea)
    for figure in BEHIND:
        with django_assert_max_num_queries(18):
            assert client.get(f"{reverse(ROWS)}?period=2026-Q4&of={figure}").status_code == 200


def test_without_pango_the_page_says_what_to_do_instead(people, page, monkeypatch):
    monkeypatch.setattr(document, "pdf", lambda reading: raise_no_pango())
    answer = sign_in(people.lea).get(reverse("schedules:digest-document"), follow=True)
    assert "lacks the library pango" in text_of(answer)


def raise_no_pango():
    raise document.NoPango


def test_it_says_as_of_when_and_what_has_changed_since(people, page):
    freeze("2026-11-04 08:00")
    factories.record(people.second, people.alice, at("2026-10-20 09:00"), kind="call", recorded_at=NOW)
    text = text_of(page("bob", "?period=2026-10"))
    assert "as of 2026-11-04 08:00, frozen" in text
    assert "met: 1 → 2" in text


def test_no_phone_number_stands_on_it_or_in_its_files(people, page):
    for name in ("schedules:digest", "schedules:digest-file"):
        content = page("carol", "?period=2026-10", name).getvalue()
        if name == "schedules:digest-file":
            with zipfile.ZipFile(io.BytesIO(content)) as workbook:
                content = b"".join(map(workbook.read, workbook.namelist()))
        assert people.county.short_name.encode() in content  # it is what it should be, and readable
        assert b"13912345678" not in content


def test_a_whole_quarter_takes_at_most_fifteen_queries(people, page, django_assert_max_num_queries):
    freeze("2026-11-04 08:00")
    client = sign_in(people.lea)
    with django_assert_max_num_queries(15):
        assert client.get(f"{reverse('schedules:digest')}?period=2026-Q4").status_code == 200


# --- files ---------------------------------------------------------------------------------------------------


def cells_of(path):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize(("who", "name"), [("lea", "王*"), ("carol", "王芳")])
def test_a_leaders_workbook_masks_names_and_leaves_a_trace(people, page, tmp_path, who, name):
    response = page(who, "?period=2026-10", "schedules:digest-file")
    (tmp_path / "digest.xlsx").write_bytes(response.getvalue())
    names = [row[0] for row in cells_of(tmp_path / "digest.xlsx")["Missed"][1:]]
    assert name in names
    entry = AuditEntry.objects.get(action="export")
    assert (entry.officer, entry.after["table"], entry.after["period"]) == (
        getattr(people, who),
        "digest",
        "2026-10",
    )


def test_the_command_writes_files_that_agree_and_masks_names(people, tmp_path, django_assert_max_num_queries):
    for suffix in ("html", "xlsx"):
        call_command(
            "digest", unit=people.bureau.code, period="2026-10", at=NOW, output=tmp_path / f"d.{suffix}"
        )
    html = (tmp_path / "d.html").read_text(encoding="utf-8")
    sheets = list(cells_of(tmp_path / "d.xlsx").values())
    assert "王*" in html
    assert "王芳" not in html
    assert [row[:3] for row in sheets[1][1:]] == [["江阴市局", 3.0, 1.0], ["宜兴市局", 1.0, 1.0]]
    assert "src=" not in html


@pytest.mark.pdf
def test_a_pdf_is_written(people, tmp_path):
    call_command("digest", unit=people.station.code, period="2026-10", at=NOW, output=tmp_path / "d.pdf")
    assert (tmp_path / "d.pdf").read_bytes().startswith(b"%PDF-")


def test_the_command_refuses_a_unit_that_there_is_not(people):
    with pytest.raises(CommandError) as refused:
        call_command("digest", unit="1", period="2026-10")
    assert refused.value.returncode == 2


@pytest.mark.parametrize("words", [["-o", "d.docx"], ["--period", "2026-13"]])
def test_the_command_names_wrong_usage(people, words):
    with pytest.raises(CommandError):
        call_command("digest", "--unit", people.station.code, "--period", "2026-10", *words)


# --- words and drawings --------------------------------------------------------------------------------------


def test_lying_bars_are_as_long_as_their_numbers():
    steps = charts.lengths([("received", 8), ("assigned", 4), ("answered", 0)]).bars
    assert [step.width / steps[0].width for step in steps] == [1, 0.5, 0]
    assert charts.lengths([]).bars == ()


@pytest.mark.parametrize(
    ("owed", "met", "waived", "shown_as"),
    [(0, 0, 0, "–"), (3, 3, 0, "100%"), (200, 199, 0, "99%"), (4, 1, 2, "50%"), (2, 0, 2, "–")],
)
def test_a_share_is_of_what_was_not_waived_and_never_rounded_up(owed, met, waived, shown_as):
    assert share({"owed": owed, "met": met, "waived": waived}) == shown_as
    assert percent({"owed": owed, "met": met, "waived": waived}) == (
        None if shown_as == "–" else int(shown_as[:-1])
    )


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("2026-11", "November 2026"), ("2026-Q4", "quarter 4 of 2026"), ("2026-H2", "half-year 2 of 2026"),
        ("2026", "year 2026"), ("2026-W07", "week 7 of 2026"),
    ],
)  # fmt: skip
def test_periods_have_names(key, name, settings):
    from django.utils import translation

    with translation.override("en"):
        assert period_name(periods.parse(key)) == name


def test_there_is_no_period_after_the_one_that_runs():
    november = periods.parse("2026-11")
    assert neighbours(november, day("2026-11-18"))[1] is None
    assert neighbours(november, day("2026-12-01"))[1].key == "2026-12"


def test_bars_stand_on_each_other_and_reach_as_high_as_their_numbers():
    rows = [
        {"label": "1", "note": "", "met": 30, "missed": 10},
        {"label": "2", "note": "", "met": 0, "missed": 0},
    ]
    drawn = charts.stacked_bars(rows, ("met", "missed"))
    met, missed = drawn.bars[0].segments
    assert met.y + met.height == pytest.approx(drawn.base, abs=0.2)
    assert missed.y + missed.height == pytest.approx(met.y, abs=0.2)
    assert missed.height == pytest.approx(met.height / 3, abs=0.2)
    assert drawn.bars[1].segments == ()
    assert [line.label for line in drawn.lines] == ["0", "10", "20", "30", "40"]


def test_nothing_owed_is_drawn_and_told_too(bureau):
    reading = Reading(figures(Scope.of_unit(bureau.station), "2026-10", NOW))
    assert reading.tiles[0].number == "–"
    assert reading.chart.bars[0].segments == ()


# --- side by side --------------------------------------------------------------------------------------------


def compare(page, who, query=""):
    return page(who, query, "schedules:digest-compare")


def test_two_periods_or_two_units_stand_side_by_side_with_the_difference(people, page):
    found = compare(page, "lea", "?period=2026-10").context
    assert [reading.period.key for reading in found["readings"]] == ["2026-10", "2026-09"]
    query = f"?unit={people.county.code}&period=2026-10&other_unit={people.other_county.code}&other_period=2026-10"
    found = compare(page, "lea", query).context
    assert [reading.title for reading in found["readings"]] == ["江阴市公安局", "宜兴市公安局"]
    rows = {row.label: row for _title, rows in found["sections"] for row in rows}
    assert (rows["missed"].first.number, rows["missed"].second.number, rows["missed"].difference) == (
        2,
        0,
        "+2",
    )
    assert rows["of what was owed was done"].difference == "−67 points"
    assert rows["missed"].first.link


def test_two_units_of_one_name_and_topics_of_one_side_are_told_apart(people, page):
    people.other_county.short_name = people.county.short_name
    people.other_county.save()
    factories.feedback(people.deputy, people.alice, day("2026-10-05"), topic=people.topic)
    sections = dict(compare(page, "lea", "?period=2026-10&other_period=2026-11").context["sections"])
    assert [row.first.number for row in sections["Coverage by unit"]] == ["33%", "100%"]
    (topic,) = sections["What people said"]
    assert (topic.first.number, topic.second.number, topic.difference) == (1, 0, "+1")


def test_officers_are_never_set_side_by_side(people, page):
    query = f"?unit={people.station.code}&period=2026-10"
    titles = [str(title) for title, _rows in compare(page, "bob", query).context["sections"]]
    assert "Coverage by unit" not in titles
    own = compare(page, "alice").context
    assert [reading.title for reading in own["readings"]] == ["Alice", "Alice"]


def test_a_wrong_period_is_named_and_another_unit_is_no_choice(people, page):
    for query, field in (
        ("?period=2026-10&other_period=October", "other_period"),
        ("?period=2026-13", "period"),
        ("?period=2027-01", "period"),
    ):
        answer = compare(page, "lin", query)
        assert field in answer.context["form"].errors
    answer = compare(
        page, "lin", f"?period=2026-10&other_unit={people.other_county.code}&other_period=2026-10"
    )
    assert "other_unit" in answer.context["form"].errors
    assert "readings" not in answer.context


def test_how_far_many_reach_is_what_each_of_them_may(people):
    officers = Officer.objects.all()
    found = access.reaches(access.Deed.DIGEST, {officer.pk for officer in officers})
    for officer in officers:
        alone = officer.rights.reach(access.Deed.DIGEST)
        assert (found[officer.pk].everything, found[officer.pk].paths) == (alone.everything, alone.paths)
