"""Many people at once: whom it is about is said before, and to whom it was done and why not to others afterwards."""

import datetime as dt
import re
import threading

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import Actor, AuditEntry, Pairing, Seat, Stakeholder
from contacts.seats import add_seats, end_seats
from contacts.views import ticked
from tests import factories
from tests.base import sign_in

PAIR, ADD, END, EXPORT = (
    f"/people/ticked/{deed}/" for deed in ("pair", "add-seat", "end-seat", "export")
)  # fmt: skip
DAY = dt.date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _a_wednesday(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def people(bureau) -> list[Stakeholder]:
    """Three of Alice's station whom nobody holds."""
    return [factories.stakeholder(name, bureau.station) for name in ("王芳", "李娜", "单田芳")]


@pytest.fixture
def stranger(bureau) -> Stakeholder:
    person = factories.stakeholder("陈静", bureau.other_station)
    factories.pairing(bureau.dan, person)
    return person


def keys(*people) -> str:
    return ",".join(str(person.pk) for person in people)


def pick(*people) -> dict:
    return {"pick": [person.pk for person in people]}


def names(page) -> list[str]:
    return [person.name for person in page.context["ticked"].people]


def text(page) -> str:
    return page.content.decode()


# --- whom it is about ----------------------------------------------------------------------------------------


def test_the_page_says_how_many_and_who(bureau, people):
    page = sign_in(bureau.carol).get(PAIR, pick(*people))

    assert "Assign an officer: 3 people" in text(page)
    assert names(page) == ["李娜", "单田芳", "王芳"]


def test_of_many_it_names_the_first_twenty(bureau):
    crowd = [factories.stakeholder(f"王{number:02d}", bureau.station) for number in range(30)]
    page = text(sign_in(bureau.carol).get(PAIR, pick(*crowd)))

    assert "王19" in page
    assert "王20" not in page
    assert "and 10 more" in page


def test_all_that_the_filter_shows_are_meant_and_no_others(bureau, people):
    client = sign_in(bureau.carol)

    assert names(client.get(PAIR, {"all": "yes", "filter": "state=unpaired"})) == ["李娜", "单田芳", "王芳"]
    assert names(client.get(PAIR, {"all": "yes", "filter": "q=wf", **pick(people[1])})) == ["王芳"]
    assert client.get(PAIR, {"all": "yes", "filter": "unit=gone"}).status_code == 302


def test_it_is_done_to_those_of_whom_the_page_spoke_whoever_fits_the_filter_since(bureau, people):
    client = sign_in(bureau.carol)
    page = client.get(ADD, {"all": "yes", "filter": "state=unpaired"})
    form = dict(re.findall(r'type="hidden" name="(people|filter)" value="([^"]*)"', text(page)))
    late = factories.stakeholder("赵敏", bureau.station)
    answer = client.post(ADD, form | {"kind": "patrol_visitor"})

    assert answer.url == "/people/?state=unpaired"
    assert Seat.objects.filter(kind="patrol_visitor").count() == 3
    assert not late.seats.exists()


def test_nobody_ticked_leads_back_with_a_word(bureau):
    page = sign_in(bureau.carol).get(PAIR, {"filter": "state=unpaired"}, follow=True)

    assert page.redirect_chain == [("/people/?state=unpaired", 302)]
    assert "Nobody was ticked" in text(page)


def test_those_outside_reach_are_neither_named_nor_counted_nor_touched(bureau, people, stranger):
    client = sign_in(bureau.carl)
    page = client.get(ADD, pick(*people, stranger))
    assert "陈静" not in text(page)
    assert "not yours" not in text(page)

    client.post(ADD, {"people": keys(*people, stranger), "kind": "patrol_visitor"})
    assert Seat.objects.filter(kind="patrol_visitor").count() == 3
    assert not stranger.seats.exists()


def test_those_one_sees_without_the_right_are_counted_and_left_out(bureau, people):
    factories.pairing(bureau.bob, people[0])
    client = sign_in(bureau.bob)  # leads the station, exports whom he holds himself
    page = client.get(EXPORT, pick(*people))

    assert names(page) == ["王芳"]
    assert "2 of those you ticked are not yours to change" in text(page)


@pytest.mark.parametrize(
    ("address", "who", "done"),
    [
        (PAIR, "bob", True), (PAIR, "lin", True), (PAIR, "lea", False), (PAIR, "alice", False), (PAIR, "dan", False),
        (ADD, "carl", True), (ADD, "bob", False), (ADD, "lin", False), (ADD, "alice", False), (ADD, "ann", False),
        (END, "carl", True), (END, "bob", False), (END, "rita", False), (END, "sue", False), (END, "sam", False),
    ],
)  # fmt: skip
def test_the_matrix_decides_who_may(bureau, people, address, who, done):
    factories.seat(people[0], "npc_deputy")
    form = {
        PAIR: {"officer": bureau.bob.police_number, "on": "2026-11-18", "reason": "why"},
        ADD: {"kind": "patrol_visitor"},
        END: {"kind": "npc_deputy", "last_day": "2026-11-30"},
    }[address]
    answer = sign_in(getattr(bureau, who)).post(address, form | {"people": keys(*people)})

    assert answer.status_code == (302 if done else 403)
    assert AuditEntry.objects.filter(action__in=["pair", "add seat", "end seat"]).exists() == done


def test_there_is_an_end_to_how_many(bureau, people, monkeypatch):
    monkeypatch.setattr(ticked, "MOST", 2)
    client = sign_in(bureau.carol)
    page = client.get(ADD, {"all": "yes", "filter": "state=unpaired"})
    assert "At most 2 people at once; these are 3." in text(page)

    client.post(ADD, {"people": keys(*people), "kind": "patrol_visitor"})
    assert not Seat.objects.filter(kind="patrol_visitor").exists()


# --- assigning an officer ------------------------------------------------------------------------------------


def test_an_officer_is_assigned_to_all_and_told_who_was_left_out(bureau, people):
    factories.pairing(bureau.alice, people[0])
    factories.pairing(bureau.bob, people[1], dt.date(2026, 12, 1))
    form = {
        "people": keys(*people, bureau.deputy), "officer": bureau.alice.police_number, "on": "2026-11-18", "reason": "new",
    }  # fmt: skip
    page = sign_in(bureau.carol).post(PAIR, form, follow=True)

    assert "Assign an officer: done for 1 person." in text(page)
    assert "Left out: 2 are this officer&#x27;s already; 1 have a pairing that begins later." in text(page)
    assert Pairing.objects.get(stakeholder=people[2]).officer == bureau.alice
    [entry] = AuditEntry.objects.filter(action="pair")
    assert (entry.object_id, entry.reason, entry.officer) == (str(people[2].pk), "new", bureau.carol)


def test_sent_twice_it_is_done_once(bureau, people):
    form = {
        "people": keys(*people),
        "officer": bureau.alice.police_number,
        "on": "2026-11-20",
        "reason": "new",
    }
    client = sign_in(bureau.carol)
    client.post(PAIR, form)
    page = client.post(PAIR, form, follow=True)

    assert "done for 0 people" in text(page)
    assert Pairing.objects.filter(stakeholder__in=people).count() == 3


def test_an_officer_out_of_reach_is_refused_and_nothing_typed_is_lost(bureau, people):
    form = {"people": keys(*people), "officer": "Dan", "on": "2026-11-18", "reason": "why not"}
    page = sign_in(bureau.carl).post(PAIR, form)

    assert "officer" in page.context["form"].errors
    assert "why not" in text(page)
    assert keys(*sorted(people, key=lambda one: one.pk)) in text(page)
    assert not Pairing.objects.filter(stakeholder__in=people).exists()


# --- seats ---------------------------------------------------------------------------------------------------


def test_a_seat_is_added_to_those_who_have_none_like_it_then(bureau, people):
    seat = {"kind": "npc_deputy", "level": "city", "body": "无锡市"}
    factories.seat(people[0], **seat, ended_on=dt.date(2026, 12, 31))
    factories.seat(people[1], **seat, ended_on=dt.date(2021, 12, 31))
    form = {
        "people": keys(*people),
        **seat,
        "term_number": "18",
        "started_on": "2026-12-01",
        "ended_on": "2031-12-01",
    }
    page = sign_in(bureau.carol).post(ADD, form, follow=True)

    assert "Add a seat: done for 2 people. Left out: 1 hold such a seat in that time already." in text(page)
    assert [person.seats.count() for person in people] == [1, 2, 1]
    entries = AuditEntry.objects.filter(action="add seat")
    assert {entry.object_id for entry in entries} == {str(people[1].pk), str(people[2].pk)}
    assert entries[0].after["seats"][0]["term_number"] == 18


def test_a_seat_can_not_end_before_it_starts(bureau, people):
    form = {
        "people": keys(*people),
        "kind": "npc_deputy",
        "started_on": "2026-12-01",
        "ended_on": "2026-11-01",
    }

    assert "before it starts" in text(sign_in(bureau.carol).post(ADD, form))


def test_seats_end_on_a_day_to_come_and_others_stay(bureau, people):
    long, later, other = people
    factories.seat(long, "npc_deputy", "city", started_on=dt.date(2022, 1, 1))
    factories.seat(long, "npc_deputy", "district")
    factories.seat(later, "npc_deputy", "city", started_on=dt.date(2027, 1, 1))
    over = factories.seat(other, "npc_deputy", "city", ended_on=dt.date(2026, 6, 30))
    form = {"people": keys(*people), "kind": "npc_deputy", "level": "city", "last_day": "2026-12-31"}
    page = sign_in(bureau.carol).post(END, form, follow=True)

    assert "End a seat: done for 1 person." in text(page)
    assert "1 have no such seat that lasts so long; 1 have one that begins later." in text(page)
    assert [(s.level, s.ended_on) for s in long.seats.all()] == [
        ("city", dt.date(2026, 12, 31)),
        ("district", None),
    ]
    assert later.seats.get().ended_on is None
    over.refresh_from_db()
    assert over.ended_on == dt.date(2026, 6, 30)
    entry = AuditEntry.objects.get(action="end seat")
    assert (entry.before["seats"][0]["ended_on"], entry.after["seats"][0]["ended_on"]) == (None, "2026-12-31")


def test_only_seats_that_somebody_ticked_has_are_offered(bureau, people):
    factories.seat(people[0], "cppcc_member", "city", body="政协无锡市委员会")
    form = sign_in(bureau.carol).get(END, pick(*people)).context["form"]

    assert [value for value, _label in form.fields["kind"].choices] == ["cppcc_member"]
    assert [value for value, _label in form.fields["body"].choices] == ["", "政协无锡市委员会"]


def test_many_take_as_many_queries_as_few(bureau, django_assert_max_num_queries):
    crowd = [factories.stakeholder(f"王{number}", bureau.station) for number in range(120)]
    actor = Actor(bureau.carol)
    with django_assert_max_num_queries(8):
        assert add_seats(crowd, Seat(kind="npc_deputy", level="city"), actor=actor).done == 120
    with django_assert_max_num_queries(8):
        assert end_seats(crowd, kind="npc_deputy", last_day=DAY, actor=actor).done == 120


# --- files ---------------------------------------------------------------------------------------------------


def test_the_ticked_are_exported_and_no_others(bureau, people):
    answer = sign_in(bureau.carol).post(EXPORT, {"people": keys(*people[:2]), "form": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert [line.split(",")[1] for line in lines[1:]] == ["李娜", "王芳"]
    after = AuditEntry.objects.get(action="export").after
    assert (after["rows"], after["ticked"]) == (2, True)


def test_an_officer_exports_only_whom_they_hold(bureau, people):
    answer = sign_in(bureau.alice).post(EXPORT, {"people": keys(*people, bureau.deputy), "form": "csv"})

    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 2


# --- the list ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "deeds"),
    [
        ("carol", {"pair", "add-seat", "end-seat", "export"}),
        ("bob", {"pair", "export"}),
        ("alice", {"export"}),
    ],
)
def test_the_list_offers_what_one_may_do(bureau, who, deeds):
    page = text(sign_in(getattr(bureau, who)).get("/people/"))

    assert set(re.findall(r'action="/people/ticked/([a-z-]+)/"', page)) == deeds
    assert page.count('name="pick"') == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_end_the_same_seats_at_the_same_moment_take_turns():
    bureau = factories.small_bureau()
    crowd = [factories.stakeholder(f"王{number}", bureau.station) for number in range(20)]
    for person in crowd:
        factories.seat(person, "patrol_visitor", "")
    start, done = threading.Barrier(2), []

    def end(people: list[Stakeholder]) -> None:
        start.wait()
        try:
            done.append(
                end_seats(people, kind="patrol_visitor", last_day=DAY, actor=Actor(bureau.carol)).done
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=(people,)) for people in (crowd, crowd[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0, 20]
    assert AuditEntry.objects.filter(action="end seat").count() == 20
    assert Seat.objects.active(timezone.localdate() + dt.timedelta(days=1)).count() == 1  # the deputy's
