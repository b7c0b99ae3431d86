"""A person's page, their numbers on request, and keeping the roster by hand."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.meanwhile import Meanwhile
from contacts.models import Actor, AuditEntry, Pairing, Stakeholder
from schedules import handling
from schedules.models import Obligation
from schedules.passes import run_schedule
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def page(officer, person, query=""):
    response = sign_in(officer).get(person.get_absolute_url() + query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("alice", 200),
        ("bob", 200),
        ("carol", 200),
        ("lea", 200),
        ("dan", 404),
        ("rita", 404),
        ("sue", 403),
        ("ann", 403),
    ],
)
def test_access_decides_who_opens_the_page(bureau, name, status):
    assert sign_in(getattr(bureau, name)).get(bureau.deputy.get_absolute_url()).status_code == status


# --- numbers -------------------------------------------------------------------------------------------------


@pytest.fixture
def deputy(bureau):
    bureau.deputy.address, bureau.deputy.email = "人民路1号", "z@example.org"
    bureau.deputy.save()
    return bureau.deputy


def test_the_paired_officer_dials_from_the_page(bureau, deputy):
    html = page(bureau.alice, deputy)

    assert 'href="tel:+8613912345678"' in html
    assert "人民路1号" in html


@pytest.mark.parametrize("name", ["bob", "lea", "lin"])
def test_leaders_see_numbers_and_address_masked(bureau, deputy, name):
    html = page(getattr(bureau, name), deputy)

    assert "139****5678" in html
    for secret in ("13912345678", "139 1234 5678", "人民路1号", "z@example.org"):
        assert secret not in html


def test_a_station_leader_may_ask_for_them_and_that_stands_in_the_trail(bureau, deputy):
    url = reverse("contacts:stakeholder-reveal", args=[deputy.pk])
    html = sign_in(bureau.bob).post(url).content.decode()

    assert "139 1234 5678" in html
    assert "人民路1号" in html
    entry = AuditEntry.objects.get(action="reveal numbers")
    assert (entry.officer, entry.object_id) == (bureau.bob, str(deputy.pk))
    assert sign_in(bureau.bob).get(url).status_code == 405
    assert sign_in(bureau.lin).post(url).status_code == 403
    assert sign_in(bureau.dan).post(url).status_code == 404


# --- history -------------------------------------------------------------------------------------------------


def test_one_timeline_holds_contacts_attempts_and_what_was_said(bureau):
    at = dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC)
    record = factories.record(bureau.deputy, bureau.alice, at, summary="Spoke at length.", promised="A map")
    factories.record(bureau.deputy, bureau.alice, at - dt.timedelta(days=1), outcome="no_answer")
    factories.feedback(bureau.deputy, bureau.alice, at.date(), record=record, text="Said in the call.")
    factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 5), text="Came in a letter.")
    html = page(bureau.alice, bureau.deputy)
    timeline = html[html.index('id="timeline"') : html.index('id="numbers"')]

    said = ["Came in a letter.", "Spoke at length.", "Said in the call.", "no answer"]
    assert sorted(said, key=timeline.index) == said
    assert [timeline.count(text) for text in said] == [1, 1, 1, 1]


def test_a_voided_record_stays_readable_with_its_reason(bureau):
    factories.record(
        bureau.deputy,
        bureau.alice,
        NOW,
        summary="Somebody else.",
        voided_at=NOW,
        voided_by=bureau.alice,
        void_reason="mixed up",
    )
    html = page(bureau.alice, bureau.deputy)

    assert "Somebody else." in html
    assert "mixed up" in html
    assert "Never reached" not in html.split('id="timeline"')[1]


def test_a_long_timeline_has_pages(bureau):
    for number in range(30):
        factories.record(
            bureau.deputy, bureau.alice, NOW - dt.timedelta(days=number), summary=f"entry-{number:02d}"
        )

    assert "entry-00" in page(bureau.alice, bureau.deputy)
    assert "entry-29" not in page(bureau.alice, bureau.deputy)
    assert "entry-29" in page(bureau.alice, bureau.deputy, "?page=2")


def test_it_takes_as_many_queries_for_a_long_history_as_for_a_short_one(bureau):
    def fill(count, start):
        for number in range(start, start + count):
            at = NOW - dt.timedelta(days=number)
            record = factories.record(bureau.deputy, bureau.alice, at, promised="A map")
            factories.feedback(bureau.deputy, bureau.alice, at.date(), record=record)
            factories.seat(bureau.deputy, "discipline_monitor", unit=bureau.county)

    def queries():
        client = sign_in(bureau.bob)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(bureau.deputy.get_absolute_url()).status_code == 200
        return [query["sql"] for query in captured]

    fill(2, 0)
    few = queries()
    fill(12, 2)
    many = queries()
    assert len(many) == len(few) <= 14, "\n".join(many)


def test_the_page_shows_who_was_responsible_and_since_when(bureau):
    html = page(bureau.carol, bureau.deputy)

    assert "Alice" in html
    assert "2026-01-01" in html
    assert reverse("contacts:pairing-create", args=[bureau.deputy.pk]) in html
    assert reverse("contacts:pairing-create", args=[bureau.deputy.pk]) not in page(
        bureau.alice, bureau.deputy
    )


# --- by hand -------------------------------------------------------------------------------------------------


def opened(person):
    """What the form of a person carries."""
    return {"opened": Meanwhile(person, QueryDict()).seal}


def typed(**changes):
    return {
        "name": "李 娜",
        "numbers": "138 1234 5678\n0510-82705123 转 8012",
        "sex": "f",
        "birth_year": "1970",
        "birth_month": "5",
        "employer": "第一棉纺厂",
        "street": "澄江镇",
        "address": "",
        "email": "",
        "remark": "",
        "seats-TOTAL_FORMS": "1",
        "seats-INITIAL_FORMS": "0",
        "seats-0-kind": "cppcc_member",
        "seats-0-level": "city",
        "seats-0-started_on": "2022-01-05",
        "seats-0-ended_on": "",
    } | changes


def test_a_coordinator_adds_a_person_with_numbers_and_seats(bureau):
    response = sign_in(bureau.carol).post("/people/add/", typed(unit=bureau.station.pk))

    person = Stakeholder.objects.get(name="李娜")
    assert response.url == person.get_absolute_url()
    assert [str(phone) for phone in person.phones.all()] == ["138 1234 5678", "0510-8270 5123 转 8012"]
    assert [seat.kind for seat in person.seats.all()] == ["cppcc_member"]
    entry = AuditEntry.objects.get(action="add stakeholder")
    assert entry.after["phones"] == ["+8613812345678", "+8651082705123;ext=8012"]
    assert entry.after["seats"][0]["level"] == "city"


def test_it_shows_who_may_be_the_same_person_before_adding(bureau):
    client, form = sign_in(bureau.carol), typed(name="张伟", unit=bureau.station.pk)
    html = client.post("/people/add/", form).content.decode()

    assert "Is it one of these?" in html
    assert bureau.deputy.number in html
    assert Stakeholder.objects.count() == 1

    client.post("/people/add/", form | {"confirmed": "yes"})
    assert Stakeholder.objects.filter(name="张伟").count() == 2


def test_the_same_number_is_a_sign_too(bureau):
    form = typed(numbers="13912345678", unit=bureau.station.pk)

    assert bureau.deputy.number in sign_in(bureau.carol).post("/people/add/", form).content.decode()


def typing(officer, **typed):
    return sign_in(officer).post(reverse("contacts:stakeholder-similar"), typed).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "张伟"},
        {"name": " 张　伟（男）"},
        {"name": "章炜"},  # sounds alike
        {"name": "王芳", "numbers": "0510-82705123, 139 1234 5678"},
    ],
)
def test_who_may_be_the_same_one_is_shown_while_one_types(bureau, typed):
    factories.stakeholder("李娜", bureau.station)
    html = typing(bureau.carl, **typed)

    for words in (bureau.deputy.get_absolute_url(), "澄江派出所", "district or county", "held by Alice"):
        assert words in html
    assert "李娜" not in html


@pytest.mark.parametrize(
    "typed", [{}, {"name": "张"}, {"name": "\0"}, {"numbers": "1391234"}, {"name": "王芳"}]
)
def test_too_little_finds_nobody(bureau, typed):
    assert not typing(bureau.carl, **typed).strip()


def test_the_very_name_stands_before_those_that_sound_alike(bureau):
    for name in ("章炜", "张伟民", "张薇"):
        factories.stakeholder(name, bureau.station)
    html = typing(bureau.carol, name="张薇")

    assert html.index("张薇") < html.index("张伟")


def test_of_a_number_elsewhere_it_says_that_and_no_more(bureau):
    other = factories.stakeholder("李娜", bureau.other_station, mobile="+8613800001111", employer="宜城小学")
    form = typed(name="王芳", numbers="13800001111", unit=bureau.station.pk)
    for html in (
        typing(bureau.carl, name="李娜", numbers="13800001111"),
        sign_in(bureau.carl)
        .post("/people/add/", form)
        .content.decode()
        .split('id="similar"')[1]
        .split("</div>")[0],
    ):
        assert "belongs to a person of another unit" in html
        for secret in ("李娜", "宜城", other.number):
            assert secret not in html
    assert Stakeholder.objects.count() == 2
    assert "belongs to" not in typing(bureau.carl, name="李娜", numbers="1380000111")
    assert "李娜" in typing(bureau.carol, numbers="13800001111")

    sign_in(bureau.carl).post("/people/add/", form | {"confirmed": "yes"})
    assert Stakeholder.objects.filter(name="王芳").exists()


@pytest.mark.parametrize("name", ["alice", "bob", "lea", "dan", "rita", "ann", "sue"])
def test_only_coordinators_look_for_similar_ones(bureau, name):
    address = reverse("contacts:stakeholder-similar")

    assert sign_in(getattr(bureau, name)).post(address, {"name": "张伟"}).status_code == 403


def test_it_says_nothing_of_people_outside_one_s_reach(bureau):
    factories.stakeholder("李娜", bureau.other_station)
    response = sign_in(bureau.carl).post("/people/add/", typed(unit=bureau.station.pk))

    assert response.status_code == 302


def test_a_county_coordinator_can_not_add_to_another_county(bureau):
    response = sign_in(bureau.carl).post("/people/add/", typed(unit=bureau.other_station.pk))

    assert "unit" in response.context["form"].errors


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"numbers": "12345"}, "numbers", "No number that could ring: 12345"),
        ({"birth_month": "13"}, "birth_month", "from 1 to 12"),
        ({"birth_year": ""}, "birth_month", "needs its year"),
        ({"name": "（女）"}, "name", "at least one character"),
    ],
)
def test_what_can_not_be_is_refused_in_words(bureau, changes, field, words):
    response = sign_in(bureau.carol).post("/people/add/", typed(unit=bureau.station.pk) | changes)

    assert words in str(response.context["form"].errors[field])


def test_a_seat_that_ends_before_it_starts_is_refused(bureau):
    form = typed(unit=bureau.station.pk) | {"seats-0-ended_on": "2021-01-01"}
    response = sign_in(bureau.carol).post("/people/add/", form)

    assert "before it starts" in response.content.decode()


def test_an_edit_leaves_before_and_after_of_what_changed_and_nothing_else(bureau):
    seat = bureau.deputy.seats.get()
    phone = bureau.deputy.phones.get()
    form = typed(
        **{
            "name": "张伟", "sex": "", "birth_year": "", "birth_month": "", "employer": "澄江中学校长",
            "numbers": "0510-82705123\n13912345678",
            "seats-INITIAL_FORMS": "1", "seats-0-id": seat.pk, "seats-0-kind": "npc_deputy", "seats-0-level": "city",
            "seats-0-started_on": "",
        }
    )  # fmt: skip
    response = sign_in(bureau.carol).post(
        reverse("contacts:stakeholder-update", args=[bureau.deputy.pk]), form | opened(bureau.deputy)
    )

    assert response.status_code == 302, response.context["form"].errors
    entry = AuditEntry.objects.get(action="change stakeholder")
    assert set(entry.before) == set(entry.after) == {"phones", "seats"}
    assert entry.before["phones"] == ["+8613912345678"]
    assert entry.after["phones"] == ["+8651082705123", "+8613912345678"]
    assert (entry.before["seats"][0]["level"], entry.after["seats"][0]["level"]) == ("district", "city")
    phone.refresh_from_db()
    assert phone.position == 1  # kept, only moved


def test_the_unit_follows_the_pairing_and_not_the_form(bureau):
    seat = bureau.deputy.seats.get()
    form = typed(name="张伟", unit=bureau.other_station.pk) | {
        "seats-INITIAL_FORMS": "1", "seats-0-id": seat.pk, "seats-0-kind": "npc_deputy", "seats-0-level": "district",
    }  # fmt: skip
    form |= opened(bureau.deputy)
    sign_in(bureau.carol).post(reverse("contacts:stakeholder-update", args=[bureau.deputy.pk]), form)

    bureau.deputy.refresh_from_db()
    assert bureau.deputy.unit == bureau.station


def test_a_seat_is_taken_away_with_its_tick(bureau):
    seat = bureau.deputy.seats.get()
    form = typed(name="张伟") | {
        "seats-INITIAL_FORMS": "1", "seats-0-id": seat.pk, "seats-0-kind": "npc_deputy", "seats-0-level": "district",
        "seats-0-DELETE": "on",
    }  # fmt: skip
    form |= opened(bureau.deputy)
    sign_in(bureau.carol).post(reverse("contacts:stakeholder-update", args=[bureau.deputy.pk]), form)

    assert not bureau.deputy.seats.exists()


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("bob", 403), ("dan", 403), ("carl", 200)])
def test_only_coordinators_edit(bureau, name, status):
    url = reverse("contacts:stakeholder-update", args=[bureau.deputy.pk])

    assert sign_in(getattr(bureau, name)).get(url).status_code == status


# --- pairing -------------------------------------------------------------------------------------------------


def pair_url(person):
    return reverse("contacts:pairing-create", args=[person.pk])


def test_a_station_leader_hands_over_with_a_reason(bureau):
    eve = factories.officer("Eve", bureau.station)
    form = {"officer": eve.police_number, "on": "2026-11-18", "reason": "Alice moves"}
    response = sign_in(bureau.bob).post(pair_url(bureau.deputy), form, follow=True)

    assert "Eve is responsible for 张伟 from 2026-11-18." in response.content.decode()
    assert Pairing.objects.get(ended_on=None).officer == eve
    assert Pairing.objects.exclude(ended_on=None).get().ended_on == dt.date(2026, 11, 17)
    assert AuditEntry.objects.get(action="pair").reason == "Alice moves"


def test_a_hand_over_needs_a_reason_and_an_officer_in_reach(bureau):
    response = sign_in(bureau.bob).post(
        pair_url(bureau.deputy), {"officer": "Dan", "on": "2026-11-18", "reason": ""}
    )

    assert {"officer", "reason"} == set(response.context["form"].errors)


def test_a_name_that_two_have_asks_for_the_number(bureau):
    for _number in range(2):
        factories.officer("王芳", bureau.station)
    form = {"officer": "王芳", "on": "2026-11-18", "reason": "x"}

    assert "Several officers match" in str(
        sign_in(bureau.bob).post(pair_url(bureau.deputy), form).context["form"].errors
    )


def test_what_the_deed_refuses_stands_on_the_form(bureau):
    form = {"officer": bureau.alice.police_number, "on": "2026-11-18", "reason": "x"}

    assert "responsible already" in sign_in(bureau.bob).post(pair_url(bureau.deputy), form).content.decode()


def test_ending_a_pairing_leaves_nobody_responsible(bureau):
    url = reverse("contacts:pairing-end", args=[bureau.deputy.pairings.get().pk])
    assert "End this pairing?" in sign_in(bureau.bob).get(url).content.decode()

    sign_in(bureau.bob).post(url, {"last_day": "2026-11-17", "reason": "retired"})
    assert not Pairing.objects.open(dt.date(2026, 11, 18)).exists()
    assert AuditEntry.objects.get(action="end pairing").reason == "retired"


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("lea", 403), ("dan", 403), ("lin", 200), ("carl", 200)]
)
def test_the_matrix_decides_who_pairs(bureau, name, status):
    assert sign_in(getattr(bureau, name)).get(pair_url(bureau.deputy)).status_code == status


def test_a_waiver_of_a_past_period_can_be_taken_back_from_the_page(bureau):
    with time_machine.travel(dt.datetime(2026, 10, 5, 1, tzinfo=dt.UTC), tick=False):
        run_schedule(timezone.now())
    october = Obligation.objects.get(policy__code="call", period_key="2026-10")
    handling.waive(october, reason="in hospital", actor=Actor(bureau.carol), now=NOW)

    back = reverse("schedules:obligation-unwaive", args=[october.pk])
    assert back in page(bureau.carol, bureau.deputy)
    assert back not in page(bureau.alice, bureau.deputy)
