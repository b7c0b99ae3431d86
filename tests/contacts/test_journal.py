"""Taking back what a deed did, as far as nobody touched it since."""

import datetime as dt

import pytest
from django.utils import timezone

from contacts import journal
from contacts.models import Actor, ContactPhone, Journal, JournalLine, Pairing, Seat, Stakeholder
from schedules.models import Obligation
from tests import factories
from tests.factories import Bureau
from tests.schedules.scenes import owe

DAY = dt.date(2026, 11, 2)


@pytest.fixture
def pen(bureau: Bureau) -> journal.Pen:
    return journal.begin(Journal.Kind.IMPORT, made_by=bureau.carol, now=timezone.now())


def somebody(pen: journal.Pen, bureau: Bureau, name: str = "孙立") -> Stakeholder:
    """A person with a seat, a number and an officer, all of them new."""
    person = factories.stakeholder(name, bureau.station, mobile="+8613900001000")
    made = [person, factories.seat(person), person.phones.get(), factories.pairing(bureau.alice, person)]
    for row in made:
        pen.created(person.pk, row)
    return person


def take_back(pen: journal.Pen, bureau: Bureau, **how: bool) -> journal.TakenBack:
    pen.close()
    return journal.take_back(
        pen.journal, actor=Actor.command("test", bureau.carol), now=timezone.now(), **how
    )


def test_who_was_created_goes_with_all_that_came_with_them(bureau, pen):
    person, other = somebody(pen, bureau), somebody(pen, bureau, "李立")
    owe(person, "2026-11")

    found = take_back(pen, bureau)

    assert (found.restored, found.kept) == ({person.pk, other.pk}, set())
    assert list(Stakeholder.objects.all()) == [bureau.deputy]
    assert not Obligation.objects.filter(stakeholder_id=person.pk).exists()
    assert not pen.journal.lines.standing().exists()


def edit_the_name(person: Stakeholder, bureau: Bureau) -> None:
    person.name = "孙丽"
    person.save()


def add_a_number(person: Stakeholder, bureau: Bureau) -> None:
    ContactPhone.objects.create(stakeholder=person, e164="+8613900001001", kind="mobile")


def drop_a_number(person: Stakeholder, bureau: Bureau) -> None:
    person.phones.all().delete()


def end_the_pairing(person: Stakeholder, bureau: Bureau) -> None:
    person.pairings.update(ended_on=DAY)


def call(person: Stakeholder, bureau: Bureau) -> None:
    factories.record(person, bureau.alice, timezone.now())


@pytest.mark.parametrize(
    ("touch", "obstacle"),
    [
        (edit_the_name, {"name": ["孙立", "孙丽"]}),
        (add_a_number, {"rows": {"contacts.contactphone": 1}}),
        (drop_a_number, {"pk": "the number's"}),
        (end_the_pairing, {"ended_on": [None, "2026-11-02"]}),
        (call, {"rows": {"contacts.contactrecord": 1}}),
    ],
)
def test_who_was_touched_since_stays_whole_and_it_says_why(bureau, pen, touch, obstacle):
    person, other = somebody(pen, bureau), somebody(pen, bureau, "李立")
    touch(person, bureau)

    found = take_back(pen, bureau)

    assert (found.restored, found.kept) == ({other.pk}, {person.pk})
    assert person.seats.exists()
    assert person.pairings.exists()
    assert any(
        line.obstacle.keys() & obstacle.keys()
        and (obstacle.items() <= line.obstacle.items() or "pk" in obstacle)
        for line in journal.obstacles(pen.journal)
    )
    assert {line.group for line in journal.obstacles(pen.journal)} == {person.pk}


def test_of_who_was_changed_each_field_goes_back_that_nobody_touched_since(bureau, pen):
    before = journal.values(bureau.deputy)
    Stakeholder.objects.filter(pk=bureau.deputy.pk).update(employer="Mill", address="Lane 1")
    bureau.deputy.refresh_from_db()
    pen.changed(bureau.deputy.pk, bureau.deputy, before)
    Stakeholder.objects.filter(pk=bureau.deputy.pk).update(address="Lane 2")

    found = take_back(pen, bureau)

    bureau.deputy.refresh_from_db()
    assert (bureau.deputy.employer, bureau.deputy.address) == ("澄江中学校长", "Lane 2")
    assert found.kept == {bureau.deputy.pk}
    assert [line.obstacle for line in journal.obstacles(pen.journal)] == [{"address": ["Lane 1", "Lane 2"]}]


def hand_over(pen: journal.Pen, bureau: Bureau) -> Pairing:
    old = bureau.deputy.pairings.get()
    before = journal.values(old)
    old.ended_on = DAY - dt.timedelta(days=1)
    old.save()
    pen.changed(bureau.deputy.pk, old, before)
    new = factories.pairing(bureau.dan, bureau.deputy, DAY)
    pen.created(bureau.deputy.pk, new)
    return new


def test_a_hand_over_goes_back_to_the_one_before(bureau, pen):
    hand_over(pen, bureau)

    take_back(pen, bureau)

    assert list(bureau.deputy.pairings.values_list("officer", "ended_on")) == [(bureau.alice.pk, None)]


def test_a_pairing_that_stays_does_not_let_the_one_before_it_begin_again(bureau, pen):
    new = hand_over(pen, bureau)
    Pairing.objects.filter(pk=new.pk).update(ended_on=DAY)

    found = take_back(pen, bureau)

    assert found.kept == {bureau.deputy.pk}
    assert set(bureau.deputy.pairings.values_list("officer", "ended_on")) == {
        (bureau.alice.pk, DAY - dt.timedelta(days=1)),
        (bureau.dan.pk, DAY),
    }


def test_what_was_deleted_returns_under_its_old_key_with_what_hung_on_it(bureau, pen):
    person = factories.stakeholder("孙立", bureau.station, mobile="+8613900001000", birth_year=1960)
    seat, phone = factories.seat(person, started_on=DAY), person.phones.get()
    whole = [journal.values(row) for row in (person, seat, phone)]
    for row in (phone, seat, person):
        pen.deleted(person.pk, row)
        row.delete()
    pen.close()

    take_back(pen, bureau)

    returned = Stakeholder.objects.get(name="孙立")
    assert [
        journal.values(row) for row in (returned, Seat.objects.get(started_on=DAY), returned.phones.get())
    ] == whole


def test_a_dry_run_says_the_same_and_changes_nothing(bureau, pen):
    person = somebody(pen, bureau)

    assert take_back(pen, bureau, dry_run=True).restored == {person.pk}
    assert Stakeholder.objects.filter(pk=person.pk).exists()
    pen.journal.refresh_from_db()
    assert pen.journal.taken_back_at is None


def test_what_stayed_can_be_taken_back_once_nothing_stands_in_the_way(bureau, pen):
    person = somebody(pen, bureau)
    record = factories.record(person, bureau.alice, timezone.now())
    assert take_back(pen, bureau).kept == {person.pk}
    record.delete()

    assert take_back(pen, bureau).restored == {person.pk}
    assert not Stakeholder.objects.filter(pk=person.pk).exists()


def change(pen: journal.Pen, person: Stakeholder, **fields: object) -> None:
    before = journal.values(person)
    for name, value in fields.items():
        setattr(person, name, value)
    person.save()
    pen.changed(person.pk, person, before)


def test_a_row_that_is_told_of_twice_goes_back_to_what_it_was_before_all(bureau, pen):
    change(pen, bureau.deputy, employer="Mill")
    change(pen, bureau.deputy, employer="Bank", remark="new")
    other = somebody(pen, bureau)
    change(pen, other, remark="new")

    assert take_back(pen, bureau).kept == set()

    bureau.deputy.refresh_from_db()
    assert (bureau.deputy.employer, bureau.deputy.remark) == ("澄江中学校长", "")
    assert not Stakeholder.objects.filter(pk=other.pk).exists()


def test_what_came_and_went_again_in_one_deed_leaves_nothing_to_take_back(bureau, pen):
    phone = ContactPhone.objects.create(stakeholder=bureau.deputy, e164="+8613900001001", kind="mobile")
    pen.created(bureau.deputy.pk, phone)
    pen.deleted(bureau.deputy.pk, phone)
    phone.delete()

    take_back(pen, bureau)

    assert not pen.journal.lines.standing().exists()
    assert bureau.deputy.phones.count() == 1


def test_what_pointed_to_something_that_is_gone_stays_as_it_is(bureau, pen):
    gone = factories.unit("旧所", bureau.county)
    Stakeholder.objects.filter(pk=bureau.deputy.pk).update(unit=gone)
    bureau.deputy.refresh_from_db()
    change(pen, bureau.deputy, unit=bureau.station, remark="new")
    gone.delete()

    assert take_back(pen, bureau).kept == {bureau.deputy.pk}

    bureau.deputy.refresh_from_db()
    assert (bureau.deputy.unit, bureau.deputy.remark) == (bureau.station, "")
    assert journal.obstacles(pen.journal).get().obstacle["why"] == {"unit_id": "missing"}


def test_an_instant_in_another_zone_is_the_same_instant(bureau, pen):
    at = dt.datetime(2026, 3, 5, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    record = factories.record(bureau.deputy, bureau.alice, at)
    pen.created(record.pk, record)
    assert take_back(pen, bureau).gone == {record.pk}


def test_a_blank_pen_writes_nothing(bureau):
    blank = journal.Blank()
    change(blank, bureau.deputy, remark="new")
    blank.created(bureau.deputy.pk, bureau.deputy)
    blank.deleted(bureau.deputy.pk, bureau.deputy)
    blank.close()
    assert not JournalLine.objects.exists()
