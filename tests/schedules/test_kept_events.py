"""Events are written once per change and kept: what is put together from kept ones is what would be written anew."""

import datetime as dt
import io
import itertools

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contacts.handling import void_contact
from contacts.models import Actor, Stakeholder
from schedules import calendars
from schedules.calendars import Calendar, Wishes, events, keeping
from schedules.calendars.selecting import CHUNK
from schedules.handling import move, unwaive, waive
from schedules.models import CalendarEvent, CyclePolicy, Obligation, PolicyVersion
from tests import factories
from tests.schedules.scenes import at, content, owe

NOW = at("2026-11-11 09:00")
VARIANTS = [
    Wishes(names=names, alarm=alarm, language=language)
    for names, alarm, language in itertools.product((True, False), (True, False), ("zh-hans", "en"))
]


@pytest.fixture
def call(bureau):
    return owe(bureau.deputy, planned_on=dt.date(2026, 11, 16))


def ics(officer, wishes: Wishes | None = None) -> bytes:
    return content(Calendar(calendars.of_officer(officer, officer, NOW), wishes or Wishes()))


def written_anew(officer, wishes: Wishes | None = None) -> bytes:
    CalendarEvent.objects.all().delete()
    return ics(officer, wishes)


@pytest.fixture
def no_writing(monkeypatch):
    """Call it, and from then on an event that has to be written fails the test."""

    def refuse(event):
        raise AssertionError(f"{event.uid} was written")

    return lambda: monkeypatch.setattr(keeping, "serialised", refuse)


def test_what_is_kept_is_not_written_again(bureau, call, no_writing):
    first = ics(bureau.alice)
    no_writing()

    assert ics(bureau.alice) == first
    assert CalendarEvent.objects.get().obligation == call


def test_every_variant_is_kept_by_itself_and_reads_the_same(bureau, call):
    owe(bureau.deputy, "2026-Q4", "visit", planned_on=dt.date(2026, 12, 2), planned_time=dt.time(9, 30))
    factories.record(bureau.deputy, bureau.alice, at("2026-11-10 10:00"))
    kept = [ics(bureau.alice, wishes) for wishes in VARIANTS * 2]

    assert CalendarEvent.objects.count() == 2 * len(VARIANTS)
    assert kept == [written_anew(bureau.alice, wishes) for wishes in VARIANTS * 2]
    assert len({*kept}) == len(VARIANTS)


def _rename(bureau, call):
    Stakeholder.objects.update(name="张玮")


def _rename_policy(bureau, call):
    CyclePolicy.objects.filter(code="call").update(name="月度走访")


def _recode_policy(bureau, call):
    CyclePolicy.objects.filter(code="call").update(code="ring")


def _other_kind(bureau, call):
    PolicyVersion.objects.filter(policy__code="call").update(kind="meeting")


def _move(bureau, call):
    move(call, day=dt.date(2026, 11, 20), actor=Actor(bureau.alice), now=NOW)


def _set_an_hour(bureau, call):
    move(call, day=call.planned_on, time=dt.time(14, 30), actor=Actor(bureau.alice), now=NOW)


def _due_earlier(bureau, call):
    Obligation.objects.update(due_on=dt.date(2026, 11, 27))


def _touch(bureau, call):
    Obligation.objects.update(changed_at=NOW)


def _count_a_change(bureau, call):
    Obligation.objects.update(sequence=7)


def _meet(bureau, call):
    factories.record(bureau.deputy, bureau.alice, at("2026-11-10 10:00"))


def _meet_and_void(bureau, call):
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-10 10:00"))
    void_contact(record, reason="wrong person", actor=Actor(bureau.alice))


def _waive_and_back(bureau, call):
    waive(call, reason="abroad", actor=Actor(bureau.bob), now=NOW)
    unwaive(call, actor=Actor(bureau.bob), now=NOW + dt.timedelta(minutes=1))


def _waive(bureau, call):
    waive(call, reason="abroad", actor=Actor(bureau.bob), now=NOW)


def _withdraw(bureau, call):
    Obligation.objects.update(withdrawn_at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        _rename, _rename_policy, _recode_policy, _other_kind, _move, _set_an_hour, _due_earlier, _touch, _count_a_change,
        _meet, _meet_and_void, _waive_and_back, _waive, _withdraw,
    ],
)  # fmt: skip
def test_whatever_changes_is_seen_at_once_though_nobody_clears_what_is_kept(bureau, call, change):
    before, wishes = ics(bureau.alice), Wishes()
    sealed = Calendar(calendars.of_officer(bureau.alice, bureau.alice, NOW), wishes).etag()
    change(bureau, call)
    after = ics(bureau.alice)

    assert after != before
    assert Calendar(calendars.of_officer(bureau.alice, bureau.alice, NOW), wishes).etag() != sealed
    assert after == written_anew(bureau.alice)


def test_another_address_of_the_site_and_another_format_are_seen_too(bureau, call, monkeypatch):
    before = ics(bureau.alice)
    with override_settings(BASE_URL="https://liaison.example"):
        moved = ics(bureau.alice)
        assert b"@liaison.example" in moved
        assert b"testserver" not in moved
        assert moved == written_anew(bureau.alice)
    assert ics(bureau.alice) == before

    mark = CalendarEvent.objects.get().fingerprint
    monkeypatch.setattr(events, "FORMAT", "2")
    ics(bureau.alice)
    assert CalendarEvent.objects.get().fingerprint != mark


def test_the_etag_is_known_without_the_bytes_and_differs_with_them(bureau, call):
    def sealed(wishes: Wishes) -> tuple[str, str, bytes]:
        calendar, target = (
            Calendar(calendars.of_officer(bureau.alice, bureau.alice, NOW), wishes),
            io.BytesIO(),
        )
        return calendar.etag(), calendar.write(target).etag, target.getvalue()

    found = [sealed(wishes) for wishes in [*VARIANTS, Wishes(title="a"), Wishes(title="b")]]
    assert all(before == after for before, after, _bytes in found)
    assert len({etag for etag, _after, _bytes in found}) == len({whole for _b, _a, whole in found}) == 10


def test_a_language_that_is_active_is_the_readers(bureau, call):
    with translation.override("zh-hans"):
        assert ics(bureau.alice) == ics(bureau.alice, Wishes(language="zh-hans"))
        assert ics(bureau.alice, Wishes(language="en")) != ics(bureau.alice)


def test_a_calendar_is_given_out_even_if_its_events_can_not_be_kept(bureau, call, monkeypatch, caplog):
    monkeypatch.setattr(keeping, "SQL", "INSERT INTO nowhere {places}")
    assert b"BEGIN:VEVENT" in ics(bureau.alice)
    assert not CalendarEvent.objects.exists()
    assert "could not be kept" in caplog.text


def test_what_no_subscription_shows_any_more_goes(bureau, call):
    ics(bureau.alice)
    assert keeping.let_go(NOW) == 0
    assert keeping.let_go(at("2027-02-14 09:00")) == 0  # 90 days after the planned day it is still shown
    assert keeping.let_go(at("2027-02-15 09:00")) == 1


def test_an_obligation_that_is_deleted_takes_what_is_kept_with_it(bureau, call):
    ics(bureau.alice)
    call.delete()

    assert not CalendarEvent.objects.exists()


def test_thousands_of_kept_events_take_no_writing_and_a_few_queries(bureau, no_writing):
    """Two chunks and a bit: what is asked grows with chunks, not with events."""
    people = many(bureau, CHUNK // 12 + 1)
    calendar = Calendar(calendars.of_unit(bureau.bureau, bureau.carol, NOW, since=dt.date(2026, 1, 1)))
    cold = content(calendar)
    assert cold.count(b"BEGIN:VEVENT") == people * 12 > CHUNK
    no_writing()
    with CaptureQueriesContext(connection) as asked:
        warm = content(calendar)

    assert warm == cold
    chunks = 2
    assert len(asked) <= 2 + 3 * chunks  # versions, keys; of each chunk the rows, the records, the kept
    with CaptureQueriesContext(connection) as asked:
        assert calendar.etag()
    assert len(asked) <= 2 + 2 * chunks


def many(bureau, people: int) -> int:
    """So many people of Alice's with a call in every month of the year."""
    made = Stakeholder.objects.bulk_create(
        Stakeholder(name=f"王{number}", unit=bureau.station) for number in range(people)
    )
    for person in made:
        factories.pairing(bureau.alice, person)
    template = owe(bureau.deputy)
    template.delete()
    Obligation.objects.bulk_create(
        Obligation(
            stakeholder=person, policy=template.policy, version=template.version, period_key=f"2026-{month:02}",
            period_start=dt.date(2026, month, 1), period_end=dt.date(2026, month, 28), due_on=dt.date(2026, month, 28),
            planned_on=dt.date(2026, month, 10), changed_at=NOW,
        )
        for person in made for month in range(1, 13)
    )  # fmt: skip
    return people
