"""The 1,761 deputies of a whole bureau, imported, planned for, touched in fifty places, and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from contacts import handling, journal
from contacts.editing import save_person
from contacts.imports import taking_back
from contacts.journal import TakenBack
from contacts.models import (
    Actor,
    AuditEntry,
    ContactPhone,
    ContactRecord,
    ImportBatch,
    Officer,
    Pairing,
    Seat,
    Stakeholder,
    Unit,
)
from contacts.phones import Phone
from schedules.models import Notice, NoticeLine, Obligation
from schedules.passes import run_schedule
from schedules.verify import verify
from tests.contacts.imports import wuxi
from tests.schedules.scenes import at

pytestmark = pytest.mark.django_db

BOSS = Actor.command("test")
NOW = at("2008-06-30 09:00")  # the last day of June's calls: there is something to tell
LATER = at("2008-06-30 16:00")


def edit(person: Stakeholder, *, phones: list[Phone] | None = None, seats: list[Seat] | None = None) -> None:
    numbers = [Phone(phone.e164, phone.extension, phone.kind, phone.raw) for phone in person.phones.all()]
    save_person(person, phones=numbers if phones is None else phones, seats=list(seats or ()), actor=BOSS)


def rename(person: Stakeholder) -> None:
    person.name = f"{person.name}强"
    edit(person)


def move_house(person: Stakeholder) -> None:
    person.address = "无锡市人民中路1号"
    edit(person)


def add_a_number(person: Stakeholder) -> None:
    numbers = [Phone(phone.e164, phone.extension, phone.kind, phone.raw) for phone in person.phones.all()]
    edit(person, phones=[*numbers, Phone("+8613900000999", "", "mobile", "")])


def lose_the_numbers(person: Stakeholder) -> None:
    edit(person, phones=[])


def end_the_term(person: Stakeholder) -> None:
    seat = person.seats.get()
    seat.ended_on = dt.date(2012, 5, 4)
    edit(person, seats=[seat])


def add_a_seat(person: Stakeholder) -> None:
    edit(person, seats=[Seat(kind="media_supervisor")])


def hand_over(person: Stakeholder) -> None:
    held = person.pairings.first()
    others = Officer.objects.exclude(pk=held.officer_id) if held else Officer.objects.all()
    handling.pair(person, others.first(), on=dt.date(2008, 6, 25), actor=BOSS, reason="moved")


def log_a_call(person: Stakeholder) -> None:
    officer = Officer.objects.first()
    record = ContactRecord(
        stakeholder=person, officer=officer, recorded_by=officer, kind="call", occurred_at=NOW
    )
    handling.log_contact(record, actor=BOSS, said="The street lights.")


TOUCHES: list[Callable[[Stakeholder], None]] = [
    rename, move_house, add_a_number, lose_the_numbers, end_the_term, add_a_seat, hand_over, log_a_call,
]  # fmt: skip


class Scene:
    """What was there before the deputies, how they were taken back, and who was touched."""

    touched: dict[int, Callable[[Stakeholder], None]]
    before: dict[str, Any]
    found: TakenBack
    batch: ImportBatch


def owed() -> int:
    """To how many people some contact is owed."""
    return Obligation.objects.live().values("stakeholder").distinct().count()


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        scene = Scene()
        for name in wuxi.FILES[:2]:
            wuxi.import_file(wuxi.FOLDER / name)
        wuxi.import_file(wuxi.FOLDER / "deputies.xlsx")
        scene.batch = ImportBatch.objects.latest("pk")
        run_schedule(NOW)
        scene.before = {"owed": owed(), "lines": NoticeLine.objects.count()}
        shared = ContactPhone.objects.values("e164").annotate(n=Count("pk")).filter(n__gt=1).values("e164")
        own = ContactPhone.objects.filter(kind="mobile").exclude(e164__in=shared).values("stakeholder")
        # By their own mobile the file knows those again whose name was corrected.
        people = Stakeholder.objects.filter(pairings__isnull=False, pk__in=own).order_by("pk")[:1000:20]
        scene.touched = {}
        for number, person in enumerate(people):
            touch = scene.touched[person.pk] = TOUCHES[number % len(TOUCHES)]
            touch(person)
        scene.found = taking_back.take_back(scene.batch, actor=BOSS, reason="the wrong file", now=NOW)
        scene.batch.refresh_from_db()
        yield scene
        transaction.set_rollback(True)


def test_1711_are_gone_and_50_stay(scene: Scene) -> None:
    assert (len(scene.found.gone), len(scene.found.restored)) == (1711, 1711)
    assert scene.found.kept == set(scene.touched)
    assert set(Stakeholder.objects.values_list("pk", flat=True)) == set(scene.touched)
    batch = scene.batch
    assert (batch.state, batch.gone_count, batch.restored_count, batch.stayed_count) == (
        "taken_back",
        1711,
        0,
        50,
    )
    assert batch.state_in_words == "taken back in part"
    entry = AuditEntry.objects.get(action="take back import")
    assert (entry.after, entry.reason) == ({"gone": 1711, "restored": 0, "stayed": 50}, "the wrong file")


def test_each_of_the_50_says_what_stands_in_the_way(scene: Scene) -> None:
    expected = {
        rename: ("contacts.stakeholder", "name"),
        move_house: ("contacts.stakeholder", "address"),
        add_a_number: ("contacts.stakeholder", "rows"),
        lose_the_numbers: ("contacts.contactphone", "pk"),
        end_the_term: ("contacts.seat", "ended_on"),
        add_a_seat: ("contacts.stakeholder", "rows"),
        hand_over: ("contacts.pairing", "ended_on"),
        log_a_call: ("contacts.stakeholder", "rows"),
    }
    found = {
        (line.group, line.model, name)
        for line in journal.obstacles(scene.batch.journal)
        for name in line.obstacle
    }
    for pk, touch in scene.touched.items():
        assert (pk, *expected[touch]) in found, touch.__name__
    rows = {
        label for line in journal.obstacles(scene.batch.journal) for label in line.obstacle.get("rows", {})
    }
    assert rows == {
        "contacts.contactphone",
        "contacts.seat",
        "contacts.pairing",
        "contacts.contactrecord",
        "contacts.feedback",
    }


def test_those_who_stay_keep_what_is_theirs(scene: Scene) -> None:
    for model in (Seat, Pairing, Obligation):
        assert set(model.objects.values_list("stakeholder", flat=True)) == set(scene.touched)
    assert not ContactPhone.objects.exclude(stakeholder__in=scene.touched).exists()


def test_nothing_is_broken_and_passes_go_on(scene: Scene) -> None:
    assert verify(NOW).violations == []
    counts = run_schedule(LATER)
    assert counts["obligations_created"] == 0
    report = verify(LATER)
    assert report.violations == []
    assert None not in report.counts.values()
    told = NoticeLine.objects.told().filter(obligation__stakeholder__in=scene.touched)
    assert told.exists()
    assert NoticeLine.objects.count() < scene.before["lines"]
    inboxes = Notice.objects.visible_to(Officer.objects.get(pk=told.first().recipient_id))
    assert inboxes.exists()


def test_the_same_file_brings_the_1711_back_and_nobody_twice(scene: Scene) -> None:
    again = wuxi.import_file(wuxi.FOLDER / "deputies.xlsx").as_json()
    assert again["created"] == 1711
    assert Stakeholder.objects.count() == 1761
    assert Seat.objects.filter(kind__in=["npc_deputy", "cppcc_member"]).count() == 1761
    for pk, touch in scene.touched.items():
        if touch is move_house:
            assert Stakeholder.objects.get(pk=pk).address == "无锡市人民中路1号"
    run_schedule(LATER + dt.timedelta(minutes=1))
    assert verify(LATER + dt.timedelta(minutes=1)).violations == []
    assert owed() == scene.before["owed"]


def test_officers_who_hold_people_stay_and_so_do_their_units(scene: Scene) -> None:
    units, officers = ImportBatch.objects.order_by("pk")[:2]
    holding = set(Pairing.objects.values_list("officer", flat=True))
    found = taking_back.take_back(officers, actor=BOSS, reason="why", now=NOW)
    assert holding <= found.kept
    assert set(Officer.objects.values_list("pk", flat=True)) == found.kept
    found = taking_back.take_back(units, actor=BOSS, reason="why", now=NOW)
    assert set(Officer.objects.values_list("unit", flat=True)) <= found.kept
    assert set(Unit.objects.values_list("pk", flat=True)) == found.kept
    assert verify(NOW).violations == []
