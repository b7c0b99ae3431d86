"""Work reports in the inbox: Carl writes for the county, Lin leads it and approves, Lea leads the bureau."""

import pytest
import time_machine
from django.core import mail

from contacts.models import Actor, UnitRole
from contacts.work_reports import writing
from schedules.models import NoticeLine, ReportStage
from schedules.passes import run_schedule
from schedules.verify import verify
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at

SEEN = at("2026-11-18 08:50")


@pytest.fixture
def report(bureau):
    return writing.begin(bureau.county, "2026-H2", text="We did.", actor=Actor(bureau.carl), now=SEEN)


def hand_in(report, officer):
    with time_machine.travel(SEEN, tick=False):
        writing.submit(report, actor=Actor(officer))


def approve(report, leader, seen=1):
    writing.approve(report, seen=seen, actor=Actor(leader), now=SEEN)


def passes(*instants):
    for instant in instants:
        with time_machine.travel(at(f"2026-11-{instant}"), tick=False):
            run_schedule(at(f"2026-11-{instant}"))


def told() -> list[tuple[str, str]]:
    lines = NoticeLine.objects.told().filter(stage__in=ReportStage.values)
    return sorted(lines.values_list("stage", "recipient__name"))


def test_handed_in_again_as_it_is_it_is_told_again(report, bureau):
    for day in ("18", "19"):
        hand_in(report, bureau.carl)
        passes(f"{day} 09:00", f"{day} 09:01")
        writing.send_back(report, reason="Say more.", actor=Actor(bureau.lin))
        passes(f"{day} 10:00", f"{day} 10:01")

    assert told() == [("sent_back", "Carl")] * 2 + [("to_approve", "Lin")] * 2


def test_the_leader_hears_of_what_waits_and_the_writer_of_what_became_of_it_each_once(bureau, report):
    passes("18 08:59")
    assert told() == []
    hand_in(report, bureau.carl)
    passes("18 09:00", "18 09:01", "19 09:00")
    assert told() == [("to_approve", "Lin")]

    writing.send_back(report, reason="Say more of the lamps.", actor=Actor(bureau.lin))
    passes("19 10:00", "19 10:01")
    assert told() == [("sent_back", "Carl"), ("to_approve", "Lin")]

    writing.write(report, text="We did it.", seen=1, actor=Actor(bureau.carl), now=SEEN)
    hand_in(report, bureau.carl)
    passes("20 09:00")
    approve(report, bureau.lin, seen=2)
    passes("20 10:00", "20 10:01")
    assert told() == [
        ("approved", "Carl"),
        ("sent_back", "Carl"),
        ("to_approve", "Lin"),
        ("to_approve", "Lin"),
    ]
    assert verify(at("2026-11-20 10:02")).violations == []


def test_whoever_wrote_it_does_not_approve_it_and_the_bureau_does(bureau):
    report = writing.begin(bureau.county, "2026-H2", text="We did.", actor=Actor(bureau.lin), now=SEEN)
    hand_in(report, bureau.carl)
    passes("18 09:00")
    assert told() == [("to_approve", "Lea")]


def test_a_station_s_leader_is_not_asked_to_approve(bureau):
    report = writing.begin(bureau.station, "2026-H2", text="We did.", actor=Actor(bureau.bob), now=SEEN)
    hand_in(report, bureau.bob)
    passes("18 09:00")
    assert told() == [("to_approve", "Lin")]


def test_what_was_decided_before_its_message_left_is_not_asked_any_more(bureau, report):
    hand_in(report, bureau.carl)
    passes("18 07:00")  # queued, and not sent before eight
    approve(report, bureau.lin)
    passes("18 08:30")
    assert told() == [("approved", "Carl")]
    assert not [message for message in mail.outbox if "to approve" in message.body]


def test_it_stands_in_the_mail_and_in_the_inbox_with_a_link(bureau, report, settings):
    settings.EMAIL_ENABLED = True
    bureau.lin.email = "lin@police.example"
    bureau.lin.save()
    hand_in(report, bureau.carl)
    passes("18 09:00")
    [message] = [message for message in mail.outbox if message.to == ["lin@police.example"]]
    assert report.get_absolute_url() in message.body
    assert str(report) in message.subject
    with time_machine.travel(at("2026-11-18 09:30"), tick=False):
        html = sign_in(bureau.lin).get("/inbox/").content.decode()
    assert f'href="{report.get_absolute_url()}"' in html


def test_a_leader_who_lost_sight_of_it_reads_no_word_of_it(bureau, report):
    hand_in(report, bureau.carl)
    passes("18 09:00")
    UnitRole.objects.filter(officer=bureau.lin).update(ended_at=at("2026-11-18 10:00"))
    bureau.lin.unit = factories.unit("Elsewhere", bureau.bureau, kind="county")
    bureau.lin.save()
    with time_machine.travel(at("2026-11-18 11:00"), tick=False):
        html = sign_in(bureau.lin).get("/inbox/").content.decode()
    assert "a report out of your reach by now" in html
    assert report.get_absolute_url() not in html
