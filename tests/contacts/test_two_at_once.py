"""Two officers at the same moment, each on a connection of their own: nobody waits for ever, and nothing is done twice."""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from contacts import answering, assigning, feedback_steps, topics
from contacts.handling import correct_contact
from contacts.models import Actor, Answer, ContactRecord, Feedback, ReportCopy, Telling, Topic
from contacts.work_reports import issuing, writing
from contacts.work_reports.delivering import deliver
from schedules.notices import feedback as notices
from schedules.notices.hours import Moment
from schedules.workdays import Workdays
from tests import factories
from tests.base import PATIENCE
from tests.schedules.scenes import at, day

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TODAY = day("2026-11-18")


def at_once(*deeds):
    """Each in a thread of its own, begun together; what each returned, or the words with which it was refused."""
    start = threading.Barrier(len(deeds))

    def do(deed):
        try:
            start.wait(PATIENCE)
            return deed()
        except ValidationError as refused:
            return refused.messages[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds, timeout=PATIENCE))


@pytest.fixture
def slowly(monkeypatch):
    """After the first lock of a deed it waits for the other one to have its first too, or for a moment."""
    met = threading.Barrier(2)
    plain = feedback_steps.locked

    def locked(feedback):
        found = plain(feedback)
        with suppress(threading.BrokenBarrierError):  # the other one waits for the lock
            met.wait(0.4)
        return found

    for module in (feedback_steps, assigning, answering, topics):
        if hasattr(module, "locked"):
            monkeypatch.setattr(module, "locked", locked)


@pytest.fixture
def items(bureau):
    return [factories.feedback(bureau.deputy, bureau.alice, day("2026-11-02")) for _number in range(2)]


def test_two_who_put_the_same_items_together_from_either_end(bureau, items, slowly):
    one, other = items
    alice, bob = Actor(bureau.alice), Actor(bureau.bob)
    said = at_once(
        partial(assigning.put_together, one, other, actor=alice),
        partial(assigning.put_together, other, one, actor=bob),
    )

    assert sorted(said, key=str) == [None, "These stand together already."]
    assert one.steps.filter(deed="linked").count() == 1


def test_two_who_merge_two_topics_into_each_other(bureau):
    lamps, roads = (Topic.objects.create(name=name) for name in ("Lamps", "Roads"))
    carol = Actor(bureau.carol)
    said = at_once(
        partial(topics.merge_topics, lamps, roads, actor=carol),
        partial(topics.merge_topics, roads, lamps, actor=carol),
    )

    assert sorted(said, key=str) == [0, "Somebody merged one of them meanwhile. Look at the list again."]
    assert Topic.objects.filter(pk__in=[lamps.pk, roads.pk]).count() == 1


def test_a_topic_is_merged_while_items_are_filed_under_it_or_come_in(bureau, items, slowly):
    lamps, roads = (Topic.objects.create(name=name) for name in ("Lamps", "Roads"))
    Feedback.objects.update(topic=lamps)
    new = Feedback(stakeholder=bureau.deputy, topic=lamps, text="Dark.")
    alice = Actor(bureau.alice)
    _moved, *said = at_once(
        partial(topics.merge_topics, lamps, roads, actor=Actor(bureau.carol)),
        partial(topics.file_under, items[0], roads, [lamps], actor=alice),
        partial(assigning.receive_feedback, new, received_on=TODAY, received_by=bureau.alice, actor=alice),
    )

    assert not Topic.objects.filter(pk=lamps.pk).exists()
    assert set(Feedback.objects.values_list("topic", flat=True)) == {roads.pk}
    refused = "Somebody merged this topic with another one meanwhile. Choose again."
    assert all(one in {None, refused} or isinstance(one, Feedback) for one in said)


def test_two_who_answer_and_tell_at_once_tell_one_answer(bureau, items):
    records = [
        factories.record(bureau.deputy, bureau.alice, at(f"2026-11-10 {hour}:00")) for hour in ("09", "10")
    ]
    said = at_once(
        *(
            partial(
                answering.answer_feedback,
                items[0],
                answer="Done.",
                result="solved",
                record=record,
                actor=Actor(bureau.alice),
            )
            for record in records
        )
    )

    assert said.count(None) == 1
    assert Answer.objects.count() == Telling.objects.count() == 1


def test_a_contact_is_corrected_while_the_answer_in_it_is_told(bureau, items):
    """Whichever comes first: the answer is told in a contact that counts, or not told."""
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-10 09:00"))
    answering.prepare_answer(items[0], text="Done.", result="solved", actor=Actor(bureau.alice))
    at_once(
        partial(answering.tell, items[0], record, actor=Actor(bureau.alice)),
        partial(correct_contact, record, {"summary": "Longer."}, actor=Actor(bureau.alice)),
    )

    told = ContactRecord.objects.filter(tellings__isnull=False)
    assert all(one.is_live for one in told)
    items[0].refresh_from_db()
    assert (items[0].state == "answered") == told.exists()


def test_what_a_deed_says_while_a_pass_looks_is_looked_at_again(bureau, items, monkeypatch):
    """The pass has read the item and not yet written when it will look at it again."""
    read, begun, done = notices._histories, threading.Event(), threading.Event()

    def slowly(some):
        begun.set()
        done.wait(0.5)
        return read(some)

    monkeypatch.setattr(notices, "_histories", slowly)

    def look():
        with transaction.atomic():
            return len(notices.untold(Moment(at("2026-11-18 09:00"), Workdays.load())))

    def assign():
        begun.wait(PATIENCE)
        assigning.assign_feedback(items[0], unit=bureau.county, day=TODAY, actor=Actor(bureau.bob))
        done.set()

    at_once(look, assign)

    items[0].refresh_from_db()
    assert items[0].state == "assigned"
    assert items[0].look_on is None


def held(item, deed):
    """`deed` begins while another connection has the item, and goes on once that has assigned it to the county."""
    begun, waiting = threading.Event(), threading.Event()

    def assign():
        with transaction.atomic():
            assigning.assign_feedback(item, unit=item.unit.parent, day=TODAY, actor=Actor(item.received_by))
            begun.set()
            waiting.wait(0.4)

    def after():
        begun.wait(PATIENCE)
        try:
            return deed()
        finally:
            waiting.set()

    return at_once(assign, after)[1]


def test_who_waited_for_an_item_that_went_to_another_unit_meanwhile_finds_it_there(bureau, items):
    said = held(
        items[0], lambda: assigning.take_up(items[0], handler=bureau.alice, actor=Actor(bureau.alice))
    )
    assert said == "Choose somebody of 江阴市局 who may sign in."
    said = held(
        items[1],
        lambda: assigning.assign_feedback(items[1], unit=bureau.bureau, day=TODAY, actor=Actor(bureau.bob)),
    )
    assert said is None
    assert Feedback.objects.get(pk=items[1].pk).unit == bureau.bureau


def test_a_pass_that_waited_while_an_answer_was_told_reads_the_answer_too(bureau, items):
    """Else nobody would ever be asked to ask how satisfied they are."""
    record = factories.record(bureau.deputy, bureau.alice, at("2026-11-17 09:00"))
    begun, waiting = threading.Event(), threading.Event()

    def tell():
        with transaction.atomic():
            answering.answer_feedback(
                items[0], answer="Done.", result="solved", record=record, actor=Actor(bureau.alice)
            )
            begun.set()
            waiting.wait(0.4)

    def look():
        begun.wait(PATIENCE)
        with transaction.atomic():
            return [line.stage for line in notices.untold(Moment(at("2026-11-18 09:00"), Workdays.load()))]

    found = at_once(tell, look)[1]
    items[0].refresh_from_db()
    assert "rate" in found or items[0].look_on == day("2026-11-18") or items[0].look_on is None


@pytest.fixture
def copy(bureau):
    with time_machine.travel(at("2026-11-18 09:00"), tick=False):
        factories.work_report(bureau, "issued")
    return ReportCopy.objects.get()


def handed_over(copy, bureau):
    record = ContactRecord(
        stakeholder=bureau.deputy, officer=bureau.alice, kind="report", occurred_at=at("2026-11-18 10:00"), submission=uuid.uuid4()
    )  # fmt: skip
    return partial(deliver, copy, record, method="in_person", actor=Actor(bureau.alice))


def test_two_who_hand_one_letter_over_log_one_contact(bureau, copy):
    said = at_once(handed_over(copy, bureau), handed_over(copy, bureau))

    assert sum(isinstance(one, str) and one.startswith("It was handed over on") for one in said) == 1
    assert ContactRecord.objects.count() == copy.deliveries.count() == 1


def test_a_letter_that_is_handed_over_while_it_is_renewed_is_the_one_they_got_or_the_new_one(
    bureau, copy, monkeypatch
):
    """Locked while the newer text is put into it: nobody hands over what changes in their hands."""
    report, plain = copy.report, issuing.outdated
    writing.write(report, text="More.", seen=1, actor=Actor(bureau.bob), now=at("2026-11-18 09:30"))
    with time_machine.travel(at("2026-11-18 09:30"), tick=False):
        factories.work_report(bureau, "approved")
    begun, seen = threading.Event(), []

    def slowly(report):
        found = list(plain(report))
        begun.set()
        time.sleep(0.3)
        return found

    def hand_over():
        begun.wait(PATIENCE)
        made, _said = handed_over(copy, bureau)()
        seen.append(ReportCopy.objects.get(pk=copy.pk).version.number)
        return made

    monkeypatch.setattr(issuing, "outdated", slowly)
    at_once(partial(issuing.issue, report, actor=Actor(bureau.carl), now=at("2026-11-18 10:00")), hand_over)

    assert seen == [ReportCopy.objects.get().version.number]
