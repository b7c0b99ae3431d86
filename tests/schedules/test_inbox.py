"""The inbox, and what is done with an obligation from a page: waive, move, count again."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import AuditEntry
from schedules.models import CyclePolicy, Digest, Notice, NoticeLine, Obligation, PassState, PeriodClosing
from schedules.notices.hours import Moment
from schedules.notices.messages import still_wanted
from schedules.workdays import Workdays
from tests import factories
from tests.base import sign_in
from tests.schedules.test_today import NOW, TODAY, owe


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def notice(officer, day, *lines):
    made = Notice.objects.create(officer=officer, send_on=day)
    for obligation, stage in lines:
        NoticeLine.objects.create(notice=made, recipient=officer, obligation=obligation, stage=stage)
    return made


def inbox(officer):
    return sign_in(officer).get("/inbox/").content.decode()


# --- the inbox -----------------------------------------------------------------------------------------------


def test_each_line_says_who_and_leads_to_the_form(bureau):
    notice(bureau.alice, TODAY, (owe(bureau.deputy), "planned"))
    html = inbox(bureau.alice)

    assert "张伟" in html
    assert "planned for today" in html
    assert f"{reverse('contacts:record-create', args=[bureau.deputy.pk])}?kind=call&amp;next=/inbox/" in html


def test_a_line_says_when_the_contact_was_met_since(bureau):
    notice(bureau.alice, TODAY, (owe(bureau.deputy), "planned"))
    factories.record(bureau.deputy, bureau.alice, NOW - dt.timedelta(hours=1))
    html = inbox(bureau.alice)

    assert 'state-met">met<' in html
    assert "/log/" not in html


def test_lines_stand_by_urgency_and_street_as_in_the_mail(bureau):
    people = {}
    for name, street in [("甲", "周庄镇"), ("乙", "华士镇"), ("丙", "")]:
        people[name] = factories.stakeholder(name, bureau.station, street=street)
        factories.pairing(bureau.alice, people[name])
    owed = {name: owe(person) for name, person in people.items()}
    missed = owe(people["甲"], "2026-10")
    notice(bureau.alice, TODAY, *((one, "planned") for one in owed.values()), (missed, "missed"))
    factories.record(people["乙"], bureau.alice, NOW - dt.timedelta(hours=1))
    html = inbox(bureau.alice)

    marks = ["state-missed", "周庄镇", "甲", "state-planned", "华士镇", "乙", "周庄镇", "甲", "–", "丙"]
    place = html.index('class="panel notice')
    for mark in marks:
        place = html.index(mark, place + 1)
    assert html.count("/log/") == 3  # the missed one, and those that are open
    assert html.count('state-met">met<') == 1


def test_a_leader_finds_no_form_where_they_may_not_log(bureau):
    notice(bureau.lin, TODAY, (owe(bureau.deputy, "2026-10"), "missed"))
    html = inbox(bureau.lin)

    assert "张" in html
    assert "/log/" not in html


def test_a_line_about_someone_handed_over_names_nobody(bureau):
    notice(bureau.dan, TODAY, (owe(bureau.deputy), "planned"))

    assert "张伟" not in inbox(bureau.dan)
    assert "owed no more, or no longer by you" in inbox(bureau.dan)


def test_what_was_withdrawn_is_owed_no_more_and_can_not_be_logged_there(bureau):
    owed = owe(bureau.deputy)
    notice(bureau.alice, TODAY, (owed, "planned"))
    Obligation.objects.filter(pk=owed.pk).update(withdrawn_at=NOW)

    assert "owed no more" in inbox(bureau.alice)
    assert "张伟" not in inbox(bureau.alice)


def test_a_digest_of_a_unit_that_one_leads_no_longer_is_not_sent(bureau):
    bob = bureau.bob
    digest = Digest.objects.create(unit=bureau.station, period_key="2026-10", figures={}, frozen_at=NOW)
    told = notice(bob, TODAY)
    line = NoticeLine.objects.create(notice=told, recipient=bob, digest=digest, stage="digest")
    moment = Moment(NOW, Workdays())
    assert still_wanted([told.pk], moment) == {told.pk: [line]}

    bob.roles.update(ended_at=NOW)
    assert still_wanted([told.pk], moment) == {}


def test_nobody_reads_another_s_inbox(bureau):
    made = notice(bureau.alice, TODAY, (owe(bureau.deputy), "planned"))

    assert "Your inbox is empty." in inbox(bureau.bob)
    assert sign_in(bureau.bob).post(reverse("schedules:notice-read", args=[made.pk])).status_code == 404
    made.refresh_from_db()
    assert made.read_at is None


def test_unread_ones_are_counted_in_the_navigation_until_they_are_read(bureau):
    made = notice(bureau.alice, TODAY, (owe(bureau.deputy), "planned"))
    notice(bureau.alice, TODAY - dt.timedelta(days=1), (owe(bureau.deputy, "2026-10"), "missed"))
    assert 'class="count">2</b>' in inbox(bureau.alice)

    sign_in(bureau.alice).post(reverse("schedules:notice-read", args=[made.pk]))
    assert 'class="count">1</b>' in inbox(bureau.alice)

    sign_in(bureau.alice).post(reverse("schedules:notice-read-all"))
    assert 'class="count">' not in inbox(bureau.alice)
    assert AuditEntry.objects.filter(action="read notices").count() == 2


def test_what_was_added_since_the_page_was_shown_stays_unread(bureau):
    made = notice(bureau.alice, TODAY, (owe(bureau.deputy), "planned"))
    shown = re.search(r'name="shown" value="([^"]+)"', inbox(bureau.alice))[1]
    NoticeLine.objects.create(
        notice=made, recipient=bureau.alice, obligation=owe(bureau.deputy, "2026-10"), stage="missed",
        created_at=NOW + dt.timedelta(minutes=5),
    )  # fmt: skip
    client = sign_in(bureau.alice)
    for address in (reverse("schedules:notice-read-all"), reverse("schedules:notice-read", args=[made.pk])):
        client.post(address, {"shown": shown})
    made.refresh_from_db()
    assert made.read_at is None

    later = re.search(r'name="shown" value="([^"]+)"', inbox(bureau.alice))[1]
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        client.post(reverse("schedules:notice-read-all"), {"shown": "no instant"})
    made.refresh_from_db()
    assert later == shown
    assert made.read_at is not None


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_it_takes_as_many_queries_for_many_lines_as_for_one(bureau, who):
    reader = getattr(bureau, who)  # her own people, or those of the unit he leads

    def queries():
        client = sign_in(reader)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/inbox/").status_code == 200
        return [query["sql"] for query in captured]

    notice(reader, TODAY, (owe(bureau.deputy), "planned"))
    few = queries()
    for days in range(1, 9):
        people = [factories.stakeholder(f"p{days}-{number}", bureau.station) for number in range(5)]
        for person in people:
            factories.pairing(bureau.alice, person)
        notice(reader, TODAY - dt.timedelta(days=days), *((owe(person), "due_soon") for person in people))
    many = queries()
    assert len(many) == len(few) <= 10, "\n".join(many)


# --- deeds on obligations ------------------------------------------------------------------------------------


def deed(name, owed):
    return reverse(f"schedules:obligation-{name}", args=[owed.pk])


def test_a_waiver_needs_a_reason_and_may_be_taken_back(bureau):
    owed = owe(bureau.deputy)
    bob = sign_in(bureau.bob)
    assert "reason" in bob.post(deed("waive", owed), {"reason": ""}).context["form"].errors

    bob.post(deed("waive", owed), {"reason": "Abroad until spring"})
    owed.refresh_from_db()
    assert (owed.waived_by, owed.waive_reason) == (bureau.bob, "Abroad until spring")
    assert "Abroad until spring" in bob.get(bureau.deputy.get_absolute_url()).content.decode()
    assert AuditEntry.objects.get(action="waive").reason == "Abroad until spring"
    assert "waived already" in bob.post(deed("waive", owed), {"reason": "Twice"}).content.decode()

    bob.post(deed("unwaive", owed))
    owed.refresh_from_db()
    assert owed.waived_at is None


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("lea", 403), ("dan", 403), ("bob", 200), ("lin", 200), ("carl", 200)],
)
def test_the_matrix_decides_who_waives(bureau, name, status):
    assert sign_in(getattr(bureau, name)).get(deed("waive", owe(bureau.deputy))).status_code == status


def test_an_officer_moves_a_contact_within_its_period_and_with_an_hour(bureau):
    owed = owe(bureau.deputy)
    response = sign_in(bureau.alice).post(deed("move", owed), {"day": "2026-11-25", "time": "14:30"})

    owed.refresh_from_db()
    assert response.status_code == 302
    assert (owed.planned_on, owed.planned_time, owed.arranged) == (
        dt.date(2026, 11, 25),
        dt.time(14, 30),
        True,
    )
    assert AuditEntry.objects.get(action="move planned day").after["planned_on"] == "2026-11-25"


@pytest.mark.parametrize("day", ["2026-11-17", "2026-12-01"])
def test_it_can_not_be_moved_into_the_past_or_out_of_its_period(bureau, day):
    owed = owe(bureau.deputy)
    html = sign_in(bureau.alice).post(deed("move", owed), {"day": day, "time": ""}).content.decode()

    assert "Choose a day from 2026-11-18 to 2026-11-30." in html


def test_strangers_find_no_obligation(bureau):
    owed = owe(bureau.deputy)

    assert sign_in(bureau.dan).get(deed("move", owed)).status_code == 404
    assert sign_in(bureau.lea).get(deed("move", owed)).status_code == 403


def test_a_closed_period_is_counted_again_for_a_reason(bureau):
    PassState.objects.create(first_day=dt.date(2026, 9, 1), latest_at=NOW)
    policy = CyclePolicy.objects.get(code="call")
    PeriodClosing.objects.create(policy=policy, period_key="2026-10", closed_at=NOW)
    carl = sign_in(bureau.carl)
    assert (
        "reason" in carl.post("/tasks/recount/", {"period": "2026-10", "reason": ""}).context["form"].errors
    )

    html = carl.post("/tasks/recount/", {"period": "2026-10", "reason": "The roster came late"}, follow=True)
    assert "2026-10 is counted again: 1 added, 0 withdrawn." in html.content.decode()
    assert Obligation.objects.get().stakeholder == bureau.deputy
    assert AuditEntry.objects.get(action="recount").reason == "The roster came late"
    assert sign_in(bureau.bob).get("/tasks/recount/").status_code == 403


def test_without_a_closed_period_there_is_nothing_to_count_again(bureau):
    assert "No period is closed yet." in sign_in(bureau.carol).get("/tasks/recount/").content.decode()


def test_a_missed_contact_may_be_waived_from_the_person_s_page(bureau):
    owed = owe(bureau.deputy, "2026-10")

    assert deed("waive", owed) in sign_in(bureau.bob).get(bureau.deputy.get_absolute_url()).content.decode()
    assert (
        deed("waive", owed)
        not in sign_in(bureau.alice).get(bureau.deputy.get_absolute_url()).content.decode()
    )
