"""An officer's day: whom to call first, what we owe them, and how far the month has come."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Officer
from schedules import worklist
from schedules.models import CyclePolicy, Obligation, PolicyVersion
from schedules.periods import parse
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)  # Wednesday, 10:30 in the bureau
TODAY = dt.date(2026, 11, 18)
CALL = "call"


def owe(
    person, key="2026-11", code=CALL, *, planned=dt.date(2026, 11, 27), due=dt.date(2026, 11, 30), **fields
):
    policy = CyclePolicy.objects.get(code=code)
    period = parse(key)
    return Obligation.objects.create(
        stakeholder=person,
        policy=policy,
        version=PolicyVersion.objects.filter(policy=policy).earliest("pk"),
        period_key=key,
        period_start=period.start,
        period_end=period.end,
        due_on=min(due, period.end),
        planned_on=min(max(planned, period.start), period.end),
        changed_at=NOW,
        **fields,
    )


def hold(bureau, name, street="澄江镇"):
    person = factories.stakeholder(name, bureau.station, street=street, mobile="+8613812345678")
    factories.seat(person)
    factories.pairing(bureau.alice, person)
    return person


def groups(officer, now=NOW):
    found = worklist.of(Officer.objects.get(pk=officer.pk), now)
    return {urgency.value: [line.person.name for line in lines] for urgency, lines in found.groups}


def test_whoever_is_due_soonest_stands_first(bureau):
    people = {name: hold(bureau, name) for name in ("missed", "last", "soon", "planned", "later", "done")}
    owe(people["missed"], "2026-10")
    owe(people["last"], due=TODAY)
    owe(people["soon"], due=dt.date(2026, 11, 20))
    owe(people["planned"], planned=TODAY)
    owe(people["later"], planned=dt.date(2026, 11, 20))
    owe(people["done"], planned=TODAY)
    factories.record(people["done"], bureau.alice, NOW - dt.timedelta(hours=1))

    assert groups(bureau.alice) == {
        "missed": ["missed"], "last_day": ["last"], "due_soon": ["soon"], "planned": ["planned"], "later": ["later"],
    }  # fmt: skip
    assert list(groups(bureau.alice)) == ["missed", "last_day", "due_soon", "planned", "later"]


def test_a_day_that_passed_without_the_call_is_still_today_s(bureau):
    owe(bureau.deputy, planned=TODAY - dt.timedelta(days=3))

    assert groups(bureau.alice) == {"planned": ["张伟"]}


def test_people_of_one_street_stand_together(bureau):
    for name, street in [("a", "周庄镇"), ("b", "澄江镇"), ("c", "周庄镇"), ("d", "澄江镇")]:
        owe(hold(bureau, name, street), planned=TODAY)

    assert groups(bureau.alice) == {"planned": ["a", "c", "b", "d"]}


def test_one_person_is_one_line_with_all_that_is_owed(bureau):
    owe(bureau.deputy, planned=TODAY)
    owe(bureau.deputy, "2026-Q4", "visit", due=dt.date(2026, 12, 31), planned=TODAY)
    line = worklist.of(bureau.alice, NOW).groups[0][1][0]

    assert {obligation.policy.code for _urgency, obligation in line.owed} == {"call", "visit"}
    assert line.next_kind == "call"  # due sooner


def test_a_miss_is_forgotten_when_the_next_one_is_met(bureau):
    owe(bureau.deputy, "2026-10")
    owe(bureau.deputy, "2026-11")
    factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=2))

    assert groups(bureau.alice) == {}


def test_a_miss_of_the_predecessor_is_not_mine(bureau):
    owe(bureau.deputy, "2026-10")
    pairing = bureau.deputy.pairings.get()
    pairing.ended_on = dt.date(2026, 10, 31)
    pairing.save()
    factories.pairing(bureau.bob, bureau.deputy, since=dt.date(2026, 11, 1))

    assert groups(bureau.bob) == groups(bureau.alice) == {}


def test_waived_and_withdrawn_ones_are_not_shown(bureau):
    owe(bureau.deputy, planned=TODAY, waived_at=NOW, waive_reason="ill")
    owe(hold(bureau, "李娜"), planned=TODAY, withdrawn_at=NOW)

    assert groups(bureau.alice) == {}


def test_someone_who_was_promised_something_is_shown_though_everything_is_met(bureau):
    owe(bureau.deputy)
    factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=2), promised="Send the map")

    assert groups(bureau.alice) == {"promised": ["张伟"]}
    assert "Send the map" in page(bureau.alice)


def test_it_counts_how_many_were_reached(bureau):
    for number in range(3):
        owe(hold(bureau, f"p{number}"))
    owe(bureau.deputy)
    factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=2))

    (progress,) = worklist.of(bureau.alice, NOW).progress
    assert (progress.met, progress.owed, progress.period_key) == (1, 4, "2026-11")


# --- the page --------------------------------------------------------------------------------------------------


def page(officer, path=None):
    with time_machine.travel(NOW, tick=False):
        response = sign_in(officer).get(path or reverse("schedules:today"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_line_says_whom_to_call_where_and_what_we_owe(bureau):
    owe(bureau.deputy, planned=TODAY)
    factories.record(
        bureau.deputy, bureau.alice, NOW - dt.timedelta(days=40), summary="Spoke about the crossing."
    )
    factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(days=1), outcome="no_answer")
    item = factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 10, 1), due_on=dt.date(2026, 10, 26))
    html = page(bureau.alice)

    assert "张伟" in html
    assert "district · deputy" in html
    assert 'href="tel:+8613912345678"' in html
    assert "Last reached 2026-10-09, call" in html
    assert "1 attempt" in html
    assert item.number in html
    assert f"{reverse('contacts:record-create', args=[bureau.deputy.pk])}?kind=call&amp;next=/today/" in html
    assert "0 of 1" in html


def test_nobody_else_s_people_are_shown(bureau):
    owe(bureau.deputy, planned=TODAY)

    assert "张伟" not in page(bureau.dan)
    assert "You are responsible for nobody today." in page(bureau.dan)


def test_when_all_is_done_it_says_so(bureau):
    assert "Nothing is left to do." in page(bureau.alice)


def queries(officer):
    client = sign_in(officer)
    with (
        time_machine.travel(NOW, tick=False),
        CaptureQueriesContext(
            connection,
        ) as captured,
    ):
        assert client.get(reverse("schedules:today")).status_code == 200
    return [query["sql"] for query in captured]


def test_it_takes_ten_queries_for_any_number_of_people(bureau):
    def fill(count, start):
        for number in range(start, start + count):
            person = hold(bureau, f"p{number}")
            owe(person, planned=TODAY)
            owe(person, "2026-10")
            factories.record(person, bureau.alice, NOW - dt.timedelta(days=40 + number), promised="A map")
            factories.record(person, bureau.alice, NOW - dt.timedelta(days=1), outcome="no_answer")
            factories.feedback(person, bureau.alice, dt.date(2026, 11, 2))

    fill(2, 0)
    few = queries(bureau.alice)
    fill(20, 2)
    many = queries(bureau.alice)
    assert len(many) == len(few) <= 10, "\n".join(many)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("alice", "/today/"), ("dan", "/today/"), ("carol", "/overview/"), ("carl", "/overview/"),
        ("bob", "/digest/"), ("lea", "/digest/"),
        ("sue", "/accounts/"), ("sam", "/roles/"), ("ann", "/audit/"), ("rita", "/today/"),
    ],
)  # fmt: skip
def test_the_start_page_sends_each_to_what_serves_them(bureau, name, place):
    assert sign_in(getattr(bureau, name)).get("/").url == place


def test_a_coordinator_who_holds_someone_begins_with_the_day(bureau):
    factories.pairing(bureau.carol, factories.stakeholder("李娜", bureau.bureau))

    assert sign_in(bureau.carol).get("/").url == "/today/"


def test_the_overview_counts_what_needs_a_coordinator(bureau):
    factories.seat(factories.stakeholder("李娜", bureau.station))
    factories.seat(factories.stakeholder("陈晨", bureau.other_station))
    factories.seat(
        factories.stakeholder("王芳", bureau.station), "discipline_monitor"
    )  # no cycle asks for contacts
    factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 9, 1), due_on=dt.date(2026, 9, 22))
    with time_machine.travel(NOW, tick=False):
        response = sign_in(bureau.carl).get(reverse("schedules:overview"))
    assert dict(response.context["unpaired"]) == {"npc_deputy": 1, "cppcc_member": 0}
    assert response.context["overdue"] == 1
    assert "/people/?state=unpaired&amp;kind=npc_deputy" in response.content.decode()
    assert sign_in(bureau.alice).get(reverse("schedules:overview")).status_code == 403
