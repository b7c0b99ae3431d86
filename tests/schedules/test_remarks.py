"""Leaders' remarks on digests: an assignment with a day, told once for each step, seen by whom it concerns."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from contacts.access import Deed
from contacts.models import Actor, AuditEntry, UnitRole
from schedules import notices, remarking
from schedules.models import Delivery, NoticeLine, Remark
from schedules.notices import deliver
from schedules.periods import parse
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day, moment

NOW = at("2026-11-18 10:30")
TODAY = day("2026-11-18")


@pytest.fixture
def given(bureau):
    """Of the county's leader, for the station's."""
    with time_machine.travel(NOW, tick=False):
        yield give(bureau)


def give(bureau, **said):
    said = {
        "assignee": bureau.bob,
        "due_on": day("2026-11-20"),
        "text": "Visit those whom nobody reached.",
    } | said
    return remarking.give(bureau.county, parse("2026-10"), day=TODAY, actor=Actor(bureau.lin), **said)


def pass_at(text):
    """What is told then: stage and to whom."""
    before = set(NoticeLine.objects.values_list("pk", flat=True))
    notices.queue(moment(text))
    lines = NoticeLine.objects.filter(remark__isnull=False).exclude(pk__in=before).select_related("recipient")
    return sorted((line.stage, line.recipient.name) for line in lines)


# --- what becomes of one -------------------------------------------------------------------------------------


def test_it_is_reported_on_asked_again_and_accepted(bureau, given):
    remarking.report(given, text="Half of them.", actor=Actor(bureau.bob))
    remarking.ask_again(
        given, text="And the others?", assignee=bureau.alice, due_on=day("2026-11-27"), day=TODAY, actor=Actor(bureau.lin)
    )  # fmt: skip
    remarking.report(given, text="All of them.", actor=Actor(bureau.alice))
    remarking.accept(given, actor=Actor(bureau.lin))
    given.refresh_from_db()
    assert (given.state, given.assignee, given.due_on) == ("done", bureau.alice, day("2026-11-27"))
    assert [step.deed for step in given.steps.all()] == ["given", "reported", "again", "reported", "accepted"]
    assert set(AuditEntry.objects.filter(action__contains="remark").values_list("action", flat=True)) == {
        "give remark", "report on remark", "ask again about remark", "accept report on remark",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"due_on": TODAY - dt.timedelta(days=1)}, "due_on"),
        ({"assignee": "dan"}, "assignee"),  # of another county
        ({"assignee": "lea"}, "assignee"),  # of the bureau above
    ],
)
def test_it_goes_to_somebody_below_and_by_a_day_to_come(bureau, said, field):
    if "assignee" in said:
        said = {"assignee": getattr(bureau, said["assignee"])}
    with pytest.raises(ValidationError) as refused:
        give(bureau, **said)
    assert list(refused.value.message_dict) == [field]
    assert not Remark.objects.exists()


def test_nobody_settles_what_they_are_to_report_on(bureau):
    """The county's leader remarks on a station's digest and assigns it to the station's leader."""
    remark = remarking.give(
        bureau.station, parse("2026-10"), text="Visit them.", assignee=bureau.bob, due_on=day("2026-11-20"), day=TODAY,
        actor=Actor(bureau.lin),
    )  # fmt: skip
    assert remark.given_for == bureau.county
    for address in ("schedules:remark-withdraw", "schedules:remark-again", "schedules:remark-accept"):
        assert sign_in(bureau.bob).post(reverse(address, args=[remark.pk]), {}).status_code == 403
    assert "Withdraw" not in sign_in(bureau.bob).get(remark.get_absolute_url()).content.decode()
    assert bureau.lea.rights.may(Deed.REMARK, remark)


def test_who_takes_no_part_in_the_liaison_work_is_assigned_nothing(bureau):
    bureau.ann.unit = bureau.station
    bureau.ann.save()
    with pytest.raises(ValidationError) as refused:
        give(bureau, assignee=bureau.ann)
    assert list(refused.value.message_dict) == ["assignee"]


def test_after_a_merger_of_units_it_goes_on_in_the_one_that_took_over(bureau, given):
    bureau.county.successor, bureau.county.closed_on = bureau.other_county, day("2026-11-17")
    bureau.county.save()
    remarking.ask_again(
        given, text="So?", assignee=bureau.dan, due_on=day("2026-11-27"), day=TODAY, actor=Actor(bureau.lea)
    )
    assert Remark.objects.get().assignee == bureau.dan


def test_what_is_settled_stays_settled(bureau, given):
    remarking.withdraw(given, text="Settled by itself.", actor=Actor(bureau.lin))
    for act in (
        lambda: remarking.report(given, text="Done.", actor=Actor(bureau.bob)),
        lambda: remarking.accept(given, actor=Actor(bureau.lin)),
        lambda: remarking.withdraw(given, text="Once more.", actor=Actor(bureau.lin)),
        lambda: remarking.ask_again(
            given,
            text="So?",
            assignee=bureau.bob,
            due_on=day("2026-11-27"),
            day=TODAY,
            actor=Actor(bureau.lin),
        ),
    ):
        with pytest.raises(ValidationError):
            act()
    assert given.steps.count() == 2


# --- who is told ---------------------------------------------------------------------------------------------


def test_each_step_is_told_once_and_to_whom_it_concerns(bureau, given):
    assert pass_at("2026-11-18 10:35") == [("given", "Bob")]
    assert pass_at("2026-11-18 10:36") == []
    assert pass_at("2026-11-20 08:00") == [("to_report", "Bob")]
    assert pass_at("2026-11-23 08:00") == [("unanswered", "Bob"), ("unanswered", "Lin")]
    assert pass_at("2026-11-24 08:00") == []
    remarking.report(given, text="Done.", actor=Actor(bureau.bob))
    assert pass_at("2026-11-24 09:00") == [("answered", "Lin")]
    assert pass_at("2026-11-24 09:01") == []
    remarking.ask_again(
        given, text="And?", assignee=bureau.bob, due_on=day("2026-11-30"), day=day("2026-11-24"), actor=Actor(bureau.lin)
    )  # fmt: skip
    assert pass_at("2026-11-24 10:00") == [("given", "Bob")]
    remarking.report(given, text="Done.", actor=Actor(bureau.bob))
    remarking.accept(given, actor=Actor(bureau.lin))
    assert pass_at("2026-11-24 11:00") == [("settled", "Bob")]
    assert pass_at("2026-11-25 08:00") == []


def test_whoever_had_it_before_hears_that_somebody_else_has_it(bureau, given):
    pass_at("2026-11-18 10:35")
    for assignee in (bureau.alice, bureau.alice, bureau.bob):
        remarking.ask_again(
            given, text="So?", assignee=assignee, due_on=day("2026-11-27"), day=TODAY, actor=Actor(bureau.lin)
        )
        told = pass_at("2026-11-18 11:00")
        before = "Alice" if assignee == bureau.bob else "Bob"
        first = ("settled", before) in told
        assert ("given", assignee.name) in told
        assert first is (given.steps.count() != 3)  # of the second time that Alice has it, Bob hears nothing
    assert pass_at("2026-11-18 12:00") == []


def test_a_stand_in_is_told_too(bureau, given):
    factories.stand_in(bureau.alice, bureau.bob, TODAY, TODAY)
    assert pass_at("2026-11-18 10:35") == [("given", "Alice"), ("given", "Bob")]


def test_where_whoever_gave_it_leads_no_more_their_successor_goes_on_with_it(bureau, given):
    UnitRole.objects.filter(officer=bureau.lin).delete()
    factories.role(bureau.carl, "leader")
    remarking.report(given, text="Done.", actor=Actor(bureau.bob))
    assert pass_at("2026-11-18 11:00") == [("answered", "Carl")]
    assert not Remark.objects.waiting_for(bureau.lin).exists()
    assert Remark.objects.waiting_for(bureau.carl).get() == given
    assert sign_in(bureau.carl).post(reverse("schedules:remark-accept", args=[given.pk])).status_code == 302
    assert Remark.objects.get().state == "done"


def test_after_days_without_a_worker_what_stands_is_told_and_nothing_stale(bureau, given):
    assert pass_at("2026-11-25 08:00") == [("unanswered", "Bob"), ("unanswered", "Lin")]


def test_its_day_on_a_weekend_is_told_of_on_the_working_day_before(bureau):
    give(bureau, due_on=day("2026-11-22"))
    assert pass_at("2026-11-19 08:00") == [("given", "Bob")]
    assert pass_at("2026-11-20 08:00") == [("to_report", "Bob")]


def test_where_whoever_it_is_assigned_to_has_left_the_leader_is_told_that_it_is_late(bureau, given):
    bureau.bob.is_active = False
    bureau.bob.save()
    assert pass_at("2026-11-18 11:00") == []
    assert pass_at("2026-11-23 08:00") == [("unanswered", "Lin")]


def test_what_was_withdrawn_before_its_message_left_is_not_sent(bureau, given):
    notices.queue(moment("2026-11-18 10:35"))
    remarking.withdraw(given, text="Settled.", actor=Actor(bureau.lin))
    deliver(moment("2026-11-18 10:40"))
    assert mail.outbox == []
    assert NoticeLine.objects.get().state == NoticeLine.State.CANCELLED


def test_the_mail_and_the_inbox_say_what_is_asked_and_lead_there(bureau, given):
    notices.queue(moment("2026-11-18 10:35"))
    deliver(moment("2026-11-18 10:40"))
    (message,) = mail.outbox
    assert message.to == [bureau.bob.email]
    for text in (message.body, message.alternatives[0].content):
        assert "Visit those whom nobody reached." in text
        assert given.get_absolute_url() in text
    assert Delivery.objects.get().state == Delivery.State.SENT
    inbox = sign_in(bureau.bob).get(reverse("schedules:notice-list")).content.decode()
    assert given.get_absolute_url() in inbox


# --- pages ---------------------------------------------------------------------------------------------------


def test_a_leader_gives_one_from_a_figure_and_the_officer_reports(bureau):
    with time_machine.travel(NOW, tick=False):
        leader, officer = sign_in(bureau.lin), sign_in(bureau.bob)
        address = f"{reverse('schedules:remark-create')}?unit={bureau.county.code}&period=2026-10&of=quiet"
        page = leader.get(address)
        submission = re.search(rb'name="submission" value="([^"]+)"', page.content)[1].decode()
        form = {"text": "Visit them.", "assignee": "Bob", "due_on": "2026-11-25", "submission": submission}
        assert leader.post(address, form).status_code == 302
        assert leader.post(address, form).status_code == 302  # twice, and once
        remark = Remark.objects.get()
        assert (remark.figure, remark.assignee) == ("quiet", bureau.bob)

        listed = officer.get(reverse("schedules:remark-list"))
        assert [one.pk for one in listed.context["mine"]] == [remark.pk]
        assert listed.context["mine"][0].about == "October 2026 · not reached for 90 days"
        empty = officer.post(reverse("schedules:remark-report", args=[remark.pk]), {"report-text": " "})
        assert empty.context["forms"]["report"].errors
        officer.post(reverse("schedules:remark-report", args=[remark.pk]), {"report-text": "Done."})
        assert "Accept the report" in leader.get(remark.get_absolute_url()).content.decode()
        leader.post(reverse("schedules:remark-accept", args=[remark.pk]))
        assert Remark.objects.get().state == "done"


def test_what_was_typed_stays_when_somebody_was_quicker(bureau, given):
    officer = sign_in(bureau.bob)
    remarking.withdraw(given, text="Settled.", actor=Actor(bureau.lin))
    page = officer.post(
        reverse("schedules:remark-report", args=[given.pk]), {"report-text": "A long report."}
    )
    text = page.content.decode()
    assert "A long report." in text
    assert "Somebody was quicker" in text


def test_a_form_that_is_refused_keeps_what_was_typed(bureau):
    with time_machine.travel(NOW, tick=False):
        address = f"{reverse('schedules:remark-create')}?period=2026-10"
        said = {"text": "Visit them.", "assignee": "Nobody", "due_on": "2026-11-01"}
        page = sign_in(bureau.lin).post(address, said)
        assert set(page.context["form"].errors) == {"assignee"}
        assert "Visit them." in page.content.decode()
        page = sign_in(bureau.lin).post(address, said | {"assignee": "Bob"})
        assert set(page.context["form"].errors) == {"due_on"}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("bob", True),
        ("lin", True),
        ("lea", True),
        ("carl", True),
        ("carol", True),
        ("alice", False),
        ("dan", False),
    ],
)
def test_those_see_it_whose_unit_it_is_about_or_whose_officer_is_to_report(bureau, given, who, sees):
    client = sign_in(getattr(bureau, who))
    assert client.get(given.get_absolute_url()).status_code == (200 if sees else 404)
    listed = client.get(reverse("schedules:remark-list"))
    assert bool(listed.context["mine"] or listed.context["others"]) is sees


def test_only_whoever_it_is_assigned_to_or_stands_in_reports(bureau, given):
    address = reverse("schedules:remark-report", args=[given.pk])
    assert sign_in(bureau.lin).get(address).status_code == 403
    assert sign_in(bureau.dan).get(address).status_code == 404
    factories.stand_in(bureau.alice, bureau.bob, TODAY, TODAY)
    assert sign_in(bureau.alice).get(address).status_code == 200


def test_on_the_frame_stands_how_many_wait_for_one(bureau, given):
    page = sign_in(bureau.bob).get(reverse("schedules:remark-list"))
    assert page.context["waiting"]["remarks"] == 1
    assert Remark.objects.waiting_for(bureau.bob).count() == 1
    assert not Remark.objects.waiting_for(bureau.lin).exists()
    remarking.report(given, text="Done.", actor=Actor(bureau.bob))
    assert Remark.objects.waiting_for(bureau.lin).count() == 1


def test_on_a_digest_of_a_unit_that_one_only_reads_one_may_not_remark(bureau):
    address = f"{reverse('schedules:remark-create')}?unit={bureau.county.code}&period=2026-10"
    assert sign_in(bureau.carl).get(address).status_code == 403
    assert sign_in(bureau.bob).get(address).status_code == 404  # the county's digest is out of his reach
