"""Confirming a turnover: seats and pairings by day, once, as shown; and taking it back."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from contacts.imports import retention
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    Feedback,
    ImportBatch,
    Pairing,
    Stakeholder,
    Turnover,
)
from contacts.turnover import deeds
from tests import factories
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.contacts.turnover.scenes import (
    DAY,
    EVE,
    OLD,
    TODAY,
    begun,
    confirmed,
    context,
    dump,
    groups,
    line,
    member,
    row,
)
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
MOBILE, OTHER_MOBILE = "13900001001", "13900001002"


def seats(person: Stakeholder) -> list[tuple]:
    rows = person.seats.order_by("started_on")
    return list(rows.values_list("term_number", "started_on", "ended_on"))


def pairings(person: Stakeholder) -> list[tuple]:
    rows = person.pairings.order_by("started_on")
    return list(rows.values_list("officer__name", "started_on", "ended_on"))


def test_who_continues_has_two_seats_one_after_the_other(bureau: Bureau) -> None:
    person = member(
        "孙立", bureau.station, MOBILE, held_by=bureau.alice, delegation="澄江团", body="江阴市人大"
    )
    turnover = begun(bureau.carol, bureau.county, row("孙立", MOBILE), ends_on=dt.date(2031, 11, 30))
    confirmed(turnover, bureau.carol)

    assert seats(person) == [(17, OLD, EVE), (18, DAY, dt.date(2031, 11, 30))]
    new = person.seats.get(term_number=18)
    assert (new.delegation, new.body) == ("澄江团", "江阴市人大")  # a blank cell wipes nothing
    assert pairings(person) == [("Alice", dt.date(2026, 1, 1), None)]


def test_a_roster_corrects_what_it_says_anew_and_wipes_nothing(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE)
    Stakeholder.objects.filter(pk=person.pk).update(
        employer="江阴机械厂", address="澄江镇1号", remark="Chair"
    )
    new = row("孙立", f"{MOBILE}、{OTHER_MOBILE}", 工作单位及职务="江阴纺织厂", 代表团="周庄团")
    turnover = begun(bureau.carol, bureau.county, new)
    assert line(turnover, "孙立").changes == {
        "address": ["澄江镇1号", "江阴市澄江镇"],
        "street": ["", "澄江镇"],
        "employer": ["江阴机械厂", "江阴纺织厂"],
        "phones": [["+8613900001001"], ["+8613900001001", "+8613900001002"]],
        "term_number": [17, 18],
        "delegation": ["", "周庄团"],
        "term": [["2021-12-01", "2026-11-30"], ["2026-12-01", None]],
    }
    confirmed(turnover, bureau.carol)

    person.refresh_from_db()
    assert (person.employer, person.remark) == ("江阴纺织厂", "Chair")
    assert person.phones.count() == 2


def test_who_leaves_is_free_after_the_last_day_of_the_old_term(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    paired_still = member("周平", bureau.station, held_by=bureau.alice)
    factories.seat(paired_still, level="city")
    turnover = confirmed(begun(bureau.carol, bureau.county, row("李娜", "13900003333")), bureau.carol)

    assert pairings(person) == [("Alice", dt.date(2026, 1, 1), EVE)]
    assert pairings(paired_still) == [("Alice", dt.date(2026, 1, 1), None)]
    assert groups(turnover)["周平"] == "moved goes"
    assert line(turnover, "孙立").changes["officer"] == [bureau.alice.police_number, None]
    assert (turnover.counts["ended"], turnover.counts["freed"]) == (2, 2)  # and the deputy


def test_who_leaves_and_was_paired_for_the_new_term_by_hand_is_named(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE)
    factories.pairing(bureau.bob, person, DAY)
    turnover = confirmed(begun(bureau.carol, bureau.county, row("李娜", "13900003333")), bureau.carol)
    assert line(turnover, "孙立").why == "ends_paired"
    assert pairings(person) == [("Bob", DAY, None)]


def test_whoever_reaches_less_than_the_unit_confirms_for_their_own_people_alone(bureau: Bureau) -> None:
    """The turnover of the county was begun by somebody of the station, where Bob coordinates."""
    factories.role(bureau.bob, "coordinator", bureau.station)
    street = factories.unit("江阴市公安局周庄派出所", bureau.county, short_name="周庄派出所")
    member("孙立", street)
    rows = [row("李娜", MOBILE), row("周平", OTHER_MOBILE, **{"住址/所属街道": "江阴市周庄镇"})]
    turnover = begun(bureau.carol, bureau.county, *rows)
    assert deeds.confirm(turnover, {}, context(bureau.bob))
    turnover = confirmed(Turnover.objects.get(), bureau.bob)
    assert groups(turnover) == {"李娜": "new new", "周平": "refused", "张伟": "ended ends"}


def test_the_picture_of_today_stays_until_the_first_day(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    named = row("孙立", MOBILE, 结对民警警号=bureau.dan.police_number, **{"住址/所属街道": "宜城街道"})
    confirmed(begun(bureau.carol, bureau.bureau, named), bureau.carol)

    assert pairings(person) == [("Alice", dt.date(2026, 1, 1), EVE), ("Dan", DAY, None)]
    person.refresh_from_db()
    assert person.unit == bureau.station
    assert list(person.seats.active(TODAY).values_list("term_number", flat=True)) == [17]
    assert list(person.pairings.open(TODAY).values_list("officer__name", flat=True)) == ["Alice"]
    assert list(person.seats.active(DAY).values_list("term_number", flat=True)) == [18]


def test_who_is_new_stands_in_the_charge_of_their_street(bureau: Bureau) -> None:
    turnover = confirmed(
        begun(
            bureau.carol,
            bureau.county,
            row("孙立", MOBILE, 结对民警警号=bureau.bob.police_number),
            row("周平", OTHER_MOBILE),
        ),
        bureau.carol,
    )
    one, two = (Stakeholder.objects.get(name=name) for name in ("孙立", "周平"))
    assert (one.unit, two.unit) == (bureau.station, bureau.station)
    assert pairings(one) == [("Bob", DAY, None)]
    assert pairings(two) == []
    assert seats(two) == [(18, DAY, None)]
    assert turnover.counts["paired"] == 1
    assert line(turnover, "孙立").stakeholder == one


def test_a_doubt_is_settled_by_the_coordinator(bureau: Bureau) -> None:
    same, other = member("孙立", bureau.station, MOBILE), member("周平", bureau.station, "13900005555")
    rows = [row("孙立", OTHER_MOBILE), row("周平", "13900006666")]
    turnover = begun(bureau.carol, bureau.county, *rows)
    assert turnover.counts["doubtful"] == 2
    confirmed(turnover, bureau.carol, 孙立="same", 周平="new")

    assert seats(same) == [(17, OLD, EVE), (18, DAY, None)]
    assert seats(other) == [(17, OLD, EVE)]
    assert Stakeholder.objects.filter(name="周平").count() == 2


def test_a_doubt_that_nobody_settled_leaves_the_person_alone(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    turnover = confirmed(begun(bureau.carol, bureau.county, row("孙立", OTHER_MOBILE)), bureau.carol)
    assert seats(person) == [(17, OLD, None)]
    assert pairings(person) == [("Alice", dt.date(2026, 1, 1), None)]
    assert line(turnover, "孙立").group == "doubtful"


def test_one_person_in_two_rows_has_one_seat_if_so_decided(bureau: Bureau) -> None:
    turnover = begun(bureau.carol, bureau.county, row("孙立", MOBILE), row("孙立", MOBILE, 备注="again"))
    confirmed(turnover, bureau.carol, 孙立="same")
    assert seats(Stakeholder.objects.get(name="孙立")) == [(18, DAY, None)]


def test_everything_stands_in_the_trail(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    turnover = confirmed(begun(bureau.carol, bureau.county, row("李娜", OTHER_MOBILE)), bureau.carol)
    entry = AuditEntry.objects.get(action="turn term")
    assert entry.object_id == str(turnover.pk)
    assert (entry.after["new"], entry.after["ended"], entry.after["freed"]) == (1, 2, 2)
    made = Stakeholder.objects.get(name="李娜")
    told = AuditEntry.objects.filter(object_type="contacts.stakeholder")
    assert told.filter(object_id=str(person.pk)).get().action == "end term"
    assert told.filter(object_id=str(made.pk)).get().action == "begin term"


def test_if_somebody_changed_a_person_since_it_is_shown_anew(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    turnover = begun(bureau.carol, bureau.county, row("李娜", OTHER_MOBILE))
    factories.seat(person, level="city")

    different = deeds.confirm(turnover, {}, context(bureau.carol))
    assert different == [deeds.Difference("孙立", "ended", "moved")]
    turnover = Turnover.objects.get()
    assert turnover.state == "checked"
    assert groups(turnover)["孙立"] == "moved goes"
    assert not Stakeholder.objects.filter(name="李娜").exists()
    confirmed(turnover, bureau.carol)
    assert Stakeholder.objects.filter(name="李娜").exists()


def test_of_two_clicks_one_wins(bureau: Bureau) -> None:
    turnover = begun(bureau.carol, bureau.county, row("李娜", MOBILE))
    late = Turnover.objects.get()
    confirmed(turnover, bureau.carol)
    assert deeds.confirm(late, {}, context(bureau.carol)) is None
    assert not deeds.drop(late, Actor(bureau.carol))
    assert Stakeholder.objects.filter(name="李娜").count() == 1


def test_a_dropped_one_changes_nothing_and_can_not_be_confirmed(bureau: Bureau) -> None:
    turnover = begun(bureau.carol, bureau.county, row("李娜", MOBILE))
    assert deeds.drop(turnover, Actor(bureau.carol))
    turnover = Turnover.objects.get()
    assert turnover.state == "dropped"
    assert not turnover.batch.file
    assert deeds.confirm(turnover, {}, context(bureau.carol)) is None
    assert not Stakeholder.objects.filter(name="李娜").exists()


def test_what_nobody_confirms_within_a_week_is_dropped(bureau: Bureau) -> None:
    begun(bureau.carol, bureau.county, row("李娜", MOBILE))
    ImportBatch.objects.update(created_at=timezone.now() - dt.timedelta(days=8))
    retention.let_go(timezone.now())
    assert [turnover.state for turnover in Turnover.objects.all()] == ["dropped"]
    assert not ImportBatch.objects.get().file


def test_one_roster_may_wait_for_several_bodies_at_once(bureau: Bureau) -> None:
    rows = [row("李娜", MOBILE)]
    first = begun(bureau.carol, bureau.county, *rows)
    second = begun(bureau.carol, bureau.county, *rows, level="township")
    assert (first.state, second.state) == ("checked", "checked")


def test_the_same_turnover_again_changes_nothing(bureau: Bureau) -> None:
    member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    rows = [row("孙立", MOBILE), row("李娜", OTHER_MOBILE, 结对民警警号=bureau.alice.police_number)]
    confirmed(begun(bureau.carol, bureau.county, *rows), bureau.carol)
    before = dump()
    again = begun(bureau.carol, bureau.county, *rows)
    assert groups(again) == {"孙立": "continuing has_it", "李娜": "continuing has_it", "张伟": "ended ends"}
    assert line(again, "张伟").changes == {}
    confirmed(again, bureau.carol)
    assert dump() == before


def test_importing_the_file_later_changes_nothing_that_was_corrected_by_hand(
    bureau: Bureau, tmp_path
) -> None:
    person = member("孙立", bureau.station, MOBILE)
    new = row("孙立", MOBILE, 工作单位及职务="江阴纺织厂", 届次="第十八届")
    confirmed(begun(bureau.carol, bureau.county, new), bureau.carol)
    Stakeholder.objects.filter(pk=person.pk).update(employer="江阴毛纺厂")
    report = wuxi.import_file(wuxi.csv_file(tmp_path, [new]), bureau.carol, day=TODAY)
    person.refresh_from_db()
    assert (report.as_json()["created"], person.employer) == (0, "江阴毛纺厂")


# --- feedback of those who left --------------------------------------------------------------------------------


def test_feedback_of_who_left_keeps_its_unit_and_clock_and_is_answered_by_the_unit(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    item = factories.feedback(person, bureau.alice, dt.date(2026, 11, 10))
    confirmed(begun(bureau.carol, bureau.county, row("李娜", OTHER_MOBILE), starts_on=TODAY), bureau.carol)

    before = (item.unit, item.due_on, item.received_by, item.state)
    item.refresh_from_db()
    assert (item.unit, item.due_on, item.received_by, item.state) == before
    address = reverse("contacts:feedback-answer", args=[item.pk])
    told = {
        "answer": "Done.", "result": "solved", "told_in": "new", "kind": "call", "day": str(timezone.localdate()),
        "time": "00:00",
    }  # fmt: skip
    assert sign_in(bureau.alice).get(address).status_code == 404  # nobody holds them
    assert sign_in(bureau.bob).post(address, told).status_code == 302
    item.refresh_from_db()
    assert item.state == "answered"
    assert ContactRecord.objects.get(tellings__answer=item.answer).officer == bureau.bob
    assert item in Feedback.objects.visible_to(bureau.bob)
    assert ContactRecord.objects.filter(stakeholder=person).count() == 1


# --- taking back -----------------------------------------------------------------------------------------------


def take_back(turnover: Turnover, bureau: Bureau, **how):
    return deeds.take_back(turnover, actor=Actor(bureau.carol), now=timezone.now(), **how)


def test_taken_back_everything_is_as_before(bureau: Bureau) -> None:
    member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    member("周平", bureau.station, OTHER_MOBILE, held_by=bureau.alice)
    before = dump()
    rows = [
        row("孙立", "13900007777、" + MOBILE, 结对民警警号=bureau.bob.police_number, 工作单位及职务="厂长"),
        row("李娜", "13900008888", 结对民警警号=bureau.alice.police_number),
        row("吴敏"),
    ]
    turnover = confirmed(begun(bureau.carol, bureau.county, *rows), bureau.carol)
    deeds.pair_proposed(
        turnover,
        {Stakeholder.objects.get(name="吴敏"): bureau.bob},
        today=TODAY,
        actor=Actor(bureau.carol),
    )
    assert pairings(Stakeholder.objects.get(name="吴敏")) == [("Bob", DAY, None)]

    looked_at, _obstacles = take_back(turnover, bureau, dry_run=True)
    assert (len(looked_at.restored), looked_at.kept) == (5, set())
    assert Stakeholder.objects.filter(name="李娜").exists()
    take_back(turnover, bureau)

    assert dump() == before
    assert Turnover.objects.get().state == "taken_back"
    assert AuditEntry.objects.get(action="take back turnover").after == {"restored": 5, "kept": 0}


def test_what_was_touched_since_stays(bureau: Bureau) -> None:
    turnover = confirmed(
        begun(bureau.carol, bureau.county, row("李娜", MOBILE), row("吴敏", OTHER_MOBILE)), bureau.carol
    )
    called = Stakeholder.objects.get(name="李娜")
    factories.record(called, bureau.alice, timezone.now())

    found, obstacles = take_back(turnover, bureau)
    assert found.kept == {called.pk}
    assert [one.obstacle["rows"] for one in obstacles if "rows" in one.obstacle] == [
        {"contacts.contactrecord": 1}
    ]
    assert not Stakeholder.objects.filter(name="吴敏").exists()
    assert seats(called) == [(18, DAY, None)]


def test_it_is_taken_back_once(bureau: Bureau) -> None:
    turnover = confirmed(begun(bureau.carol, bureau.county, row("李娜", MOBILE)), bureau.carol)
    take_back(turnover, bureau)
    with pytest.raises(ValidationError, match="taken back already"):
        take_back(turnover, bureau)
    with pytest.raises(ValidationError, match="taken back already"):
        deeds.pair_proposed(turnover, {}, today=TODAY, actor=Actor(bureau.carol))


def test_a_proposal_for_somebody_who_was_paired_meanwhile_is_left_alone(bureau: Bureau) -> None:
    turnover = confirmed(begun(bureau.carol, bureau.county, row("李娜", MOBILE)), bureau.carol)
    person = Stakeholder.objects.get(name="李娜")
    factories.pairing(bureau.bob, person, TODAY)
    left = deeds.pair_proposed(turnover, {person: bureau.alice}, today=TODAY, actor=Actor(bureau.carol))
    assert left == {person}
    assert Pairing.objects.filter(stakeholder=person).count() == 1
