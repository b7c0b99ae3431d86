"""Policies, working days and topics: only the city's coordinator changes them, and every change is on record."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from contacts.models import Actor, AuditEntry, Topic
from schedules import configuring, handling, passes, previewing
from schedules.forms.configuring import EndPolicyForm, PolicyForm, VersionForm
from schedules.models import CyclePolicy, DayOverride, KnownYear, Obligation, PolicyVersion
from schedules.templatetags import cycles
from schedules.verify import verify
from schedules.workdays import Workdays
from tests import factories
from tests.base import as_seen, sign_in
from tests.schedules.scenes import at

TODAY = dt.date(2026, 11, 11)
CHANGE = {
    "starts_on": "2027-01-01",
    "kind": "call",
    "cadence": "quarter",
    "seat_kinds": ["npc_deputy"],
    "levels": ["city"],
    "stand_in_kinds": ["visit", "call"],
    "minimum_days": "",
    "stages": ["planned"],
}
PAGES = ["schedules:policy-list", "schedules:policy-create", "schedules:day-list", "contacts:topic-list"]


@pytest.fixture(autouse=True)
def _at_a_known_time(time_machine):
    time_machine.move_to(at("2026-11-11 09:00"), tick=False)


@pytest.fixture
def call(db):
    return CyclePolicy.objects.get(code="call")


def change(client, policy, **fields):
    data = as_seen(VersionForm(CHANGE | fields))
    return client.post(reverse("schedules:policy-change", args=[policy.pk]), data)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"), [("carol", 200), ("carl", 403), ("lea", 403), ("alice", 403), ("sue", 403)]
)
def test_only_the_citys_coordinator_sees_these_pages(bureau, page, who, status):
    assert sign_in(getattr(bureau, who)).get(reverse(page)).status_code == status


def test_a_change_is_a_version_from_a_day_on_and_the_one_before_stays(bureau, call):
    assert change(sign_in(bureau.carol), call).status_code == 302

    old, new = configuring.in_order(call)
    assert (old.starts_on, old.cadence) == (None, "month")
    assert (new.starts_on, new.cadence, new.levels) == (dt.date(2027, 1, 1), "quarter", ["city"])
    assert new.minimum_days == 30  # the usual number for a quarter
    assert new.stand_in_kinds == ["visit"]  # a kind does not stand in for itself
    entry = AuditEntry.objects.get(action="change policy")
    assert (entry.officer, entry.before["cadence"], entry.after["cadence"]) == (
        bureau.carol,
        "month",
        "quarter",
    )


@pytest.mark.parametrize(
    ("starts_on", "why"),
    [
        ("2026-11-10", "Choose today or a later day"),
        ("2027-01-01", "A change from 2027-01-01 stands already"),
    ],
)
def test_a_change_may_lie_neither_in_the_past_nor_before_another(bureau, call, starts_on, why):
    client = sign_in(bureau.carol)
    change(client, call)

    assert why in change(client, call, starts_on=starts_on).content.decode()
    assert call.versions.count() == 2


def test_a_policy_of_the_bureaus_own_is_added(bureau):
    data = CHANGE | {
        "name": "Half-yearly call to monitors",
        "seat_kinds": ["discipline_monitor"],
        "cadence": "half_year",
    }
    data = as_seen(PolicyForm(data))
    assert sign_in(bureau.carol).post(reverse("schedules:policy-create"), data).status_code == 302

    policy = CyclePolicy.objects.get(name="Half-yearly call to monitors")
    assert policy.code == "call-half_year"
    assert policy.versions.get().minimum_days == 60


def test_two_policies_of_one_kind_get_codes_of_their_own(bureau):
    for name in ("one", "two"):
        version = PolicyVersion(
            starts_on=TODAY, kind="call", cadence="year", seat_kinds=["media_supervisor"], minimum_days=120
        )
        configuring.add_policy(name, version, day=TODAY, actor=Actor(bureau.carol))

    assert set(CyclePolicy.objects.filter(code__startswith="call-").values_list("code", flat=True)) == {
        "call-year", "call-year-2",
    }  # fmt: skip


def test_a_policy_ends_from_a_day_on_for_a_reason(bureau, call):
    data = as_seen(EndPolicyForm({"starts_on": "2027-01-01", "reason": "visits only"}, policy=call))
    sign_in(bureau.carol).post(reverse("schedules:policy-end", args=[call.pk]), data)

    assert call.versions.get(ended=True).starts_on == dt.date(2027, 1, 1)
    assert AuditEntry.objects.get(action="end policy").reason == "visits only"
    again = configuring.ended_from(call, dt.date(2028, 1, 1))
    with pytest.raises(ValidationError, match="ended already"):
        configuring.end_policy(call, again, day=TODAY, actor=Actor(bureau.carol), reason="again")


# --- what a change would do is shown before it is done -----------------------------------------------------------------


@pytest.fixture
def paired(bureau):
    """Three deputies of Alice's, planned, two of them of a district."""
    for name, level in [("李娜", "city"), ("王芳", "district")]:
        person = factories.stakeholder(name, bureau.station)
        factories.seat(person, "npc_deputy", level)
        factories.pairing(bureau.alice, person)
    passes.run_schedule(at("2026-11-11 09:00"))
    return bureau


def effects(found) -> dict[str, tuple[int, int, int]]:
    return {one.period_key: (one.created, one.withdrawn, one.kept) for one in found}


def standing() -> set[tuple]:
    return set(Obligation.objects.live().values_list("stakeholder", "policy__code", "period_key"))


def quarterly(**fields) -> PolicyVersion:
    """A call every quarter to deputies of a district, from the new year on."""
    says = {
        "starts_on": dt.date(2027, 1, 1), "kind": "call", "cadence": "quarter", "seat_kinds": ["npc_deputy"],
        "levels": ["district"], "minimum_days": 30,
    }  # fmt: skip
    return PolicyVersion(**says | fields)


CHANGES = {
    "another rhythm": lambda: quarterly(),
    "fewer people": lambda: quarterly(cadence="month", minimum_days=10),
    "the same in other words": lambda: quarterly(cadence="month", minimum_days=11, levels=[]),
    "ended": lambda: quarterly(cadence="month", minimum_days=10, levels=[], ended=True),
    "in the middle of a month": lambda: quarterly(starts_on=dt.date(2026, 12, 15), cadence="month"),
}


@pytest.mark.parametrize("which", CHANGES)
def test_what_is_shown_is_what_the_next_pass_does(paired, call, which):
    shown = previewing.effects(call.pk, CHANGES[which](), at("2026-11-11 09:00"))
    before = standing()
    configuring.change_policy(call, CHANGES[which](), day=TODAY, actor=Actor(paired.carol))
    passes.run_schedule(at("2026-11-11 09:01"))

    come, gone = standing() - before, before - standing()
    assert {key: figures[:2] for key, figures in effects(shown).items() if any(figures[:2])} == {
        key: (sum(one[2] == key for one in come), sum(one[2] == key for one in gone))
        for key in {one[2] for one in come | gone}
    }


def test_another_rhythm_takes_the_months_away_and_brings_the_quarters(paired, call):
    assert effects(previewing.effects(call.pk, quarterly(), at("2026-11-11 09:00"))) == {
        "2027-01": (0, 3, 0), "2027-02": (0, 3, 0), "2027-03": (0, 3, 0), "2027-04": (0, 3, 0),
        "2027-05": (0, 3, 0), "2027-Q1": (2, 0, 0), "2027-Q2": (2, 0, 0),
    }  # fmt: skip


def test_a_new_policy_shows_what_it_would_bring_and_writes_nothing(paired):
    before = standing()
    shown = previewing.effects(None, quarterly(kind="meeting"), at("2026-11-11 09:00"))
    assert effects(shown) == {"2027-Q1": (2, 0, 0), "2027-Q2": (2, 0, 0)}
    assert standing() == before


def test_the_page_shows_first_and_does_when_what_was_shown_comes_back(paired, call):
    client, address = sign_in(paired.carol), reverse("schedules:policy-change", args=[call.pk])
    page = client.post(address, CHANGE)
    assert call.versions.count() == 1
    assert "2027-Q1" in page.content.decode()

    seen = page.context["form"].data["seen"]
    page = client.post(address, CHANGE | {"seen": seen, "cadence": "year"})
    assert call.versions.count() == 1, "what was changed after it was shown is shown again"
    client.post(address, CHANGE | {"seen": seen})
    assert call.versions.count() == 2


def test_what_is_shown_takes_as_many_queries_for_fifty_as_for_three(
    paired, call, django_assert_max_num_queries
):
    for number in range(50):
        person = factories.stakeholder(f"代表{number:02}", paired.station)
        factories.seat(person, "npc_deputy", "city")
        factories.pairing(paired.alice, person)
    with django_assert_max_num_queries(20):
        previewing.effects(call.pk, quarterly(), at("2026-11-11 09:00"))


def test_a_change_that_has_not_begun_to_count_is_taken_back(paired, call):
    before = standing()
    configuring.change_policy(call, quarterly(), day=TODAY, actor=Actor(paired.carol))
    passes.run_schedule(at("2026-11-11 09:01"))
    change = configuring.current(call)
    sign_in(paired.carol).post(reverse("schedules:policy-take-back", args=[change.pk]))
    passes.run_schedule(at("2026-11-11 09:02"))

    assert call.versions.count() == 1
    assert standing() == before
    assert AuditEntry.objects.get(action="take back policy change").before["cadence"] == "quarter"


def test_what_was_waived_under_a_change_stays_when_it_is_taken_back(paired, call):
    """As of everything that is waived (R4); what else was planned by it is withdrawn, and nobody takes it for a breach."""
    configuring.change_policy(call, quarterly(), day=TODAY, actor=Actor(paired.carol))
    passes.run_schedule(at("2026-11-11 09:01"))
    waived, *others = Obligation.objects.filter(policy=call, period_key__contains="Q")
    assert others
    handling.waive(waived, actor=Actor(paired.carol), reason="abroad", now=at("2026-11-11 09:02"))
    configuring.take_back(configuring.current(call), day=TODAY, actor=Actor(paired.carol))
    passes.run_schedule(at("2026-11-11 09:03"))

    assert list(Obligation.objects.live().filter(policy=call, period_key__contains="Q")) == [waived]
    assert verify(at("2026-11-11 09:04")).violations == []


def test_where_a_cadence_changed_both_running_periods_stand_on_the_person_s_page(paired, time_machine):
    visit = CyclePolicy.objects.get(code="visit")
    monthly = quarterly(
        kind="visit", cadence="month", minimum_days=10, levels=[], starts_on=dt.date(2027, 2, 10)
    )
    configuring.change_policy(visit, monthly, day=TODAY, actor=Actor(paired.carol))
    time_machine.move_to(at("2027-03-02 09:00"))
    passes.run_schedule(at("2027-03-02 09:00"))
    states = cycles.of(paired.deputy, [], at("2027-03-02 09:01"))

    assert [owed.period_key for cycle in states if cycle.policy == visit for owed in cycle.current] == [
        "2027-Q1",
        "2027-03",
    ]
    html = sign_in(paired.alice).get(paired.deputy.get_absolute_url()).content.decode()
    assert "2027-Q1 " in html
    assert "2027-03 " in html


def test_of_two_changes_the_earlier_one_taken_back_leaves_its_periods_to_the_one_before(paired, call):
    always = configuring.current(call)
    configuring.change_policy(call, quarterly(), day=TODAY, actor=Actor(paired.carol))
    change = configuring.current(call)
    later = quarterly()
    later.starts_on = dt.date(2027, 4, 1)
    configuring.change_policy(call, later, day=TODAY, actor=Actor(paired.carol))
    passes.run_schedule(at("2026-11-11 09:01"))
    owed = Obligation.objects.filter(policy=call, period_key="2027-Q1").first()
    handling.waive(owed, actor=Actor(paired.carol), reason="abroad", now=at("2026-11-11 09:02"))
    configuring.take_back(change, day=TODAY, actor=Actor(paired.carol))

    owed.refresh_from_db()
    assert owed.version == always


def test_a_change_that_counts_already_stays(paired, call, time_machine):
    configuring.change_policy(call, quarterly(), day=TODAY, actor=Actor(paired.carol))
    time_machine.move_to(at("2027-01-01 09:00"))
    with pytest.raises(ValidationError, match="counts already"):
        configuring.take_back(configuring.current(call), day=dt.date(2027, 1, 1), actor=Actor(paired.carol))


def test_a_day_is_made_a_day_off_and_given_back_to_the_statutory_calendar(bureau):
    client = sign_in(bureau.carol)
    monday = dt.date(2026, 11, 16)
    assert monday in Workdays.load()

    client.post(reverse("schedules:day-list"), {"day": "2026-11-16", "is_working": "no", "note": "flood"})
    assert monday not in Workdays.load()
    assert "flood" in client.get(reverse("schedules:day-list")).content.decode()

    client.post(reverse("schedules:day-forget", args=["2026-11-16"]))
    assert monday in Workdays.load()
    assert not DayOverride.objects.exists()
    assert list(AuditEntry.objects.values_list("action", flat=True).order_by("pk")) == [
        "set working day", "forget working day",
    ]  # fmt: skip


def test_deciding_twice_about_a_day_keeps_the_later_decision(bureau):
    for working in (True, False):
        configuring.set_day(TODAY, is_working=working, note="", actor=Actor(bureau.carol))

    assert not DayOverride.objects.get().is_working
    assert AuditEntry.objects.first().before == {"is_working": True, "note": ""}


def test_a_year_is_known_once_its_notice_is_entered(bureau):
    client, address = sign_in(bureau.carol), reverse("schedules:day-year", args=[2027])
    assert not Workdays.load().knows(2027)

    client.post(address, {"known": "yes"})
    assert Workdays.load().knows(2027)
    client.post(address)
    assert not KnownYear.objects.exists()
    assert AuditEntry.objects.filter(action="confirm year").count() == 2


@pytest.mark.parametrize("day", ["2026-11-16", "2026-13-01", "x"])
def test_a_day_that_nobody_decided_about_does_not_exist(bureau, day):
    assert sign_in(bureau.carol).post(reverse("schedules:day-forget", args=[day])).status_code == 404


def test_topics_are_added_and_renamed_everywhere_at_once(bureau):
    client = sign_in(bureau.carol)
    client.post(reverse("contacts:topic-list"), {"name": "Traffic"})
    traffic = Topic.objects.get(name="Traffic")
    item = factories.feedback(bureau.deputy, bureau.alice, TODAY, topic=traffic)
    client.post(reverse("contacts:topic-update", args=[traffic.pk]), {"name": "Roads and traffic"})

    item.refresh_from_db()
    assert item.topic.name == "Roads and traffic"
    entry = AuditEntry.objects.get(action="change topic")
    assert (entry.before["name"], entry.after["name"]) == ("Traffic", "Roads and traffic")


def test_topics_have_two_levels_and_no_more(bureau):
    roads = Topic.objects.create(name="Roads")
    lamps = Topic.objects.create(name="Lamps", parent=roads)
    other = Topic.objects.create(name="Other")
    client = sign_in(bureau.carol)

    client.post(reverse("contacts:topic-list"), {"name": "Bulbs", "parent": lamps.pk})
    client.post(reverse("contacts:topic-update", args=[roads.pk]), {"name": "Roads", "parent": other.pk})
    roads.refresh_from_db()
    assert not Topic.objects.filter(name="Bulbs").exists()
    assert roads.parent is None


def test_a_topics_name_stands_once(bureau):
    client = sign_in(bureau.carol)
    for _twice in range(2):
        client.post(reverse("contacts:topic-list"), {"name": "Traffic"})

    assert Topic.objects.filter(name="Traffic").count() == 1
