"""What every list promises: it orders by every column it offers, its filters are obeyed or said to be unreadable, its
queries and its weight do not grow with the rows, and no stranger's row is in it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import (
    ContactPhone,
    ContactRecord,
    Feedback,
    Officer,
    Pairing,
    ReportCopy,
    Seat,
    Stakeholder,
    WorkReport,
)
from contacts.tables.base import known
from schedules.models import CyclePolicy, Delivery, Notice, Obligation
from tests import factories
from tests.base import sign_in

LISTS = {
    "stakeholders": "contacts:stakeholder-list",
    "appointments": "contacts:appointment-list",
    "pairings": "contacts:pairing-list",
    "contacts": "contacts:record-list",
    "feedback": "contacts:feedback-list",
    "promises": "contacts:promise-list",
    "report-copies": "contacts:report-copies",
    "officers": "contacts:officer-list",
    "units": "contacts:unit-list",
    "obligations": "schedules:obligation-list",
    "deliveries": "schedules:delivery-list",
}
EVERYBODY = ["alice", "bob", "carol", "carl", "dan", "lea", "lin", "sue", "sam", "ann", "rita"]
NOW = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _at_a_known_time(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def bureau(bureau):
    """With something in every list: for the deputy, and for a person of the other county."""
    other = factories.stakeholder("李娜", bureau.other_station, mobile="+8613800001111", employer="宜城小学")
    factories.seat(other, "cppcc_member", "city")
    for person, unit in [(bureau.deputy, bureau.county), (other, bureau.other_county)]:
        factories.seat(
            person,
            "patrol_visitor",
            "",
            unit=unit,
            started_on=dt.date(2026, 1, 1),
            certificate=str(person.pk),
        )
    factories.pairing(bureau.dan, other)
    for person, officer in [(bureau.deputy, bureau.alice), (other, bureau.dan)]:
        factories.record(person, officer, NOW - dt.timedelta(days=1), summary=f"{person.name} asked")
        factories.record(
            person, officer, NOW - dt.timedelta(days=2), outcome=ContactRecord.Outcome.LEFT_MESSAGE
        )
        factories.feedback(person, officer, dt.date(2026, 11, 20), text=f"{person.name} said")
        answered(person, officer)
        owe(person)
    for officer in (bureau.alice, bureau.dan):
        factories.delivery(
            officer, NOW, state="dead", address=officer.email, last_error="550 no such mailbox"
        )
    for unit in (bureau.station, bureau.other_station):
        factories.work_report(bureau, "issued", unit)
    bureau.other = other
    return bureau


def answered(person: Stakeholder, officer: Officer) -> None:
    """With the promise of another answer."""
    told = factories.record(person, officer, NOW - dt.timedelta(days=3))
    factories.feedback(
        person, officer, dt.date(2026, 11, 19), text=f"{person.name} asks", state="answered", answer_record=told,
        answer=f"{person.name} is told", result="planned", review_on=dt.date(2026, 12, 15),
    )  # fmt: skip


def owe(person: Stakeholder, month: int = 11) -> Obligation:
    policy = CyclePolicy.objects.get(code="call")
    start = dt.date(2026, month, 1)
    end = dt.date(2026, month, 30)
    return Obligation.objects.create(
        stakeholder=person,
        policy=policy,
        version=policy.versions.get(),
        period_key=f"2026-{month:02d}",
        period_start=start,
        period_end=end,
        due_on=end,
        planned_on=start + dt.timedelta(days=8),
        changed_at=NOW,
    )


def fill(bureau, count: int) -> None:
    """So many people, each with a number, a seat, a pairing, a contact, an opinion and a task."""
    people = Stakeholder.objects.bulk_create(
        Stakeholder(
            name=f"王{number}",
            pinyin=f"wang {number}",
            initials="w",
            unit=bureau.station,
            employer="江阴市第一中学副校长",
        )
        for number in range(count)
    )
    ContactPhone.objects.bulk_create(
        ContactPhone(stakeholder=person, e164=f"+86139{number:08d}", kind="mobile")
        for number, person in enumerate(people)
    )
    Seat.objects.bulk_create(
        Seat(stakeholder=person, kind="npc_deputy", level="district") for person in people
    )
    Seat.objects.bulk_create(
        Seat(
            stakeholder=person, kind="discipline_monitor", unit=bureau.county, certificate=f"澄警监〔2026〕{person.pk}号",
            started_on=dt.date(2025, 3, 1), ended_on=dt.date(2027, 2, 28),
        )
        for person in people
    )  # fmt: skip
    Pairing.objects.bulk_create(
        Pairing(stakeholder=person, officer=bureau.alice, unit=bureau.station, started_on=dt.date(2026, 1, 1))
        for person in people
    )
    ContactRecord.objects.bulk_create(
        ContactRecord(
            stakeholder=person, officer=bureau.alice, recorded_by=bureau.alice, occurred_at=NOW, occurred_on=NOW.date(),
            summary="Asked about the crossing at the school, and about the lamps in the park behind it.",
        )
        for person in people
    )  # fmt: skip
    Feedback.objects.bulk_create(
        Feedback(
            stakeholder=person, received_by=bureau.alice, received_on=dt.date(2026, 11, 20), clock_since=dt.date(2026, 11, 20),
            due_on=dt.date(2026, 12, 11),
            unit=bureau.station, text="The crossing at the school needs a light, and the park behind it needs lamps.",
        )
        for person in people
    )  # fmt: skip
    report = WorkReport.objects.get(unit=bureau.station)
    ReportCopy.objects.bulk_create(
        ReportCopy(stakeholder=person, report=report, half_year="2026-H2", version=report.approved, issued_on=NOW.date())
        for person in people
    )  # fmt: skip
    days = [NOW.date() - dt.timedelta(days=Notice.objects.count() + number) for number in range(count)]
    notices = Notice.objects.bulk_create(Notice(officer=bureau.alice, send_on=day) for day in days)
    Delivery.objects.bulk_create(
        Delivery(
            notice=notice, channel="email", message_id=f"<{notice.pk}@x>", state="dead", next_attempt_at=NOW,
            last_error="SMTPRecipientsRefused: {'p100001@police.example': (550, b'no such mailbox')}",
        )
        for notice in notices
    )  # fmt: skip
    first = Obligation.objects.first()
    Obligation.objects.bulk_create(
        Obligation(
            stakeholder=person, policy=first.policy, version=first.version, period_key="2026-11", due_on=first.due_on,
            period_start=first.period_start, period_end=first.period_end, planned_on=first.planned_on, changed_at=NOW,
        )
        for person in people
    )  # fmt: skip


def columns(name: str) -> list[str]:
    return known()[name].orderable()


def all_columns(name: str) -> dict[str, str]:
    return {"columns": ",".join(known()[name].offered())}


def rows_of(name: str, officer, /, **data: str) -> list:
    _found, table = known()[name](officer, timezone.now()).page(data)
    return [row.record for row in table.paginated_rows]


def test_every_listing_has_a_page_and_stands_in_this_test():
    assert set(known()) == set(LISTS)


@pytest.mark.parametrize(("name", "column"), [(name, column) for name in LISTS for column in columns(name)])
def test_a_list_orders_by_every_column_it_offers(bureau, name, column):
    fill(bureau, 3)
    up = [row.pk for row in rows_of(name, bureau.carol, sort=column)]
    down = [row.pk for row in rows_of(name, bureau.carol, sort=f"-{column}")]

    assert len(up) > 1
    assert down == up[::-1]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_nothing_and_says_why_when_its_filter_can_not_be_read(bureau, name):
    page = sign_in(bureau.carol).get(reverse(LISTS[name]), {"unit": "no such unit"})

    assert page.status_code == 200
    assert not list(page.context["table"].paginated_rows)
    assert "Nothing is shown, because the filter can not be read" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in LISTS for field in known()[name].filterset.base_filters]
)
def test_every_filter_has_a_label_and_takes_what_it_offers(bureau, name, field):
    found = known()[name](bureau.carol, timezone.now()).filtered({})
    form_field = found.form.fields[field]
    choices = [value for value, _label in getattr(form_field, "choices", []) if value]

    assert str(form_field.label) not in {"", "None", "[invalid name]"}
    for value in choices or ["2026-11-01" if "day" in type(form_field).__name__.lower() else ""]:
        assert known()[name](bureau.carol, timezone.now()).filtered({field: value}).is_valid(), value


def test_lists_need_as_many_queries_for_5000_rows_as_for_50_and_weigh_no_more(
    bureau, django_assert_max_num_queries
):
    client = sign_in(bureau.carol)
    queries: dict[str, list[int]] = {name: [] for name in LISTS}
    with_all: dict[str, list[int]] = {name: [] for name in LISTS}
    weights: dict[str, int] = {}
    for count in (50, 4950):
        fill(bureau, count)
        for name, address in LISTS.items():
            client.get(reverse(address))  # what is read once per process
            with django_assert_max_num_queries(10) as asked:
                page = client.get(reverse(address))
            assert page.status_code == 200
            queries[name].append(len(asked))
            weights[name] = len(page.content)
            with django_assert_max_num_queries(14) as asked:
                assert client.get(reverse(address), all_columns(name)).status_code == 200
            with_all[name].append(len(asked))

    assert {name: few for name, (few, many) in with_all.items() if few != many} == {}
    assert {name: few for name, (few, many) in queries.items() if few != many} == {}
    assert {name: weight for name, weight in weights.items() if weight > 60 * 1024} == {}


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_list_shows_a_strangers_row(bureau, who):
    officer = getattr(bureau, who)
    client = sign_in(officer)
    sees = {person.name for person in Stakeholder.objects.visible_to(officer)}
    for name, address in LISTS.items():
        deed = known()[name].deed
        page = client.get(reverse(address), {"period": "2026-11", **all_columns(name)})
        assert page.status_code == (200 if officer.rights.may(deed) else 403)
        if page.status_code == 200:
            visible = set(known()[name](officer, timezone.now()).rows(deed).values_list("pk", flat=True))
            assert {row.record.pk for row in page.context["table"].paginated_rows} <= visible
            text = page.content.decode()
            assert {name for name in ("张伟", "李娜") if name in text} <= sees


def test_a_page_has_25_rows_or_50_and_the_last_page_stands_for_any_beyond_it(bureau):
    fill(bureau, 60)

    assert len(rows_of("stakeholders", bureau.carol)) == 25
    assert len(rows_of("stakeholders", bureau.carol, per_page="50")) == 50
    assert len(rows_of("stakeholders", bureau.carol, per_page="5000")) == 25
    assert len(rows_of("stakeholders", bureau.carol, page="3")) == 12
    assert len(rows_of("stakeholders", bureau.carol, page="999")) == 12
    assert len(rows_of("stakeholders", bureau.carol, page="x")) == 25


def test_links_to_pages_columns_and_exports_repeat_the_filter(bureau):
    fill(bureau, 30)
    text = (
        sign_in(bureau.carol)
        .get(reverse("contacts:stakeholder-list"), {"unit": bureau.county.code})
        .content.decode()
    )

    assert f"?unit={bureau.county.code}&amp;page=2" in text
    assert f"?unit={bureau.county.code}&amp;sort=-name" in text
    assert f"/export/stakeholders.csv?unit={bureau.county.code}" in text


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"q": "张"}, {"张伟"}),
        ({"q": "zhangw"}, {"张伟"}),
        ({"q": "zw"}, {"张伟"}),
        ({"q": "5678"}, {"张伟"}),
        ({"q": "nobody"}, set()),
        ({"unit": "320281000000"}, {"张伟"}),
        ({"unit": "320200000000"}, {"张伟", "李娜"}),
        ({"kind": "cppcc_member"}, {"李娜"}),
        ({"level": "district"}, {"张伟"}),
        ({"kind": "npc_deputy", "level": "city"}, set()),
        ({"state": "paired"}, {"张伟", "李娜"}),
        ({"state": "unpaired"}, set()),
        ({"officer": "Dan"}, {"李娜"}),
    ],
)  # fmt: skip
def test_people_are_found(bureau, data, names):
    assert {person.name for person in rows_of("stakeholders", bureau.carol, **data)} == names


def test_a_seat_of_one_kind_and_one_of_another_level_are_not_one_seat(bureau):
    factories.seat(bureau.deputy, "cppcc_member", "city")

    assert not rows_of("stakeholders", bureau.carol, kind="npc_deputy", level="city")


def test_people_without_a_seat_today_are_found_by_the_seat_they_held(bureau):
    bureau.deputy.seats.update(ended_on=dt.date(2026, 6, 30))

    assert not rows_of("stakeholders", bureau.carol, kind="npc_deputy")
    assert rows_of("stakeholders", bureau.carol, kind="npc_deputy", state="former") == [bureau.deputy]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"state": "open"}, {"张伟", "李娜"}),
        ({"state": "met"}, set()),
        ({"period": "2026-10"}, set()),
        ({"period": "2026-Q4"}, {"张伟", "李娜"}),
        ({"period": "2026"}, {"张伟", "李娜"}),
        ({"kind": "visit"}, set()),
        ({"officer": "Alice"}, {"张伟"}),
        ({"unit": "320281000000"}, {"张伟"}),
        ({"level": "city"}, {"李娜"}),
        ({"seat": "npc_deputy", "level": "district"}, {"张伟"}),
        ({"state": "due_soon"}, {"张伟", "李娜"}),
    ],
)  # fmt: skip
def test_tasks_are_found(bureau, data, names):
    ContactRecord.objects.update(voided_at=NOW, void_reason="not these")
    assert {owed.stakeholder.name for owed in rows_of("obligations", bureau.carol, **data)} == names


def test_a_task_is_met_in_the_list_as_soon_as_the_contact_is_logged(bureau):
    factories.record(bureau.deputy, bureau.alice, NOW)

    [owed] = rows_of("obligations", bureau.carol, officer="Alice")
    assert owed.state == "met"


def test_a_period_that_is_none_shows_nothing(bureau):
    assert not rows_of("obligations", bureau.carol, period="2026-13")


def test_a_leader_of_the_bureau_sees_numbers_without_their_middle(bureau):
    text = sign_in(bureau.lea).get(reverse("contacts:stakeholder-list")).content.decode()

    assert "139****5678" in text
    assert "13912345678" not in text
    assert "139 1234 5678" not in text


@pytest.mark.parametrize(("who", "seen"), [("lea", False), ("bob", False), ("alice", True), ("carl", True)])
def test_a_chosen_column_keeps_what_is_sealed_from_those_who_may_not_see_it(bureau, who, seen):
    bureau.deputy.email, bureau.deputy.address = "z@example.org", "人民路1号"
    bureau.deputy.save()
    client = sign_in(getattr(bureau, who))
    chosen = {"columns": "phones,email,address,employer"}
    text = client.get(reverse("contacts:stakeholder-list"), chosen).content.decode()

    assert [secret in text for secret in ("139 1234 5678", "z@example.org", "人民路1号")] == [seen] * 3
    assert "澄江中学校长" in text
    assert not {"phones", "email", "address"} & set(columns("stakeholders"))  # an order would tell as well


def test_a_station_leader_sees_the_numbers_of_those_they_hold_and_no_others(bureau):
    own = factories.stakeholder("王芳", bureau.station, mobile="+8613800002222", email="w@example.org")
    factories.pairing(bureau.bob, own)
    text = (
        sign_in(bureau.bob)
        .get(reverse("contacts:stakeholder-list"), {"columns": "phones,email"})
        .content.decode()
    )

    assert "w@example.org" in text
    assert "138 0000 2222" in text
    assert "139 1234 5678" not in text


def test_surnames_stand_where_they_are_read(bureau):
    for name in ("仇和", "单田芳", "曾国", "解放", "赵云", "查良镛", "区大相"):
        factories.stakeholder(name, bureau.station)
        factories.officer(name, bureau.station)
    by_pinyin = [
        "区大相",
        "仇和",
        "单田芳",
        "解放",
        "曾国",
        "查良镛",
        "赵云",
    ]  # ou qiu shan xie zeng zha zhao
    for listing in ("stakeholders", "officers"):
        names = [row.name for row in rows_of(listing, bureau.carol, sort="name")]
        assert [name for name in names if name in by_pinyin] == by_pinyin


def test_an_officer_dials_from_the_list(bureau):
    assert (
        'href="tel:+8613912345678"'
        in sign_in(bureau.alice).get(reverse("contacts:stakeholder-list")).content.decode()
    )


@pytest.mark.parametrize(
    ("kind", "words", "shown"),
    [("stakeholder", "zhang", "张伟"), ("officer", "Alice", "Alice"), ("unit", "澄江", "澄江派出所")],
)
def test_suggestions_are_those_one_may_see(bureau, kind, words, shown):
    address = reverse(f"contacts:suggest-{kind}")

    assert shown in sign_in(bureau.carol).get(address, {"q": words}).content.decode()
    assert shown not in sign_in(bureau.dan).get(address, {"q": words}).content.decode()
    assert not sign_in(bureau.carol).get(address, {"q": " "}).content.strip()


def test_missed_tasks_are_found_without_naming_their_period(bureau):
    missed = owe(bureau.deputy, month=9)

    assert rows_of("obligations", bureau.carol, state="missed") == [missed]


def test_a_dear_filter_pages_like_any_other(bureau):
    fill(bureau, 60)

    pages = [rows_of("obligations", bureau.carol, officer="Alice", page=str(page)) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [25, 25, 11]
    assert len({row.pk for page in pages for row in page}) == 61


def test_counting_stops_where_it_would_take_longer_than_the_page(bureau, monkeypatch):
    fill(bureau, 40)
    monkeypatch.setattr("contacts.tables.base.COUNTED", 30)
    text = sign_in(bureau.carol).get(reverse("contacts:stakeholder-list")).content.decode()

    assert "1–25 of more than 30" in text
