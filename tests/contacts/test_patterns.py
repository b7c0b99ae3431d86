"""Patterns are questions with harmless reasons: when there is one, who asks it of whom, and what becomes of the answer."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contacts.clock import last_workday
from contacts.handling import correct_contact
from contacts.models import Actor, AuditEntry, ContactRecord, Gathering, Officer, PatternNote
from contacts.months import Month
from contacts.patterns import Entry, Limits, bursts, evening, note_answer, questions, repeats
from schedules.models import DayOverride
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at

LIMITS = Limits()
OCTOBER = Month(dt.date(2026, 10, 1))
LIST = reverse("contacts:question-list")
LAST_DAY = dt.date(2026, 10, 30)  # a Friday; the 31st is a Saturday
SENTENCE = "电话联系，了解近况，宣传防范诈骗。"


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(at("2026-11-18 10:30"), tick=False):
        yield


# --- many within minutes -------------------------------------------------------------------------------------


def seconds(*moments: int) -> list[Entry]:
    """Contacts so many seconds after ten o'clock, entered at noon."""
    ten = dt.datetime(2026, 10, 15, 10)
    return [Entry(ten + dt.timedelta(seconds=moment), ten + dt.timedelta(hours=2)) for moment in moments]


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([], []),
        ([0] * 9, []),  # one too few
        ([0] * 10, [("10:00", "10:00", 10)]),
        ([*range(0, 540, 60), 600], [("10:00", "10:10", 10)]),  # ten minutes, both ends included
        ([*range(0, 540, 60), 601], []),  # and a second
        ([*range(0, 1200, 60)], [("10:00", "10:19", 20)]),  # overlapping: one stretch
        ([0] * 10 + [3600] * 10, [("10:00", "10:00", 10), ("11:00", "11:00", 10)]),  # two of them
        ([*range(0, 36000, 600)], []),  # a day full of calls
        ([0, *[3600] * 10, 7200], [("11:00", "11:00", 10)]),  # what stands apart is not part of it
    ],
)  # fmt: skip
def test_ten_within_ten_minutes_are_asked_about(moments, expected):
    found = [
        (f"{one.first:%H:%M}", f"{one.last:%H:%M}", one.count) for one in bursts(seconds(*moments), LIMITS)
    ]

    assert found == expected


@given(st.lists(st.integers(0, 4000), max_size=60), st.randoms())
def test_every_stretch_holds_what_lies_in_it_and_none_is_left_out(moments, chance):
    entries = seconds(*moments)
    found = list(bursts(entries, LIMITS))
    chance.shuffle(entries)
    assert list(bursts(entries, LIMITS)) == found

    times = sorted(entry.at for entry in entries)
    dense = {
        time
        for first, last in zip(times, times[9:], strict=False)
        if last - first <= dt.timedelta(minutes=10)
        for time in times
        if first <= time <= last
    }
    assert dense == {time for one in found for time in times if one.first <= time <= one.last}
    assert sum(one.count for one in found) == sum(time in dense for time in times)


# --- one sentence again and again ----------------------------------------------------------------------------


def saying(*summaries: str) -> list[Entry]:
    """One a day from the first of October on."""
    days = [dt.datetime(2026, 10, 1, 9) + dt.timedelta(days=number) for number in range(len(summaries))]
    return [Entry(day, day, summary) for day, summary in zip(days, summaries, strict=True)]


@pytest.mark.parametrize(
    ("summaries", "count"),
    [
        ([SENTENCE] * 14, 0),
        ([SENTENCE] * 15, 15),
        ([SENTENCE] * 14 + ["了解近况，宣传防范诈骗。"], 0),
        ([SENTENCE] * 14 + [" 电话联系,了解近况,宣传防范诈骗"], 15),  # stops, blanks and widths aside
        (["Called. All is well."] * 8 + ["called – ALL is well"] * 7, 15),
        (["一二三四五六七八"] * 20, 0),  # eight characters: a short word is used often
        (["一二三四五六七八九"] * 20, 20),
        (["。" * 30] * 20, 0),
        ([""] * 20, 0),
    ],
)  # fmt: skip
def test_one_sentence_fifteen_times_is_asked_about(summaries, count):
    assert sum(one.count for one in repeats(saying(*summaries), LIMITS)) == count


def test_each_sentence_is_a_question_of_its_own():
    found = list(repeats(saying(*[SENTENCE] * 15, *["Told everybody of the new office."] * 15), LIMITS))

    assert len({one.key for one in found}) == 2


# --- a month entered on its last evening ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "entered", "others", "expected"),
    [
        (10, "2026-10-30 18:00", 0, 1),
        (9, "2026-10-30 18:00", 0, 0),
        (10, "2026-10-30 17:59", 0, 0),
        (10, "2026-10-30 23:59", 0, 1),
        (10, "2026-10-31 00:00", 0, 0),
        (10, "2026-10-29 20:00", 0, 0),
        (10, "2026-10-30 18:00", 1, 1),  # ten of eleven
        (10, "2026-10-30 18:00", 2, 0),  # ten of twelve
        (18, "2026-10-30 18:00", 2, 1),  # nine tenths to the dot
        (17, "2026-10-30 18:00", 2, 0),
    ],
)
def test_nearly_a_whole_month_entered_on_its_last_evening_is_asked_about(late, entered, others, expected):
    made, noon = dt.datetime(2026, 10, 12, 9), dt.datetime(2026, 10, 12, 12)
    entries = [Entry(made, dt.datetime.fromisoformat(entered))] * late + [Entry(made, noon)] * others

    assert len(list(evening(entries, LAST_DAY, LIMITS))) == expected


def test_the_last_working_day_is_the_bureau_s(db):
    assert last_workday(*OCTOBER.days) == LAST_DAY
    DayOverride.objects.create(day=LAST_DAY, is_working=False)
    assert last_workday(*OCTOBER.days) == dt.date(2026, 10, 29)
    assert last_workday(dt.date(2026, 10, 31), dt.date(2026, 10, 31)) == dt.date(2026, 10, 31)


# --- who asks whom -------------------------------------------------------------------------------------------


def burst(who: Officer, day: str = "2026-10-15", count: int = 10, **fields) -> None:
    """So many contacts from ten o'clock on, one a minute, entered in the evening."""
    person = factories.stakeholder("王芳", who.unit)
    for minute in range(count):
        when = at(f"{day} 10:{minute:02d}")
        factories.record(person, who, when, recorded_at=at(f"{day} 20:00"), **fields)


def page(who: Officer, month: str = "2026-10") -> str:
    return sign_in(who).get(LIST, {"month": month}).content.decode()


def answer(who: Officer, of: Officer, key: str = "burst-20261015T1000", month: str = "2026-10", **said: str):
    address = reverse("contacts:question-answer", args=[month, of.pk, key])
    return sign_in(who).post(address, {"explanation": "together", "note": ""} | said, follow=True)


def test_it_is_a_question_in_words(bureau):
    burst(bureau.alice, count=12)
    html = page(bureau.carl)

    assert (
        "Alice: 12 contacts between 10:00 and 10:11 on 2026-10-15. Were they made one after the other and entered together?"
        in html
    )
    assert "one occasion with several people" in sign_in(bureau.carl).get(
        reverse("contacts:question-answer", args=["2026-10", bureau.alice.pk, "burst-20261015T1000"])
    ).content.decode()  # fmt: skip


def test_attempts_and_what_does_not_count_raise_no_question(bureau):
    burst(bureau.alice, outcome="no_answer")
    burst(bureau.alice, voided_at=at("2026-10-16 09:00"), void_reason="twice")

    assert questions(bureau.carl, OCTOBER) == []


def test_all_who_were_at_one_gathering_raise_no_question(bureau):
    gathering = Gathering.objects.create(
        title="Briefing", occurred_at=at("2026-10-15 10:00"), officer=bureau.alice
    )
    burst(bureau.alice, kind="meeting", gathering=gathering)

    assert "Alice" not in page(bureau.carl)


def test_they_stand_by_unit_and_day_whoever_has_how_many(bureau):
    eve = factories.officer("Eve", bureau.station)
    burst(bureau.dan)
    burst(eve, "2026-10-20", 30)
    burst(bureau.alice, "2026-10-13")
    burst(bureau.alice, "2026-10-22", 40)

    found = [(one.officer.name, one.day.day) for one in questions(bureau.carol, OCTOBER)]
    assert found == [("Alice", 13), ("Eve", 20), ("Alice", 22), ("Dan", 15)]


def test_a_county_asks_its_own_stations_and_nobody_asks_their_own_unit(bureau):
    for who in (bureau.alice, bureau.dan, bureau.lin):
        burst(who)

    assert [one.officer for one in questions(bureau.carl, OCTOBER)] == [bureau.alice]
    assert [one.officer for one in questions(bureau.carol, OCTOBER)] == [bureau.lin, bureau.alice, bureau.dan]
    assert answer(bureau.carl, bureau.lin).status_code == 404
    assert answer(bureau.carl, bureau.dan).status_code == 404
    assert not PatternNote.objects.exists()


@pytest.mark.parametrize("who", ["alice", "bob", "lin", "lea", "dan", "rita", "sue", "ann"])
def test_nobody_but_coordinators_sees_or_answers_them(bureau, who):
    burst(bureau.alice)

    assert sign_in(getattr(bureau, who)).get(LIST).status_code == 403
    assert answer(getattr(bureau, who), bureau.alice).status_code == 403
    assert not PatternNote.objects.exists()


def test_what_was_corrected_on_the_last_evening_was_entered_before(bureau):
    people = [factories.stakeholder(f"陈{number}", bureau.station) for number in range(10)]
    made = [
        factories.record(who, bureau.alice, at(f"2026-10-{day:02d} 09:00"))
        for day, who in enumerate(people, 1)
    ]
    with time_machine.travel(at("2026-10-30 19:00"), tick=False):
        for record in made:
            correct_contact(record, {"summary": "With a comma."}, actor=Actor(bureau.alice))
    assert questions(bureau.carl, OCTOBER) == []

    ContactRecord.objects.filter(superseded_by=None).update(supersedes=None)
    assert [one.finding.rule for one in questions(bureau.carl, OCTOBER)] == ["evening"]


def test_more_to_ask_takes_no_more_questions(bureau):
    def cost() -> int:
        client = sign_in(bureau.carol)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST, {"month": "2026-10"})
        return len(captured)

    burst(bureau.alice)
    answer(bureau.carl, bureau.alice)
    before = cost()
    assert before <= 11
    for number in range(4):
        burst(factories.officer(f"O{number}", bureau.other_station), f"2026-10-{20 + number}")

    assert cost() == before


@pytest.mark.parametrize("month", ["2026-10", "2026-13", "x"])
def test_nothing_to_ask_is_said(bureau, month):
    assert "There is nothing to ask about this month." in page(bureau.carol, month)


# --- the answer ----------------------------------------------------------------------------------------------


def test_an_answer_settles_the_question_and_changes_nothing_else(bureau):
    burst(bureau.alice)
    html = answer(
        bureau.carl, bureau.alice, explanation="occasion", note="The meeting of the street."
    ).content.decode()
    note, entry = PatternNote.objects.get(), AuditEntry.objects.first()

    assert (note.asked_by, note.asked_at) == (bureau.carl, at("2026-11-18 10:30"))
    assert (entry.action, entry.officer, entry.reason) == (
        "note answer to a question", bureau.carl, "The meeting of the street.",
    )  # fmt: skip
    assert "one occasion with several people" in html
    assert "The meeting of the street." in html
    assert "Note the answer" not in html
    assert ContactRecord.objects.live().count() == 10


@pytest.mark.parametrize("minutes", [-8, 1])
def test_what_was_answered_stays_answered_when_the_stretch_grows_or_shrinks_at_its_beginning(bureau, minutes):
    burst(bureau.alice, count=11)
    answer(bureau.carl, bureau.alice)
    if minutes < 0:
        factories.record(bureau.deputy, bureau.alice, at("2026-10-15 09:52"))
    else:
        first = ContactRecord.objects.order_by("pk").first()
        correct_contact(first, {"occurred_at": at("2026-10-15 10:05")}, actor=Actor(bureau.alice))

    (question,) = questions(bureau.carl, OCTOBER)
    assert question.note == PatternNote.objects.get()


def test_the_same_answer_twice_is_one(bureau):
    burst(bureau.alice)
    asked = questions(bureau.carl, OCTOBER)[0]
    answer(bureau.carl, bureau.alice)

    assert "Somebody asked this already." in answer(bureau.carl, bureau.alice).content.decode()
    with pytest.raises(ValidationError, match="already"):
        note_answer(asked, OCTOBER, explanation="notes", actor=Actor(bureau.carol))
    assert PatternNote.objects.count() == 1


def test_something_else_is_said_in_words(bureau):
    burst(bureau.alice)

    assert (
        "Say what it was."
        in answer(bureau.carl, bureau.alice, explanation="other", note=" ").content.decode()
    )
    assert not PatternNote.objects.exists()


def test_what_was_asked_stays_to_be_read_when_the_records_are_corrected(bureau):
    burst(bureau.alice)
    answer(bureau.carl, bureau.alice)
    for number, record in enumerate(ContactRecord.objects.all()):
        correct_contact(
            record, {"occurred_at": at(f"2026-10-15 {number + 8:02d}:00")}, actor=Actor(bureau.alice)
        )
    html = page(bureau.carl)

    assert "Asked before the records were corrected" in html
    assert "Alice: 10 contacts between 10:00 and 10:09 on 2026-10-15." in html
    assert "Alice" not in page(bureau.carl, "2026-11")
    bureau.alice.unit = bureau.other_station
    bureau.alice.save()
    assert "Alice" not in page(bureau.carl)


@pytest.mark.parametrize(
    ("month", "key"), [("2026-10", "burst-20261015T1001"), ("2026-13", "burst-20261015T1000"), ("2026-09", "evening")]
)  # fmt: skip
def test_what_nobody_asks_is_not_there(bureau, month, key):
    burst(bureau.alice)

    assert answer(bureau.carl, bureau.alice, key, month).status_code == 404
