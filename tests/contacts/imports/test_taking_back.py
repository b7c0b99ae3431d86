"""An applied import is taken back: everything is as before, but for what somebody touched since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts import handling, journal, unit_tree
from contacts.assigning import assign_feedback
from contacts.imports import batches, running, taking_back
from contacts.journal import TakenBack
from contacts.models import (
    Actor,
    AuditEntry,
    ContactPhone,
    ContactRecord,
    Feedback,
    FeedbackStep,
    ImportBatch,
    Journal,
    JournalLine,
    Officer,
    Pairing,
    Seat,
    Stakeholder,
    Unit,
    UnitPast,
)
from contacts.obstacle_words import explain
from contacts.rows import values
from schedules.verify import verify
from tests import factories
from tests.contacts.imports import wuxi
from tests.contacts.imports.test_units_and_officers import officer, unit
from tests.contacts.imports.wuxi import deputy
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
NOW = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
BOSS = Actor.command("test")
MODELS = (
    Unit,
    UnitPast,
    Officer,
    Stakeholder,
    ContactPhone,
    Seat,
    Pairing,
    ContactRecord,
    Feedback,
    FeedbackStep,
)
Import = Callable[..., ImportBatch]


@pytest.fixture
def imported(bureau: Bureau, tmp_path: Path) -> Import:
    def run(*rows: dict[str, str], by: Officer | None = None) -> ImportBatch:
        wuxi.import_file(wuxi.csv_file(tmp_path, list(rows)), by, day=DAY)
        return ImportBatch.objects.latest("pk")

    return run


def world() -> dict[tuple[str, int], dict[str, Any]]:
    """Everything that an import may change."""
    return {(model.__name__, row.pk): values(row) for model in MODELS for row in model.objects.all()}


def back(batch: ImportBatch, actor: Actor = BOSS) -> TakenBack:
    batch.refresh_from_db()
    seen = batch.journal.taken_back_at
    found = taking_back.take_back(batch, actor=actor, reason="the wrong file", now=timezone.now(), seen=seen)
    batch.refresh_from_db()
    return found


def sound() -> bool:
    return verify(timezone.now()).violations == []


def why(batch: ImportBatch, reader: Officer | None = None) -> dict[str, list[str]]:
    """Name → what stands in the way, in words."""
    rows = list(taking_back.first_rows(batch).filter(taking_back.stuck(batch)))
    told = explain(batch, rows, journal.obstacles(batch.journal), reader)
    return {one.row.name: [str(reason) for reason in one.why] for one in told}


def pairing(bureau: Bureau, officer: Officer, start: str = "2026-03-01", end: str = "") -> dict[str, str]:
    return {
        "police_number": officer.police_number,
        "stakeholder": bureau.deputy.number,
        "started_on": start,
        "ended_on": end,
    }


def call(bureau: Bureau, **cells: str) -> dict[str, str]:
    return {
        "police_number": bureau.alice.police_number,
        "stakeholder": bureau.deputy.number,
        "kind": "call",
        "outcome": "reached",
        "occurred_at": "2026-02-05 10:00",
        "summary": "Thanks.",
        "feedback": "",
    } | cells


# --- as before -----------------------------------------------------------------------------------------------


def everything(bureau: Bureau) -> dict[str, list[dict[str, str]]]:
    """Kind → a file of it that creates some and changes some."""
    number = bureau.dan.police_number
    return {
        "units": [
            unit("320281000000", "江阴市公安局城区分局", "县级局", bureau.bureau.code),
            unit("320281501000", "澄江所", "派出所", bureau.other_county.code),
            unit("320281502000", "要塞派出所", "派出所", "320281501000"),
        ],
        "officers": [
            officer("320999", "钱英", "宜城派出所"),
            officer(number, "丹", "澄江派出所", 手机="13900001111"),
        ],
        "deputies": [
            deputy(结对民警警号=number),
            deputy("张伟", 手机="13912345678", 结对民警警号=number, 层级="区"),
        ],
        "media": [{"姓名": "李娜", "新闻单位": "某报社", "手机号码": "13812345678"}],
        "pairings": [pairing(bureau, bureau.dan), pairing(bureau, bureau.bob, "2025-01-01", "2025-12-31")],
        "contacts": [call(bureau, feedback="Light"), call(bureau, occurred_at="2026-02-06 10:00")],
    }


@pytest.mark.parametrize("kind", ["units", "officers", "deputies", "media", "pairings", "contacts"])
def test_an_import_that_nobody_touched_leaves_everything_as_it_was(
    bureau: Bureau, imported: Import, kind: str
) -> None:
    before = world()
    batch = imported(*everything(bureau)[kind])
    assert batch.kind == kind
    after = world()
    assert after != before

    found = back(batch)

    assert found.kept == set()
    assert world() == before
    assert sound()
    again = imported(*everything(bureau)[kind])
    assert (again.created_count, again.updated_count) == (batch.created_count, batch.updated_count)
    assert len(world()) == len(after)


def test_a_correction_goes_back_to_what_the_import_before_had_said(imported: Import) -> None:
    first = [deputy(), deputy("孙立", 手机="13900001001", 办公电话="")]
    second = [
        deputy(工作单位及职务="无锡纺织厂厂长", 手机="13900001002", 任期起止="2008.1-2012.12"),
        deputy("孙立", 手机="13900001001", 办公电话="", 备注="换届"),
    ]
    imported(*first)
    before = world()
    batch = imported(*second)
    after = world()
    assert (batch.updated_count, batch.created_count) == (2, 0)

    assert len(back(batch).restored) == 2

    assert world() == before
    assert (batch.gone_count, batch.restored_count, batch.stayed_count) == (0, 2, 0)
    assert imported(*second).updated_count == 2
    told = {name for (kind, _pk), row in after.items() if kind == "Stakeholder" for name in [row["employer"]]}
    assert set(Stakeholder.objects.values_list("employer", flat=True)) == told


def test_a_correction_that_stands_keeps_the_import_before_it_from_going(
    bureau: Bureau, imported: Import
) -> None:
    first = imported(deputy(), deputy("孙立", 手机="13900001001"))
    second = imported(deputy(工作单位及职务="无锡纺织厂厂长"))

    found = back(first)

    assert {person.name for person in Stakeholder.objects.filter(pk__in=found.kept)} == {"钱正明"}
    day = timezone.localdate().isoformat()
    assert why(first) == {
        "钱正明": [
            f"employer and post: 江阴机械厂厂长 → 无锡纺织厂厂长 (by the import of roster.csv on {day})"
        ]
    }
    back(second)
    assert len(back(first).restored) == 1
    assert list(Stakeholder.objects.all()) == [bureau.deputy]


def test_corrected_and_ended_then_deleted_in_one_file_is_told_as_one(
    bureau: Bureau, imported: Import
) -> None:
    before = world()
    batch = imported(pairing(bureau, bureau.dan), pairing(bureau, bureau.bob, "2026-03-09"))
    assert Pairing.objects.count() == 3
    back(batch)
    assert world() == before


# --- field by field ------------------------------------------------------------------------------------------


def test_of_who_was_corrected_only_what_was_touched_since_stays(imported: Import) -> None:
    imported(deputy())
    person = Stakeholder.objects.get(name="钱正明")
    second = [deputy(工作单位及职务="无锡纺织厂厂长", 备注="换届", 手机="13900001002")]
    batch = imported(*second)
    Stakeholder.objects.filter(pk=person.pk).update(employer="退休")
    person.phones.filter(e164="+8613900001002").update(position=5)

    assert back(batch).kept == {person.pk}

    person.refresh_from_db()
    assert (person.employer, person.remark) == ("退休", "")
    assert "+8613900001002" in person.phones.values_list("e164", flat=True)
    assert sorted(why(batch)["钱正明"]) == [
        "employer and post: 无锡纺织厂厂长 → 退休",
        "phone number 139 0000 1002, order of dialling: 2 → 5",
    ]
    again = imported(*second)
    person.refresh_from_db()
    assert again.updated_count == 1
    assert (person.employer, person.remark) == (
        "退休",
        "换届",
    )  # corrected by hand: the file says nothing new
    assert again.rows.get().changes == {"remark": ["", "换届"]}


def test_a_name_goes_back_with_how_it_is_spelled_or_not_at_all(imported: Import, bureau: Bureau) -> None:
    imported(deputy("张维", 手机="13900001005"))
    batch = imported(deputy("张伟伟", 手机="13900001005"))
    person = Stakeholder.objects.get(name="张伟伟")
    person.name = "章伟伟"  # spelled the same
    person.save()
    back(batch)
    person.refresh_from_db()
    assert (person.name, person.pinyin) == ("章伟伟", "zhang wei wei")


def test_a_term_goes_back_with_both_its_ends_or_not_at_all(imported: Import) -> None:
    imported(deputy(任期起止="2008.1-2013.1"))
    batch = imported(deputy(任期起止="2008.1-2018.1"))
    Seat.objects.filter(term_number=14).update(started_on=dt.date(2014, 1, 1))
    back(batch)
    seat = Seat.objects.get(term_number=14)
    assert (seat.started_on, seat.ended_on) == (dt.date(2014, 1, 1), dt.date(2018, 1, 31))
    assert why(batch)["钱正明"] == ["seat, from: 2008-01-01 → 2014-01-01"]


def test_a_certificate_that_is_somebody_elses_by_now_does_not_return(
    bureau: Bureau, imported: Import
) -> None:
    monitor = {"姓名": "李敏", "聘书编号": "锡警监001", "聘任单位": "江阴市局", "联系电话": "13900001007"}
    imported(monitor)
    seat = Seat.objects.get(certificate="锡警监001")
    batch = ImportBatch.objects.latest("pk")
    pen = journal.begin(Journal.Kind.IMPORT, made_by=None, now=NOW)
    before = values(seat)
    seat.certificate = "锡警监002"
    seat.save()
    pen.changed(seat.stakeholder_id, seat, before)
    pen.close()
    factories.seat(bureau.deputy, "discipline_monitor", certificate="锡警监001")

    assert journal.take_back(pen.journal, actor=BOSS, now=NOW).kept == {seat.stakeholder_id}

    (line,) = journal.obstacles(pen.journal)
    assert line.obstacle["why"] == {"certificate": "taken"}
    (told,) = explain(batch, list(batch.rows.all()), [line], None)
    assert [str(one) for one in told.why] == [
        "seat, certificate number: what it said before belongs to something else now"
    ]


def test_a_number_that_was_added_again_by_hand_is_not_there_twice(imported: Import) -> None:
    imported(deputy(办公电话=""))
    batch = imported(deputy(手机="13900001009", 办公电话="", 工作单位及职务="江阴机械厂厂长"))
    person = Stakeholder.objects.get(name="钱正明")
    person.phones.create(e164="+8613900001000", kind="mobile", position=9)
    assert back(batch).kept == {person.pk}
    assert why(batch)["钱正明"] == [
        "phone number 139 0000 1000, number: what it said before belongs to something else now"
    ]


# --- pairings ------------------------------------------------------------------------------------------------


def test_a_hand_over_by_hand_since_stays_with_the_unit_in_charge(bureau: Bureau, imported: Import) -> None:
    batch = imported(pairing(bureau, bureau.dan))
    handling.pair(
        bureau.deputy, bureau.bob, on=dt.date(2026, 3, 5), actor=Actor(bureau.carol), reason="moved"
    )

    back(batch)

    bureau.deputy.refresh_from_db()
    assert bureau.deputy.unit == bureau.station
    day = timezone.localdate().isoformat()
    assert why(batch)["张伟"] == [
        f"pairing, until: – → 2026-03-04 (by Carol on {day})",
        f"pairing, reason of the end: – → moved (by Carol on {day})",
        "unit in charge: it follows the pairing, which stays",
    ]
    assert sound()


def test_a_pairing_does_not_begin_again_where_another_has_begun_since(
    bureau: Bureau, imported: Import
) -> None:
    batch = imported(pairing(bureau, bureau.alice, "2026-01-01", "2026-02-28"))
    handling.pair(bureau.deputy, bureau.dan, on=dt.date(2026, 3, 5), actor=BOSS)
    back(batch)
    assert why(batch)["张伟"] == ["pairing, until: another pairing covers these days now"]
    assert Pairing.objects.get(officer=bureau.alice).ended_on == dt.date(2026, 2, 28)
    assert sound()


# --- officers and units --------------------------------------------------------------------------------------


def test_an_officer_who_has_signed_in_or_holds_people_stays(bureau: Bureau, imported: Import) -> None:
    names = ["320991", "320992", "320993"]
    batch = imported(*(officer(number, f"民警{number}", "宜城派出所") for number in names))
    signed_in, holder, neither = Officer.objects.filter(police_number__in=names).order_by("police_number")
    Officer.objects.filter(pk=signed_in.pk).update(last_login=NOW)
    AuditEntry.objects.record(Actor(signed_in), "sign in")
    handling.pair(bureau.deputy, holder, on=DAY, actor=BOSS)

    assert back(batch).kept == {signed_in.pk, holder.pk}

    assert not Officer.objects.filter(pk=neither.pk).exists()
    assert why(batch) == {
        "民警320991": [
            "other entries refer to it now",
            "last sign-in: – → 2026-03-02 09:00",
        ],
        "民警320992": ["1 pairing hangs on it now"],
    }


def test_a_unit_in_use_stays_with_those_above_it(bureau: Bureau, imported: Import) -> None:
    root = bureau.bureau.code
    batch = imported(
        unit("320290000000", "新区分局", "县级局", root),
        unit("320290501000", "新安派出所", "派出所", "320290000000"),
        unit("320290502000", "旺庄派出所", "派出所", "320290000000"),
    )
    Stakeholder.objects.update(unit=Unit.objects.get(code="320290501000"))
    bureau.deputy.pairings.all().delete()

    back(batch)

    assert set(Unit.objects.filter(code__startswith="320290").values_list("code", flat=True)) == {
        "320290000000",
        "320290501000",
    }
    assert why(batch) == {
        "新区分局": ["1 unit hangs on it now"],
        "新安派出所": ["1 stakeholder hangs on it now"],
    }


def test_a_unit_that_was_renamed_again_since_keeps_its_past(bureau: Bureau, imported: Import) -> None:
    batch = imported(unit(bureau.station.code, "澄江新所", "派出所", bureau.county.code))
    how = {"actor": Actor(bureau.carol), "now": timezone.now(), "reason": "why"}
    unit_tree.rename(bureau.station, name="城中派出所", short_name="城中派出所", **how)
    pasts = bureau.station.pasts.count()

    assert back(batch).kept == {bureau.station.pk}

    bureau.station.refresh_from_db()
    assert (bureau.station.name, bureau.station.pasts.count()) == ("城中派出所", pasts)
    assert sound()


def test_a_unit_does_not_return_below_one_that_stands_below_it_by_now(
    bureau: Bureau, imported: Import
) -> None:
    batch = imported(unit(bureau.station.code, "澄江派出所", "派出所", bureau.bureau.code))
    bureau.county.refresh_from_db()
    bureau.station.refresh_from_db()
    bureau.county.parent = bureau.station
    bureau.county.save()
    unit_tree.mend_paths()

    back(batch)

    bureau.station.refresh_from_db()
    assert bureau.station.parent == bureau.bureau
    assert sound()
    assert "parent unit: the unit that was above it stands below it now" in why(batch)["澄江派出所"]


@pytest.mark.parametrize("whom", ["新区分局", "民警320991"])
def test_a_sealed_report_keeps_neither_a_unit_nor_an_officer(
    bureau: Bureau, imported: Import, whom: str
) -> None:
    """R13: that something can not go would say that there is one."""
    made = {
        "新区分局": unit("320290000000", "新区分局", "县级局", bureau.bureau.code),
        "民警320991": officer("320991", "民警320991", "宜城派出所"),
    }
    batch = imported(made[whom])
    factories.case(whom, by=bureau.dan, day=DAY, unit=Unit.objects.filter(name=whom).first())
    assert back(batch).kept == set()
    assert not Unit.objects.filter(name=whom).exists()
    assert not Officer.objects.filter(name=whom).exists()


def test_a_case_adds_no_word_to_what_keeps_its_reviewer(bureau: Bureau, imported: Import) -> None:
    """R13: their role does, as before."""
    batch = imported(officer("320991", "民警320991", "宜城派出所"))
    reviewer = Officer.objects.get(police_number="320991")
    factories.role(reviewer, "discipline_reviewer", bureau.bureau)
    factories.case("Alice", by=bureau.bob, day=DAY, reviewer=reviewer)
    assert back(batch).kept == {reviewer.pk}
    assert why(batch) == {"民警320991": ["1 role hangs on it now"]}


# --- contacts ------------------------------------------------------------------------------------------------


def test_a_contact_that_was_corrected_since_stays_with_its_feedback(bureau: Bureau, imported: Import) -> None:
    batch = imported(call(bureau, feedback="Light"), call(bureau, occurred_at="2026-02-06 10:00"))
    record = ContactRecord.objects.earliest("occurred_at")
    handling.correct_contact(record, {"summary": "Thanks a lot."}, actor=BOSS)

    assert back(batch).kept == {record.pk}

    assert ContactRecord.objects.count() == 2
    assert Feedback.objects.get().steps.count() == 1
    assert sound()
    assert any("corrected at" in one for one in why(batch)["张伟"])


def test_feedback_that_was_assigned_since_keeps_its_contact(bureau: Bureau, imported: Import) -> None:
    batch = imported(call(bureau, feedback="Light"))
    assign_feedback(Feedback.objects.get(), unit=bureau.station, day=DAY, actor=BOSS)
    assert len(back(batch).kept) == 1
    assert ContactRecord.objects.count() == 1
    assert "feedback: 1 step hangs on it now" in why(batch)[
        "张伟"
    ] or "feedback, state: received → assigned" in str(why(batch))


@pytest.mark.parametrize(
    "second", [{"summary": "Thanks a lot."}, {"feedback": "Lamp"}, {"summary": "Hm.", "feedback": "Lamp"}]
)
def test_a_correction_of_a_contact_goes_back_to_the_record_before(
    bureau: Bureau, imported: Import, second: dict[str, str]
) -> None:
    imported(call(bureau, feedback="Light"))
    before = world()
    batch = imported(call(bureau, feedback="Light") | second)
    assert batch.updated_count == 1
    back(batch)
    assert world() == before
    assert (batch.gone_count, batch.restored_count) == (0, 1)
    assert imported(call(bureau, feedback="Light") | second).updated_count == 1


# --- whose they are ------------------------------------------------------------------------------------------


def test_who_went_to_another_county_stays_and_is_not_shown(bureau: Bureau, imported: Import) -> None:
    carl = Actor(bureau.carl)
    first = imported(deputy(), by=bureau.carl)
    batch = imported(deputy(备注="换届"), by=bureau.carl)
    person = Stakeholder.objects.get(name="钱正明")
    Stakeholder.objects.filter(pk=person.pk).update(unit=bureau.other_station, address="宜兴市某处")

    for one in (batch, first):
        assert back(one, carl).kept == {person.pk}
        assert why(one, bureau.carl) == {"钱正明": ["It belongs to a unit that you do not coordinate."]}

    person.refresh_from_db()
    assert person.remark == "换届"
    assert len(back(batch, Actor(bureau.carol)).restored) == 1


# --- the deed ------------------------------------------------------------------------------------------------


def test_a_reason_is_needed(imported: Import) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        taking_back.take_back(imported(deputy()), actor=BOSS, reason=" ", now=NOW)


def test_of_two_clicks_one_wins_and_the_other_is_told(imported: Import) -> None:
    batch = imported(deputy(), deputy("孙立", 手机="13900001001"))
    Stakeholder.objects.filter(name="孙立").update(remark="new")
    taking_back.take_back(batch, actor=BOSS, reason="why", now=NOW)
    with pytest.raises(ValidationError, match="meanwhile"):
        taking_back.take_back(batch, actor=BOSS, reason="why", now=NOW)
    assert AuditEntry.objects.filter(action="take back import").count() == 1


def test_the_rest_goes_once_nothing_stands_in_the_way(imported: Import) -> None:
    batch = imported(deputy(), deputy("孙立", 手机="13900001001"))
    Stakeholder.objects.filter(name="孙立").update(remark="new")
    assert len(back(batch).kept) == 1
    Stakeholder.objects.filter(name="孙立").update(remark="")
    assert len(back(batch).gone) == 1
    assert (batch.gone_count, batch.stayed_count, batch.may_be_taken_back) == (2, 0, False)
    with pytest.raises(ValidationError, match="nothing of it stayed"):
        taking_back.look(batch, actor=BOSS, now=NOW)


def test_what_was_imported_before_there_were_journals_is_refused(imported: Import) -> None:
    batch = imported(deputy())
    ImportBatch.objects.update(journal=None)
    batch.refresh_from_db()
    with pytest.raises(ValidationError, match="Correct by hand"):
        taking_back.look(batch, actor=BOSS, now=NOW)


def test_a_dry_run_keeps_no_journal_and_looking_changes_nothing(imported: Import, tmp_path: Path) -> None:
    file = wuxi.csv_file(tmp_path, [deputy()])
    running.apply(running.read(file, file.name), file.name, wuxi.context(), dry_run=True)
    assert not Journal.objects.exists()
    assert not JournalLine.objects.exists()
    batch, before = imported(deputy()), world()
    assert len(taking_back.look(batch, actor=BOSS, now=NOW).gone) == 1
    assert world() == before
    assert not JournalLine.objects.filter(undone=True).exists()


def test_what_is_ordered_the_worker_carries_out_once(imported: Import, bureau: Bureau) -> None:
    batch = imported(deputy())
    taking_back.order(batch, actor=Actor(bureau.carol, "10.0.0.7"), reason="the wrong file")
    batch.refresh_from_db()
    assert (batch.state, Stakeholder.objects.count()) == ("taking_back", 2)
    with pytest.raises(ValidationError, match="already"):
        taking_back.order(batch, actor=BOSS, reason="why")
    assert (taking_back.carry_out(NOW), taking_back.carry_out(NOW)) == (1, 0)
    batch.refresh_from_db()
    assert (batch.state, batch.order, Stakeholder.objects.count()) == ("taken_back", None, 1)
    entry = AuditEntry.objects.get(action="take back import")
    assert (entry.officer, entry.address, entry.reason) == (bureau.carol, "10.0.0.7", "the wrong file")


def test_dropped_files_are_none_to_take_back(bureau: Bureau) -> None:
    batch = ImportBatch.objects.create(file_name="x.csv", kind="units", pairings_from=DAY)
    batches.drop(batch, BOSS)
    with pytest.raises(ValidationError, match="applied"):
        taking_back.look(ImportBatch.objects.get(), actor=BOSS, now=NOW)
