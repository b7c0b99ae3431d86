"""Importing what happened: contacts, and the feedback said in them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from contacts.handling import void_contact
from contacts.imports.results import Report
from contacts.models import Actor, AuditEntry, ContactRecord, Feedback, Officer
from tests import factories
from tests.contacts.imports import wuxi
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 31)
HEADERS = ("police_number", "stakeholder", "kind", "outcome", "occurred_at", "summary", "feedback")


@pytest.fixture
def imported(bureau: Bureau, tmp_path: Path) -> Any:
    def run(*rows: tuple, by: Officer | None = None) -> Report:
        cells = [dict(zip(HEADERS, row, strict=True)) for row in rows]
        return wuxi.import_file(wuxi.csv_file(tmp_path, cells), by, day=DAY)

    return run


@pytest.fixture
def call(bureau: Bureau) -> tuple:
    return (
        bureau.alice.police_number,
        bureau.deputy.number,
        "call",
        "reached",
        "2026-03-05 10:00",
        "Thanks.",
        "",
    )


def outcomes(report: Report) -> list[str]:
    return [result.outcome for result in report.results]


def test_a_row_becomes_a_record_of_whoever_made_the_contact(
    imported: Any, call: tuple, bureau: Bureau
) -> None:
    assert outcomes(imported(call)) == ["created"]
    record = ContactRecord.objects.get()
    assert (record.officer, record.stakeholder, record.kind, record.outcome) == (
        bureau.alice,
        bureau.deputy,
        "call",
        "reached",
    )
    assert record.occurred_at.isoformat() == "2026-03-05T02:00:00+00:00"
    assert (record.occurred_on, record.summary) == (dt.date(2026, 3, 5), "Thanks.")
    assert AuditEntry.objects.get(action="log contact").object_id == str(record.pk)


def test_who_imports_is_kept_beside_who_made_the_contact(imported: Any, call: tuple, bureau: Bureau) -> None:
    imported(call, by=bureau.carol)
    record = ContactRecord.objects.get()
    assert (record.officer, record.recorded_by) == (bureau.alice, bureau.carol)


def test_what_was_said_becomes_feedback_with_its_clock(imported: Any, call: tuple, bureau: Bureau) -> None:
    imported((*call[:-1], "路灯不亮"))
    feedback = Feedback.objects.get()
    assert (feedback.text, feedback.record, feedback.unit) == (
        "路灯不亮",
        ContactRecord.objects.get(),
        bureau.station,
    )
    assert feedback.received_on == dt.date(2026, 3, 5)
    assert feedback.due_on > feedback.received_on
    assert feedback.steps.get().state == "received"
    assert AuditEntry.objects.filter(action="receive feedback").count() == 1


def test_chinese_headers_and_words_are_understood(tmp_path: Path, bureau: Bureau) -> None:
    row = {
        "警号": bureau.alice.police_number,
        "联系对象": "张伟/13912345678",
        "联系方式": "走访",
        "联系结果": "无人接听",
        "联系时间": "2026年3月5日 10:00",
        "联系内容": "",
    }
    assert outcomes(wuxi.import_file(wuxi.csv_file(tmp_path, [row]), day=DAY)) == ["created"]
    assert ContactRecord.objects.values_list("kind", "outcome").get() == ("visit", "no_answer")


def test_the_same_row_again_changes_nothing(imported: Any, call: tuple) -> None:
    assert outcomes(imported(call, call)) == ["created", "unchanged"]
    assert outcomes(imported(call)) == ["unchanged"]
    assert ContactRecord.objects.count() == 1


def test_two_contacts_of_one_day_without_a_time_are_two(imported: Any, call: tuple) -> None:
    tried = (*call[:3], "no_answer", "2026-03-05", "", "")
    spoke = (*call[:3], "reached", "2026-03-05", "Thanks.", "")
    assert outcomes(imported(tried, spoke)) == ["created", "created"]
    assert outcomes(imported(tried, spoke)) == ["unchanged", "unchanged"]


def test_what_somebody_logged_already_is_not_told_twice(imported: Any, call: tuple, bureau: Bureau) -> None:
    at = dt.datetime(2026, 3, 5, 2, tzinfo=dt.UTC)
    factories.record(bureau.deputy, bureau.alice, at, kind="call", outcome="reached", summary="Thanks.")
    assert outcomes(imported(call)) == ["unchanged"]


def test_a_corrected_row_supersedes_the_record(imported: Any, call: tuple) -> None:
    imported(call)
    report = imported((*call[:5], "Thanks a lot.", "路灯不亮"))
    assert outcomes(report) == ["updated"]
    assert next(report.results).changes["summary"] == ["Thanks.", "Thanks a lot."]
    assert ContactRecord.objects.live().get().summary == "Thanks a lot."
    assert ContactRecord.objects.count() == 2
    assert Feedback.objects.get().record == ContactRecord.objects.live().get()
    assert outcomes(imported((*call[:5], "Thanks a lot.", "灯坏了"))) == ["updated"]
    assert Feedback.objects.get().text == "灯坏了"


def test_a_record_voided_by_hand_does_not_come_back(imported: Any, call: tuple, bureau: Bureau) -> None:
    imported(call)
    void_contact(ContactRecord.objects.get(), reason="the wrong person", actor=Actor(bureau.carol))
    assert outcomes(imported(call)) == ["unchanged"]
    assert outcomes(imported((*call[:5], "Corrected too late.", ""))) == ["unchanged"]
    assert not ContactRecord.objects.live().exists()


def test_a_contact_that_has_not_come_yet_is_pointed_out(imported: Any, call: tuple) -> None:
    report = imported((*call[:4], "2026-04-05 10:00", "", ""))
    assert (outcomes(report), wuxi.codes(report)) == (["created"], {(None, 2, "instant_future")})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({0: "999999"}, "officer_not_found"),
        ({1: "L999999"}, "stakeholder_not_found"),
        ({2: "smoke signal"}, "kind_unknown"),
        ({3: "delighted"}, "kind_unknown"),
        ({4: "yesterday"}, "instant_invalid"),
        ({5: "长" * 2001}, "text_too_long"),
    ],
)
def test_a_row_that_can_not_be_is_refused(
    imported: Any, call: tuple, change: dict[int, str], code: str
) -> None:
    report = imported(tuple(change.get(index, value) for index, value in enumerate(call)))
    assert (outcomes(report), wuxi.codes(report)) == (["rejected"], {(None, 2, code)})
    assert not ContactRecord.objects.exists()


def test_people_beyond_reach_are_not_found(imported: Any, call: tuple, bureau: Bureau) -> None:
    stranger = factories.stakeholder("李强", bureau.other_station, mobile="+8613900000007")
    rows = [(call[0], who, *call[2:]) for who in (stranger.number, "李强/13900000007", "李强")]
    report = imported(*rows, by=bureau.carl)
    assert {code for _sheet, _row, code in wuxi.codes(report)} == {"stakeholder_not_found"}
