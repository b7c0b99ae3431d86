"""Who stands in sees and does what the absent officer could, on its days and for nobody else."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.access import Deed
from contacts.accounts import activate, deactivate
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Feedback,
    Officer,
    Pairing,
    Stakeholder,
    StandIn,
)
from contacts.standing_in import appoint, end
from schedules import calendars, worklist
from schedules.models import Obligation
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, chosen, owe

TODAY = dt.date(2026, 11, 18)
FIRST, LAST = dt.date(2026, 11, 16), dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(at("2026-11-18 10:30"), tick=False):
        yield


@pytest.fixture
def eve(bureau):
    """A colleague of Alice's, who stands in for her this week."""
    eve = factories.officer("Eve", bureau.station)
    factories.stand_in(eve, bureau.alice, FIRST, LAST)
    return again(eve)


def again(officer: Officer) -> Officer:
    """The officer as the next request reads them."""
    return Officer.objects.get(pk=officer.pk)


def sees(officer: Officer) -> bool:
    return Stakeholder.objects.visible_to(again(officer)).exists()


# --- on its days ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-15 23:59", False),
        ("2026-11-16 00:00", True),
        ("2026-11-20 23:59", True),
        ("2026-11-21 00:00", False),
    ],
)
def test_both_ends_are_inclusive_and_beyond_them_nothing_is_seen(bureau, eve, when, expected):
    factories.feedback(bureau.deputy, bureau.alice, TODAY - dt.timedelta(days=30), unit=bureau.county)
    factories.record(bureau.deputy, bureau.alice, at("2026-11-02 10:00"))
    owe(bureau.deputy)
    with time_machine.travel(at(when), tick=False):
        found = {
            model: model.objects.visible_to(again(eve)).exists()
            for model in (Stakeholder, Pairing, ContactRecord, Feedback, Obligation)
        }
        status = sign_in(again(eve)).get(bureau.deputy.get_absolute_url()).status_code

    assert set(found.values()) == {expected}, found
    assert status == (200 if expected else 404)


@pytest.mark.parametrize("deed", list(Deed))
def test_the_rights_are_those_of_the_absent_officer_over_own_people(bureau, eve, deed):
    if deed == Deed.STAND_IN:
        return  # whoever stands in does not pass it on; held below
    assert eve.rights.may(deed, bureau.deputy) == bureau.alice.rights.may(deed, bureau.deputy)


def test_roles_are_not_taken_over(bureau):
    stranger = factories.officer("Fay", bureau.bureau)
    factories.stand_in(stranger, bureau.carol, FIRST, LAST)
    factories.stand_in(stranger, bureau.bob, FIRST, LAST)

    assert not sees(stranger)
    assert again(stranger).rights.columns == {"officer"}


def test_it_is_not_passed_on(bureau, eve):
    fay = factories.officer("Fay", bureau.station)
    factories.stand_in(fay, eve, FIRST, LAST)

    assert not sees(fay)


@pytest.mark.parametrize("who", ["sue", "sam", "ann"])
def test_the_powers_that_watch_take_no_part(bureau, who):
    factories.stand_in(getattr(bureau, who), bureau.alice, FIRST, LAST)

    assert not sees(getattr(bureau, who))


def test_a_transfer_of_the_stand_in_ends_it(bureau, eve):
    Officer.objects.filter(pk=eve.pk).update(unit=bureau.other_station)

    assert not sees(eve)


def test_switching_the_stand_in_off_ends_it_for_good(bureau, eve):
    deactivate(eve, on=TODAY, actor=Actor(bureau.sue), reason="left")
    activate(again(eve), actor=Actor(bureau.sue), reason="back")

    assert not sees(eve)
    assert StandIn.objects.get().ends_on == TODAY - dt.timedelta(days=1)


def test_a_contact_is_credited_to_whoever_made_it(bureau, eve):
    owe(bureau.deputy)
    form = {"outcome": "reached", "kind": "call", "day": "2026-11-18", "time": "09:00", "officer": eve.pk}
    page = sign_in(eve).get(reverse("contacts:record-create", args=[bureau.deputy.pk]))
    assert page.context["form"].fields["officer"].initial == eve.pk
    sign_in(eve).post(reverse("contacts:record-create", args=[bureau.deputy.pk]), form)

    record = ContactRecord.objects.get()
    assert (record.officer, record.recorded_by) == (eve, eve)


def test_an_export_holds_those_stood_in_for_and_says_so_in_the_trail(bureau, eve):
    csv = b"".join(sign_in(eve).get("/export/stakeholders.csv").streaming_content).decode()

    assert "张伟" in csv
    assert AuditEntry.objects.get(action="export").officer == eve


def test_the_calendar_of_the_absent_officer_stays_theirs(bureau, eve):
    owe(bureau.deputy)
    now = at("2026-11-18 10:30")

    assert not chosen(calendars.of_officer(eve, eve, now))  # what a feed of Eve's holds
    address = reverse("schedules:calendar-officer", args=[bureau.alice.police_number])
    assert sign_in(eve).get(address).status_code == 404


def test_the_absent_officer_s_inbox_and_account_stay_theirs(bureau, eve):
    bureau.alice.notices.create(send_on=TODAY)

    assert "Your inbox is empty." in sign_in(eve).get("/inbox/").content.decode()


def test_today_shows_the_people_of_both_and_whose_they_are(bureau, eve):
    own = factories.stakeholder("李娜", bureau.station)
    factories.pairing(eve, own)
    for person in (own, bureau.deputy):
        owe(person, planned_on=TODAY)
    found = worklist.of(eve, at("2026-11-18 10:30"))

    assert {line.person.name: line.held_for for line in found.lines} == {"李娜": "", "张伟": "Alice"}
    assert [one.owed for one in found.progress] == [1]  # the month of one's own people
    html = sign_in(eve).get("/today/").content.decode()
    assert "for Alice" in html
    assert "13912345678" in html
    assert "张伟" in sign_in(bureau.alice).get("/today/").content.decode()


def test_it_costs_no_query(bureau, eve):
    def queries(officer, address) -> int:
        client = sign_in(officer)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    for number in range(30):
        factories.pairing(bureau.alice, factories.stakeholder(f"p{number}", bureau.station))
    for address in ("/people/", "/today/", "/tasks/", bureau.deputy.get_absolute_url()):
        assert queries(eve, address) == queries(bureau.alice, address), address


# --- naming and ending ---------------------------------------------------------------------------------------


def name(bureau, absent: Officer, other: Officer, start=FIRST, last=LAST) -> StandIn:
    return appoint(absent, other, starts_on=start, ends_on=last, actor=Actor(bureau.bob), reason="leave")


@pytest.mark.parametrize(
    ("start", "last"), [(FIRST, FIRST), (LAST, LAST), (FIRST - dt.timedelta(days=9), FIRST)]
)
def test_one_at_a_time(bureau, eve, start, last):
    with pytest.raises(ValidationError, match="Eve stands in for Alice from 2026-11-16 to 2026-11-20"):
        name(bureau, bureau.alice, bureau.bob, start, last)


def test_the_day_after_is_free(bureau, eve):
    name(bureau, bureau.alice, bureau.bob, LAST + dt.timedelta(days=1), LAST + dt.timedelta(days=1))
    assert StandIn.objects.count() == 2
    assert AuditEntry.objects.get(action="appoint stand-in").reason == "leave"


def test_what_makes_no_sense_is_refused(bureau):
    off = factories.officer("Off", bureau.station, is_active=False)
    with pytest.raises(ValidationError, match="for themselves"):
        name(bureau, bureau.alice, bureau.alice)
    with pytest.raises(ValidationError, match="before the first"):
        name(bureau, bureau.alice, bureau.bob, LAST, FIRST)
    with pytest.raises(ValidationError, match="switched off"):
        name(bureau, bureau.alice, off)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.stand_in(bureau.bob, bureau.bob, FIRST, LAST)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.stand_in(bureau.bob, bureau.alice, LAST, FIRST)


def test_ended_early_it_is_over_at_once_and_one_ahead_is_gone(bureau, eve):
    ahead = name(bureau, bureau.alice, bureau.bob, dt.date(2026, 12, 1), dt.date(2026, 12, 3))
    now = StandIn.objects.get(stand_in=eve)
    for row in (now, ahead):
        end(row, on=TODAY, actor=Actor(bureau.bob))

    assert not sees(eve)
    assert list(StandIn.objects.values_list("ends_on", flat=True)) == [TODAY - dt.timedelta(days=1)]
    with pytest.raises(ValidationError, match="has ended already"):
        end(now, on=TODAY, actor=Actor(bureau.bob))


def post(officer: Officer, **form) -> str:
    days = {"starts_on": "2026-11-18", "ends_on": "2026-11-20"}
    return sign_in(officer).post("/stand-ins/", days | form, follow=True).content.decode()


def test_an_officer_names_a_colleague_for_themselves_alone(bureau):
    eve = factories.officer("Eve", bureau.station)
    html = post(bureau.alice, stand_in="Eve", absent=bureau.bob.police_number)

    assert "Eve stands in for Alice from 2026-11-18 to 2026-11-20." in html
    assert StandIn.objects.get().absent == bureau.alice
    assert sees(eve)


def test_nobody_of_another_unit_is_named_or_hinted_at(bureau):
    for words in ("Dan", bureau.dan.police_number, "Nobody", "999999"):
        assert "No officer of your units has this number or name." in post(bureau.alice, stand_in=words)
    assert not StandIn.objects.exists()


def test_a_leader_names_one_for_any_officer_of_the_unit(bureau):
    eve = factories.officer("Eve", bureau.station)
    post(bureau.bob, absent="Alice", stand_in="Eve")

    assert (StandIn.objects.get().absent, StandIn.objects.get().stand_in) == (bureau.alice, eve)
    assert "No officer of your units" in post(bureau.bob, absent="Dan", stand_in="Eve")


@pytest.mark.parametrize("change", [{"ends_on": "2026-11-17"}, {"stand_in": ""}, {"starts_on": "x"}])
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(bureau, change):
    html = post(bureau.alice, **({"stand_in": "Bob", "reason": "three days off"} | change))

    assert 'class="errors"' in html
    assert "three days off" in html
    assert not StandIn.objects.exists()


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("alice", 302), ("bob", 302), ("lin", 302), ("carl", 302), ("carol", 302), ("eve", 403), ("lea", 403),
        ("dan", 404), ("rita", 404), ("sue", 403), ("ann", 403),
    ],
)  # fmt: skip
def test_the_matrix_decides_who_ends_it(bureau, eve, who, expected):
    address = reverse("contacts:stand-in-end", args=[StandIn.objects.get().pk])
    officer = eve if who == "eve" else getattr(bureau, who)

    assert sign_in(officer).post(address).status_code == expected
    assert StandIn.objects.get().ends_on == (TODAY - dt.timedelta(days=1) if expected == 302 else LAST)


@pytest.mark.parametrize(
    ("who", "expected"),
    [("alice", True), ("bob", True), ("carl", True), ("eve", True), ("dan", False), ("rita", False)],
)
def test_the_list_shows_what_concerns_one(bureau, eve, who, expected):
    officer = eve if who == "eve" else getattr(bureau, who)
    html = sign_in(officer).get("/stand-ins/").content.decode()

    assert ("2026-11-20" in html) == expected
    assert ("End now" in html) == (expected and who != "eve")


def test_ended_on_the_day_on_which_it_began_it_is_over_and_still_known(bureau):
    eve = factories.officer("Eve", bureau.station)
    made = factories.stand_in(eve, bureau.alice, TODAY, LAST)
    assert sees(eve)

    end(made, on=TODAY, actor=Actor(bureau.bob))

    assert not sees(eve)
    made.refresh_from_db()
    assert (made.starts_on, made.ends_on) == (TODAY, TODAY)
    assert appoint(bureau.alice, bureau.bob, starts_on=TODAY, ends_on=LAST, actor=Actor(bureau.carl))


def test_it_does_not_begin_on_a_day_that_is_over(bureau):
    eve = factories.officer("Eve", bureau.station)
    form = {
        "absent": bureau.alice.police_number, "stand_in": eve.police_number, "starts_on": FIRST, "ends_on": LAST,
    }  # fmt: skip
    page = sign_in(bureau.bob).post(reverse("contacts:stand-in-list"), form)

    assert "This day is over; choose today or a later one." in page.content.decode()
    assert not StandIn.objects.exists()
